//! Running on-demand instances are counted in vCPUs, in one bucket for each group of families.
//!
//! Source: EC2 User Guide, "On-Demand Instance quotas"; the refusal's text as AWS's answers have it (facts/account.md section 1.7).

use crate::ServiceError;

/// The quota that instances of a type count against, such as `L-1216C47A` for `m5.large`.
pub fn vcpu_quota(instance_type: &str) -> &'static str {
    let family = instance_type.split('.').next().unwrap_or_default();
    let letters: String = family.chars().take_while(char::is_ascii_lowercase).collect();
    match letters.as_str() {
        // High memory types are named `u-6tb1` or `u7i-12tb`.
        "u" => "L-43DA4232",
        "g" | "gr" | "vt" => "L-DB2E81BA",
        "p" => "L-417A185B",
        "f" => "L-74FC7D96",
        "x" => "L-7295265B",
        "inf" => "L-1945791B",
        "trn" => "L-2C3B7624",
        "dl" => "L-6E869C2A",
        "hpc" => "L-F7808C92",
        _ => "L-1216C47A",
    }
}

/// The refusal of RunInstances and StartInstances where `limit` vCPUs are not enough.
pub fn vcpu_limit_exceeded(limit: u64) -> ServiceError {
    let message = format!(
        "You have requested more vCPU capacity than your current vCPU limit of {limit} allows for the instance bucket that the \
         specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment \
         to this limit."
    );
    ServiceError::new("VcpuLimitExceeded", 400, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quotas::catalogue;

    #[test]
    fn each_family_counts_against_a_quota_that_there_is() {
        for (instance_type, code) in [
            ("m5.large", "L-1216C47A"),
            ("t3.micro", "L-1216C47A"),
            ("is4gen.medium", "L-1216C47A"),
            ("i4i.large", "L-1216C47A"),
            ("mac1.metal", "L-1216C47A"),
            ("g5.xlarge", "L-DB2E81BA"),
            ("gr6.4xlarge", "L-DB2E81BA"),
            ("vt1.3xlarge", "L-DB2E81BA"),
            ("p5.48xlarge", "L-417A185B"),
            ("f2.12xlarge", "L-74FC7D96"),
            ("x2gd.large", "L-7295265B"),
            ("inf2.xlarge", "L-1945791B"),
            ("trn1.2xlarge", "L-2C3B7624"),
            ("dl1.24xlarge", "L-6E869C2A"),
            ("hpc7g.4xlarge", "L-F7808C92"),
            ("u-6tb1.metal", "L-43DA4232"),
            ("u7i-12tb.224xlarge", "L-43DA4232"),
        ] {
            assert_eq!(vcpu_quota(instance_type), code, "{instance_type}");
            assert!(catalogue::quota("ec2", code).is_some());
        }
    }

    #[test]
    fn refusal_is_in_the_words_of_aws() {
        let refusal = vcpu_limit_exceeded(16);
        assert_eq!((&*refusal.code, refusal.status), ("VcpuLimitExceeded", 400));
        assert_eq!(
            refusal.message,
            "You have requested more vCPU capacity than your current vCPU limit of 16 allows for the instance bucket that the \
             specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an \
             adjustment to this limit."
        );
    }
}
