//! For which service and region a signature is, and who says so.
//!
//! Rule: what was typed wins, then what the host says, then what the environment and the profile say: AWS refuses a signature for another region
//! than the endpoint's, whatever else holds.

use super::claim::Claim;
use super::host::Told;
use crate::arguments::ScopeArguments;
use crate::commands::credentials::Snapshot;
use crate::failure::Failure;

/// A choice, and where it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Chosen {
    pub(in crate::commands) value: String,
    pub(in crate::commands) origin: String,
}

/// Service and region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Place {
    pub(in crate::commands) service: Chosen,
    pub(in crate::commands) region: Chosen,
    /// What somebody should know about the choice.
    pub(in crate::commands) notes: Vec<String>,
}

/// What a request in another program's form says of its signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::commands) struct Hint {
    pub(in crate::commands) service: Option<Chosen>,
    pub(in crate::commands) region: Option<Chosen>,
}

impl Chosen {
    pub(in crate::commands) fn new(value: impl Into<String>, origin: impl Into<String>) -> Self {
        Self { value: value.into(), origin: origin.into() }
    }
}

impl Place {
    /// What flags, `hint`, host, environment and profile come to.
    pub(in crate::commands) fn find(
        arguments: &ScopeArguments,
        hint: &Hint,
        told: &Told,
        snapshot: &Snapshot,
    ) -> Result<Self, Failure> {
        let flag = |value: &Option<String>, flag: &str| value.as_ref().map(|value| Chosen::new(value, flag));
        let service = flag(&arguments.service, "--service")
            .or_else(|| hint.service.clone())
            .or_else(|| told.service.clone())
            .ok_or_else(|| unknown_service(told))?;
        let mut notes = told.notes(arguments.service.is_some() || hint.service.is_some());
        let region = match flag(&arguments.region, "--region").or_else(|| hint.region.clone()) {
            Some(region) => region,
            None => Self::region(told, snapshot, &mut notes),
        };
        if told.is_sure && !arguments.sigv4a {
            let of_host = told.region.as_ref().filter(|_| !told.region_is_assumed && !told.needs_sigv4a);
            notes.extend(contradiction(&service, told.service.as_ref(), &told.host));
            notes.extend(contradiction(&region, of_host, &told.host));
        }
        Ok(Self { service, region, notes })
    }

    /// Those of the endpoint that a signed request came to, or was sent to: flags, then the host, then what the request says.
    pub(in crate::commands) fn judging(
        service_flag: Option<&String>,
        region_flag: Option<&String>,
        told: &Told,
        claim: &Claim,
    ) -> Result<Self, Failure> {
        let flag = |value: Option<&String>, flag: &str| value.map(|value| Chosen::new(value, flag));
        let claimed = |value: &Option<String>| value.as_ref().map(|value| Chosen::new(value, CLAIM));
        let agreed =
            |region: &Chosen| !told.region_is_assumed || claim.region.as_ref() == Some(&region.value);
        // A host of more than one service, or of no known one, says less than the request does.
        let (service, region) = match told.is_sure {
            true => (told.service.clone(), told.region.clone().filter(agreed)),
            false => (None, None),
        };
        let service = flag(service_flag, "--service").or(service).or_else(|| claimed(&claim.service));
        let service = service.or_else(|| told.service.clone()).ok_or_else(|| unknown_service(told))?;
        let region = flag(region_flag, "--region").or(region).or_else(|| claimed(&claim.region));
        let region = region.or_else(|| told.region.clone());
        let region = region.unwrap_or_else(|| Chosen::new("us-east-1", LAST_RESORT));
        let of_claim = [("service", &service), ("region", &region)].into_iter();
        let notes = of_claim.filter(|(_, chosen)| chosen.origin == CLAIM).map(|(what, chosen)| {
            format!("the {what} {} is the request's own word; --{what} holds it to another", chosen.value)
        });
        Ok(Self { notes: notes.collect(), service, region })
    }

    /// The region where no request says one: that of an endpoint to be found.
    pub(in crate::commands) fn home(
        arguments: &ScopeArguments,
        snapshot: &Snapshot,
        notes: &mut Vec<String>,
    ) -> Chosen {
        match &arguments.region {
            Some(region) => Chosen::new(region, "--region"),
            None => of_chain(snapshot).unwrap_or_else(|| last_resort(notes)),
        }
    }

    fn region(told: &Told, snapshot: &Snapshot, notes: &mut Vec<String>) -> Chosen {
        if told.needs_sigv4a {
            return Chosen::new("*", "the host, which stands for all regions");
        }
        let of_host = told.region.as_ref().filter(|_| !told.region_is_assumed);
        match (of_host, of_chain(snapshot)) {
            // No other region would do: the endpoint takes its own alone.
            (Some(region), Some(other)) if region.value != other.value => {
                let origin = format!("{} (and not {} of {})", region.origin, other.value, other.origin);
                Chosen::new(region.value.clone(), origin)
            }
            (Some(region), _) => region.clone(),
            (None, Some(region)) => region,
            (None, None) => told.region.clone().unwrap_or_else(|| last_resort(notes)),
        }
    }
}

/// As the AWS CLI finds one: variables, then the profile.
fn of_chain(snapshot: &Snapshot) -> Option<Chosen> {
    let region = snapshot.plan().region.as_ref()?;
    let is_named = region.place != profile::Place::Default && !region.value.is_empty();
    is_named.then(|| Chosen::new(&region.value, region.place.to_string()))
}

fn last_resort(notes: &mut Vec<String>) -> Chosen {
    notes.push("nothing names a region: us-east-1 is taken; --region or AWS_REGION names another".to_owned());
    Chosen::new("us-east-1", LAST_RESORT)
}

/// What was asked for is done, and said where the host will not have it.
fn contradiction(chosen: &Chosen, of_host: Option<&Chosen>, host: &str) -> Option<String> {
    let of_host = of_host.filter(|of_host| of_host.value != chosen.value)?;
    let (wanted, asked, origin) = (&of_host.value, &chosen.value, &chosen.origin);
    Some(format!(
        "{host} takes signatures for {wanted}, as far as is known; {origin} asks for one for {asked}"
    ))
}

fn unknown_service(told: &Told) -> Failure {
    let message = match told.host.as_str() {
        "" => "the request names no host, and nothing says which service it is for".to_owned(),
        host => format!("the host {host} does not say which service it is"),
    };
    Failure::usage(message)
        .hint("name it with --service, such as --service s3; it is the name in the scope of a signature")
}

const LAST_RESORT: &str = "the last resort: nothing names one";
const CLAIM: &str = "the request itself";
