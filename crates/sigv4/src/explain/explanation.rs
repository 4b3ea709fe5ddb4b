//! What an explanation says.

use super::Cause;
use super::difference::LineDifference;

/// Why a signature did not match. All texts are redacted and fit to print; `Display` makes a page for people of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub verdict: Verdict,
    /// One sentence: what is known now.
    pub summary: String,
    /// The code of the other side's refusal, such as `SignatureDoesNotMatch`.
    pub code: Option<String>,
    /// The cause whose recomputation gave what the other side showed.
    pub proven: Option<Finding>,
    /// What the other side says itself: a wrong region, a clock that is off.
    pub stated: Option<Finding>,
    /// Causes that nothing proves, best first; at most twelve.
    pub likely: Vec<Finding>,
    /// Line by line, in the order of a canonical request; at most 64.
    pub difference: Vec<LineDifference>,
    /// How many differences more there are.
    pub more_differences: usize,
    /// Causes that were tried and do not reproduce what the other side showed.
    pub excluded: Vec<Cause>,
    /// The canonical requests, where known.
    pub ours: Option<Text>,
    pub theirs: Option<Text>,
    pub work: Work,
}

/// How sure the explanation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A cause was recomputed and gave what the other side showed.
    Proven,
    /// The other side says what is wrong.
    Stated,
    /// There are causes that fit, without proof.
    Likely,
    /// The signature is the right one for this request and secret.
    Agrees,
    /// Nothing fits.
    Unexplained,
}

/// One cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub cause: Cause,
    /// Where it took two changes at once.
    pub and: Option<Cause>,
    /// What was found, and where.
    pub what: String,
    /// What to do, in one sentence.
    pub cure: String,
    /// Why this is said: what was recomputed, or what points to it.
    pub evidence: String,
}

/// A canonical request as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Redacted, at most 64 KiB.
    pub text: String,
    /// SHA-256 of the exact bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// Whether the bytes are known to be exact. A text that passed through an answer's encoding may have lost white space.
    pub exact: bool,
}

/// What was done to come to the explanation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Signatures and hashes of canonical requests that were computed and compared.
    pub tried: u32,
    /// HMACs, the derivation of keys included.
    pub hmacs: u32,
    /// Bytes hashed.
    pub bytes: u64,
    /// Whether the bound was reached before all hypotheses were tried.
    pub cut_short: bool,
}

impl Work {
    /// No more signatures than these are compared with the other side's: some 0.1 s on one core.
    pub const MAX_SIGNATURES: u32 = 60_000;
    /// No more bytes than these are hashed: some 0.3 s on one core.
    pub const MAX_BYTES: u64 = 512 << 20;
}

impl Verdict {
    /// A word for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Stated => "stated",
            Self::Likely => "likely",
            Self::Agrees => "agrees",
            Self::Unexplained => "unexplained",
        }
    }
}
