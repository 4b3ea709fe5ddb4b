//! Secrets that live here: seeds of devices, and long-term keys that have left the plain file.

mod devices;
mod keys;

use std::io::Write as _;
use std::process::Stdio;

use sys::Entropy;
use types::Secret;
use vault::{Backend, Choice, Cost, Desktop, Passphrase, Settings, Vault};

use crate::world::{Said, World, said};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// A home with an encrypted file that costs nothing to open.
struct Home {
    world: World,
}

impl Home {
    fn new() -> Self {
        let home = Self { world: World::new() };
        sys::fs::private_directory(&home.world.path(".aws")).unwrap();
        home.private("passphrase", "open sesame\n");
        let name = vault::Name::new(vault::Kind::Session, "none").unwrap();
        home.vault().put(&name, &Secret::new(Vec::new())).unwrap();
        home.vault().remove(&name).unwrap();
        home
    }

    fn config(self, text: &str) -> Self {
        self.private(".aws/config", text);
        self
    }

    fn credentials(self, text: &str) -> Self {
        self.private(".aws/credentials", text);
        self
    }

    fn private(&self, name: &str, text: &str) {
        sys::fs::replace(&self.world.path(name), text.as_bytes(), 0o600).unwrap();
    }

    fn vault(&self) -> Vault {
        Vault::open(&Settings {
            choice: Choice::Only(Backend::File),
            file: Some(self.world.path(".local/share/linklocal/vault")),
            passphrase: Passphrase::Known(Secret::new("open sesame".to_owned())),
            cost: Cost::LEAST,
            entropy: Entropy::system(),
            desktop: Desktop::default(),
            remember: None,
        })
        .unwrap()
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.world.command(arguments);
        command.env("LINKLOCAL_VAULT_PASSPHRASE_FILE", self.world.path("passphrase"));
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    fn run(&self, arguments: &[&str]) -> Said {
        said(&mut self.command(arguments))
    }

    /// The same with a standard input.
    fn fed(&self, arguments: &[&str], input: &str) -> Said {
        let mut command = self.command(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Whoever refuses before reading has closed it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    fn done(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}{}", said.stdout, said.stderr);
        said.stdout
    }

    /// Runs a command that must fail; its stderr.
    fn refused(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_ne!(said.code, 0, "{arguments:?}: {}", said.stdout);
        said.stderr
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let text = self.done(&[arguments, &["--json"]].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    fn text(&self, name: &str) -> String {
        sys::fs::read_text(&self.world.path(name), 1 << 20).unwrap_or_default()
    }
}
