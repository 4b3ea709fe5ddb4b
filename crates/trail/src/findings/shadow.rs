//! The shadowed role: long-term keys used by whom a role is there for.
//!
//! Rule: nobody is accused without a reason that is told. The program that was given the role and the one that used keys are matched by
//! process, by container, by program and user, by address; where only an instance stands beside the caller, that is said, and weighs little.
//! Source: facts/account.md section 8.

use std::collections::BTreeSet;
use std::time::Duration;

use super::group::{Groups, time};
use super::source::{KeySource, source};
use super::{Finding, HandOut, Severity, Standing};
use crate::event::{Kept, Program};

/// Calls with long-term keys, by key and by who made them.
#[derive(Debug)]
pub(super) struct Shadows {
    hand_outs: Vec<HandOut>,
    standing: Vec<Standing>,
    groups: Groups<Maker, Caller>,
}

/// Whose calls are told together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Maker {
    access_key_id: String,
    address: String,
    program: Option<String>,
    script: Option<String>,
    user_id: Option<u32>,
    container_id: Option<String>,
    source: Option<KeySource>,
}

/// What is known of one.
#[derive(Clone, Debug)]
struct Caller {
    arn: String,
    user_name: Option<String>,
    is_root: bool,
    program: Program,
    processes: BTreeSet<u32>,
    user_agent: Option<String>,
}

/// Why a role is held to be shadowed, the strongest reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    SameProcess,
    SameContainer,
    SameProgram,
    SameAddress,
    /// On the same machine, where nobody could say which program called.
    SameProduct,
    Beside,
}

/// A role that was there.
#[derive(Debug)]
struct Displaced {
    reason: Reason,
    role: String,
    instance_id: Option<String>,
    told: String,
}

impl Shadows {
    pub(super) fn new(hand_outs: &[HandOut], standing: Vec<Standing>) -> Self {
        // Of a role of an instance; a container's stands before it in no chain but its own.
        let of_roles = hand_outs.iter().filter(|hand_out| matches!(&*hand_out.delivery, "1.0" | "2.0"));
        Self { hand_outs: of_roles.cloned().collect(), standing, groups: Groups::default() }
    }

    pub(super) fn look_at(&mut self, call: &Kept) {
        let identity = &call.event.user_identity;
        let is_long_term =
            matches!(&*identity.kind, "IAMUser" | "Root") && identity.session_context.is_none();
        let (Some(id), true) = (&identity.access_key_id, is_long_term) else { return };
        let program = call.aside.program.clone().unwrap_or_default();
        let maker = Maker {
            access_key_id: id.clone(),
            address: call.event.source_ip_address.clone(),
            program: program.program.clone(),
            script: program.script.clone(),
            user_id: program.user_id,
            container_id: program.container_id.clone(),
            source: call.event.user_agent.as_deref().and_then(source),
        };
        let process = program.process_id;
        let caller = || Caller {
            arn: identity.arn.clone().unwrap_or_default(),
            user_name: identity.user_name.clone(),
            is_root: identity.kind == "Root",
            program,
            processes: BTreeSet::new(),
            user_agent: call.event.user_agent.clone(),
        };
        if let Some((tally, caller)) = self.groups.group(maker, time(call), caller) {
            tally.add(call);
            if caller.processes.len() < PROCESSES {
                caller.processes.extend(process);
            }
        }
    }

    pub(super) fn findings(self) -> Vec<Finding> {
        let (hand_outs, standing) = (self.hand_outs, self.standing);
        let mut findings = Vec::new();
        for (maker, tally, caller) in self.groups.into_iter() {
            let around = |hand_out: &&HandOut| {
                hand_out.time + WINDOW >= tally.first && hand_out.time <= tally.last + WINDOW
            };
            let given =
                hand_outs.iter().filter(around).filter_map(|hand_out| displaced(hand_out, &maker, &caller));
            let beside = standing.iter().filter_map(|instance| stands(instance, &maker, &caller));
            if let Some(displaced) = given.chain(beside).min_by_key(|displaced| displaced.reason) {
                let calls = format!("{} calls: {}", tally.times, tally.operations());
                let title = title(&displaced, &maker, &caller);
                let finding = tally.finding("shadowed-role", severity(displaced.reason), title);
                findings.push(told(finding, calls, &displaced, &maker, &caller));
            }
        }
        findings
    }
}

/// Whether who was handed this role is who made these calls.
fn displaced(hand_out: &HandOut, maker: &Maker, caller: &Caller) -> Option<Displaced> {
    let given = &hand_out.program;
    let both = |a: Option<&String>, b: Option<&String>| a.is_some() && a == b;
    let reason = if given.process_id.is_some_and(|id| caller.processes.contains(&id)) {
        Reason::SameProcess
    } else if both(given.container_id.as_ref(), maker.container_id.as_ref()) {
        Reason::SameContainer
    } else if both(given.program.as_ref(), maker.program.as_ref())
        && (&given.script, given.user_id) == (&maker.script, maker.user_id)
    {
        Reason::SameProgram
    } else if !is_near(caller, maker)
        && given.address.is_some_and(|ip| ip.to_canonical().to_string() == maker.address)
    {
        Reason::SameAddress
    } else if is_near(caller, maker)
        && maker.program.is_none()
        && is_near_too(hand_out)
        && same_product(hand_out, caller)
    {
        Reason::SameProduct
    } else {
        return None;
    };
    let whom = match reason {
        Reason::SameProcess => "the same process was given".to_owned(),
        Reason::SameContainer => "the same container was given".to_owned(),
        Reason::SameProgram => {
            format!("{} was given", caller.program.name().unwrap_or("the same program"))
        }
        Reason::SameProduct => {
            format!(
                "a program of this machine that names itself {} as well was given",
                product(caller.user_agent.as_ref())
            )
        }
        Reason::SameAddress | Reason::Beside => format!("a program at {} was given", maker.address),
    };
    let told = format!(
        "{whom} {} of {} by the metadata service at {}",
        hand_out.access_key_id, hand_out.principal, hand_out.time
    );
    Some(Displaced {
        reason,
        role: hand_out.principal.clone(),
        instance_id: hand_out.instance_id.clone(),
        told,
    })
}

/// Whether an instance with a role is where these calls come from.
fn stands(instance: &Standing, maker: &Maker, caller: &Caller) -> Option<Displaced> {
    let is_its = instance.addresses.iter().any(|ip| ip.to_canonical().to_string() == maker.address);
    let (reason, place) = match (is_its, instance.on_this_machine && is_near(caller, maker)) {
        (true, _) => (Reason::SameAddress, maker.address.as_str()),
        (false, true) => (Reason::Beside, "this machine"),
        (false, false) => return None,
    };
    let told = format!(
        "{place} has the role {} by {}, and any program there may ask for it",
        instance.role, instance.instance_id
    );
    Some(Displaced {
        reason,
        role: instance.role.clone(),
        instance_id: Some(instance.instance_id.clone()),
        told,
    })
}

/// Whether a program of this machine made the calls: its address then tells nothing.
fn is_near(caller: &Caller, maker: &Maker) -> bool {
    let loopback = maker.address.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    caller.program.on_this_machine || loopback
}

fn is_near_too(hand_out: &HandOut) -> bool {
    hand_out.program.on_this_machine || hand_out.program.address.is_some_and(|ip| ip.is_loopback())
}

/// By the first word of the user agent, which names the SDK; what everybody calls with names nobody.
fn same_product(hand_out: &HandOut, caller: &Caller) -> bool {
    let (given, own) = (product(hand_out.user_agent.as_ref()), product(caller.user_agent.as_ref()));
    !own.is_empty() && given == own
}

fn product(user_agent: Option<&String>) -> &str {
    user_agent.and_then(|agent| agent.split(' ').next()).unwrap_or_default()
}

fn severity(reason: Reason) -> Severity {
    match reason {
        Reason::SameProcess | Reason::SameContainer | Reason::SameProgram | Reason::SameAddress => {
            Severity::High
        }
        Reason::SameProduct => Severity::Medium,
        Reason::Beside => Severity::Low,
    }
}

fn title(displaced: &Displaced, maker: &Maker, caller: &Caller) -> String {
    let whose = match (&caller.user_name, caller.is_root) {
        (_, true) => "the root user's keys".to_owned(),
        (Some(name), false) => format!("long-term keys of {name}"),
        (None, false) => "long-term keys".to_owned(),
    };
    let role = displaced.role.rsplit('/').next().unwrap_or(&displaced.role);
    let of = displaced.instance_id.as_ref().map(|id| format!(" of {id}")).unwrap_or_default();
    match displaced.reason {
        Reason::Beside => format!("{whose} ({}) are used beside the role {role}{of}", maker.access_key_id),
        _ => format!("{whose} ({}) shadow the role {role}{of}", maker.access_key_id),
    }
}

fn told(finding: Finding, calls: String, displaced: &Displaced, maker: &Maker, caller: &Caller) -> Finding {
    let by = caller
        .program
        .name()
        .map_or_else(|| maker.address.clone(), |program| format!("{program} at {}", maker.address));
    let mut evidence = vec![format!("{by} signed as {}, {calls}", caller.arn), displaced.told.clone()];
    evidence.extend(maker.source.map(|source| source.said().to_owned()));
    if maker.source.is_none() {
        evidence.extend(caller.user_agent.as_ref().map(|agent| format!("its user agent is {agent}")));
    }
    let why = maker.source.map_or(IN_GENERAL, KeySource::why).to_owned();
    let mut advice = match maker.source {
        Some(source) => vec![source.cure().to_owned()],
        None => [KeySource::Environment, KeySource::Profile].map(|source| source.cure().to_owned()).into(),
    };
    advice.push(
        "see which source wins, and which would be next: `linklocal credentials explain --as all`".to_owned(),
    );
    advice.push(match (&caller.user_name, caller.is_root) {
        (Some(user), false) => format!(
            "when the program runs on the role, switch the key off: `aws iam update-access-key --user-name {user} --access-key-id {} \
             --status Inactive`",
            maker.access_key_id
        ),
        _ => format!("delete the key {}: the root user should have none", maker.access_key_id),
    });
    Finding { evidence, why, advice, ..finding }
}

/// Where the program does not say from where it has its keys.
const IN_GENERAL: &str = "Every SDK looks for keys in code, then in its environment, then in profiles, and asks the metadata service last. Keys were \
                          found before, so the role was never asked for.";

/// Between a hand-out and a call: as long as credentials of an instance are good, and a little more.
const WINDOW: Duration = Duration::from_secs(7 * 3600);

/// Of one group, that are remembered.
const PROCESSES: usize = 1000;
