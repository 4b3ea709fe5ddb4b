//! S3's operations that take a document, or nothing: it is read once its sender is known.
//!
//! Rule: a document is bounded, and held to what was promised of it before it is decoded; none is read for a bucket that is not there,
//! and none that is long is decoded where others wait.

use std::sync::Arc;

use account::s3::bucket;
use bytes::Bytes;
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

/// A document as it came, of somebody who is known.
struct Document {
    promise: Promise,
    plan: BodyPlan,
    target: Target,
    body: Bytes,
}

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
        let read = self.document(&mut story, &task, target, plan, upload).await;
        let ends_connection = story.ends_connection;
        let (document, _room) = match read {
            Ok(read) => read,
            Err(fault) => return (self.refuse(&story, Some(&task.input), &fault), ends_connection),
        };
        if document.body.len() <= SMALL_BODY && !task.may_wait() {
            return (self.perform_with(&mut story, &mut task, document), ends_connection);
        }
        let turns = if is_copy(task.model.name) { &self.copies } else { &self.turns };
        let _turn = turns.acquire().await.expect("nobody closes the semaphore");
        let gateway = Arc::clone(self);
        let performed =
            tokio::task::spawn_blocking(move || gateway.perform_with(&mut story, &mut task, document));
        (performed.await.unwrap_or_else(|_| Reply::broken()), ends_connection)
    }

    /// Reads a document, if there is what it is for.
    async fn document(
        &self,
        story: &mut Story,
        task: &Task,
        target: Target,
        plan: BodyPlan,
        upload: Upload,
    ) -> Result<(Document, Option<SemaphorePermit<'_>>), Fault> {
        let headers = &story.call.parts.headers;
        let promise = Promise::read(headers, &plan, upload.declared_length())?;
        // What completes an upload says the checksum of the object.
        let of_object = task.model.name == "CompleteMultipartUpload";
        let promise = if of_object { promise.without_checksum() } else { promise };
        if upload.is_finished() {
            let plan = BodyPlan::Plain { sha256: None };
            return Ok((Document { promise, plan, target, body: Bytes::new() }, None));
        }
        require_bucket(task)?;
        let (body, room) = self.read(upload, most(task.model.name)).await.map_err(Fault::document)?;
        story.ends_connection = false;
        Ok((Document { promise, plan, target, body }, room))
    }

    fn perform_with(&self, story: &mut Story, task: &mut Task, document: Document) -> Reply {
        match decode(story, task, document) {
            Ok(()) => self.perform(story, task),
            Err(fault) => self.refuse(story, Some(&task.input), &fault),
        }
    }
}

/// Whether there is a bucket is no secret, and known before anything is read.
fn require_bucket(task: &Task) -> Result<(), Fault> {
    match task.input.text("Bucket") {
        Some(bucket) if task.model.name != "CreateBucket" => {
            bucket::find(&task.directory, bucket)?;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Holds a document to what was promised, and decodes it.
fn decode(story: &mut Story, task: &mut Task, document: Document) -> Result<(), Fault> {
    let Document { promise, plan, target, body } = document;
    let (document, trailer) = match plan {
        BodyPlan::Chunked { mut reader, .. } => {
            let mut data = Vec::with_capacity(body.len());
            reader.push(&body, |piece| data.extend_from_slice(piece)).map_err(of_chunks)?;
            (data.into(), reader.finish().map_err(of_chunks)?)
        }
        BodyPlan::Plain { .. } => (body, Trailer::default()),
    };
    story.received = document.len() as u64;
    promise.check_document(&document, &trailer)?;
    // All else is known by the head.
    if document.is_empty() {
        return Ok(());
    }
    let headers = spoken(&story.call.parts.headers);
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
    let request =
        wire::Request { path: target.path(), query: story.call.query(), headers: &headers, body: &document };
    task.input = wire::read(task.service, task.model, &request)?;
    Ok(())
}

/// Takes as long as its object is large.
fn is_copy(operation: &str) -> bool {
    matches!(operation, "CopyObject" | "UploadPartCopy")
}

/// Bytes of an operation's document.
fn most(operation: &str) -> usize {
    match operation {
        "CompleteMultipartUpload" | "DeleteObjects" => MAX_LONG_DOCUMENT,
        "PutBucketCors" => MAX_CORS,
        _ => MAX_DOCUMENT,
    }
}

/// Far above what a list of ten thousand parts with their checksums takes.
const MAX_LONG_DOCUMENT: usize = 4 * 1024 * 1024;

/// S3 User Guide, "CORS configuration".
const MAX_CORS: usize = 64 * 1024;

/// Policies have 20 KiB, fifty tags in characters of four bytes that are written as references some hundred.
const MAX_DOCUMENT: usize = 256 * 1024;

/// What is decoded at once, on whatever thread.
const SMALL_BODY: usize = 16 * 1024;
