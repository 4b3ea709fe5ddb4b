//! `linklocal mfa` and profiles with MFA, against an account that checks signatures, limits and codes.

mod aws;
mod devices;
mod login;
mod sharing;

use std::process::Command;

use self::aws::{ACCOUNT, Aws, DEVICE, SECRET, USER};
use crate::world::{Said, World, said, text_of};

/// A home directory whose user is known to the account.
struct Home {
    world: World,
    aws: Aws,
}

impl Home {
    /// Long-term keys in profile `alice`, and this in the config file.
    fn new(config: &str) -> Self {
        let home = Self { world: World::new(), aws: Aws::start() };
        std::fs::create_dir(home.world.path(".aws")).unwrap();
        let keys = format!("[alice]\naws_access_key_id = {USER}\naws_secret_access_key = {SECRET}\n");
        home.write(".aws/credentials", &keys);
        home.write(".aws/config", config);
        home
    }

    /// A file that nobody else can read.
    fn write(&self, name: &str, text: &str) {
        sys::fs::replace(&self.world.path(name), text.as_bytes(), 0o600).unwrap();
    }

    fn text(&self, name: &str) -> String {
        text_of(&self.world.path(name))
    }

    /// Without a terminal; `~/code` prints what the device shows, and counts.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.world.command(arguments);
        self.surround(&mut command);
        command
    }

    fn surround(&self, command: &mut Command) {
        command
            .env("AWS_ENDPOINT_URL", self.aws.url())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("PATH", "/usr/bin:/bin")
            .env("LINKLOCAL_VAULT", "file");
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let said = said(&mut self.command(arguments));
        for secret in [SECRET, "GEZDGNBVGY3TQOJQ"] {
            assert!(!said.stderr.contains(secret), "{arguments:?} shows a secret: {}", said.stderr);
        }
        said
    }

    fn done(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}{}", said.stdout, said.stderr);
        said.stdout
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let text = self.done(&[arguments, &["--json"]].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Runs a command that must fail; its stderr.
    fn refused(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!((said.code, said.stdout.as_str()), (1, ""), "{arguments:?}: {}", said.stderr);
        said.stderr
    }

    /// A program that prints the code of the moment, and a line into `~/asked` for each time it runs.
    fn code_program(&self) -> String {
        let (code, asked) = (self.world.path("code"), self.world.path("asked"));
        sys::fs::replace(&code, format!("{}\n", self.aws.code()).as_bytes(), 0o600).unwrap();
        sys::fs::replace(&asked, b"", 0o600).unwrap();
        format!("sh -c 'echo $LINKLOCAL_MFA_SERIAL >> {}; cat {}'", asked.display(), code.display())
    }
}
