//! The rows: an object read, and one written in each way in which SDKs send bodies.

use super::super::Programs;
use super::super::load::{self, Call, Load, Turn};
use super::{Plan, Servers};
use crate::chore::ChoreError;
use crate::output;

pub(super) struct Row {
    pub(super) name: &'static str,
    call: &'static str,
    connections: usize,
    is_large: bool,
    /// How many times what the product costs moto is to cost.
    pub(super) goal: Option<f64>,
}

/// What one row showed, turn by turn.
pub(super) struct Contest {
    pub(super) row: &'static Row,
    pub(super) ours: Vec<Turn>,
    pub(super) files: Vec<Turn>,
    pub(super) moto: Vec<Turn>,
}

impl Row {
    fn load(&self, keys: &str, close: bool, requests: usize) -> Load {
        Load { close, requests, connections: self.connections, ..once(self.call, keys) }
    }
}

/// One call.
pub(super) fn once(action: &'static str, keys: &str) -> Load {
    Load {
        method: "POST",
        path: "/",
        token: None,
        call: Some(Call { action, keys: keys.to_owned() }),
        close: false,
        requests: 1,
        connections: 1,
    }
}

pub(super) fn contest(
    plan: &Plan,
    programs: &Programs,
    row: &'static Row,
    servers: &Servers,
) -> Result<Contest, ChoreError> {
    output::talk(&format!("measuring: {}", row.name));
    let calls = if row.is_large { plan.calls / 40 } else { plan.calls };
    let (ours, files) = (&servers.ours, &servers.files);
    load::send(programs, &ours.server, &row.load(&ours.keys, false, calls / 10))?;
    load::send(programs, files, &row.load(ANYBODY, false, calls / 10))?;
    let mut contest = Contest { row, ours: Vec::new(), files: Vec::new(), moto: Vec::new() };
    for _ in 0..plan.rounds {
        contest.ours.push(load::send(programs, &ours.server, &row.load(&ours.keys, false, calls))?);
        contest.files.push(load::send(programs, files, &row.load(ANYBODY, false, calls))?);
        if let Some(moto) = &servers.moto {
            // It closes every connection, whatever the request says.
            let load = row.load(&moto.keys, true, if row.is_large { MOTO_CALLS / 4 } else { MOTO_CALLS });
            contest.moto.push(load::send(programs, &moto.server, &load)?);
        }
    }
    Ok(contest)
}

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "GET of 1 KiB, 8 connections",
        call: "s3:get",
        connections: 8,
        is_large: false,
        goal: Some(20.0),
    },
    Row {
        name: "GET of 1 KiB, 1 connection",
        call: "s3:get",
        connections: 1,
        is_large: false,
        goal: Some(20.0),
    },
    Row {
        name: "PUT of 1 MiB, UNSIGNED-PAYLOAD",
        call: "s3:put-unsigned",
        connections: 4,
        is_large: true,
        goal: None,
    },
    Row {
        name: "PUT of 1 MiB, hash signed",
        call: "s3:put-hashed",
        connections: 4,
        is_large: true,
        goal: None,
    },
    Row {
        name: "PUT of 1 MiB, aws-chunked with CRC64NVME",
        call: "s3:put-chunked",
        connections: 4,
        is_large: true,
        goal: None,
    },
];

/// Where nobody looks at keys.
pub(super) const ANYBODY: &str = "anybody:any";
/// At some hundred a second.
const MOTO_CALLS: usize = 200;
