//! Versioning, which no bucket has; asking for it is refused by name.

use account::ServiceError;
use account::s3::refusal;
use wire::Structure;

use super::body;
use super::permission::{asked_bucket, on_bucket};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetBucketVersioning",
        checks: |ask| on_bucket(ask, "s3:GetBucketVersioning"),
        run: |ask| asked_bucket(ask).map(|_| Structure::new()),
    },
    Operation {
        name: "PutBucketVersioning",
        checks: |ask| on_bucket(ask, "s3:PutBucketVersioning"),
        run: put,
    },
];

fn put(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    body::require_checksum(ask)?;
    let given = ask.input.structure("VersioningConfiguration").and_then(|given| given.text("Status"));
    match given {
        None => {
            let message = "The Versioning element must be specified";
            Err(ServiceError::new("IllegalVersioningConfigurationException", 400, message))
        }
        Some("Enabled" | "Suspended") => {
            let message = "Versioning of buckets is not built into this account.";
            Err(ServiceError::new("NotImplemented", 501, message))
        }
        Some(_) => Err(refusal::malformed_xml()),
    }
}
