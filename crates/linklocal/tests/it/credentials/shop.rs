//! A running `linklocal credentials serve`, which ends with its test.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::Home;
use crate::world::{ask, text_of, within};

/// A running `credentials serve`.
pub(super) struct Shop {
    child: Option<Child>,
    /// The object that it printed.
    pub(super) said: Value,
    stderr: PathBuf,
}

impl Shop {
    pub(super) fn open(home: &Home, arguments: &[&str]) -> Self {
        let mut command = home.world.command(&[&["credentials", "serve", "--json"], arguments].concat());
        command.envs(home.variables.iter().map(|(name, value)| (name, value)));
        let stderr = home.world.path("stderr");
        let log = std::fs::File::create(&stderr).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let line = within("the first line of `credentials serve`", move || {
            let mut line = String::new();
            stdout.read_line(&mut line).map(|_| line)
        });
        let said = serde_json::from_str(&line.unwrap())
            .unwrap_or_else(|error| panic!("{error}: {}", text_of(&stderr)));
        Self { child: Some(child), said, stderr }
    }

    pub(super) fn variable(&self, name: &str) -> String {
        self.said["Environment"][name].as_str().unwrap().to_owned()
    }

    pub(super) fn container(&self) -> (SocketAddr, String) {
        let uri = self.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        let (address, path) = uri.strip_prefix("http://").unwrap().split_once('/').unwrap();
        (address.parse().unwrap(), format!("/{path}"))
    }

    pub(super) fn token_file(&self) -> PathBuf {
        self.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").into()
    }

    pub(super) fn token(&self) -> String {
        text_of(&self.token_file())
    }

    pub(super) fn imds(&self) -> SocketAddr {
        let url = self.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        url.trim_start_matches("http://").trim_end_matches('/').parse().unwrap()
    }

    /// The address of `--metrics`, as the log tells it.
    pub(super) fn metrics_address(&self) -> SocketAddr {
        let log = self.stderr();
        let address = log.split("bound=").nth(1).unwrap().split_whitespace().next().unwrap();
        address.parse().unwrap()
    }

    /// What version 2 of the metadata service answers.
    pub(super) fn get(&self, path: &str) -> String {
        let ttl = "X-aws-ec2-metadata-token-ttl-seconds: 60\r\nConnection: close\r\n";
        let (_, token) = ask(self.imds(), "PUT", "/latest/api/token", ttl);
        let token = format!("X-aws-ec2-metadata-token: {token}\r\nConnection: close\r\n");
        let (status, body) = ask(self.imds(), "GET", path, &token);
        assert_eq!(status, 200, "{path}");
        body
    }

    pub(super) fn signal(&self, signal: Signal) {
        let id = self.child.as_ref().unwrap().id();
        kill_process(Pid::from_raw(i32::try_from(id).unwrap()).unwrap(), signal).unwrap();
    }

    pub(super) fn end(mut self, signal: Signal) -> ExitStatus {
        self.signal(signal);
        let mut child = self.child.take().unwrap();
        within("the end of `credentials serve`", move || child.wait()).unwrap()
    }

    pub(super) fn stderr(&self) -> String {
        text_of(&self.stderr)
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
