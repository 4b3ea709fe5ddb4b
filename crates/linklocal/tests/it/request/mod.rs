//! `linklocal request`: what is sent, what is retried, what is printed, counted and verified at a server on loopback.

mod answers;
mod bursts;
mod drafts;
mod endpoint;
mod refusals;
mod retries;

use std::io::Write as _;
use std::process::Stdio;

use crate::world::{Said, World, within};

/// The keys of AWS's examples.
const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
/// A temporary key, whose token no output may hold.
const TEMPORARY: &str = "ASIAIOSFODNN7EXAMPLE";
const TOKEN: &str = "IQoJb3JpZ2luX2VjEXAMPLETOKEN//////////wEaCXVzLWVhc3QtMSJ=";

/// A place to send requests from.
struct Sender {
    world: World,
    variables: Vec<(String, String)>,
}

impl Sender {
    /// With a key in the environment, in us-east-1.
    fn new() -> Self {
        Self::bare().and("AWS_ACCESS_KEY_ID", ID).and("AWS_SECRET_ACCESS_KEY", SECRET)
    }

    fn temporary() -> Self {
        Self::new().and("AWS_ACCESS_KEY_ID", TEMPORARY).and("AWS_SESSION_TOKEN", TOKEN)
    }

    /// Without any key. Nobody asks the metadata service of the machine that runs the tests.
    fn bare() -> Self {
        let sender = Self { world: World::new(), variables: Vec::new() };
        sender.and("AWS_EC2_METADATA_DISABLED", "true").and("AWS_REGION", "us-east-1")
    }

    fn and(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn run(&self, arguments: &[&str]) -> Said {
        self.fed(arguments, "")
    }

    /// Runs it to its end, with `stdin` on its stdin. Neither stream shows a secret.
    fn fed(&self, arguments: &[&str], stdin: impl AsRef<[u8]>) -> Said {
        let mut command = self.world.command(&[&["request"], arguments].concat());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut pipe, bytes) = (child.stdin.take().unwrap(), stdin.as_ref().to_vec());
        // A command that is done does not read to the end.
        let feeder = std::thread::spawn(move || drop(pipe.write_all(&bytes)));
        let output = within("the end of a command", move || child.wait_with_output()).unwrap();
        feeder.join().unwrap();
        let said = Said {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        for text in [&said.stdout, &said.stderr] {
            assert!(!text.contains(SECRET) && !text.contains(TOKEN), "{arguments:?} shows a secret: {text}");
        }
        said
    }

    /// Runs a command that must succeed; its stdout.
    fn done(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}{}", said.stdout, said.stderr);
        said.stdout
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let text = self.done(&[&["--json"], arguments].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Runs a command that must fail with this code; its stderr.
    fn refused(&self, code: i32, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, code, "{arguments:?}: {}{}", said.stdout, said.stderr);
        said.stderr
    }
}
