//! Whether a caller may do what he asks: the one place where policies are gathered and decided on.
//!
//! Rule: what is not found denies. A boundary or a session policy that is gone, or cannot be read, allows nothing; a role that is
//! not there trusts nobody (facts/account.md sections 2.1 and 2.6).

mod arrival;
mod bucket;
mod context;
pub(crate) mod layers;
mod trust;

#[cfg(test)]
pub(crate) mod tests;

use std::borrow::Cow;

use policy::{Context, Decision, Denial, Layer, Layers, Principal, Request};
use types::{AccountId, Timestamp};

use crate::denial::Denied;
use crate::directory::Directory;
use crate::{Caller, Check};

pub use arrival::Arrival;
pub(crate) use context::spelled;
use trust::Trust;

/// Decides one check.
///
/// # Errors
/// The caller may not; with all that an explanation needs.
pub fn authorise(
    directory: &Directory,
    caller: &Caller,
    arrival: &Arrival,
    check: &Check,
    now: Timestamp,
) -> Result<(), Box<Denied>> {
    let holder = check.web_identity.clone().map(Caller::WebIdentity);
    let caller = holder.as_ref().unwrap_or(caller);
    let bucket = bucket::of(directory, check);
    // A bucket that is here is this account's, whether or not the check says so: nobody else is at home in it.
    let owner = check.resource_account.or_else(|| bucket.map(|_| directory.account_id()));
    let context = context::of(caller, arrival, check, owner, now);
    let mut layers = layers::of(directory, caller);
    if let Some(bucket) = bucket {
        bucket::apply(&mut layers, directory, bucket, caller, check);
    }
    let principal = caller.principal();
    match Trust::of(directory, check) {
        Trust::NotAsked => {}
        Trust::NoRole => return Err(no_role(caller, &owned(check, owner), &context, now)),
        Trust::Of(role) => layers.resource = Some(trust::policy(role)),
    }
    let request = Request { resource_account: owner, ..request(&principal, check, &context) };
    match policy::decide(&request, &layers) {
        Decision::Allowed => Ok(()),
        Decision::Denied(denial) => {
            Err(Denied::new(caller, &owned(check, owner), now, denial, &request, &layers))
        }
    }
}

/// The check with its resource's owner.
fn owned(check: &Check, owner: Option<AccountId>) -> Cow<'_, Check> {
    if check.resource_account == owner {
        return Cow::Borrowed(check);
    }
    Cow::Owned(Check { resource_account: owner, ..check.clone() })
}

/// A role that is not there is denied as one that does not trust the caller is.
fn no_role(caller: &Caller, check: &Check, context: &Context, now: Timestamp) -> Box<Denied> {
    let denial = Denial { explicit: false, layer: Layer::Trust, statement: None };
    let request = request(&Principal::Anonymous, check, context);
    Denied::new(caller, check, now, denial, &request, &Layers::default())
}

fn request<'a>(principal: &'a Principal, check: &'a Check, context: &'a Context) -> Request<'a> {
    Request {
        principal,
        action: check.action,
        resource: &check.resource,
        resource_account: check.resource_account,
        context,
    }
}
