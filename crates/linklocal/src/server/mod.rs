//! The running server: the account, the metadata service over it, and what the admin socket may do to both.
//!
//! A change's way: one turn at a time → one transaction in the store, on a thread that may block → the roster → the
//! addresses → the reply.

pub(crate) mod account;
mod callers;
mod change;
mod claim;
mod container;
mod credentials;
mod endpoints;
mod host;
mod inspection;
mod introductions;
mod inventory;
mod life;
mod player;
mod rehearsal;
mod start;
pub(crate) mod trail;
mod turn;
pub(crate) mod vending;
mod view;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use ::account::ec2::HostTurn as _;
use ::account::{InstanceError, Stop};
use imds::Service;
use linklocal::config::Config;
use net::Shutdown;
use prometheus_client::registry::Registry;
use tokio::sync::{Mutex, Notify};
use types::InstanceId;

use crate::admin::{
    AccountCall, Admin, Call, Change, InstancePage, LimitsCall, Refusal, Reply, ServerDescription,
};
use crate::failure::Failure;
use crate::identity::Authority;

use account::AccountHouse;
use credentials::AccountCredentials;
use endpoints::Endpoints;
use inventory::Inventory;
use life::Act;
use player::Player;
use trail::TrailKeeper;
use turn::Turn;

pub(crate) use claim::{claim_when_left, give_up};
pub(crate) use introductions::{Introductions, MAX_SESSIONS};
pub(crate) use start::{StartSettings, bound, open, start};

/// A server that answers.
#[derive(Debug)]
pub(crate) struct Server {
    inventory: Inventory,
    account: Arc<AccountHouse>,
    /// Whoever holds the addresses has the turn.
    endpoints: Arc<Mutex<Endpoints>>,
    service: Arc<Service>,
    credentials: Arc<AccountCredentials>,
    /// Where tokens of service accounts lie.
    service_accounts: PathBuf,
    signer: Arc<Authority>,
    player: Player,
    trail: Arc<TrailKeeper>,
    config: Arc<RwLock<Arc<Config>>>,
    registry: Registry,
    /// Something will be due: metadata options come into force, an instance goes.
    pending: Arc<Notify>,
}

impl Server {
    /// Answers metadata requests until `shutdown` starts, and what was asked until then.
    pub(crate) async fn serve(&self, shutdown: Shutdown) {
        let service = imds::serve(Vec::new(), Arc::clone(&self.service), shutdown.clone());
        let close = async {
            shutdown.started().await;
            self.endpoints.lock().await.close();
        };
        tokio::join!(service, close);
    }

    /// What answers on connections that sessions of `linklocal run` hand over.
    pub(crate) fn service(&self) -> Arc<Service> {
        Arc::clone(&self.service)
    }

    /// Answers at the account's endpoints until `shutdown` starts, and what was asked until then.
    pub(crate) async fn serve_account(&self, shutdown: Shutdown) {
        self.account.serve(shutdown).await;
    }

    pub(crate) fn account(&self) -> &AccountHouse {
        &self.account
    }

    pub(crate) async fn description(&self) -> Result<ServerDescription, Refusal> {
        let endpoints = self.endpoints.lock().await;
        let (shared, agents) = (endpoints.shared(), endpoints.agents());
        drop(endpoints);
        let inventory = self.inventory.clone();
        let first = shared.first().copied();
        blocking(move || {
            let (now, idle) = (inventory.now(), inventory.idle.all());
            let first_few = inventory.first_few(SHOWN)?;
            Ok(ServerDescription {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                process_id: std::process::id(),
                endpoints: shared,
                container_endpoints: agents,
                instance_count: inventory.roster.len() + idle.len(),
                stopped_instance_count: idle.len(),
                answering_instance_id: first.and_then(|address| inventory.roster.answering_here(address)),
                instances: first_few.into_iter().map(|view| view::summary(view.instance, now)).collect(),
            })
        })
        .await
    }

    /// Brings pending metadata options into force when their time has come, for ever.
    pub(crate) async fn apply_pending(&self) {
        loop {
            let wait = match self.apply_due().await {
                Ok(wait) => wait,
                Err(refusal) => {
                    tracing::error!("pending metadata options were not applied: {refusal}");
                    Some(LONGEST_WAIT)
                }
            };
            match wait {
                None => self.pending.notified().await,
                Some(wait) => {
                    let _ = tokio::time::timeout(wait, self.pending.notified()).await;
                }
            }
        }
    }

    /// Returns when the trail is on the disk.
    pub(crate) fn finish_trail(&self) {
        self.trail.finish();
        self.account.finish_trail();
    }

    /// Makes the keys that sign identity documents, or reads them, so that no request has to wait for it.
    pub(crate) fn prepare_signer(&self) {
        if let Err(error) = self.signer.prepare() {
            tracing::error!("identity documents cannot be signed: {}", Failure::of(&error).message);
        }
    }

    /// Takes a new configuration: all of it, or on an error nothing. What changed, in words.
    pub(crate) async fn reload(&self, config: Config) -> Result<String, Refusal> {
        let mut endpoints = self.endpoints.lock().await;
        let old = self.config();
        let config = Arc::new(config);
        let (inventory, declared) = (self.inventory.clone(), Arc::clone(&config));
        let wanted = blocking(move || start::declared_endpoints(&inventory, &declared)).await?;
        // Opened before anything changes, so that a taken port refuses the whole file.
        let opened = endpoints.open(&wanted).map_err(|error| bind_refusal(&error))?;
        let (inventory, declared) = (self.inventory.clone(), Arc::clone(&config));
        let account = Arc::clone(&self.account);
        let (report, own) = blocking(move || {
            let report = start::synchronized(&inventory, &declared)?;
            let _ = account.settle_roles(&inventory)?;
            Ok((report, inventory.publish_all()?))
        })
        .await?;
        // The owners open them again, now that the store says who they are.
        drop(opened);
        endpoints.set_all(own).await;
        self.credentials.set_schedule(config.credentials);
        self.account.set_limits(config.limits, config.quotas.clone());
        self.service.set_access(config.access.rules(rustix::process::geteuid().as_raw()));
        let text = start::report_text(&report, &old, &config);
        let settings = Arc::unwrap_or_clone(config).without_instances();
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
        self.pending.notify_one();
        Ok(text)
    }

    async fn apply_due(&self) -> Result<Option<Duration>, Refusal> {
        self.in_turn(|turn| {
            let now = turn.inventory.now();
            let changed = turn.inventory.instances.apply_due(now)?;
            if !changed.instances.is_empty() {
                turn.publish(&changed)?;
            }
            let next = turn.inventory.instances.next_due()?;
            // The clock may be set while we wait: look again now and then.
            Ok(next.map(|due| due.since(turn.inventory.now()).min(LONGEST_WAIT)))
        })
        .await
    }

    /// Does something that only one does at a time, on a thread that may wait.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Turn) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let endpoints = Arc::clone(&self.endpoints).lock_owned().await;
        let mut turn = Turn::new(self.inventory.clone(), endpoints, Arc::clone(&self.pending));
        blocking(move || work(&mut turn)).await
    }

    /// A call on the account as a whole. The roles of the instances are in whatever account there is after it.
    async fn account_call(&self, call: AccountCall) -> Result<Reply, Refusal> {
        let house = Arc::clone(&self.account);
        if !matches!(call, AccountCall::Reset | AccountCall::Import { .. }) {
            return blocking(move || Ok(Reply::Account(house.call(call)?))).await;
        }
        self.in_turn(move |turn| {
            let reply = house.call(call)?;
            let changed = house.settle_roles(&turn.inventory)?;
            turn.publish(&changed)?;
            Ok(Reply::Account(reply))
        })
        .await
    }

    async fn limits_call(&self, call: LimitsCall) -> Result<Reply, Refusal> {
        let house = Arc::clone(&self.account);
        blocking(move || Ok(Reply::Limits(house.limits_call(call)?))).await
    }

    async fn list(&self, after: Option<InstanceId>) -> Result<Reply, Refusal> {
        let inventory = self.inventory.clone();
        blocking(move || {
            let (now, page) = (inventory.now(), inventory.instances.list(after.as_ref(), PAGE)?);
            let instances =
                page.instances.into_iter().map(|view| view::summary(view.instance, now)).collect();
            Ok(Reply::Instances(InstancePage { instances, next: page.next }))
        })
        .await
    }

    async fn describe(&self, id: Option<InstanceId>) -> Result<Reply, Refusal> {
        let inventory = self.inventory.clone();
        blocking(move || {
            let view = inventory.instances.describe(&inventory.named(id)?)?;
            Ok(Reply::Instance(Box::new(view::description(view, inventory.now()))))
        })
        .await
    }

    /// The callers of one instance, or of all. One that was terminated may be asked for, too.
    fn callers(&self, instance_id: Option<InstanceId>) -> Result<Reply, Refusal> {
        let list = callers::list(self.service.callers(), instance_id.as_ref());
        match instance_id {
            Some(id) if list.callers.is_empty() && !self.inventory.roster.contains(&id) => {
                Err(InstanceError::NotFound(id).into())
            }
            _ => Ok(Reply::Callers(list)),
        }
    }

    async fn change(&self, id: Option<InstanceId>, change: Change) -> Result<Reply, Refusal> {
        let delay = self.config().metadata_options.propagation_delay;
        let account = Arc::clone(&self.account);
        self.in_turn(move |turn| {
            let id = turn.inventory.named(id)?;
            let before = turn.inventory.instances.describe(&id)?.instance.iam_instance_profile;
            let (view, reply) = change::applied(turn, &id, change, delay)?;
            if view.instance.iam_instance_profile != before {
                account.follow_instance(&view.instance)?;
                let shared = account.share_profile(&turn.inventory.instances, &view.instance)?;
                turn.publish(&shared)?;
            }
            Ok(reply)
        })
        .await
    }

    fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Admin for Server {
    async fn call(self: &Arc<Self>, call: Call) -> Result<Reply, Refusal> {
        let operation = call.operation();
        let answer = self.carry_out(call).await;
        match &answer {
            Ok(_) => tracing::info!(operation, "done"),
            Err(Refusal { code, message, .. }) => tracing::info!(operation, code, "refused: {message}"),
        }
        answer
    }

    fn metrics(&self) -> String {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)
            .expect("a String takes any text");
        text
    }
}

impl Server {
    async fn carry_out(self: &Arc<Self>, call: Call) -> Result<Reply, Refusal> {
        match call {
            Call::DescribeServer => Ok(Reply::Server(self.description().await?)),
            Call::ListInstances { after } => self.list(after).await,
            Call::DescribeInstance { instance_id } => self.describe(instance_id).await,
            Call::DescribeInstances { after } => self.descriptions(after).await,
            Call::ListMetadataDefaults => Ok(self.metadata_defaults()),
            Call::WriteConsole { instance_id, output } => self.write_console(instance_id, output).await,
            Call::LaunchInstance { declaration } => self.launch(*declaration).await,
            Call::ChangeInstance { instance_id, change } => self.change(instance_id, change).await,
            Call::StartInstances { instance_ids } => self.act(Act::Start, instance_ids).await,
            Call::StopInstances { instance_ids, force, hibernate } => {
                self.act(Act::Stop(Stop { force, hibernate }), instance_ids).await
            }
            Call::RebootInstances { instance_ids } => self.act(Act::Reboot, instance_ids).await,
            Call::TerminateInstances { instance_ids } => self.act(Act::Terminate, instance_ids).await,
            Call::ListCallers { instance_id } => self.callers(instance_id),
            Call::Scenario(call) => Ok(Reply::Scenario(self.scenario(call).await?)),
            Call::Account(call) => self.account_call(call).await,
            Call::Limits(call) => self.limits_call(call).await,
            Call::ContainerEnvironment { instance_id, kind, at } => {
                self.container_environment(instance_id, kind, at).await
            }
        }
    }
}

/// Runs work that waits for the disk where it holds up nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Refusal::new("InternalError", format!("the work was not done: {error}"))))
}

fn bind_refusal(error: &net::BindError) -> Refusal {
    Refusal::new("InvalidParameterValue", Failure::of(error).message)
}

/// Instances in a page of the list.
const PAGE: usize = 500;
/// Instances that the server shows of itself.
const SHOWN: usize = 5;
/// Between two looks at the clock.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
