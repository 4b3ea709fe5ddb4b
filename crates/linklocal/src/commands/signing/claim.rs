//! What a request says of itself, read leniently: enough to know which endpoint and which time it was made for.
//!
//! Rule: nothing here is believed. It fills gaps that neither flags nor the host fill, and is said to have done so.

use request_source::Message;
use sigv4::RequestTime;
use types::Timestamp;

/// Scope and time, as far as they are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::commands) struct Claim {
    pub(in crate::commands) region: Option<String>,
    pub(in crate::commands) service: Option<String>,
    pub(in crate::commands) time: Option<Timestamp>,
}

impl Claim {
    /// `of_form` gives the fields of a form, where the request is one.
    pub(in crate::commands) fn read(message: &Message, of_form: impl Fn(&str) -> Option<String>) -> Self {
        let field =
            |name: &str| of_form(name).or_else(|| parameter(message, name)).or_else(|| header(message, name));
        let credential = field("X-Amz-Credential").or_else(|| of_authorization(message)).unwrap_or_default();
        // A key id may hold slashes by mistake: the scope is what the end says.
        let mut parts = credential.rsplit('/').skip(1).map(str::to_owned);
        let (service, before) = (parts.next(), parts.next());
        // SigV4a has no region: there the day stands before the service.
        let is_day = |part: &String| part.len() == 8 && part.bytes().all(|byte| byte.is_ascii_digit());
        let region = before.filter(|part| !is_day(part));
        let date = field("X-Amz-Date").or_else(|| header(message, "date"));
        let time = date.and_then(|date| Some(RequestTime::read_any(date.as_bytes()).ok()?.time));
        let named = |part: Option<String>| part.filter(|part| !part.is_empty());
        Self { region: named(region), service: named(service), time }
    }
}

fn of_authorization(message: &Message) -> Option<String> {
    let value = header(message, "authorization")?;
    let rest = value.split("Credential=").nth(1)?;
    Some(rest.split([',', ' ']).next().unwrap_or_default().to_owned())
}

fn header(message: &Message, name: &str) -> Option<String> {
    message.header(name).map(|value| String::from_utf8_lossy(value.trim_ascii()).into_owned())
}

/// The first value of a parameter, `%2F` decoded: no other escape stands in what is looked for.
fn parameter(message: &Message, name: &str) -> Option<String> {
    let target = String::from_utf8_lossy(&message.target);
    let (_, query) = target.split_once('?')?;
    let value = query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))?;
    Some(value.replace("%2F", "/").replace("%2f", "/"))
}
