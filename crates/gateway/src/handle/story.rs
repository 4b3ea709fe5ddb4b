//! What is known of a request so far.

use std::borrow::Cow;

use account::Caller;
use tokio::time::Instant;
use types::Region;

use crate::Signing;
use crate::answer::Reply;
use crate::call::Call;
use crate::claim::Claim;
use crate::fault::Face;

/// One request, from its head on; each step adds what it finds out.
#[derive(Debug)]
pub(crate) struct Story {
    pub(super) call: Call,
    pub(super) claim: Claim,
    pub(super) started: Instant,
    pub(super) face: Face,
    /// An operation that the service has, built or not.
    pub(super) operation: Option<Cow<'static, str>>,
    pub(super) region: Option<Region>,
    pub(super) caller: Option<Caller>,
    pub(super) signing: Option<Signing>,
    /// Of S3, whose ids are of another form.
    pub(super) s3_id: Option<String>,
    /// Where the bucket is that is asked for itself or for what is in it: told to whoever asks, whether or not he may.
    pub(super) bucket_region: Option<Region>,
    /// Bytes of the body, decoded.
    pub(super) received: u64,
    /// Whether something of the body was left unread.
    pub(super) ends_connection: bool,
}

impl Story {
    pub(super) fn begin(call: Call) -> Self {
        let claim = Claim::of(&call);
        Self {
            call,
            claim,
            started: Instant::now(),
            face: Face::S3,
            operation: None,
            region: None,
            caller: None,
            signing: None,
            s3_id: None,
            bucket_region: None,
            received: 0,
            ends_connection: false,
        }
    }

    /// The id that the answer bears.
    pub(super) fn id(&self) -> &str {
        self.s3_id.as_deref().unwrap_or_else(|| self.call.request_id.as_str())
    }

    /// Says in an answer where the bucket is.
    pub(super) fn place(&self, reply: &mut Reply) {
        if let Some(region) = &self.bucket_region
            && matches!(reply.status.as_u16(), 200 | 403)
            && !reply.has(BUCKET_REGION)
        {
            reply.add(BUCKET_REGION, region.as_str());
        }
    }
}

/// Clients go where it says.
pub(super) const BUCKET_REGION: &str = "x-amz-bucket-region";
