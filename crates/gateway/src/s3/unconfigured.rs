//! What a bucket of AWS may be configured with and none of this account can: answered as of a bucket that never was.
//!
//! Rule: who asks is told what AWS tells of such a bucket, and who deletes what is not there is answered as there; who configures it is
//! refused by name, for want of a row. Source: suites/aws-recorded; S3 API Reference, each operation's "Permissions" and "Examples".

use account::ServiceError;
use account::s3::refusal;
use wire::{Structure, Value};

use super::page;
use super::permission::{asked_bucket, bucket_name, on_bucket, on_object};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "GetBucketAbac", checks: |ask| on_bucket(ask, "s3:GetBucketAbac"), run: abac },
    Operation {
        name: "GetBucketAccelerateConfiguration",
        checks: |ask| on_bucket(ask, "s3:GetAccelerateConfiguration"),
        run: nothing,
    },
    Operation { name: "GetBucketLogging", checks: |ask| on_bucket(ask, "s3:GetBucketLogging"), run: nothing },
    Operation {
        name: "GetBucketNotificationConfiguration",
        checks: |ask| on_bucket(ask, "s3:GetBucketNotification"),
        run: nothing,
    },
    Operation {
        name: "GetBucketRequestPayment",
        checks: |ask| on_bucket(ask, "s3:GetBucketRequestPayment"),
        run: request_payment,
    },
    Operation {
        name: "DeleteBucketEncryption",
        checks: |ask| on_bucket(ask, "s3:PutEncryptionConfiguration"),
        run: nothing,
    },
    Operation {
        name: "GetBucketLifecycleConfiguration",
        checks: |ask| on_bucket(ask, "s3:GetLifecycleConfiguration"),
        run: |ask| not_set(ask, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
    },
    Operation {
        name: "DeleteBucketLifecycle",
        checks: |ask| on_bucket(ask, "s3:PutLifecycleConfiguration"),
        run: nothing,
    },
    Operation {
        name: "GetBucketReplication",
        checks: |ask| on_bucket(ask, "s3:GetReplicationConfiguration"),
        run: |ask| {
            let message = "The replication configuration was not found";
            not_set(ask, "ReplicationConfigurationNotFoundError", message)
        },
    },
    Operation {
        name: "DeleteBucketReplication",
        checks: |ask| on_bucket(ask, "s3:PutReplicationConfiguration"),
        run: nothing,
    },
    Operation {
        name: "GetBucketWebsite",
        checks: |ask| on_bucket(ask, "s3:GetBucketWebsite"),
        run: |ask| {
            let message = "The specified bucket does not have a website configuration";
            not_set(ask, "NoSuchWebsiteConfiguration", message)
        },
    },
    Operation {
        name: "DeleteBucketWebsite",
        checks: |ask| on_bucket(ask, "s3:DeleteBucketWebsite"),
        run: nothing,
    },
    Operation {
        name: "GetObjectLockConfiguration",
        checks: |ask| on_bucket(ask, "s3:GetBucketObjectLockConfiguration"),
        run: |ask| {
            let message = "Object Lock configuration does not exist for this bucket";
            not_set(ask, "ObjectLockConfigurationNotFoundError", message)
        },
    },
    Operation {
        name: "GetObjectLegalHold",
        checks: |ask| on_object(ask, "s3:GetObjectLegalHold"),
        run: not_locked,
    },
    Operation {
        name: "GetObjectRetention",
        checks: |ask| on_object(ask, "s3:GetObjectRetention"),
        run: not_locked,
    },
    Operation {
        name: "ListBucketAnalyticsConfigurations",
        checks: |ask| on_bucket(ask, "s3:GetAnalyticsConfiguration"),
        run: none_listed,
    },
    Operation {
        name: "GetBucketAnalyticsConfiguration",
        checks: |ask| on_bucket(ask, "s3:GetAnalyticsConfiguration"),
        run: none_of_this_id,
    },
    Operation {
        name: "DeleteBucketAnalyticsConfiguration",
        checks: |ask| on_bucket(ask, "s3:PutAnalyticsConfiguration"),
        run: none_of_this_id,
    },
    Operation {
        name: "ListBucketIntelligentTieringConfigurations",
        checks: |ask| on_bucket(ask, "s3:GetIntelligentTieringConfiguration"),
        run: none_listed,
    },
    Operation {
        name: "GetBucketIntelligentTieringConfiguration",
        checks: |ask| on_bucket(ask, "s3:GetIntelligentTieringConfiguration"),
        run: none_of_this_id,
    },
    Operation {
        name: "DeleteBucketIntelligentTieringConfiguration",
        checks: |ask| on_bucket(ask, "s3:PutIntelligentTieringConfiguration"),
        run: none_of_this_id,
    },
    Operation {
        name: "ListBucketInventoryConfigurations",
        checks: |ask| on_bucket(ask, "s3:GetInventoryConfiguration"),
        run: none_listed,
    },
    Operation {
        name: "GetBucketInventoryConfiguration",
        checks: |ask| on_bucket(ask, "s3:GetInventoryConfiguration"),
        run: none_of_this_id,
    },
    Operation {
        name: "DeleteBucketInventoryConfiguration",
        checks: |ask| on_bucket(ask, "s3:PutInventoryConfiguration"),
        run: none_of_this_id,
    },
    Operation {
        name: "ListBucketMetricsConfigurations",
        checks: |ask| on_bucket(ask, "s3:GetMetricsConfiguration"),
        run: none_listed,
    },
    Operation {
        name: "GetBucketMetricsConfiguration",
        checks: |ask| on_bucket(ask, "s3:GetMetricsConfiguration"),
        run: none_of_this_id,
    },
    Operation {
        name: "DeleteBucketMetricsConfiguration",
        checks: |ask| on_bucket(ask, "s3:PutMetricsConfiguration"),
        run: none_of_this_id,
    },
];

/// Of what is not set AWS says nothing in some answers; and to take it away changes nothing.
fn nothing(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    asked_bucket(ask)?;
    Ok(Structure::new())
}

fn not_set(ask: &Ask<'_>, code: &'static str, message: &'static str) -> Result<Structure, ServiceError> {
    asked_bucket(ask)?;
    Err(refusal::not_set(code, message, bucket_name(ask)))
}

fn abac(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    asked_bucket(ask)?;
    Ok(Structure::new().with("AbacStatus", Structure::new().with("Status", "Disabled")))
}

fn request_payment(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    asked_bucket(ask)?;
    Ok(Structure::new().with("Payer", "BucketOwner"))
}

fn not_locked(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    asked_bucket(ask)?;
    Err(refusal::invalid_request("Bucket is missing Object Lock Configuration"))
}

fn none_listed(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    asked_bucket(ask)?;
    ask.input.text("ContinuationToken").map(page::opened).transpose()?;
    Ok(Structure::new().with("IsTruncated", Value::Boolean(false)))
}

/// Each of these has an id: AWS says so where none bears it, also to whoever deletes it.
fn none_of_this_id(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    asked_bucket(ask)?;
    Err(ServiceError::new("NoSuchConfiguration", 404, "The specified configuration does not exist."))
}
