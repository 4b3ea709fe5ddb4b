//! `linklocal instance boot`.

use clap::Args;

use super::OneInstance;

#[derive(Clone, Debug, Args)]
pub(crate) struct BootArguments {
    /// Instance id; may be left out where there is only one instance
    #[arg(value_name = "ID", conflicts_with = "instance_id")]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) one: OneInstance,
    /// Run it though it was run before
    #[arg(long)]
    pub(crate) again: bool,
    /// Have this machine's cloud-init run all of it, in a copy of the machine that is gone afterwards (as root)
    #[arg(long)]
    pub(crate) cloud_init: bool,
    /// Print what would be run, and run nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

pub(super) const EXAMPLES: &str = "\
Scripts (#!) and MIME parts that are scripts run as they are, in the directory / and with the few variables that \
cloud-init leaves them; they find the instance's metadata at 169.254.169.254. They run on this machine, as you. \
What they write is kept for `aws ec2 get-console-output`.

Anything else (#cloud-config) is cloud-init's, which sets up the machine that it runs on. --cloud-init gives it a copy of this one: files are \
copied on write into memory, homes are empty, host name, processes and devices are its own; disks, clocks, kernel and network are left \
alone. It needs root, cloud-init, unshare and setpriv, and is no jail for what you do not trust.

Exit codes: 0 all scripts ended well, or were run before; otherwise that of the first that did not.

Example:
  $ linklocal instance boot
  $ linklocal instance boot i-0123456789abcdef0 --dry-run
  $ linklocal instance boot --again
  $ sudo linklocal instance boot i-0123456789abcdef0 --cloud-init --data ~/.local/share/linklocal";
