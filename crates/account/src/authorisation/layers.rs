//! Which policies apply to a caller: gathered from the newest directory, layer by layer.
//!
//! Rule: a policy that is named and not there allows nothing. It is not left out: leaving out a boundary would lift it.

use std::sync::{Arc, LazyLock};

use policy::{Attached, DocumentKind, Layers, Policy};
use types::Arn;

use crate::Caller;
use crate::aws_managed;
use crate::directory::{Boundary, Directory, Role, User};
use crate::sessions::Session;

/// What the caller's own policies, boundary and session allow. The resource's policy is not among them.
pub(crate) fn of<'a>(directory: &'a Directory, caller: &'a Caller) -> Layers<'a> {
    match caller {
        Caller::User { user, .. } => of_user(directory, user),
        Caller::Role { role, session, .. } => {
            let session = session.claims.has_policies().then(|| session_policies(directory, session));
            Layers { session, ..of_role(directory, role) }
        }
        // Without a session policy nothing is allowed, so the layer is there in any case.
        Caller::Federated { user, session, .. } => {
            let by = match user {
                Some(user) => of_user(directory, user),
                None => of_root(),
            };
            Layers { session: Some(session_policies(directory, session)), ..by }
        }
        Caller::Root { .. }
        | Caller::InstanceIdentity { .. }
        | Caller::WebIdentity(_)
        | Caller::Anonymous => Layers::default(),
    }
}

/// A user's own policies, those of his groups, and his boundary.
pub(crate) fn of_user<'a>(directory: &'a Directory, user: &'a User) -> Layers<'a> {
    let mut identity = Vec::with_capacity(INLINE);
    push(directory, &mut identity, user.inline_policies.iter(), &user.attached_policies);
    for group in user.groups.iter().filter_map(|name| directory.groups.get(name)) {
        push(directory, &mut identity, group.inline_policies.iter(), &group.attached_policies);
    }
    Layers {
        identity,
        boundary: boundary(directory, user.permissions_boundary.as_ref()),
        ..Layers::default()
    }
}

/// A role's policies and its boundary.
pub(crate) fn of_role<'a>(directory: &'a Directory, role: &'a Role) -> Layers<'a> {
    let mut identity = Vec::with_capacity(INLINE);
    push(directory, &mut identity, role.inline_policies.iter(), &role.attached_policies);
    Layers {
        identity,
        boundary: boundary(directory, role.permissions_boundary.as_ref()),
        ..Layers::default()
    }
}

/// A managed policy, of the account or of AWS, by its ARN.
pub(crate) fn managed<'a>(directory: &'a Directory, arn: &str) -> Option<&'a Policy> {
    let name = arn.rsplit('/').next().unwrap_or_default();
    if let Some(policy) = directory.policies.get(name).filter(|policy| policy.arn.as_str() == arn) {
        return policy.versions.get(&policy.default_version).map(|version| version.document.policy());
    }
    aws_managed::get(arn).map(|managed| managed.policy().policy())
}

fn push<'a>(
    directory: &'a Directory,
    identity: &mut Vec<Attached<'a>>,
    inline: impl Iterator<Item = (&'a String, &'a crate::directory::PolicyText)>,
    attached: impl IntoIterator<Item = &'a Arn>,
) {
    identity.extend(inline.map(|(name, text)| Attached { name, policy: text.policy() }));
    identity.extend(attached.into_iter().map(|arn| named(directory, arn)));
}

fn boundary<'a>(directory: &'a Directory, boundary: Option<&'a Boundary>) -> Option<Attached<'a>> {
    boundary.map(|boundary| named(directory, &boundary.0))
}

fn session_policies<'a>(directory: &'a Directory, session: &'a Arc<Session>) -> Vec<Attached<'a>> {
    let inline = session.claims.policy.as_ref().map(|_| {
        let policy = session.policy().unwrap_or(&NOTHING);
        Attached { name: SESSION_POLICY, policy }
    });
    let managed = session.claims.policy_arns.iter().map(|arn| named(directory, arn));
    inline.into_iter().chain(managed).collect()
}

fn named<'a>(directory: &'a Directory, arn: &'a Arn) -> Attached<'a> {
    Attached { name: arn.as_str(), policy: managed(directory, arn.as_str()).unwrap_or(&NOTHING) }
}

/// Whoever the root user vouches for is bounded by the session's policies alone.
fn of_root() -> Layers<'static> {
    let identity = vec![Attached { name: "root", policy: &EVERYTHING }];
    Layers { identity, ..Layers::default() }
}

/// Allows what nobody needs to be allowed.
pub(super) static NOTHING: LazyLock<Policy> = LazyLock::new(|| fixed("sts:GetCallerIdentity"));
static EVERYTHING: LazyLock<Policy> = LazyLock::new(|| fixed("*"));

fn fixed(action: &str) -> Policy {
    let text = format!(
        "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"{action}\",\"Resource\":\"*\"}}]}}"
    );
    Policy::parse(&text, DocumentKind::Session).expect("it is one of two texts, both of them policies")
}

/// What an inline session policy is called in explanations.
const SESSION_POLICY: &str = "session policy";

/// Room for the policies that most have.
const INLINE: usize = 8;
