//! LookupEvents: management events of the last 90 days in the region of the request.

use account::{Check, ServiceError};
use types::Timestamp;
use wire::{Structure, Value};

use crate::history::{LookUp, LookUpAttribute, LookUpError, PastEvent};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "LookupEvents",
    checks: |_| Ok(vec![Check::new("cloudtrail:LookupEvents", "*")]),
    run,
}];

fn run(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    if ask.input.text("EventCategory").is_some() {
        let message = "Insights events are not recorded in this account. Leave EventCategory out.";
        return Err(refused("InvalidEventCategoryException", message));
    }
    let (from, to) = times(ask)?;
    let look_up = LookUp {
        region: ask.region.as_str(),
        attribute: attribute(ask)?,
        from,
        to,
        max_results: max_results(ask)?,
        next_token: ask.input.text("NextToken").filter(|token| !token.is_empty()),
    };
    let found = ask.history.look_up(&look_up).map_err(|error| match error {
        LookUpError::NextToken => refused(
            "InvalidNextTokenException",
            "The token is not valid for this look-up. Look up from the start.",
        ),
        LookUpError::Unreadable(inside) => {
            let mut failed = ServiceError::new("InternalFailure", 500, "The event history cannot be read.");
            failed.inside = Some(inside);
            failed
        }
    })?;
    let events: Vec<Value> = found.events.into_iter().map(|event| shown(event).into()).collect();
    Ok(Structure::new().with("Events", events).with_some("NextToken", found.next_token))
}

fn shown(event: PastEvent) -> Structure {
    let resource = |(kind, name): (String, String)| {
        Value::from(Structure::new().with("ResourceType", kind).with("ResourceName", name))
    };
    let resources: Vec<Value> = event.resources.into_iter().map(resource).collect();
    Structure::new()
        .with("EventId", event.event_id)
        .with("EventName", event.event_name)
        .with("ReadOnly", event.read_only.to_string())
        .with_some("AccessKeyId", event.access_key_id)
        .with("EventTime", event.event_time)
        .with("EventSource", event.event_source)
        .with_some("Username", event.user_name)
        .with("Resources", resources)
        .with("CloudTrailEvent", event.text)
}

/// One, though it comes in a list.
fn attribute<'a>(ask: &Ask<'a>) -> Result<Option<(LookUpAttribute, &'a str)>, ServiceError> {
    let mut all = ask.input.structures("LookupAttributes");
    let Some(first) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(refused(
            "InvalidLookupAttributesException",
            "You can specify only one lookup attribute.",
        ));
    }
    let key = first.text("AttributeKey").unwrap_or_default();
    let attribute = ATTRIBUTES.iter().find(|(name, _)| *name == key).map(|(_, attribute)| *attribute);
    let value = first.text("AttributeValue").filter(|value| !value.is_empty());
    match (attribute, value) {
        (Some(attribute), Some(value)) => Ok(Some((attribute, value))),
        _ => Err(refused(
            "InvalidLookupAttributesException",
            "The lookup attribute has no such key, or no value.",
        )),
    }
}

fn times(ask: &Ask<'_>) -> Result<(Timestamp, Timestamp), ServiceError> {
    let time = |name: &str| match ask.input.member(name) {
        Some(Value::Timestamp(time)) => Some(*time),
        _ => None,
    };
    let (from, to) =
        (time("StartTime").unwrap_or(Timestamp::EPOCH), time("EndTime").unwrap_or(Timestamp::MAX));
    if from > to {
        return Err(refused("InvalidTimeRangeException", "The start time must not be after the end time."));
    }
    Ok((from, to))
}

fn max_results(ask: &Ask<'_>) -> Result<usize, ServiceError> {
    let asked = ask.input.integer("MaxResults").unwrap_or(MOST as i64);
    let fits = usize::try_from(asked).ok().filter(|asked| (1..=MOST).contains(asked));
    fits.ok_or_else(|| refused("InvalidMaxResultsException", "MaxResults must be between 1 and 50."))
}

pub(super) fn refused(code: &'static str, message: impl Into<String>) -> ServiceError {
    ServiceError::new(code, 400, message)
}

const ATTRIBUTES: [(&str, LookUpAttribute); 8] = [
    ("EventId", LookUpAttribute::EventId),
    ("EventName", LookUpAttribute::EventName),
    ("ReadOnly", LookUpAttribute::ReadOnly),
    ("Username", LookUpAttribute::Username),
    ("ResourceType", LookUpAttribute::ResourceType),
    ("ResourceName", LookUpAttribute::ResourceName),
    ("EventSource", LookUpAttribute::EventSource),
    ("AccessKeyId", LookUpAttribute::AccessKeyId),
];

/// Of one page (CloudTrail API reference, LookupEvents).
const MOST: usize = 50;
