//! One fault: which requests it may befall, how many of them, and what becomes of those.

use std::time::Duration;

/// A fault of single requests.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultRule {
    /// Tells rules apart, and from one [`Faults`](super::Faults) to the next the same rule again: it goes on where it was.
    pub id: u32,
    pub target: FaultTarget,
    /// The version of the service whose requests it befalls; `None` for both.
    pub version: Option<ServiceVersion>,
    pub rate: FaultRate,
    pub effect: FaultEffect,
}

/// Which requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultTarget {
    /// Whatever arrives.
    Everything,
    /// PUT of a session token.
    Token,
    /// Reading below any version's root: all but [`FaultTarget::Token`] and [`FaultTarget::Container`].
    Metadata,
    /// The name of the role: `iam/security-credentials/` and its extended twin.
    RoleList,
    /// Documents that hold credentials: those of a role, and those of the instance's own identity.
    Credentials,
    /// The container credential endpoints.
    Container,
    /// Reading what is at or below a path such as `/latest/meta-data/iam`, as the path is when it has been normalised.
    Path(String),
}

/// By which version of the service a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServiceVersion {
    /// Without a session token.
    V1,
    /// With one, good or bad; and the request for one.
    V2,
}

/// Which share of the requests, in parts per million.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FaultRate(u32);

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultEffect {
    /// An error in the form that EC2 gives it: no body, or the page of 404.
    Status {
        status: FaultStatus,
        /// The seconds of `Retry-After`.
        retry_after: Option<u32>,
    },
    /// The right answer, that much later, at most [`FaultEffect::LONGEST_HOLD`].
    Slow(Duration),
    /// No answer: the connection stays open until the client ends it, at most [`FaultEffect::LONGEST_HOLD`].
    Hang,
    /// The connection ends with a TCP reset.
    Reset(ResetMoment),
    /// 401 to a session token, good as it may be. Requests without one are not befallen.
    RejectToken,
}

/// When a connection is reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetMoment {
    /// With no byte of the answer sent.
    BeforeAnswer,
    /// With status line and headers sent, and nothing of the body that they announce.
    AfterHead,
}

/// The status of an error: 400 to 599.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultStatus(u16);

impl FaultRate {
    pub const ALWAYS: Self = Self(MILLION);

    /// `None` above a million.
    pub fn parts_per_million(parts: u32) -> Option<Self> {
        (parts <= MILLION).then_some(Self(parts))
    }

    /// `None` outside 0 to 1.
    pub fn fraction(fraction: f64) -> Option<Self> {
        // Within bounds the product is, too; a millionth is as fine as it gets.
        (0.0..=1.0).contains(&fraction).then(|| Self((fraction * f64::from(MILLION)).round() as u32))
    }

    /// Whether the `n`-th request that the rule could befall is befallen.
    pub(super) fn picks(self, seed: u64, rule: u32, n: u64) -> bool {
        let word = mixed(mixed(mixed(seed) ^ u64::from(rule)) ^ n);
        // The upper half decides: times a million it still fits.
        ((word >> 32) * u64::from(MILLION)) >> 32 < u64::from(self.0)
    }
}

impl FaultStatus {
    /// `None` for what is no error.
    pub fn new(status: u16) -> Option<Self> {
        (400..600).contains(&status).then_some(Self(status))
    }

    pub fn code(self) -> u16 {
        self.0
    }
}

impl FaultEffect {
    /// Longer than any client waits: the longest known is a minute (facts/imds.md section 3.1).
    pub const LONGEST_HOLD: Duration = Duration::from_secs(300);
}

/// SplitMix64's finaliser, which turns counted numbers into evenly spread ones.
fn mixed(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

const MILLION: u32 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(rate: FaultRate, seed: u64, rule: u32, count: u64) -> Vec<bool> {
        (0..count).map(|n| rate.picks(seed, rule, n)).collect()
    }

    #[test]
    fn choices_follow_from_seed_rule_and_number() {
        let half = FaultRate::fraction(0.5).unwrap();
        let first = picked(half, 7, 1, 256);
        assert_eq!(picked(half, 7, 1, 256), first);
        assert_ne!(picked(half, 8, 1, 256), first);
        assert_ne!(picked(half, 7, 2, 256), first);
    }

    #[test]
    fn shares_come_out_as_asked_for() {
        for (fraction, seed) in [(0.0, 1), (0.01, 2), (0.25, 3), (0.5, 4), (0.999, 5), (1.0, 6)] {
            let rate = FaultRate::fraction(fraction).unwrap();
            let count = picked(rate, seed, 9, 100_000).into_iter().filter(|picked| *picked).count();
            let share = count as f64 / 100_000.0;
            // Five standard deviations of the widest case.
            assert!((share - fraction).abs() < 0.008, "{fraction}: {share}");
            if fraction == 0.0 || fraction == 1.0 {
                assert_eq!(share, fraction);
            }
        }
    }

    #[test]
    fn impossible_rates_and_statuses_are_refused() {
        for fraction in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert_eq!(FaultRate::fraction(fraction), None, "{fraction}");
        }
        assert_eq!(FaultRate::parts_per_million(1_000_000), Some(FaultRate::ALWAYS));
        assert_eq!(FaultRate::parts_per_million(1_000_001), None);
        for (status, valid) in [(200, false), (399, false), (400, true), (599, true), (600, false)] {
            assert_eq!(FaultStatus::new(status).is_some(), valid, "{status}");
        }
    }
}
