//! Logging in to IAM Identity Center from any terminal: a code and a URL, and a browser somewhere (RFC 8628).
//!
//! Rule: the files are the AWS CLI's own, so that it and the SDKs are logged in too: the client's registration and the
//! token, by the CLI's names. The CLI's other flow, with a redirect to a port of this machine, is not needed for that.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sys::fs;
use types::{Secret, Timestamp};

use super::Session;
use super::oidc::{self, Authorization, Registration};
use super::token::{Token, write_private};
use crate::cache::{Arguments, python_string};
use crate::json_service::{AskError, JsonService, Refusal};
use crate::{Context, ResolveError, expiry};

/// What somebody must do in a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Shown in the browser too; to be compared, or typed.
    pub user_code: String,
    pub uri: String,
    /// The page with the code filled in.
    pub uri_complete: String,
    pub expires: Timestamp,
}

/// A login that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedIn {
    pub expires: Timestamp,
    pub token_file: PathBuf,
    /// Whether the token is renewed without another login.
    pub renewable: bool,
}

/// Logs in, whatever token there is. `show` is called once, when somebody must go to a browser.
pub async fn login(
    context: &Context,
    session: &Session,
    show: &mut (dyn FnMut(&Verification) + Send),
) -> Result<LoggedIn, ResolveError> {
    let service = oidc::service(context, session)?;
    let (registration, authorization) = begin(context, session, &service).await?;
    let token = wait(&service, &registration, &authorization, show).await?;
    token.write(session)?;
    Ok(LoggedIn {
        expires: token.expires,
        token_file: PathBuf::from(&session.token_file),
        renewable: token.renewal.is_some_and(|renewal| renewal.refresh_token.is_some()),
    })
}

/// Tells the user where to go, and opens the page where there is a browser and `browse` allows it.
pub fn invite(context: &Context, page: &Verification, browse: bool) {
    let opened = if browse { sys::browser::open(&context.env, &page.uri_complete) } else { None };
    let urge = |line: String| context.prompt.urge(&line);
    match opened {
        Some(program) => urge(format!("{program} shows {}", page.uri_complete)),
        None => urge(format!("open {} in a browser, on any device", page.uri_complete)),
    }
    urge(format!("and allow the request if it shows the code {}", page.user_code));
}

/// A device authorisation, by a client that is registered already where one is. A registration that the service does not
/// know any more is replaced once.
async fn begin(
    context: &Context,
    session: &Session,
    service: &JsonService<'_>,
) -> Result<(Registration, Authorization), ResolveError> {
    let plain = |error: AskError| error.plain(oidc::NAME, "check sso_start_url and sso_region");
    let path = registration_path(session);
    if let Some(known) = read_registration(&path, context.now()) {
        match oidc::authorize(service, &known, &session.start_url).await {
            Err(AskError::Refused(refusal)) if refusal.is("InvalidClientException", "invalid_client") => {}
            answer => return answer.map(|authorization| (known, authorization)).map_err(plain),
        }
    }
    let name = client_name(session, context.now());
    let new = oidc::register(service, &name, &session.registration_scopes).await.map_err(plain)?;
    write_private(&path, &print_registration(&new, &session.registration_scopes))?;
    let authorization = oidc::authorize(service, &new, &session.start_url).await.map_err(plain)?;
    Ok((new, authorization))
}

/// Asks for the token until somebody has said yes or no. The first time before anybody is told: a client that is
/// trusted needs no browser.
async fn wait(
    service: &JsonService<'_>,
    registration: &Registration,
    authorization: &Authorization,
    show: &mut (dyn FnMut(&Verification) + Send),
) -> Result<Token, ResolveError> {
    let mut interval = authorization.interval;
    let mut shown = false;
    loop {
        match oidc::redeem(service, registration, authorization).await {
            Ok(token) => return Ok(token),
            Err(AskError::Refused(refusal)) => interval = next_interval(refusal, interval)?,
            Err(AskError::Failed(error)) if error.transient => {}
            Err(AskError::Failed(error)) => return Err(error),
        }
        if service.context.now() >= authorization.expires {
            return Err(too_late());
        }
        if !shown {
            show(&authorization.verification());
            shown = true;
        }
        tokio::time::sleep(interval).await;
    }
}

/// How long to wait after this refusal (RFC 8628 section 3.5), or why to stop.
fn next_interval(refusal: Refusal, interval: Duration) -> Result<Duration, ResolveError> {
    if refusal.is("AuthorizationPendingException", "authorization_pending") {
        return Ok(interval);
    }
    if refusal.is("SlowDownException", "slow_down") {
        return Ok(interval + SLOW_DOWN);
    }
    if refusal.is("ExpiredTokenException", "expired_token") {
        return Err(too_late());
    }
    if refusal.is("AccessDeniedException", "access_denied") {
        let denied = refusal.into_error(oidc::NAME, "log in again, and allow the request in the browser");
        return Err(ResolveError { code: "login-denied", ..denied });
    }
    Err(refusal.into_error(oidc::NAME, "log in again"))
}

fn too_late() -> ResolveError {
    ResolveError::new("login-expired", "nobody confirmed the login in time", "log in again")
}

impl Authorization {
    fn verification(&self) -> Verification {
        Verification {
            user_code: self.user_code.clone(),
            uri: self.verification_uri.clone(),
            uri_complete: self
                .verification_uri_complete
                .clone()
                .unwrap_or_else(|| self.verification_uri.clone()),
            expires: self.expires,
        }
    }
}

/// `botocore-client-<session>`; the older form has the time for a name.
fn client_name(session: &Session, now: Timestamp) -> String {
    match &session.name {
        Some(name) => format!("botocore-client-{name}"),
        None => format!("botocore-client-{}", now.secs()),
    }
}

/// Beside the token, by the AWS CLI's name (awscli botocore/utils.py, `_registration_cache_key`).
fn registration_path(session: &Session) -> PathBuf {
    let scopes: Vec<String> = session.registration_scopes.iter().map(|scope| python_string(scope)).collect();
    let mut arguments = Arguments::default();
    arguments.text("tool", Some("botocore"));
    arguments.text("startUrl", Some(&session.start_url));
    arguments.text("region", Some(&session.region));
    arguments.json(
        "scopes",
        if scopes.is_empty() { "null".to_owned() } else { format!("[{}]", scopes.join(", ")) },
    );
    arguments.json("session_name", session.name.as_deref().map_or_else(|| "null".to_owned(), python_string));
    Path::new(&session.token_file).with_file_name(format!("{}.json", arguments.digest(", ", ": ")))
}

/// A registration for this flow with more than fifteen minutes left, which only this user can have written.
fn read_registration(path: &Path, now: Timestamp) -> Option<Registration> {
    let file = fs::read_owned(path, LARGEST).ok().filter(fs::OwnedFile::is_own)?;
    let raw: RawRegistration = serde_json::from_slice(&file.bytes).ok()?;
    let expires = expiry::read(&raw.expires_at)?;
    let for_devices = !raw.grant_types.iter().any(|grant| grant == "authorization_code");
    (for_devices && expiry::left(expires, now) >= expiry::EARLIEST).then(|| Registration {
        client_id: raw.client_id,
        client_secret: Secret::new(raw.client_secret),
        expires,
    })
}

fn print_registration(registration: &Registration, scopes: &[String]) -> Secret<Vec<u8>> {
    let printed = PrintRegistration {
        client_id: &registration.client_id,
        client_secret: registration.client_secret.expose(),
        expires_at: registration.expires.iso8601(),
        scopes,
    };
    Secret::new(serde_json::to_vec(&printed).expect("strings under fixed names are JSON"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRegistration {
    client_id: String,
    client_secret: String,
    expires_at: String,
    #[serde(default)]
    grant_types: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PrintRegistration<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    expires_at: String,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    scopes: &'a [String],
}

/// RFC 8628 section 3.5.
const SLOW_DOWN: Duration = Duration::from_secs(5);

/// A registration has a few KiB.
const LARGEST: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: &str, error: Option<&str>) -> Refusal {
        Refusal { status: 400, code: code.to_owned(), error: error.map(str::to_owned), message: None }
    }

    #[test]
    fn waits_as_the_service_says_and_stops_when_it_says_so() {
        let five = Duration::from_secs(5);
        let next = |code, error| next_interval(refusal(code, error), five).map_err(|error| error.code);
        assert_eq!(next("AuthorizationPendingException", None), Ok(five));
        assert_eq!(next("", Some("authorization_pending")), Ok(five));
        assert_eq!(next("SlowDownException", Some("slow_down")), Ok(five * 2));
        assert_eq!(next("ExpiredTokenException", None), Err("login-expired"));
        assert_eq!(next("AccessDeniedException", Some("access_denied")), Err("login-denied"));
        assert_eq!(next("InvalidGrantException", Some("invalid_grant")), Err("refused"));
    }

    #[test]
    fn registrations_have_the_clis_names() {
        let session = |name: Option<&str>, scopes: &[&str]| Session {
            name: name.map(str::to_owned),
            start_url: "https://example.awsapps.com/start".to_owned(),
            region: "us-east-1".to_owned(),
            registration_scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            token_file: "/h/.aws/sso/cache/x.json".to_owned(),
            oidc_endpoint_url: None,
        };
        let cases = [
            (
                session(Some("my-sso"), &["sso:account:access", "x"]),
                "a0ddd107f1b3f110b1a3e12df3caf58dff34a91b",
            ),
            (session(None, &[]), "6c6f31f93a84fcbeca9b94bb5d13f4109559e71a"),
        ];
        for (session, name) in cases {
            assert_eq!(registration_path(&session), Path::new(&format!("/h/.aws/sso/cache/{name}.json")));
        }
    }
}
