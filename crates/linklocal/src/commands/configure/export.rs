//! `configure export-credentials`: the AWS CLI's name for what `credentials export` does.

use super::ground::Desk;
use crate::arguments::{
    CliExportFormat, ExportArguments, ExportCredentialsArguments, ExportFormat, Global, GuardArguments,
};
use crate::commands::credentials;
use crate::failure::Failure;

pub(super) fn run(
    desk: &Desk,
    global: &Global,
    arguments: ExportCredentialsArguments,
) -> Result<(), Failure> {
    let format = match arguments.format {
        CliExportFormat::Process => ExportFormat::Process,
        CliExportFormat::Env => ExportFormat::Env,
        CliExportFormat::EnvNoExport => ExportFormat::EnvNoExport,
        CliExportFormat::Powershell => ExportFormat::Powershell,
        CliExportFormat::WindowsCmd => ExportFormat::WindowsCmd,
        CliExportFormat::Fish => ExportFormat::Fish,
    };
    let arguments =
        ExportArguments { format: Some(format), chain: desk.chain(), guard: GuardArguments::default() };
    credentials::export(global, &desk.snapshot.env, desk.output, &arguments)
}
