//! The v1 finder: what would break if tokens were required, and what to do about it.
//!
//! Rule: one finding a program, whatever number of instances it calls.

use serde::Serialize;
use types::Timestamp;

use super::knowledge::{self, Match, Release};
use crate::admin::{CallCounts, CallerDescription, CallerList, Reading};

/// What `callers --v1 --json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Report {
    pub(super) since: Timestamp,
    /// Programs that called and are not known any more.
    pub(super) dropped: u64,
    /// Programs that use tokens for all they read.
    pub(super) unaffected: usize,
    pub(super) findings: Vec<Finding>,
}

/// A program that reads without a token.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Finding {
    pub(super) program: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) container_id: Option<String>,
    pub(super) manner: Manner,
    #[serde(flatten)]
    pub(super) counts: CallCounts,
    pub(super) reads: Vec<Reading>,
    pub(super) last_seen: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_agent: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) run_by: Vec<String>,
    /// What it is known as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) known_as: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    /// The first release that uses tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) needed_version: Option<String>,
    pub(super) advice: String,
}

/// How a program comes to read without a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Manner {
    /// It never asks for one.
    NoToken,
    /// It asks for one, and goes on without.
    FallsBack,
    /// It shows one with some of its calls.
    Partly,
}

impl Report {
    pub(super) fn new(list: &CallerList) -> Self {
        let programs = merged(&list.callers);
        let (affected, unaffected): (Vec<_>, Vec<_>) =
            programs.iter().partition(|program| program.calls_version1());
        let findings = affected.into_iter().map(finding).collect();
        Self { since: list.since, dropped: list.dropped, unaffected: unaffected.len(), findings }
    }
}

/// Programs over all instances; what is told of one is of the instance that it called last.
fn merged(callers: &[CallerDescription]) -> Vec<CallerDescription> {
    let mut programs: Vec<CallerDescription> = Vec::new();
    for caller in callers {
        match programs.iter_mut().find(|known| is_same(known, caller)) {
            Some(known) => {
                known.counts.add(&caller.counts);
                let more = caller.run_by.iter().filter(|name| !known.run_by.contains(name)).cloned();
                known.run_by.extend(more.collect::<Vec<_>>());
                known.version1_reads.extend(&caller.version1_reads);
                known.version1_reads.sort();
                known.version1_reads.dedup();
            }
            None => programs.push(caller.clone()),
        }
    }
    programs
}

fn is_same(a: &CallerDescription, b: &CallerDescription) -> bool {
    let of = |c: &CallerDescription| {
        let other_name = c.program.is_none().then(|| (c.user_agent.clone(), c.address));
        (c.program.clone(), c.script.clone(), c.user_id, c.container_id.clone(), other_name)
    };
    of(a) == of(b)
}

fn finding(caller: &CallerDescription) -> Finding {
    let manner = Manner::of(&caller.counts);
    let file = caller.script.as_deref().or(caller.program.as_deref());
    let file = file.and_then(|path| path.rsplit('/').next());
    let known = knowledge::recognise(caller.user_agent.as_deref(), file);
    Finding {
        program: super::program(caller),
        user: super::user(caller),
        container_id: caller.container_id.clone(),
        manner,
        counts: caller.counts,
        reads: caller.version1_reads.clone(),
        last_seen: caller.last_seen,
        user_agent: caller.user_agent.clone(),
        run_by: caller.run_by.clone(),
        advice: advice(manner, caller, known.as_ref()),
        needed_version: known.as_ref().and_then(|found| found.known.since.version()).map(str::to_owned),
        known_as: known.as_ref().map(|found| found.known.name.to_owned()),
        version: known.and_then(|found| found.version),
    }
}

impl Manner {
    fn of(counts: &CallCounts) -> Self {
        if counts.version2 > 0 {
            Self::Partly
        } else if counts.tokens_issued + counts.tokens_refused > 0 {
            Self::FallsBack
        } else {
            Self::NoToken
        }
    }
}

impl Release {
    fn version(self) -> Option<&'static str> {
        match self {
            Self::From(version) => Some(version),
            Self::Any | Self::None => None,
        }
    }
}

/// What to do, in one line.
fn advice(manner: Manner, caller: &CallerDescription, known: Option<&Match>) -> String {
    match manner {
        Manner::FallsBack if caller.counts.tokens_issued > 0 => {
            "asked for a token and went on without it: the reply may not have reached it; \
             look at http-put-response-hop-limit"
                .to_owned()
        }
        Manner::FallsBack => {
            "asked for a token, was refused and went on without: look at the TTL that it asks for, and for a proxy \
             that adds X-Forwarded-For"
                .to_owned()
        }
        Manner::Partly => format!("shows a token with part of its calls only; {}", upgrade(caller, known)),
        Manner::NoToken => upgrade(caller, known),
    }
}

/// What to put in the program's place.
fn upgrade(caller: &CallerDescription, known: Option<&Match>) -> String {
    let Some(Match { known, version }) = known else {
        return "have it ask for a token first (PUT /latest/api/token), or use an AWS SDK".to_owned();
    };
    let name = known.name;
    let note = known.note.map(|note| format!("; {note}")).unwrap_or_default();
    match (known.since, version) {
        (Release::None, _) => format!("no release of {name} uses tokens{note}"),
        (Release::Any, _) => match known.note {
            Some(note) => format!("{note}{}", run_by(caller)),
            None => format!("every release of {name} uses tokens: look for a setting that turns that off"),
        },
        (Release::From(from), Some(version)) if knowledge::reaches(version, from) => {
            format!("{name} {version} can use tokens: look for a setting that turns that off{note}")
        }
        (Release::From(from), Some(version)) => format!("upgrade {name} {version} to {from} or later{note}"),
        (Release::From(from), None) => format!("use {name} {from} or later{note}"),
    }
}

/// The script is what has to be changed, not the tool that it calls.
fn run_by(caller: &CallerDescription) -> String {
    if caller.run_by.is_empty() { String::new() } else { format!(" (run by {})", caller.run_by.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(program: &str, user_agent: Option<&str>, counts: CallCounts) -> CallerDescription {
        CallerDescription {
            instance_id: None,
            program: Some(program.to_owned()),
            script: None,
            process_id: Some(7),
            command_line: Vec::new(),
            ancestors: Vec::new(),
            run_by: vec!["deploy.sh".to_owned(), "backup.sh".to_owned()],
            user_id: Some(0),
            user_name: Some("root".to_owned()),
            cgroup: None,
            container_id: None,
            address: [127, 0, 0, 1].into(),
            local: true,
            user_agent: user_agent.map(str::to_owned),
            first_seen: Timestamp::EPOCH,
            last_seen: Timestamp::EPOCH,
            counts,
            version1_reads: vec![Reading::Credentials],
        }
    }

    fn counts(version1: u64, version2: u64, tokens_issued: u64, tokens_refused: u64) -> CallCounts {
        CallCounts { version1, version2, tokens_issued, tokens_refused, ..CallCounts::default() }
    }

    #[test]
    fn advice_fits_the_manner_and_the_release() {
        let only = counts(3, 0, 0, 0);
        for (program, agent, counts, manner, advice) in [
            ("/usr/bin/s3fs", Some("s3fs/1.90"), only, Manner::NoToken, "upgrade s3fs 1.90 to 1.91 or later"),
            ("/usr/bin/s3cmd", None, only, Manner::NoToken, "use s3cmd 2.3.0 or later"),
            (
                "/x/app",
                Some("Botocore/1.44.5"),
                only,
                Manner::NoToken,
                "1.44.5 can use tokens: look for a setting",
            ),
            (
                "/x/app",
                Some("Boto/2.49.0"),
                only,
                Manner::NoToken,
                "no release of AWS SDK for Python (Boto 2)",
            ),
            (
                "/x/app",
                Some("aws-sdk-rust/1.3.15"),
                only,
                Manner::NoToken,
                "every release of AWS SDK for Rust",
            ),
            ("/usr/bin/curl", Some("curl/8"), only, Manner::NoToken, "(run by deploy.sh, backup.sh)"),
            ("/x/app", None, only, Manner::NoToken, "have it ask for a token first"),
            ("/x/app", None, counts(1, 0, 1, 0), Manner::FallsBack, "hop-limit"),
            ("/x/app", None, counts(1, 0, 0, 4), Manner::FallsBack, "was refused"),
            (
                "/usr/bin/s3fs",
                Some("s3fs/1.90"),
                counts(1, 5, 1, 0),
                Manner::Partly,
                "part of its calls only; upgrade",
            ),
        ] {
            let found = finding(&caller(program, agent, counts));
            assert_eq!(found.manner, manner, "{program} {agent:?}");
            assert!(found.advice.contains(advice), "{}", found.advice);
        }
    }

    #[test]
    fn a_program_on_many_instances_is_one_finding() {
        let call = |id: &str, version1| CallerDescription {
            instance_id: Some(id.parse().unwrap()),
            ..caller("/usr/bin/curl", None, counts(version1, 0, 0, 0))
        };
        let others =
            CallerDescription { user_id: Some(1000), ..caller("/usr/bin/curl", None, counts(0, 9, 1, 0)) };
        let callers = vec![call("i-0123456789abcdef0", 2), call("i-0123456789abcdef1", 3), others];
        let report = Report::new(&CallerList { since: Timestamp::EPOCH, dropped: 0, callers });
        assert_eq!((report.findings.len(), report.unaffected), (1, 1));
        assert_eq!(report.findings[0].counts.version1, 5);
    }
}
