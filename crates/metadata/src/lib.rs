//! An instance seen through the metadata service.
//!
//! Pure: an instance and a request go in, an answer comes out. The tree is rendered when the instance changes, never
//! when it is read; time, randomness and keys are arguments. The requirement is facts/imds.md sections 1 and 2.
//!
//! ```
//! use metadata::{Field, Fleet, Method, Rendered, Request, Shapes, Status, TokenKey, TokenKeys, respond};
//! use types::{Instance, Secret, Timestamp};
//!
//! let instance: Instance = serde_json::from_str(include_str!("../tests/instances/captured.json"))?;
//! let rendered = Rendered::new(&instance, &mut Shapes::default());
//! let keys = TokenKeys::new(TokenKey::new(1, &Secret::new([7; 32])), Vec::new());
//! let request = Request {
//!     method: Method::Get,
//!     target: "/latest/meta-data/instance-id",
//!     token: Field::Absent,
//!     token_ttl: Field::Absent,
//!     forwarded: false,
//!     over_ipv6: false,
//! };
//! let now = Timestamp::from_secs(1_795_000_000);
//! let answer = respond(&request, &rendered, &keys, &Fleet::default(), now, || [0; 11]);
//! // This instance wants version 2, and the request bears no token.
//! assert_eq!(answer.status, Status::Unauthorized);
//! # Ok::<(), serde_json::Error>(())
//! ```

mod answer;
mod categories;
mod container;
pub mod document;
mod path;
mod rendered;
mod request;
mod respond;
mod task;
mod token;
mod tree;
mod version;

pub use answer::{Access, Answer, Content, Live, SignatureKind, Status};
pub use container::{ContainerEndpoint, ContainerFault, ContainerForm, ContainerQuestion, ContainerRefusal};
pub use path::{Path, PathError, Segments};
pub use rendered::{Origin, Profile, Rendered, Role};
pub use request::{Field, Method, Request};
pub use respond::{Fleet, respond};
pub use task::{TaskEndpoint, TaskQuestion};
pub use token::{TokenError, TokenKey, TokenKeys};
pub use tree::{Item, Shapes, Tree};
pub use version::{Version, VersionError};
