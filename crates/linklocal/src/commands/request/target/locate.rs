//! The URL of what is asked, and the service and region that its signature is for.

use sigv4::hosts::endpoint_of;
use types::Region;

use super::{Aim, Located, Service, Target};
use crate::arguments::{RequestArguments, ScopeArguments};
use crate::commands::credentials::Snapshot;
use crate::commands::signing::{Chosen, Endpoint, Hint, Place, S3Uri, Told};
use crate::failure::Failure;

/// Finds both.
pub(in crate::commands::request) fn locate(
    target: &Target<'_>,
    arguments: &RequestArguments,
    snapshot: &Snapshot,
) -> Result<Located, Failure> {
    let errand = Errand { arguments, snapshot, scope: scope(arguments) };
    let is_signed = !arguments.signing.unsigned && !target.is_public();
    let (url, place) = match &target.aim {
        Aim::Url(url) => return errand.at_url(url, is_signed).and_then(checked),
        Aim::S3(uri) => errand.at_s3(uri)?,
        Aim::Path(service, path) => errand.at_service(service, path)?,
        Aim::Action(service, _) => errand.at_service(service, "/")?,
    };
    checked(Located { url, place: is_signed.then_some(place) })
}

/// Retries sign again, and they sign for one region.
fn checked(located: Located) -> Result<Located, Failure> {
    match located.place.as_ref().filter(|place| place.region.value == "*") {
        Some(place) => Err(Failure::new(format!(
            "{}: it takes signatures for all regions (SigV4a)",
            place.region.origin
        ))
        .hint("`linklocal sign --sigv4a -o curl METHOD URL | sh` makes one and sends the request")),
        None => Ok(located),
    }
}

/// What the search looks at.
struct Errand<'a> {
    arguments: &'a RequestArguments,
    snapshot: &'a Snapshot,
    scope: ScopeArguments,
}

impl Errand<'_> {
    fn at_url(&self, url: &str, is_signed: bool) -> Result<Located, Failure> {
        if self.arguments.network.endpoint_url.is_some() {
            return Err(Failure::usage(
                "--endpoint-url is the place of a service, and a URL is its own place",
            )
            .hint("write service:Action, service:/path or s3://bucket/key, or leave the flag out"));
        }
        let place = match is_signed {
            true => Some(Place::find(&self.scope, &Hint::default(), &told(url), self.snapshot)?),
            false => None,
        };
        Ok(Located { url: url.to_owned(), place })
    }

    fn at_s3(&self, uri: &S3Uri<'_>) -> Result<(String, Place), Failure> {
        let mut notes = Vec::new();
        let home = Place::home(&self.scope, self.snapshot, &mut notes);
        if let Some(endpoint) = self.endpoint("S3")? {
            let url = uri.at(&endpoint, None)?;
            let place = self.place("s3", home, &told(&url), notes);
            return Ok((url, place));
        }
        let found = uri.at_home(&home, None)?;
        let service = Chosen::new(found.service, "s3://");
        let region = match found.region == home.value {
            true => home,
            false => Chosen::new(found.region, "the ARN of the access point"),
        };
        Ok((found.url, Place { service: self.service_flag().unwrap_or(service), region, notes }))
    }

    fn at_service(&self, service: &Service, path: &str) -> Result<(String, Place), Failure> {
        let mut notes = Vec::new();
        let home = Place::home(&self.scope, self.snapshot, &mut notes);
        let base = match self.endpoint(service.id)? {
            Some(endpoint) => endpoint.base().to_owned(),
            None => format!("https://{}", host(service, &home)?),
        };
        let url = format!("{base}{path}");
        let place = self.place(service.signing_name, home, &told(&url), notes);
        Ok((url, place))
    }

    fn endpoint(&self, service_id: &str) -> Result<Option<Endpoint>, Failure> {
        Endpoint::named(self.arguments.network.endpoint_url.as_deref(), self.snapshot, service_id)
    }

    /// The service is the one that was named; a host that has a region takes no other.
    fn place(&self, service: &str, home: Chosen, told: &Told, mut notes: Vec<String>) -> Place {
        let service = self.service_flag().unwrap_or_else(|| Chosen::new(service, "the name of the service"));
        let of_host = told.region.clone().filter(|_| told.is_sure && !told.needs_sigv4a);
        let region = match of_host {
            Some(region) if region.value != home.value => {
                notes.clear();
                region
            }
            _ => home,
        };
        Place { service, region, notes }
    }

    fn service_flag(&self) -> Option<Chosen> {
        self.scope.service.as_ref().map(|service| Chosen::new(service, "--service"))
    }
}

fn host(service: &Service, region: &Chosen) -> Result<String, Failure> {
    if let Some(host) = endpoint_of(service.endpoint, &region.value) {
        return Ok(host.into_owned());
    }
    let message = match region.value.parse::<Region>() {
        Ok(_) => format!("no host of {} is known", service.name),
        Err(_) => format!("{}: {:?} is not the name of a region", region.origin, region.value),
    };
    Err(Failure::usage(message).hint("--endpoint-url names an endpoint elsewhere"))
}

/// What the host of a URL says; nothing of a text that is none, which is refused where it is read.
fn told(url: &str) -> Told {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    Told::by(&rest[..at], &rest.as_bytes()[at..])
}

fn scope(arguments: &RequestArguments) -> ScopeArguments {
    let (service, region) = (arguments.signing.service.clone(), arguments.signing.region.clone());
    ScopeArguments { service, region, date: None, clock_offset: None, sigv4a: false, region_set: None }
}
