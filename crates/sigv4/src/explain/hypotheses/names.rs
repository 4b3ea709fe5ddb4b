//! Names that scopes bear by mistake.

use crate::hosts;

/// Services that most requests are for; they are tried together with other changes.
pub(super) const COMMON_SERVICES: [&str; 16] = [
    "s3",
    "s3express",
    "execute-api",
    "lambda",
    "dynamodb",
    "sts",
    "iam",
    "ec2",
    "sqs",
    "sns",
    "es",
    "aoss",
    "ses",
    "bedrock",
    "monitoring",
    "logs",
];

/// First labels of hosts, names of products, and names that other implementations use.
const MISTAKEN_SERVICES: [&str; 20] = [
    "service",
    "aws",
    "email",
    "cloudwatch",
    "apigateway",
    "appsync",
    "bedrock-runtime",
    "bedrock-agent-runtime",
    "elasticsearch",
    "opensearch",
    "opensearchserverless",
    "iot",
    "iotdata",
    "iotdevicegateway",
    "data.iot",
    "api.ecr",
    "s3v4",
    "S3",
    "s3-object-lambda",
    "vpc-lattice",
];

/// Regions of other implementations of S3, old names, and defaults of clients.
const OTHER_REGIONS: [&str; 16] = [
    "auto",
    "aws-global",
    "global",
    "*",
    "us-standard",
    "US",
    "EU",
    "eu",
    "us",
    "default",
    "local",
    "localhost",
    "garage",
    "minio",
    "us-east-1a",
    "None",
];

pub(super) fn regions() -> impl Iterator<Item = &'static str> {
    hosts::regions().chain(OTHER_REGIONS)
}

pub(super) fn services() -> impl Iterator<Item = &'static str> {
    COMMON_SERVICES.into_iter().chain(hosts::services()).chain(MISTAKEN_SERVICES)
}
