//! Random policies, and requests that nearly match them.
//!
//! Words come from small lists, patterns are made by hiding parts of them, and values are of every type that operators compare,
//! malformed ones among them, so that a case is as often decided by one character as by a layer.

use std::collections::BTreeMap;

use policy::{
    Attached, Context, ContextValue, DocumentKind, Layers, Policy, Principal, Request, ResourcePolicy,
    ResourcePolicyKind,
};
use serde_json::{Map, Value, json};
use types::{AccountId, UniqueId};

use crate::decisions::principal;

/// One case.
#[derive(Debug)]
pub(super) struct World {
    principal: Principal,
    action: String,
    resource: String,
    owner: Option<AccountId>,
    pub(super) context: Context,
    identity: Vec<Policy>,
    boundary: Option<Policy>,
    session: Option<Vec<Policy>>,
    resource_policy: Option<(Policy, u64)>,
    ids: BTreeMap<String, UniqueId>,
    service_control: Vec<Vec<Policy>>,
    resource_control: Vec<Vec<Policy>>,
    endpoint: Option<Policy>,
}

impl World {
    /// The same for the same number.
    pub(super) fn new(case: u64) -> Self {
        let mut random = Random(case.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5EED);
        let action = random.pick(&ACTIONS).to_owned();
        let resource = random.pick(&RESOURCES).to_owned();
        let policy = |random: &mut Random, names: bool| {
            let text = document(random, names, &action, &resource).to_string();
            Policy::parse(&text, DocumentKind::Stored).unwrap_or_else(|error| panic!("{error}: {text}"))
        };
        let policies = |random: &mut Random, most: u64, names: bool| -> Vec<Policy> {
            (0..=random.below(most)).map(|_| policy(random, names)).collect()
        };
        let identity = policies(&mut random, 3, false);
        let boundary = random.one_in(3).then(|| policies(&mut random, 1, false).remove(0));
        let session = random.one_in(3).then(|| {
            let mut policies = policies(&mut random, 2, false);
            policies.truncate(if random.one_in(6) { 0 } else { 9 });
            policies
        });
        let kind = random.below(3);
        let resource_policy = random.one_in(2).then(|| (policies(&mut random, 1, true).remove(0), kind));
        let levels = |random: &mut Random, names: bool| {
            let count = if random.one_in(5) { 1 + random.below(2) } else { 0 };
            (0..count).map(|_| policies(random, 2, names)).collect()
        };
        let service_control = levels(&mut random, false);
        let resource_control = levels(&mut random, true);
        let endpoint = random.one_in(8).then(|| policies(&mut random, 1, true).remove(0));
        let ids = [(USER, "AIDAQNZGKIQY4XGEHOPMA"), (ROLE, "AROAQNZGKIQY4XGEHOPMX")];
        let held = ids.iter().filter(|_| random.one_in(3));
        let ids = held.map(|(arn, id)| ((*arn).to_owned(), UniqueId::from((*id).to_owned()))).collect();
        Self {
            principal: principal(random.pick(&PRINCIPALS)),
            owner: random.one_in(3).then(|| random.pick(&["111111111111", "222222222222"]).parse().unwrap()),
            context: context(&mut random),
            action: if random.one_in(4) { action.to_ascii_uppercase() } else { action },
            resource,
            identity,
            boundary,
            session,
            resource_policy,
            ids,
            service_control,
            resource_control,
            endpoint,
        }
    }

    pub(super) fn request<'a>(&'a self, context: &'a Context) -> Request<'a> {
        Request {
            principal: &self.principal,
            action: &self.action,
            resource: &self.resource,
            resource_account: self.owner,
            context,
        }
    }

    pub(super) fn layers(&self) -> Layers<'_> {
        Layers {
            identity: all(&self.identity),
            boundary: self.boundary.as_ref().map(one),
            session: self.session.as_deref().map(all),
            resource: self.resource_policy.as_ref().map(|(policy, kind)| ResourcePolicy {
                attached: one(policy),
                kind: match kind {
                    0 => ResourcePolicyKind::Resource,
                    1 => ResourcePolicyKind::Key,
                    _ => ResourcePolicyKind::Trust { ids: Some(&self.ids) },
                },
            }),
            service_control: self.service_control.iter().map(|level| all(level)).collect(),
            resource_control: self.resource_control.iter().map(|level| all(level)).collect(),
            endpoint: self.endpoint.as_ref().map(one),
            access_control_list: false,
        }
    }
}

fn all(policies: &[Policy]) -> Vec<Attached<'_>> {
    policies.iter().map(one).collect()
}

fn one(policy: &Policy) -> Attached<'_> {
    Attached { name: "policy", policy }
}

fn document(random: &mut Random, names: bool, action: &str, resource: &str) -> Value {
    let count = 1 + random.below(3);
    let statements: Vec<Value> = (0..count).map(|_| statement(random, names, action, resource)).collect();
    let version = if random.one_in(8) { "2008-10-17" } else { "2012-10-17" };
    json!({ "Version": version, "Statement": statements })
}

fn statement(random: &mut Random, names: bool, action: &str, resource: &str) -> Value {
    let mut statement = Map::new();
    let denies = random.one_in(6);
    statement.insert("Effect".to_owned(), json!(if denies { "Deny" } else { "Allow" }));
    let negated = random.one_in(8);
    let actions: Vec<String> = (0..=random.below(3)).map(|_| action_pattern(random, action)).collect();
    statement.insert(if negated { "NotAction" } else { "Action" }.to_owned(), json!(actions));
    if !random.one_in(24) {
        let negated = random.one_in(8);
        let resources: Vec<String> =
            (0..=random.below(2)).map(|_| resource_pattern(random, resource)).collect();
        statement.insert(if negated { "NotResource" } else { "Resource" }.to_owned(), json!(resources));
    }
    if names && !random.one_in(24) {
        let negated = random.one_in(6);
        statement.insert(if negated { "NotPrincipal" } else { "Principal" }.to_owned(), principals(random));
    }
    let mut conditions = Map::new();
    for _ in 0..random.below(3) {
        let operator = operator(random);
        let keys = conditions.entry(operator.clone()).or_insert_with(|| json!({}));
        let values: Vec<String> = (0..=random.below(3)).map(|_| wanted(random, &operator)).collect();
        keys[random.pick(&KEYS)] = json!(values);
    }
    statement.insert("Condition".to_owned(), Value::Object(conditions));
    Value::Object(statement)
}

fn action_pattern(random: &mut Random, action: &str) -> String {
    match random.below(6) {
        0 => "*".to_owned(),
        1 => action.to_owned(),
        2 => random.pick(&ACTIONS).to_owned(),
        _ => {
            let (vendor, name) = action.split_once(':').unwrap();
            let vendor = if random.one_in(4) { vendor.to_ascii_uppercase() } else { vendor.to_owned() };
            format!("{vendor}:{}", hidden(random, name))
        }
    }
}

fn resource_pattern(random: &mut Random, resource: &str) -> String {
    match random.below(8) {
        0 | 1 => "*".to_owned(),
        2 => resource.to_owned(),
        3 => random.pick(&RESOURCES).to_owned(),
        4 => random.pick(&RESOURCE_TEMPLATES).to_owned(),
        _ => match resource.strip_prefix("arn:") {
            Some(rest) if random.one_in(2) => {
                let (head, tail) = rest.rsplit_once(':').unwrap();
                format!("arn:{head}:{}", hidden(random, tail))
            }
            Some(rest) => format!("arn:{}", hidden(random, rest)),
            None => resource.to_owned(),
        },
    }
}

/// `text` with some of it behind wildcards.
fn hidden(random: &mut Random, text: &str) -> String {
    let mut units: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(2) {
        let at = random.below(units.len() as u64 + 1) as usize;
        let length = random.below(4) as usize;
        let end = (at + length).min(units.len());
        let mark = random.pick(&[&['*'][..], &['?'], &['*', '?'], &['?', '?'], &['*', '*']]);
        units.splice(at..end, mark.iter().copied());
    }
    units.into_iter().collect()
}

fn principals(random: &mut Random) -> Value {
    if random.one_in(5) {
        return json!("*");
    }
    let aws: Vec<&str> = (0..=random.below(3)).map(|_| random.pick(&NAMED)).collect();
    match random.below(4) {
        0 => json!({ "Service": "ec2.amazonaws.com", "AWS": aws }),
        1 => json!({ "Federated": "accounts.google.com", "AWS": aws }),
        _ => json!({ "AWS": aws }),
    }
}

fn operator(random: &mut Random) -> String {
    let base = random.pick(&OPERATORS);
    let qualifier = random.pick(&["", "", "", "ForAllValues:", "ForAnyValue:"]);
    let suffix = if random.one_in(5) && base != "Null" { "IfExists" } else { "" };
    format!("{qualifier}{base}{suffix}")
}

/// Mostly of the operator's own type.
fn wanted(random: &mut Random, operator: &str) -> String {
    let own: &[&str] = match () {
        () if operator.contains("Numeric") => &NUMBERS,
        () if operator.contains("Date") => &DATES,
        () if operator.contains("Bool") || operator.contains("Null") => &BOOLS,
        () if operator.contains("Ip") => &NETWORKS,
        () if operator.contains("Arn") => &ARN_PATTERNS,
        () => &TEXTS,
    };
    let value = if random.one_in(8) { random.pick(&TEXTS) } else { random.pick(own) };
    match random.below(10) {
        0 => random.pick(&TEMPLATES).to_owned(),
        1 if operator.contains("Like") => hidden(random, value),
        _ => value.to_owned(),
    }
}

fn context(random: &mut Random) -> Context {
    let mut context = Context::new();
    for key in KEYS {
        let value = |random: &mut Random| {
            let list = random.pick(&[&TEXTS[..], &NUMBERS, &DATES, &BOOLS, &ADDRESSES, &ARNS, &FOREIGN]);
            random.pick(list).to_owned()
        };
        match random.below(5) {
            0 => {}
            1 => context.set_many(key, (0..random.below(3)).map(|_| value(random)).collect()),
            _ => context.put(key, ContextValue::One(value(random))),
        }
    }
    context
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }
}

const USER: &str = "arn:aws:iam::111111111111:user/ann";
const ROLE: &str = "arn:aws:iam::111111111111:role/r";

const PRINCIPALS: [&str; 9] = [
    "ann",
    "ann",
    "session",
    "session",
    "federated",
    "root",
    "nobody",
    "service ec2.amazonaws.com",
    "provider accounts.google.com",
];

const NAMED: [&str; 10] = [
    USER,
    ROLE,
    "arn:aws:iam::111111111111:user/bob",
    "arn:aws:sts::111111111111:assumed-role/r/s",
    "arn:aws:sts::111111111111:federated-user/fay",
    "arn:aws:iam::111111111111:root",
    "111111111111",
    "222222222222",
    "AIDAQNZGKIQY4XGEHOPMA",
    "AROAQNZGKIQY4XGEHOPMR",
];

const ACTIONS: [&str; 8] = [
    "s3:GetObject",
    "s3:GetObjectAcl",
    "s3:PutObject",
    "iam:GetUser",
    "iam:ListUsers",
    "sts:AssumeRole",
    "sts:GetCallerIdentity",
    "kms:Decrypt",
];

const RESOURCES: [&str; 8] = [
    "*",
    "arn:aws:s3:::bucket/key",
    "arn:aws:s3:::bucket/ann/a:b",
    "arn:aws:s3:::bucket/\u{e9}\u{ff}",
    "arn:aws:iam::111111111111:user/ann",
    "arn:aws:iam::111111111111:role/r",
    "arn:aws:kms:us-east-1:111111111111:key/k",
    "arn:aws-cn:logs:cn-north-1:1:log-group:g:log-stream:s",
];

const RESOURCE_TEMPLATES: [&str; 8] = [
    "arn:aws:s3:::bucket/${aws:username}/*",
    "arn:aws:s3:::bucket/${aws:username, 'key'}",
    "arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}",
    "arn:aws:iam::*:${aws:RequestTag/a}",
    "arn:*:*:*:*:*",
    "arn:aws:s3:::bucket/${*}",
    "arn:aws:kms:*:*:key/${aws:TagKeys, 'k'}",
    "arn:aws:iam::111111111111:*${?}",
];

const KEYS: [&str; 8] = [
    "aws:username",
    "aws:PrincipalAccount",
    "aws:TagKeys",
    "aws:RequestTag/a",
    "aws:SourceIp",
    "aws:CurrentTime",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalArn",
];

const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnLike",
    "ArnNotLike",
    "Null",
];

const TEXTS: [&str; 15] = [
    "",
    "ann",
    "Ann",
    "ANN",
    "bob",
    "key",
    "a*",
    "*",
    "an?",
    "?nn",
    "\u{df}",
    "\u{c9}",
    "\u{e9}",
    "111111111111",
    "${*}",
];
/// Policies cannot hold these; requests can.
const FOREIGN: [&str; 4] = ["\u{20ac}nn", "an\u{20ac}", "an\u{10400}", "\u{10400}nn"];
const NUMBERS: [&str; 12] =
    ["0", "1", "01", "1.0", "1e0", "-1", "+1", "0.5", "5e-1", "10", "9007199254740993", "9007199254740992"];
const DATES: [&str; 9] = [
    "2030-01-01",
    "2030-01-01T00:00:00Z",
    "1893456000",
    "2030-01-01T00:00:00.0009Z",
    "2030-01-01T00:00:00.001Z",
    "2030-01-01T01:00:00+01:00",
    "2029-12-31",
    "2030-02-30",
    "2030-01-01T25:00:00Z",
];
const BOOLS: [&str; 5] = ["true", "TRUE", "false", "yes", "1"];
const NETWORKS: [&str; 10] = [
    "192.0.2.0/24",
    "192.0.2.5/24",
    "192.0.2.1",
    "0.0.0.0/0",
    "192.0.2.0/33",
    "::/0",
    "2001:db8::/32",
    "2001:db8::1/32",
    "2001:db8::1",
    "nowhere",
];
const ADDRESSES: [&str; 9] = [
    "192.0.2.1",
    "192.000.002.1",
    "192.0.3.1",
    "::ffff:192.0.2.1",
    "::ffff:c000:201",
    "2001:db8::1",
    "2001:db8:::1",
    "2001:db9::",
    "192.0.2",
];
const ARNS: [&str; 5] = [
    "arn:aws:iam::111111111111:user/ann",
    "arn:aws:iam::111111111111:role/path/r",
    "arn:aws:s3:::bucket/a:b",
    "arn:aws:iam",
    "urn:aws:iam::1:x",
];
const ARN_PATTERNS: [&str; 9] = [
    "*",
    "arn:aws:iam::111111111111:user/ann",
    "arn:aws:iam::*:user/*",
    "arn:*:iam::*:*",
    "arn:aws:iam::*:role/*/r",
    "arn:aws:s3:::bucket/*",
    "arn:aws:iam::*",
    "nonsense",
    "arn:aws:iam::1111?1111111:user/a??",
];
const TEMPLATES: [&str; 10] = [
    "${aws:username}",
    "${aws:USERNAME}*",
    "${aws:RequestTag/a, 'ann'}",
    "x${aws:TagKeys, 'ann'}",
    "${aws:TagKeys}",
    "${*}",
    "${?}nn",
    "${$}",
    "${aws:PrincipalArn}",
    "arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}",
];
