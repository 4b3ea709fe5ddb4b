//! The instance metadata service as a client sees it (facts/credentials.md section 4.2): a session token, the role's name,
//! the role's credentials.

mod session;

use std::time::Duration;

use profile::plan::Imds;
use types::Timestamp;

use self::session::Session;
use crate::document::{Document, DocumentError, TokenField, words};
use crate::{Context, ResolveError, Resolved};

/// Asks for the role's credentials: on the extended path first where the plan says so, on the old one where that is not
/// served.
pub(crate) async fn resolve(context: &Context, imds: &Imds) -> Result<Resolved, ResolveError> {
    let mut session = Session::open(context, imds).await?;
    let paths: &[&str] = if imds.extended { &[EXTENDED, CLASSIC] } else { &[CLASSIC] };
    for path in paths {
        if let Some(body) = credentials_at(&mut session, imds, path).await? {
            return read(context, &session, &body);
        }
    }
    Err(match &imds.instance_profile_name {
        Some(name) => {
            let what = format!("{} has no credentials for the instance profile {name:?}", session.source());
            ResolveError::new(
                "none",
                what,
                "correct or remove ec2_instance_profile_name (AWS_EC2_INSTANCE_PROFILE_NAME)",
            )
        }
        None => {
            let what = format!("{} has no role", session.source());
            ResolveError::new("none", what, "attach an instance profile with a role to the instance")
        }
    })
}

/// The document under `path`; nothing where it is not served. A role may be replaced between two questions: a name that
/// was just listed and is not found is looked up once more.
async fn credentials_at(
    session: &mut Session<'_>,
    imds: &Imds,
    path: &str,
) -> Result<Option<types::Secret<Vec<u8>>>, ResolveError> {
    if let Some(name) = &imds.instance_profile_name {
        return session.get(&format!("{path}{}", escaped(name))).await;
    }
    for _ in 0..2 {
        let Some(list) = session.get(path).await? else { return Ok(None) };
        let Some(name) = role_name(session, list.expose())? else { return Ok(None) };
        if let Some(body) = session.get(&format!("{path}{name}")).await? {
            return Ok(Some(body));
        }
    }
    Ok(None)
}

/// The first line of the listing; an empty listing names none.
fn role_name(session: &Session<'_>, list: &[u8]) -> Result<Option<String>, ResolveError> {
    let line = list.trim_ascii().split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    let valid = |byte: &u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(byte);
    match std::str::from_utf8(line) {
        Ok(name) if name.len() <= MAX_ROLE_NAME && line.iter().all(valid) => Ok(Some(name.to_owned())),
        _ => Err(ResolveError::new(
            "garbage",
            format!("{} answers with something that is no role's name", session.source()),
            ENDPOINT,
        )),
    }
}

fn read(
    context: &Context,
    session: &Session<'_>,
    body: &types::Secret<Vec<u8>>,
) -> Result<Resolved, ResolveError> {
    let garbage = |error: DocumentError| {
        ResolveError::new("garbage", format!("{} {error}", session.source()), ENDPOINT)
    };
    let document = Document::read(body.expose()).map_err(garbage)?;
    if let Some(code) = document.code.as_deref().filter(|code| *code != "Success") {
        let message = document.message.as_deref().unwrap_or("no reason given");
        let what = format!("{} answers {}: {}", session.source(), words(code), words(message));
        let remedy = "check the role's trust policy: it must let ec2.amazonaws.com assume it";
        return Err(ResolveError::new("refused", what, remedy));
    }
    let mut resolved = document.credentials(TokenField::Token).map_err(garbage)?;
    resolved.expiration = resolved.expiration.map(|end| stable(context, end));
    Ok(resolved)
}

/// Static stability: a service that hands out what has ended could not renew it, and AWS takes such keys on; so all SDKs
/// use them for a while and ask again.
fn stable(context: &Context, end: Timestamp) -> Timestamp {
    let now = context.now();
    if end > now {
        return end;
    }
    let jitter = context.entropy.bytes::<2>().map_or(0, u16::from_le_bytes);
    let jitter = Duration::from_millis(u64::from(jitter) * 480_000 / u64::from(u16::MAX));
    tracing::warn!(%end, "instance metadata service hands out credentials that have ended; they are used for a while");
    now + EXTENSION + jitter
}

fn escaped(name: &str) -> String {
    let mut path = String::with_capacity(name.len());
    crate::escape::percent(name, &mut path);
    path
}

const CLASSIC: &str = "/latest/meta-data/iam/security-credentials/";
const EXTENDED: &str = "/latest/meta-data/iam/security-credentials-extended/";
const ENDPOINT: &str = "check AWS_EC2_METADATA_SERVICE_ENDPOINT: this is no instance metadata service";
/// IAM's own bound.
const MAX_ROLE_NAME: usize = 64;
/// 15 minutes and 2 to 10 more, as botocore has it.
const EXTENSION: Duration = Duration::from_secs(17 * 60);
