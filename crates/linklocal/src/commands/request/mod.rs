//! `linklocal request`: signs a request, sends it, tries again where that helps, and says what came of it.
//!
//! The way of a request: what was typed → where it goes and what signs it → the request → attempts → the answer, read and
//! delivered → what is to be said about it.

mod answer;
mod barrage;
mod burst;
mod connection;
mod content;
mod draft;
mod errand;
mod interruption;
mod live;
mod mismatch;
mod policy;
mod report;
mod sent;
mod signatory;
mod target;
mod witness;

use sys::Env;

use self::draft::Draft;
use self::errand::Errand;
use self::target::{Target, locate};
use super::credentials::Snapshot;
use crate::arguments::{Global, RequestArguments};
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(
    global: &Global,
    env: &Env,
    output: Output,
    arguments: &RequestArguments,
) -> Result<(), Failure> {
    if global.data.is_some() {
        return Err(Failure::usage(
            "--data is the data directory of a server, which `request` has no use for",
        )
        .hint("the body is -d, --data-binary or --data-raw"));
    }
    let mut snapshot = Snapshot::of_keys(env, &arguments.keys);
    snapshot.arguments.ca_bundle.clone_from(&arguments.network.ca_bundle);
    let target = Target::read(arguments)?;
    let (method, content) = target.content(arguments)?;
    let located = locate(&target, arguments, &snapshot)?;
    let draft = Draft::new(&method, content, located, arguments)?;
    let errand = Errand::new(&target, draft, &snapshot, arguments, output)?;
    super::waiting(errand.run())
}
