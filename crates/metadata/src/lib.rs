//! An instance seen through the metadata service.
//!
//! Pure: an instance and a request go in, an answer comes out. The tree is rendered when the instance changes, never
//! when it is read; time, randomness and keys are arguments. The requirement is facts/imds.md sections 1 and 2.

mod answer;
mod request;

pub use answer::{Access, Answer, Content, Live, SignatureKind, Status};
pub use request::{Field, Method, Request};
