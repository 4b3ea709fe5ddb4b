//! `linklocal trail`: who was given credentials, and who was turned away.
//!
//! Rule: the files are read where they lie, so a server need not run; only whole lines count.

mod line;
mod reader;

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use sys::Clock;
use types::{InstanceId, Timestamp};

use super::Context;
use crate::arguments::TrailArguments;
use crate::failure::Failure;
use crate::output::Output;
use crate::server::trail::{Event, Record};
use reader::Reader;

pub(super) async fn run(context: &Context, arguments: TrailArguments) -> Result<(), Failure> {
    let directory = context.admin.as_ref().map_err(Clone::clone)?.directory().join("trail");
    let wanted = Wanted::new(&arguments)?;
    let mut reader = Reader::new(directory.clone());
    let found = show_past(&mut reader, &wanted, arguments.max_items, context.output)?;
    if arguments.follow {
        return follow(&mut reader, &wanted, context.output).await;
    }
    if !found && !context.output.json {
        Output::note(&wanted.nothing(&directory));
    }
    Ok(())
}

/// Which entries are asked for.
struct Wanted {
    since: Option<Timestamp>,
    instance_id: Option<InstanceId>,
    denied: bool,
    /// Capitals or not.
    who_has: Option<String>,
    now: Timestamp,
}

impl Wanted {
    fn new(arguments: &TrailArguments) -> Result<Self, Failure> {
        let instance_id = arguments.instance.as_deref().map(super::instance_id).transpose()?;
        let now = Clock::system().now();
        let since = arguments.since.map(|since| since.resolve(now));
        let who_has = arguments.who_has.as_ref().map(|text| text.to_lowercase());
        Ok(Self { since, instance_id, denied: arguments.denied, who_has, now })
    }

    fn takes(&self, record: &Record) -> bool {
        let Self { since, instance_id, denied, .. } = self;
        since.is_none_or(|since| record.time >= since)
            && (instance_id.is_none() || *instance_id == record.instance_id)
            && (!denied || matches!(record.event, Event::Denial { .. }))
            && self.who_has.as_ref().is_none_or(|text| has(record, text, self.now))
    }

    fn nothing(&self, directory: &Path) -> String {
        let such =
            if self.since.is_some() || self.instance_id.is_some() || self.denied || self.who_has.is_some() {
                "such "
            } else {
                ""
            };
        format!("no {such}entries in {}", directory.display())
    }
}

/// Whether somebody like `text` was given credentials that are good at `now`.
fn has(record: &Record, text: &str, now: Timestamp) -> bool {
    let Event::HandOut { principal, expiration, profile, .. } = &record.event else { return false };
    let names = |name: &String| name.to_lowercase().contains(text);
    expiration.is_none_or(|end| end > now) && (names(principal) || profile.as_ref().is_some_and(names))
}

/// Shows what is there; whether that was anything.
fn show_past(
    reader: &mut Reader,
    wanted: &Wanted,
    newest: Option<NonZeroUsize>,
    output: Output,
) -> Result<bool, Failure> {
    let (mut found, mut kept) = (false, VecDeque::new());
    while let Some(records) = reader.read().map_err(|error| Failure::of(&error))? {
        for record in records.into_iter().filter(|record| wanted.takes(record)) {
            found = true;
            match newest {
                None => show(&record, output)?,
                Some(newest) => {
                    if kept.len() == newest.get() {
                        kept.pop_front();
                    }
                    kept.push_back(record);
                }
            }
        }
    }
    kept.iter().try_for_each(|record| show(record, output))?;
    Ok(found)
}

/// Shows what comes until interrupted, or until nobody reads it any more.
async fn follow(reader: &mut Reader, wanted: &Wanted, output: Output) -> Result<(), Failure> {
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    while !Output::is_unread() {
        while let Some(records) = reader.read().map_err(|error| Failure::of(&error))? {
            let wanted = records.iter().filter(|record| wanted.takes(record));
            wanted.into_iter().try_for_each(|record| show(record, output))?;
        }
        tokio::select! {
            _ = &mut interrupted => break,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
    Ok(())
}

fn show(record: &Record, output: Output) -> Result<(), Failure> {
    output.result(record, || line::text(record))
}

/// Between two looks at the files: entries are to be seen within a second.
const PAUSE: Duration = Duration::from_millis(250);
