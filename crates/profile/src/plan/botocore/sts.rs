//! What STS is called with: its endpoint, and what botocore checks before it sends anything.
//!
//! Rule: botocore holds its parameters against the shortest length and the smallest number of the service's model, and
//! against nothing else of it (botocore's `validate`, `data/sts/2011-06-15/service-2.json`).

use super::sso::renewal_settings;
use super::{Model, fault_of, text};
use crate::plan::StsTarget;
use crate::plan::fault::Fault;
use crate::settings::{self, Found};
use crate::{Place, Sdk};

impl Model<'_> {
    /// Where STS is called for calls that are signed.
    pub(super) fn sts(&self) -> Result<StsTarget, Fault> {
        self.check_client_settings()?;
        self.check_region()?;
        let target =
            settings::sts_target(&self.scope, self.region.as_ref()).map_err(|error| fault_of(&error))?;
        check_url(&target.endpoint_url)?;
        Ok(target)
    }

    /// The same for calls that nothing signs: they need no region where an endpoint is named.
    pub(super) fn unsigned_sts(&self) -> Result<StsTarget, Fault> {
        let url = settings::configured_endpoint_url(&self.scope, "STS").map_err(|error| fault_of(&error))?;
        match (url, &self.region) {
            (Some(endpoint_url), None) => {
                self.check_client_settings()?;
                check_url(&endpoint_url)?;
                // The region is that of a signature which is not made.
                Ok(StsTarget { region: Found::by_default("us-east-1".to_owned()), endpoint_url })
            }
            _ => self.sts(),
        }
    }

    /// What botocore reads for every client that it makes: the choice of STS endpoints, even where another service is
    /// called, and the token of the profile in use, even where none is sent.
    pub(super) fn check_client_settings(&self) -> Result<(), Fault> {
        if self.ground.sdk == Sdk::Linklocal {
            return Ok(());
        }
        settings::sts_use_global_endpoint(&self.scope).map_err(|error| fault_of(&error))?;
        let Some(profile) = self.profile(self.name()) else {
            return Ok(());
        };
        let Some(session) = text(profile, "sso_session")? else {
            return Ok(());
        };
        let section = self
            .session_section(self.name(), session)
            .map_err(|fault| fault.at(profile.place("sso_session").cloned()))?;
        renewal_settings(section, session)
    }

    /// A parameter as short as the service's model allows, or longer.
    pub(super) fn at_least(
        &self,
        length: usize,
        key: &str,
        value: &str,
        place: Option<&Place>,
    ) -> Result<(), Fault> {
        if value.chars().count() >= length || !self.validates() {
            return Ok(());
        }
        let at = place.map_or_else(String::new, |place| format!("{place}: "));
        let why = format!("{at}{key} is shorter than the {length} characters that STS takes");
        Err(Fault::fatal(why, format!("correct {key}, or remove it")).at(place.cloned()))
    }

    /// Whether parameters are checked at all: `parameter_validation` of the profile in use can switch it off.
    pub(super) fn validates(&self) -> bool {
        let text = self.profile(self.name()).and_then(|profile| profile.text("parameter_validation"));
        self.ground.sdk == Sdk::Linklocal || text.is_none_or(|text| text.eq_ignore_ascii_case("true"))
    }

    fn check_region(&self) -> Result<(), Fault> {
        match &self.region {
            Some(region) if !settings::is_region_name(&region.value) => Err(Fault::fatal(
                format!("{}: {:?} cannot be the name of a region", region.place, region.value),
                "write a region like us-east-1",
            )
            .at([region.place.clone()])),
            _ => Ok(()),
        }
    }
}

/// botocore refuses a URL without a host, which an empty region makes, too.
pub(super) fn check_url(url: &Found<String>) -> Result<(), Fault> {
    let rest = url.value.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    if !host.is_empty() && !host.contains("..") {
        return Ok(());
    }
    let why = format!("{}: {:?} is no URL that could be called", url.place, url.value);
    let remedy = match url.place {
        Place::Default => "name a region that is not empty",
        _ => "write it like https://host.example, or remove it",
    };
    Err(Fault::fatal(why, remedy).at([url.place.clone()]))
}
