//! `linklocal credentials export`: credentials as variables of a shell, of a file, or as another program reads them.

mod spelling;

use std::collections::BTreeMap;

use sys::Env;

use self::spelling::spelled;
use super::search::Findings;
use super::variables::Variables;
use super::{Receipts, Recipient, Snapshot, process};
use crate::arguments::{ExportArguments, ExportFormat, Global};
use crate::failure::Failure;
use crate::output::Output;

pub(in crate::commands) fn run(
    global: &Global,
    env: &Env,
    output: Output,
    arguments: &ExportArguments,
) -> Result<(), Failure> {
    let usual = if output.json { ExportFormat::Json } else { ExportFormat::Env };
    let findings = Findings::guarded(&Snapshot::take(env, &arguments.chain), &arguments.guard)?;
    Receipts::of(global, env).keep(&findings, "export", Recipient::Parent);
    print(&findings, arguments.format.unwrap_or(usual))
}

/// Shows the set in one of the forms.
pub(super) fn print(findings: &Findings, format: ExportFormat) -> Result<(), Failure> {
    let variables = Variables::of(&findings.resolved);
    match format {
        ExportFormat::Process => Output::object(&process::Document::of(findings)),
        ExportFormat::Json => {
            let set = variables.set.iter();
            Output::object(&set.map(|(name, value)| (*name, value.expose())).collect::<BTreeMap<_, _>>())
        }
        format => Output::text(&spelled(&variables, format)?),
    }
}
