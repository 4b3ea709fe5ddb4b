//! `linklocal trail`: who called the account, who was given credentials, and who was turned away.
//!
//! Rule: the files are read where they lie, so a server need not run; only whole lines count.

mod entry;
mod feed;
mod findings;
mod key_places;
mod line;

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::time::Duration;

use super::Context;
use crate::arguments::{TrailArguments, TrailCommand};
use crate::failure::Failure;
use crate::output::Output;
use crate::place::Place;
use entry::{Entry, ShownCall, Wanted};
use feed::Feed;

pub(super) async fn run(context: &Context, arguments: TrailArguments) -> Result<(), Failure> {
    let place = Place::at(context.admin.as_ref().map_err(Clone::clone)?.directory());
    if let Some(TrailCommand::Findings(arguments)) = &arguments.command {
        return findings::run(context, &place, arguments).await;
    }
    let wanted = Wanted::new(&arguments)?;
    let mut feed = Feed::new(&place);
    let found = show_past(&mut feed, &wanted, arguments.max_items, context.output)?;
    if arguments.follow {
        return follow(&mut feed, &wanted, context.output).await;
    }
    if !found && !context.output.json {
        let such = if wanted.picks() { "such " } else { "" };
        Output::note(&format!(
            "no {such}entries in {} and {}",
            place.trail().display(),
            place.calls().display()
        ));
    }
    Ok(())
}

/// Shows what is there; whether that was anything.
fn show_past(
    feed: &mut Feed,
    wanted: &Wanted,
    newest: Option<NonZeroUsize>,
    output: Output,
) -> Result<bool, Failure> {
    let (mut found, mut kept) = (false, VecDeque::new());
    while let Some(entry) = feed.next().map_err(|error| Failure::of(&error))? {
        if !wanted.takes(&entry) {
            continue;
        }
        found = true;
        match newest {
            None => show(&entry, output)?,
            Some(newest) => {
                if kept.len() == newest.get() {
                    kept.pop_front();
                }
                kept.push_back(entry);
            }
        }
    }
    kept.iter().try_for_each(|entry| show(entry, output))?;
    Ok(found)
}

/// Shows what comes until interrupted, or until nobody reads it any more.
async fn follow(feed: &mut Feed, wanted: &Wanted, output: Output) -> Result<(), Failure> {
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    while !Output::is_unread() {
        while let Some(entry) = feed.next().map_err(|error| Failure::of(&error))? {
            if wanted.takes(&entry) {
                show(&entry, output)?;
            }
        }
        tokio::select! {
            _ = &mut interrupted => break,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
    Ok(())
}

fn show(entry: &Entry, output: Output) -> Result<(), Failure> {
    match entry {
        Entry::Credentials(record) => output.result(record, || line::text(record)),
        Entry::Call(kept) => output.result(&ShownCall::of(kept), || line::call(kept)),
        Entry::LostCalls(time, count) => {
            let object = serde_json::json!({ "Time": time, "Event": "LostCalls", "Times": count });
            output.result(&object, || format!("{time}  {count} calls came too fast and were not kept\n"))
        }
    }
}

/// Between two looks at the files: entries are to be seen within a second.
const PAUSE: Duration = Duration::from_millis(250);
