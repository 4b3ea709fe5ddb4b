//! A record as `DecodedMessage`: the JSON of facts/account.md section 2.7, its members in AWS's order.

use serde::Serialize;

use super::{DenialRecord, MatchedStatement};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Decoded<'a> {
    allowed: bool,
    explicit_deny: bool,
    matched_statements: Items<Statement<'a>>,
    failures: Items<Valued<'a>>,
    context: Context<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Statement<'a> {
    statement_id: &'a str,
    effect: &'a str,
    principals: Items<Valued<'a>>,
    principal_groups: Items<Valued<'a>>,
    actions: Items<Valued<'a>>,
    resources: Items<Valued<'a>>,
    conditions: Items<Condition<'a>>,
}

#[derive(Serialize)]
struct Context<'a> {
    principal: Principal<'a>,
    action: &'a str,
    resource: &'a str,
    conditions: Items<Condition<'a>>,
}

#[derive(Serialize)]
struct Principal<'a> {
    id: Option<&'a str>,
    arn: Option<&'a str>,
}

#[derive(Serialize)]
struct Condition<'a> {
    key: &'a str,
    values: Items<Valued<'a>>,
}

#[derive(Serialize)]
struct Items<T> {
    items: Vec<T>,
}

#[derive(Serialize)]
struct Valued<'a> {
    value: &'a str,
}

impl DenialRecord {
    /// The text that DecodeAuthorizationMessage answers with.
    pub fn decoded_message(&self) -> String {
        let decoded = Decoded {
            allowed: false,
            explicit_deny: self.explicit_deny,
            matched_statements: items(self.matched.iter().map(statement)),
            failures: items([]),
            context: Context {
                principal: Principal { id: self.principal_id.as_deref(), arn: self.principal_arn.as_deref() },
                action: &self.action,
                resource: &self.resource,
                conditions: conditions(&self.context),
            },
        };
        serde_json::to_string(&decoded).expect("a structure of texts")
    }
}

fn statement(statement: &MatchedStatement) -> Statement<'_> {
    Statement {
        statement_id: &statement.statement_id,
        effect: &statement.effect,
        principals: values(&statement.principals),
        principal_groups: items([]),
        actions: values(&statement.actions),
        resources: values(&statement.resources),
        conditions: conditions(&statement.conditions),
    }
}

fn conditions(keys: &[(String, Vec<String>)]) -> Items<Condition<'_>> {
    items(keys.iter().map(|(key, of_key)| Condition { key, values: values(of_key) }))
}

fn values(texts: &[String]) -> Items<Valued<'_>> {
    items(texts.iter().map(|value| Valued { value }))
}

fn items<T>(items: impl IntoIterator<Item = T>) -> Items<T> {
    Items { items: items.into_iter().collect() }
}
