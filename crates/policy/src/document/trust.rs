//! Trust policies of roles.
//!
//! Rule: who may take the role on, never what for. The validator names the element that is wrong; prohibited elements come
//! before missing ones (a policy for permissions given in a trust policy's place is told "Has prohibited field Resource").

use super::fault::{Fault, What};
use super::outline::{Draft, Outline};
use super::{ActionElement, Document, PrincipalElement, ResourceElement, identity, principal};

pub(super) fn check(outline: Outline) -> Result<Document, Fault> {
    for draft in &outline.statements {
        fields(draft)?;
        principals(draft)?;
        actions(draft)?;
    }
    if let Some(draft) = identity::repeated(&outline.statements) {
        return Err(What::RepeatedSid.at(draft.span.start));
    }
    identity::finish(outline)
}

/// Which elements are there, and that the effect is one.
fn fields(draft: &Draft) -> Result<(), Fault> {
    let what = match (&draft.resource, draft.effect.as_deref(), &draft.principal) {
        (Some(ResourceElement::Only(_)), ..) => What::ProhibitedField("Resource"),
        (Some(ResourceElement::Not(_)), ..) => What::ProhibitedField("NotResource"),
        (None, None, _) => What::MissingField("Effect"),
        (None, Some("Allow"), Some(PrincipalElement::Not(_))) => What::AllowNotPrincipal,
        (None, Some("Deny"), Some(PrincipalElement::Not(_))) => What::NotPrincipal,
        (None, Some("Allow" | "Deny"), None) => What::MissingField("Principal"),
        (None, Some("Allow" | "Deny"), Some(PrincipalElement::Only(_))) => return Ok(()),
        (None, Some(effect), _) => What::InvalidEffect(effect.to_owned()),
    };
    Err(what.at(draft.span.start))
}

fn actions(draft: &Draft) -> Result<(), Fault> {
    let at = draft.span.start;
    let Some(ActionElement::Only(actions) | ActionElement::Not(actions)) = &draft.action else {
        return Err(What::MissingField("Action").at(at));
    };
    let is_sts = |action: &String| {
        action.split_once(':').is_some_and(|(vendor, _)| vendor.eq_ignore_ascii_case("sts"))
    };
    if actions.is_empty() {
        return Err(What::EmptyField("Action").at(at));
    }
    if !actions.iter().all(is_sts) {
        return Err(
            What::Said("AssumeRole policy may only specify STS AssumeRole actions.".to_owned()).at(at)
        );
    }
    Ok(())
}

fn principals(draft: &Draft) -> Result<(), Fault> {
    let Some(element) = &draft.principal else { return Ok(()) };
    let (set, at) = (element.set(), draft.span.start);
    // A role wants `{"AWS": "*"}`.
    if draft.has_bare_principal {
        return Err(What::PrincipalNotObject.at(at));
    }
    if !set.canonical_user.is_empty() {
        return Err(What::PrincipalType("CanonicalUser".to_owned()).at(at));
    }
    principal::check(set, at)?;
    let is_cognito = set.federated.iter().any(|provider| provider == "cognito-identity.amazonaws.com");
    if is_cognito && draft.conditions.is_empty() { Err(What::Cognito.at(at)) } else { Ok(()) }
}
