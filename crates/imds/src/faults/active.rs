//! Faults that are switched on, and how many requests each could have befallen.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use types::{InstanceId, Timestamp};

use super::packets::Allowances;
use super::{ClockOffset, FaultEffect, FaultRule, FaultTarget, Faults, ServiceVersion};
use crate::observation::RequestKind;

/// [`Faults`] at work. What it counts outlives it where the next faults have the same rule or budget.
#[derive(Debug)]
pub(crate) struct Active {
    faults: Faults,
    /// Of each rule, the requests that it could have befallen.
    counts: Vec<Arc<AtomicU64>>,
    allowances: Option<Arc<Allowances>>,
}

/// A request, as faults see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) instance_id: Option<&'a InstanceId>,
    pub(crate) kind: RequestKind,
    /// In its normal form.
    pub(crate) path: &'a str,
    /// Whether it is GET or HEAD.
    pub(crate) is_read: bool,
    pub(crate) has_token: bool,
}

impl Active {
    pub(crate) fn new(faults: Faults, before: Option<&Self>) -> Self {
        let count = |rule: &FaultRule| before.and_then(|before| before.count_of(rule.id)).unwrap_or_default();
        let budget = faults.packet_budget;
        let known = before.and_then(|before| before.allowances.clone());
        let allowances = budget.map(|budget| {
            known.filter(|known| known.budget() == budget).unwrap_or_else(|| Allowances::new(budget).into())
        });
        Self { counts: faults.rules.iter().map(count).collect(), allowances, faults }
    }

    pub(crate) fn clock_offset(&self) -> ClockOffset {
        self.faults.clock_offset
    }

    /// Whether anything of this befalls the instance.
    pub(crate) fn concerns(&self, instance_id: Option<&InstanceId>) -> bool {
        self.faults.instance_id.is_none() || self.faults.instance_id.as_ref() == instance_id
    }

    /// Session tokens issued before then are lost.
    pub(crate) fn tokens_lost_before(&self) -> Option<Timestamp> {
        self.faults.tokens_lost_before
    }

    /// Takes a request's packets out of its instance's allowance, if they are there.
    pub(crate) fn has_room(&self, subject: &Subject<'_>, opens_connection: bool, now: Timestamp) -> bool {
        match (&self.allowances, subject.instance_id) {
            (Some(allowances), Some(id)) if self.concerns(Some(id)) => {
                allowances.take(id, opens_connection, now)
            }
            _ => true,
        }
    }

    /// The first rule that befalls the request. Every rule that could have counts it, so that no rule's choices depend on
    /// another's.
    pub(crate) fn rule(&self, subject: &Subject<'_>) -> Option<(u32, FaultEffect)> {
        if !self.concerns(subject.instance_id) {
            return None;
        }
        let mut found = None;
        for (rule, count) in self.faults.rules.iter().zip(&self.counts) {
            if rule.could_befall(subject) {
                let n = count.fetch_add(1, Relaxed);
                if found.is_none() && rule.rate.picks(self.faults.seed, rule.id, n) {
                    found = Some((rule.id, rule.effect.clone()));
                }
            }
        }
        found
    }

    fn count_of(&self, id: u32) -> Option<Arc<AtomicU64>> {
        let place = self.faults.rules.iter().position(|rule| rule.id == id)?;
        Some(Arc::clone(&self.counts[place]))
    }
}

impl FaultRule {
    fn could_befall(&self, subject: &Subject<'_>) -> bool {
        let is_metadata = !matches!(subject.kind, RequestKind::Token | RequestKind::Container);
        let aimed_at = match &self.target {
            FaultTarget::Everything => true,
            FaultTarget::Token => subject.kind == RequestKind::Token,
            FaultTarget::Metadata => is_metadata && subject.is_read,
            FaultTarget::RoleList => subject.kind == RequestKind::RoleList && subject.is_read,
            FaultTarget::Credentials => subject.kind == RequestKind::Credentials && subject.is_read,
            FaultTarget::Container => subject.kind == RequestKind::Container,
            FaultTarget::Path(path) => is_metadata && subject.is_read && is_below(subject.path, path),
        };
        let of_version = match self.version {
            None => true,
            Some(ServiceVersion::V1) => is_metadata && !subject.has_token,
            Some(ServiceVersion::V2) => {
                subject.kind == RequestKind::Token || (is_metadata && subject.has_token)
            }
        };
        let has_effect = match self.effect {
            FaultEffect::RejectToken => is_metadata && subject.has_token,
            _ => true,
        };
        aimed_at && of_version && has_effect
    }
}

/// Whether `path` is `root` or below it.
fn is_below(path: &str, root: &str) -> bool {
    let root = root.trim_end_matches('/');
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::faults::FaultRate;

    fn rule(id: u32, target: FaultTarget) -> FaultRule {
        FaultRule { id, target, version: None, rate: FaultRate::ALWAYS, effect: FaultEffect::Hang }
    }

    fn subject(kind: RequestKind, path: &str) -> Subject<'_> {
        Subject { instance_id: None, kind, path, is_read: kind != RequestKind::Token, has_token: true }
    }

    #[test]
    fn targets_are_what_they_say() {
        let token = subject(RequestKind::Token, "/latest/api/token");
        let list = subject(RequestKind::RoleList, "/latest/meta-data/iam/security-credentials");
        let credentials = subject(RequestKind::Credentials, "/latest/meta-data/iam/security-credentials/r");
        let other = subject(RequestKind::Metadata, "/latest/meta-data/instance-id");
        let container = subject(RequestKind::Container, "/v2/credentials");
        let all = [token, list, credentials, other, container];
        for (target, expected) in [
            (FaultTarget::Everything, [true; 5]),
            (FaultTarget::Token, [true, false, false, false, false]),
            (FaultTarget::Metadata, [false, true, true, true, false]),
            (FaultTarget::RoleList, [false, true, false, false, false]),
            (FaultTarget::Credentials, [false, false, true, false, false]),
            (FaultTarget::Container, [false, false, false, false, true]),
            (FaultTarget::Path("/latest/meta-data/iam/".to_owned()), [false, true, true, false, false]),
            (FaultTarget::Path("/latest/meta-data/instance-i".to_owned()), [false; 5]),
            (FaultTarget::Path("/".to_owned()), [false, true, true, true, false]),
        ] {
            let rule = rule(1, target);
            assert_eq!(all.map(|subject| rule.could_befall(&subject)), expected, "{:?}", rule.target);
        }
    }

    #[test]
    fn versions_are_told_by_the_token() {
        let v2 = subject(RequestKind::Metadata, "/latest");
        let v1 = Subject { has_token: false, ..v2 };
        let put = subject(RequestKind::Token, "/latest/api/token");
        for (version, effect, expected) in [
            (None, FaultEffect::Hang, [true; 3]),
            (Some(ServiceVersion::V1), FaultEffect::Hang, [true, false, false]),
            (Some(ServiceVersion::V2), FaultEffect::Hang, [false, true, true]),
            (None, FaultEffect::RejectToken, [false, true, false]),
        ] {
            let rule = FaultRule { version, effect, ..rule(1, FaultTarget::Everything) };
            assert_eq!([v1, v2, put].map(|subject| rule.could_befall(&subject)), expected, "{rule:?}");
        }
    }

    #[test]
    fn a_rule_goes_on_where_it_was_and_depends_on_no_other() {
        let half = FaultRule { rate: FaultRate::fraction(0.5).unwrap(), ..rule(2, FaultTarget::Metadata) };
        let alone = Faults { seed: 5, rules: vec![half.clone()], ..Faults::default() };
        let subject = subject(RequestKind::Metadata, "/latest");
        let straight = Active::new(alone.clone(), None);
        let expected: Vec<bool> = (0..64).map(|_| straight.rule(&subject).is_some()).collect();

        let slow = FaultRule { effect: FaultEffect::Slow(Duration::ZERO), ..rule(1, FaultTarget::Metadata) };
        let before = Active::new(alone, None);
        let mut found: Vec<bool> = (0..20).map(|_| before.rule(&subject).is_some()).collect();
        let both = Faults { seed: 5, rules: vec![half, slow], ..Faults::default() };
        let after = Active::new(both, Some(&before));
        found.extend((20..64).map(|_| after.rule(&subject).unwrap().0 == 2));
        assert_eq!(found, expected);
    }

    #[test]
    fn one_instances_faults_are_not_anothers() {
        let id: InstanceId = "i-0123456789abcdef0".parse().unwrap();
        let other: InstanceId = "i-0123456789abcdef1".parse().unwrap();
        let faults = Faults {
            instance_id: Some(id.clone()),
            rules: vec![rule(1, FaultTarget::Everything)],
            ..Faults::default()
        };
        let active = Active::new(faults, None);
        for (instance_id, befallen) in [(None, false), (Some(&other), false), (Some(&id), true)] {
            let subject = Subject { instance_id, ..subject(RequestKind::Metadata, "/") };
            assert_eq!(active.rule(&subject).is_some(), befallen, "{instance_id:?}");
        }
    }
}
