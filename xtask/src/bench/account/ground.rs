//! A server with a user who has ten policies, and the user's keys.
//!
//! Rule: both are filled through their own API, by `linklocal request`; nothing is put past a server.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::super::Programs;
use super::super::machine::{self, Core};
use super::super::moto::Moto;
use super::super::server::{self, Server};
use crate::chore::ChoreError;
use crate::process;

pub(in crate::bench) struct Ground {
    pub(in crate::bench) server: Server,
    /// ID:SECRET of the user.
    pub(in crate::bench) keys: String,
}

/// Who fills a server, and where it is.
struct Builder<'a> {
    program: &'a Path,
    home: &'a Path,
    endpoint: String,
    environment: &'a [(&'a str, &'a str)],
}

impl Ground {
    /// With this configuration.
    pub(in crate::bench) fn linklocal(programs: &Programs, configuration: &str) -> Result<Self, ChoreError> {
        let (home, port, imds) = (server::home()?, server::free_port()?, server::free_port()?);
        let file = home.join("linklocal.toml");
        fs::write(&file, configuration).map_err(ChoreError::io(format!("writing {}", file.display())))?;
        let mut command = machine::pinned(Core::Server, &programs.linklocal);
        command.args(up(&home, port, imds)).arg("--config").arg(&file).env("HOME", &home);
        let server = Server::start(command, port, Some(home.clone()))?;
        wait_for(&home.join(".aws/credentials"))?;
        Server::settle_at(SocketAddr::from((Ipv4Addr::LOCALHOST, imds)))?;
        let builder = Builder {
            program: &programs.linklocal,
            home: &home,
            endpoint: format!("http://{}", server.address),
            environment: &[("AWS_PROFILE", "linklocal")],
        };
        let keys = builder.fill()?;
        Ok(Self { server, keys })
    }

    pub(in crate::bench) fn moto(programs: &Programs) -> Result<Self, ChoreError> {
        let Moto { server } = Moto::start()?;
        let home = server::home()?;
        let builder = Builder {
            program: &programs.linklocal,
            home: &home,
            endpoint: format!("http://{}", server.address),
            environment: &[("AWS_ACCESS_KEY_ID", "AKIAANYBODY"), ("AWS_SECRET_ACCESS_KEY", "any")],
        };
        let keys = builder.fill();
        fs::remove_dir_all(&home).map_err(ChoreError::io(format!("removing {}", home.display())))?;
        let keys = keys?;
        // From here on it looks at signatures and policies.
        let host = server.address;
        let on = format!(
            "POST /moto-api/reset-auth HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n0"
        );
        let reply =
            server::exchange(host, &on).map_err(ChoreError::io("turning moto's authentication on"))?;
        if !reply.starts_with("HTTP/1.1 200") {
            return Err(ChoreError::failed(format!("moto's authentication is not on: {reply:?}")));
        }
        Ok(Self { server, keys })
    }
}

/// The arguments that start the product with its account at a port.
pub(super) fn up(home: &Path, api: u16, imds: u16) -> Vec<String> {
    let data = home.join("data").display().to_string();
    let at = |port: u16| format!("127.0.0.1:{port}");
    ["up", "--data", &data, "--api", &at(api), "--imds", &at(imds)].map(str::to_owned).to_vec()
}

impl Builder<'_> {
    /// The user, ten policies attached, and a key.
    fn fill(&self) -> Result<String, ChoreError> {
        self.call("iam:CreateUser", &["UserName=bench".to_owned()])?;
        for number in 0..POLICIES {
            let document = document(number);
            let made = self.call(
                "iam:CreatePolicy",
                &[format!("PolicyName=policy-{number}"), format!("PolicyDocument={document}")],
            )?;
            let arn = element(&made, "Arn")?;
            self.call("iam:AttachUserPolicy", &["UserName=bench".to_owned(), format!("PolicyArn={arn}")])?;
        }
        let made = self.call("iam:CreateAccessKey", &["UserName=bench".to_owned()])?;
        Ok(format!("{}:{}", element(&made, "AccessKeyId")?, element(&made, "SecretAccessKey")?))
    }

    fn call(&self, action: &str, parameters: &[String]) -> Result<String, ChoreError> {
        let mut command = Command::new(self.program);
        command.env_clear().env("HOME", self.home).envs(self.environment.iter().copied());
        command.env("AWS_ENDPOINT_URL", &self.endpoint).env("AWS_REGION", "us-east-1");
        command.args(["request", "--fail", action]).current_dir(self.home);
        for parameter in parameters {
            command.args(["-p", parameter]);
        }
        process::capture(&mut command)
    }
}

/// Keys are handed over just after the port is open.
fn wait_for(file: &Path) -> Result<(), ChoreError> {
    for _ in 0..1000 {
        if file.exists() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Err(ChoreError::failed(format!("the server wrote no {}", file.display())))
}

fn element<'a>(xml: &'a str, name: &str) -> Result<&'a str, ChoreError> {
    let found = xml.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split('<').next());
    found.ok_or_else(|| ChoreError::failed(format!("no {name} in {xml}")))
}

/// Nine policies for other services, each with a denial that looks at every request, and one that lets the calls in.
fn document(number: usize) -> String {
    let service = SERVICES[number % SERVICES.len()];
    let allowed = match number + 1 {
        POLICIES => "\"iam:Get*\",\"iam:List*\",\"sts:GetCallerIdentity\",\"s3:*\"".to_owned(),
        _ => ["Get", "List", "Describe", "Create"].map(|verb| format!("\"{service}:{verb}*\"")).join(","),
    };
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Use","Effect":"Allow","Action":[{allowed}],"Resource":"*"}},
{{"Sid":"Own","Effect":"Allow","Action":["{service}:Put*","{service}:Update*","{service}:Delete*"],"Resource":"arn:aws:{service}:*:*:thing/shared-*"}},
{{"Sid":"Never","Effect":"Deny","Action":["{service}:Leave*","organizations:Leave*"],"Resource":"*"}}]}}"#
    )
}

const POLICIES: usize = 10;
const SERVICES: [&str; 10] =
    ["ec2", "kinesis", "sns", "kms", "logs", "lambda", "dynamodb", "sqs", "cloudwatch", "secretsmanager"];
