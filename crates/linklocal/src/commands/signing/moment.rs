//! When a signature is from.

use scenario::Offset;
use types::Timestamp;

use crate::arguments::ScopeArguments;

/// A time of whole seconds, which is what signatures hold, and where it is from.
#[derive(Clone, Debug)]
pub(in crate::commands) struct Moment {
    pub(in crate::commands) time: Timestamp,
    pub(in crate::commands) origin: String,
}

impl Moment {
    pub(in crate::commands) fn of(arguments: &ScopeArguments, now: Timestamp) -> Self {
        let (time, origin) = match (arguments.date, arguments.clock_offset) {
            (Some(date), _) => (date.0, "--date".to_owned()),
            (None, Some(Offset::Ahead(span))) => (now + span, offset(arguments)),
            (None, Some(Offset::Behind(span))) => (now - span, offset(arguments)),
            (None, None) => (now, "the clock".to_owned()),
        };
        Self { time: time.trunc_secs(), origin }
    }
}

fn offset(arguments: &ScopeArguments) -> String {
    let offset = arguments.clock_offset.map(|offset| offset.to_string()).unwrap_or_default();
    format!("the clock and --clock-offset {offset}")
}
