//! `SimulatePrincipalPolicy`: with the policies that a user, a group or a role has.

use super::super::attachment;
use super::super::policy::{Holder, Managed, find};
use super::arn::{PolicySource, SimulatedCaller};
use super::exclusion::Exclusion;
use super::request::{Parts, Simulated, Simulation};
use super::source::{Source, SourceKind};
use crate::ServiceError;
use crate::directory::Directory;

/// `source_arn` is whose policies; it is the caller as well, unless the request names another one.
pub fn principal_policy(
    directory: &Directory,
    source_arn: &str,
    exclusions: &[Exclusion<'_>],
    request: &Simulation<'_>,
) -> Result<Simulated, ServiceError> {
    exclusions.iter().try_for_each(Exclusion::check)?;
    let source = PolicySource::read(directory, source_arn)?;
    let kept = sources(directory, &source, exclusions)?;
    let (boundary, identity) = kept.into_iter().partition(|source| source.kind == SourceKind::Boundary);
    let caller = match request.caller_arn {
        Some(arn) => SimulatedCaller::read(arn)?,
        None => SimulatedCaller::read(source.arn.as_str())?,
    };
    request.run(directory, Parts { identity, boundary, caller: Some(caller) })
}

/// The principal's own policies, those of its groups, and its boundary, but what is left out. A policy that it has twice counts
/// once.
pub(super) fn sources(
    directory: &Directory,
    source: &PolicySource,
    exclusions: &[Exclusion<'_>],
) -> Result<Vec<Source>, ServiceError> {
    let mut holders = vec![source.holder()];
    if let Holder::User(name) = source.holder() {
        holders.extend(directory.user(name)?.groups.iter().map(|group| Holder::Group(group)));
    }
    let (mut sources, mut seen) = (Vec::new(), std::collections::HashSet::new());
    for holder in holders {
        let held = holder.find(directory)?;
        for (name, document) in held.inline {
            if !exclusions.iter().any(|exclusion| exclusion.means_inline(holder, held.name, name)) {
                let id = format!("{}_{}_{name}", holder.kind(), held.name);
                sources.push(Source::kept(id, SourceKind::Identity, document.policy()));
            }
        }
        for attached in attachment::attached(directory, holder, None)? {
            let Some(policy) = find(directory, attached.arn.as_str())? else { continue };
            let excluded = exclusions.iter().any(|exclusion| exclusion.means_managed(policy));
            if !excluded && seen.insert(policy.arn().as_str()) {
                sources.push(managed(policy, SourceKind::Identity));
            }
        }
    }
    let boundary = source.holder().find(directory)?.boundary;
    if let Some(boundary) = boundary.filter(|_| !exclusions.iter().any(Exclusion::means_boundary)) {
        let policy = find(directory, boundary.0.as_str())?;
        sources.extend(policy.map(|policy| managed(policy, SourceKind::Boundary)));
    }
    Ok(sources)
}

fn managed(policy: Managed<'_>, kind: SourceKind) -> Source {
    Source::kept(policy.name().to_owned(), kind, policy.document().policy())
}
