//! Whose key signs, or is checked against: from flags, else from where the AWS CLI would find it.
//!
//! Rule: flags beat all, then a profile that was typed, then variables, then all other sources in the AWS CLI's order. A set
//! comes from one place, whole. A key that cannot be right is refused before it is used, by the name of the
//! flag or variable that holds it and never by its value (AWS SDKs and Tools Reference Guide, "Environment variables support").

use sigv4::explain::Key;
use sys::Env;
use types::{Secret, Timestamp};

use crate::arguments::KeyArguments;
use crate::commands::credentials::{Findings, Snapshot};
use crate::failure::Failure;

/// A set of keys, and where it was found.
#[derive(Clone, Debug)]
pub(in crate::commands) struct Keys {
    pub(in crate::commands) access_key_id: String,
    pub(in crate::commands) secret_access_key: Secret<String>,
    pub(in crate::commands) session_token: Option<Secret<String>>,
    /// When a temporary set ends, where that is known.
    pub(in crate::commands) expiration: Option<Timestamp>,
    pub(in crate::commands) origin: Origin,
}

/// Where a set was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Origin {
    Flags,
    Environment,
    CurlCommand,
    /// A source of the chain, in words.
    Chain(String),
}

/// Whom a search may ask where neither flags nor variables hold a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Reach {
    /// As the AWS CLI: services, processes, metadata.
    Anybody,
    /// Nobody, unless a profile was named: what was signed long ago is not judged by a key that is made just now.
    Files,
}

/// Names of the three values in one place.
struct Names {
    id: &'static str,
    secret: &'static str,
    token: &'static str,
}

impl Keys {
    /// The set of the flags, else that of the variables, else what the chain gives.
    pub(in crate::commands) fn find(
        arguments: &KeyArguments,
        snapshot: &Snapshot,
        reach: Reach,
    ) -> Result<Self, Failure> {
        Self::find_if_any(arguments, snapshot, reach)?.ok_or_else(|| {
            Failure::new("there is no key: neither flags, variables nor files hold one").hint(WHERE)
        })
    }

    /// As [`Keys::find`]; nothing where nobody names a key. Only [`Reach::Files`] ends so.
    pub(in crate::commands) fn find_if_any(
        arguments: &KeyArguments,
        snapshot: &Snapshot,
        reach: Reach,
    ) -> Result<Option<Self>, Failure> {
        if let Some(keys) = Self::of_flags(arguments)? {
            return Ok(Some(keys));
        }
        if arguments.profile.is_none()
            && let Some(keys) = Self::of_environment(&snapshot.env)?
        {
            return Ok(Some(keys));
        }
        if reach == Reach::Files && !snapshot.gives_keys_unasked() {
            return Ok(None);
        }
        let findings = Findings::search(snapshot).map_err(|failure| failure.named("there is no key"))?;
        Self::of_chain(&findings).map(Some)
    }

    /// The set of `curl --user ID:SECRET`.
    pub(in crate::commands) fn of_curl(id: &str, secret: &Secret<String>) -> Result<Self, Failure> {
        Self::checked(&CURL, Some(id.to_owned()), Some(secret.clone()), None, Origin::CurlCommand)?
            .ok_or_else(|| Failure::usage("--user of the curl command holds no key"))
    }

    fn of_flags(arguments: &KeyArguments) -> Result<Option<Self>, Failure> {
        let KeyArguments { access_key_id, secret_access_key, session_token, profile: _ } = arguments;
        let (id, secret, token) = (access_key_id.clone(), secret_access_key.clone(), session_token.clone());
        Self::checked(&FLAGS, id, secret, token, Origin::Flags)
    }

    fn of_environment(env: &Env) -> Result<Option<Self>, Failure> {
        let id = variable(env, VARIABLES.id)?;
        let secret = variable(env, VARIABLES.secret)?.map(Secret::new);
        let token = variable(env, VARIABLES.token)?.map(Secret::new);
        // A token without a key is left over from somewhere: it names nobody.
        if id.is_none() && secret.is_none() {
            return Ok(None);
        }
        // The command line is not at fault.
        let keys = Self::checked(&VARIABLES, id, secret, token, Origin::Environment);
        let keys = keys.map_err(|failure| failure.exit(1))?;
        let expiration = expiration(env);
        Ok(keys.map(|keys| Self { expiration, ..keys }))
    }

    /// What the chain gave, held to what AWS takes. A key of a file is named by where it stands.
    fn of_chain(findings: &Findings) -> Result<Self, Failure> {
        let resolved = findings.resolved.clone();
        let origin = findings.origin();
        let (id, secret) = (Some(resolved.access_key_id), Some(resolved.secret_access_key));
        let keys = Self::checked(&CHAIN, id, secret, resolved.session_token, Origin::Chain(origin.clone()));
        let keys = keys.map_err(|failure| failure.exit(1).named(&origin))?;
        let keys = keys.ok_or_else(|| Failure::new("there is no key").named(&origin))?;
        Ok(Self { expiration: resolved.expiration, ..keys })
    }

    fn checked(
        names: &Names,
        id: Option<String>,
        secret: Option<Secret<String>>,
        token: Option<Secret<String>>,
        origin: Origin,
    ) -> Result<Option<Self>, Failure> {
        let (access_key_id, secret_access_key) = match (id, secret) {
            (None, None) if token.is_none() => return Ok(None),
            (None, None) => return Err(half(names.token, &format!("{} and {}", names.id, names.secret))),
            (Some(_), None) => return Err(half(names.id, names.secret)),
            (None, Some(_)) => return Err(half(names.secret, names.id)),
            (Some(id), Some(secret)) => (id, secret),
        };
        if looks_swapped(&access_key_id, secret_access_key.expose()) {
            return Err(Failure::usage(format!(
                "{} and {} are swapped: the secret bears the form of a key id",
                names.id, names.secret
            ))
            .hint("exchange the two values"));
        }
        check(names.id, &access_key_id, Kind::Id)?;
        check(names.secret, secret_access_key.expose(), Kind::Secret)?;
        let session_token = token.filter(|token| !token.expose().is_empty());
        if let Some(token) = &session_token {
            check(names.token, token.expose(), Kind::Secret)?;
        }
        Ok(Some(Self { access_key_id, secret_access_key, session_token, expiration: None, origin }))
    }

    /// As explanations take them.
    pub(in crate::commands) fn explained(&self) -> Key<'_> {
        Key {
            access_key_id: &self.access_key_id,
            secret: &self.secret_access_key,
            session_token: self.session_token.as_ref(),
        }
    }

    /// What AWS will say to this set, where that can be told without asking.
    pub(in crate::commands) fn warning(&self) -> Option<&'static str> {
        match (self.access_key_id.get(..4), &self.session_token) {
            (Some("ASIA"), None) => Some(
                "the key is a temporary one and there is no session token: AWS will refuse it; set AWS_SESSION_TOKEN",
            ),
            (Some("AKIA"), Some(_)) => Some(
                "the key is a long-term one and there is a session token, of another key: AWS will refuse it; unset \
                 AWS_SESSION_TOKEN",
            ),
            _ => None,
        }
    }
}

impl Origin {
    pub(in crate::commands) fn text(&self) -> &str {
        match self {
            Self::Flags => "the flags",
            Self::Environment => "the environment",
            Self::CurlCommand => "--user of the curl command",
            Self::Chain(source) => source,
        }
    }
}

/// A variable's text; one that is empty counts as not set, as in the SDKs.
fn variable(env: &Env, name: &'static str) -> Result<Option<String>, Failure> {
    match env.var_os(name) {
        None => Ok(None),
        Some(value) if value.is_empty() => Ok(None),
        Some(value) => match value.to_str() {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err(Failure::new(format!("{name} is not UTF-8")).hint(format!("set {name} again"))),
        },
    }
}

/// What `aws configure export-credentials` and others leave; one that cannot be read is none, as in the SDKs.
fn expiration(env: &Env) -> Option<Timestamp> {
    env.var("AWS_CREDENTIAL_EXPIRATION").and_then(|text| text.trim().parse().ok())
}

fn half(there: &str, missing: &str) -> Failure {
    Failure::usage(format!("{there} is there without {missing}"))
        .hint("give both in the same place, or neither")
}

fn looks_swapped(id: &str, secret: &str) -> bool {
    let is_id = |text: &str| text.len() == 20 && (text.starts_with("AKIA") || text.starts_with("ASIA"));
    is_id(secret) && !is_id(id)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Id,
    Secret,
}

/// What stands in copied keys by mistake. Which bytes they may hold besides is the service's matter: other makers' keys have
/// other forms.
fn check(name: &str, value: &str, kind: Kind) -> Result<(), Failure> {
    let wrong = |what: &str| {
        Err(Failure::usage(format!("{name} {what}")).hint(format!("set {name} again, without it")))
    };
    let quoted = |quote| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
    if value.trim().is_empty() {
        return Err(Failure::usage(format!("{name} is empty")).hint(format!("set {name}")));
    }
    if value.ends_with(['\r', '\n']) {
        return wrong("ends in a line end");
    }
    if value.trim() != value {
        return wrong("has white space around it");
    }
    if quoted('"') || quoted('\'') {
        return wrong("has quotes around it");
    }
    if value.contains(char::is_whitespace) || value.contains(char::is_control) {
        return wrong("has white space or control characters in it");
    }
    if kind == Kind::Id && !value.bytes().all(|byte| byte.is_ascii_graphic() && !b"/,=".contains(&byte)) {
        return wrong(
            "holds what no access key id does: a slash, a comma, an equals sign or a letter beyond ASCII",
        );
    }
    Ok(())
}

const FLAGS: Names = Names { id: "--access-key-id", secret: "--secret-access-key", token: "--session-token" };
const VARIABLES: Names =
    Names { id: "AWS_ACCESS_KEY_ID", secret: "AWS_SECRET_ACCESS_KEY", token: "AWS_SESSION_TOKEN" };
const CHAIN: Names =
    Names { id: "the access key id", secret: "the secret access key", token: "the session token" };
const WHERE: &str = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --profile";
const CURL: Names = Names { id: "the key id in --user", secret: "the secret in --user", token: "the token" };
