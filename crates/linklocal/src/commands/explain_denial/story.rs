//! A denial as it is told: one object under `--json`, else text.

use std::collections::BTreeMap;

use account::DenialRecord;
use account::denial::{DecidingStatement, MatchedStatement};
use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Story<'a> {
    request_id: &'a str,
    time: &'a str,
    /// That was asked, such as `iam`.
    service: &'a str,
    /// None where nobody signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<&'a str>,
    action: &'a str,
    resource: &'a str,
    /// A statement denies; otherwise none allows.
    explicit_deny: bool,
    /// That denies, or is the first to lack an allow.
    layer: &'a str,
    /// The end of AWS's message.
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<StatementPlace<'a>>,
    matched_statements: Vec<Matched<'a>>,
    /// A line for each statement that speaks of the action.
    trace: &'a [String],
    /// The keys that conditions could test.
    context: BTreeMap<&'a str, &'a [String]>,
}

/// Where the statement that denies stands.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct StatementPlace<'a> {
    policy: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Matched<'a> {
    sid: &'a str,
    effect: &'a str,
    principals: &'a [String],
    actions: &'a [String],
    resources: &'a [String],
    conditions: BTreeMap<&'a str, &'a [String]>,
}

impl<'a> Story<'a> {
    pub(super) fn of(record: &'a DenialRecord) -> Self {
        Self {
            request_id: &record.request_id,
            time: &record.time,
            service: &record.service,
            principal_arn: record.principal_arn.as_deref(),
            principal_id: record.principal_id.as_deref(),
            access_key_id: record.access_key_id.as_deref(),
            action: &record.action,
            resource: &record.resource,
            explicit_deny: record.explicit_deny,
            layer: &record.layer,
            reason: &record.reason,
            statement: record.statement.as_ref().map(place),
            matched_statements: record.matched.iter().map(matched).collect(),
            trace: &record.trace,
            context: keys(&record.context),
        }
    }

    pub(super) fn text(&self) -> String {
        let mut text = format!("{} on {} was denied {}\n\n", self.action, self.resource, self.reason);
        for (name, value) in self.facts() {
            text.push_str(&format!("  {name:<9} {value}\n"));
        }
        self.add_deciding(&mut text);
        section(&mut text, "What each statement came to", self.trace.iter().cloned());
        let keys = self.context.iter().map(|(key, values)| format!("{key} = {}", values.join(", ")));
        section(&mut text, "Keys of the request", keys);
        text
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let who = match (self.principal_arn, self.principal_id) {
            (Some(arn), Some(id)) => format!("{arn} ({id})"),
            (Some(arn), None) => arn.to_owned(),
            (None, _) => "nobody: the request was not signed".to_owned(),
        };
        let decision = match self.explicit_deny {
            true => format!("{}: a statement denies", self.layer),
            false => format!("{}: none allows", self.layer),
        };
        let mut facts = vec![("who", who)];
        facts.extend(self.access_key_id.map(|key| ("key", key.to_owned())));
        facts.extend([("service", self.service.to_owned()), ("layer", decision)]);
        facts.extend([("when", self.time.to_owned()), ("request", self.request_id.to_owned())]);
        facts
    }

    fn add_deciding(&self, text: &mut String) {
        if let Some(StatementPlace { policy, sid, line, column, .. }) = &self.statement {
            let sid = sid.filter(|sid| !sid.is_empty()).map(|sid| format!(" ({sid})")).unwrap_or_default();
            text.push_str(&format!("  statement {policy} {line}:{column}{sid}\n"));
        }
        for Matched { effect, actions, resources, conditions, .. } in &self.matched_statements {
            let mut parts = vec![effect.to_string(), listed("actions", actions)];
            parts.extend((!resources.is_empty()).then(|| listed("resources", resources)));
            parts.extend(conditions.iter().map(|(key, values)| self.compared(key, values)));
            text.push_str(&format!("            {}\n", parts.join("; ")));
        }
    }
}

impl Story<'_> {
    /// What a condition compares: its values and the request's.
    fn compared(&self, key: &str, wanted: &[String]) -> String {
        let had = self.context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        let had = match had {
            Some((_, values)) => format!("has {}", values.join(", ")),
            None => "has no such key".to_owned(),
        };
        format!("{} (the request {had})", listed(key, wanted))
    }
}

fn place(statement: &DecidingStatement) -> StatementPlace<'_> {
    StatementPlace {
        policy: &statement.policy,
        sid: statement.sid.as_deref(),
        line: statement.line,
        column: statement.column,
        end_line: statement.end_line,
        end_column: statement.end_column,
    }
}

fn matched(statement: &MatchedStatement) -> Matched<'_> {
    Matched {
        sid: &statement.statement_id,
        effect: &statement.effect,
        principals: &statement.principals,
        actions: &statement.actions,
        resources: &statement.resources,
        conditions: keys(&statement.conditions),
    }
}

fn keys(pairs: &[(String, Vec<String>)]) -> BTreeMap<&str, &[String]> {
    pairs.iter().map(|(key, values)| (key.as_str(), values.as_slice())).collect()
}

fn listed(name: &str, values: &[String]) -> String {
    format!("{name} {}", values.join(", "))
}

fn section(text: &mut String, heading: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.map(|line| format!("  {line}\n")).collect();
    if !lines.is_empty() {
        text.push_str(&format!("\n{heading}:\n{}", lines.concat()));
    }
}
