//! cloud-init, run in a copy of this machine.
//!
//! Rule: cloud-init sets up the machine that it runs on, whatever it is configured to do (22.4.2 forgets the configuration of
//! `--file`), so it gets one of its own: namespaces by unshare(1), files copied on write by `cloud_init.sh`.

use std::path::Path;

use types::Instance;

use crate::failure::Failure;

/// What is run: in its namespaces, without the rights that reach the kernel itself.
/// The script goes with the command: a file of it could be another one by the time that root runs it.
pub(super) fn command(instance: &Instance) -> Vec<String> {
    let mut words: Vec<String> = NAMESPACES.iter().chain(&RIGHTS).map(|word| (*word).to_owned()).collect();
    let subject = [&instance.instance_id.to_string(), &instance.instance_type];
    words.extend(["sh", "-c", SCRIPT, "cloud_init.sh"].map(str::to_owned));
    words.extend(subject.map(String::clone));
    words
}

/// Says what is missing, before anything is written down.
pub(super) fn is_possible() -> Result<(), Failure> {
    if !rustix::process::geteuid().is_root() {
        return Err(Failure::new("cloud-init sets up a machine, so that its copy takes root").hint(
            "`sudo linklocal instance boot --cloud-init --data DIR`, with the server's data directory",
        ));
    }
    let missing = PROGRAMS.iter().find(|(name, _)| !is_installed(name));
    match missing {
        Some((name, package)) => Err(Failure::new(format!("there is no program {name} in {}", super::PATH))
            .hint(format!("the package {package} has it"))),
        None => Ok(()),
    }
}

fn is_installed(program: &str) -> bool {
    super::PATH.split(':').any(|place| Path::new(place).join(program).is_file())
}

const SCRIPT: &str = include_str!("cloud_init.sh");

const NAMESPACES: [&str; 8] =
    ["unshare", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc"];

const RIGHTS: [&str; 4] = [
    "setpriv",
    "--bounding-set=-sys_module,-sys_time,-sys_boot,-sys_rawio,-mknod",
    "--inh-caps=-all",
    "--no-new-privs",
];

/// Programs that it takes, and who has them.
const PROGRAMS: [(&str, &str); 4] =
    [("cloud-init", "cloud-init"), ("unshare", "util-linux"), ("setpriv", "util-linux"), ("mount", "mount")];
