//! The calls of the account in CloudTrail's form: kept, looked up, delivered in files, and looked through for what stands out.
//!
//! Rule: a call only puts its record in a queue; one thread writes. No record holds a secret, a token, a signature or a body.

mod backwards;
mod call;
mod deliver;
mod event;
pub mod findings;
mod glance;
mod journal;
mod keeper;
mod lookup;
mod queue;
mod read_only;
mod reader;
mod sample;

pub use deliver::Delivery;
pub use event::{
    Aside, Event, Issuer, Kept, Origin, Program, Resource, SessionAttributes, SessionContext, TlsDetails,
    UserIdentity, WebIdentityData,
};
pub use journal::{Bounds, Journal, JournalError, files};
pub use keeper::{CallKeeper, TrailSettings};
pub use reader::{Place, Reader};
pub use sample::DataEvents;
