//! `cargo xtask bench s3`: what an object costs, beside moto's server with its authentication on and a plain file server.
//!
//! Rule: all get the same calls, signed before the clock starts; they take turns on one core, and CPU time per call counts,
//! turn by turn. Request limits are off: a bench asks for more than AWS lets through. The file server (`bench/`) has the same
//! HTTP stack and does nothing that S3 adds: what the product costs above it is signature, policies, checksums and records.

mod calls;
mod report;

use std::fs;
use std::path::PathBuf;

use self::calls::{Contest, ROWS};
use super::account::ground::Ground;
use super::machine::{self, Core};
use super::server::{self, Server};
use super::{Programs, load};
use crate::chore::ChoreError;
use crate::output;

/// How much is measured, and of which build.
struct Plan {
    rounds: usize,
    /// GETs per turn; a fortieth of it are PUTs of a MiB.
    calls: usize,
    linklocal: Option<PathBuf>,
}

/// Who takes part.
struct Servers {
    ours: Ground,
    moto: Option<Ground>,
    files: Server,
}

pub(super) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    let plan = Plan::parse(arguments)?;
    let programs = match &plan.linklocal {
        None => Programs::build()?,
        Some(linklocal) => Programs { linklocal: linklocal.clone(), ..Programs::beside()? },
    };
    output::say(&machine::describe());
    let servers = Servers::start(&programs)?;
    let contests: Result<Vec<Contest>, ChoreError> =
        ROWS.iter().map(|row| calls::contest(&plan, &programs, row, &servers)).collect();
    let contests = contests?;
    output::say(&report::calls(&contests));
    output::say(&report::ratios(&contests));
    output::say(&report::memory(servers.ours.server.resident()?));
    Ok(())
}

impl Servers {
    /// Each with the bucket and the object in it.
    fn start(programs: &Programs) -> Result<Self, ChoreError> {
        let moto = Ground::moto(programs);
        if let Err(error) = &moto {
            output::say(&format!("moto is not in the table: {error}\n"));
        }
        let servers = Self {
            ours: Ground::linklocal(programs, "[limits]\nmode = \"off\"\n")?,
            moto: moto.ok(),
            files: file_server(programs)?,
        };
        for (server, keys) in servers.all() {
            for call in ["s3:bucket", "s3:object"] {
                load::send(programs, server, &calls::once(call, keys))?;
            }
        }
        Ok(servers)
    }

    fn all(&self) -> impl Iterator<Item = (&Server, &str)> {
        let grounds = [Some(&self.ours), self.moto.as_ref()].into_iter().flatten();
        grounds.map(|ground| (&ground.server, ground.keys.as_str())).chain([(&self.files, calls::ANYBODY)])
    }
}

fn file_server(programs: &Programs) -> Result<Server, ChoreError> {
    let (home, port) = (server::home()?, server::free_port()?);
    let directory = home.join("files");
    fs::create_dir_all(&directory).map_err(ChoreError::io(format!("making {}", directory.display())))?;
    let mut command = machine::pinned(Core::Server, &programs.file_server);
    command.arg(port.to_string()).arg(&directory);
    Server::start(command, port, Some(home))
}

impl Plan {
    fn parse(arguments: &[String]) -> Result<Self, ChoreError> {
        let mut plan = Self { rounds: 5, calls: 20_000, linklocal: None };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--quick" => (plan.rounds, plan.calls) = (1, 4_000),
                "--linklocal" => {
                    let file = words.next().ok_or_else(|| ChoreError::usage("--linklocal wants a file"))?;
                    plan.linklocal = Some(PathBuf::from(file));
                }
                _ => return Err(ChoreError::usage(format!("bench s3 does not know {word:?}"))),
            }
        }
        Ok(plan)
    }
}
