//! Credentials of an instance, used from where they were not handed out.
//!
//! Rule: what counts is where they were given out and what the credentials themselves say of their instance; the caller's word does not.

use std::collections::{BTreeMap, BTreeSet};

use super::group::{Groups, time};
use super::{Finding, HandOut, Severity};
use crate::event::Kept;

#[derive(Debug)]
pub(super) struct Strays {
    /// By key, to whom it was given.
    given: BTreeMap<String, Given>,
    groups: Groups<(String, String, Stray), String>,
}

#[derive(Debug, Default)]
struct Given {
    addresses: BTreeSet<String>,
    on_this_machine: bool,
    users: BTreeSet<u32>,
    containers: BTreeSet<Option<String>>,
    told: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stray {
    /// Another machine.
    Address,
    /// Another container, by its id.
    Container(String),
    /// Another user of this machine.
    User(u32),
}

impl Strays {
    pub(super) fn new(hand_outs: &[HandOut]) -> Self {
        let mut given: BTreeMap<String, Given> = BTreeMap::new();
        for hand_out in hand_outs {
            let to = given.entry(hand_out.access_key_id.clone()).or_default();
            let program = &hand_out.program;
            let address = program.address.map(|ip| ip.to_canonical());
            to.on_this_machine |= program.on_this_machine || address.is_some_and(|ip| ip.is_loopback());
            to.addresses.extend(address.map(|ip| ip.to_string()));
            to.users.extend(program.user_id);
            to.containers.insert(program.container_id.clone());
            let who = program.name().map(str::to_owned).or_else(|| address.map(|ip| ip.to_string()));
            let told =
                format!("given to {} at {}", who.unwrap_or_else(|| "somebody".to_owned()), hand_out.time);
            if to.told.len() < 3 {
                to.told.push(told);
            }
        }
        Self { given, groups: Groups::default() }
    }

    pub(super) fn look_at(&mut self, call: &Kept) {
        let Some(origin) = &call.aside.origin else { return };
        let Some(key) = &call.event.user_identity.access_key_id else { return };
        let from = call.event.source_ip_address.clone();
        let is_own = origin.private_ipv4.is_some_and(|ip| ip.to_string() == from);
        let program = call.aside.program.as_ref();
        let near = from.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
            || program.is_some_and(|program| program.on_this_machine);
        let stray = match self.given.get(key) {
            _ if is_own => None,
            Some(given) if given.addresses.contains(&from) || (near && given.on_this_machine) => {
                another(given, call)
            }
            Some(_) => Some(Stray::Address),
            // Handed out before the trail begins: a program of this machine may have been the one.
            None => (!near).then_some(Stray::Address),
        };
        if let Some(stray) = stray
            && let Some((tally, _)) =
                self.groups.group((key.clone(), from, stray), time(call), || origin.instance_arn.clone())
        {
            tally.add(call);
        }
    }

    pub(super) fn findings(self) -> Vec<Finding> {
        let given = self.given;
        let finding = |((key, from, stray), tally, instance): (
            (String, String, Stray),
            super::group::Tally,
            String,
        )| {
            let (severity, place) = match &stray {
                Stray::Address => (Severity::High, from.clone()),
                Stray::Container(id) => (Severity::High, format!("container {}", id.get(..12).unwrap_or(id))),
                Stray::User(id) => (Severity::Medium, format!("user {id} of this machine")),
            };
            let id = instance.rsplit('/').next().unwrap_or(&instance);
            let title = format!("credentials of {id} ({key}) are used by {place}");
            let mut evidence = vec![format!("{} from {from}: {}", tally.calls(), tally.operations())];
            evidence.extend(given.get(&key).into_iter().flat_map(|given| given.told.clone()));
            let why = "An instance's credentials are for its own programs. Used elsewhere, they were copied or stolen; they are good until \
                       they end, wherever they are."
                .to_owned();
            let advice = vec![
                "find out how they left: `linklocal trail --events credentials --access-key-id` with this key shows who was given them".to_owned(),
                "require tokens, so that a forged request gets none: `aws ec2 modify-instance-metadata-options --http-tokens required`".to_owned(),
                "deny the role what does not come from its instance: conditions on aws:EC2InstanceSourcePrivateIPv4 and aws:SourceIp".to_owned(),
                "end the sessions that there are: a Deny with aws:TokenIssueTime on the role".to_owned(),
            ];
            Finding { evidence, why, advice, ..tally.finding("credentials-elsewhere", severity, title) }
        };
        self.groups.into_iter().map(finding).collect()
    }
}

/// On the same machine: another container, or another user, than those who were given them.
fn another(given: &Given, call: &Kept) -> Option<Stray> {
    let program = call.aside.program.as_ref()?;
    if let Some(container) = &program.container_id
        && !given.containers.contains(&Some(container.clone()))
    {
        return Some(Stray::Container(container.clone()));
    }
    let user = program.user_id?;
    (!given.users.is_empty() && !given.users.contains(&user)).then_some(Stray::User(user))
}
