//! `linklocal doctor --account`: attacks an account's endpoints, and fails if anything passes.
//!
//! Rule: an attack stands beside a request that must pass, so that a server that refuses everything fails, too. What is made for it
//! is made under one path with random names, and removed at the end, whatever happened.

mod api;
mod checks;
mod ground;

use std::net::IpAddr;

use profile::Sdk;
use sys::{Clock, Entropy};
use tokio::runtime::Handle;
use types::Secret;

use self::api::{Api, Credentials};
use self::ground::Ground;
use super::check::{About, Check};
use super::report::{Entry, Outcome, Report};
use super::{list, selection, told};
use crate::arguments::{DoctorArguments, KeyArguments};
use crate::commands::Context;
use crate::commands::credentials::Snapshot;
use crate::failure::Failure;
use crate::output::Output;

pub(super) async fn run(context: &Context, arguments: DoctorArguments) -> Result<(), Failure> {
    let all: Vec<&'static Check<Ground>> = checks::all().collect();
    let chosen = selection::select(&all, &arguments.only, &arguments.except)?;
    if arguments.list {
        let abouts: Vec<About> = chosen.iter().map(|check| check.about()).collect();
        return list(context.output, &abouts);
    }
    let target = Target::find(context, &arguments)?;
    let (output, named, runtime) = (context.output, target.url.clone(), Handle::current());
    // Questions wait for their answers: on a thread beside the runtime that carries them.
    let work = tokio::task::spawn_blocking(move || examine(&target, runtime, &chosen, output));
    let report = work.await.map_err(|error| Failure::of(&error))??;
    told(output, &report, arguments.junit.as_deref(), &named)
}

/// Who is attacked, and with whose keys the ground is laid.
struct Target {
    url: String,
    region: String,
    administrator: Credentials,
}

impl Target {
    fn find(context: &Context, arguments: &DoctorArguments) -> Result<Self, Failure> {
        let name = arguments.profile.clone().unwrap_or_else(|| "linklocal".to_owned());
        let keys = KeyArguments {
            access_key_id: None,
            secret_access_key: None,
            session_token: None,
            profile: Some(name.clone()),
        };
        let snapshot = Snapshot::of_keys(&context.env, &keys);
        let view = snapshot.view();
        let ground = profile::plan::Ground::new(&view, Sdk::Linklocal);
        let missing = || {
            Failure::new(format!("there is no profile {name:?} with keys"))
                .hint("`linklocal up` writes one at its first start; name another with --profile")
        };
        let profiles = ground.profiles().ok_or_else(missing)?;
        let found = [profiles.credentials.get(&name), profiles.config.get(&name)];
        let text = |key: &str| found.into_iter().flatten().find_map(|own| own.text(key)).map(str::to_owned);
        let (Some(id), Some(secret)) = (text("aws_access_key_id"), text("aws_secret_access_key")) else {
            return Err(missing());
        };
        let url = arguments.endpoint.clone().or_else(|| text("endpoint_url")).ok_or_else(|| {
            Failure::usage(format!("profile {name} has no endpoint_url"))
                .hint("name the account with --endpoint URL")
        })?;
        let token = text("aws_session_token").map(Secret::new);
        let target = Self {
            url,
            region: text("region").unwrap_or_else(|| "us-east-1".to_owned()),
            administrator: Credentials { id, secret: Secret::new(secret), token },
        };
        target.allowed(arguments.not_local)?;
        Ok(target)
    }

    /// Entities are made and removed there: nobody's real account is attacked by mistake.
    fn allowed(&self, agreed: bool) -> Result<(), Failure> {
        let uri: http::Uri = self.url.parse().map_err(|_| wrong(&self.url))?;
        let host = uri.host().ok_or_else(|| wrong(&self.url))?.trim_matches(['[', ']']);
        if uri.scheme_str() != Some("http") {
            return Err(wrong(&self.url));
        }
        let local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if local || agreed {
            return Ok(());
        }
        Err(Failure::usage(format!("{} is not on this machine", self.url))
            .hint("users and roles are made there and removed again; say --not-local if that is wanted"))
    }
}

fn wrong(url: &str) -> Failure {
    Failure::usage(format!("{url:?} is not like http://127.0.0.1:4566: exact requests are sent in plain"))
}

/// Runs the checks; as text they are told as they come.
fn examine(
    target: &Target,
    runtime: Handle,
    checks: &[&'static Check<Ground>],
    output: Output,
) -> Result<Report, Failure> {
    let api = Api::new(&target.url, &target.region, runtime, Clock::system())?;
    let ground = Ground::survey(api, target.administrator.clone(), Entropy::system())?;
    let mut report = Report::of_account(&target.url);
    let print = |text: &str| if output.json { Ok(()) } else { Output::text(text) };
    print(&format!("{}: account {}\n\n", target.url, ground.account))?;
    for &check in checks {
        let about = check.about();
        let entry = Entry { check: about, outcome: Outcome::of(about.kind, (check.run)(&ground)) };
        let is_new = report.entries.last().is_none_or(|last| last.check.group() != about.group());
        let heading = if is_new { format!("{}\n", about.group()) } else { String::new() };
        print(&format!("{heading}{}", entry.lines()))?;
        report.entries.push(entry);
    }
    for left in ground.remove_all() {
        Output::note(&format!("warning: {left} could not be removed"));
    }
    Ok(report)
}
