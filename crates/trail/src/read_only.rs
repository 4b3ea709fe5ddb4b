//! Which operations only read, and which are about what lies in buckets.
//!
//! Rule: as CloudTrail tells it in `readOnly` and `eventCategory`, which is not always what the name says (facts/account.md section 4.4;
//! Amazon S3 User Guide, "Amazon S3 CloudTrail events").

/// Whether the operation changes nothing. Credentials of GetSessionToken and GetFederationToken count as a change, those of AssumeRole
/// do not.
pub(crate) fn is_read_only(service: &str, operation: &str) -> bool {
    if service == "sts" {
        return !matches!(operation, "GetSessionToken" | "GetFederationToken");
    }
    READS.iter().any(|verb| operation.starts_with(verb))
}

/// Whether its event is a data event.
pub(crate) fn is_data(service: &str, operation: &str) -> bool {
    service == "s3"
        && (operation.contains("Object") && !ABOUT_BUCKETS.contains(&operation)
            || OF_UPLOADS.contains(&operation))
}

/// The name in `eventName`, where it is another than the operation's.
pub(crate) fn event_name<'a>(service: &str, operation: &'a str) -> &'a str {
    match (service, operation) {
        ("s3", "ListObjectsV2") => "ListObjects",
        ("s3", "PutPublicAccessBlock") => "PutBucketPublicAccessBlock",
        ("s3", "GetPublicAccessBlock") => "GetBucketPublicAccessBlock",
        ("s3", "DeletePublicAccessBlock") => "DeleteBucketPublicAccessBlock",
        ("s3", "GetBucketAccelerateConfiguration") => "GetAccelerateConfiguration",
        ("s3", "GetBucketLifecycleConfiguration") => "GetBucketLifecycle",
        ("s3", "GetBucketNotificationConfiguration") => "GetBucketNotification",
        ("s3", "GetObjectLockConfiguration") => "GetBucketObjectLockConfiguration",
        _ => operation,
    }
}

const READS: [&str; 8] = ["Get", "List", "Describe", "Head", "Lookup", "Simulate", "Generate", "Decode"];

const ABOUT_BUCKETS: [&str; 2] = ["PutObjectLockConfiguration", "GetObjectLockConfiguration"];

const OF_UPLOADS: [&str; 9] = [
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
    "CreateMultipartUpload",
    "HeadBucket",
    "ListMultipartUploads",
    "ListParts",
    "UploadPart",
    "UploadPartCopy",
    "PostObject",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_told_as_cloudtrail_tells_them() {
        for (service, operation, reads) in [
            ("sts", "AssumeRole", true),
            ("sts", "AssumeRoleWithWebIdentity", true),
            ("sts", "GetCallerIdentity", true),
            ("sts", "GetSessionToken", false),
            ("sts", "GetFederationToken", false),
            ("iam", "GenerateCredentialReport", true),
            ("iam", "SimulatePrincipalPolicy", true),
            ("iam", "CreateUser", false),
            ("ec2", "DescribeInstances", true),
            ("ec2", "RunInstances", false),
            ("s3", "HeadObject", true),
            ("cloudtrail", "LookupEvents", true),
            ("servicequotas", "RequestServiceQuotaIncrease", false),
        ] {
            assert_eq!(is_read_only(service, operation), reads, "{operation}");
        }
    }

    #[test]
    fn data_events_are_those_of_objects() {
        for operation in
            ["GetObject", "PutObjectAcl", "DeleteObjects", "ListObjectsV2", "UploadPart", "HeadBucket"]
        {
            assert!(is_data("s3", operation), "{operation}");
        }
        for operation in ["ListBuckets", "CreateBucket", "PutBucketPolicy", "GetPublicAccessBlock"] {
            assert!(!is_data("s3", operation), "{operation}");
        }
        assert!(!is_data("iam", "GetObject"));
    }

    #[test]
    fn some_events_bear_another_name() {
        assert_eq!(event_name("s3", "ListObjectsV2"), "ListObjects");
        assert_eq!(event_name("s3", "PutPublicAccessBlock"), "PutBucketPublicAccessBlock");
        assert_eq!(event_name("s3", "GetBucketLifecycleConfiguration"), "GetBucketLifecycle");
        assert_eq!(event_name("sts", "AssumeRole"), "AssumeRole");
    }
}
