//! `linklocal audit instances`: the metadata options and profiles of all instances, held against AWS's rules.
//!
//! Rule: what is looked at is what is there now; what is found bears the name that AWS has for it, and says how it is cured.

mod rules;

use account::directory::MetadataDefaults;
use serde::Serialize;
use types::InstanceId;

use super::{Context, foreign};
use crate::admin::{Call, CallerList, InstanceDescription, Reply};
use crate::arguments::{AuditCommand, AuditInstancesArguments};
use crate::failure::Failure;
use crate::output::Output;

use rules::{Finding, Ground};

/// What `--json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Report {
    instances: usize,
    regions: usize,
    findings: Vec<Finding>,
}

pub(super) async fn run(context: &Context, command: AuditCommand) -> Result<(), Failure> {
    let AuditCommand::Instances(arguments) = command;
    instances(context, &arguments).await
}

async fn instances(context: &Context, arguments: &AuditInstancesArguments) -> Result<(), Failure> {
    let instances = described(context).await?;
    let (defaults, callers) = (defaults(context).await?, callers(context).await?);
    let findings = rules::findings(&Ground { instances: &instances, defaults: &defaults, callers: &callers });
    let report = Report { instances: instances.len(), regions: rules::regions(&instances).len(), findings };
    context.output.result(&report, || text(&report))?;
    match report.findings.len() {
        0 => Ok(()),
        _ if !arguments.fail => Ok(()),
        1 => Err(Failure::new("there is a finding")),
        count => Err(Failure::new(format!("there are {count} findings"))),
    }
}

/// All instances that are not terminated, page after page.
async fn described(context: &Context) -> Result<Vec<InstanceDescription>, Failure> {
    let mut instances = Vec::new();
    let mut after: Option<InstanceId> = None;
    loop {
        let Reply::Descriptions(page) = context.call(&Call::DescribeInstances { after }).await? else {
            return Err(foreign());
        };
        instances.extend(page.instances.into_iter().filter(|held| !held.instance.life.is_terminated()));
        after = page.next;
        if after.is_none() {
            return Ok(instances);
        }
        Output::progress(&format!("{} instances read", instances.len()));
    }
}

async fn defaults(context: &Context) -> Result<Vec<MetadataDefaults>, Failure> {
    match context.call(&Call::ListMetadataDefaults).await? {
        Reply::MetadataDefaults(defaults) => Ok(defaults),
        _ => Err(foreign()),
    }
}

async fn callers(context: &Context) -> Result<CallerList, Failure> {
    match context.call(&Call::ListCallers { instance_id: None }).await? {
        Reply::Callers(callers) => Ok(callers),
        _ => Err(foreign()),
    }
}

fn text(report: &Report) -> String {
    let Report { instances, findings, .. } = report;
    let looked = match instances {
        1 => "1 instance".to_owned(),
        count => format!("{count} instances"),
    };
    if findings.is_empty() {
        return format!("{looked}, no findings\n");
    }
    let mut text = String::new();
    for finding in findings {
        let Finding { rule, resource, severity, message, cure } = finding;
        let severity = severity.as_str();
        text.push_str(&format!(
            "{severity:8}  {rule}  {resource}\n          {message}\n          cure: {cure}\n"
        ));
    }
    let count = match findings.len() {
        1 => "1 finding".to_owned(),
        count => format!("{count} findings"),
    };
    format!("{text}{looked}, {count}\n")
}
