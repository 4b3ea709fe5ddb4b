//! S3's operations that take a document, or nothing: it is read once its sender is known.
//!
//! Rule: a document is bounded, and held to what was promised of it before it is decoded.

use std::sync::Arc;

use net::Upload;
use sigv4::chunks::Trailer;
use tokio::sync::SemaphorePermit;

use super::admit::Task;
use super::s3::spoken;
use super::story::Story;
use crate::Gateway;
use crate::answer::Reply;
use crate::authenticate::BodyPlan;
use crate::fault::Fault;
use crate::s3::Target;
use crate::s3::pour::of_chunks;
use crate::s3::promise::Promise;

impl Gateway {
    /// An operation that takes no stream: its document is read first.
    pub(super) async fn read_document(
        self: &Arc<Self>,
        mut story: Story,
        mut task: Task,
        target: Target,
        plan: BodyPlan,
        upload: Upload,
    ) -> (Reply, bool) {
        let read = self.document(&mut story, &mut task, &target, plan, upload).await;
        let ends_connection = story.ends_connection;
        let _room = match read {
            Ok(room) => room,
            Err(fault) => return (self.refuse(&story, Some(&task.input), &fault), ends_connection),
        };
        if !task.may_wait() {
            return (self.perform(&story, &task), ends_connection);
        }
        let _turn = self.turns.acquire().await.expect("nobody closes the semaphore");
        let gateway = Arc::clone(self);
        let performed = tokio::task::spawn_blocking(move || gateway.perform(&story, &task));
        (performed.await.unwrap_or_else(|_| Reply::broken()), ends_connection)
    }

    /// Reads a document, holds it to what was promised, and decodes it.
    async fn document(
        &self,
        story: &mut Story,
        task: &mut Task,
        target: &Target,
        plan: BodyPlan,
        upload: Upload,
    ) -> Result<Option<SemaphorePermit<'_>>, Fault> {
        let headers = &story.call.parts.headers;
        let promise = Promise::read(headers, &plan, upload.declared_length())?;
        // What completes an upload says the checksum of the object.
        let of_object = task.model.name == "CompleteMultipartUpload";
        let promise = if of_object { promise.without_checksum() } else { promise };
        if upload.is_finished() {
            promise.check_document(&[], &Trailer::default())?;
            return Ok(None);
        }
        let (body, room) = self.read(upload, MAX_DOCUMENT).await.map_err(Fault::document)?;
        story.ends_connection = false;
        let (document, trailer) = match plan {
            BodyPlan::Plain { .. } => (body, Trailer::default()),
            BodyPlan::Chunked { mut reader, .. } => {
                let mut data = Vec::with_capacity(body.len());
                reader.push(&body, |piece| data.extend_from_slice(piece)).map_err(of_chunks)?;
                (data.into(), reader.finish().map_err(of_chunks)?)
            }
        };
        story.received = document.len() as u64;
        promise.check_document(&document, &trailer)?;
        let headers = spoken(&story.call.parts.headers);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
        let request = wire::Request {
            path: target.path(),
            query: story.call.query(),
            headers: &headers,
            body: &document,
        };
        task.input = wire::read(task.service, task.model, &request)?;
        Ok(room)
    }
}

/// Far above what a list of ten thousand parts with their checksums takes.
const MAX_DOCUMENT: usize = 4 * 1024 * 1024;
