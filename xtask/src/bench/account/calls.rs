//! The rows: each call, over each number of connections.

use super::super::Programs;
use super::super::load::{self, Call, Load, Turn};
use super::Plan;
use super::ground::Ground;
use crate::chore::ChoreError;
use crate::output;

pub(super) struct Row {
    pub(super) name: &'static str,
    call: &'static str,
    connections: usize,
    close: bool,
}

/// What one row showed, turn by turn.
pub(super) struct Contest {
    pub(super) row: &'static Row,
    pub(super) ours: Vec<Turn>,
    pub(super) moto: Vec<Turn>,
}

impl Row {
    fn load(&self, keys: &str, close: bool, calls: usize) -> Load {
        Load {
            method: "POST",
            path: "/",
            token: None,
            call: Some(Call { action: self.call, keys: keys.to_owned() }),
            close,
            requests: calls,
            connections: self.connections,
        }
    }
}

pub(super) fn contest(
    plan: &Plan,
    programs: &Programs,
    row: &'static Row,
    ours: &Ground,
    moto: Option<&Ground>,
) -> Result<Contest, ChoreError> {
    output::talk(&format!("measuring: {}", row.name));
    let calls = if row.close { plan.calls / 4 } else { plan.calls };
    load::send(programs, &ours.server, &row.load(&ours.keys, row.close, calls / 10))?;
    let mut contest = Contest { row, ours: Vec::new(), moto: Vec::new() };
    for _ in 0..plan.rounds {
        contest.ours.push(load::send(programs, &ours.server, &row.load(&ours.keys, row.close, calls))?);
        if let Some(moto) = moto {
            // It closes every connection, whatever the request says.
            let load = row.load(&moto.keys, true, MOTO_CALLS);
            contest.moto.push(load::send(programs, &moto.server, &load)?);
        }
    }
    Ok(contest)
}

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "GetCallerIdentity, 8 connections",
        call: "sts:GetCallerIdentity",
        connections: 8,
        close: false,
    },
    Row {
        name: "GetCallerIdentity, 1 connection",
        call: "sts:GetCallerIdentity",
        connections: 1,
        close: false,
    },
    Row {
        name: "GetCallerIdentity, a connection per call",
        call: "sts:GetCallerIdentity",
        connections: 8,
        close: true,
    },
    Row { name: "GetUser, 10 policies, 8 connections", call: "iam:GetUser", connections: 8, close: false },
    Row { name: "GetUser, 10 policies, 1 connection", call: "iam:GetUser", connections: 1, close: false },
    Row {
        name: "GetUser, 10 policies, a connection per call",
        call: "iam:GetUser",
        connections: 8,
        close: true,
    },
];

/// At some hundred a second.
const MOTO_CALLS: usize = 200;
