//! Why two sides came to different signatures.
//!
//! Rule: a cause is *proven* only where the request, changed in just that way, gives a signature (or the hash of a canonical
//! request) that the other side really showed; all else is *likely*, ranked, with its reason. Nothing that is handed out,
//! `Debug` included, holds a secret, a session token or a whole signature. Source: facts/sigv4.md section 8; IAM User Guide,
//! "Troubleshoot Signature Version 4 signing for AWS API requests".

mod advice;
pub mod answer;
mod cause;
mod clock;
mod difference;
mod display;
mod escape;
mod explanation;
mod form;
mod grounds;
mod hypotheses;
mod likely;
mod masked;
mod ours;
mod parsed;
mod proof;
pub mod redact;
mod search;
mod sent;
mod view;

pub use answer::Theirs;
pub use cause::Cause;
pub use difference::{Line, LineDifference};
pub use explanation::{Explanation, Finding, Text, Verdict, Work};
pub use ours::{Key, Ours, Side};

/// Explains why the other side did not accept a signature, or why a signature that was received is not the one expected.
///
/// Never fails: what cannot be read is left out, and the explanation says less. The work is bounded by
/// [`Work::MAX_SIGNATURES`] and [`Work::MAX_BYTES`].
pub fn mismatch(ours: &Ours<'_>, theirs: &Theirs) -> Explanation {
    proof::explain(ours, theirs)
}

/// Compares two canonical requests. Without a signature nothing is proven: causes are likely at best.
pub fn compare(ours: &[u8], theirs: &[u8]) -> Explanation {
    proof::compare(ours, theirs)
}
