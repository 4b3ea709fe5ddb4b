//! The verifier's side: which step a code is of, and how far the clock of a device is off (RFC 6238 sections 5.2 and 6).

use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};
use types::Timestamp;

use crate::seed::Seed;
use crate::step::Step;

impl Seed {
    /// The step that `code` is of, among those at most `window` away from that of `now`; the latest of them, were two to have
    /// one code. Looks at every step and compares in constant time.
    ///
    /// The caller remembers the step: a code is good once, so one that is not after the last that was taken is refused.
    pub fn check(&self, code: &str, now: Timestamp, window: u32) -> Option<Step> {
        self.search(Step::at(now), window, |step| self.is_code_of(code, step))
    }

    /// The step of `first` where `second` is the code of the next: a device that is linked or brought back into step. `reach`
    /// may be far wider than the window of [`Seed::check`], since two codes in a row are hard to hit by chance.
    pub fn check_pair(&self, first: &str, second: &str, now: Timestamp, reach: u32) -> Option<Step> {
        self.search(Step::at(now), reach, |step| {
            self.is_code_of(first, step) & self.is_code_of(second, step.next())
        })
    }

    fn search(&self, middle: Step, reach: u32, matches: impl Fn(Step) -> Choice) -> Option<Step> {
        let steps = middle.0.saturating_sub(u64::from(reach))..=middle.0.saturating_add(u64::from(reach));
        let (mut found, mut at) = (Choice::from(0), 0);
        for step in steps {
            let hit = matches(Step(step));
            at.conditional_assign(&step, hit);
            found |= hit;
        }
        bool::from(found).then_some(Step(at))
    }

    fn is_code_of(&self, code: &str, step: Step) -> Choice {
        self.code_at(step).expose().as_bytes().ct_eq(code.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seed() -> Seed {
        Seed::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap()
    }

    #[test]
    fn only_codes_within_the_window_are_found() {
        let now = Timestamp::from_secs(1_234_567_890);
        let middle = Step::at(now);
        for (away, found) in [(0, true), (1, true), (2, false)] {
            for step in [Step(middle.0 - away), Step(middle.0 + away)] {
                let code = seed().code_at(step);
                assert_eq!(seed().check(code.expose(), now, 1), found.then_some(step), "{away}");
            }
        }
        for wrong in ["", "00592", "0059240", " 05924", "x05924"] {
            assert_eq!(seed().check(wrong, now, 1), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_pair_is_two_codes_in_a_row() {
        let now = Timestamp::from_secs(1_234_567_890);
        let late = Step(Step::at(now).0 - 40);
        let (first, second) = (seed().code_at(late), seed().code_at(late.next()));
        assert_eq!(seed().check_pair(first.expose(), second.expose(), now, 120), Some(late));
        assert_eq!(seed().check_pair(first.expose(), second.expose(), now, 39), None, "out of reach");
        assert_eq!(seed().check_pair(second.expose(), first.expose(), now, 120), None, "the wrong way round");
        assert_eq!(seed().check_pair(first.expose(), first.expose(), now, 120), None, "one code twice");
    }

    proptest! {
        #[test]
        fn a_code_is_found_where_it_is_made(
            bytes in proptest::collection::vec(any::<u8>(), 10..64), millis in 0i64..=Timestamp::MAX.millis(), window in 0u32..4,
        ) {
            let seed = Seed::from_bytes(types::Secret::new(bytes)).unwrap();
            let now = Timestamp::from_millis(millis);
            let found = seed.check(seed.code(now).expose(), now, window).unwrap();
            prop_assert_eq!(seed.code_at(found), seed.code(now));
            prop_assert!(found.0.abs_diff(Step::at(now).0) <= u64::from(window));
        }
    }
}
