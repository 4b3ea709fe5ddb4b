//! One request's way through the gateway, step by step.
//!
//! Rule: what is authorised is what was routed, and what is run is what was authorised: all three are one row of a service's table.

mod admit;
mod document;
mod perform;
mod post;
mod s3;
mod story;

use std::sync::Arc;

use net::Upload;

use crate::Gateway;
use crate::answer::Reply;
use crate::call::Call;
use crate::route::Door;

use story::Story;

impl Gateway {
    /// Route, authenticate, throttle, decode; then authorise, run, encode, record. The answer, and whether the connection ends with it.
    pub(crate) async fn handle(self: &Arc<Self>, call: Call, upload: Upload) -> (Reply, bool) {
        let mut story = Story::begin(call);
        if Door::of(&story.call, &story.claim) == Door::S3 {
            // What streams keep is large; apart from it, a connection whose form is read does not hold as much.
            return Box::pin(self.handle_s3(story, upload)).await;
        }
        let admitted = self.admit(&mut story, upload).await;
        let ends_connection = story.ends_connection;
        let reply = match admitted {
            // On a thread that may wait for the store; once begun it goes to its end, and is recorded, whether or not the client
            // stays for the answer.
            Ok(task) if task.may_wait() => {
                let turns = if task.model.name == "LookupEvents" { &self.look_ups } else { &self.turns };
                let _turn = turns.acquire().await.expect("nobody closes the semaphore");
                let gateway = Arc::clone(self);
                let performed = tokio::task::spawn_blocking(move || gateway.perform(&story, &task));
                performed.await.unwrap_or_else(|_| Reply::broken())
            }
            Ok(task) => self.perform(&story, &task),
            Err(fault) => self.conclude(&story, None, &Err(fault)),
        };
        (reply, ends_connection)
    }
}
