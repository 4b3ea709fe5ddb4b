//! An explanation of a mismatch, as an object.

use serde::Serialize;
use sigv4::explain::{Explanation, Finding, LineDifference};

/// The member `Explanation` of `--json`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::commands) struct ExplanationObject {
    verdict: &'static str,
    summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proven: Option<FindingObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stated: Option<FindingObject>,
    likely: Vec<FindingObject>,
    difference: Vec<DifferenceObject>,
    excluded: Vec<&'static str>,
    signatures_tried: u32,
    cut_short: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FindingObject {
    cause: &'static str,
    what: String,
    cure: String,
    evidence: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DifferenceObject {
    line: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ours: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    theirs: Option<String>,
    how: String,
}

impl From<&Explanation> for ExplanationObject {
    fn from(explanation: &Explanation) -> Self {
        Self {
            verdict: explanation.verdict.code(),
            summary: explanation.summary.clone(),
            code: explanation.code.clone(),
            proven: explanation.proven.as_ref().map(FindingObject::from),
            stated: explanation.stated.as_ref().map(FindingObject::from),
            likely: explanation.likely.iter().map(FindingObject::from).collect(),
            difference: explanation.difference.iter().map(DifferenceObject::from).collect(),
            excluded: explanation.excluded.iter().map(|cause| cause.code()).collect(),
            signatures_tried: explanation.work.tried,
            cut_short: explanation.work.cut_short,
        }
    }
}

impl From<&Finding> for FindingObject {
    fn from(finding: &Finding) -> Self {
        let Finding { cause, what, cure, evidence, .. } = finding;
        Self { cause: cause.code(), what: what.clone(), cure: cure.clone(), evidence: evidence.clone() }
    }
}

impl From<&LineDifference> for DifferenceObject {
    fn from(difference: &LineDifference) -> Self {
        let LineDifference { line, ours, theirs, how } = difference;
        Self { line: line.to_string(), ours: ours.clone(), theirs: theirs.clone(), how: how.clone() }
    }
}
