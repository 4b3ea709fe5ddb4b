//! The local account's state: its instances, and the sessions it issues to them.
//!
//! Rule: no clock, no randomness, no I/O but the store. Every operation takes `now` where it needs it, writes in one
//! transaction and says which instances changed.
//!
//! ```
//! use std::sync::Arc;
//! use account::identifier::Seed;
//! use account::{Declaration, Instances};
//! use store::MemoryStore;
//! use types::Timestamp;
//!
//! let seed = Seed::from_text("example");
//! let instances = Instances::new(Arc::new(MemoryStore::new()), seed.clone());
//! let now = Timestamp::from_secs(1_795_000_000);
//! let instance = Declaration::believable().resolve(&Declaration::default(), &seed, 0, now)?;
//! let id = instance.instance_id.clone();
//! instances.launch(instance)?;
//! assert_eq!(instances.describe(&id)?.instance.instance_id, id);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod authorisation;
pub mod aws_managed;
mod caller;
mod check;
pub mod declaration;
pub mod denial;
pub mod directory;
pub mod ec2;
pub mod iam;
pub mod identifier;
mod installation;
mod instances;
mod key;
mod ledger;
pub mod quotas;
mod rotation;
pub mod s3;
mod service_error;
mod sessions;
pub mod sts;

pub use authorisation::{Arrival, authorise};
pub use caller::{Caller, WebIdentity};
pub use check::Check;
pub use declaration::{Declaration, DeclarationError};
pub use denial::{DenialRecord, Denied};
pub use installation::{Installation, InstallationError};
pub use instances::{
    Changed, ConsoleOutput, EarlierLaunch, EventChange, InstanceError, InstancePage, InstanceView,
    InstanceWatch, Instances, KeptFields, LaunchToken, MaintenanceEnd, MaintenanceNotice,
    MetadataOptionsChange, MetadataOptionsState, PendingOptions, ProfileDetachment, Refusal, RoleAttachment,
    StateChange, Stop, SyncReport,
};
pub use key::{Keyring, MasterKey};
pub use ledger::{Account, AccountError, AccountWatch, KeyUse, KeyUses};
pub use rotation::{
    IssuedSession, RotationCourse, RotationCourseError, RotationRehearsal, RotationSchedule,
    RotationScheduleError, SessionRequest,
};
pub use service_error::ServiceError;
pub use sessions::{
    FederatedOrigin, InstanceOrigin, Issued, PackedPolicyError, RoleDelivery, Session, SessionClaims,
    SessionError, SessionIssuer, SessionPrincipal, SessionRole, SessionTag, SessionUser,
};
