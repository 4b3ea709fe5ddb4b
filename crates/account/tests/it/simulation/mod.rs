//! The policy simulator, against what AWS's answered (captured by stackd, 2026-09-11; the documents are its own).

mod custom;
mod keys;
mod principal;
mod refused;

use account::iam::simulation::{EvaluationResult, MatchedStatement, Simulated, Simulation, custom_policy};

use crate::world::empty;

pub(crate) const GET: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
pub(crate) const GET_A: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::stackd-simulation/a"}]}"#;
pub(crate) const DENY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}]}"#;
pub(crate) const A: &str = "arn:aws:s3:::stackd-simulation/a";
pub(crate) const B: &str = "arn:aws:s3:::stackd-simulation/b";
pub(crate) const OBJECTS: &str = "arn:aws:s3:::${BucketName}/${KeyName}";
pub(crate) const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

/// One action and what is given besides.
pub(crate) fn asked<'a>(policies: &[&'a str], resources: &[&'a str]) -> Simulation<'a> {
    Simulation {
        action_names: vec!["s3:GetObject"],
        policies: policies.to_vec(),
        resource_arns: resources.to_vec(),
        ..Simulation::default()
    }
}

pub(crate) fn run(simulation: &Simulation<'_>) -> Simulated {
    custom_policy(&empty(), simulation).unwrap()
}

/// The only result.
pub(crate) fn only(simulation: &Simulation<'_>) -> EvaluationResult {
    let mut results = run(simulation).results;
    assert_eq!(results.len(), 1);
    results.remove(0)
}

/// `PolicyInputList.1 1:38-1:95`
pub(crate) fn places(matched: &[MatchedStatement]) -> Vec<String> {
    let place = |statement: &MatchedStatement| {
        let (start, end) = (statement.place.start, statement.place.end);
        format!("{} {}:{}-{}:{}", statement.source_id, start.line, start.column, end.line, end.column)
    };
    matched.iter().map(place).collect()
}

/// Name, verdict and places, of the whole and of each resource.
pub(crate) fn told(result: &EvaluationResult) -> Vec<String> {
    let line = |name: &str, verdict: &str, matched: &[MatchedStatement]| {
        [format!("{name} {verdict}"), places(matched).join(", ")].join(" | ")
    };
    let mut lines = vec![line(&result.resource, result.verdict.as_str(), &result.matched)];
    lines.extend(result.resources.iter().map(|of| line(&of.resource, of.verdict.as_str(), &of.matched)));
    lines
}
