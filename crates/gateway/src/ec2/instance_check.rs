//! An instance as the resource of a check, with the keys that EC2 has of it (Service Authorization Reference, "Amazon EC2").
//!
//! Rule: an instance that is not there is named by the ARN it would have, so a denial finds out nothing.

use account::ec2::named;
use account::{Check, InstanceView, ServiceError};
use types::instance::MetadataOptions;
use types::{Instance, InstanceId};

use crate::Ask;

/// On the instance with this id, be it there or not.
///
/// # Errors
/// It is no id, or the store cannot be read.
pub(super) fn instance_check(
    ask: &Ask<'_>,
    action: &'static str,
    instance_id: &str,
) -> Result<Check, ServiceError> {
    let id = named::instance_id(instance_id)?;
    let check = Check::new(action, instance_arn(ask, id.as_str())).with("ec2:Region", ask.region.as_str());
    match found(ask, &id) {
        Ok(view) => Ok(of_instance(check, &view.instance)),
        Err(error) if error.code == "InvalidInstanceID.NotFound" => Ok(check),
        Err(error) => Err(error),
    }
}

/// The instance with this id, of this account and region.
///
/// # Errors
/// `InvalidInstanceID.NotFound`
pub(super) fn found(ask: &Ask<'_>, id: &InstanceId) -> Result<InstanceView, ServiceError> {
    named::instance(ask.host.instances(), ask.account.account_id(), ask.region, id)
}

/// The id that a request names in its member `InstanceId`.
///
/// # Errors
/// `InvalidInstanceID.Malformed`
pub(super) fn asked_id(ask: &Ask<'_>) -> Result<InstanceId, ServiceError> {
    named::instance_id(ask.input.text("InstanceId").unwrap_or_default())
}

/// `arn:aws:ec2:REGION:ACCOUNT:instance/ID`; `*` for any.
pub(super) fn instance_arn(ask: &Ask<'_>, id: &str) -> String {
    let (partition, account) = (ask.directory.partition().as_str(), ask.account.account_id());
    format!("arn:{partition}:ec2:{}:{account}:instance/{id}", ask.region)
}

/// The keys of an instance that is there.
pub(super) fn of_instance(check: Check, instance: &Instance) -> Check {
    let life = &instance.life;
    let mut check = check
        .with("ec2:InstanceID", instance.instance_id.as_str())
        .with("ec2:InstanceType", &*instance.instance_type)
        .with("ec2:AvailabilityZone", &*instance.placement.availability_zone)
        .with("ec2:AvailabilityZoneId", &*instance.placement.availability_zone_id)
        .with("ec2:EbsOptimized", if life.ebs_optimized { "true" } else { "false" })
        .with("ec2:InstanceMarketType", &*instance.launch.instance_life_cycle)
        .with("ec2:RootDeviceType", "ebs")
        .with("ec2:Tenancy", life.tenancy.as_deref().unwrap_or("default"));
    if let Some(profile) = &instance.iam_instance_profile {
        check = check.with("ec2:InstanceProfile", profile.arn.as_str());
    }
    if let Some(group) = &instance.placement.group_name {
        check = check.with("ec2:PlacementGroup", group.as_str());
    }
    for (key, value) in &instance.tags {
        check = check.with(&format!("aws:ResourceTag/{key}"), value.as_str());
        check = check.with(&format!("ec2:ResourceTag/{key}"), value.as_str());
    }
    with_options(check, instance.metadata_options)
}

/// The keys of metadata options, such as `ec2:MetadataHttpTokens`.
pub(super) fn with_options(check: Check, options: MetadataOptions) -> Check {
    let hops = i64::from(options.http_put_response_hop_limit);
    check
        .with("ec2:MetadataHttpEndpoint", options.http_endpoint.as_str())
        .with("ec2:MetadataHttpTokens", options.http_tokens.as_str())
        .with("ec2:MetadataHttpPutResponseHopLimit", hops.to_string())
        .with("ec2:InstanceMetadataTags", options.instance_metadata_tags.as_str())
}
