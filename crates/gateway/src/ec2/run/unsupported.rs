//! What `RunInstances` takes on AWS and not here.
//!
//! Rule: nothing is taken and forgotten. What would change an instance, and does not here, is refused by its name.

use account::ServiceError;
use wire::{Structure, Value};

/// Refuses what is not supported.
pub(super) fn refuse(input: &Structure) -> Result<(), ServiceError> {
    templates(input)?;
    for name in MEMBERS {
        if input.member(name).is_some_and(says_something) {
            return Err(unsupported(name));
        }
    }
    for (place, harmless) in VALUES {
        if let Some(text) = text_at(input, place)
            && !harmless.contains(&&*text)
        {
            return Err(unsupported(place));
        }
    }
    Ok(())
}

/// There are none here, and none are found.
fn templates(input: &Structure) -> Result<(), ServiceError> {
    let Some(template) = input.structure("LaunchTemplate") else { return Ok(()) };
    let (code, text) = match (template.text("LaunchTemplateId"), template.text("LaunchTemplateName")) {
        (Some(id), _) => (
            "InvalidLaunchTemplateId.NotFound",
            format!("The specified launch template, with template ID {}, does not exist.", shown(id)),
        ),
        (None, name) => (
            "InvalidLaunchTemplateName.NotFoundException",
            format!(
                "The specified launch template, with template name {}, does not exist.",
                shown(name.unwrap_or_default())
            ),
        ),
    };
    Err(ServiceError::new(code, 400, text))
}

pub(super) fn unsupported(name: &str) -> ServiceError {
    let text = format!("The parameter {name} is not supported.");
    ServiceError::new("UnsupportedOperation", 400, text)
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::List(items) => !items.is_empty(),
        Value::Structure(inner) => !inner.is_empty(),
        Value::String(text) => !text.is_empty(),
        Value::Boolean(flag) => *flag,
        _ => true,
    }
}

fn text_at(input: &Structure, place: &str) -> Option<String> {
    match place.split_once('.') {
        Some((member, rest)) => text_at(input.structure(member)?, rest),
        None => match input.member(place)? {
            Value::String(text) => Some(text.clone()),
            Value::Boolean(flag) => Some(flag.to_string()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Structure(_) => Some("{}".to_owned()),
            _ => None,
        },
    }
}

fn shown(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_SHOWN)]
}

const MEMBERS: [&str; 12] = [
    "AdditionalInfo",
    "CpuOptions",
    "ElasticGpuSpecification",
    "ElasticInferenceAccelerators",
    "EnablePrimaryIpv6",
    "InstanceMarketOptions",
    "Ipv6Addresses",
    "KernelId",
    "LicenseSpecifications",
    "Operator",
    "RamdiskId",
    "SecondaryInterfaces",
];

/// Values that say what is so anyway.
const VALUES: [(&str, &[&str]); 13] = [
    ("CapacityReservationSpecification.CapacityReservationPreference", &["open", "none"]),
    ("CapacityReservationSpecification.CapacityReservationTarget", &[]),
    ("CreditSpecification.CpuCredits", &["standard", "unlimited"]),
    ("EnclaveOptions.Enabled", &["false"]),
    ("MaintenanceOptions.AutoRecovery", &["default"]),
    ("NetworkPerformanceOptions.BandwidthWeighting", &["default"]),
    ("Placement.Affinity", &["default"]),
    ("Placement.GroupId", &[]),
    ("Placement.HostId", &[]),
    ("Placement.HostResourceGroupArn", &[]),
    ("Placement.SpreadDomain", &[]),
    ("Placement.Tenancy", &["default", "dedicated"]),
    ("PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord", &["false"]),
];

const MAX_SHOWN: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_supported_is_refused_by_its_name() {
        for (input, name) in [
            (Structure::new().with("KernelId", "aki-1"), "KernelId"),
            (Structure::new().with("CpuOptions", Structure::new().with("CoreCount", 1)), "CpuOptions"),
            (Structure::new().with("Placement", Structure::new().with("HostId", "h-1")), "Placement.HostId"),
            (
                Structure::new().with("EnclaveOptions", Structure::new().with("Enabled", true)),
                "EnclaveOptions.Enabled",
            ),
        ] {
            assert_eq!(refuse(&input).unwrap_err(), unsupported(name));
        }
        let harmless = Structure::new()
            .with("EnclaveOptions", Structure::new().with("Enabled", false))
            .with("Placement", Structure::new().with("Tenancy", "default"))
            .with("CreditSpecification", Structure::new().with("CpuCredits", "unlimited"))
            .with("Ipv6Addresses", Vec::<Structure>::new());
        refuse(&harmless).unwrap();
    }
}
