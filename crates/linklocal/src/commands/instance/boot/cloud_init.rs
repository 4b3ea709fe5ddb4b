//! User data that cloud-init runs (cloud-init's documentation, "Module reference", "CLI commands").
//!
//! Rule: this machine is not the instance. Of cloud-init's modules those run that carry out what user data says: commands, scripts and
//! files; those that set a machine up (users, host name, keys, disks, packages) do not. What cloud-init remembers lies in the data
//! directory.

use std::path::Path;

use types::Instance;
use types::instance::Tokens;

use super::{Context, Step};
use crate::failure::Failure;

/// cloud-init's stages, one command each.
pub(super) fn steps(
    context: &Context,
    instance: &Instance,
    berth: &Path,
    kind: &str,
) -> Result<Vec<Step>, Failure> {
    let id = &instance.instance_id;
    let Some(program) = found(context) else {
        return Err(Failure::new(format!(
            "the user data of instance {id} is, or holds, {kind}, which cloud-init runs; cloud-init is not installed here"
        ))
        .hint("install cloud-init, or give the instance a script: it begins with #!"));
    };
    if !rustix::process::geteuid().is_root() {
        return Err(Failure::new(format!(
            "the user data of instance {id} is, or holds, {kind}, which cloud-init runs; cloud-init runs as root alone"
        ))
        .hint("run this as root, or give the instance a script: it begins with #!"));
    }
    // It asks for tokens where the firmware says Amazon EC2, and nowhere else (DataSourceEc2.py, up to this day).
    if instance.metadata_options.http_tokens == Tokens::Required {
        return Err(Failure::new(format!(
            "the user data of instance {id} is, or holds, {kind}, which cloud-init runs; on a machine that is none of EC2's cloud-init \
             reads metadata without tokens, and the instance requires them"
        ))
        .hint(format!(
            "`linklocal instance modify-metadata-options --instance-id {id} --http-tokens optional --wait` lets it for the boot"
        )));
    }
    let configuration = berth.join("cloud.cfg").display().to_string();
    let stages: [(&str, &[&str]); 3] = [
        ("cloud-init init", &["init"]),
        ("cloud-init config", &["modules", "--mode", "config"]),
        ("cloud-init final", &["modules", "--mode", "final"]),
    ];
    let step = |(name, arguments): (&str, &[&str])| {
        let head = [program.as_str(), "--file", configuration.as_str()];
        let command = head.iter().chain(arguments).map(|word| (*word).to_owned()).collect();
        Step { name: name.to_owned(), command }
    };
    Ok(stages.map(step).into())
}

/// Where cloud-init is, in the directories that scripts are found in.
fn found(context: &Context) -> Option<String> {
    let path = context.env.var("PATH").unwrap_or_default();
    let directories = path.split(':').filter(|directory| directory.starts_with('/'));
    let mut places = directories.map(|directory| Path::new(directory).join("cloud-init"));
    places.find(|place| place.is_file()).map(|place| place.display().to_string())
}

/// JSON is YAML, too.
pub(super) fn configuration(berth: &Path) -> String {
    let place = |name: &str| berth.join(name).display().to_string();
    serde_json::json!({
        "datasource_list": ["Ec2"],
        "datasource": {"Ec2": {"strict_id": false, "max_wait": 20, "timeout": 10}},
        "network": {"config": "disabled"},
        "cloud_init_modules": ["bootcmd", "write-files"],
        "cloud_config_modules": ["runcmd"],
        "cloud_final_modules": ["scripts-user"],
        "def_log_file": place("cloud-init.log"),
        "preserve_hostname": true,
        "system_info": {"paths": {
            "cloud_dir": place("cloud"),
            "run_dir": place("run"),
            "templates_dir": "/etc/cloud/templates",
        }},
    })
    .to_string()
}
