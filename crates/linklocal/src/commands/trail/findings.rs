//! `linklocal trail findings`: what stands out in both trails, by which events, and what to do.
//!
//! Rule: the files are read where they lie; a server that answers is asked which instances there are, and is not needed.

use std::fmt::Write as _;
use std::net::IpAddr;

use sys::Clock;
use trail::Program;
use trail::findings::{Detective, Finding, HandOut, Severity, Standing};
use types::Timestamp;

use super::entry::Entry;
use super::feed::Feed;
use super::key_places::key_places;
use super::line::plain;
use crate::admin::{Call, InstanceSummary, Reply};
use crate::arguments::FindingsArguments;
use crate::commands::Context;
use crate::failure::Failure;
use crate::output::Output;
use crate::place::Place;
use crate::server::trail::{CallerRecord, Event, Record};

pub(super) async fn run(
    context: &Context,
    place: &Place,
    arguments: &FindingsArguments,
) -> Result<(), Failure> {
    let since = arguments.since.map(|since| since.resolve(Clock::system().now()));
    let hand_outs = hand_outs(place, since)?;
    let mut detective = Detective::new(hand_outs, standing(context).await, key_places(&context.env));
    let mut feed = Feed::calls(place);
    while let Some(entry) = feed.next().map_err(|error| Failure::of(&error))? {
        if let Entry::Call(call) = &entry
            && since.is_none_or(|since| entry.time() >= since)
        {
            detective.look_at(call);
        }
    }
    let findings = detective.findings();
    findings.iter().try_for_each(|finding| context.output.result(finding, || text(finding)))?;
    if findings.is_empty() && !context.output.json {
        Output::note("nothing stands out");
    }
    Ok(())
}

fn hand_outs(place: &Place, since: Option<Timestamp>) -> Result<Vec<HandOut>, Failure> {
    let mut feed = Feed::credentials(place);
    let mut all = Vec::new();
    while let Some(entry) = feed.next().map_err(|error| Failure::of(&error))? {
        if let Entry::Credentials(record) = entry
            && since.is_none_or(|since| record.time >= since)
        {
            all.extend(hand_out(*record));
        }
    }
    Ok(all)
}

fn hand_out(record: Record) -> Option<HandOut> {
    let Event::HandOut { principal, access_key_id, delivery, .. } = record.event else { return None };
    Some(HandOut {
        time: record.time,
        principal,
        access_key_id,
        delivery,
        instance_id: record.instance_id.map(|id| id.to_string()),
        program: record.caller.map(program).unwrap_or_default(),
        user_agent: record.user_agent,
        times: record.times,
    })
}

fn program(caller: CallerRecord) -> Program {
    Program {
        on_this_machine: caller.process_id.is_some()
            || caller.address.is_none_or(|address| address.is_loopback()),
        address: caller.address,
        process_id: caller.process_id,
        program: caller.program,
        script: caller.script,
        ancestors: Vec::new(),
        user_id: caller.user_id,
        user_name: caller.user_name,
        container_id: caller.container_id,
    }
}

/// Instances that have a role and run; none where no server answers.
async fn standing(context: &Context) -> Vec<Standing> {
    let Ok(admin) = &context.admin else { return Vec::new() };
    let (mut all, mut after) = (Vec::new(), None);
    while let Ok(Reply::Instances(page)) = admin.call(&Call::ListInstances { after }).await {
        all.extend(page.instances.into_iter().filter_map(stands));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    all
}

fn stands(instance: InstanceSummary) -> Option<Standing> {
    let on_this_machine = instance.sources.is_empty();
    let addresses: Vec<IpAddr> = instance.sources.into_iter().chain(instance.private_ip_address).collect();
    (instance.state == "running").then_some(())?;
    Some(Standing {
        instance_id: instance.instance_id.to_string(),
        role: instance.role?,
        addresses,
        on_this_machine,
    })
}

/// A finding for people: a line, and what belongs to it below.
fn text(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::High => "HIGH",
        Severity::Medium => "MEDIUM",
        Severity::Low => "LOW",
        Severity::Info => "INFO",
    };
    let mut text = format!("{severity}  {}  {}\n", finding.kind, plain(&finding.title));
    for evidence in &finding.evidence {
        let _ = writeln!(text, "  seen: {}", plain(evidence));
    }
    if finding.first == finding.last {
        let _ = writeln!(text, "  when: {}", finding.first);
    } else {
        let _ = writeln!(text, "  when: {} to {}", finding.first, finding.last);
    }
    if !finding.why.is_empty() {
        let _ = writeln!(text, "  why:  {}", finding.why);
    }
    for advice in &finding.advice {
        let _ = writeln!(text, "  do:   {}", plain(advice));
    }
    if !finding.event_ids.is_empty() {
        let _ = writeln!(text, "  events: {}", finding.event_ids.join(" "));
    }
    text + "\n"
}
