//! The policy simulator: `SimulateCustomPolicy`, `SimulatePrincipalPolicy`, and the keys that policies ask for.
//!
//! Rule: the simulator is not the evaluator. Where AWS's own differ, this one follows the simulator as it was captured (stackd,
//! 2026-09-11; facts/account.md section 2.8): a policy of the resource that allows is enough in the caller's own account whatever
//! the boundary says, statements are named by places of the text, and numbers must be numbers.

mod arn;
mod context;
mod evaluate;
mod exclusion;
mod keys;
mod place;
mod principal;
mod request;
mod source;

pub use arn::source_holder;
pub use context::ContextEntry;
pub use evaluate::{EvaluationResult, MatchedStatement, ResourceResult, Verdict};
pub use exclusion::{Exclusion, InlineOwner};
pub use keys::{custom_keys, principal_keys};
pub use policy::document::Position;
pub use principal::principal_policy;
pub use request::{Simulated, Simulation, custom_policy};
