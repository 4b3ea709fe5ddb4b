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
mod introductions;
mod inventory;
mod player;
mod rehearsal;
mod start;
pub(crate) mod trail;
pub(crate) mod vending;
mod view;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use ::account::{Declaration, InstanceError, InstanceView};
use imds::Service;
use linklocal::config::Config;
use net::{Listener, Shutdown};
use prometheus_client::registry::Registry;
use tokio::sync::{Mutex, Notify};
use types::InstanceId;

use crate::admin::{
    AccountCall, Admin, Call, Change, InstancePage, Refusal, Reply, ServerDescription, TerminatedReply,
};
use crate::failure::Failure;
use crate::identity::Authority;

use account::AccountHouse;
use credentials::AccountCredentials;
use endpoints::Endpoints;
use inventory::Inventory;
use player::Player;
use trail::TrailKeeper;

pub(crate) use claim::{claim_when_left, give_up};
pub(crate) use introductions::{Introductions, MAX_SESSIONS};
pub(crate) use start::{StartSettings, bound, open, start};

/// A server that answers.
#[derive(Debug)]
pub(crate) struct Server {
    inventory: Inventory,
    account: Arc<AccountHouse>,
    /// Whoever holds the addresses has the turn.
    endpoints: Mutex<Endpoints>,
    service: Arc<Service>,
    credentials: Arc<AccountCredentials>,
    /// Where tokens of service accounts lie.
    service_accounts: PathBuf,
    signer: Arc<Authority>,
    player: Player,
    trail: Arc<TrailKeeper>,
    config: RwLock<Arc<Config>>,
    registry: Registry,
    /// Metadata options have become pending.
    pending: Notify,
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
        let inventory = self.inventory.clone();
        let first = blocking(move || Ok(inventory.instances.list(None, SHOWN)?)).await?;
        let endpoints = self.endpoints.lock().await;
        Ok(ServerDescription {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            process_id: std::process::id(),
            endpoints: endpoints.shared(),
            container_endpoints: endpoints.agents(),
            instance_count: self.inventory.roster.len(),
            instances: first.instances.into_iter().map(|view| view::summary(view.instance)).collect(),
        })
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
            inventory.each(|instance| Ok(account.ensure_role(&instance)?))?;
            Ok((report, inventory.publish_all()?))
        })
        .await?;
        // The owners open them again, now that the store says who they are.
        drop(opened);
        endpoints.set_all(own).await;
        self.credentials.set_schedule(config.credentials);
        self.service.set_access(config.access.rules(rustix::process::geteuid().as_raw()));
        let text = start::report_text(&report, &old, &config);
        let settings = Arc::unwrap_or_clone(config).without_instances();
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
        self.pending.notify_one();
        Ok(text)
    }

    async fn apply_due(&self) -> Result<Option<Duration>, Refusal> {
        let _turn = self.endpoints.lock().await;
        let inventory = self.inventory.clone();
        blocking(move || {
            let now = inventory.now();
            let changed = inventory.instances.apply_due(now)?;
            inventory.publish(&changed)?;
            let next = inventory.instances.next_due()?;
            // The clock may be set while we wait: look again now and then.
            Ok(next.map(|due| due.since(inventory.now()).min(LONGEST_WAIT)))
        })
        .await
    }

    /// A call on the account as a whole. The roles of the instances are in whatever account there is after it.
    async fn account_call(&self, call: AccountCall) -> Result<Reply, Refusal> {
        let (house, inventory) = (Arc::clone(&self.account), self.inventory.clone());
        blocking(move || {
            let reply = house.call(call)?;
            inventory.each(|instance| house.ensure_role(&instance).map_err(Refusal::from))?;
            Ok(Reply::Account(reply))
        })
        .await
    }

    async fn list(&self, after: Option<InstanceId>) -> Result<Reply, Refusal> {
        let inventory = self.inventory.clone();
        blocking(move || {
            let page = inventory.instances.list(after.as_ref(), PAGE)?;
            let instances = page.instances.into_iter().map(|view| view::summary(view.instance)).collect();
            Ok(Reply::Instances(InstancePage { instances, next: page.next }))
        })
        .await
    }

    async fn describe(&self, id: Option<InstanceId>) -> Result<Reply, Refusal> {
        let inventory = self.inventory.clone();
        blocking(move || {
            let view = inventory.instances.describe(&inventory.named(id)?)?;
            Ok(Reply::Instance(Box::new(view::description(view))))
        })
        .await
    }

    async fn launch(&self, declaration: Declaration) -> Result<Reply, Refusal> {
        let mut endpoints = self.endpoints.lock().await;
        let (inventory, config) = (self.inventory.clone(), self.config());
        let plan = blocking(move || inventory.plan(&declaration, &config.defaults)).await?;
        let mut instance = plan.instance;
        let opened = if plan.needs_address {
            let listener = endpoints.open_next().map_err(|error| bind_refusal(&error))?;
            instance.binding.endpoints.push(listener.local_addr());
            vec![listener]
        } else {
            endpoints.open(&instance.binding.endpoints).map_err(|error| bind_refusal(&error))?
        };
        let (id, inventory) = (instance.instance_id.clone(), self.inventory.clone());
        let account = Arc::clone(&self.account);
        let view = blocking(move || {
            let changed = inventory.instances.launch(instance)?;
            let view = only(inventory.publish(&changed)?)?;
            account.ensure_role(&view.instance)?;
            Ok(view)
        })
        .await?;
        endpoints.serve(&id, opened);
        Ok(Reply::Instance(Box::new(view::description(view))))
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

    async fn terminate(&self, ids: Vec<InstanceId>) -> Result<Reply, Refusal> {
        let mut endpoints = self.endpoints.lock().await;
        let (inventory, all) = (self.inventory.clone(), ids.clone());
        blocking(move || {
            let changed = inventory.instances.terminate(&all)?;
            Ok(inventory.publish(&changed).map(drop)?)
        })
        .await?;
        for id in &ids {
            endpoints.set(id, &[]).await;
        }
        Ok(Reply::Terminated(TerminatedReply { terminating_instances: ids }))
    }

    async fn change(&self, id: Option<InstanceId>, change: Change) -> Result<Reply, Refusal> {
        let mut endpoints = self.endpoints.lock().await;
        let (inventory, delay) = (self.inventory.clone(), self.config().metadata_options.propagation_delay);
        let (id, opened, change) = match change {
            Change::Attributes(declaration) => {
                let (id, opened) = self.prepared(&endpoints, id, &declaration).await?;
                (Some(id), opened, Change::Attributes(declaration))
            }
            other => (id, Vec::new(), other),
        };
        let rebinds = matches!(change, Change::Attributes(_));
        let account = Arc::clone(&self.account);
        let (view, reply) = blocking(move || {
            let id = inventory.named(id)?;
            let (view, reply) = change::applied(&inventory, &id, change, delay)?;
            account.ensure_role(&view.instance)?;
            Ok((view, reply))
        })
        .await?;
        if rebinds {
            let instance = view.instance;
            endpoints.serve(&instance.instance_id, opened);
            endpoints.set(&instance.instance_id, &instance.binding.endpoints).await;
        }
        if let Reply::MetadataOptions(_) = reply {
            self.pending.notify_one();
        }
        Ok(reply)
    }

    /// The instance that a declaration is for, and the addresses it will want, open.
    async fn prepared(
        &self,
        endpoints: &Endpoints,
        id: Option<InstanceId>,
        declaration: &Declaration,
    ) -> Result<(InstanceId, Vec<Listener>), Refusal> {
        let (inventory, declaration) = (self.inventory.clone(), declaration.clone());
        let instance = blocking(move || inventory.preview(&inventory.named(id)?, &declaration)).await?;
        let opened = endpoints.open(&instance.binding.endpoints).map_err(|error| bind_refusal(&error))?;
        Ok((instance.instance_id, opened))
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
            Call::LaunchInstance { declaration } => self.launch(*declaration).await,
            Call::ChangeInstance { instance_id, change } => self.change(instance_id, change).await,
            Call::TerminateInstances { instance_ids } => self.terminate(instance_ids).await,
            Call::ListCallers { instance_id } => self.callers(instance_id),
            Call::Scenario(call) => Ok(Reply::Scenario(self.scenario(call).await?)),
            Call::Account(call) => self.account_call(call).await,
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

/// The state of the one instance that was changed.
fn only(states: Vec<(InstanceId, Option<InstanceView>)>) -> Result<InstanceView, Refusal> {
    let first = states.into_iter().next().and_then(|(_, view)| view);
    first.ok_or_else(|| Refusal::new("InvalidInstanceID.NotFound", "the instance is gone already"))
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
