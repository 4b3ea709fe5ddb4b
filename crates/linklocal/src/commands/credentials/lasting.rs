//! `linklocal credentials exec --refresh`: a program whose SDKs fetch its credentials, as often as they end.
//!
//! Rule: the endpoint lives as long as CMD does, and nobody but this user's programs that have the token file are served.

use std::time::Duration;

use linklocal::config::Span;
use profile::settings::LAST_RESORT_REGION;
use run::{Isolation, Program};
use sys::Env;

use super::serve::{Announcement, ContainerWays};
use crate::arguments::{ExecArguments, Global, IdentityArguments};
use crate::commands::private::PrivateServer;
use crate::commands::run::{Changes, Surroundings, alongside, other_containers};
use crate::failure::Failure;
use crate::output::Output;

/// Runs CMD beside a server of its own.
pub(super) fn run(global: &Global, env: &Env, arguments: &ExecArguments) -> Result<(), Failure> {
    let identity = identity(arguments);
    let server = PrivateServer::start(global, env, &identity, &["--container"])?;
    let surroundings = Surroundings::replaced(env, &server.announcement.origin, None);
    surroundings.notes().iter().for_each(|note| Output::note(note));
    let mut environment = surroundings.changes();
    environment.extend(other_containers());
    environment.extend(ways(&server.announcement)?);
    let mut command = arguments.command.iter().cloned();
    let program = Program {
        name: command.next().ok_or_else(|| Failure::usage("there is no CMD to run"))?,
        arguments: command.collect(),
        environment,
        isolation: Isolation::Off,
    };
    alongside(&program, server)
}

/// The credentials that the search found, served as they are. What is left of a set when it is handed out is the SDK's
/// concern: it fetches the next one in time.
fn identity(arguments: &ExecArguments) -> IdentityArguments {
    IdentityArguments {
        profile: arguments.chain.keys.profile.clone(),
        region: arguments.chain.region.clone(),
        role: None,
        role_session_name: None,
        external_id: None,
        serial_number: None,
        duration_seconds: None,
        no_session: true,
        min_ttl: Span(arguments.min_ttl.0.min(SERVED_TTL)),
        guard: arguments.guard.clone(),
    }
}

/// What leads SDKs to the server.
fn ways(announcement: &Announcement) -> Result<Changes, Failure> {
    let Announcement { container, region, .. } = announcement;
    let Some(ContainerWays { uri: Some(uri), token_file, .. }) = container else {
        return Err(crate::commands::foreign());
    };
    let region = region.as_deref().unwrap_or(LAST_RESORT_REGION);
    let regions = super::exec::REGIONS.map(|name| (name.into(), Some(region.into())));
    let ways = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI".into(), Some(uri.into())),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE".into(), Some(token_file.into())),
    ];
    Ok(ways.into_iter().chain(regions).collect())
}

/// What is left of a set at least when it is handed out, as with `credentials serve`.
const SERVED_TTL: Duration = Duration::from_secs(60);
