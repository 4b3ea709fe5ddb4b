//! Who signed a request, and what the account knows of him.

use std::sync::Arc;

use types::AccountId;

use crate::directory::{Role, User};
use crate::sessions::Session;

/// An authenticated caller.
#[derive(Clone, Debug)]
pub enum Caller {
    /// The root user, with a long-term key or a session.
    Root { account_id: AccountId, access_key_id: String, session: Option<Arc<Session>> },
    /// An IAM user, with a long-term key or a session of GetSessionToken.
    User { user: Arc<User>, access_key_id: String, session: Option<Arc<Session>> },
    /// A session of a role that is still there.
    Role { role: Arc<Role>, access_key_id: String, session: Arc<Session> },
    /// A session of GetFederationToken, by this user.
    Federated { user: Arc<User>, access_key_id: String, session: Arc<Session> },
    /// Nobody signed: for the operations of STS that take no signature.
    Anonymous,
}
