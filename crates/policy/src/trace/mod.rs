//! What every statement of every layer came to.
//!
//! Rule: a trace is made by the same questions as the decision, asked of each statement to the end. Conditions are told of
//! where all else matches: elsewhere they decide nothing.

mod text;

use serde_json::{Value, json};

use crate::decision::{Attached, Layer, Layers, Rules, with_facts};
use crate::document::{Condition, Effect, Span};
use crate::statement::principal::Named;
use crate::statement::{Facts, Scope};
use crate::{ContextValue, Decision, Outcome, Request, StatementRef, decide_by};

/// Made after a decision, from the same arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    pub decision: Decision,
    /// In the order of [`Layer`], then as attached and as written.
    pub statements: Vec<StatementTrace>,
}

/// What one statement came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementTrace {
    pub layer: Layer,
    pub statement: StatementRef,
    pub effect: Effect,
    /// It allows or denies.
    pub applies: bool,
    pub has_action: bool,
    pub has_resource: bool,
    /// It names the principal, or need not.
    pub has_principal: bool,
    /// Empty where one of the three does not match.
    pub conditions: Vec<ConditionTrace>,
}

/// What one key under one operator came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionTrace {
    pub operator: String,
    pub key: String,
    /// The values of the policy, variables as written.
    pub wanted: Vec<String>,
    /// The value of the request; `None` where it has no such key.
    pub had: Option<ContextValue>,
    pub outcome: Outcome,
    pub span: Span,
}

/// Explains the same decision.
pub fn trace(request: &Request<'_>, layers: &Layers<'_>) -> Trace {
    trace_by(request, layers, Rules::default())
}

/// Explains a decision by other rules than those of AWS's evaluator.
pub fn trace_by(request: &Request<'_>, layers: &Layers<'_>, rules: Rules) -> Trace {
    let statements = with_facts(request, rules, |facts| {
        let policies = layers.policies();
        policies
            .flat_map(|(layer, attached)| of_policy(layer, attached, layers.scope(layer), facts))
            .collect()
    });
    Trace { decision: decide_by(request, layers, rules), statements }
}

fn of_policy(
    layer: Layer,
    attached: &Attached<'_>,
    scope: Scope<'_>,
    facts: &Facts<'_>,
) -> Vec<StatementTrace> {
    let compiled = attached.policy.compiled().statements();
    let documents = &attached.policy.document().statements;
    let pairs = compiled.iter().zip(documents).enumerate();
    pairs
        .map(|(place, (statement, document))| {
            let has_action = statement.has_action(facts);
            let has_resource = statement.has_resource(facts, scope);
            let has_principal = statement.named(facts, scope) != Named::Not;
            let matches = has_action && has_resource && has_principal;
            let outcomes = statement.conditions.iter().filter(|_| matches);
            let outcomes = outcomes.map(|condition| condition.outcome(facts.context, facts.rules));
            let conditions = document.conditions.iter().zip(outcomes);
            StatementTrace {
                layer,
                statement: attached.statement(place),
                effect: statement.effect,
                applies: matches && statement.binds(statement.outcome(facts)),
                has_action,
                has_resource,
                has_principal,
                conditions: conditions
                    .map(|(written, outcome)| of_condition(written, outcome, facts))
                    .collect(),
            }
        })
        .collect()
}

fn of_condition(written: &Condition, outcome: Outcome, facts: &Facts<'_>) -> ConditionTrace {
    ConditionTrace {
        operator: written.operator.clone(),
        key: written.key.clone(),
        wanted: written.values.clone(),
        had: facts.context.present(&written.key.to_ascii_lowercase()).cloned(),
        outcome,
        span: written.span,
    }
}

impl Trace {
    /// The statements that allow or deny.
    pub fn applying(&self) -> impl Iterator<Item = &StatementTrace> {
        self.statements.iter().filter(|statement| statement.applies)
    }

    /// The keys for whose absence a condition is not met, each once, as first written: `MissingContextValues`.
    pub fn missing_keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = Vec::new();
        for condition in self.statements.iter().flat_map(|statement| &statement.conditions) {
            let missing = condition.had.is_none() && condition.outcome == Outcome::Unmet;
            let tests_absence = condition.operator.eq_ignore_ascii_case("Null");
            let known = |key: &&str| key.eq_ignore_ascii_case(&condition.key);
            if missing && !tests_absence && !keys.iter().any(known) {
                keys.push(&condition.key);
            }
        }
        keys
    }

    /// The whole trace as one object.
    pub fn to_json(&self) -> Value {
        json!({
            "allowed": self.decision.is_allowed(),
            "statements": self.statements.iter().map(StatementTrace::to_json).collect::<Vec<_>>(),
        })
    }
}

impl StatementTrace {
    pub fn to_json(&self) -> Value {
        json!({
            "layer": self.layer.as_str(),
            "policy": self.statement.policy,
            "sid": self.statement.sid,
            "effect": match self.effect { Effect::Allow => "Allow", Effect::Deny => "Deny" },
            "start": position(self.statement.span.start),
            "end": position(self.statement.span.end),
            "applies": self.applies,
            "action": self.has_action,
            "resource": self.has_resource,
            "principal": self.has_principal,
            "conditions": self.conditions.iter().map(ConditionTrace::to_json).collect::<Vec<_>>(),
        })
    }
}

impl ConditionTrace {
    pub fn to_json(&self) -> Value {
        json!({
            "operator": self.operator,
            "key": self.key,
            "wanted": self.wanted,
            "had": self.had.as_ref().map(|had| match had {
                ContextValue::One(value) => json!(value),
                ContextValue::Many(values) => json!(values),
            }),
            "outcome": match self.outcome {
                Outcome::Met => "met",
                Outcome::Unmet => "unmet",
                Outcome::Failed => "failed",
            },
            "start": position(self.span.start),
            "end": position(self.span.end),
        })
    }
}

fn position(position: crate::document::Position) -> Value {
    json!({ "line": position.line, "column": position.column })
}
