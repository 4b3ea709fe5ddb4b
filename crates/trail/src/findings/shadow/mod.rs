//! The shadowed role: long-term keys used by whom a role is there for.
//!
//! Rule: nobody is accused without a reason that is told. The program that was given the role and the one that used keys are matched by
//! process, by container, by program and user, by address; where only an instance stands beside the caller, that is said, and weighs little.
//! One who uses one key from one place is told once, whatever of his calls could be traced to a program.
//! Source: facts/account.md section 8.

mod choice;
mod fold;
mod reason;
mod told;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use super::group::{Groups, Tally, time};
use super::source::{KeySource, source};
use super::{Finding, HandOut, KeyPlace, Standing};
use crate::event::{Kept, Program};

use choice::{Choice, severity};
use reason::{displaced, is_near, stands};

/// Calls with long-term keys, by key and by who made them.
#[derive(Debug)]
pub(super) struct Shadows {
    hand_outs: Vec<HandOut>,
    standing: Vec<Standing>,
    places: Vec<KeyPlace>,
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
    /// Of the user agent, where the program is not known.
    product: Option<String>,
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
    /// Of its calls, those that could not be traced to a program.
    untraced: u64,
}

/// Calls of one maker.
#[derive(Clone, Debug)]
struct Group {
    maker: Maker,
    tally: Tally,
    caller: Caller,
}

impl Shadows {
    pub(super) fn new(hand_outs: &[HandOut], standing: Vec<Standing>, places: Vec<KeyPlace>) -> Self {
        // Of a role of an instance; a container's stands before it in no chain but its own.
        let of_roles = hand_outs.iter().filter(|hand_out| matches!(&*hand_out.delivery, "1.0" | "2.0"));
        Self { hand_outs: of_roles.cloned().collect(), standing, places, groups: Groups::default() }
    }

    pub(super) fn look_at(&mut self, call: &Kept) {
        let identity = &call.event.user_identity;
        let is_long_term =
            matches!(&*identity.kind, "IAMUser" | "Root") && identity.session_context.is_none();
        let (Some(id), true) = (&identity.access_key_id, is_long_term) else { return };
        let program = call.aside.program.clone().unwrap_or_default();
        let agent = call.event.user_agent.as_ref();
        let maker = Maker {
            access_key_id: id.clone(),
            address: call.event.source_ip_address.clone(),
            program: program.program.clone(),
            script: program.script.clone(),
            user_id: program.user_id,
            container_id: program.container_id.clone(),
            source: agent.and_then(|agent| source(agent)),
            product: program.program.is_none().then(|| product(agent).to_owned()),
        };
        let (process, is_untraced) = (program.process_id, program.program.is_none());
        let caller = || Caller {
            arn: identity.arn.clone().unwrap_or_default(),
            user_name: identity.user_name.clone(),
            is_root: identity.kind == "Root",
            program,
            processes: BTreeSet::new(),
            user_agent: agent.cloned(),
            untraced: 0,
        };
        if let Some((tally, caller)) = self.groups.group(maker, time(call), caller) {
            tally.add(call);
            caller.untraced += u64::from(is_untraced);
            if caller.processes.len() < PROCESSES {
                caller.processes.extend(process);
            }
        }
    }

    pub(super) fn findings(self) -> Vec<Finding> {
        let Self { hand_outs, standing, places, groups } = self;
        let groups = groups.into_iter().map(|(maker, tally, caller)| Group { maker, tally, caller });
        let folded = fold::folded(groups.collect());
        folded.into_iter().filter_map(|group| finding(group, &hand_outs, &standing, &places)).collect()
    }
}

/// What is to be said of one, if anything.
fn finding(
    group: Group,
    hand_outs: &[HandOut],
    standing: &[Standing],
    places: &[KeyPlace],
) -> Option<Finding> {
    let Group { maker, tally, caller } = &group;
    let around =
        |hand_out: &&HandOut| hand_out.time + WINDOW >= tally.first && hand_out.time <= tally.last + WINDOW;
    let given = hand_outs.iter().filter(around).filter_map(|hand_out| displaced(hand_out, maker, caller));
    let beside = standing.iter().filter_map(|instance| stands(instance, maker, caller));
    let displaced = given.chain(beside).min_by_key(|displaced| displaced.reason)?;
    // The files of this machine say nothing of a program on another.
    let places: Vec<&KeyPlace> = match is_near(caller, maker) {
        true => places.iter().filter(|place| place.access_key_id == maker.access_key_id).collect(),
        false => Vec::new(),
    };
    let choice = Choice::of(maker.source, &places);
    let severity = severity(displaced.reason, choice, is_tool(product(caller.user_agent.as_ref())))?;
    Some(told::told(group, severity, &displaced, choice, &places))
}

/// The first word of the user agent, which names the SDK.
fn product(user_agent: Option<&String>) -> &str {
    user_agent.and_then(|agent| agent.split(' ').next()).unwrap_or_default()
}

/// What people run for one end now and for another then: that it was given a role once says little of the next time.
fn is_tool(product: &str) -> bool {
    ["aws-cli/", "linklocal/", "rclone/", "s3cmd/"].iter().any(|tool| product.starts_with(tool))
}

/// Whether this is an address of the machine itself.
fn is_loopback(address: &str) -> bool {
    address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Between a hand-out and a call: as long as credentials of an instance are good, and a little more.
const WINDOW: Duration = Duration::from_secs(7 * 3600);

/// Of one group, that are remembered.
const PROCESSES: usize = 1000;
