//! The instance that a command is about.

use clap::Args;

/// The instance meant.
#[derive(Clone, Debug, Args)]
pub(crate) struct OneInstance {
    /// Instance id; may be left out where there is only one instance
    #[arg(long, visible_alias = "instance", value_name = "ID")]
    pub(crate) instance_id: Option<String>,
}
