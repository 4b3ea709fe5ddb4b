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

/// The operation that method, path and query fit, for the rest protocols. Of several, the one that fits most closely.
pub fn rest(
    service: &'static Service,
    method: &str,
    path: &str,
    query: &str,
    headers: &[(&str, &str)],
) -> Option<&'static Operation> {
    let pairs: Vec<(&str, Option<&str>)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').map_or((pair, None), |(name, value)| (name, Some(value))))
        .collect();
    let fitting = service.operations().iter().filter_map(|operation| {
        let closeness = closeness(service, operation, (method, path, &pairs), headers)?;
        Some((closeness, operation))
    });
    // Of equals the first by name, as `GetObject` before `ListParts`, which asks for more.
    fitting.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, operation)| operation)
}

type Line<'a> = (&'a str, &'a str, &'a [(&'a str, Option<&'a str>)]);

/// How many things of a template, and of what an operation must have, a request has; none where it lacks one.
fn closeness(
    service: &Service,
    operation: &Operation,
    (method, path, pairs): Line<'_>,
    headers: &[(&str, &str)],
) -> Option<usize> {
    if operation.method != method {
        return None;
    }
    let labels = crate::decode::labels(operation.uri, path)?;
    let (_, fixed) = operation.uri.split_once('?').unwrap_or_default();
    let mut close = labels.len() + operation.uri.matches('/').count();
    for pair in fixed.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').map_or((pair, None), |(name, value)| (name, Some(value)));
        let has = |(held, given): &(&str, Option<&str>)| {
            let decoded = percent_decoded(held);
            decoded.as_deref() == Some(name) && value.is_none_or(|value| *given == Some(value))
        };
        // What is fixed weighs more than what is required.
        close += pairs.iter().any(has).then_some(1000)?;
    }
    let input = operation.input.map(|input| service.members(input.shape)).unwrap_or_default();
    for member in input.iter().filter(|member| member.required) {
        let name = member.wire_name();
        let has = match member.place {
            Place::Query => pairs.iter().any(|(held, _)| *held == name),
            Place::Header => headers.iter().any(|(held, _)| held.eq_ignore_ascii_case(name)),
            _ => continue,
        };
        close += has.then_some(10)?;
    }
    Some(close)
}

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
