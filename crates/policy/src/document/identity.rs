//! Policies of users, groups and roles, and those handed to a session.
//!
//! Rule: AWS's checks in AWS's order, which the order of statements does not change: grammar, version, what the older parser
//! reads, then ids, actions, the form of resources, the form of actions, and that there are resources
//! (`suites/iam/getmoto_moto`). STS leaves out the version and the older parser's look at values (facts section 2.2).

use std::collections::HashSet;

use super::arn::Verdict;
use super::fault::{Fault, What};
use super::outline::{Draft, Outline};
use super::{Document, Effect, Position, Statement, Version, action, arn, literal};

pub(super) fn check(outline: Outline) -> Result<Document, Fault> {
    effects(&outline)?;
    if outline.version != Some(Version::V2012) {
        return Err(What::Version.at(outline.statements[0].span.start));
    }
    legacy(&outline, Literals::Read)?;
    elements(&outline)?;
    finish(outline)
}

pub(super) fn check_session(outline: Outline) -> Result<Document, Fault> {
    effects(&outline)?;
    legacy(&outline, Literals::Left)?;
    elements(&outline)?;
    finish(outline)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Literals {
    Read,
    Left,
}

/// An effect of any case is grammar.
fn effects(outline: &Outline) -> Result<(), Fault> {
    let is_effect = |draft: &Draft| {
        let effect = draft.effect.as_deref().unwrap_or_default();
        effect.eq_ignore_ascii_case("Allow") || effect.eq_ignore_ascii_case("Deny")
    };
    match outline.statements.iter().find(|draft| !is_effect(draft)) {
        Some(draft) => Err(What::Shape.at(draft.span.start)),
        None => Ok(()),
    }
}

fn legacy(outline: &Outline, literals: Literals) -> Result<(), Fault> {
    let failed =
        |position: Position| Err(What::Said("The policy failed legacy parsing".to_owned()).at(position));
    for draft in &outline.statements {
        if !matches!(draft.effect.as_deref(), Some("Allow" | "Deny")) {
            return failed(draft.span.start);
        }
        let illegible = draft.conditions.iter().find(|condition| !literal::is_legible(condition));
        if let (Literals::Read, Some(condition)) = (literals, illegible) {
            return failed(condition.span.start);
        }
        if draft.resource.as_ref().is_some_and(|resource| matches!(arn::check(resource), Verdict::Legacy)) {
            return failed(draft.span.start);
        }
    }
    Ok(())
}

fn elements(outline: &Outline) -> Result<(), Fault> {
    let drafts = &outline.statements;
    each(drafts, |draft| draft.principal.is_none(), What::ProhibitedField("Principal"))?;
    sids(drafts)?;
    let has_action = |draft: &Draft| draft.action.as_ref().is_some_and(|action| !action.values().is_empty());
    each(drafts, has_action, What::MissingField("Action"))?;
    for draft in drafts {
        if let Some(Verdict::Refused(text)) = draft.resource.as_ref().map(arn::check) {
            return Err(What::Said(text).at(draft.span.start));
        }
    }
    for draft in drafts {
        draft.action.as_ref().map_or(Ok(()), |action| action::check(action, draft.span.start))?;
    }
    let has_resource =
        |draft: &Draft| draft.resource.as_ref().is_some_and(|resource| !resource.values().is_empty());
    each(drafts, has_resource, What::MissingField("Resource"))
}

fn each(drafts: &[Draft], is_good: impl Fn(&Draft) -> bool, what: What) -> Result<(), Fault> {
    match drafts.iter().find(|draft| !is_good(draft)) {
        Some(draft) => Err(what.at(draft.span.start)),
        None => Ok(()),
    }
}

/// Letters and digits, and once each. Underscores pass: public cases that AWS took have them.
fn sids(drafts: &[Draft]) -> Result<(), Fault> {
    let is_plain = |sid: &str| sid.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_good = |draft: &Draft| draft.sid.as_deref().is_none_or(is_plain);
    each(drafts, is_good, What::Said(SID_FORM.to_owned()))?;
    match repeated(drafts) {
        Some(draft) => Err(What::RepeatedSid.at(draft.span.start)),
        None => Ok(()),
    }
}

const SID_FORM: &str = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression \
                        [0-9A-Za-z]*";

/// The first statement whose id an earlier one has. Empty ids are none.
pub(super) fn repeated(drafts: &[Draft]) -> Option<&Draft> {
    let mut seen = HashSet::with_capacity(drafts.len());
    drafts.iter().find(|draft| {
        let sid = draft.sid.as_deref().filter(|sid| !sid.is_empty());
        sid.is_some_and(|sid| !seen.insert(sid))
    })
}

/// The document, once every statement is known to have what it must.
pub(super) fn finish(outline: Outline) -> Result<Document, Fault> {
    let statements = outline.statements.into_iter().map(statement).collect::<Result<_, _>>()?;
    Ok(Document { version: outline.version.unwrap_or(Version::V2008), id: outline.id, statements })
}

fn statement(draft: Draft) -> Result<Statement, Fault> {
    let Draft { sid, effect, principal, action, resource, conditions, span, .. } = draft;
    let effect = match effect.as_deref() {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err(What::MissingField("Effect").at(span.start)),
    };
    let action = action.ok_or_else(|| What::MissingField("Action").at(span.start))?;
    Ok(Statement { sid, effect, principal, action, resource, conditions, span })
}
