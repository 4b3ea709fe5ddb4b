//! What of the environment would keep CMD from the metadata and the role that it is to have.
//!
//! Rule: a variable that the user has set is the user's: it stays, and is named on stderr. `--clean-env` hides them all;
//! who asks for another identity than the surroundings' has them hidden, and is told which.

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use sys::Env;
use types::link_local::METADATA_V4;

/// What was found, and what is to become of it.
#[derive(Debug)]
pub(in crate::commands) struct Surroundings {
    notes: Vec<String>,
    changes: Vec<(OsString, Option<OsString>)>,
}

impl Surroundings {
    /// With `clean` everything is hidden. With `has_container` the variables of container credentials are to be set.
    pub(super) fn of(env: &Env, clean: bool, has_container: bool) -> Self {
        let mut notes = Vec::new();
        if !clean {
            notes.extend(winner(env, has_container));
            notes.extend(diversions(env));
        }
        notes.extend(proxy(env, METADATA_V4));
        Self { notes, changes: if clean { hidden() } else { Vec::new() } }
    }

    /// For a CMD that is to have these credentials and no others, and asks for them at an address.
    pub(in crate::commands) fn replaced(env: &Env, whose: &str, asked: Option<Ipv4Addr>) -> Self {
        let found = shadows(env);
        let mut notes = Vec::new();
        if !found.is_empty() {
            notes.push(format!(
                "note: CMD gets the credentials of {whose}; hidden from it: {}",
                found.join(", ")
            ));
        }
        notes.extend(asked.and_then(|address| proxy(env, address)));
        Self { notes, changes: hidden() }
    }

    /// A line each, for stderr.
    pub(in crate::commands) fn notes(&self) -> &[String] {
        &self.notes
    }

    pub(in crate::commands) fn changes(&self) -> Vec<(OsString, Option<OsString>)> {
        self.changes.clone()
    }
}

/// Leaves out what another container's endpoint would be found by; some SDKs ask the first that they know.
pub(in crate::commands) fn other_containers() -> impl Iterator<Item = (OsString, Option<OsString>)> {
    CONTAINER.iter().chain(&CONTAINER_TOKENS).map(|name| (name.into(), None))
}

/// The first source of credentials that SDKs ask before the instance's role (AWS SDKs and Tools Reference Guide,
/// "Standardized credential providers").
fn winner(env: &Env, has_container: bool) -> Option<String> {
    let container: &[&str] = if has_container { &[] } else { &CONTAINER };
    let variable = KEYS.iter().chain(container).find(|name| is_set(env, name));
    if let Some(name) = variable {
        return Some(format!("note: {name} is set and wins over the instance role; --clean-env hides it"));
    }
    let file = env
        .var_os("AWS_SHARED_CREDENTIALS_FILE")
        .map(Into::into)
        .or_else(|| env.home().map(|home| home.join(".aws/credentials")))?;
    let text = sys::fs::read_text(&file, LONGEST).ok()?;
    let has_default = text.lines().any(|line| line.trim() == "[default]");
    has_default.then(|| {
        format!(
            "note: {} has a default profile, which wins over the instance role; --clean-env hides it",
            file.display()
        )
    })
}

/// What is there of all that is hidden.
fn shadows(env: &Env) -> Vec<String> {
    let variables = KEYS.iter().chain(&COMPANIONS).chain(&CONTAINER).chain(&CONTAINER_TOKENS);
    let variables = variables.filter(|name| env.var_os(name).is_some()).map(|name| (*name).to_owned());
    let files = FILES.iter().zip(USUAL_FILES).filter_map(|(name, usual)| {
        let named = env.var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        named.or_else(|| env.home().map(|home| home.join(usual))).filter(|path| path.is_file())
    });
    variables.chain(files.map(|path| path.display().to_string())).collect()
}

/// Settings that keep SDKs from asking at all, or from asking here.
fn diversions(env: &Env) -> Vec<String> {
    let mut notes = Vec::new();
    if env.var("AWS_EC2_METADATA_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        notes.push(
            "note: AWS_EC2_METADATA_DISABLED is set, so SDKs do not ask for metadata; --clean-env hides it"
                .to_owned(),
        );
    }
    if is_set(env, ENDPOINT) {
        notes.push(format!("note: {ENDPOINT} is set, so SDKs ask there; --clean-env hides it"));
    }
    notes
}

/// A proxy would be asked for the metadata service, and would ask the one of its own machine.
fn proxy(env: &Env, address: Ipv4Addr) -> Option<String> {
    let name = PROXIES.iter().find(|name| is_set(env, name))?;
    let exceptions = ["no_proxy", "NO_PROXY"].iter().filter_map(|name| env.var(name));
    let is_excepted = exceptions.flat_map(|list| list.split(',')).any(|exception| covers(exception, address));
    (!is_excepted)
        .then(|| format!("note: {name} is set, so some programs ask the proxy; add {address} to no_proxy"))
}

fn covers(exception: &str, address: Ipv4Addr) -> bool {
    let exception = exception.trim();
    exception == "*" || exception == address.to_string() || exception.starts_with("169.254.0.0/")
}

fn is_set(env: &Env, name: &str) -> bool {
    env.var_os(name).is_some_and(|value| !value.is_empty())
}

/// As on an instance that was just launched. The region and the endpoints of other services stay: they are no
/// credentials, and instances have them from their user data too.
fn hidden() -> Vec<(OsString, Option<OsString>)> {
    let removed = KEYS.iter().chain(&COMPANIONS).map(|name| (name.into(), None));
    let emptied = FILES.iter().map(|name| (name.into(), Some("/dev/null".into())));
    removed.chain(other_containers()).chain(emptied).collect()
}

/// In the order in which they are asked.
const KEYS: [&str; 6] = [
    "AWS_ACCESS_KEY_ID",
    // SDK for Java 1.
    "AWS_ACCESS_KEY",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_PROFILE",
    // AWS CLI and boto3.
    "AWS_DEFAULT_PROFILE",
    // boto 2.
    "AWS_CREDENTIAL_FILE",
];
const CONTAINER: [&str; 2] = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
const CONTAINER_TOKENS: [&str; 2] =
    ["AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"];
/// What belongs to those, and what steers SDKs towards or away from the metadata service.
const COMPANIONS: [&str; 14] = [
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    // SDK for Rust.
    "SECRET_ACCESS_KEY",
    "AWS_ACCOUNT_ID",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_V1_DISABLED",
    ENDPOINT,
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    // The role that some SDKs ask for without a look at the list.
    "AWS_EC2_INSTANCE_PROFILE_NAME",
];
const FILES: [&str; 3] = [
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CONFIG_FILE",
    // boto 2, and boto3 still: it keeps both from ~/.boto and /etc/boto.cfg.
    "BOTO_CONFIG",
];
/// Those files where nothing names them, in the same order, below the home directory.
const USUAL_FILES: [&str; 3] = [".aws/credentials", ".aws/config", ".boto"];
const PROXIES: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
const ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
/// Larger files are not read: all that depends on it is a note.
const LONGEST: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(pairs: &[(&str, &str)]) -> String {
        Surroundings::of(&Env::from_pairs(pairs.iter().copied()), false, false).notes.join("\n")
    }

    #[test]
    fn what_wins_or_diverts_is_named_and_nothing_else() {
        let cases: [(&[(&str, &str)], &str); 9] = [
            (&[("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", "")], ""),
            (&[("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_PROFILE", "p")], "AWS_ACCESS_KEY_ID is set and wins"),
            (&[("AWS_PROFILE", "p")], "AWS_PROFILE is set and wins"),
            (&[("AWS_EC2_METADATA_DISABLED", "True")], "AWS_EC2_METADATA_DISABLED"),
            (&[("AWS_EC2_METADATA_DISABLED", "false")], ""),
            (&[(ENDPOINT, "http://127.0.0.1:1338/")], ENDPOINT),
            (&[("http_proxy", "http://p:1")], "http_proxy is set"),
            (&[("http_proxy", "http://p:1"), ("NO_PROXY", "x, 169.254.169.254")], ""),
            (&[("https_proxy", "http://p:1")], ""),
        ];
        for (pairs, expected) in cases {
            let said = notes(pairs);
            assert!(said.contains(expected) && said.is_empty() == expected.is_empty(), "{pairs:?}: {said}");
        }
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "a test writes the file that a user would")]
    fn a_default_profile_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("credentials");
        let pairs = [("AWS_SHARED_CREDENTIALS_FILE", file.to_str().unwrap())];
        assert_eq!(notes(&pairs), "");
        for (text, named) in [("[work]\n", false), ("[work]\n [default] \naws_access_key_id = x\n", true)] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(notes(&pairs).contains("default profile"), named, "{text}");
        }
    }

    #[test]
    fn a_clean_environment_has_none_of_it_and_keeps_the_rest() {
        let env = Env::from_pairs([("AWS_ACCESS_KEY_ID", "AKIA"), (ENDPOINT, "http://x/")]);
        let Surroundings { notes, changes } = Surroundings::of(&env, true, false);
        assert_eq!(notes, Vec::<String>::new());
        let of = |name: &str| changes.iter().find(|(changed, _)| changed == name);
        assert_eq!(of("AWS_SECRET_ACCESS_KEY"), Some(&("AWS_SECRET_ACCESS_KEY".into(), None)));
        assert!(of("AWS_CONFIG_FILE").is_some_and(|(_, value)| value.is_some()));
        assert_eq!((of("AWS_REGION"), of("AWS_ENDPOINT_URL")), (None, None));
    }

    #[test]
    fn what_another_identity_replaces_is_named() {
        let home = tempfile::tempdir().unwrap();
        let pairs =
            [("AWS_PROFILE", "p"), ("AWS_REGION", "eu-west-1"), ("HOME", home.path().to_str().unwrap())];
        let said = |pairs: &[(&str, &str)]| {
            let env = Env::from_pairs(pairs.iter().copied());
            Surroundings::replaced(&env, "profile dev", None).notes.join("\n")
        };
        assert_eq!(said(&pairs[1..]), "");
        sys::fs::private_directory(&home.path().join(".aws")).unwrap();
        let file = home.path().join(".aws/config");
        sys::fs::replace(&file, b"", 0o600).unwrap();
        let expected = format!(
            "note: CMD gets the credentials of profile dev; hidden from it: AWS_PROFILE, {}",
            file.display()
        );
        assert_eq!(said(&pairs), expected);
    }
}
