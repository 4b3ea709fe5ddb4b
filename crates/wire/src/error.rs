//! The error of an answer: code, message, request id, and where the service says so, the right region.

/// As the service words it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AwsError {
    /// Without namespace and URL: `ThrottlingException`.
    pub code: String,
    pub message: String,
    pub request_id: Option<String>,
    /// The region that the answer says is the right one (S3's `Region`, `x-amz-bucket-region`).
    pub region: Option<String>,
    /// `Fault` of the sender, as far as the answer tells.
    pub is_senders: Option<bool>,
}
