//! An instance seen through the metadata service.
//!
//! Pure: an instance and a request go in, an answer comes out. The tree is rendered when the instance changes, never
//! when it is read; time, randomness and keys are arguments. The requirement is facts/imds.md sections 1 and 2.

mod answer;
mod categories;
mod container;
pub mod document;
mod hostname;
mod path;
mod rendered;
mod request;
mod respond;
mod token;
mod tree;
mod version;

pub use answer::{Access, Answer, Content, Live, SignatureKind, Status};
pub use container::{ContainerEndpoint, ContainerFault, ContainerForm, ContainerQuestion, ContainerRefusal};
pub use path::{Path, PathError, Segments};
pub use rendered::{Origin, Profile, Rendered, Role};
pub use request::{Field, Method, Request};
pub use respond::{Fleet, respond};
pub use token::{TokenError, TokenKey, TokenKeys};
pub use tree::{Item, Shapes, Tree};
pub use version::{Version, VersionError};
