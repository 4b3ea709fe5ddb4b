//! Policies of resources: buckets, queues, keys.
//!
//! Rule: they name principals, actions and resources. Texts are S3's, whose bucket policies are the most used. Whether a
//! resource belongs to the bucket is for the service to say.

use super::fault::{Fault, What};
use super::outline::{Draft, Outline};
use super::{Document, identity, literal, principal};

pub(super) fn check(outline: Outline) -> Result<Document, Fault> {
    for draft in &outline.statements {
        fields(draft)?;
        values(draft)?;
    }
    if let Some(draft) = identity::repeated(&outline.statements) {
        return Err(What::RepeatedSid.at(draft.span.start));
    }
    identity::finish(outline)
}

fn fields(draft: &Draft) -> Result<(), Fault> {
    let is_empty = |values: &[String]| values.is_empty();
    let what = match draft.effect.as_deref() {
        None => What::MissingField("Effect"),
        Some(effect) if effect != "Allow" && effect != "Deny" => What::InvalidEffect(effect.to_owned()),
        Some(_) if draft.principal.is_none() => What::MissingField("Principal"),
        Some(_) => match (&draft.action, &draft.resource) {
            (None, _) => What::MissingField("Action"),
            (Some(action), _) if is_empty(action.values()) => What::EmptyField("Action"),
            (_, None) => What::MissingField("Resource"),
            (_, Some(resource)) if is_empty(resource.values()) => What::EmptyField("Resource"),
            _ => return Ok(()),
        },
    };
    Err(what.at(draft.span.start))
}

fn values(draft: &Draft) -> Result<(), Fault> {
    let at = draft.span.start;
    if let Some(element) = &draft.principal {
        principal::check(element.set(), at)?;
    }
    let actions = draft.action.as_ref().map_or(&[][..], |action| action.values());
    let is_action =
        |action: &String| action == "*" || action.split_once(':').is_some_and(|(_, name)| !name.is_empty());
    if !actions.iter().all(is_action) {
        return Err(What::Said("Policy has invalid action".to_owned()).at(at));
    }
    let resources = draft.resource.as_ref().map_or(&[][..], |resource| resource.values());
    let is_resource = |resource: &String| resource == "*" || resource.starts_with("arn:");
    if !resources.iter().all(is_resource) {
        return Err(What::Said("Policy has invalid resource".to_owned()).at(at));
    }
    let illegible = draft
        .conditions
        .iter()
        .find(|condition| condition.operator.contains("IpAddress") && !literal::is_legible(condition));
    match illegible {
        Some(condition) => {
            Err(What::Said("Invalid IP address in Conditions".to_owned()).at(condition.span.start))
        }
        None => Ok(()),
    }
}
