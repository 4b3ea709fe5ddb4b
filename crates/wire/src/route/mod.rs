//! Which operation a request is for, by what its protocol says so with.

use crate::decode::{DecodeError, Parameters, percent_decoded};
use crate::model::{Operation, Place, Protocol, Service, services};

/// What a request asks for by name.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// There is a table of it.
    Known(&'static Service, &'static Operation),
    /// AWS has it; there is no table here.
    Unbuilt(&'static Service, &'a str),
}

/// The operation that `Action` and `Version` name, for the query and ec2 protocols.
pub fn query<'a>(parameters: &'a Parameters<'_>) -> Result<Asked<'a>, DecodeError> {
    let action = parameters.get("Action").filter(|action| !action.is_empty());
    let Some(action) = action else {
        return Err(DecodeError::new("MissingAction", "Missing Action"));
    };
    let version = parameters.get("Version").filter(|version| !version.is_empty());
    let mut of_queries =
        services().filter(|service| matches!(service.protocol, Protocol::Query | Protocol::Ec2));
    let service = of_queries.find(|service| Some(service.version) == version);
    match service {
        Some(service) => named(service, action).ok_or_else(|| unknown(service, action)),
        None => Err(not_found(action, version)),
    }
}

/// The operation that the header `X-Amz-Target` names, for the json protocols.
pub fn target(header: &str) -> Result<Asked<'_>, DecodeError> {
    let unknown = || DecodeError::new("UnknownOperationException", "");
    let (prefix, name) = header.rsplit_once('.').ok_or_else(unknown)?;
    // Of a prefix with dots, clients may send the last part.
    let known = |service: &&Service| {
        let own = service.target_prefix;
        !own.is_empty() && (own == prefix || own.rsplit('.').next() == Some(prefix))
    };
    let service = services().find(known).ok_or_else(unknown)?;
    named(service, name).ok_or_else(unknown)
}

/// The operation of this name in the service.
pub fn named<'a>(service: &'static Service, name: &'a str) -> Option<Asked<'a>> {
    match service.operation(name) {
        Some(operation) => Some(Asked::Known(service, operation)),
        None => service.has(name).then_some(Asked::Unbuilt(service, name)),
    }
}

/// A request's line and headers, for the rest protocols.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    pub method: &'a str,
    /// As on the wire, without the query.
    pub path: &'a str,
    pub query: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
}

/// The operation that the line fits, for the rest protocols. Of several, the one that fits most closely; of equals the first by name,
/// those that have tables before the others.
pub fn rest(service: &'static Service, line: &Line<'_>) -> Option<Asked<'static>> {
    let pairs: Vec<(&str, Option<&str>)> = line
        .query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').map_or((pair, None), |(name, value)| (name, Some(value))))
        .collect();
    let known = service.operations().iter().filter_map(|operation| {
        let fixed = closeness(line, &pairs, operation.method, operation.uri)?;
        let close = match required(service, operation, line, &pairs) {
            Some(required) => fixed + required,
            // What names a part of something must not be taken for the whole: `DELETE /b?metrics` lacks an id, and is no DeleteBucket.
            None if operation.uri.contains('?') => fixed - 1,
            None => return None,
        };
        Some((close, Asked::Known(service, operation)))
    });
    let others = service.others().iter().filter_map(|other| {
        let fixed = closeness(line, &pairs, other.method, other.uri)?;
        Some((fixed, Asked::Unbuilt(service, other.name)))
    });
    let best = known.chain(others).reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, asked)| asked)
}

type Pairs<'a> = [(&'a str, Option<&'a str>)];

/// How many things of a template a line has; none where it lacks one. What is fixed in the query weighs most.
fn closeness(line: &Line<'_>, pairs: &Pairs<'_>, method: &str, uri: &str) -> Option<usize> {
    if method != line.method {
        return None;
    }
    let labels = crate::decode::labels(uri, line.path)?;
    let mut close = labels.len() + uri.matches('/').count();
    let (_, fixed) = uri.split_once('?').unwrap_or_default();
    for pair in fixed.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').map_or((pair, None), |(name, value)| (name, Some(value)));
        let has = |(held, given): &(&str, Option<&str>)| {
            let decoded = percent_decoded(held);
            decoded.as_deref() == Some(name) && value.is_none_or(|value| *given == Some(value))
        };
        close += pairs.iter().any(has).then_some(FIXED)?;
    }
    Some(close)
}

/// How many things that an operation must have in query and headers a line has; none where it lacks one.
fn required(service: &Service, operation: &Operation, line: &Line<'_>, pairs: &Pairs<'_>) -> Option<usize> {
    let mut close = 0;
    let input = operation.input.map(|input| service.members(input.shape)).unwrap_or_default();
    for member in input.iter().filter(|member| member.required) {
        let name = member.wire_name();
        let has = match member.place {
            Place::Query => pairs.iter().any(|(held, _)| *held == name),
            Place::Header => line.headers.iter().any(|(held, _)| held.eq_ignore_ascii_case(name)),
            _ => continue,
        };
        close += has.then_some(REQUIRED)?;
    }
    Some(close)
}

const FIXED: usize = 1000;
const REQUIRED: usize = 10;

/// The service has no such action.
pub fn unknown(service: &Service, action: &str) -> DecodeError {
    match service.protocol {
        Protocol::Ec2 => DecodeError::new(
            "InvalidAction",
            format!("The action {action} is not valid for this web service."),
        ),
        Protocol::Query => not_found(action, Some(service.version)),
        Protocol::Json10 | Protocol::Json11 => DecodeError::new("UnknownOperationException", ""),
        Protocol::RestXml => DecodeError {
            status: 405,
            ..DecodeError::new(
                "MethodNotAllowed",
                "The specified method is not allowed against this resource.",
            )
        },
    }
}

fn not_found(action: &str, version: Option<&str>) -> DecodeError {
    let version = version.unwrap_or("NO_VERSION_SPECIFIED");
    DecodeError::new("InvalidAction", format!("Could not find operation {action} for version {version}"))
}

#[cfg(test)]
mod tests;
