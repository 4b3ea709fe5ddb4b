//! Carries a credential plan out: one file per source, cache with single flight, refresh.
//!
//! Rule: what is asked of whom stands in the plan; nothing here reads a profile, and no variable decides who is asked. An
//! error says which source, where it is configured, what happened and what to do; never a secret, never an answer's body.
//!
//! A [`Session`] is all of it in one call. Here a server of our own stands in for AWS; it has a bad moment first:
//!
//! ```
//! use client::{Body, retry};
//! use credentials::{Session, SessionOptions};
//! use sys::Env;
//!
//! # use std::io::{BufRead as _, BufReader, Read as _, Write as _};
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
//! # let url = format!("http://{}", listener.local_addr().unwrap());
//! # let server = std::thread::spawn(move || {
//! #     let error = r#"{"__type":"x#ResourceNotFoundException","message":"no table t"}"#;
//! #     let mut signed = 0;
//! #     for (status, body) in [("503 x", "busy"), ("400 x", error)] {
//! #         let mut stream = BufReader::new(listener.accept().unwrap().0);
//! #         let (mut line, mut length) = (String::new(), 0);
//! #         while line != "\r\n" {
//! #             line.clear();
//! #             stream.read_line(&mut line).unwrap();
//! #             let lower = line.to_ascii_lowercase();
//! #             signed += usize::from(lower.contains("/eu-west-1/dynamodb/aws4_request"));
//! #             length = lower.strip_prefix("content-length: ").map_or(length, |n| n.trim().parse().unwrap());
//! #         }
//! #         stream.by_ref().take(length).read_to_end(&mut Vec::new()).unwrap();
//! #         let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
//! #         stream.get_mut().write_all((head + body).as_bytes()).unwrap();
//! #     }
//! #     signed
//! # });
//! let env = Env::from_pairs([
//!     ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
//!     ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
//!     ("AWS_REGION", "eu-west-1"),
//!     ("AWS_ENDPOINT_URL_DYNAMODB", url.as_str()),
//! ]);
//! let options = SessionOptions::new(rustls::crypto::aws_lc_rs::default_provider).env(env);
//! let session = Session::load(options)?;
//! assert_eq!(session.region(), "eu-west-1");
//!
//! let endpoint = session.endpoint_url("DynamoDB")?.map_or_else(
//!     || format!("https://dynamodb.{}.amazonaws.com", session.region()),
//!     |found| found.value,
//! );
//! let request = http::Request::post(endpoint)
//!     .header("X-Amz-Target", "DynamoDB_20120810.DescribeTable")
//!     .header("Content-Type", "application/x-amz-json-1.0")
//!     .body(Body::from(br#"{"TableName":"t"}"#.to_vec()))?;
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! // No waits between attempts: this is an example.
//! let settings = retry::Settings { max_backoff: std::time::Duration::ZERO, ..*session.caller().settings() };
//! let caller = session.caller().clone().with_settings(settings);
//! let answer = runtime.block_on(caller.ask(session.call("dynamodb", request)))?;
//! assert_eq!(answer.history.retries(), 1, "the first one was told to come back");
//! let error = answer.error.expect("there is no such table");
//! assert_eq!((error.code.as_str(), error.message.as_str()), ("ResourceNotFoundException", "no table t"));
//! # assert_eq!(server.join().unwrap(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod advice;
mod assume_role;
mod cache;
mod container;
mod context;
mod document;
mod error;
mod escape;
mod expiry;
mod flight;
mod imds;
mod json_service;
mod kept_keys;
mod login;
pub mod mfa;
mod pause;
mod process;
mod prompt;
mod questions;
mod refresh;
#[cfg(test)]
mod rehearsal;
mod resolve;
mod resolved;
mod run;
mod session;
mod session_token;
mod snapshot;
pub mod sso;
mod sts;
mod web_identity;

pub use client::Skew;

pub use cache::{CacheError, CacheKey, Cached, Entry, EntryError, Keep, Kind, SessionCache};
pub use context::Context;
pub use error::ResolveError;
pub use kept_keys::{KeptKeys, KeptKeysLine};
pub use prompt::{Nobody, Prompt, PromptError, TerminalPrompt};
pub use refresh::{Asked, Failure, SharedCredentials, Source, Status};
pub use resolve::resolve;
pub use resolved::Resolved;
pub use run::{Run, RunError, Tried, run};
pub use session::{Session, SessionError, SessionOptions};
pub use session_token::session_token;
pub use snapshot::Snapshot;
pub use sts::{CallerIdentity, caller_identity, known_identity};
