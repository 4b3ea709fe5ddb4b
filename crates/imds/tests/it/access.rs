//! Who is given credentials, with callers of all kinds; names of hosts and browsers' fields are wire cases.

use std::net::IpAddr;

use imds::{AccessRules, HostRule, RemoteRule, Rule, TrailEvent, UserRule};
use net::{Caller, Place};

use crate::world::{PUT_TOKEN, Reply, USER, World, instance, local};

const CREDENTIALS: [&str; 4] = [
    "/latest/meta-data/iam/security-credentials/app",
    "/2021-07-15//meta-data/./iam/security%2dcredentials/app?x=1",
    "/latest/meta-data/iam/security-credentials-extended/app",
    "/latest/meta-data/identity-credentials/ec2/security-credentials/ec2-instance",
];

fn elsewhere() -> Caller {
    Caller::unknown(Place::Elsewhere, IpAddr::from([127, 0, 0, 1]))
}

/// What is served at each path of credentials, by version 1 and 2.
fn statuses(world: &World) -> Vec<u16> {
    let token = world.token();
    let both = CREDENTIALS.iter().flat_map(|path| [world.get(path), world.get_with(&token, path)]);
    both.map(|reply| reply.status()).collect()
}

fn is_bare(reply: &Reply) -> bool {
    reply.body.is_empty() && reply.header("X-Aws-Ec2-Metadata-Token-Ttl-Seconds").is_none()
}

#[test]
fn credentials_are_for_one_user_and_all_else_is_for_everybody() {
    let world = World::start(&[instance(1)]);
    assert_eq!(statuses(&world), [200; 8]);
    for caller in [local(Some(USER + 1)), local(Some(0)), local(None), elsewhere()] {
        *world.caller.lock().unwrap() = caller.clone();
        assert_eq!(statuses(&world), [403; 8], "{caller:?}");
        let token = world.token();
        for path in CREDENTIALS {
            assert!(is_bare(&world.get_with(&token, path)), "{path}");
        }
        for path in [
            "/latest/meta-data/mac",
            "/latest/meta-data/iam/info",
            "/latest/dynamic/instance-identity/document",
        ] {
            assert_eq!(world.get_with(&token, path).status(), 200, "{path}");
        }
        let names = world.get("/latest/meta-data/iam/security-credentials/");
        assert_eq!((names.status(), names.body.as_str()), (200, "app"));
    }
}

#[test]
fn each_rule_gives_way_to_its_own_setting_and_to_no_other() {
    let world = World::start(&[instance(1)]);
    let own = AccessRules::for_user(USER);
    let any_user = AccessRules { users: UserRule::Any, ..own.clone() };
    let any_remote = AccessRules { remote: RemoteRule::Any, ..own.clone() };
    let any_request = AccessRules { hosts: HostRule::Any, browsers: true, ..own.clone() };
    let stranger = local(Some(USER + 1));
    for (rules, caller, status) in [
        (&any_user, &stranger, 200),
        (&any_user, &elsewhere(), 403),
        (&any_remote, &elsewhere(), 200),
        (&any_remote, &stranger, 403),
        (&any_request, &stranger, 403),
        (&any_request, &elsewhere(), 403),
    ] {
        world.service.set_access(rules.clone());
        *world.caller.lock().unwrap() = caller.clone();
        assert_eq!(statuses(&world), [status; 8], "{rules:?} {caller:?}");
    }
}

#[test]
fn an_address_among_the_sources_of_an_instance_is_let_in_from_elsewhere() {
    let mut declared = instance(1);
    declared.binding.sources = vec![IpAddr::from([127, 0, 0, 1])];
    let world = World::start(&[declared]);
    *world.caller.lock().unwrap() = elsewhere();
    assert_eq!(statuses(&world), [200; 8]);
    world.service.set_access(AccessRules { remote: RemoteRule::None, ..AccessRules::for_user(USER) });
    assert_eq!(statuses(&world), [403; 8]);
}

#[test]
fn hand_outs_and_denials_leave_a_trail() {
    let world = World::start(&[instance(1)]);
    let path = CREDENTIALS[0];
    world.ask(format!("GET {path} HTTP/1.1\r\nUser-Agent: sdk/1\r\n\r\n"));
    world.ask(format!("HEAD {path} HTTP/1.1\r\n\r\n"));
    world.ask(PUT_TOKEN);
    *world.caller.lock().unwrap() = local(None);
    world.ask(format!("GET {path} HTTP/1.1\r\n\r\n"));
    world.ask("GET / HTTP/1.1\r\nHost: u:secret@evil.example:80\r\nOrigin: http://x/y?secret\r\n\r\n");
    let entries = std::mem::take(&mut *world.trail.0.lock().unwrap());
    let rules: Vec<Option<Rule>> = entries
        .iter()
        .map(|entry| match &entry.event {
            TrailEvent::HandOut(grant) => {
                assert_eq!(grant.principal.to_string(), "arn:aws:iam::111122223333:role/app");
                assert_eq!(entry.instance_id, Some(instance(1).instance_id));
                assert_eq!(entry.user_agent.as_deref(), Some("sdk/1"));
                assert_eq!(entry.caller.as_ref().unwrap().user.as_ref().unwrap().id, USER);
                None
            }
            TrailEvent::Denial { rule, .. } => Some(*rule),
        })
        .collect();
    assert_eq!(rules, [None, Some(Rule::Users), Some(Rule::Browsers)]);
    let text = format!("{entries:?}");
    assert!(text.contains("evil.example:80") && text.contains("\"http://x\""), "{text}");
    assert!(!text.contains("secret@") && !text.contains("?secret"), "{text}");
    let mut registry = prometheus_client::registry::Registry::default();
    world.service.metrics().register(world.service.connections(), &mut registry);
    let mut metrics = String::new();
    prometheus_client::encoding::text::encode(&mut metrics, &registry).unwrap();
    for line in ["linklocal_metadata_denied_total{rule=\"users\"} 1", "denied_total{rule=\"hosts\"} 0"] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
}
