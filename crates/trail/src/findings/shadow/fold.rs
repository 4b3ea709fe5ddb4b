//! Calls of one maker that were seen in different lights, brought together.
//!
//! Rule: a program that ended before it could be looked up left calls of which less is known. They belong to those of which more is known
//! and nothing else; where two could be meant, they stay by themselves.

use super::{Group, Maker, PROCESSES, product};

/// Each maker once. Quadratic in groups, of which there are a thousand at most.
pub(super) fn folded(mut groups: Vec<Group>) -> Vec<Group> {
    groups.sort_by_key(|group| (knowledge(&group.maker), group.tally.first));
    let mut at = 0;
    while at < groups.len() {
        match home(&groups, at) {
            Some(home) => {
                let lesser = groups.remove(at);
                groups[home - 1].take(lesser);
            }
            None => at += 1,
        }
    }
    groups
}

/// The nearest of those behind `at` that can be meant, if it is one alone.
fn home(groups: &[Group], at: usize) -> Option<usize> {
    let lesser = &groups[at];
    let mut candidates = (at + 1..groups.len()).filter(|other| covers(&groups[*other], lesser));
    let first = candidates.next()?;
    let level = knowledge(&groups[first].maker);
    let rival = candidates.next().is_some_and(|second| knowledge(&groups[second].maker) == level);
    (!rival).then_some(first)
}

/// Whether all that is known of `lesser` is known of `greater`, and of `greater` more.
fn covers(greater: &Group, lesser: &Group) -> bool {
    let (more, less) = (&greater.maker, &lesser.maker);
    knowledge(more) > knowledge(less)
        && (&more.access_key_id, &more.address) == (&less.access_key_id, &less.address)
        && product(greater.caller.user_agent.as_ref()) == product(lesser.caller.user_agent.as_ref())
        && is_part(less.program.as_ref(), more.program.as_ref())
        && is_part(less.script.as_ref(), more.script.as_ref())
        && is_part(less.container_id.as_ref(), more.container_id.as_ref())
        && is_part(less.user_id.as_ref(), more.user_id.as_ref())
        && is_part(less.source.as_ref(), more.source.as_ref())
        // A program without a script is another than one with a script.
        && (less.program.is_none() || less.script == more.script)
}

fn is_part<T: PartialEq>(less: Option<&T>, more: Option<&T>) -> bool {
    less.is_none() || less == more
}

fn knowledge(maker: &Maker) -> usize {
    let Maker { program, script, user_id, container_id, source, .. } = maker;
    [program.is_some(), script.is_some(), user_id.is_some(), container_id.is_some(), source.is_some()]
        .into_iter()
        .filter(|known| *known)
        .count()
}

impl Group {
    fn take(&mut self, lesser: Self) {
        self.tally.take(lesser.tally);
        self.caller.untraced += lesser.caller.untraced;
        let room = PROCESSES.saturating_sub(self.caller.processes.len());
        self.caller.processes.extend(lesser.caller.processes.into_iter().take(room));
    }
}
