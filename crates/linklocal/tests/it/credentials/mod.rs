//! `linklocal credentials` and `whoami`: what is found where, what is said of it, and how it is handed over.

mod assume_role;
mod bad_input;
mod explain;
mod export;
mod guard;
mod hand_over;
mod lasting;
mod lint;
mod probe;
mod receipts;
mod services;
mod serving;
mod sessions;
mod shop;
mod signing;

use crate::world::{Said, World, said};

/// A home directory and variables, and the commands that are run there.
struct Home {
    world: World,
    variables: Vec<(String, String)>,
}

impl Home {
    /// Nobody asks the metadata service of the machine that runs the tests.
    fn new() -> Self {
        let home = Self { world: World::new(), variables: Vec::new() };
        std::fs::create_dir(home.world.path(".aws")).unwrap();
        home.and("AWS_EC2_METADATA_DISABLED", "true")
    }

    fn config(self, text: &str) -> Self {
        self.world.write(".aws/config", text);
        self
    }

    fn credentials(self, text: &str) -> Self {
        self.world.write(".aws/credentials", text);
        self
    }

    fn and(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A user's keys in the environment.
    fn with_keys(self) -> Self {
        self.and("AWS_ACCESS_KEY_ID", USER).and("AWS_SECRET_ACCESS_KEY", SECRET)
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let mut command = self.world.command(arguments);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let said = said(&mut command);
        assert!(!said.stderr.contains(SECRET), "{arguments:?} shows a secret: {}", said.stderr);
        said
    }

    /// Runs a command that must succeed; its stdout.
    fn done(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}{}", said.stdout, said.stderr);
        said.stdout
    }

    /// The object of a command that shows nothing secret.
    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let text = self.done(&[arguments, &["--json"]].concat());
        assert!(!text.contains(SECRET), "{arguments:?} shows a secret: {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The text of a command that shows nothing secret, with `~` for the home directory.
    fn text(&self, arguments: &[&str]) -> String {
        let text = self.done(arguments);
        assert!(!text.contains(SECRET), "{arguments:?} shows a secret: {text}");
        self.tilde(&text)
    }

    /// Runs a command that must fail; its stderr, with `~` for the home directory.
    fn refused(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!((said.code, said.stdout.as_str()), (1, ""), "{arguments:?}: {}", said.stderr);
        self.tilde(&said.stderr)
    }

    fn tilde(&self, text: &str) -> String {
        text.replace(&self.world.path("").display().to_string().trim_end_matches('/').to_owned(), "~")
    }
}

/// A user's key id, of account 111122223333.
const USER: &str = "AKIARTX3GSDSQUSERKEY";
/// A temporary one, of account 444455556666.
const TEMPORARY: &str = "ASIAWO645SY5ATEMPKEY";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const ENDS: &str = "2099-01-01T00:00:00Z";
