//! Logs on stderr: which targets, and how loud.

use std::io;

use sys::Env;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::failure::Failure;

/// Logs from here on what `--log`, else `LINKLOCAL_LOG`, lets through; warnings by default.
pub(crate) fn start(flag: Option<&str>, env: &Env) -> Result<(), Failure> {
    let typed = flag.map(|filter| ("--log", filter)).or_else(|| {
        env.var("LINKLOCAL_LOG").filter(|filter| !filter.is_empty()).map(|filter| ("LINKLOCAL_LOG", filter))
    });
    let targets = match typed {
        Some((origin, filter)) => parse(origin, filter)?,
        None => Targets::new().with_default(LevelFilter::WARN),
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false);
    tracing_subscriber::registry().with(targets).with(lines).init();
    Ok(())
}

fn parse(origin: &str, filter: &str) -> Result<Targets, Failure> {
    filter.parse::<Targets>().map_err(|error| {
        Failure::usage(format!("{origin}: log filter {filter:?} is not understood: {error}"))
            .hint("write a level (off, error, warn, info, debug, trace), or target=level with commas between")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_levels_or_targets() {
        assert!(
            parse("--log", "imds=trace,warn").is_ok_and(|t| t.would_enable("imds", &tracing::Level::TRACE))
        );
        assert_eq!(parse("--log", "imds=loud").unwrap_err().exit_code(), 2);
    }
}
