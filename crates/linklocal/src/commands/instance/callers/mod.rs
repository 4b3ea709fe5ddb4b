//! `linklocal instance callers`: the programs that call the metadata service.
//!
//! Rule: names that programs chose for themselves may hold anything; what a terminal would act upon is escaped.

mod finder;
mod knowledge;

use types::InstanceId;

use super::{Context, named};
use crate::admin::{Call, CallerDescription, CallerList, Reading, Reply};
use crate::arguments::CallersArguments;
use crate::commands::foreign;
use crate::failure::Failure;
use crate::output::table;

use finder::{Finding, Report};

pub(super) async fn run(context: &Context, arguments: CallersArguments) -> Result<(), Failure> {
    let instance_id = named(&arguments.one)?;
    let Reply::Callers(list) = context.call(&Call::ListCallers { instance_id }).await? else {
        return Err(foreign());
    };
    if arguments.v1 {
        let report = Report::new(&list);
        return context.output.result(&report, || findings(&report));
    }
    context.output.result(&list, || callers(&list))
}

fn callers(list: &CallerList) -> String {
    if list.callers.is_empty() {
        return format!("no calls since {}\n", list.since.iso8601());
    }
    let first: Option<&InstanceId> = list.callers.first().and_then(|caller| caller.instance_id.as_ref());
    let is_several = list.callers.iter().any(|caller| caller.instance_id.as_ref() != first);
    let row = |caller: &CallerDescription| {
        let instance =
            is_several.then(|| caller.instance_id.as_ref().map(ToString::to_string).unwrap_or_default());
        instance.into_iter().chain(row(caller)).collect()
    };
    let heading: Vec<&str> = is_several.then_some("INSTANCE").into_iter().chain(HEADING).collect();
    let rows: Vec<Vec<String>> = list.callers.iter().map(row).collect();
    format!("{}{}", table(&heading, &rows), dropped(list.dropped))
}

fn row(caller: &CallerDescription) -> [String; 9] {
    let counts = &caller.counts;
    [
        program(caller),
        user(caller).unwrap_or_default(),
        container(caller.container_id.as_deref()),
        calls(counts.version1, counts.version1_rejected),
        calls(counts.version2, counts.bad_tokens),
        calls(counts.tokens_issued, counts.tokens_refused),
        counts.credentials.to_string(),
        caller.last_seen.iso8601(),
        printable(caller.user_agent.as_deref().unwrap_or_default()),
    ]
}

/// Version 1 calls and what to do about them, one line a program.
fn findings(report: &Report) -> String {
    let since = report.since.iso8601();
    if report.findings.is_empty() {
        let others = match report.unaffected {
            0 => "nobody called".to_owned(),
            1 => "the one program that called uses tokens".to_owned(),
            n => format!("the {n} programs that called use tokens"),
        };
        return format!("no version 1 calls since {since}: {others}\n{}", dropped(report.dropped));
    }
    let rows: Vec<Vec<String>> = report.findings.iter().map(finding).collect();
    format!("{}{}", table(&V1_HEADING, &rows), dropped(report.dropped))
}

fn finding(finding: &Finding) -> Vec<String> {
    let reads: Vec<&str> = finding.reads.iter().map(|reading| words(*reading)).collect();
    vec![
        finding.program.clone(),
        finding.user.clone().unwrap_or_default(),
        container(finding.container_id.as_deref()),
        calls(finding.counts.version1, finding.counts.version1_rejected),
        reads.join(", "),
        finding.last_seen.iso8601(),
        printable(&finding.advice),
    ]
}

/// What is shown as the program's name: the script of an interpreter, else the executable, else what else is known.
fn program(caller: &CallerDescription) -> String {
    let file = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let text = match (&caller.program, &caller.script) {
        (Some(program), Some(script)) => format!("{script} ({})", file(program)),
        (Some(program), None) => program.clone(),
        (None, _) if caller.local => "(process not known)".to_owned(),
        (None, _) => format!("({})", caller.address),
    };
    printable(&text)
}

fn user(caller: &CallerDescription) -> Option<String> {
    let id = caller.user_id.map(|id| id.to_string());
    caller.user_name.as_deref().map(printable).or(id)
}

/// As container tools abbreviate it.
fn container(id: Option<&str>) -> String {
    id.map(|id| printable(&id.chars().take(12).collect::<String>())).unwrap_or_default()
}

fn calls(answered: u64, refused: u64) -> String {
    if refused == 0 { answered.to_string() } else { format!("{answered} ({refused} refused)") }
}

fn dropped(count: u64) -> String {
    match count {
        0 => String::new(),
        n => format!("and {n} that called longer ago and made room for these\n"),
    }
}

fn words(reading: Reading) -> &'static str {
    match reading {
        Reading::Credentials => "credentials",
        Reading::UserData => "user data",
        Reading::IdentityDocument => "identity document",
        Reading::Tags => "tags",
        Reading::OtherMetadata => "other metadata",
    }
}

fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { printable.extend(c.escape_default()) } else { printable.push(c) }
    }
    printable
}

const HEADING: [&str; 9] =
    ["PROGRAM", "USER", "CONTAINER", "V1", "V2", "TOKENS", "CREDENTIALS", "LAST SEEN", "USER-AGENT"];
const V1_HEADING: [&str; 7] = ["PROGRAM", "USER", "CONTAINER", "V1", "READS", "LAST SEEN", "WHAT TO DO"];
