//! The environment: a snapshot taken once, so that everything decided from it agrees.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// Variables and the home directory, as they stood when the snapshot was taken.
#[derive(Clone, Default)]
pub struct Env {
    vars: BTreeMap<OsString, OsString>,
    /// What the user database says; `HOME` wins.
    account_home: Option<PathBuf>,
}

impl Env {
    /// The environment of this process.
    pub fn system() -> Self {
        Self { vars: std::env::vars_os().collect(), account_home: std::env::home_dir() }
    }

    /// These variables and no others; no home directory but `HOME`.
    pub fn from_pairs<K: Into<OsString>, V: Into<OsString>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let vars = pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { vars, account_home: None }
    }

    /// The variable's text; `None` where it is unset or not UTF-8.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.var_os(name).and_then(OsStr::to_str)
    }

    /// The variable's bytes; `None` where it is unset.
    pub fn var_os(&self, name: &str) -> Option<&OsStr> {
        self.vars.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// The same, were these variables not set, and then those set.
    pub fn changed<K: AsRef<OsStr>, V: AsRef<OsStr>>(
        &self,
        unset: &[impl AsRef<OsStr>],
        set: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let mut changed = self.clone();
        unset.iter().for_each(|name| drop(changed.vars.remove(name.as_ref())));
        let set = set.into_iter().map(|(name, value)| (name.as_ref().to_owned(), value.as_ref().to_owned()));
        changed.vars.extend(set);
        changed
    }

    /// Every variable, by name.
    pub fn pairs(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.vars.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// All variables, for a program that is started with them.
    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.vars.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// `HOME`, else the home directory of the user database.
    pub fn home(&self) -> Option<PathBuf> {
        self.path("HOME").or_else(|| self.account_home.clone())
    }

    /// `$XDG_DATA_HOME`, else `~/.local/share` (XDG Base Directory Specification, as the two below).
    pub fn data_home(&self) -> Option<PathBuf> {
        self.base_directory("XDG_DATA_HOME", ".local/share")
    }

    /// `$XDG_CONFIG_HOME`, else `~/.config`.
    pub fn config_home(&self) -> Option<PathBuf> {
        self.base_directory("XDG_CONFIG_HOME", ".config")
    }

    /// `$XDG_RUNTIME_DIR`; the specification names no other place.
    pub fn runtime_dir(&self) -> Option<PathBuf> {
        self.path("XDG_RUNTIME_DIR").filter(|path| path.is_absolute())
    }

    /// Relative values are to be ignored, says the specification.
    fn base_directory(&self, name: &str, under_home: &str) -> Option<PathBuf> {
        let named = self.path(name).filter(|path| path.is_absolute());
        named.or_else(|| self.home().map(|home| home.join(under_home)))
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }
}

/// Names only: values of an environment are often secrets.
impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.vars.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_directories_follow_the_specification() {
        let cases = [
            ("/data", "/home/u", Some("/data")),
            ("relative", "/home/u", Some("/home/u/.local/share")),
            ("", "/home/u", Some("/home/u/.local/share")),
            ("", "", None),
        ];
        for (xdg, home, expected) in cases {
            let env = Env::from_pairs([("XDG_DATA_HOME", xdg), ("HOME", home)]);
            assert_eq!(env.data_home(), expected.map(PathBuf::from), "{xdg:?} {home:?}");
        }
        assert_eq!(Env::default().config_home(), None);
    }

    #[test]
    fn changes_leave_the_original_alone() {
        let env = Env::from_pairs([("A", "1"), ("B", "2")]);
        let changed = env.changed(&["A", "B"], [("B", "3")]);
        assert_eq!((changed.var("A"), changed.var("B"), env.var("A")), (None, Some("3"), Some("1")));
    }

    #[test]
    fn debug_shows_no_values() {
        let env = Env::from_pairs([("AWS_SECRET_ACCESS_KEY", "hunter2")]);
        assert_eq!(format!("{env:?}"), r#"{"AWS_SECRET_ACCESS_KEY"}"#);
        assert_eq!(env.var("AWS_SECRET_ACCESS_KEY"), Some("hunter2"));
        assert_eq!(env.var("HOME"), None);
    }
}
