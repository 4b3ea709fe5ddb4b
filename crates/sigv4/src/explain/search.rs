//! Hypotheses are applied and recomputed until one gives what the other side showed.

use std::collections::HashMap;

use zeroize::Zeroizing;

use super::hypotheses::Hypothesis;
use super::view::{View, once};
use super::{Cause, Work};
use crate::v4a::{EcdsaPublicKey, EcdsaSignature};

/// What has to come out.
#[derive(Clone)]
pub(super) enum Target {
    Signature([u8; 32]),
    /// One of SigV4a: each candidate is a verification.
    Ecdsa(EcdsaSignature),
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

    /// Whether the base as it is gives the target.
    pub(super) fn gives(&self, target: &Target, work: &mut Work) -> bool {
        let key = self.view.key(work);
        target.fits(&self.view, &self.hash, &key, work)
    }
}

impl Target {
    fn fits(&self, view: &View<'_>, hash: &[u8; 32], key: &[u8], work: &mut Work) -> bool {
        work.tried += 1;
        match self {
            Self::Canonical(wanted) => hash == wanted,
            Self::Signature(wanted) => *once(key, &view.string_to_sign(hash), work) == *wanted,
            Self::Ecdsa(wanted) => {
                work.bytes += VERIFICATION;
                let half = |at: usize| key.get(at..at + 32).and_then(|half| <[u8; 32]>::try_from(half).ok());
                let public = half(0).zip(half(32));
                public
                    .and_then(|(x, y)| EcdsaPublicKey::from_coordinates(&x, &y).ok())
                    .is_some_and(|public| public.verify(&view.string_to_sign(hash), wanted))
            }
        }
    }
}

/// A verification counts like hashing so many bytes, which takes as long.
const VERIFICATION: u64 = 256 << 10;

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
    let mut search =
        Search { base, target, key: base.view.key(work), hashes: HashMap::new(), keys: HashMap::new() };
    let fits = (0..hypotheses.len()).filter(|index| search.allows(&hypotheses[*index]));
    // That everything is different is told only where nothing simpler fits.
    let (last, fits): (Vec<usize>, Vec<usize>) =
        fits.partition(|index| hypotheses[*index].cause == Cause::RequestChanged);
    if let Some(index) = search.first_single(&fits, hypotheses, work) {
        return Some(vec![&hypotheses[index]]);
    }
    if let Some((one, two)) = search.first_pair(&fits, hypotheses, work) {
        return Some(vec![&hypotheses[one], &hypotheses[two]]);
    }
    let whole = last.into_iter().find(|index| search.single(*index, &hypotheses[*index], work))?;
    Some(vec![&hypotheses[whole]])
}

struct Search<'s, 'v> {
    base: &'s Base<'v>,
    target: Target,
    /// Of the base.
    key: Zeroizing<Vec<u8>>,
    /// Of canonical requests with one hypothesis applied.
    hashes: HashMap<usize, [u8; 32]>,
    /// Derived with one hypothesis applied.
    keys: HashMap<usize, Zeroizing<Vec<u8>>>,
}

impl Search<'_, '_> {
    fn allows(&self, hypothesis: &Hypothesis) -> bool {
        match self.target {
            Target::Canonical(_) => self.base.text_known && hypothesis.touches_text(),
            Target::Signature(_) | Target::Ecdsa(_) => self.base.text_known || !hypothesis.touches_text(),
        }
    }

    fn first_single(&mut self, fits: &[usize], hypotheses: &[Hypothesis], work: &mut Work) -> Option<usize> {
        for index in fits {
            if work.is_spent() {
                work.cut_short = true;
                return None;
            }
            if self.single(*index, &hypotheses[*index], work) {
                return Some(*index);
            }
        }
        None
    }

    /// Pairs by the sum of their places, so that a limit cuts the unlikely ones.
    fn first_pair(
        &self,
        fits: &[usize],
        hypotheses: &[Hypothesis],
        work: &mut Work,
    ) -> Option<(usize, usize)> {
        let common: Vec<usize> = fits.iter().copied().filter(|index| hypotheses[*index].common).collect();
        for sum in 1..common.len().saturating_mul(2) {
            for first in sum.saturating_sub(common.len() - 1)..sum.div_ceil(2) {
                let (one, two) = (common[first], common[sum - first]);
                if work.is_spent() {
                    work.cut_short = true;
                    return None;
                }
                if !hypotheses[one].collides(&hypotheses[two])
                    && self.pair((one, &hypotheses[one]), (two, &hypotheses[two]), work)
                {
                    return Some((one, two));
                }
            }
        }
        None
    }

    fn single(&mut self, index: usize, hypothesis: &Hypothesis, work: &mut Work) -> bool {
        let mut view = self.base.view.clone();
        hypothesis.apply(&mut view);
        let hash = if hypothesis.touches_text() { view.hash(work) } else { self.base.hash };
        if !hypothesis.common {
            let key = hypothesis.touches_key().then(|| view.key(work));
            return self.target.fits(&view, &hash, key.as_ref().unwrap_or(&self.key), work);
        }
        self.hashes.insert(index, hash);
        if hypothesis.touches_key() {
            self.keys.insert(index, view.key(work));
        }
        self.target.fits(&view, &hash, self.keys.get(&index).unwrap_or(&self.key), work)
    }

    fn pair(&self, one: (usize, &Hypothesis), two: (usize, &Hypothesis), work: &mut Work) -> bool {
        let mut view = self.base.view.clone();
        one.1.apply(&mut view);
        two.1.apply(&mut view);
        let hash = match (self.hash_of(one), self.hash_of(two)) {
            (Some(_), Some(_)) => view.hash(work),
            (Some(hash), None) | (None, Some(hash)) => hash,
            (None, None) => self.base.hash,
        };
        match (self.keys.get(&one.0), self.keys.get(&two.0)) {
            (Some(_), Some(_)) => self.target.fits(&view, &hash, &view.key(work), work),
            (Some(key), None) | (None, Some(key)) => self.target.fits(&view, &hash, key, work),
            (None, None) => self.target.fits(&view, &hash, &self.key, work),
        }
    }

    /// Of the text with this one applied, where it touches the text.
    fn hash_of(&self, (index, hypothesis): (usize, &Hypothesis)) -> Option<[u8; 32]> {
        self.hashes.get(&index).copied().filter(|_| hypothesis.touches_text())
    }
}
