//! Service Quotas: what there is, what was raised, and requests to raise.
//!
//! Rule: what is in force is stored, or follows from stored times: [`value()`] is what holds now.

pub mod catalogue;
pub mod refusal;
mod request;
mod rules;
mod value;
mod vcpu;

pub use request::{QuotaStatus, Wanted, ask, decide, is_due, known, set, settle_due};
pub use rules::QuotaRules;
pub use value::{place, value, value_at, value_for};
pub use vcpu::{vcpu_limit_exceeded, vcpu_quota};
