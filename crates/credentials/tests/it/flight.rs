//! Twenty processes that want one role at once: one asks for the code of the device, one asks STS, all have the session.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use credentials::{Context, Prompt, PromptError, resolve};
use profile::Place;
use profile::plan::{AssumeRole, MfaSource, Provider, SessionDetails, StaticKeys, StsTarget};
use profile::settings::Found;
use sys::{Clock, Env};
use tokio::process::Command;
use types::Secret;

use crate::server::Server;
use crate::world::World;

#[tokio::test]
async fn twenty_processes_make_one_request_and_one_prompt() {
    let world = World::new();
    let sts = Server::start(|_| Some((200, assumed()))).await;
    let mut processes = Vec::new();
    for _ in 0..PROCESSES {
        processes.push(tokio::spawn(command(world.root.path(), &sts.url(), PROCESSES).output()));
    }
    for process in processes {
        let output = process.await.unwrap().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && out.contains("has ASIAONCE"), "{out}{err}");
    }
    assert_eq!(sts.asked().len(), 1, "{:?}", sts.asked());
    assert!(sts.asked()[0].body.contains("TokenCode=123456"));
    assert_eq!(count(world.root.path(), "prompt-"), 1);
}

#[tokio::test]
async fn a_holder_that_is_killed_lets_the_next_one_ask() {
    let world = World::new();
    let folder = world.root.path();
    let sts = Server::start(|_| Some((200, assumed()))).await;
    // Nobody types this one's code: it waits for company that never comes.
    let mut first = command(folder, &sts.url(), PROCESSES).stdout(Stdio::null()).spawn().unwrap();
    while count(folder, "prompt-") < 1 {
        tokio::task::yield_now().await;
    }
    let second = tokio::spawn(command(folder, &sts.url(), 2).output());
    while count(folder, "started-") < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(count(folder, "prompt-"), 1);
    first.kill().await.unwrap();
    let output = second.await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("has ASIAONCE"), "{output:?}");
    assert_eq!((sts.asked().len(), count(folder, "prompt-")), (1, 2));
}

/// This program again, as [`worker`]; a code is typed once so many have started.
fn command(folder: &Path, endpoint: &str, company: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["flight::worker", "--exact", "--ignored", "--nocapture"]).kill_on_drop(true);
    command.env(FOLDER, folder).env(ENDPOINT, endpoint).env(COMPANY, company.to_string());
    command
}

#[tokio::test]
#[ignore = "a process of the tests above"]
async fn worker() {
    let env = Env::system();
    let (Some(folder), Some(endpoint)) = (env.var(FOLDER), env.var(ENDPOINT)) else { return };
    let folder = PathBuf::from(folder);
    sign(&folder, "started-");
    let context = World::new().networked();
    let company = env.var(COMPANY).unwrap().parse().unwrap();
    let prompt = Arc::new(Device { folder: folder.clone(), company });
    let context = Context { prompt, aws_directory: folder.join(".aws"), clock: Clock::system(), ..context };
    let resolved = resolve(&context, &role(endpoint)).await.unwrap();
    println!("has {}", resolved.access_key_id);
}

/// Types the code once everybody is there.
#[derive(Debug)]
struct Device {
    folder: PathBuf,
    company: usize,
}

impl Prompt for Device {
    fn is_there(&self) -> bool {
        true
    }

    fn ask(&self, _question: &str) -> Result<Secret<String>, PromptError> {
        sign(&self.folder, "prompt-");
        while count(&self.folder, "started-") < self.company {
            std::thread::yield_now();
        }
        Ok(Secret::new("123456".to_owned()))
    }

    fn tell(&self, line: &str) {
        println!("{line}");
    }
}

/// Leaves a file with this process's number.
fn sign(folder: &Path, prefix: &str) {
    let path = folder.join(format!("{prefix}{}", std::process::id()));
    sys::fs::create(&path, b"", 0o600).unwrap();
}

fn count(folder: &Path, prefix: &str) -> usize {
    let names = sys::fs::names(folder).unwrap();
    names.iter().filter(|name| name.to_str().is_some_and(|name| name.starts_with(prefix))).count()
}

fn role(endpoint: &str) -> Provider {
    let base = StaticKeys {
        access_key_id: "AKIAEXAMPLE".to_owned(),
        secret_access_key: Secret::new("secret".to_owned()),
        session_token: None,
        account_id: None,
        expiration: None,
    };
    Provider::AssumeRole(Box::new(AssumeRole {
        base: Provider::Static(base),
        profile: "p".to_owned(),
        role_arn: "arn:aws:iam::123456789012:role/r".to_owned(),
        role_session_name: None,
        external_id: None,
        duration_seconds: None,
        mfa_serial: Some("arn:aws:iam::123456789012:mfa/u".to_owned()),
        mfa_source: MfaSource::Any,
        details: SessionDetails::default(),
        sts: StsTarget {
            region: Found::new("us-east-1".to_owned(), Place::Default),
            endpoint_url: Found::new(endpoint.to_owned(), Place::variable("AWS_ENDPOINT_URL_STS")),
        },
    }))
}

fn assumed() -> String {
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAONCE</AccessKeyId>\
     <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>\
     </Credentials></AssumeRoleResult></AssumeRoleResponse>"
        .to_owned()
}

const PROCESSES: usize = 20;
const FOLDER: &str = "LINKLOCAL_TEST_FLIGHT_FOLDER";
const COMPANY: &str = "LINKLOCAL_TEST_FLIGHT_COMPANY";
const ENDPOINT: &str = "LINKLOCAL_TEST_FLIGHT_ENDPOINT";
