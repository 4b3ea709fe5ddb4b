//! What `sign`, `presign` and `verify` share: the key, the scope, the time, and requests as they come in.

mod address;
mod claim;
mod explanation;
mod host;
mod input;
mod keys;
mod moment;
mod pasted;
mod plan;
mod request;
mod scope;
mod signature;
mod steps;

pub(super) use address::{Endpoint, Located, S3Uri};
pub(super) use claim::Claim;
pub(super) use explanation::ExplanationObject;
pub(super) use host::Told;
pub(super) use input::{file, stdin};
pub(super) use keys::{Keys, Origin, Reach};
pub(super) use moment::Moment;
pub(super) use pasted::{is_curl, is_url, message_of, method, web};
pub(super) use plan::{Plan, Reason, reasons_text};
pub(super) use request::{Incoming, Wire, host, with_headers};
pub(super) use scope::{Chosen, Hint, Place};
pub(super) use signature::{Added, Texts, sign_header, sign_query};
pub(super) use steps::Steps;
