//! `linklocal configure` on the files of a home directory.

mod change;
mod interactive;
mod read;
mod recorded;

use std::os::unix::fs::PermissionsExt as _;

use crate::world::{Said, World};

/// A home directory with config and credentials files.
pub(super) struct Home {
    world: World,
}

impl Home {
    pub(super) fn new() -> Self {
        Self { world: World::new() }
    }

    /// Files as they are given, readable by their owner alone.
    pub(super) fn with(config: Option<&str>, credentials: Option<&str>) -> Self {
        let home = Self::new();
        std::fs::create_dir(home.world.path(".aws")).unwrap();
        for (name, text) in [("config", config), ("credentials", credentials)] {
            if let Some(text) = text {
                let path = home.world.write(&format!(".aws/{name}"), text);
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
            }
        }
        home
    }

    pub(super) fn world(&self) -> &World {
        &self.world
    }

    /// Runs `linklocal configure`.
    pub(super) fn run(&self, arguments: &[&str]) -> Said {
        self.world.run(&[&["configure"], arguments].concat())
    }

    /// Runs it; it must succeed.
    pub(super) fn done(&self, arguments: &[&str]) -> Said {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}{}", said.stdout, said.stderr);
        said
    }

    pub(super) fn config(&self) -> Option<String> {
        self.text("config")
    }

    pub(super) fn credentials(&self) -> Option<String> {
        self.text("credentials")
    }

    pub(super) fn mode(&self, name: &str) -> u32 {
        self.world.path(name).metadata().unwrap().permissions().mode() & 0o777
    }

    /// How a place in one of the files is written.
    pub(super) fn at(&self, name: &str, line: usize) -> String {
        format!("{}:{line}", self.world.path(&format!(".aws/{name}")).display())
    }

    #[allow(clippy::disallowed_methods, reason = "a test reads what the command wrote")]
    fn text(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.world.path(&format!(".aws/{name}"))).ok()
    }
}
