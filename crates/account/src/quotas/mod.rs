//! Service Quotas: what there is, what was raised, and requests to raise.
//!
//! Rule: what is in force is stored, or follows from stored times: [`value`] is what holds now.

pub mod catalogue;
mod value;
mod vcpu;

pub use value::{place, value};
pub use vcpu::{vcpu_limit_exceeded, vcpu_quota};
