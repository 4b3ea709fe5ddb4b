//! A run with real credentials of AWS: those of a profile or a role, by a server of this run alone.

use std::ffi::OsString;
use std::net::SocketAddr;

use metadata::TaskEndpoint;
use profile::settings::LAST_RESORT_REGION;
use run::Isolation;
use sys::Env;
use types::link_local::POD_IDENTITY_V4;

use super::agent;
use super::desk::{Address, Registration};
use super::fallback::{Reserve, no_metadata, of_instance};
use super::function::Function;
use super::guests::{Host, Party};
use super::surroundings::{Surroundings, other_containers};
use super::workload::{asked, marks};
use super::{Changes, Service};
use crate::arguments::{Global, RunArguments, Workload};
use crate::commands::credentials::{Announcement, ContainerWays};
use crate::commands::private::PrivateServer;
use crate::failure::Failure;
use crate::output::Output;

/// Starts the server; the variables that CMD is to have.
pub(super) fn prepare(
    global: &Global,
    env: &Env,
    arguments: &RunArguments,
) -> Result<(Service, Changes), Failure> {
    let server = PrivateServer::start(global, env, &arguments.identity, listeners(arguments))?;
    let announcement = &server.announcement;
    let surroundings =
        Surroundings::replaced(env, &whose(arguments, announcement), asked(arguments.workload));
    surroundings.notes().iter().for_each(|note| Output::note(note));
    let mut changes = surroundings.changes();
    changes.extend(region(announcement, arguments.workload));
    match arguments.workload {
        Some(Workload::Lambda) => {
            changes.extend(of_function(env, arguments, server)?);
            Ok((nobody(arguments), changes))
        }
        workload => {
            changes.extend(of_agent(announcement, workload)?);
            Ok((service(server, arguments)?, changes))
        }
    }
}

/// As the user has named them.
fn whose(arguments: &RunArguments, announcement: &Announcement) -> String {
    match (&arguments.identity.role, &arguments.identity.profile) {
        (None, Some(profile)) => format!("profile {profile}"),
        _ => announcement.arn.clone(),
    }
}

/// Where CMD cannot be supervised, variables have to lead it to an address that is listened on.
fn listeners(arguments: &RunArguments) -> &'static [&'static str] {
    let isolation = if arguments.isolate { Isolation::On } else { Isolation::Off };
    match arguments.workload {
        Some(Workload::Lambda) => &[],
        _ if run::probe(isolation).is_ok() => &[],
        None => &["--imds"],
        Some(_) => &["--container"],
    }
}

fn service(server: PrivateServer, arguments: &RunArguments) -> Result<Service, Failure> {
    let PrivateServer { line, socket, announcement, directory } = server;
    let workload = arguments.workload;
    let reserve = Reserve::Variables(reserve(&announcement, workload)?);
    let instance_id = announcement.instance_id;
    let address = Address { instance_id: instance_id.clone(), socket };
    Ok(Service {
        party: Party { workload, host: Some(Host { line, instance_id }) },
        registration: Registration { workload, host: Some(address), isolated: arguments.isolate },
        reserve,
        directory: Some(directory),
    })
}

/// A function has its credentials, and nobody to ask.
fn nobody(arguments: &RunArguments) -> Service {
    let workload = arguments.workload;
    Service {
        party: Party { workload, host: None },
        registration: Registration { workload, host: None, isolated: arguments.isolate },
        reserve: Reserve::Nothing,
        directory: None,
    }
}

/// The set as it is now; the server leaves once it has given it.
fn of_function(env: &Env, arguments: &RunArguments, server: PrivateServer) -> Result<Changes, Failure> {
    let PrivateServer { line, announcement, directory, .. } = server;
    let path = relative_uri(ways(&announcement)?)?;
    let host = Host { line, instance_id: announcement.instance_id.clone() };
    let keys = agent::credentials(&host, path)?;
    drop((host, directory));
    Function::of(env, &arguments.command)
        .variables(&keys, Some(announcement.region.as_deref().unwrap_or(LAST_RESORT_REGION)))
}

/// The variables of a task or of a pod.
fn of_agent(announcement: &Announcement, workload: Option<Workload>) -> Result<Changes, Failure> {
    let Some(workload) = workload else { return Ok(Vec::new()) };
    let ways = ways(announcement)?;
    let mut changes: Changes = other_containers().collect();
    changes.extend(marks(workload));
    match workload {
        Workload::Ecs => {
            changes.push(("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI".into(), Some(relative_uri(ways)?.into())));
            changes.extend(task_metadata(announcement, AGENT));
        }
        Workload::Eks => {
            let uri = format!("http://{POD_IDENTITY_V4}/v1/credentials");
            changes.extend(full_uri(uri, ways));
        }
        Workload::Lambda => {}
    }
    Ok(changes)
}

/// What leads CMD to the server's listeners, the way itself first.
fn reserve(announcement: &Announcement, workload: Option<Workload>) -> Result<Changes, Failure> {
    if workload.is_none() {
        let endpoint = announcement.endpoints.first().and_then(|url| address(url));
        return Ok(endpoint.map(of_instance).unwrap_or_default());
    }
    let ways = ways(announcement)?;
    let Some(uri) = ways.uri.clone() else { return Ok(Vec::new()) };
    let mut changes: Changes = full_uri(uri, ways).into();
    if let (Some(Workload::Ecs), Some(agent)) = (workload, announcement.container_endpoints.first()) {
        changes.extend(task_metadata(announcement, agent));
    }
    changes.push(("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI".into(), None));
    changes.push(no_metadata());
    Ok(changes)
}

/// Where a task reads about itself.
fn task_metadata(announcement: &Announcement, agent: &str) -> Changes {
    let variables = TaskEndpoint::of(&announcement.instance_id).variables(agent);
    variables.into_iter().map(|(name, uri)| (name.into(), Some(uri.into()))).collect()
}

fn full_uri(uri: String, ways: &ContainerWays) -> [(OsString, Option<OsString>); 2] {
    [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI".into(), Some(uri.into())),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE".into(), Some((&ways.token_file).into())),
    ]
}

/// An instance may have no region in its variables; tasks, pods and functions always have.
fn region(
    announcement: &Announcement,
    workload: Option<Workload>,
) -> impl Iterator<Item = (OsString, Option<OsString>)> {
    let region = announcement.region.as_deref().or_else(|| workload.map(|_| LAST_RESORT_REGION));
    ["AWS_REGION", "AWS_DEFAULT_REGION"]
        .into_iter()
        .filter_map(move |name| Some((name.into(), Some(region?.into()))))
}

fn ways(announcement: &Announcement) -> Result<&ContainerWays, Failure> {
    announcement.container.as_ref().ok_or_else(crate::commands::foreign)
}

fn relative_uri(ways: &ContainerWays) -> Result<&str, Failure> {
    ways.relative_uri.as_deref().ok_or_else(crate::commands::foreign)
}

/// `http://127.0.0.1:40001`
fn address(url: &str) -> Option<SocketAddr> {
    url.strip_prefix("http://")?.trim_end_matches('/').parse().ok()
}

/// Where a task finds its agent.
const AGENT: &str = "http://169.254.170.2";
