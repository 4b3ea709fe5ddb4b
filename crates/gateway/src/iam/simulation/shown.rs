//! Results of simulations as answers show them: what is empty is left out for single resources, and there for the whole.

use std::collections::BTreeMap;

use account::iam::simulation::{EvaluationResult, MatchedStatement, Position, ResourceResult, Verdict};

use wire::{Structure, Value};

pub(super) fn result(result: &EvaluationResult) -> Structure {
    let shown = Structure::new()
        .with("EvalActionName", result.action.as_str())
        .with("EvalResourceName", result.resource.as_str())
        .with("EvalDecision", result.verdict.as_str())
        .with("MatchedStatements", matched(&result.matched))
        .with("MissingContextValues", texts(&result.missing_keys))
        .with_some("OrganizationsDecisionDetail", result.allowed_by_organization.map(by_organization))
        .with_some("PermissionsBoundaryDecisionDetail", result.allowed_by_boundary.map(by_boundary));
    if result.resources.is_empty() {
        return shown;
    }
    shown
        .with("EvalDecisionDetails", details(&result.details))
        .with("ResourceSpecificResults", result.resources.iter().map(resource).collect::<Vec<_>>())
}

fn resource(result: &ResourceResult) -> Structure {
    let some = |there: bool, value: Value| there.then_some(value);
    Structure::new()
        .with("EvalResourceName", result.resource.as_str())
        .with("EvalResourceDecision", result.verdict.as_str())
        .with_some("MatchedStatements", some(!result.matched.is_empty(), matched(&result.matched).into()))
        .with_some("MissingContextValues", some(!result.missing_keys.is_empty(), texts(&result.missing_keys)))
        .with_some("EvalDecisionDetails", some(!result.details.is_empty(), details(&result.details)))
        .with_some("PermissionsBoundaryDecisionDetail", result.allowed_by_boundary.map(by_boundary))
}

fn matched(statements: &[MatchedStatement]) -> Vec<Structure> {
    let shown = |statement: &MatchedStatement| {
        Structure::new()
            .with("SourcePolicyId", statement.source_id.as_str())
            .with("SourcePolicyType", statement.source_type)
            .with("StartPosition", position(statement.place.start))
            .with("EndPosition", position(statement.place.end))
    };
    statements.iter().map(shown).collect()
}

fn position(position: Position) -> Structure {
    Structure::new().with("Line", i64::from(position.line)).with("Column", i64::from(position.column))
}

fn by_organization(allowed: bool) -> Structure {
    Structure::new().with("AllowedByOrganizations", allowed)
}

fn by_boundary(allowed: bool) -> Structure {
    Structure::new().with("AllowedByPermissionsBoundary", allowed)
}

fn details(details: &BTreeMap<&'static str, Verdict>) -> Value {
    Value::Map(
        details.iter().map(|(kind, verdict)| ((*kind).to_owned(), Value::from(verdict.as_str()))).collect(),
    )
}

fn texts(texts: &[String]) -> Value {
    Value::List(texts.iter().map(|text| Value::from(text.as_str())).collect())
}
