//! Decisions by a table of cases, and what a trace tells of each.

use std::collections::BTreeMap;

use policy::{
    Attached, Context, Decision, DocumentKind, Layers, Policy, Principal, Request, ResourcePolicy,
    ResourcePolicyKind, decide, trace,
};
use serde_json::{Value, json};
use types::{AccountId, UniqueId};

/// A case as written.
#[derive(Default)]
struct Case {
    why: String,
    principal: Option<Principal>,
    action: String,
    resource: String,
    owner: Option<AccountId>,
    ids: BTreeMap<String, UniqueId>,
    /// Layer, and its policy; `None` for a list without any.
    policies: Vec<(String, Option<Policy>)>,
    expected: String,
}

#[test]
fn decisions_by_table() {
    let cases = cases();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let found = case.ask(|request, layers| words(&decide(request, layers), request.action));
            (found != case.expected).then(|| format!("{}: {found}", case.why))
        })
        .collect();
    println!("{} decisions", cases.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A trace comes to what was decided, and names the statement that denied.
#[test]
fn traces_tell_of_the_decision() {
    for case in cases() {
        case.ask(|request, layers| {
            let decision = decide(request, layers);
            let trace = trace(request, layers);
            assert_eq!(trace.decision, decision, "{}", case.why);
            assert_eq!(trace.to_json()["allowed"], decision.is_allowed(), "{}", case.why);
            let denying =
                |statement: &&policy::StatementTrace| statement.effect == policy::document::Effect::Deny;
            let denied = trace.applying().find(denying);
            match &decision {
                Decision::Denied(denial) if denial.explicit => {
                    let denied = denied.unwrap_or_else(|| panic!("{}", case.why));
                    assert_eq!(denied.layer, denial.layer, "{}", case.why);
                    assert_eq!(Some(&denied.statement), denial.statement.as_ref(), "{}", case.why);
                }
                // Nothing is asked about who one is.
                _ if request.action == "sts:GetCallerIdentity" => {}
                _ => assert!(denied.is_none(), "{}", case.why),
            }
        });
    }
}

/// What the command prints, to the letter.
#[test]
fn a_trace_says_what_keeps_each_statement_from_applying() {
    let statements = json!([
        { "Sid": "Mfa", "Effect": "Allow", "Action": "s3:*", "Resource": "*",
          "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } } },
        { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::other/*" },
        { "Effect": "Allow", "Action": "s3:Get*", "Resource": "*",
          "Condition": { "StringLike": { "aws:RequestTag/team": ["a", "b"] },
                         "StringEquals": { "aws:TagKeys": "x" } } },
        { "Effect": "Allow", "Action": "iam:*", "Resource": "*" },
        { "Effect": "Allow", "Action": "s3:*", "Resource": "*",
          "Condition": { "ArnLike": { "aws:PrincipalArn": "nonsense" } } },
        { "Effect": "Deny", "Action": "s3:*", "Resource": "*",
          "Condition": { "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } } },
    ]);
    let policy = policy(&statements.to_string(), DocumentKind::Session);
    let mut context = Context::new();
    context.set("aws:MultiFactorAuthPresent", "false");
    context.set("aws:RequestTag/team", "b");
    context.set_many("aws:TagKeys", vec!["team".to_owned(), "x".to_owned()]);
    context.set("aws:PrincipalArn", "arn:aws:iam::111111111111:user/ann");
    let principal = principal("ann");
    let request = Request {
        principal: &principal,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::b/k",
        resource_account: None,
        context: &context,
    };
    let layers = Layers { identity: vec![Attached { name: "inline", policy: &policy }], ..Layers::default() };
    let trace = trace(&request, &layers);
    let lines: Vec<String> =
        trace.to_string().lines().map(|line| line.replace("identity-based policy inline ", "")).collect();
    let spans: Vec<String> =
        trace.statements.iter().map(|told| told.statement.span.start.to_string()).collect();
    let conditions: Vec<String> = trace
        .statements
        .iter()
        .flat_map(|told| &told.conditions)
        .map(|told| told.span.start.to_string())
        .collect();
    assert_eq!(
        lines,
        [
            "denied: no identity-based policy allows it".to_owned(),
            format!(
                "{} (Mfa): Allow does not apply: Bool at {} wants aws:MultiFactorAuthPresent \"true\", the request has \"false\"",
                spans[0], conditions[0]
            ),
            format!("{}: Allow does not apply: its resources are others", spans[1]),
            format!(
                "{}: Allow does not apply: StringEquals at {} wants aws:TagKeys \"x\", the request has many: \"team\" or \"x\"",
                spans[2], conditions[1]
            ),
            format!(
                "{}: Allow does not apply: ArnLike at {} wants aws:PrincipalArn \"nonsense\", which cannot be evaluated",
                spans[4], conditions[3]
            ),
            format!(
                "{}: Deny does not apply: IpAddress at {} wants aws:SourceIp \"10.0.0.0/8\", the request has no such key",
                spans[5], conditions[4]
            ),
            "1 statement of other actions".to_owned(),
        ]
    );
    assert_eq!(trace.missing_keys(), ["aws:SourceIp"]);
    let json = trace.to_json();
    assert_eq!(json["statements"][0]["conditions"][0]["outcome"], "unmet");
    assert_eq!(json["statements"][0]["conditions"][0]["had"], "false");
    assert_eq!(json["statements"][2]["conditions"][0]["had"], json!(["team", "x"]));
    assert_eq!(json["statements"][3]["conditions"], json!([]));
}

/// The simulator wants numbers where numbers are compared.
#[test]
fn the_simulator_has_rules_of_its_own() {
    let statements = json!([{ "Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": { "NumericNotEquals": { "s3:max-keys": "1" } } }]);
    let policy = policy(&statements.to_string(), DocumentKind::Session);
    let mut context = Context::new();
    context.set("s3:max-keys", "no-number");
    let principal = principal("ann");
    let request = Request {
        principal: &principal,
        action: "s3:GetObject",
        resource: "*",
        resource_account: None,
        context: &context,
    };
    let layers = Layers { identity: vec![Attached { name: "inline", policy: &policy }], ..Layers::default() };
    assert!(decide(&request, &layers).is_allowed());
    assert!(!policy::decide_by(&request, &layers, policy::Rules::SIMULATOR).is_allowed());
}

fn words(decision: &Decision, action: &str) -> String {
    match decision {
        Decision::Allowed => "allowed".to_owned(),
        Decision::Denied(denial) => denial.reason(action),
    }
}

impl Case {
    fn ask<T>(&self, found: impl FnOnce(&Request<'_>, &Layers<'_>) -> T) -> T {
        let context = Context::new();
        let request = Request {
            principal: self.principal.as_ref().unwrap(),
            action: &self.action,
            resource: &self.resource,
            resource_account: self.owner,
            context: &context,
        };
        found(&request, &self.layers())
    }

    fn layers(&self) -> Layers<'_> {
        let mut layers = Layers::default();
        for (layer, policy) in &self.policies {
            let Some(policy) = policy else {
                layers.session.get_or_insert_default();
                continue;
            };
            let name = if layer == "boundary" { "arn:aws:iam::111111111111:policy/boundary" } else { layer };
            let attached = Attached { name, policy };
            match layer.as_str() {
                "identity" => layers.identity.push(attached),
                "boundary" => layers.boundary = Some(attached),
                "session" => layers.session.get_or_insert_default().push(attached),
                "resource" => layers.resource = Some(ResourcePolicy::new(attached)),
                "key" => layers.resource = Some(ResourcePolicy { attached, kind: ResourcePolicyKind::Key }),
                "trust" => layers.resource = Some(ResourcePolicy::trust(attached, &self.ids)),
                "scp" => layers.service_control.push(vec![attached]),
                "rcp" => layers.resource_control.push(vec![attached]),
                "endpoint" => layers.endpoint = Some(attached),
                other => panic!("layer {other}"),
            }
        }
        layers
    }
}

fn cases() -> Vec<Case> {
    let text: String = include_str!("cases.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .fold(String::new(), |text, line| text + line + "\n");
    text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()).map(case).collect()
}

fn case(block: &str) -> Case {
    let mut lines = block.lines();
    let mut case = Case {
        why: lines.next().unwrap().to_owned(),
        action: "s3:GetObject".to_owned(),
        resource: "arn:aws:s3:::b/k".to_owned(),
        ..Case::default()
    };
    for line in lines {
        let (word, rest) = line.split_once(' ').unwrap();
        match word {
            "as" => case.principal = Some(principal(rest)),
            "for" => {
                let (action, resource) = rest.split_once(' ').unwrap();
                (case.action, case.resource) = (action.to_owned(), resource.to_owned());
            }
            "of" => case.owner = Some(rest.parse().unwrap()),
            "id" => {
                let (arn, id) = rest.split_once(' ').unwrap();
                case.ids.insert(arn.to_owned(), UniqueId::from(id.to_owned()));
            }
            "=" => case.expected = rest.to_owned(),
            layer if rest == "none" => case.policies.push((layer.to_owned(), None)),
            layer => {
                let statements: Vec<Value> = rest.split(" ; ").map(statement).collect();
                let kind = match layer {
                    "trust" => DocumentKind::Trust,
                    "resource" | "key" | "rcp" | "endpoint" => DocumentKind::Resource,
                    _ => DocumentKind::Identity,
                };
                let policy = policy(&Value::from(statements).to_string(), kind);
                case.policies.push((layer.to_owned(), Some(policy)));
            }
        }
    }
    case
}

fn policy(statements: &str, kind: DocumentKind) -> Policy {
    let text = format!("{{\"Version\":\"2012-10-17\",\"Statement\":{statements}}}");
    Policy::parse(&text, kind).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn statement(text: &str) -> Value {
    let words: Vec<&str> = text.split_whitespace().collect();
    let list = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
    let mut statement = json!({ "Effect": words[0] });
    let mut put = |name: &str, text: &str| match text.strip_prefix("not:") {
        _ if text == "-" => {}
        Some(texts) => statement[format!("Not{name}")] = json!(list(texts)),
        None => statement[name] = json!(list(text)),
    };
    put("Action", words[1]);
    put("Resource", words[2]);
    match words[3..] {
        [] => {}
        ["to", "*"] => statement["Principal"] = json!({ "AWS": "*" }),
        ["to", aws] => statement["Principal"] = json!({ "AWS": list(aws) }),
        ["to-all-but", aws] => statement["NotPrincipal"] = json!({ "AWS": list(aws) }),
        ["to-service", name] => statement["Principal"] = json!({ "Service": name }),
        ["to-provider", name] => statement["Principal"] = json!({ "Federated": name }),
        _ => panic!("{text}"),
    }
    statement
}

pub(crate) fn principal(text: &str) -> Principal {
    let account = "111111111111".parse().unwrap();
    let arn = |text: &str| text.parse().unwrap();
    match text.split_once(' ').unwrap_or((text, "")) {
        ("ann", _) => Principal::User {
            account,
            arn: arn("arn:aws:iam::111111111111:user/ann"),
            unique_id: "AIDAQNZGKIQY4XGEHOPMA".to_owned(),
        },
        ("session", _) => Principal::RoleSession {
            account,
            role_arn: arn("arn:aws:iam::111111111111:role/r"),
            role_id: "AROAQNZGKIQY4XGEHOPMR".to_owned(),
            session_arn: arn("arn:aws:sts::111111111111:assumed-role/r/s"),
        },
        ("federated", _) => {
            Principal::FederatedUser { account, arn: arn("arn:aws:sts::111111111111:federated-user/fay") }
        }
        ("root", _) => Principal::Root { account },
        ("nobody", _) => Principal::Anonymous,
        ("service", name) => Principal::Service { name: name.to_owned() },
        ("provider", name) => Principal::Federated { provider: name.to_owned() },
        _ => panic!("principal {text}"),
    }
}

/// A denial is told with its article, and with what the conditions saw that it hangs on: here a key that the request lacks.
#[test]
fn conditions_under_which_a_statement_denies_are_told() {
    let statements = json!([{ "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" },
                       "StringLike": { "aws:SourceIp": "10.*" } } }]);
    let policy = policy(&statements.to_string(), DocumentKind::Session);
    let mut context = Context::new();
    context.set("aws:SourceIp", "10.0.0.1");
    let principal = principal("ann");
    let request = Request {
        principal: &principal,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::b/k",
        resource_account: None,
        context: &context,
    };
    let layers = Layers { identity: vec![Attached { name: "inline", policy: &policy }], ..Layers::default() };
    let trace = trace(&request, &layers);
    let [told] = &trace.statements[..] else { panic!("{trace:?}") };
    let place = |condition: usize| told.conditions[condition].span.start;
    let expected = format!(
        "denied by an identity-based policy\nidentity-based policy inline {}: Deny applies: \
         BoolIfExists at {} wants aws:MultiFactorAuthPresent \"false\", the request has no such key; \
         StringLike at {} wants aws:SourceIp \"10.*\", the request has \"10.0.0.1\"",
        told.statement.span.start,
        place(0),
        place(1)
    );
    assert_eq!(trace.to_string(), expected);
}
