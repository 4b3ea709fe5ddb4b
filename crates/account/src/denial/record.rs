//! All that is known of a denial, in a form that can be kept and sealed.
//!
//! Rule: bounded: what the client said is cut, because records are kept by the hundred.

use policy::document::{
    ActionElement, Effect, PrincipalElement, PrincipalSet, ResourceElement, Span, Statement,
};
use policy::{ContextValue, Denial, Layers, Principal, Request, StatementRef};
use serde::{Deserialize, Serialize};
use types::Timestamp;

use crate::authorisation::spelled;
use crate::{Caller, Check};

/// One check that was not passed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DenialRecord {
    pub request_id: String,
    /// When, as in `2026-11-21T12:00:00Z`.
    pub time: String,
    /// The service that was asked, such as `iam`.
    pub service: String,
    /// `UserId` of GetCallerIdentity; none where nobody signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal_arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    pub action: String,
    pub resource: String,
    /// The resource is of another account than the caller.
    #[serde(default)]
    pub is_cross_account: bool,
    /// A statement denies; otherwise none allows.
    pub explicit_deny: bool,
    /// The layer that denies, or is the first to lack an allow, as AWS's messages name it: `identity-based policy`.
    pub layer: String,
    /// The end of AWS's message, from `because` or `with` on.
    pub reason: String,
    /// Where the statement that denies stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<DecidingStatement>,
    /// The statement itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matched: Vec<MatchedStatement>,
    /// The condition keys of the request with their values, in the order of their names.
    pub context: Vec<(String, Vec<String>)>,
    /// What every statement that speaks of the action came to, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trace: Vec<String>,
}

/// The place of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DecidingStatement {
    /// An ARN, or the name of an inline policy.
    pub policy: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

/// A statement as the decoded message shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchedStatement {
    pub statement_id: String,
    /// `ALLOW` or `DENY`
    pub effect: String,
    pub principals: Vec<String>,
    pub actions: Vec<String>,
    pub resources: Vec<String>,
    pub conditions: Vec<(String, Vec<String>)>,
}

impl DenialRecord {
    /// About what it takes in memory.
    pub fn bytes(&self) -> usize {
        let text = |text: &String| text.len() + size_of::<String>();
        let texts = |list: &[String]| list.iter().map(text).sum::<usize>();
        let keyed = |list: &[(String, Vec<String>)]| -> usize {
            list.iter().map(|(key, values)| text(key) + size_of::<Vec<String>>() + texts(values)).sum()
        };
        let statement = |held: &MatchedStatement| {
            let lists = texts(&held.principals) + texts(&held.actions) + texts(&held.resources);
            size_of::<MatchedStatement>() + held.statement_id.len() + lists + keyed(&held.conditions)
        };
        let matched = self.matched.iter().map(statement).sum::<usize>();
        let all = size_of::<Self>() + self.resource.len() + self.reason.len();
        all + keyed(&self.context) + texts(&self.trace) + matched
    }
}

pub(super) fn of(
    caller: &Caller,
    check: &Check,
    now: Timestamp,
    denial: &Denial,
    request: &Request<'_>,
    layers: &Layers<'_>,
) -> DenialRecord {
    let owner = check.resource_account;
    let matched = denial.statement.as_ref().and_then(|place| find(layers, place));
    DenialRecord {
        request_id: String::new(),
        time: now.iso8601(),
        service: String::new(),
        principal_id: caller.user_id(),
        principal_arn: caller.arn().map(String::from),
        access_key_id: caller.access_key_id().map(str::to_owned),
        action: check.action.to_owned(),
        resource: cut(&check.resource, MAX_RESOURCE),
        is_cross_account: owner.is_some() && owner != caller.account_id(),
        explicit_deny: denial.explicit,
        layer: denial.layer.as_str().to_owned(),
        reason: denial.reason(check.action),
        statement: denial.statement.as_ref().map(place),
        matched: matched.map(|statement| shown(statement, request.principal)).into_iter().collect(),
        context: request.context.iter().map(|(key, value)| (spelling(key), values(value))).collect(),
        trace: trace(request, layers),
    }
}

/// What each statement that speaks of the action came to.
fn trace(request: &Request<'_>, layers: &Layers<'_>) -> Vec<String> {
    let lines = policy::trace(request, layers).lines();
    lines.iter().take(MAX_LINES).map(|line| cut(line, MAX_LINE)).collect()
}

fn place(found: &StatementRef) -> DecidingStatement {
    let Span { start, end } = found.span;
    DecidingStatement {
        policy: found.policy.clone(),
        sid: found.sid.clone(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

fn find<'a>(layers: &Layers<'a>, place: &StatementRef) -> Option<&'a Statement> {
    let mut named = layers.policies().filter(|(_, attached)| attached.name == place.policy);
    named.find_map(|(_, attached)| {
        attached.policy.document().statements.iter().find(|statement| statement.span == place.span)
    })
}

fn shown(statement: &Statement, principal: &Principal) -> MatchedStatement {
    let (ActionElement::Only(actions) | ActionElement::Not(actions)) = &statement.action;
    let resources = match &statement.resource {
        Some(ResourceElement::Only(resources) | ResourceElement::Not(resources)) => resources.as_slice(),
        None => &[],
    };
    let conditions =
        statement.conditions.iter().map(|condition| (condition.key.clone(), condition.values.clone()));
    MatchedStatement {
        statement_id: statement.sid.clone().unwrap_or_default(),
        effect: if statement.effect == Effect::Deny { "DENY" } else { "ALLOW" }.to_owned(),
        principals: principals(statement.principal.as_ref(), principal),
        actions: actions.clone(),
        resources: resources.to_vec(),
        conditions: conditions.collect(),
    }
}

/// Those that the statement names; of an identity's policy, the identity.
fn principals(named: Option<&PrincipalElement>, caller: &Principal) -> Vec<String> {
    let Some(PrincipalElement::Only(set) | PrincipalElement::Not(set)) = named else {
        return unique_id(caller).into_iter().collect();
    };
    let PrincipalSet { everyone, aws, service, federated, canonical_user } = set;
    let everyone = everyone.then(|| "*".to_owned());
    everyone.iter().chain(aws).chain(service).chain(federated).chain(canonical_user).cloned().collect()
}

fn unique_id(caller: &Principal) -> Option<String> {
    match caller {
        Principal::User { unique_id, .. } => Some(unique_id.clone()),
        Principal::RoleSession { role_id, .. } => Some(role_id.clone()),
        Principal::Root { account } => Some(account.to_string()),
        Principal::FederatedUser { arn, .. } => Some(arn.as_str().to_owned()),
        Principal::Federated { provider } => Some(provider.clone()),
        Principal::Service { name } => Some(name.clone()),
        Principal::Anonymous => None,
    }
}

fn values(value: &ContextValue) -> Vec<String> {
    match value {
        ContextValue::One(value) => vec![cut(value, MAX_VALUE)],
        ContextValue::Many(values) => {
            values.iter().take(MAX_VALUES).map(|value| cut(value, MAX_VALUE)).collect()
        }
    }
}

fn spelling(key: &str) -> String {
    for prefix in ["aws:PrincipalTag/", "aws:RequestTag/", "aws:ResourceTag/", "iam:ResourceTag/"] {
        if let Some(name) =
            key.get(prefix.len()..).filter(|_| key[..prefix.len()].eq_ignore_ascii_case(prefix))
        {
            return format!("{prefix}{name}");
        }
    }
    spelled(key).to_owned()
}

/// At a character's end, with a mark that something is missing.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(most)])
}

const MAX_RESOURCE: usize = 2048;
const MAX_VALUE: usize = 512;
const MAX_VALUES: usize = 64;
const MAX_LINES: usize = 32;
const MAX_LINE: usize = 320;
