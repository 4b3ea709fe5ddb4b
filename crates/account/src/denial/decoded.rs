//! A record as `DecodedMessage`: the JSON of facts/account.md section 2.7.

use serde_json::{Value, json};

use super::{DenialRecord, MatchedStatement};

impl DenialRecord {
    /// The text that DecodeAuthorizationMessage answers with.
    pub fn decoded_message(&self) -> String {
        json!({
            "allowed": false,
            "explicitDeny": self.explicit_deny,
            "matchedStatements": items(self.matched.iter().map(statement)),
            "failures": items([]),
            "context": {
                "principal": { "id": self.principal_id, "arn": self.principal_arn },
                "action": self.action,
                "resource": self.resource,
                "conditions": conditions(&self.context),
            },
        })
        .to_string()
    }
}

fn statement(statement: &MatchedStatement) -> Value {
    json!({
        "statementId": statement.statement_id,
        "effect": statement.effect,
        "principals": values(&statement.principals),
        "principalGroups": items([]),
        "actions": values(&statement.actions),
        "resources": values(&statement.resources),
        "conditions": conditions(&statement.conditions),
    })
}

fn conditions(keys: &[(String, Vec<String>)]) -> Value {
    items(keys.iter().map(|(key, of_key)| json!({ "key": key, "values": values(of_key) })))
}

fn values(texts: &[String]) -> Value {
    items(texts.iter().map(|text| json!({ "value": text })))
}

fn items(items: impl IntoIterator<Item = Value>) -> Value {
    json!({ "items": items.into_iter().collect::<Vec<_>>() })
}
