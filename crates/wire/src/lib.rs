//! What is said on the wire between AWS services and their clients: requests, answers and errors, in whichever protocol.
//!
//! Rule: bytes in, data out; an answer that is none of AWS's is `None`, never a guess. Whatever the bytes, reading them takes
//! time and memory in proportion to their number, and nothing they declare is expanded.
//!
//! The side of a service: a request is routed, read and held to the model, and its answer is written, all by the service's table.
//!
//! ```
//! use wire::{Parameters, Request, Structure, model, route};
//!
//! let body = b"Action=GetUser&Version=2010-05-08&UserName=a%2Fb";
//! let parameters = Parameters::read("", body)?;
//! let route::Asked::Known(iam, operation) = route::query(&parameters)? else { panic!("IAM has it") };
//! let refused = wire::decode(iam, operation, &Request { body, ..Request::default() }).unwrap_err();
//! assert_eq!(refused.code, "ValidationError");
//!
//! let sts = model::service("sts").expect("a service with a table");
//! let output = Structure::new().with("Account", "123456789012");
//! let identity = sts.operation("GetCallerIdentity").expect("an operation with a table");
//! let answer = wire::encode(sts, identity, &output, "7A3F");
//! assert!(answer.body.starts_with(b"<GetCallerIdentityResponse"));
//! # Ok::<(), wire::DecodeError>(())
//! ```
//!
//! The side of a client: which error an answer bears.
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
