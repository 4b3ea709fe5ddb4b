//! The trail of calls of this server: told to the log, kept in `calls/` of the data directory, delivered to `cloudtrail/`.

use std::sync::Arc;

use account::Account;
use gateway::{CallLog, CallRecord, Deliveries, History, LookUp, LookUpError, PastEvents, Recorder};
use linklocal::config::TrailConfig;
use net::Identifier;
use prometheus_client::registry::Registry;
use sys::{Clock, Entropy};
use trail::{CallKeeper, DataEvents, Delivery, TrailSettings};
use types::Region;

use crate::failure::Failure;
use crate::place::Place;

/// Keeps calls and tells the log of them.
#[derive(Debug)]
pub(crate) struct CallTrail {
    log: CallLog,
    keeper: CallKeeper,
    identifier: Identifier,
}

impl CallTrail {
    pub(crate) fn start(
        place: &Place,
        config: TrailConfig,
        account: &Account,
        region: &Region,
        clock: &Clock,
    ) -> Result<Arc<Self>, Failure> {
        let directory = config.directory.unwrap_or_else(|| place.cloudtrail());
        let keeper = CallKeeper::start(TrailSettings {
            directory: place.calls(),
            account_id: account.account_id(),
            partition: region.partition(),
            region: region.clone(),
            data_events: match config.data_events {
                None => DataEvents::Sampled,
                Some(true) => DataEvents::All,
                Some(false) => DataEvents::None,
            },
            max_size: config.max_size,
            delivery: config.deliver.then_some(Delivery { directory, every: config.every }),
            clock: clock.clone(),
            entropy: Entropy::buffered(),
        });
        let keeper =
            keeper.map_err(|error| Failure::new(format!("no thread for the trail of calls: {error}")))?;
        Ok(Arc::new(Self { log: CallLog, keeper, identifier: Identifier::system() }))
    }

    pub(crate) fn finish(&self) {
        self.keeper.finish();
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        self.keeper.register(registry);
    }
}

impl Recorder for CallTrail {
    fn record(&self, call: &CallRecord<'_>) {
        self.log.record(call);
        self.keeper.record(call);
    }

    fn identifier(&self) -> Option<&Identifier> {
        Some(&self.identifier)
    }
}

impl History for CallTrail {
    fn look_up(&self, look_up: &LookUp<'_>) -> Result<PastEvents, LookUpError> {
        self.keeper.look_up(look_up)
    }

    fn deliveries(&self) -> Deliveries {
        self.keeper.deliveries()
    }
}
