//! Where STS is called for a role, and for which region the call is signed (facts/credentials.md 1.5, 3.1).
//!
//! Rule: an endpoint URL that somebody named beats the rules. Without a region there is no call, but for JavaScript, whose
//! inner client then takes `us-east-1`, and for Python's tools, which then call the global endpoint, signed for the same;
//! they, too, refuse where somebody named an endpoint. An empty region is one to them where somebody did, and the signature
//! is made for it (measured with botocore 1.44.5).

use super::rules::{self, EndpointParameters, Service};
use super::{Found, Scope, SettingError, boolean, configured_endpoint_url};
use crate::plan::StsTarget;
use crate::{Place, Sdk};

/// Where `sdk` would call STS from `region`.
pub fn sts_target(scope: &Scope<'_>, region: Option<&Found<String>>) -> Result<StsTarget, SettingError> {
    let url = configured_endpoint_url(scope, "STS")?;
    let region = match (region, scope.sdk) {
        (Some(region), Sdk::Boto3 | Sdk::Cli2) if region.value.is_empty() && url.is_none() => {
            return Err(empty_region(region));
        }
        (Some(region), _) => region.clone(),
        (None, Sdk::Js) => Found::by_default("us-east-1".to_owned()),
        (None, Sdk::Boto3 | Sdk::Cli2) if url.is_none() => Found::by_default("aws-global".to_owned()),
        (None, _) => return Err(missing_region()),
    };
    // Python's tools drop both switches beside an endpoint of one's own; the rules of the others refuse the pair.
    let drops_variants = matches!(scope.sdk, Sdk::Boto3 | Sdk::Cli2 | Sdk::Linklocal) && url.is_some();
    let parameters = EndpointParameters {
        region: Some(&region.value),
        use_fips: boolean::use_fips(scope)? && !drops_variants,
        use_dual_stack: boolean::use_dual_stack(scope)? && !drops_variants,
        use_global_endpoint: sts_use_global_endpoint(scope)?,
        endpoint: url.as_ref().map(|url| url.value.as_str()),
    };
    let endpoint = rules::endpoint(Service::Sts, &parameters)
        .map_err(|error| SettingError::new(region.place.clone(), error.to_string(), error.remedy()))?;
    let signing_region = endpoint.signing_region.unwrap_or_else(|| match region.value.as_str() {
        "aws-global" if url.is_none() || scope.sdk == Sdk::Js => "us-east-1".to_owned(),
        own => own.to_owned(),
    });
    Ok(StsTarget {
        region: Found::new(signing_region, region.place),
        endpoint_url: Found::new(endpoint.url, url.map_or(Place::Default, |url| url.place)),
    })
}

/// Whether `AWS_STS_REGIONAL_ENDPOINTS` or `sts_regional_endpoints` says `legacy`: boto3 and we look; the AWS CLI v2 has no
/// such setting.
pub fn sts_use_global_endpoint(scope: &Scope<'_>) -> Result<bool, SettingError> {
    if !matches!(scope.sdk, Sdk::Boto3 | Sdk::Linklocal) {
        return Ok(false);
    }
    let variable = scope.variable("AWS_STS_REGIONAL_ENDPOINTS");
    match variable.or_else(|| scope.setting("sts_regional_endpoints")) {
        None => Ok(false),
        Some(found) if matches!(found.value, "" | "regional") => Ok(false),
        Some(found) if found.value == "legacy" => Ok(true),
        Some(found) => Err(SettingError::new(
            found.place,
            format!("the choice of STS endpoints is {:?}, which is neither legacy nor regional", found.value),
            "set it to regional, or remove it: regional is the default",
        )),
    }
}

fn empty_region(region: &Found<String>) -> SettingError {
    SettingError::new(
        region.place.clone(),
        "the region is set to nothing, and STS is called in one",
        "set it to a region, or unset it",
    )
}

fn missing_region() -> SettingError {
    SettingError::new(
        Place::Default,
        "there is no region, and STS is called in one",
        "set AWS_REGION and AWS_DEFAULT_REGION, give --region, or set `region` in the profile",
    )
}
