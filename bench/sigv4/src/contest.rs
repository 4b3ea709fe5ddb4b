//! Who is measured at what, in turns: A B A B …, so that a busy neighbour meets all of them.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

#[cfg(feature = "peers")]
use crate::peers::{aws_sigv4, reqsign, s3s, scratchstack};
use crate::{allocations, ours};

/// One operation, to be done over and over.
pub(crate) type Job = Box<dyn FnMut()>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    Get,
    GetApplied,
    Presign,
    Post,
    VerifyHeader,
    VerifyQuery,
    VerifyUnknownKey,
    VerifyWrongSignature,
    Derive,
}

pub(crate) struct Plan {
    rounds: usize,
    turn: Duration,
}

/// What one candidate took in each round.
pub(crate) struct Times {
    pub(crate) name: &'static str,
    pub(crate) nanoseconds: Vec<f64>,
    pub(crate) allocations: u64,
}

pub(crate) struct Outcome {
    pub(crate) row: Row,
    /// Ours first.
    pub(crate) candidates: Vec<Times>,
}

impl Row {
    pub(crate) const ALL: [Self; 9] = [
        Self::Get,
        Self::GetApplied,
        Self::Presign,
        Self::Post,
        Self::VerifyHeader,
        Self::VerifyQuery,
        Self::VerifyUnknownKey,
        Self::VerifyWrongSignature,
        Self::Derive,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "GET, signed",
            Self::GetApplied => "GET, signed and applied",
            Self::Presign => "presigned URL, assembled",
            Self::Post => "POST of 1 KiB, signed",
            Self::VerifyHeader => "verify, header",
            Self::VerifyQuery => "verify, query",
            Self::VerifyUnknownKey => "verify, unknown key",
            Self::VerifyWrongSignature => "verify, wrong signature",
            Self::Derive => "derive a key",
        }
    }

    /// Ours first.
    fn jobs(self) -> Vec<(&'static str, Job)> {
        let mut jobs = vec![("linklocal", self.ours())];
        if self == Self::Get {
            jobs.push(("linklocal, key from its cache", ours::get(true)));
        }
        #[cfg(feature = "peers")]
        jobs.extend(self.theirs());
        jobs
    }

    fn ours(self) -> Job {
        match self {
            Self::Get => ours::get(false),
            Self::GetApplied => ours::get_applied(),
            Self::Presign => ours::presign(),
            Self::Post => ours::post(),
            Self::VerifyHeader => ours::verify_header(),
            Self::VerifyQuery => ours::verify_query(),
            Self::VerifyUnknownKey => ours::verify_unknown_key(),
            Self::VerifyWrongSignature => ours::verify_wrong_signature(),
            Self::Derive => ours::derive(),
        }
    }

    #[cfg(feature = "peers")]
    fn theirs(self) -> Vec<(&'static str, Job)> {
        match self {
            Self::Get => vec![("aws-sigv4", aws_sigv4::get())],
            Self::GetApplied => vec![
                ("aws-sigv4", aws_sigv4::get_applied()),
                ("reqsign-aws-v4 (S3 rules)", reqsign::get_applied()),
            ],
            Self::Presign => {
                vec![("aws-sigv4", aws_sigv4::presign()), ("reqsign-aws-v4", reqsign::presign())]
            }
            Self::Post => vec![("aws-sigv4", aws_sigv4::post())],
            Self::VerifyHeader => vec![
                ("s3s-sigv4, cached key", s3s::verify_header(true)),
                ("s3s-sigv4, derives the key", s3s::verify_header(false)),
                ("scratchstack, cached key", scratchstack::verify_header()),
            ],
            Self::VerifyQuery => vec![("s3s-sigv4, cached key", s3s::verify_query())],
            Self::VerifyUnknownKey | Self::VerifyWrongSignature => Vec::new(),
            Self::Derive => vec![("aws-sigv4", aws_sigv4::derive()), ("s3s-sigv4", s3s::derive())],
        }
    }
}

impl Plan {
    pub(crate) fn parse(arguments: &[String]) -> Self {
        let mut plan = Self { rounds: 9, turn: Duration::from_millis(120) };
        for pair in arguments.chunks(2) {
            let number = pair.get(1).and_then(|text| text.parse().ok()).filter(|number| *number > 0);
            let Some(number) = number else { wrong_usage() };
            match pair[0].as_str() {
                "--rounds" => plan.rounds = number,
                "--milliseconds" => plan.turn = Duration::from_millis(number as u64),
                _ => wrong_usage(),
            }
        }
        plan
    }
}

pub(crate) fn run(row: Row, plan: &Plan) -> Outcome {
    let mut jobs = row.jobs();
    let mut candidates: Vec<Times> = jobs
        .iter_mut()
        .map(|(name, job)| Times { name, nanoseconds: Vec::new(), allocations: allocations::of(job) })
        .collect();
    let batches: Vec<u32> = jobs.iter_mut().map(|(_, job)| batch(job, plan.turn)).collect();
    for _ in 0..plan.rounds {
        for (((_, job), times), count) in jobs.iter_mut().zip(&mut candidates).zip(&batches) {
            times.nanoseconds.push(spent(job, *count).as_nanos() as f64 / f64::from(*count));
        }
    }
    Outcome { row, candidates }
}

/// Does what is ours in a row so many times.
pub(crate) fn repeat(row: &str, count: &str) {
    let row = Row::ALL.into_iter().find(|each| each.name() == row);
    let (Some(row), Ok(count)) = (row, count.parse::<u32>()) else { wrong_usage() };
    let mut job = row.ours();
    (0..count).for_each(|_| job());
}

/// How many operations fill a turn.
fn batch(job: &mut Job, turn: Duration) -> u32 {
    let probe = 200;
    spent(job, probe);
    let each = spent(job, probe).as_nanos().max(1) / u128::from(probe);
    u32::try_from(turn.as_nanos() / each.max(1)).unwrap_or(u32::MAX).max(1)
}

/// CPU time of this thread.
fn spent(job: &mut Job, count: u32) -> Duration {
    let start = cpu();
    (0..count).for_each(|_| job());
    cpu() - start
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn wrong_usage() -> ! {
    eprintln!("usage: bench-sigv4 [--rounds N] [--milliseconds N] | --once ROW COUNT");
    std::process::exit(2);
}
