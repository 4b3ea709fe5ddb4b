//! Where AWS was seen to differ from its models.
//!
//! Source: answers of IAM to signed requests, 2025 and 2026 (`GetContextKeysForCustomPolicy`, `TagUser`, `UntagUser`); the answers in
//! the S3 API reference, and of S3 itself to `PutBucketTagging` (2024) and `PutBucketPolicy` (2025).

/// The namespace of a service's XML where its model has none, or has it without its last slash.
pub(super) fn namespace(service: &str) -> Option<&'static str> {
    match service {
        "s3" => Some("http://s3.amazonaws.com/doc/2006-03-01/"),
        "ec2" => Some("http://ec2.amazonaws.com/doc/2016-11-15/"),
        _ => None,
    }
}

/// The pattern that AWS's own errors name.
pub(super) fn pattern<'a>(service: &str, pattern: &'a str) -> &'a str {
    match (service, pattern) {
        ("iam", r"[\u0009\u000A\u000D\u0020-\u00FF]+") => r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+",
        _ => pattern,
    }
}

/// Lists whose constraint says that no item may be missing.
pub(super) fn names_nulls(service: &str, shape: &str) -> bool {
    service == "iam" && shape == "tagKeyListType"
}

/// Bounds of lists that AWS holds to and the model leaves out.
pub(super) fn list_max(service: &str, shape: &str) -> Option<i64> {
    let known = service == "iam" && matches!(shape, "tagKeyListType" | "tagListType");
    known.then_some(50)
}

/// How a service writes times, where it does not write fractions as they come.
pub(super) fn fractions(service: &str) -> &'static str {
    match service {
        "sts" | "iam" => "\tseconds",
        "ec2" | "s3" => "\tmilliseconds",
        _ => "",
    }
}

/// The element that S3's answers are, where it is not called after the operation.
pub(super) fn root(service: &str, operation: &str) -> Option<&'static str> {
    let root = match operation {
        "ListBuckets" => "ListAllMyBucketsResult",
        "ListObjects" | "ListObjectsV2" => "ListBucketResult",
        "ListObjectVersions" => "ListVersionsResult",
        "CreateMultipartUpload" => "InitiateMultipartUploadResult",
        "DeleteObjects" => "DeleteResult",
        "GetBucketLocation" => "LocationConstraint",
        "GetBucketCors" => "CORSConfiguration",
        "GetBucketTagging" | "GetObjectTagging" => "Tagging",
        "GetBucketAcl" | "GetObjectAcl" => "AccessControlPolicy",
        "GetBucketVersioning" => "VersioningConfiguration",
        "GetObjectAttributes" => "GetObjectAttributesResponse",
        "GetBucketAccelerateConfiguration" => "AccelerateConfiguration",
        "GetBucketLifecycleConfiguration" => "LifecycleConfiguration",
        "GetBucketLogging" => "BucketLoggingStatus",
        "GetBucketNotificationConfiguration" => "NotificationConfiguration",
        "GetBucketRequestPayment" => "RequestPaymentConfiguration",
        "GetBucketWebsite" => "WebsiteConfiguration",
        "ListBucketAnalyticsConfigurations" => "ListBucketAnalyticsConfigurationResult",
        "ListBucketIntelligentTieringConfigurations" => "ListBucketIntelligentTieringConfigurationsOutput",
        "ListBucketInventoryConfigurations" => "ListInventoryConfigurationsResult",
        "ListBucketMetricsConfigurations" => "ListMetricsConfigurationsResult",
        _ => return None,
    };
    (service == "s3").then_some(root)
}

/// The status of an answer, where it is another than the model's.
pub(super) fn status(service: &str, operation: &str) -> Option<i64> {
    (service == "s3" && matches!(operation, "PutBucketPolicy" | "PutBucketTagging")).then_some(204)
}

/// A member whose text is all that its document holds.
pub(super) fn is_root(service: &str, name: &str, structure: &str) -> bool {
    service == "s3" && name == "LocationConstraint" && structure == "GetBucketLocationOutput"
}
