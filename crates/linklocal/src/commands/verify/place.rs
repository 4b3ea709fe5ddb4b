//! What the endpoint is that judges: its service and region, and who says so.

use super::claim::Claim;
use crate::arguments::VerifyArguments;
use crate::commands::signing::{Chosen, Place, Told};
use crate::failure::Failure;

/// Flags, then the host, then what the request says.
pub(super) fn find(arguments: &VerifyArguments, told: &Told, claim: &Claim) -> Result<Place, Failure> {
    let flag = |value: &Option<String>, flag: &str| value.as_ref().map(|value| Chosen::new(value, flag));
    let claimed = |value: &Option<String>| value.as_ref().map(|value| Chosen::new(value, CLAIM));
    // A host of more than one service, or of no known one, says less than the request does.
    let (service, region) = match told.is_sure {
        true => (told.service.clone(), told.region.clone().filter(|_| !told.region_is_assumed)),
        false => (None, None),
    };
    let service = flag(&arguments.service, "--service").or(service).or_else(|| claimed(&claim.service));
    let service = service.or_else(|| told.service.clone()).ok_or_else(|| {
        Failure::usage(format!(
            "neither the host {:?} nor the request says which service the endpoint is",
            told.host
        ))
        .hint("name it with --service")
    })?;
    let region = flag(&arguments.region, "--region").or(region).or_else(|| claimed(&claim.region));
    let region = region.or_else(|| told.region.clone()).unwrap_or_else(|| Chosen::new("us-east-1", LAST));
    let notes = [("service", &service), ("region", &region)];
    let notes = notes.into_iter().filter(|(_, chosen)| chosen.origin == CLAIM).map(|(what, chosen)| {
        format!("the {what} {} is the request's own word; --{what} holds it to another", chosen.value)
    });
    Ok(Place { notes: notes.collect(), service, region })
}

const CLAIM: &str = "the request itself";
const LAST: &str = "the last resort: nothing names one";
