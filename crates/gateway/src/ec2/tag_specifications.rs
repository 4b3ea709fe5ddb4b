//! Tags that a request gives what it makes: `TagSpecification.N`.

use account::ServiceError;
use account::directory::Tag;
use account::ec2::refusal::invalid_value;
use account::ec2::tag;
use wire::Structure;

use crate::Ask;

/// The tags for resources of this kind, of which alone the operation makes any.
///
/// # Errors
/// `InvalidParameterValue`, `TagLimitExceeded`
pub(super) fn specified(ask: &Ask<'_>, kind: &str) -> Result<Vec<Tag>, ServiceError> {
    let mut specified = specifications(ask)?;
    match specified.iter().find(|(other, _)| other != kind) {
        Some((other, _)) => Err(not_taggable(other)),
        None => Ok(specified.pop().map(|(_, tags)| tags).unwrap_or_default()),
    }
}

/// All of them, by kinds of resources; each kind is there once.
pub(super) fn specifications(ask: &Ask<'_>) -> Result<Vec<(String, Vec<Tag>)>, ServiceError> {
    let mut found: Vec<(String, Vec<Tag>)> = Vec::new();
    for specification in ask.input.structures("TagSpecifications") {
        let Some(kind) = specification.text("ResourceType") else {
            return Err(invalid_value("Tag specification resource type must have a value"));
        };
        if found.iter().any(|(other, _)| other == kind) {
            return Err(invalid_value(format!(
                "'{kind}' is specified more than once in tag specifications."
            )));
        }
        let tags = tags(specification, "Tags");
        if tags.is_empty() {
            return Err(invalid_value("Tag specification must have at least one tag"));
        }
        tag::check(&tags)?;
        found.push((kind.to_owned(), tags));
    }
    Ok(found)
}

/// The tags in a member of a structure, in the order of the request. A tag without a value has the empty one.
pub(super) fn tags(structure: &Structure, member: &str) -> Vec<Tag> {
    let text = |tag: &Structure, name| tag.text(name).unwrap_or_default().to_owned();
    structure.structures(member).map(|tag| Tag { key: text(tag, "Key"), value: text(tag, "Value") }).collect()
}

pub(super) fn not_taggable(kind: &str) -> ServiceError {
    invalid_value(format!("'{kind}' is not a valid taggable resource type for this operation."))
}
