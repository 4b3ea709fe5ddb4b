//! Resident memory with one instance and with ten thousand, every instance asked at least once.

use std::fmt::Write as _;
use std::fs;

use super::Programs;
use super::load::{self, Load};
use super::machine::{self, Core};
use super::server::{self, Server};
use crate::chore::ChoreError;
use crate::output;

/// A Markdown table.
pub(super) fn run(programs: &Programs) -> Result<String, ChoreError> {
    output::talk("measuring: memory");
    let bare = after_requests(programs, &Server::bare_hyper(programs, "get")?)?;
    let one = after_requests(programs, &Server::linklocal(programs)?)?;
    let alike = with_many(programs, &alike())?;
    let tables = with_many(programs, &tables())?;
    let mut table = String::from("| memory | resident MiB | goal |\n|---|---|---|\n");
    for (name, kib, goal) in [
        ("bare hyper", bare, None),
        ("linklocal, 1 instance", one, Some(10.0)),
        ("linklocal, 10,000 instances by `count`, each asked once", alike, Some(32.0)),
        ("linklocal, 10,000 instances in a table each, each asked once", tables, Some(32.0)),
    ] {
        let mib = kib as f64 / 1024.0;
        let goal = goal.map_or_else(
            || "–".to_owned(),
            |most: f64| format!("< {most:.0} {}", if mib < most { "met" } else { "**missed**" }),
        );
        writeln!(table, "| {name} | {mib:.1} | {goal} |").expect("a String takes everything");
    }
    Ok(table)
}

fn after_requests(programs: &Programs, server: &Server) -> Result<u64, ChoreError> {
    let load = Load {
        method: "GET",
        path: "/latest/meta-data/instance-id",
        token: None,
        call: None,
        close: false,
        requests: 20_000,
        connections: 32,
    };
    load::send(programs, server, &load)?;
    server.resident()
}

/// Each instance answers to one source address of the loopback network, so that one process can ask for all of them.
fn with_many(programs: &Programs, config: &str) -> Result<u64, ChoreError> {
    let server = start_many(programs, config)?;
    server.settle()?;
    load::from_sources(programs, &server, MANY)?;
    server.resident()
}

fn start_many(programs: &Programs, text: &str) -> Result<Server, ChoreError> {
    let (home, port) = (server::home()?, server::free_port()?);
    let config = home.join("linklocal.toml");
    fs::write(&config, text).map_err(ChoreError::io(format!("writing {}", config.display())))?;
    let mut command = machine::pinned(Core::Server, &programs.linklocal);
    command.args(server::up(&home, port)).arg("--config").arg(&config);
    Server::start(command, port, Some(home))
}

/// Ten thousand instances that are alike.
pub(super) fn alike() -> String {
    format!(
        "seed = \"bench\"\n[[instance]]\nrole = \"app\"\n[[instance]]\ncount = {}\nrole = \"app\"\n\
         sources = [\"127.1.0.2-127.1.39.16\"]\n",
        MANY - 1
    )
}

/// Ten thousand instances that could differ. Here as above the first answers to every address that no other has.
fn tables() -> String {
    let mut text = String::from("seed = \"bench\"\n");
    text.push_str("\n[[instance]]\nrole = \"app\"\n");
    for index in 2..=MANY {
        let [_, _, high, low] = u32::try_from(index).expect("fits").to_be_bytes();
        let instance = format!("\n[[instance]]\nrole = \"app\"\nsources = [\"127.1.{high}.{low}\"]\n");
        text.push_str(&instance);
    }
    text
}

const MANY: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instance_has_an_address_of_its_own() {
        let text = tables();
        assert_eq!(text.matches("[[instance]]").count(), MANY);
        assert!(text.contains("\"127.1.0.2\"") && text.contains("\"127.1.39.16\""));
    }
}
