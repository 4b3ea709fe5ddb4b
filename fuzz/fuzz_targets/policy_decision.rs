//! Decisions on hostile policies and requests: never a panic, always the same answer, and a trace that tells of it.
//!
//! An input is parts with a line `%%` between them. The first is the request: who (a letter), action, resource, then keys as `key=value`,
//! or `key+value` for one of many values. Each of the others is a policy behind the letter of its layer.

#![no_main]

use libfuzzer_sys::fuzz_target;
use policy::document::{DocumentKind, Effect};
use policy::{
    Attached, Context, ContextValue, Decision, Layer, Layers, Policy, Principal, Request, ResourcePolicy,
    ResourcePolicyKind, Rules, decide, decide_by, trace, trace_by,
};

fuzz_target!(|text: &str| {
    let mut parts = text.split("\n%%\n");
    let mut lines = parts.next().unwrap_or_default().lines();
    let (Some(who), Some(action), Some(resource)) = (lines.next(), lines.next(), lines.next()) else {
        return;
    };
    let Some(principal) = principal(who) else { return };
    let context = context(lines);
    let policies: Vec<(char, Policy)> = parts.filter_map(policy).collect();
    let layers = layers(&policies);
    let owner = who.ends_with('+').then(|| "222222222222".parse().expect("an account"));
    let request =
        Request { principal: &principal, action, resource, resource_account: owner, context: &context };
    check(&request, &layers);
});

fn check(request: &Request<'_>, layers: &Layers<'_>) {
    let decision = decide(request, layers);
    assert_eq!(decision, decide(request, layers), "the same question has one answer");
    let trace = trace(request, layers);
    assert_eq!(trace.decision, decision);
    let denying = trace.applying().find(|statement| statement.effect == Effect::Deny);
    match &decision {
        Decision::Denied(denial) => {
            let told = denying.map(|statement| (statement.layer, &statement.statement));
            assert_eq!(told, denial.statement.as_ref().map(|statement| (denial.layer, statement)));
            assert_eq!(denial.explicit, denial.statement.is_some());
            assert!(denial.reason(request.action).starts_with(if denial.explicit {
                "with"
            } else {
                "because"
            }));
        }
        Decision::Allowed => {
            let open = request.action.eq_ignore_ascii_case("sts:GetCallerIdentity");
            assert!(denying.is_none() || open, "nothing denies what is allowed");
        }
    }
    assert!(!trace.to_string().is_empty() && trace.to_json().is_object());
    assert!(trace.missing_keys().iter().all(|key| {
        request
            .context
            .value(&key.to_ascii_lowercase())
            .is_none_or(|value| matches!(value, ContextValue::Many(values) if values.is_empty()))
    }));
    let simulated = decide_by(request, layers, Rules::SIMULATOR);
    assert_eq!(trace_by(request, layers, Rules::SIMULATOR).decision, simulated);
    denied_by_one_more(request, layers, &decision);
}

/// A policy that denies everything leaves nothing allowed.
fn denied_by_one_more(request: &Request<'_>, layers: &Layers<'_>, decision: &Decision) {
    let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
    let nothing = Policy::parse(text, DocumentKind::Identity).expect("a policy");
    let mut layers = layers.clone();
    layers.identity.push(Attached { name: "nothing", policy: &nothing });
    let open = request.action.eq_ignore_ascii_case("sts:GetCallerIdentity") && decision.is_allowed();
    assert!(open || !decide(request, &layers).is_allowed());
}

fn principal(who: &str) -> Option<Principal> {
    let account = "111111111111".parse().expect("an account");
    let arn = |text: &str| text.parse().expect("an ARN");
    Some(match who.chars().next()? {
        'r' => Principal::Root { account },
        'u' => Principal::User {
            account,
            arn: arn("arn:aws:iam::111111111111:user/ann"),
            unique_id: "AIDAQNZGKIQY4XGEHOPMA".to_owned(),
        },
        's' => Principal::RoleSession {
            account,
            role_arn: arn("arn:aws:iam::111111111111:role/r"),
            role_id: "AROAQNZGKIQY4XGEHOPMR".to_owned(),
            session_arn: arn("arn:aws:sts::111111111111:assumed-role/r/s"),
        },
        'f' => Principal::FederatedUser { account, arn: arn("arn:aws:sts::111111111111:federated-user/fay") },
        'p' => Principal::Federated { provider: "accounts.google.com".to_owned() },
        'v' => Principal::Service { name: "ec2.amazonaws.com".to_owned() },
        'n' => Principal::Anonymous,
        _ => return None,
    })
}

fn context<'a>(lines: impl Iterator<Item = &'a str>) -> Context {
    let mut context = Context::new();
    for line in lines {
        if let Some((key, value)) = line.split_once('=') {
            context.set(key, value);
        } else if let Some((key, value)) = line.split_once('+') {
            let mut values = match context.value(&key.to_ascii_lowercase()) {
                Some(ContextValue::Many(values)) => values.clone(),
                _ => Vec::new(),
            };
            values.push(value.to_owned());
            context.set_many(key, values);
        }
    }
    context
}

fn policy(part: &str) -> Option<(char, Policy)> {
    let layer = part.chars().next()?;
    let policy = Policy::parse(&part[layer.len_utf8()..], DocumentKind::Stored).ok()?;
    Some((layer, policy))
}

fn layers(policies: &[(char, Policy)]) -> Layers<'_> {
    let mut layers = Layers::default();
    for (layer, policy) in policies {
        let attached = Attached { name: "arn:aws:iam::111111111111:policy/p", policy };
        let resource = |kind| Some(ResourcePolicy { attached, kind });
        match layer {
            'i' => layers.identity.push(attached),
            'b' => layers.boundary = Some(attached),
            's' => layers.session.get_or_insert_default().push(attached),
            'r' => layers.resource = resource(ResourcePolicyKind::Resource),
            'k' => layers.resource = resource(ResourcePolicyKind::Key),
            't' => layers.resource = resource(ResourcePolicyKind::Trust { ids: None }),
            'c' => layers.service_control.push(vec![attached]),
            'o' => layers.resource_control.push(vec![attached]),
            'e' => layers.endpoint = Some(attached),
            _ => {}
        }
    }
    assert!(layers.policies().is_sorted_by_key(|(layer, _): (Layer, _)| layer));
    layers
}
