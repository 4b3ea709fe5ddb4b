//! What the SDK for JavaScript leaves out, or makes up, without a word.
//!
//! Rule: as for the other SDKs; a region that nobody named is one of these things.

use super::Model;
use crate::Place;
use crate::plan::merged::Merged;
use crate::plan::{Ground, Plan, Provider, Warning, sources, warning};

impl Model<'_, '_> {
    pub(super) fn warnings(&self, plan: &Plan) -> Vec<Warning> {
        let mut warnings = warning::warnings(self.ground, plan);
        let provider = plan.winner().and_then(|winner| winner.provider.as_ref());
        if let Some(Provider::Container(_)) = provider
            && let Some(fault) = sources::authorization_fault(&self.scope)
        {
            let text = format!("{}: the agent is asked again without it", fault.why);
            warnings.push(Warning {
                code: "authorization-dropped",
                text,
                place: fault.places.into_iter().next(),
            });
        }
        warnings.extend(self.region_left_behind(plan));
        let Some(provider) = provider else {
            return warnings;
        };
        warnings.extend(not_numbers(self.ground, provider));
        warnings.extend(default_region(provider));
        warnings
    }

    /// `fromIni({ profile })` and its like name the profile to the provider, not to the client.
    fn region_left_behind(&self, plan: &Plan) -> Option<Warning> {
        let own = self.scope.setting("region").filter(|own| !own.value.is_empty())?;
        let used = plan.region.as_ref();
        if plan.profile.place != Place::flag("--profile") || used.is_some_and(|used| used.value == own.value)
        {
            return None;
        }
        let text = format!(
            "a profile named to the credential provider is not the client's: region {} of profile {:?} is not used unless \
             the client is given the profile, too",
            own.value, plan.profile.name
        );
        Some(Warning { code: "region-of-profile-not-used", text, place: Some(own.place) })
    }
}

fn not_numbers(ground: &Ground<'_>, provider: &Provider) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut provider = provider;
    while let Provider::AssumeRole(role) = provider {
        let profile = Merged::of(ground, &role.profile).filter(|_| role.duration_seconds.is_none());
        if let Some(profile) = profile {
            let text =
                format!("duration_seconds of profile {:?} is no number, and is sent as NaN", role.profile);
            warnings.push(Warning {
                code: "duration-not-a-number",
                text,
                place: profile.place("duration_seconds"),
            });
        }
        provider = &role.base;
    }
    warnings
}

fn default_region(provider: &Provider) -> Option<Warning> {
    let sts = match provider {
        Provider::AssumeRole(role) => &role.sts,
        Provider::WebIdentity(role) => &role.sts,
        _ => return None,
    };
    (sts.region.place == Place::Default).then(|| Warning {
        code: "sts-default-region",
        text: format!("nothing names a region, and STS is called in {}", sts.region.value),
        place: None,
    })
}
