//! `linklocal instance boot`: an instance's user data, run in its view.
//!
//! Rule: once per instance, as cloud-init does it; that it is run is written down before it runs. It runs by `linklocal run`, in a
//! process of its own, so that what finds 169.254.169.254 there finds it here.

mod cloud_init;
mod console;
mod user_data;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use sys::fs::{Lock, LockError};
use types::{Instance, InstanceId};

use super::Context;
use crate::admin::{Call, Reply};
use crate::arguments::BootArguments;
use crate::commands::{entered, foreign};
use crate::failure::Failure;
use crate::output::Output;

use user_data::Part;

/// What is to be run, in its order; what `--dry-run --json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Plan {
    instance_id: InstanceId,
    /// It was run before, and `--again` is not said.
    done_before: bool,
    steps: Vec<Step>,
    /// Parts that neither this program nor cloud-init runs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    passed_over: Vec<String>,
    #[serde(skip)]
    scripts: Vec<(PathBuf, Vec<u8>)>,
}

/// One command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Step {
    name: String,
    command: Vec<String>,
}

/// Places in the data directory that belong to the boot of one instance.
#[derive(Debug)]
struct Berth(PathBuf);

impl Berth {
    fn new(directory: &Path, id: &InstanceId) -> Self {
        Self(directory.join("boot").join(id.as_str()))
    }

    /// Held by whoever runs the user data.
    fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }

    /// There since user data was first run.
    fn mark(&self) -> PathBuf {
        self.0.join("booted")
    }

    fn is_done(&self) -> bool {
        self.mark().exists()
    }

    fn script(&self, number: usize) -> PathBuf {
        self.0.join(format!("part-{number:03}"))
    }

    /// One at a time runs an instance's user data.
    fn hold(&self) -> Result<Lock, Failure> {
        for directory in [self.0.parent().unwrap_or(&self.0), &self.0] {
            sys::fs::private_directory(directory).map_err(|error| Failure::of(&error))?;
        }
        Lock::acquire(&self.lock()).map_err(|error| match error {
            LockError::Held { pid, .. } => {
                let by = pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
                Failure::new(format!("{by} is running this instance's user data; wait for its end"))
            }
            LockError::Unusable { .. } => Failure::of(&error),
        })
    }
}

pub(super) async fn run(context: &Context, arguments: BootArguments) -> Result<(), Failure> {
    let id = arguments.id.as_deref().or(arguments.one.instance_id.as_deref());
    let instance = entered(context, id.map(crate::commands::instance_id).transpose()?).await?;
    let directory = context.admin.as_ref().map_err(Clone::clone)?.directory().to_owned();
    let berth = Berth::new(&directory, &instance.instance_id);
    let mut plan = plan(&instance, &berth, &arguments)?;
    if arguments.dry_run {
        return context.output.result(&plan, || told(&plan));
    }
    let _held = berth.hold()?;
    // Another may have run it while this one had not the lock.
    plan.done_before = berth.is_done() && !arguments.again;
    if plan.done_before {
        Output::note(&format!(
            "{}: its user data was run before; --again runs it once more",
            instance.instance_id
        ));
        return Ok(());
    }
    if arguments.cloud_init {
        cloud_init::is_possible()?;
    }
    prepare(&berth, &plan)?;
    let (output, ended) = carried_out(&directory, &plan)?;
    let output = STANDARD.encode(output);
    let call = Call::WriteConsole { instance_id: instance.instance_id, output };
    let Reply::Written = context.call(&call).await? else { return Err(foreign()) };
    ended
}

fn plan(instance: &Instance, berth: &Berth, arguments: &BootArguments) -> Result<Plan, Failure> {
    let id = &instance.instance_id;
    let Some(user_data) = &instance.user_data else {
        return Err(Failure::new(format!("instance {id} has no user data"))
            .hint("`linklocal instance set user-data='#!/bin/sh …'` gives it some"));
    };
    let mut plan = Plan {
        instance_id: id.clone(),
        done_before: berth.is_done() && !arguments.again,
        steps: Vec::new(),
        passed_over: Vec::new(),
        scripts: Vec::new(),
    };
    match arguments.cloud_init {
        true => plan.give_to_cloud_init(instance),
        false => plan.take(user_data::parts(user_data), berth)?,
    }
    Ok(plan)
}

impl Plan {
    /// Scripts, one by one.
    fn take(&mut self, parts: Vec<Part>, berth: &Berth) -> Result<(), Failure> {
        for part in parts {
            match part {
                Part::Script(bytes) => {
                    let path = berth.script(self.steps.len() + 1);
                    let command = vec![path.display().to_string()];
                    self.steps.push(Step { name: file_name(&path), command });
                    self.scripts.push((path, bytes));
                }
                Part::Unhandled(start) => self.passed_over.push(start),
                Part::CloudInit(kind) => return Err(for_cloud_init(&self.instance_id, &kind)),
            }
        }
        if !self.steps.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!("the user data of instance {} is none that is run", self.instance_id))
            .hint("a script begins with #!, what cloud-init runs with #cloud-config and the like"))
    }

    /// It reads the user data itself, from the instance's metadata.
    fn give_to_cloud_init(&mut self, instance: &Instance) {
        let command = cloud_init::command(instance);
        self.steps.push(Step { name: "cloud-init".to_owned(), command });
    }
}

fn for_cloud_init(id: &InstanceId, kind: &str) -> Failure {
    Failure::new(format!("the user data of instance {id} is, or holds, {kind}, which cloud-init runs"))
        .hint("--cloud-init has this machine's cloud-init run it, in a copy of the machine that is gone afterwards; or give the instance a script (#!)")
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn told(plan: &Plan) -> String {
    let before =
        if plan.done_before { " (was run before: nothing would be run without --again)" } else { "" };
    let mut text = format!("{}{before}\n", plan.instance_id);
    for Step { name, command } in &plan.steps {
        text.push_str(&format!("  {name}: {}\n", command.join(" ")));
    }
    for start in &plan.passed_over {
        text.push_str(&format!("  passed over: {start}\n"));
    }
    text
}

/// Writes down that it is run, and the scripts for their owner alone.
fn prepare(berth: &Berth, plan: &Plan) -> Result<(), Failure> {
    for (path, bytes) in &plan.scripts {
        sys::fs::replace(path, bytes, 0o700).map_err(|error| Failure::of(&error))?;
    }
    sys::fs::replace(&berth.mark(), b"", 0o600).map_err(|error| Failure::of(&error))
}

/// Runs all steps, whatever becomes of one; what they wrote, and how the first ended that did not end well.
fn carried_out(directory: &Path, plan: &Plan) -> Result<(Vec<u8>, Result<(), Failure>), Failure> {
    let own = std::env::current_exe()
        .map_err(|error| Failure::new(format!("this program cannot be started again: {error}")))?;
    let (mut written, mut ended) = (Vec::new(), Ok(()));
    for step in &plan.steps {
        let mut command = Command::new(&own);
        command.arg("--data").arg(directory).args(["run", "--clean-env", "--instance"]);
        command.arg(plan.instance_id.as_str()).arg("--").args(&step.command);
        command.env_clear().envs(variables(&plan.instance_id)).current_dir("/").stdin(Stdio::null());
        let code = console::watched(&mut command, &mut written)?;
        if code != 0 && ended.is_ok() {
            let failure = Failure::new(format!("{} ended with exit code {code}", step.name));
            ended = Err(failure.exit(u8::try_from(code).unwrap_or(1)));
        }
    }
    Ok((written, ended))
}

/// What cloud-init's service of systemd leaves to scripts, and the instance's id, which it tells them.
fn variables(id: &InstanceId) -> [(&'static str, OsString); 3] {
    [("PATH", PATH.into()), ("LANG", "C.UTF-8".into()), ("INSTANCE_ID", id.as_str().into())]
}

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
