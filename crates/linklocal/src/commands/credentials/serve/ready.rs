//! Tells whoever waits that programs can be served: a file, and the service manager (sd_notify(3)).

use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};

use sys::Env;

use crate::failure::Failure;

/// A file that is there while programs can be served.
#[derive(Debug)]
pub(super) struct ReadyFile(PathBuf);

impl ReadyFile {
    /// Of mode 0600, as whole as it is seen.
    pub(super) fn write(path: &Path, text: &str) -> Result<Self, Failure> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let written = sys::fs::replace(&path, text.as_bytes(), 0o600);
        written.map_err(|error| Failure::of(&error).named("--ready-file"))?;
        Ok(Self(path))
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        if let Err(error) = sys::fs::remove(&self.0) {
            tracing::warn!("{error}");
        }
    }
}

/// Tells the service manager, where one has started this process.
pub(super) fn notify(env: &Env, state: &str) {
    let Some(address) = env.var("NOTIFY_SOCKET").filter(|address| !address.is_empty()) else { return };
    let sent = UnixDatagram::unbound().and_then(|socket| match address.strip_prefix('@') {
        Some(name) => send_abstract(&socket, name, state),
        None => socket.send_to(state.as_bytes(), address),
    });
    if let Err(error) = sent {
        tracing::warn!("the service manager is not told {state}: {error}");
    }
}

#[cfg(target_os = "linux")]
fn send_abstract(socket: &UnixDatagram, name: &str, state: &str) -> std::io::Result<usize> {
    use std::os::linux::net::SocketAddrExt as _;

    let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
    socket.send_to_addr(state.as_bytes(), &address)
}

#[cfg(not(target_os = "linux"))]
fn send_abstract(_: &UnixDatagram, _: &str, _: &str) -> std::io::Result<usize> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_manager_is_told_where_there_is_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        notify(&Env::from_pairs([("NOTIFY_SOCKET", path.to_str().unwrap())]), "READY=1");
        let mut bytes = [0; 32];
        let length = manager.recv(&mut bytes).unwrap();
        assert_eq!(&bytes[..length], b"READY=1");
        notify(&Env::default(), "READY=1");
    }
}
