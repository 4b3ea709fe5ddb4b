//! What burstable instances do when they have used their credits up (EC2 user guide, "Burstable performance instances").
//!
//! Rule: what was asked for at the launch stays, whatever type the instance gets later; else it is what the type does by itself.

use types::Instance;
use types::instance::CpuCredits;

use super::catalogue::{InstanceType, instance_type};
use crate::ServiceError;

/// The option of an instance. One that bursts nowhere is `standard`.
pub fn of(instance: &Instance) -> CpuCredits {
    let by_itself = || match instance_type(&instance.instance_type) {
        Some(kind) if kind.is_burstable() => by_itself(kind),
        _ => CpuCredits::Standard,
    };
    instance.life.cpu_credits.unwrap_or_else(by_itself)
}

/// Keeps the option of an instance that is about to get another type, where its type is what it follows from.
pub fn keep(instance: &mut Instance) {
    if instance_type(&instance.instance_type).is_some_and(InstanceType::is_burstable) {
        instance.life.cpu_credits = Some(of(instance));
    }
}

/// Refuses an option for a type that has no credits. The text is AWS's, from before there were others than T2.
///
/// # Errors
/// `InstanceCreditSpecification.NotSupported`
pub fn check_supported(kind: &InstanceType) -> Result<(), ServiceError> {
    if kind.is_burstable() {
        return Ok(());
    }
    let text = format!("The {} instance type does not support T2 Unlimited.", kind.name());
    Err(ServiceError::new("InstanceCreditSpecification.NotSupported", 400, text))
}

fn by_itself(kind: &InstanceType) -> CpuCredits {
    if matches!(kind.family(), "t1" | "t2") { CpuCredits::Standard } else { CpuCredits::Unlimited }
}

#[cfg(test)]
mod tests {
    use types::Timestamp;

    use super::*;
    use crate::declaration::Declaration;
    use crate::identifier::Seed;

    #[test]
    fn the_option_follows_from_the_type_until_it_is_chosen() {
        let seed = Seed::from_text("credits");
        let made = Declaration::believable().resolve(&Declaration::default(), &seed, 0, Timestamp::EPOCH);
        let mut instance = made.unwrap();
        for (kind, option) in [
            ("t2.micro", "standard"),
            ("t3.micro", "unlimited"),
            ("t4g.nano", "unlimited"),
            ("m5.large", "standard"),
        ] {
            instance.instance_type = kind.to_owned();
            assert_eq!(of(&instance).as_str(), option, "{kind}");
        }
        instance.instance_type = "t3.micro".to_owned();
        keep(&mut instance);
        instance.instance_type = "m5.large".to_owned();
        assert_eq!(of(&instance), CpuCredits::Unlimited, "an instance that burst keeps its option");
        keep(&mut instance);
        assert_eq!(instance.life.cpu_credits, Some(CpuCredits::Unlimited));
    }

    #[test]
    fn types_without_credits_take_no_option() {
        check_supported(instance_type("t3a.small").unwrap()).unwrap();
        let refused = check_supported(instance_type("m5.large").unwrap()).unwrap_err();
        assert_eq!(&*refused.code, "InstanceCreditSpecification.NotSupported");
    }
}
