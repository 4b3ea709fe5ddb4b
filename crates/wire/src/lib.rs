//! What AWS services say on the wire: which error an answer bears, in whichever protocol.
//!
//! Rule: bytes in, data out; an answer that is none of AWS's is `None`, never a guess. Whatever the bytes, reading them takes
//! time and memory in proportion to their number, and nothing they declare is expanded.
//!
//! ```
//! use wire::AwsError;
//!
//! let body = br#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slower"}"#;
//! let header = |name: &str| (name == "x-amzn-requestid").then_some("7A3F");
//! let error = AwsError::read(400, &header, body).expect("DynamoDB's form");
//! assert_eq!(error.code, "ProvisionedThroughputExceededException");
//! assert_eq!(error.to_string(), "ProvisionedThroughputExceededException: slower (request 7A3F)");
//!
//! let page = b"<html><body>502 Bad Gateway</body></html>";
//! assert_eq!(AwsError::read(502, &|_| None, page), None);
//! ```

mod decode;
mod encode;
mod error;
pub mod generate;
mod json;
pub mod model;
#[cfg(test)]
mod round_trip;
pub mod route;
mod timestamp;
mod validate;
mod value;
mod xml;

pub use decode::{DecodeError, Parameters, Request, decode, read};
pub use encode::{Answer, ErrorAnswer, content_type, encode, encode_error};
pub use error::AwsError;
pub use validate::validate_input;
pub use value::{Structure, Value};
pub use xml::{Leaves, XmlError};
