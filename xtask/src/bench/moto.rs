//! moto's server, the usual fake of AWS, where pip can install it.

use std::path::PathBuf;

use super::machine::{self, Core};
use super::server::{self, Server};
use crate::chore::ChoreError;
use crate::{output, process};

pub(super) struct Moto {
    pub(super) server: Server,
}

impl Moto {
    /// The token that moto gives to all, and checks of none.
    pub(super) const TOKEN: &'static str = "fake-imdsv2-token";

    pub(super) fn start() -> Result<Self, ChoreError> {
        let home = environment("moto", "moto_server", MOTO)?;
        let port = server::free_port()?;
        let mut command = machine::pinned(Core::Server, home.join("bin/python"));
        command.arg(home.join("bin/moto_server")).args(["--port", &port.to_string()]);
        Ok(Self { server: Server::start(command, port, None)? })
    }
}

/// The directory `name` of Python's with `package` in it, made when its `program` is first asked for.
pub(super) fn environment(name: &str, program: &str, package: &str) -> Result<PathBuf, ChoreError> {
    let home = process::root().join("interop/.work/python").join(name);
    if home.join("bin").join(program).exists() {
        return Ok(home);
    }
    output::talk(&format!("installing {package}"));
    process::capture(process::program("python3", &["-m", "venv"]).arg(&home))?;
    let pip = home.join("bin/pip").display().to_string();
    process::capture(&mut process::program(&pip, &["install", "--quiet", package]))?;
    Ok(home)
}

const MOTO: &str = "moto[server]==5.2.5";
