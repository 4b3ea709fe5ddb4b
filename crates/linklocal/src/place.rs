//! The data directory: where it is and what lies in it.

use std::path::{Path, PathBuf};

use sys::Env;

use crate::failure::Failure;

/// A data directory, which need not exist.
#[derive(Clone, Debug)]
pub(crate) struct Place(PathBuf);

impl Place {
    /// `--data`, else `$LINKLOCAL_DATA`, else what the configuration names, else the user's data home.
    pub(crate) fn find(flag: Option<&Path>, env: &Env, configured: Option<PathBuf>) -> Result<Self, Failure> {
        let named = flag
            .map(Path::to_owned)
            .or_else(|| env.var_os("LINKLOCAL_DATA").filter(|value| !value.is_empty()).map(PathBuf::from));
        named
            .or(configured)
            .or_else(|| env.data_home().map(|home| home.join("linklocal")))
            // What is printed must be right from any directory.
            .map(|path| Self(std::path::absolute(&path).unwrap_or(path)))
            .ok_or_else(|| {
                Failure::new("there is no place for data: neither XDG_DATA_HOME nor HOME is set")
                    .hint("name a directory with --data or LINKLOCAL_DATA")
            })
    }

    /// This very directory.
    pub(crate) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn admin_socket(&self) -> PathBuf {
        self.0.join("admin.sock")
    }

    /// Where `linklocal run` hands over connections.
    pub(crate) fn run_socket(&self) -> PathBuf {
        self.0.join("run.sock")
    }

    /// What a server says that `linklocal run` started.
    pub(crate) fn run_log(&self) -> PathBuf {
        self.0.join("run.log")
    }

    /// What was handed out, and to whom.
    pub(crate) fn trail(&self) -> PathBuf {
        self.0.join("trail")
    }

    /// Calls of the account.
    pub(crate) fn calls(&self) -> PathBuf {
        self.0.join("calls")
    }

    /// Events in files, as CloudTrail delivers them.
    pub(crate) fn cloudtrail(&self) -> PathBuf {
        self.0.join("cloudtrail")
    }

    /// Of servers of real credentials: a socket each, and a directory with its token.
    pub(crate) fn served(&self) -> PathBuf {
        self.0.join("serve")
    }

    /// Held by the server as long as it lives.
    pub(crate) fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.0.join("store.redb")
    }

    /// Tokens of service accounts, one file for each instance whose containers were asked for.
    pub(crate) fn service_accounts(&self) -> PathBuf {
        self.0.join("service-accounts")
    }

    /// The bytes of objects.
    pub(crate) fn objects(&self) -> PathBuf {
        self.0.join("objects")
    }

    /// The authority of the certificate that the account's endpoints show.
    pub(crate) fn api(&self) -> PathBuf {
        self.0.join("api")
    }

    /// Keys that sign identity documents.
    pub(crate) fn identity(&self) -> PathBuf {
        self.0.join("identity")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flag_wins_over_variable_over_configuration_over_home() {
        let env = |pairs: &[(&str, &str)]| Env::from_pairs(pairs.iter().copied());
        let all = env(&[("LINKLOCAL_DATA", "/v"), ("XDG_DATA_HOME", "/x"), ("HOME", "/h")]);
        let home = env(&[("LINKLOCAL_DATA", ""), ("HOME", "/h")]);
        let cases = [
            (Some("/f"), all.clone(), Some("/c"), Some("/f")),
            (None, all, Some("/c"), Some("/v")),
            (None, home.clone(), Some("/c"), Some("/c")),
            (None, home, None, Some("/h/.local/share/linklocal")),
            (None, env(&[]), None, None),
        ];
        for (flag, env, configured, expected) in cases {
            let found = Place::find(flag.map(Path::new), &env, configured.map(PathBuf::from)).ok();
            assert_eq!(found.as_ref().map(Place::path), expected.map(Path::new));
        }
    }
}
