//! Where IAM Identity Center is reached: AWS's usual place, unless somebody named another or switched variants on.

use super::rules::{self, EndpointParameters, Service};
use super::{Found, Scope, SettingError, boolean, configured_endpoint_url};
use crate::{Place, Sdk};

/// The endpoint of the portal ([`Service::Sso`]) or of logins ([`Service::SsoOidc`]) in `region`; nothing where it is the
/// ordinary one.
pub fn sso_endpoint(
    scope: &Scope<'_>,
    service: Service,
    region: &str,
) -> Result<Option<Found<String>>, SettingError> {
    let id = if service == Service::Sso { "SSO" } else { "SSO OIDC" };
    let url = configured_endpoint_url(scope, id)?;
    let drops_variants = matches!(scope.sdk, Sdk::Boto3 | Sdk::Cli2 | Sdk::Linklocal) && url.is_some();
    let parameters = EndpointParameters {
        region: Some(region),
        use_fips: boolean::use_fips(scope)? && !drops_variants,
        use_dual_stack: boolean::use_dual_stack(scope)? && !drops_variants,
        use_global_endpoint: false,
        endpoint: url.as_ref().map(|url| url.value.as_str()),
    };
    let place = url.as_ref().map_or(Place::Default, |url| url.place.clone());
    let endpoint = rules::endpoint(service, &parameters)
        .map_err(|error| SettingError::new(place, error.to_string(), error.remedy()))?;
    let usual = !parameters.use_fips && !parameters.use_dual_stack;
    Ok(url.or_else(|| (!usual).then(|| Found::by_default(endpoint.url))))
}
