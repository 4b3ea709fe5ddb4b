//! Hypotheses are applied and recomputed until one gives what the other side showed.

use std::collections::HashMap;

use zeroize::Zeroizing;

use super::Work;
use super::hypotheses::Hypothesis;
use super::view::{View, once};

/// What has to come out.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Signature([u8; 32]),
    /// The hash of a canonical request.
    Canonical([u8; 32]),
}

/// Where a search begins.
#[derive(Clone)]
pub(super) struct Base<'a> {
    pub(super) view: View<'a>,
    /// Of the canonical request; of a text that is not known to the byte the hash may be known all the same.
    pub(super) hash: [u8; 32],
    pub(super) text_known: bool,
}

impl<'a> Base<'a> {
    pub(super) fn of(view: View<'a>, work: &mut Work) -> Self {
        let hash = view.hash(work);
        Self { view, hash, text_known: true }
    }

    pub(super) fn sign(&self, work: &mut Work) -> [u8; 32] {
        work.tried += 1;
        self.view.sign(&self.hash, work)
    }
}

impl Work {
    pub(super) fn is_spent(&self) -> bool {
        self.tried >= Self::MAX_SIGNATURES || self.bytes >= Self::MAX_BYTES
    }
}

/// The first hypothesis, or pair of them, that gives the target.
pub(super) fn find<'h>(
    base: &Base<'_>,
    hypotheses: &'h [Hypothesis],
    target: Target,
    work: &mut Work,
) -> Option<Vec<&'h Hypothesis>> {
    let mut search = Search { base, target, key: Zeroizing::new(Vec::new()), hashes: HashMap::new() };
    search.key = base.view.key(work);
    let fits: Vec<usize> = (0..hypotheses.len()).filter(|index| search.allows(&hypotheses[*index])).collect();
    for index in &fits {
        if work.is_spent() {
            work.cut_short = true;
            return None;
        }
        if search.single(*index, &hypotheses[*index], work) {
            return Some(vec![&hypotheses[*index]]);
        }
    }
    let common: Vec<usize> = fits.into_iter().filter(|index| hypotheses[*index].common).collect();
    // Those first whose members come first: pairs by the sum of their places, so that a limit cuts the unlikely ones.
    for sum in 1..common.len().saturating_mul(2) {
        for first in sum.saturating_sub(common.len() - 1)..sum.div_ceil(2) {
            let (one, two) = (common[first], common[sum - first]);
            if work.is_spent() {
                work.cut_short = true;
                return None;
            }
            if !hypotheses[one].collides(&hypotheses[two])
                && search.pair((one, &hypotheses[one]), (two, &hypotheses[two]), work)
            {
                return Some(vec![&hypotheses[one], &hypotheses[two]]);
            }
        }
    }
    None
}

struct Search<'s, 'v> {
    base: &'s Base<'v>,
    target: Target,
    /// Of the base.
    key: Zeroizing<Vec<u8>>,
    /// Of canonical requests with one hypothesis applied.
    hashes: HashMap<usize, [u8; 32]>,
}

impl Search<'_, '_> {
    fn allows(&self, hypothesis: &Hypothesis) -> bool {
        match self.target {
            Target::Canonical(_) => self.base.text_known && hypothesis.touches_text(),
            Target::Signature(_) => self.base.text_known || !hypothesis.touches_text(),
        }
    }

    fn single(&mut self, index: usize, hypothesis: &Hypothesis, work: &mut Work) -> bool {
        let mut view = self.base.view.clone();
        hypothesis.apply(&mut view);
        let hash = if hypothesis.touches_text() { view.hash(work) } else { self.base.hash };
        if hypothesis.common {
            self.hashes.insert(index, hash);
        }
        self.fits(&view, &hash, hypothesis.touches_key(), work)
    }

    fn pair(&self, one: (usize, &Hypothesis), two: (usize, &Hypothesis), work: &mut Work) -> bool {
        let mut view = self.base.view.clone();
        one.1.apply(&mut view);
        two.1.apply(&mut view);
        let hash = match (one.1.touches_text(), two.1.touches_text()) {
            (true, true) => view.hash(work),
            (true, false) => self.hashes.get(&one.0).copied().unwrap_or(self.base.hash),
            (false, true) => self.hashes.get(&two.0).copied().unwrap_or(self.base.hash),
            (false, false) => self.base.hash,
        };
        self.fits(&view, &hash, one.1.touches_key() || two.1.touches_key(), work)
    }

    fn fits(&self, view: &View<'_>, hash: &[u8; 32], other_key: bool, work: &mut Work) -> bool {
        work.tried += 1;
        match self.target {
            Target::Canonical(wanted) => *hash == wanted,
            Target::Signature(wanted) => {
                let to_sign = view.string_to_sign(hash);
                let signature = if other_key {
                    once(&view.key(work)[..], &to_sign, work)
                } else {
                    once(&self.key, &to_sign, work)
                };
                *signature == wanted
            }
        }
    }
}
