//! The rules against requests and callers as data; names of hosts have their own tests.

use http::{HeaderMap, HeaderValue};
use net::User;

use super::*;

const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn screened(rules: &AccessRules, target: &str, lines: &[(&'static str, &str)]) -> Option<Rule> {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, HeaderValue::from_str(value).unwrap());
    }
    rules.screen(&Fields::read(&headers), &target.parse().unwrap(), LOOPBACK)
}

#[test]
fn requests_are_screened_by_host_and_by_who_makes_them() {
    let rules = AccessRules::for_user(1000);
    let (hosts, browsers) = (Some(Rule::Hosts), Some(Rule::Browsers));
    for (target, lines, expected) in [
        ("/", &[][..], None),
        ("/", &[("host", "localhost")], None),
        ("/", &[("host", "")], None),
        ("/", &[("host", "evil.example")], hosts),
        ("http://169.254.169.254/", &[], None),
        ("http://169.254.169.254/", &[("host", "169.254.169.254")], None),
        ("http://evil.example/", &[], hosts),
        ("http://evil.example/", &[("host", "localhost")], hosts),
        ("http://localhost/", &[("host", "evil.example")], hosts),
        ("http://evil.example@localhost/", &[("host", "localhost")], hosts),
        ("evil.example:443", &[], hosts),
        ("localhost:443", &[], None),
        ("/", &[("host", "localhost"), ("origin", "http://localhost")], browsers),
        ("/", &[("origin", "null")], browsers),
        ("/", &[("origin", "")], browsers),
        ("/", &[("referer", "http://evil.example/")], browsers),
        ("/", &[("sec-fetch-site", "none")], browsers),
        ("/", &[("sec-fetch-mode", "cors")], browsers),
        ("/", &[("sec-fetch-later", "1")], browsers),
        ("/", &[("sec-fetch", "1"), ("origin-agent", "1"), ("sec-ch-ua", "1")], None),
        ("/", &[("host", "evil.example"), ("origin", "x")], browsers),
    ] {
        assert_eq!(screened(&rules, target, lines), expected, "{target} {lines:?}");
    }
}

#[test]
fn each_rule_of_requests_can_be_off() {
    let rules = AccessRules { hosts: HostRule::Any, ..AccessRules::for_user(1000) };
    assert_eq!(screened(&rules, "http://a/", &[("host", "b")]), None);
    assert_eq!(screened(&rules, "/", &[("origin", "x")]), Some(Rule::Browsers));
    let rules = AccessRules { browsers: true, ..AccessRules::for_user(1000) };
    assert_eq!(screened(&rules, "/", &[("origin", "x")]), None);
    assert_eq!(screened(&rules, "/", &[("origin", "x"), ("host", "evil.example")]), Some(Rule::Hosts));
}

/// Nobody looked; on this machine, of nobody known or of a user; elsewhere.
#[derive(Clone, Copy, Debug)]
enum Who {
    Unmet,
    Local(Option<u32>),
    Container(Option<u32>),
    Elsewhere,
}

fn of_user(id: Option<u32>, place: Place) -> Caller {
    Caller { user: id.map(|id| User { id, name: None }), ..Caller::unknown(place, LOOPBACK) }
}

fn withheld(rules: &AccessRules, who: Who, is_introduced: bool, is_declared: bool) -> Option<Rule> {
    let caller = match who {
        Who::Unmet => None,
        Who::Local(id) => Some(of_user(id, Place::ThisMachine)),
        Who::Container(id) => Some(of_user(id, Place::Container)),
        Who::Elsewhere => Some(Caller::unknown(Place::Elsewhere, [192, 0, 2, 1].into())),
    };
    rules.withhold(&Asking { caller: caller.as_ref(), is_introduced, is_declared })
}

#[test]
fn credentials_are_for_known_users_and_declared_addresses() {
    let own = AccessRules::for_user(1000);
    let more = AccessRules { users: UserRule::Only([1000, 1001].into()), ..own.clone() };
    let any_user = AccessRules { users: UserRule::Any, ..own.clone() };
    let any_remote = AccessRules { remote: RemoteRule::Any, ..own.clone() };
    let no_remote = AccessRules { remote: RemoteRule::None, ..own.clone() };
    let (users, remote) = (Some(Rule::Users), Some(Rule::Remote));
    for (rules, who, introduced, declared, expected) in [
        (&own, Who::Local(Some(1000)), false, false, None),
        (&own, Who::Local(Some(1001)), false, false, users),
        (&own, Who::Local(Some(0)), false, false, users),
        (&own, Who::Local(None), false, false, users),
        (&own, Who::Unmet, false, false, users),
        (&own, Who::Local(Some(1001)), true, false, None),
        (&own, Who::Unmet, true, false, None),
        // This machine's own addresses stand for nobody: all its users have them.
        (&own, Who::Local(Some(1001)), false, true, users),
        (&own, Who::Local(None), false, true, users),
        (&own, Who::Container(Some(1000)), false, false, None),
        (&own, Who::Container(Some(0)), false, false, users),
        (&own, Who::Container(None), false, false, users),
        (&own, Who::Container(Some(0)), false, true, None),
        (&own, Who::Container(None), false, true, None),
        (&no_remote, Who::Container(Some(0)), false, true, users),
        (&no_remote, Who::Container(Some(1000)), false, true, None),
        (&more, Who::Local(Some(1001)), false, false, None),
        (&more, Who::Local(Some(0)), false, false, users),
        (&any_user, Who::Local(Some(1001)), false, false, None),
        (&any_user, Who::Unmet, false, false, None),
        (&any_user, Who::Elsewhere, false, false, remote),
        (&own, Who::Elsewhere, false, false, remote),
        (&own, Who::Elsewhere, false, true, None),
        (&any_remote, Who::Elsewhere, false, false, None),
        (&any_remote, Who::Local(Some(1001)), false, false, users),
        (&no_remote, Who::Elsewhere, false, true, remote),
    ] {
        assert_eq!(withheld(rules, who, introduced, declared), expected, "{rules:?} {who:?}");
    }
}
