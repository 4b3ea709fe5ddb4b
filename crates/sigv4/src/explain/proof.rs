//! From what is known to a verdict.

use super::redact::Known;
use super::{Explanation, Ours, Theirs, Verdict, Work, difference, parsed};

pub(super) fn explain(ours: &Ours<'_>, theirs: &Theirs) -> Explanation {
    let _ = (ours.request.as_ref().map(super::sent::Sent::read), theirs);
    blank()
}

pub(super) fn compare(ours: &[u8], theirs: &[u8]) -> Explanation {
    let mut out = blank();
    if let (Some(ours), Some(theirs)) = (parsed::parse(ours), parsed::parse(theirs)) {
        let all = difference::compare(&ours, &theirs, &Known::default());
        out.difference = all.into_iter().map(|one| one.shown).collect();
    }
    out
}

fn blank() -> Explanation {
    Explanation {
        verdict: Verdict::Unexplained,
        summary: String::new(),
        code: None,
        proven: None,
        stated: None,
        likely: Vec::new(),
        difference: Vec::new(),
        more_differences: 0,
        excluded: Vec::new(),
        ours: None,
        theirs: None,
        work: Work::default(),
    }
}
