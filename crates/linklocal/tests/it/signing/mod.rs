//! `linklocal sign`, `presign` and `verify`: each form of input and output, against each other and against what AWS documents.

mod forms;
mod habits;
mod presign;
mod refusals;
mod sign;
mod verify;

use std::io::Write as _;
use std::process::Stdio;

use crate::world::{Said, World, within};

/// The keys of AWS's examples.
const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
/// The day of the examples in the S3 API Reference.
const DAY: &str = "20130524T000000Z";
/// A temporary key, whose token no output but the signed request may hold.
const TEMPORARY: &str = "ASIAIOSFODNN7EXAMPLE";
const TOKEN: &str = "IQoJb3JpZ2luX2VjEXAMPLETOKEN//////////wEaCXVzLWVhc3QtMSJ=";

/// Commands with a key in the environment, and what they read.
struct Signer {
    world: World,
    variables: Vec<(&'static str, String)>,
}

impl Signer {
    fn new() -> Self {
        Self::with(&[("AWS_ACCESS_KEY_ID", ID), ("AWS_SECRET_ACCESS_KEY", SECRET)])
    }

    fn temporary() -> Self {
        Self::with(&[
            ("AWS_ACCESS_KEY_ID", TEMPORARY),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_SESSION_TOKEN", TOKEN),
        ])
    }

    fn with(variables: &[(&'static str, &str)]) -> Self {
        let quiet = [("AWS_EC2_METADATA_DISABLED", "true")];
        let variables = quiet.iter().chain(variables).map(|(name, value)| (*name, (*value).to_owned()));
        Self { world: World::new(), variables: variables.collect() }
    }

    fn and(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// Runs a command to its end, with `stdin` on its stdin.
    fn fed(&self, arguments: &[&str], stdin: impl AsRef<[u8]>) -> Said {
        let mut command = self.world.command(arguments);
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
            assert!(!text.contains(SECRET), "{arguments:?} shows the secret: {text}");
        }
        said
    }

    fn run(&self, arguments: &[&str]) -> Said {
        self.fed(arguments, "")
    }

    /// Runs a command that must succeed; its stdout.
    fn done(&self, arguments: &[&str], stdin: impl AsRef<[u8]>) -> String {
        let said = self.fed(arguments, stdin);
        assert_eq!(said.code, 0, "{arguments:?}: {}{}", said.stdout, said.stderr);
        said.stdout
    }

    fn json(&self, arguments: &[&str], stdin: impl AsRef<[u8]>) -> serde_json::Value {
        let text = self.done(&[&["--json"], arguments].concat(), stdin);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Runs a command that must fail; its code and the first line of its stderr.
    fn refused(&self, arguments: &[&str], stdin: impl AsRef<[u8]>) -> (i32, String) {
        let said = self.fed(arguments, stdin);
        assert_ne!(said.code, 0, "{arguments:?}: {}", said.stdout);
        (said.code, said.stderr.lines().next().unwrap_or_default().to_owned())
    }
}

/// The signature in a text.
fn signature(text: &str) -> &str {
    let (_, rest) = text.split_once("Signature=").unwrap_or_else(|| panic!("no signature in {text}"));
    rest.split(|c: char| !c.is_ascii_hexdigit()).next().unwrap()
}

/// The request that opens a presigned URL.
fn opening(method: &str, url: &str) -> String {
    let (host, target) = url.trim_end().split_once("://").unwrap().1.split_once('/').unwrap();
    format!("{method} /{target} HTTP/1.1\r\nHost: {host}\r\n\r\n")
}
