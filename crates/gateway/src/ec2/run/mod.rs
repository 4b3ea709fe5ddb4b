//! `RunInstances`.

mod checks;
mod fingerprint;
mod unsupported;
mod wish;

use account::ec2::run::Launcher;
use account::{InstanceView, ServiceError};
use wire::Structure;

use super::instances::{reservation, sight};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] =
    &[Operation { name: "RunInstances", checks: checks::checks, run: run_instances }];

fn run_instances(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let wish = wish::read(ask)?;
    let launcher = Launcher {
        host: ask.host,
        account: ask.account,
        authorised: ask.directory,
        region: ask.region,
        now: ask.now,
    };
    let views = launcher.run(&wish)?;
    let sight = sight(ask);
    let id = views.first().map_or("", |view: &InstanceView| &view.instance.reservation_id);
    let instances = views.iter().map(|view| sight.instance(view)).collect();
    Ok(reservation(ask.account.account_id(), id, instances))
}
