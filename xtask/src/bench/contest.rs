//! The rows: each kind of request, by the product and by a bare hyper server that answers the same bytes.

use super::callgrind::{self, Candidate};
use super::load::{self, Load, Turn};
use super::moto::Moto;
use super::server::Server;
use super::{Plan, Programs};
use crate::chore::ChoreError;
use crate::output;

/// One kind of request.
pub(super) struct Row {
    pub(super) name: &'static str,
    method: &'static str,
    path: &'static str,
    token: bool,
    close: bool,
    /// Which fixed answer the bare server gives.
    pub(super) kind: &'static str,
    /// How many times the bare server's cost the product may cost.
    pub(super) goal: f64,
}

/// What one row showed.
pub(super) struct Contest {
    pub(super) row: &'static Row,
    pub(super) bare: Vec<Turn>,
    pub(super) ours: Vec<Turn>,
    pub(super) moto: Option<Turn>,
    /// User instructions per request by callgrind: bare, ours.
    pub(super) user_instructions: Option<(f64, f64)>,
}

impl Row {
    pub(super) fn load(&self, token: &str, requests: usize) -> Load {
        Load {
            method: self.method,
            path: self.path,
            token: self.token.then(|| token.to_owned()),
            call: None,
            close: self.close,
            requests: if self.close { requests.div_ceil(4) } else { requests },
            connections: CONNECTIONS,
        }
    }
}

pub(super) fn run(plan: &Plan, programs: &Programs) -> Result<Vec<Contest>, ChoreError> {
    let moto = Moto::start();
    if let Err(error) = &moto {
        output::say(&format!("moto is not in the table: {error}\n"));
    }
    ROWS.iter().map(|row| contest(plan, programs, row, moto.as_ref().ok())).collect()
}

fn contest(
    plan: &Plan,
    programs: &Programs,
    row: &'static Row,
    moto: Option<&Moto>,
) -> Result<Contest, ChoreError> {
    output::talk(&format!("measuring: {}", row.name));
    let (bare, ours) = (Server::bare_hyper(programs, row.kind)?, Server::linklocal(programs)?);
    let token = ours.token()?;
    let load = row.load(&token, plan.requests);
    for server in [&bare, &ours] {
        load::send(programs, server, &row.load(&token, plan.requests.div_ceil(10)))?;
    }
    let mut contest =
        Contest { row, bare: Vec::new(), ours: Vec::new(), moto: None, user_instructions: None };
    for _ in 0..plan.rounds {
        contest.bare.push(load::send(programs, &bare, &load)?);
        contest.ours.push(load::send(programs, &ours, &load)?);
    }
    if let Some(moto) = moto {
        // It closes every connection, whatever the request says.
        let load = Load { close: true, requests: MOTO_REQUESTS, ..row.load(Moto::TOKEN, MOTO_REQUESTS) };
        contest.moto = Some(load::send(programs, &moto.server, &load)?);
    }
    drop((bare, ours));
    if plan.callgrind && callgrind::is_there() {
        let count = |candidate| callgrind::per_request(programs, row, candidate);
        contest.user_instructions = Some((count(Candidate::BareHyper)?, count(Candidate::Linklocal)?));
    }
    Ok(contest)
}

const ROWS: &[Row] = &[
    Row {
        name: "GET with token, keep-alive",
        method: "GET",
        path: "/latest/meta-data/instance-id",
        token: true,
        close: false,
        kind: "get-token",
        goal: 1.12,
    },
    Row {
        name: "GET without token, keep-alive",
        method: "GET",
        path: "/latest/meta-data/instance-id",
        token: false,
        close: false,
        kind: "get",
        goal: 1.08,
    },
    Row {
        name: "PUT token, keep-alive",
        method: "PUT",
        path: "/latest/api/token",
        token: false,
        close: false,
        kind: "put",
        goal: 1.20,
    },
    Row {
        name: "GET with token, connection per request",
        method: "GET",
        path: "/latest/meta-data/instance-id",
        token: true,
        close: true,
        kind: "get-token-close",
        goal: 1.06,
    },
];

const CONNECTIONS: usize = 32;
/// At a thousand a second, a hundred times slower than the rest.
const MOTO_REQUESTS: usize = 2_000;
