//! `linklocal credentials serve`: real credentials for programs that ask as on an instance or in a container.
//!
//! Rule: addresses are opened first and credentials asked for next, so that nobody types a code for nothing; programs are
//! answered once the first set is there.

mod admission;
mod announcement;
mod docker;
mod doors;
mod origin;
mod principal;
mod ready;
mod renewal;
mod signals;
mod status;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ::credentials::{ResolveError, Resolved, SharedCredentials};
use net::Shutdown;
use sys::{Clock, Entropy, Env};
use types::Region;

use crate::arguments::{EnvFormat, Global, IdentityArguments, ServeArguments};
use crate::commands::waiting;
use crate::failure::Failure;
use crate::guard::Guard;
use crate::output::Output;
use crate::place::Place;
use crate::server::vending::{AgentTokens, Manner, TokenError, TokenFile, Vending, VendingSettings};

use admission::Admission;
use announcement::environment;
use doors::Doors;
use origin::{Ground, Origin};
use principal::principal;
use ready::{ReadyFile, notify};
use renewal::Renewal;
use signals::{Signals, Wish};

pub(in crate::commands) use announcement::{Announcement, ContainerWays, First};

pub(super) fn run(
    global: &Global,
    env: &Env,
    output: Output,
    arguments: &ServeArguments,
) -> Result<(), Failure> {
    let place = crate::commands::place(global, env, None)?;
    if arguments.status {
        return waiting(status::run(&place, output, Clock::system().now()));
    }
    let kept = waiting(Shop::keep(&place, env, output, arguments));
    if let Some(directory) = &arguments.while_run {
        // A run that was killed takes nothing away.
        let _ = sys::fs::remove(&Place::at(directory).run_socket());
        sys::fs::remove_empty(directory);
    }
    match kept {
        // Told to whoever started the server, who tells the user.
        Err(failure) if arguments.while_run.is_some() => Output::object(&First::failed(&failure)),
        kept => kept,
    }
}

/// A server that is open.
struct Shop {
    vending: Arc<Vending>,
    ground: Ground,
    first: Arc<Resolved>,
    tokens: Arc<AgentTokens>,
    token_file: Arc<TokenFile>,
    renewal: Renewal,
    endpoints: Endpoints,
}

/// Where it answers.
struct Endpoints {
    imds: Vec<SocketAddr>,
    container: Vec<SocketAddr>,
    /// Whether anybody can ask as in a container.
    tokens: bool,
}

impl Shop {
    /// Opens, serves until it is told to stop, and closes.
    async fn keep(
        place: &Place,
        env: &Env,
        output: Output,
        arguments: &ServeArguments,
    ) -> Result<(), Failure> {
        let mut signals = Signals::listen(arguments.while_run.is_some())?;
        let mut doors = Doors::open(place, arguments).await?;
        let traces = doors.traces();
        let shop = tokio::select! {
            shop = Self::open(place, env, arguments, &doors) => shop,
            () = signals.end() => Err(Failure::new("stopped before there were credentials").exit(130)),
        };
        let served = match shop {
            Ok(shop) => shop.serve(env, output, arguments, &mut doors, &mut signals).await,
            Err(failure) => Err(failure),
        };
        if let Some(traces) = traces {
            traces.remove();
        }
        served
    }

    /// Asks for the first set, and makes a server of it.
    async fn open(
        place: &Place,
        env: &Env,
        arguments: &ServeArguments,
        doors: &Doors,
    ) -> Result<Self, Failure> {
        let IdentityArguments { role, guard, min_ttl, .. } = &arguments.identity;
        let admission = Admission::new(Guard::find(env, guard)?);
        let (origin, ground) = Origin::open(env, &arguments.identity, admission)?;
        let (clock, skew) = (Clock::system(), origin.context().skew.clone());
        let stands = origin.stands();
        let credentials =
            Arc::new(SharedCredentials::new(origin, min_ttl.0, Entropy::system(), skew.clone()));
        let mut renewal = Renewal::start(Arc::clone(&credentials), clock.clone(), stands)?;
        let first = renewal.first().await.map_err(refused)?;
        let region = served_region(&ground)?;
        let principal = principal(&first, role.as_deref(), &ground.profile, &region).map_err(refused)?;
        let (tokens, token_file) = proofs(doors, arguments, &clock).map_err(|error| Failure::of(&error))?;
        let endpoints =
            Endpoints { imds: doors.imds(), container: doors.container(), tokens: doors.has_tokens() };
        let vending = Vending::new(VendingSettings {
            principal,
            region,
            manner: Manner {
                http_tokens: arguments.doors.http_tokens.into(),
                hop_limit: arguments.doors.http_put_response_hop_limit,
            },
            access: doors::access(&arguments.audience),
            credentials,
            skew,
            min_ttl: min_ttl.0,
            tokens: Arc::clone(&tokens),
            endpoints: endpoints.imds.clone(),
            container_endpoints: endpoints.container.clone(),
            trail: place.trail(),
            clock: clock.clone(),
        })?;
        let vending = Arc::new(vending);
        let put = vending.source().put(&first, clock.now());
        put.map_err(|error| Failure::of(&error))?;
        renewal.keep(vending.source());
        Ok(Self { vending, ground, first, tokens, token_file, renewal, endpoints })
    }

    async fn serve(
        self,
        env: &Env,
        output: Output,
        arguments: &ServeArguments,
        doors: &mut Doors,
        signals: &mut Signals,
    ) -> Result<(), Failure> {
        let shutdown = Shutdown::new();
        let tasks = doors.serve(&self.vending, &shutdown);
        let rotation = tokio::spawn(rotate(
            Arc::clone(&self.tokens),
            Arc::clone(&self.token_file),
            arguments.doors.rotate_token.0,
        ));
        let announced = self.announce(output, arguments);
        let ready = announced.as_ref().map_or(Ok(None), |announcement| {
            let text = announcement.spelled(arguments.format.unwrap_or(EnvFormat::Sh));
            arguments.ready_file.as_deref().map(|path| ReadyFile::write(path, &text)).transpose()
        });
        let told = announced.and(ready);
        if told.is_ok() {
            notify(env, "READY=1");
            while signals.next(&shutdown).await == Wish::Renew {
                self.renewal.at_once();
            }
            notify(env, "STOPPING=1");
        }
        shutdown.start();
        rotation.abort();
        tasks.finish().await;
        self.vending.finish_trail();
        self.token_file.remove();
        told.map(drop)
    }

    /// Says what is served, and where.
    fn announce(&self, output: Output, arguments: &ServeArguments) -> Result<Announcement, Failure> {
        let announcement = self.announcement(arguments.while_run.is_some());
        if arguments.while_run.is_some() {
            Output::object(&First::Serving(Box::new(announcement.clone())))?;
            return Ok(announcement);
        }
        doors::warn(&self.endpoints.imds, &self.endpoints.container);
        match arguments.format {
            Some(format) if !output.json => Output::text(&announcement.spelled(format))?,
            _ => output.result(&announcement, || announcement.text(Clock::system().now()))?,
        }
        if let (true, Some(ways)) = (arguments.docker, &announcement.container) {
            let region = self.ground.region.as_deref();
            let recipe = docker::recipe(&self.endpoints.container, ways, self.token_file.is_own(), region);
            // Beside an object, or lines for a shell, people read it all the same.
            match output.json || arguments.format.is_some() {
                true => Output::note(&recipe),
                false => Output::report(&format!("\n{recipe}"))?,
            }
        }
        Ok(announcement)
    }

    fn announcement(&self, of_run: bool) -> Announcement {
        let Endpoints { imds, container, tokens } = &self.endpoints;
        let identity = self.vending.status(true);
        let identity = identity.identity.expect("the owner is told");
        let urls = |addresses: &[SocketAddr]| {
            addresses.iter().map(|address| crate::commands::url(*address)).collect::<Vec<_>>()
        };
        let container_ways = tokens.then(|| ContainerWays {
            uri: announcement::uri(container),
            token_file: self.token_file.path().to_owned(),
            relative_uri: (of_run || announcement::is_at_agent(container))
                .then(|| format!("/v2/credentials/{}", self.tokens.id().expose())),
        });
        Announcement {
            process_id: std::process::id(),
            instance_id: self.vending.instance_id().clone(),
            role_name: identity.role_name,
            arn: identity.arn,
            account_id: identity.account_id,
            access_key_id: self.first.access_key_id.clone(),
            expiration: self.first.expiration,
            region: self.ground.region.clone(),
            origin: self.ground.source.clone(),
            endpoints: urls(imds),
            container_endpoints: urls(container),
            environment: environment(
                imds.first().copied(),
                container_ways.as_ref(),
                self.ground.region.as_deref(),
            ),
            container: container_ways,
        }
    }
}

/// What programs are to show, and the file of it where any can ask with it.
fn proofs(
    doors: &Doors,
    arguments: &ServeArguments,
    clock: &Clock,
) -> Result<(Arc<AgentTokens>, Arc<TokenFile>), TokenError> {
    let tokens = AgentTokens::unwritten(&Entropy::system(), clock.clone())?;
    let token_file = doors.token_file(arguments)?;
    if doors.has_tokens() {
        tokens.settle(&token_file)?;
    }
    Ok((Arc::new(tokens), Arc::new(token_file)))
}

/// Puts the next token into the file, again and again.
async fn rotate(tokens: Arc<AgentTokens>, file: Arc<TokenFile>, every: Duration) {
    while !every.is_zero() {
        tokio::time::sleep(every).await;
        let (tokens, file) = (Arc::clone(&tokens), Arc::clone(&file));
        let rotated = tokio::task::spawn_blocking(move || tokens.rotate(&Entropy::system(), &file)).await;
        if let Ok(Err(error)) = rotated {
            tracing::warn!("the token stays as it is: {}", Failure::of(&error).message);
        }
    }
}

/// Where the instance is that programs see.
fn served_region(ground: &Ground) -> Result<Region, Failure> {
    let Some(name) = &ground.region else {
        Output::note(&format!(
            "note: nothing names a region: programs that ask for the instance's are told {LAST_RESORT}; --region or the \
             profile names another"
        ));
        return Ok(LAST_RESORT.parse().expect("a region's name"));
    };
    name.parse().map_err(|error: types::RegionError| Failure::of(&error))
}

fn refused(error: ResolveError) -> Failure {
    let failure = Failure::new(&error.what);
    if error.remedy.is_empty() { failure } else { failure.hint(error.remedy) }
}

const LAST_RESORT: &str = profile::settings::LAST_RESORT_REGION;
