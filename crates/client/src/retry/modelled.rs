//! Errors that a service's model calls retryable, beside those that their status or a code of every service tells.

/// Service by its signing name, code, and whether the model calls it throttling. From the models of botocore 1.44.5; those
/// left out come with 500, 502, 503 or 504, or their code is in `cause`'s list. One service that shares its signing name
/// with another, whose error of the same name is final, is left out too.
pub(super) fn find(service: &str, code: &str) -> Option<bool> {
    let row = ROWS.iter().find(|row| row.0 == service && row.1 == code);
    row.map(|row| row.2)
}

const ROWS: &[(&str, &str, bool)] = &[
    ("access-analyzer", "UnprocessableEntityException", false),
    ("arc-region-switch", "RetryableConflictException", false),
    ("bedrock", "ModelNotReadyException", false),
    ("bedrock-agentcore", "RetryableConflictException", false),
    ("codeguru-profiler", "ServiceQuotaExceededException", false),
    ("ds-data", "DirectoryUnavailableException", false),
    ("dynamodb", "ReplicatedWriteConflictException", false),
    ("elemental-inference", "ConflictException", false),
    ("elemental-inference", "TooManyRequestException", false),
    ("events", "ConcurrentModificationException", false),
    ("events", "SchemaRegistryUnavailableException", false),
    ("gameliftstreams", "StreamSessionAccessNotReadyException", false),
    ("iottwinmaker", "QueryTimeoutException", false),
    ("mediaconnect", "ConflictException", false),
    ("migrationhub-orchestrator", "AccessDeniedException", false),
    ("migrationhub-orchestrator", "ConflictException", false),
    ("migrationhub-orchestrator", "ValidationException", false),
    ("neptune-db", "BulkLoadIdNotFoundException", false),
    ("neptune-db", "ClientTimeoutException", false),
    ("neptune-db", "ConstraintViolationException", false),
    ("neptune-db", "S3Exception", false),
    ("omics", "RangeNotSatisfiableException", false),
    ("partnercentral-benefits", "ServiceQuotaExceededException", false),
    ("partnercentral-channel", "ServiceQuotaExceededException", false),
    ("redshift-serverless", "InsufficientCapacityException", false),
    ("sagemaker", "ModelNotReadyException", true),
    ("security-ir", "InvalidTokenException", false),
    ("social-messaging", "ThrottledRequestException", false),
];
