//! What should be rare: the root user, version 1 of the metadata service and of signatures, keys that are off; and who took sessions.

use super::group::{Groups, Tally};
use super::{Finding, HandOut, Severity};
use crate::event::Kept;

#[derive(Debug, Default)]
pub(super) struct Habits {
    groups: Groups<(Habit, String), String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Habit {
    Root,
    RootLongTerm,
    InactiveKey,
    UnknownKey,
    Version1,
    SigV2,
    AssumeRole,
    SessionToken,
}

impl Habits {
    pub(super) fn look_at(&mut self, call: &Kept) {
        let (event, aside) = (&call.event, &call.aside);
        let identity = &event.user_identity;
        let key = identity.access_key_id.clone().unwrap_or_default();
        let from = event.source_ip_address.clone();
        if identity.kind == "Root" {
            let habit = if identity.session_context.is_none() { Habit::RootLongTerm } else { Habit::Root };
            self.groups.add((habit, key.clone()), call, || from.clone());
        }
        if aside.hint.as_deref() == Some(INACTIVE) {
            self.groups.add((Habit::InactiveKey, key.clone()), call, || from.clone());
        } else if aside.hint.as_deref() == Some(UNKNOWN) {
            self.groups.add((Habit::UnknownKey, key), call, || from.clone());
        }
        if aside.signature_version.as_deref() == Some("SigV2") {
            let who = identity
                .arn
                .clone()
                .or_else(|| identity.access_key_id.clone())
                .unwrap_or_else(|| "somebody".to_owned());
            self.groups.add((Habit::SigV2, who), call, || from.clone());
        }
        if event.error_code.is_none() && event.event_source == "sts.amazonaws.com" {
            self.session(call);
        }
    }

    /// Sessions that were taken, by whom and how well proved.
    fn session(&mut self, call: &Kept) {
        let event = &call.event;
        let habit = match &*event.event_name {
            "AssumeRole" => Habit::AssumeRole,
            "GetSessionToken" => Habit::SessionToken,
            _ => return,
        };
        let attributes =
            event.user_identity.session_context.as_ref().and_then(|context| context.attributes.as_ref());
        let mfa = event.request_parameters["serialNumber"].is_string()
            || attributes.is_some_and(|attributes| attributes.mfa_authenticated == "true");
        let with = if mfa { "with MFA" } else { "without MFA" };
        let who = event.user_identity.arn.clone().unwrap_or_default();
        let what = match event.request_parameters["roleArn"].as_str() {
            Some(role) => format!("{who} assumed {role} {with}"),
            None => format!("{who} took a session of its own {with}"),
        };
        self.groups.add((habit, what), call, || with.to_owned());
    }

    pub(super) fn look_at_hand_out(&mut self, hand_out: &HandOut) {
        if hand_out.delivery != "1.0" {
            return;
        }
        let program = &hand_out.program;
        let address = program.address.map(|ip| ip.to_string());
        let who = program.name().map(str::to_owned).or(address).unwrap_or_else(|| "somebody".to_owned());
        let role = hand_out.principal.clone();
        if let Some((tally, _)) = self.groups.group((Habit::Version1, who), hand_out.time, || role) {
            tally.count(hand_out.time, hand_out.times);
        }
    }

    pub(super) fn findings(self) -> Vec<Finding> {
        self.groups
            .into_iter()
            .map(|((habit, who), tally, more)| finding(habit, &who, tally, &more))
            .collect()
    }
}

fn finding(habit: Habit, who: &str, tally: Tally, more: &str) -> Finding {
    let seen = match habit {
        Habit::Version1 if tally.times == 1 => format!("1 hand-out of {more} without a token"),
        Habit::Version1 => format!("{} hand-outs of {more} without a token", tally.times),
        Habit::AssumeRole | Habit::SessionToken if tally.times == 1 => "once".to_owned(),
        Habit::AssumeRole | Habit::SessionToken => format!("{} times", tally.times),
        _ => format!("{}, the first from {more}: {}", tally.calls(), tally.operations()),
    };
    let (kind, severity, title, why, advice) = match habit {
        Habit::RootLongTerm => (
            "root-use",
            Severity::High,
            format!("the root user's long-term key {who} was used"),
            "No policy bounds the root user, and a key of it is good until somebody deletes it.",
            vec![
                "make a user or a role for the work, and delete the key: `aws iam delete-access-key --access-key-id` with it, as root".to_owned(),
            ],
        ),
        Habit::Root => (
            "root-use",
            Severity::Medium,
            "the root user was used".to_owned(),
            "No policy bounds the root user.",
            vec!["make a user or a role for the work".to_owned()],
        ),
        Habit::InactiveKey => (
            "inactive-key",
            Severity::Medium,
            format!("the key {who}, which is switched off, is still in use"),
            "Somebody forgot a program that has it, or somebody has it who should not.",
            vec!["find the program by its address and user agent: `linklocal trail --events calls --access-key-id` with this key".to_owned()],
        ),
        Habit::UnknownKey => (
            "unknown-key",
            Severity::Low,
            format!("a key that the account does not have is tried: {}", if who.is_empty() { "none" } else { who }),
            "A key of another account, or one that was deleted, or a guess.",
            vec!["if it is a program of yours, give it keys of this account: `linklocal credentials explain` shows which it takes".to_owned()],
        ),
        Habit::Version1 => (
            "v1-delivery",
            Severity::Medium,
            format!("{who} takes credentials from the metadata service by version 1"),
            "A request without a token can be forged through a proxy or a server that fetches addresses for others.",
            vec![
                "see whether a newer release asks by version 2: `linklocal instance callers`".to_owned(),
                "then require tokens: `aws ec2 modify-instance-metadata-options --http-tokens required`".to_owned(),
            ],
        ),
        Habit::SigV2 => (
            "signature-version-2",
            Severity::Low,
            format!("{who} signs by version 2"),
            "AWS takes such signatures in no region that opened after 2014. SDKs make such URLs where an endpoint is set and nothing else is said.",
            vec!["ask for version 4: in boto3 `Config(signature_version=\"s3v4\")`".to_owned()],
        ),
        Habit::AssumeRole => ("assume-role", Severity::Info, who.to_owned(), "", Vec::new()),
        Habit::SessionToken => ("session-token", Severity::Info, who.to_owned(), "", Vec::new()),
    };
    let finding = tally.finding(kind, severity, title);
    Finding { evidence: vec![seen], why: why.to_owned(), advice, ..finding }
}

/// As the gateway's hints say it.
const INACTIVE: &str = "the access key is inactive";
const UNKNOWN: &str = "the account has no such access key";
