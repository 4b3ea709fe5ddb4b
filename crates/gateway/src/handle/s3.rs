//! S3's way through the gateway: who it is, and whether he may, by the head alone; then the body.
//!
//! Rule: the same steps as for other services, route, authenticate, throttle, decode, authorise, run, encode, record; but nothing of an
//! object's bytes is read before its sender may, and none is given before its reader may.

use std::borrow::Cow;
use std::sync::Arc;

use account::directory::Directory;
use account::{Arrival, Caller};
use http::{HeaderMap, Method, header};
use net::Upload;
use objects::{ChecksumAlgorithm, Draft};
use sigv4::Request;
use sigv4::verify::{AnonymousCall, Refusal, Rule, Scratch};
use types::Region;
use wire::Structure;

use super::admit::Task;
use super::perform::{allow, authorise};
use super::story::{BUCKET_REGION, Story};
use crate::answer::Reply;
use crate::authenticate::{BodyPlan, Register, Visitor};
use crate::fault::{Face, Fault};
use crate::s3::pour::pour;
use crate::s3::promise::Promise;
use crate::s3::{self, Found, Intake, Outlet, Question, Target, cors, refused};
use crate::throttle::{Asking, Demand};
use crate::{Gateway, Operation, Settings};

/// An operation by the kind of its row.
#[derive(Clone, Copy, Debug)]
enum Row {
    Whole(&'static Operation),
    Takes(&'static Intake),
    Gives(&'static Outlet),
}

/// A request whose sender is known.
#[derive(Debug)]
struct Visit {
    task: Task<Row>,
    target: Target,
    plan: BodyPlan,
}

impl Gateway {
    /// The answer, and whether the connection ends with it.
    pub(super) async fn handle_s3(self: &Arc<Self>, mut story: Story, upload: Upload) -> (Reply, bool) {
        story.face = Face::S3;
        story.s3_id = Some(story.call.request_id.s3());
        story.ends_connection = !upload.is_finished();
        let directory = self.settings.account.directory();
        let Some(target) = Target::of(&story.call) else {
            let fault = Fault::invalid_uri(story.call.path());
            return (self.refuse(&story, None, &fault), story.ends_connection);
        };
        let bucket = target.bucket.clone();
        let call = &story.call;
        let crossing = cors::answer_headers(
            &directory,
            bucket.as_deref(),
            call.parts.method.as_str(),
            &call.parts.headers,
        );
        let (mut reply, ends_connection) = if call.parts.method == Method::OPTIONS {
            (self.preflight(&story, &target, &directory), story.ends_connection)
        } else if s3::is_form(call, &target) {
            self.post(story, target, directory, upload).await
        } else {
            self.visit_s3(story, target, directory, upload).await
        };
        crossing.iter().for_each(|(name, value)| reply.add(name, value));
        (reply, ends_connection)
    }

    async fn visit_s3(
        self: &Arc<Self>,
        mut story: Story,
        target: Target,
        directory: Arc<Directory>,
        upload: Upload,
    ) -> (Reply, bool) {
        let Visit { task, target, plan } = match self.visit(&mut story, target, directory) {
            Ok(visit) => visit,
            Err(fault) => return (self.refuse(&story, None, &fault), story.ends_connection),
        };
        match task.operation {
            Row::Whole(operation) => {
                self.read_document(story, task.with(operation), target, plan, upload).await
            }
            Row::Takes(intake) => self.take(story, task.with(intake), plan, upload).await,
            Row::Gives(outlet) => {
                let ends_connection = story.ends_connection;
                (self.give(story, task.with(outlet)).await, ends_connection)
            }
        }
    }

    /// Route, authenticate, throttle, decode: all of it by the head.
    fn visit(&self, story: &mut Story, target: Target, directory: Arc<Directory>) -> Result<Visit, Fault> {
        let headers = spoken(&story.call.parts.headers);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
        let call = &story.call;
        let question = target.question(call, &headers);
        let (name, model) = match question {
            Some(Question::Known(model)) => (model.name, Some(model)),
            Some(Question::Unbuilt(name)) => (name, None),
            None => return Err(Fault::method_not_allowed(call.parts.method.as_str(), target.kind())),
        };
        story.operation = Some(name.into());
        let region = region_of(&directory, &target, name);
        story.bucket_region = region.as_ref().filter(|_| TELLING.contains(&name)).cloned();
        let visitor = self.visitor(story, &target, region.as_ref(), &directory)?;
        story.caller = Some(visitor.caller.clone());
        story.region.clone_from(&visitor.region);
        let model = model.ok_or_else(|| Fault::not_built("s3", name))?;
        let operation = row(name).ok_or_else(|| Fault::not_built("s3", name))?;
        self.throttled_s3(story, &target, name, region.as_ref())?;
        let Visitor { caller, region: signed, signing, body: plan } = visitor;
        if matches!(caller, Caller::Anonymous) {
            check_anonymous(name, story.call.query())
                .map_err(|refusal| Fault::Signature(refusal.into(), None))?;
        }
        let region = signed.or(region).unwrap_or_else(|| self.settings.region.clone());
        let arrival = self.arrival_s3(story, region);
        story.signing = signing;
        let request =
            wire::Request { path: target.path(), query: story.call.query(), headers: &headers, body: &[] };
        let input = wire::read(s3::s3(), model, &request).map_err(|error| {
            s3::misread_part(story.call.query()).map_or_else(|| error.into(), Fault::from)
        })?;
        input.text("Key").map_or(Ok(()), s3::check_key)?;
        let task = Task { service: s3::s3(), model, operation, directory, caller, arrival, input };
        Ok(Visit { task, target, plan })
    }

    fn visitor(
        &self,
        story: &Story,
        target: &Target,
        region: Option<&Region>,
        directory: &Directory,
    ) -> Result<Visitor, Fault> {
        let call = &story.call;
        let fields = call.fields();
        let request = Request {
            method: call.parts.method.as_str(),
            target: call.target().as_bytes(),
            headers: &fields,
        };
        let bucket = target.bucket.as_deref().filter(|_| target.by_host);
        let mut scratch = Scratch::default();
        let visitor = self.authenticator.visitor(
            &request,
            bucket,
            region,
            self.register(directory),
            call.now,
            &mut scratch,
        )?;
        Ok(visitor)
    }

    pub(super) fn register<'a>(&'a self, directory: &'a Directory) -> Register<'a> {
        let Settings { account, sessions, .. } = &self.settings;
        Register { directory, sessions, uses: account.uses() }
    }

    pub(super) fn throttled_s3(
        &self,
        story: &Story,
        target: &Target,
        operation: &'static str,
        region: Option<&Region>,
    ) -> Result<(), Fault> {
        let key = target.key();
        let demand = match &target.bucket {
            Some(bucket) => Demand::Object { bucket, key: &key },
            None => Demand::Plain,
        };
        let region = region.unwrap_or(&self.settings.region);
        let asking = Asking { service: "s3", operation, region, now: story.call.now, demand };
        Ok(self.throttle.admit(&asking)?)
    }

    pub(super) fn arrival_s3(&self, story: &Story, region: Region) -> Arrival {
        let call = &story.call;
        Arrival {
            source_ip: call.peer.remote.ip().to_canonical(),
            is_secure: call.security.is_some(),
            user_agent: call.user_agent().map(str::to_owned),
            referer: call.header(&header::REFERER).map(str::to_owned),
            region,
        }
    }

    /// The answer to a browser that asks before it asks.
    fn preflight(&self, story: &Story, target: &Target, directory: &Directory) -> Reply {
        let headers = &story.call.parts.headers;
        match cors::preflight(directory, target.bucket.as_deref(), target.has_key(), headers) {
            Ok(fields) => {
                let answer = wire::Answer { status: 200, ..wire::Answer::default() };
                let mut reply = Reply::of_output(&story.call, &story.face, answer);
                fields.iter().for_each(|(name, value)| reply.add(name, value));
                reply
            }
            Err(error) => Reply::of_fault(&story.call, &story.face, &error.into()),
        }
    }

    /// An operation that takes a stream.
    async fn take(
        self: &Arc<Self>,
        mut story: Story,
        task: Task<&'static Intake>,
        plan: BodyPlan,
        mut upload: Upload,
    ) -> (Reply, bool) {
        let promise = Promise::read(&story.call.parts.headers, &plan, upload.declared_length());
        let promise = match promise {
            Ok(promise) => promise,
            Err(error) => {
                return (self.refuse(&story, Some(&task.input), &error.into()), story.ends_connection);
            }
        };
        let opened = self.blocking(move |gateway| {
            let opened = gateway.open(&story, &task, &promise);
            (story, task, promise, opened)
        });
        let Some((returned, task, promise, opened)) = opened.await else { return (Reply::broken(), true) };
        story = returned;
        let (kept, draft) = match opened {
            Ok(opened) => opened,
            Err(fault) => return (self.refuse(&story, Some(&task.input), &fault), story.ends_connection),
        };
        let (draft, trailer) = match pour(&mut upload, plan, draft).await {
            Ok((draft, received, trailer)) => {
                story.received = received;
                (draft, trailer)
            }
            Err(fault) => return (self.refuse(&story, Some(&task.input), &fault), true),
        };
        let closed = self.blocking(move |gateway| {
            let ask = gateway.ask(&story, &task);
            let body = draft.finish().map_err(refused::objects);
            let body = body.and_then(|body| promise.check(&body, &trailer).map(|()| body));
            let result = body.and_then(|body| (task.operation.close)(&ask, body, kept)).map_err(Fault::from);
            gateway.conclude_s3(&story, &task, &result)
        });
        (closed.await.unwrap_or_else(Reply::broken), false)
    }

    /// Whether the sender may, and the request is one that can be done: before its body is read.
    fn open(
        &self,
        story: &Story,
        task: &Task<&'static Intake>,
        promise: &Promise,
    ) -> Result<(ChecksumAlgorithm, Draft), Fault> {
        let ask = self.ask(story, task);
        authorise(&ask, task.operation.checks)?;
        let kept = (task.operation.open)(&ask, promise)?;
        Ok((kept, s3::draft(&ask, &promise.algorithms(Some(kept)))?))
    }

    /// An operation that gives a stream. What is looked up is a record, so that nobody is sent to another thread for it, unless much
    /// has to be held against policies.
    async fn give(self: &Arc<Self>, story: Story, task: Task<&'static Outlet>) -> Reply {
        if !task.says_much() {
            return self.look_up(&story, &task);
        }
        self.blocking(move |gateway| gateway.look_up(&story, &task)).await.unwrap_or_else(Reply::broken)
    }

    fn look_up(&self, story: &Story, task: &Task<&'static Outlet>) -> Reply {
        let ask = self.ask(story, task);
        let sight = s3::sighted(&ask, task.operation, |checks| allow(&ask, checks));
        match sight.and_then(|sight| (task.operation.run)(&ask, sight)) {
            Ok(found) => self.hand_out(story, task, found),
            Err(error) => self.refuse(story, Some(&task.input), &error.into()),
        }
    }

    fn hand_out<R>(&self, story: &Story, task: &Task<R>, found: Found) -> Reply {
        let mut answer = task.encode(&found.output, story.id());
        answer.status = found.status.unwrap_or(answer.status);
        let reply = Reply::of_content(&story.call, &story.face, answer, found.content);
        self.record(story, Some(&task.input), Ok(&found.output), &reply);
        reply
    }

    fn conclude_s3<R>(&self, story: &Story, task: &Task<R>, result: &Result<Structure, Fault>) -> Reply {
        match result {
            Ok(output) => {
                let answer = task.encode(output, story.id());
                let reply = Reply::of_output(&story.call, &story.face, answer);
                self.record(story, Some(&task.input), Ok(output), &reply);
                reply
            }
            Err(fault) => self.refuse(story, Some(&task.input), fault),
        }
    }

    /// Words a refusal, and tells of it.
    pub(super) fn refuse(&self, story: &Story, input: Option<&Structure>, fault: &Fault) -> Reply {
        let mut reply = Reply::of_fault(&story.call, &story.face, fault);
        // Clients go where the bucket is; of a HEAD they see fields alone.
        if let Fault::Signature(refusal, _) = fault
            && refusal.rule == Rule::Region
            && let Some((_, region)) = refusal.fields.iter().find(|(name, _)| *name == "Region")
        {
            reply.add(BUCKET_REGION, region);
        }
        story.place(&mut reply);
        self.record(story, input, Err(fault), &reply);
        reply
    }

    /// Runs what may wait for the store, in its turn. None where it panicked.
    pub(super) async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        run: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Option<T> {
        let _turn = self.turns.acquire().await.expect("nobody closes the semaphore");
        let gateway = Arc::clone(self);
        tokio::task::spawn_blocking(move || run(&gateway)).await.ok()
    }
}

impl<R> Task<R> {
    /// The same with another row.
    pub(super) fn with<S>(self, operation: S) -> Task<S> {
        let Self { service, model, operation: _, directory, caller, arrival, input } = self;
        Task { service, model, operation, directory, caller, arrival, input }
    }
}

fn row(name: &str) -> Option<Row> {
    let takes = s3::INTAKES.iter().find(|row| row.name == name).map(Row::Takes);
    let gives = || s3::OUTLETS.iter().find(|row| row.name == name).map(Row::Gives);
    let whole = || {
        let mut rows = s3::OPERATIONS.iter().flat_map(|table| table.iter());
        rows.find(|row| row.name == name).map(Row::Whole)
    };
    takes.or_else(gives).or_else(whole)
}

/// Of the bucket that is asked, where requests for another are refused.
pub(super) fn region_of(directory: &Directory, target: &Target, operation: &str) -> Option<Region> {
    if ["CreateBucket", "GetBucketLocation", "ListBuckets"].contains(&operation) {
        return None;
    }
    let bucket = directory.buckets.get(target.bucket.as_deref()?)?;
    Some(bucket.region.clone())
}

/// What S3 never does for whoever has no name.
fn check_anonymous(operation: &str, query: &str) -> Result<(), Refusal> {
    let call = match operation {
        "ListBuckets" => AnonymousCall::ListBuckets,
        "CreateBucket" | "GetBucketOwnershipControls" | "PutBucketOwnershipControls" => {
            AnonymousCall::OwnersCall
        }
        "CreateMultipartUpload" => AnonymousCall::CreateMultipartUpload,
        "CopyObject" | "UploadPartCopy" => AnonymousCall::CopyObject,
        "GetObject" | "HeadObject" if query.split('&').any(is_of_answer) => AnonymousCall::ResponseHeaders,
        _ => return Ok(()),
    };
    Err(Refusal::anonymous(call))
}

/// Whether a parameter says what the answer's head is to say, its name escaped or not.
fn is_of_answer(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default();
    s3::decoded(name).is_some_and(|name| name.starts_with("response-"))
}

/// Fields as the codecs read them. What is no UTF-8 is Latin, as HTTP has it.
pub(super) fn spoken(headers: &HeaderMap) -> Vec<(&str, Cow<'_, str>)> {
    headers.iter().map(|(name, value)| (name.as_str(), text(value.as_bytes()))).collect()
}

fn text(value: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(value) {
        Ok(text) => Cow::Borrowed(text.trim()),
        Err(_) => value.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// What asks for a bucket itself, whose region is in the answer.
const TELLING: [&str; 3] = ["HeadBucket", "ListObjects", "ListObjectsV2"];
