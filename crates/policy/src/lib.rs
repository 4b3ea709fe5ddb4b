//! IAM policies: documents with source positions, matching, conditions, and decisions with their trace.
//!
//! Rule: data in, data out. A policy is parsed and compiled once; a decision reads what was compiled, allocates nothing for an
//! allowed request, and can say afterwards which statement at which line decided. Where captures of AWS and its documentation
//! differ, the captures count (facts/account.md sections 2.1 to 2.5).

mod context;
mod decision;
pub mod document;
mod literal;
mod pattern;
mod policy;
mod principal;
mod statement;
mod template;
mod trace;

pub use context::{Context, ContextValue};
pub use decision::{
    Attached, Decision, Denial, Layer, Layers, Request, ResourcePolicy, ResourcePolicyKind, Rules,
    StatementRef, decide, decide_by,
};
pub use document::{Document, DocumentKind, PolicyError};
pub use policy::Policy;
pub use principal::Principal;
pub use statement::condition::Outcome;
pub use trace::{ConditionTrace, StatementTrace, Trace, trace, trace_by};
