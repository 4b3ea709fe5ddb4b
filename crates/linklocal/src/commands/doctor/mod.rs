//! `linklocal doctor`: checks a metadata endpoint against EC2.
//!
//! Rule: read only, bounded, and polite enough for a real instance. A failure names what EC2 does, what came instead, and
//! who minds.

mod account;
mod check;
mod checks;
mod crawl;
mod probe;
mod report;
mod selection;
mod subject;

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use sys::Clock;
use tokio::runtime::Handle;

use self::check::{About, Check};
use self::probe::{Probe, ProbeError};
use self::report::{Entry, Outcome, Report};
use self::subject::{Place, Subject};
use super::Context;
use super::get::Service;
use crate::arguments::DoctorArguments;
use crate::failure::Failure;
use crate::output::{Output, table};

pub(super) async fn run(context: &Context, arguments: DoctorArguments) -> Result<(), Failure> {
    if arguments.account {
        return account::run(context, arguments).await;
    }
    let all: Vec<&'static Check> = checks::all().collect();
    let checks = selection::select(&all, &arguments.only, &arguments.except)?;
    if arguments.list {
        let abouts: Vec<About> = checks.iter().map(|check| check.about()).collect();
        return list(context.output, &abouts);
    }
    let service = Service::find(context, arguments.endpoint.as_deref()).await?;
    let named = service.to_string();
    let (probe, place) = probe(&service);
    let output = context.output;
    // Questions are asked one after the other and wait for their answers: on a thread of their own, beside the runtime
    // that carries them.
    let work = tokio::task::spawn_blocking(move || examine(probe, place, &named, &checks, output));
    let report = work.await.map_err(|error| Failure::of(&error))??;
    told(output, &report, arguments.junit.as_deref(), &service.to_string())
}

/// The report where it belongs, and whether it is a good one. A file that cannot be written does not cost the result.
fn told(output: Output, report: &Report, junit: Option<&Path>, named: &str) -> Result<(), Failure> {
    let counts = report.counts();
    output.result(&report.object(), || format!("\n{counts}\n"))?;
    if let Some(file) = junit {
        sys::fs::replace(file, report.junit().as_bytes(), 0o644).map_err(|error| Failure::of(&error))?;
    }
    match counts.fail {
        0 => Ok(()),
        fail => Err(Failure::new(format!("{fail} of {} checks failed at {named}", report.entries.len()))),
    }
}

fn probe(service: &Service) -> (Probe, Place) {
    let host = service.authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
    let place = Place::of(&host);
    let probe = Probe {
        runtime: Handle::current(),
        host,
        port: service.authority.port_u16().unwrap_or(80),
        authority: service.authority.to_string(),
        prefix: service.prefix.clone(),
        pause: if place == Place::LinkLocal { LINK_LOCAL_PAUSE } else { Duration::ZERO },
        unanswered: Cell::new(0),
    };
    (probe, place)
}

/// Runs the checks; as text they are printed as they come.
fn examine(
    probe: Probe,
    place: Place,
    named: &str,
    checks: &[&'static Check],
    output: Output,
) -> Result<Report, Failure> {
    let subject =
        Subject::survey(probe, place, Clock::system()).map_err(|error| unreachable(named, &error))?;
    if subject.is_disabled() {
        return Err(Failure::new(format!("{named} refuses everything (403): there is nothing to check")).hint(
            "the instance's metadata endpoint is disabled, or its IPv6 endpoint where the address is one of IPv6",
        ));
    }
    let mut report = Report::new(&subject);
    let print = |text: &str| if output.json { Ok(()) } else { Output::text(text) };
    print(&format!("{named}: {}\n\n", report.summary()))?;
    for &check in checks {
        let entry = Entry { check: check.about(), outcome: Outcome::of(check.kind, (check.run)(&subject)) };
        let is_new = report.entries.last().is_none_or(|last| last.check.group() != entry.check.group());
        let heading = if is_new { format!("{}\n", entry.check.group()) } else { String::new() };
        print(&format!("{heading}{}", entry.lines()))?;
        report.entries.push(entry);
    }
    Ok(report)
}

fn unreachable(named: &str, error: &ProbeError) -> Failure {
    Failure::new(format!("{named} cannot be checked: {error}"))
        .hint("start a server with `linklocal up`, or name one with --endpoint URL")
}

fn list(output: Output, checks: &[About]) -> Result<(), Failure> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Listed {
        id: &'static str,
        kind: &'static str,
        title: &'static str,
        source: &'static str,
        matters: &'static str,
    }
    let listed = |check: &About| Listed {
        id: check.id,
        kind: check.kind.name(),
        title: check.title,
        source: check.source,
        matters: check.matters,
    };
    let listed: Vec<Listed> = checks.iter().map(listed).collect();
    let row = |check: &Listed| vec![check.id.to_owned(), check.kind.to_owned(), check.title.to_owned()];
    output.result(&serde_json::json!({ "Checks": listed }), || {
        table(&["ID", "KIND", "WHAT HOLDS"], &listed.iter().map(row).collect::<Vec<_>>())
    })
}

/// EC2 drops what goes beyond 1,024 packets a second to link-local addresses, for all programs of an instance. A request
/// takes about six: this leaves four in ten.
const LINK_LOCAL_PAUSE: Duration = Duration::from_millis(10);
