//! One request's way through the gateway.

use net::Upload;

use crate::Gateway;
use crate::answer::Reply;
use crate::call::Call;

impl Gateway {
    /// Route, authenticate, decode, authorise, run, record, encode.
    pub(crate) async fn handle(&self, call: &Call, upload: Upload) -> Reply {
        drop(upload);
        Reply::failure(
            call,
            501,
            "NotImplemented",
            "A header or query you provided requested a function that is not implemented.",
        )
    }
}
