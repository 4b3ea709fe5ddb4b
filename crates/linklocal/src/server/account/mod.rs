//! The account behind the endpoints: opened, filled at its first start, served, and what the admin socket may do to it as a whole.
//!
//! Rule: what the metadata service hands out are sessions of roles that the account knows: the roles of all instances are in it.

mod calls;
mod certificate;
mod contents;
mod limits;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use account::ec2::InstanceHost;
use account::ec2::profile::{self, ProfileScope};
use account::iam::bootstrap::{Bootstrap, InstanceRole, bootstrap, ensure_instance_role};
use account::quotas::{self, QuotaRules};
use account::{
    Account, AccountError, Changed, Installation, InstanceError, Instances, ServiceError, SessionIssuer,
};
use gateway::{CallLog, Gateway, History, LimitSettings, NoHistory, Recorder};
use linklocal::config::{AccountConfig, TrailConfig};
use net::{Limits, Listener, Shutdown, Tls};
use objects::Objects;
use prometheus_client::registry::Registry;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use store::Store;
use sys::{Clock, Entropy};
use types::instance::{InstanceProfile, ProfileRole};
use types::{AccountId, Instance, Region};

use crate::admin::{Administrator, Refusal};
use crate::failure::Failure;
use crate::place::Place;
use crate::server::inventory::Inventory;
use crate::server::trail::CallTrail;

use certificate::Identity;

/// What an account is opened with.
pub(super) struct AccountSettings<'a> {
    pub(super) store: Arc<dyn Store>,
    /// Where instances run.
    pub(super) host: Arc<dyn InstanceHost>,
    /// Where objects lie.
    pub(super) objects: PathBuf,
    pub(super) installation: &'a Installation,
    pub(super) account_id: AccountId,
    /// Where callers are who do not say.
    pub(super) region: Region,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) config: AccountConfig,
    pub(super) request_limits: LimitSettings,
    pub(super) quotas: QuotaRules,
    pub(super) trail: TrailConfig,
    /// Where the trail lies.
    pub(super) place: Place,
    /// Where the authority of the certificate lies.
    pub(super) directory: PathBuf,
    /// None where the endpoints are off.
    pub(super) listeners: Vec<Listener>,
}

/// The account and its endpoints.
#[derive(Debug)]
pub(crate) struct AccountHouse {
    account: Arc<Account>,
    objects: Arc<Objects>,
    gateway: Arc<Gateway>,
    /// None where calls are not kept.
    calls: Option<Arc<CallTrail>>,
    region: Region,
    clock: Clock,
    entropy: Entropy,
    addresses: Vec<SocketAddr>,
    /// For HTTPS; without listeners there is none.
    tls: Option<(Tls, PathBuf)>,
    listeners: Mutex<Vec<Listener>>,
    /// The administrator of an account that was just made.
    newcomer: Mutex<Option<Administrator>>,
}

impl AccountHouse {
    /// Opens the account. One that is served and empty gets its first users.
    pub(super) fn open(settings: AccountSettings<'_>) -> Result<Self, Failure> {
        let AccountSettings {
            store,
            host,
            objects,
            installation,
            account_id,
            region,
            clock,
            limits,
            config,
            request_limits,
            quotas,
            trail,
            place,
            directory,
            listeners,
        } = settings;
        let objects = Arc::new(Objects::new(Arc::clone(&store), objects));
        let account =
            Account::open_in(store, region.partition(), account_id).map_err(|error| Failure::of(&error))?;
        account.set_quota_rules(quotas);
        let account = Arc::new(account);
        let entropy = Entropy::system();
        let is_told = trail.calls && !listeners.is_empty();
        let started = || CallTrail::start(&place, trail, &account, &region, &clock);
        let calls = is_told.then(started).transpose()?;
        let (recorder, history) = told(calls.as_ref());
        let settings = gateway::Settings {
            account: Arc::clone(&account),
            sessions: SessionIssuer::new(installation.master_keys.clone()),
            host,
            objects: Arc::clone(&objects),
            recorder,
            history,
            encoded_messages: config.encoded_messages,
            region: region.clone(),
            clock: clock.clone(),
            entropy: Entropy::buffered(),
            limits,
            request_limits,
        };
        let gateway = gateway(settings, config.refuses_replays);
        let addresses: Vec<SocketAddr> = listeners.iter().map(Listener::local_addr).collect();
        let tls = if listeners.is_empty() { None } else { Some(secured(&directory, &addresses, &clock)?) };
        let house = Self {
            account,
            objects,
            gateway,
            calls,
            region,
            clock,
            entropy,
            addresses,
            tls,
            listeners: Mutex::new(listeners),
            newcomer: Mutex::new(None),
        };
        house.settle()?;
        Ok(house)
    }

    /// An account that is served has somebody in it, and contents for its own buckets alone.
    fn settle(&self) -> Result<(), Failure> {
        if self.is_served() && self.account.directory().account.is_empty() {
            let administrator = self.made_anew().map_err(|error| Failure::of(&error))?;
            *self.newcomer.lock().unwrap_or_else(PoisonError::into_inner) = Some(administrator);
        }
        self.settle_contents().map_err(|error| Failure::of(&error))
    }

    /// Whether anybody can reach it.
    pub(super) fn is_served(&self) -> bool {
        !self.addresses.is_empty()
    }

    pub(super) fn account(&self) -> &Arc<Account> {
        &self.account
    }

    /// Returns when the trail of calls is on the disk and delivered.
    pub(super) fn finish_trail(&self) {
        if let Some(calls) = &self.calls {
            calls.finish();
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        self.gateway.metrics().register(registry);
        self.gateway.throttle().register(registry);
        if let Some(calls) = &self.calls {
            calls.register(registry);
        }
    }

    /// The administrator of an account that was made at this start; told once.
    pub(crate) fn take_newcomer(&self) -> Option<Administrator> {
        self.newcomer.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Answers until `shutdown` starts, and what was asked until then.
    pub(super) async fn serve(&self, shutdown: Shutdown) {
        let listeners = std::mem::take(&mut *self.listeners.lock().unwrap_or_else(PoisonError::into_inner));
        if listeners.is_empty() {
            return;
        }
        let tls = self.tls.as_ref().map(|(tls, _)| tls.clone());
        let served = gateway::serve(listeners, Arc::clone(&self.gateway), tls, shutdown.clone());
        tokio::join!(served, self.keep_uses(shutdown.clone()), self.keep_quotas(shutdown));
    }

    /// Writes now and then what keys were last used for, and once more at the end.
    async fn keep_uses(&self, shutdown: Shutdown) {
        loop {
            let over = tokio::time::timeout(USES_EVERY, shutdown.started()).await.is_ok();
            let account = Arc::clone(&self.account);
            let kept = tokio::task::spawn_blocking(move || account.flush_uses()).await;
            if let Ok(Err(error)) = kept {
                tracing::warn!("the last uses of keys were not written: {error}");
            }
            if over {
                return;
            }
        }
    }

    /// Puts into force what a rule approved, when its time has come.
    async fn keep_quotas(&self, shutdown: Shutdown) {
        while tokio::time::timeout(QUOTAS_EVERY, shutdown.started()).await.is_err() {
            let now = self.clock.now();
            if !quotas::is_due(&self.account.directory(), now) {
                continue;
            }
            let account = Arc::clone(&self.account);
            let settled = tokio::task::spawn_blocking(move || quotas::settle_due(&account, now)).await;
            if let Ok(Err(error)) = settled {
                tracing::warn!("quotas that were approved are not in force: {error}");
            }
        }
    }

    /// Takes new settings for limits and quotas.
    pub(super) fn set_limits(&self, limits: LimitSettings, quotas: QuotaRules) {
        self.gateway.throttle().set(limits);
        self.account.set_quota_rules(quotas);
    }

    /// Makes the role and the profile of an instance known, unless the account has such.
    pub(super) fn ensure_role(&self, instance: &Instance) -> Result<(), AccountError> {
        let Some(profile) = self.profile_here(instance).filter(|profile| profile.exists) else {
            return Ok(());
        };
        let Some(role) = profile.role.as_ref().filter(|role| !self.knows(profile, role)) else {
            return Ok(());
        };
        let now = self.clock.now().trunc_secs();
        self.account.change(|directory| {
            ensure_instance_role(directory, &InstanceRole { profile, role, now });
            Ok(())
        })
    }

    /// Does to the account what was done to the profile of an instance at the instance's own door.
    pub(super) fn follow_instance(&self, instance: &Instance) -> Result<(), AccountError> {
        let Some(profile) = self.profile_here(instance) else { return Ok(()) };
        let now = self.clock.now().trunc_secs();
        self.account.change(|directory| {
            profile::impose(directory, profile, now);
            Ok(())
        })
    }

    /// Makes the roles of all instances known, and gives instances what the account has of their profiles; which of them changed.
    pub(super) fn settle_roles(&self, inventory: &Inventory) -> Result<Changed, Refusal> {
        let mut strangers = Vec::new();
        inventory.each(|instance| {
            self.ensure_role(&instance)?;
            let known = self.account.directory();
            if self.is_served() && !profile::is_aligned(&known, &instance, ProfileScope::All) {
                strangers.push(instance.instance_id);
            }
            Ok(())
        })?;
        let mut all = Changed::default();
        for id in &strangers {
            let changed = profile::align_one(&inventory.instances, &self.account, id, ProfileScope::All)?;
            all.instances.extend(changed.instances);
            all.revision = all.revision.max(changed.revision);
        }
        Ok(all)
    }

    /// Gives the instances that have the profile of this one what was done to it.
    pub(super) fn share_profile(
        &self,
        instances: &Instances,
        instance: &Instance,
    ) -> Result<Changed, InstanceError> {
        let Some(profile) = self.profile_here(instance) else { return Ok(Changed::default()) };
        let name = profile.arn.resource().rsplit('/').next().unwrap_or_default();
        profile::align(instances, &self.account, ProfileScope::Profile(name))
    }

    /// The profile of an instance, where the account is that of the instance and somebody can change it.
    fn profile_here<'a>(&self, instance: &'a Instance) -> Option<&'a InstanceProfile> {
        let ours = instance.account_id == self.account.account_id() && self.is_served();
        instance.iam_instance_profile.as_ref().filter(|_| ours)
    }

    fn knows(&self, profile: &InstanceProfile, role: &ProfileRole) -> bool {
        let directory = self.account.directory();
        let name = profile.arn.resource().rsplit('/').next().unwrap_or_default();
        directory.roles.contains(&role.role_name) && directory.instance_profiles.contains(name)
    }

    /// An empty account with a root user, an administrator and a key, in one change.
    fn made_anew(&self) -> Result<Administrator, ServiceError> {
        let random = self.entropy.bytes::<64>().map_err(|_| failed())?;
        let now = self.clock.now().trunc_secs();
        let made: Bootstrap = self.account.change(|directory| {
            directory.clear();
            bootstrap(directory, now, &random)
        })?;
        Ok(Administrator {
            user_name: made.user.user_name.clone(),
            arn: made.user.arn.clone(),
            access_key_id: made.access_key.access_key_id.clone(),
            secret_access_key: made.access_key.secret_access_key.expose().clone(),
        })
    }
}

fn gateway(settings: gateway::Settings, refuses_replays: bool) -> Arc<Gateway> {
    match refuses_replays {
        true => Gateway::refusing_replays(settings, REMEMBERED_SIGNATURES),
        false => Gateway::new(settings),
    }
}

/// Who is told of calls, and who knows of them later.
fn told(calls: Option<&Arc<CallTrail>>) -> (Arc<dyn Recorder>, Arc<dyn History>) {
    match calls {
        Some(calls) => (Arc::clone(calls) as Arc<_>, Arc::clone(calls) as Arc<_>),
        None => (Arc::new(CallLog), Arc::new(NoHistory)),
    }
}

fn secured(
    directory: &std::path::Path,
    addresses: &[SocketAddr],
    clock: &Clock,
) -> Result<(Tls, PathBuf), Failure> {
    let Identity { certificate, key, authority } =
        Identity::load_or_create(directory, addresses, clock.now())?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.expose().clone()));
    let tls = Tls::new(provider, vec![CertificateDer::from(certificate)], key)
        .map_err(|error| Failure::of(&error))?;
    Ok((tls, authority))
}

fn failed() -> ServiceError {
    ServiceError::new("ServiceFailure", 500, "no random bytes are to be had")
}

/// A rule approves to the second.
const QUOTAS_EVERY: Duration = Duration::from_secs(1);

/// Last uses may be lost for as long when the machine loses power; AWS's own lag by minutes.
const USES_EVERY: Duration = Duration::from_secs(60);

/// At a hundred bytes each; as many as come in 15 minutes at 70 a second.
const REMEMBERED_SIGNATURES: usize = 65_536;
