//! Settings beside credentials and region: where requests go, which certificates are trusted, how results look.

use profile::plan::Ground;
use profile::settings::{self, Found, Scope, SettingError};
use profile::{Place, Sdk};

use crate::commands::credentials::without_user;

/// A setting that somebody made, or that stands in the way.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) name: String,
    pub(super) found: Found<String>,
}

/// Those that are set; what nobody set is as everybody expects.
pub(super) fn settings(ground: &Ground<'_>, profile: &str) -> Vec<Setting> {
    let scope = ground.scope(profile);
    let mut found = endpoints(ground, &scope);
    let named = |name: &str, found: Found<String>| Setting { name: name.to_owned(), found };
    found.extend(settings::ca_bundle(&scope).map(|bundle| named("ca_bundle", bundle)));
    if matches!(scope.sdk, Sdk::Linklocal | Sdk::Cli2) {
        let output = settings::output(&scope);
        found.extend((output.place != Place::Default).then(|| named("output", output)));
    }
    found
}

/// The endpoint of all services, and of each that has one of its own.
fn endpoints(ground: &Ground<'_>, scope: &Scope<'_>) -> Vec<Setting> {
    let mut found = Vec::new();
    let mut put = |name: String, endpoint: Result<Option<Found<String>>, SettingError>| match endpoint {
        Ok(endpoint) => {
            let shown = endpoint.map(|endpoint| endpoint.map(|url| without_user(&url)));
            found.extend(shown.map(|found| Setting { name, found }));
        }
        Err(SettingError { place, what, .. }) => found.push(Setting { name, found: Found::new(what, place) }),
    };
    put("endpoint_url".to_owned(), settings::endpoint_url(scope, NO_SERVICE));
    for service in services(ground, scope) {
        put(format!("endpoint_url ({service})"), settings::endpoint_url(scope, &service));
    }
    found
}

/// Services that a variable or the profile's `services` section names, by their ids in small letters.
fn services(ground: &Ground<'_>, scope: &Scope<'_>) -> Vec<String> {
    let variables =
        ground.view.environment.iter().filter_map(|(name, _)| name.strip_prefix("AWS_ENDPOINT_URL_"));
    let mut services: Vec<String> = variables.map(str::to_ascii_lowercase).collect();
    let section = scope.setting("services").and_then(|name| ground.profiles()?.services.get(name.value));
    services.extend(section.into_iter().flat_map(|section| section.settings.keys().cloned()));
    services.sort_unstable();
    services.dedup();
    services
}

/// No service's id: what is found for it is what all have in common.
const NO_SERVICE: &str = "\u{0}";
