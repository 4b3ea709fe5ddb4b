//! By what a role is known to have been there for whoever used keys.

use super::super::{HandOut, Standing};
use super::{Caller, Maker, is_loopback, product};

/// Why a role is held to be shadowed, the strongest reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
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
pub(super) struct Displaced {
    pub(super) reason: Reason,
    pub(super) role: String,
    pub(super) instance_id: Option<String>,
    pub(super) told: String,
}

/// Whether who was handed this role is who made these calls.
pub(super) fn displaced(hand_out: &HandOut, maker: &Maker, caller: &Caller) -> Option<Displaced> {
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
pub(super) fn stands(instance: &Standing, maker: &Maker, caller: &Caller) -> Option<Displaced> {
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
pub(super) fn is_near(caller: &Caller, maker: &Maker) -> bool {
    caller.program.on_this_machine || is_loopback(&maker.address)
}

fn is_near_too(hand_out: &HandOut) -> bool {
    hand_out.program.on_this_machine || hand_out.program.address.is_some_and(|ip| ip.is_loopback())
}

/// By the first word of the user agent, which names the SDK; what everybody calls with names nobody.
fn same_product(hand_out: &HandOut, caller: &Caller) -> bool {
    let (given, own) = (product(hand_out.user_agent.as_ref()), product(caller.user_agent.as_ref()));
    !own.is_empty() && given == own
}
