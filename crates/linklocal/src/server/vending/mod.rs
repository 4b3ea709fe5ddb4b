//! The metadata service over real credentials: one identity, on one instance, from memory.
//!
//! Rule: nothing of it is stored, and no account stands behind it; all that it says is whose the credentials are, and where.
//! Every rule of access and the trail are those of the server over the account.

mod instance;
mod source;
mod status;
mod tokens;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ::credentials::SharedCredentials;
use bytes::Bytes;
use imds::{AccessRules, DocumentSigner, Roster, Service, Settings, SignDocumentError};
use metadata::{Fleet, SignatureKind, TokenKey, TokenKeys};
use net::{Identifier, Limits, Listener, Shutdown};
use sys::{Clock, Entropy};
use types::{InstanceId, Region, Secret};

use super::trail::TrailKeeper;
use crate::failure::Failure;

pub(crate) use instance::{Manner, Principal};
pub(crate) use source::VendedCredentials;
pub(crate) use status::{Standing, VendingStatus};
pub(crate) use tokens::{AgentTokens, TokenError, TokenFile};

/// What a server is made of, once its first set is there.
#[derive(Debug)]
pub(crate) struct VendingSettings {
    pub(crate) principal: Principal,
    pub(crate) region: Region,
    pub(crate) manner: Manner,
    pub(crate) access: AccessRules,
    pub(crate) credentials: Arc<SharedCredentials>,
    pub(crate) skew: ::credentials::Skew,
    pub(crate) min_ttl: Duration,
    pub(crate) tokens: Arc<AgentTokens>,
    /// Addresses of the metadata service.
    pub(crate) endpoints: Vec<SocketAddr>,
    /// Addresses that answer as agents of containers do.
    pub(crate) container_endpoints: Vec<SocketAddr>,
    /// Where hand-outs are told.
    pub(crate) trail: PathBuf,
    pub(crate) clock: Clock,
}

/// A server of one identity.
#[derive(Debug)]
pub(crate) struct Vending {
    instance_id: InstanceId,
    service: Arc<Service>,
    source: Arc<VendedCredentials>,
    trail: Arc<TrailKeeper>,
    board: status::Board,
}

impl Vending {
    pub(crate) fn new(settings: VendingSettings) -> Result<Self, Failure> {
        let VendingSettings { principal, clock, .. } = &settings;
        let now = clock.now();
        let instance = instance::instance(principal, &settings.region, settings.manner, now);
        let instance = instance.map_err(|error| Failure::of(&error))?;
        let instance_id = instance.instance_id.clone();
        let source = Arc::new(VendedCredentials::new(
            instance_id.clone(),
            Arc::clone(&settings.tokens),
            settings.min_ttl,
            settings.skew.clone(),
        ));
        let roster = Roster::new();
        roster.replace(&instance, now);
        let trail = TrailKeeper::start(settings.trail.clone(), clock.clone())
            .map_err(|error| Failure::new(format!("no thread for the trail: {error}")))?;
        let trail = Arc::new(trail);
        let service = service(&settings, roster, &source, &trail)?;
        let board = status::Board::new(settings, &instance_id, &service, &trail);
        Ok(Self { instance_id, service, source, trail, board })
    }

    /// As programs know it.
    pub(crate) fn instance_id(&self) -> &InstanceId {
        &self.instance_id
    }

    pub(crate) fn service(&self) -> &Arc<Service> {
        &self.service
    }

    /// Where whoever renews puts what comes.
    pub(crate) fn source(&self) -> &Arc<VendedCredentials> {
        &self.source
    }

    /// Answers at `listeners` until `shutdown` starts, and what was asked until then.
    pub(crate) async fn serve(&self, listeners: Vec<Listener>, shutdown: Shutdown) {
        imds::serve(listeners, Arc::clone(&self.service), shutdown).await;
    }

    /// Returns when the trail is on the disk.
    pub(crate) fn finish_trail(&self) {
        self.trail.finish();
    }
}

fn service(
    settings: &VendingSettings,
    roster: Roster,
    source: &Arc<VendedCredentials>,
    trail: &Arc<TrailKeeper>,
) -> Result<Arc<Service>, Failure> {
    let key = Entropy::system().bytes().map_err(|error| Failure::of(&error))?;
    Ok(Service::new(Settings {
        roster: Arc::new(roster),
        token_keys: TokenKeys::new(TokenKey::new(1, &Secret::new(key)), Vec::new()),
        fleet: Fleet::default(),
        credentials: Arc::clone(source) as Arc<_>,
        signer: Arc::new(NoSigner),
        container_endpoints: settings.container_endpoints.clone(),
        access: settings.access.clone(),
        trail: Arc::clone(trail) as Arc<_>,
        identifier: Identifier::system(),
        clock: settings.clock.clone(),
        entropy: Entropy::buffered(),
        limits: Limits::default(),
    }))
}

/// Signs nothing: beside real credentials a made-up signature would be taken for a real one.
#[derive(Debug)]
struct NoSigner;

impl DocumentSigner for NoSigner {
    fn sign(&self, _document: &[u8], _kind: SignatureKind) -> Result<Bytes, SignDocumentError> {
        Err(SignDocumentError("no signature is made beside real credentials".to_owned()))
    }
}
