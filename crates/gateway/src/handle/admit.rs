//! The steps before it is known what is asked, and by whom: route, authenticate, throttle, decode.

use std::sync::Arc;

use account::directory::Directory;
use account::{Arrival, Caller};
use bytes::Bytes;
use http::header;
use net::{Upload, UploadError};
use sigv4::Request;
use sigv4::verify::Scratch;
use tokio::sync::SemaphorePermit;
use wire::{Parameters, Structure};

use super::story::Story;
use crate::authenticate::{Authenticated, Destination, Register};
use crate::fault::Fault;
use crate::route::{Door, Endpoint, Route, form_body};
use crate::throttle::{Asking, Demand};
use crate::{Ask, Gateway, Operation, Settings};

/// An operation that is asked for, and all it needs.
#[derive(Debug)]
pub(super) struct Task<R = &'static Operation> {
    pub(super) service: &'static wire::model::Service,
    pub(super) model: &'static wire::model::Operation,
    /// Its row.
    pub(super) operation: R,
    pub(super) directory: Arc<Directory>,
    pub(super) caller: Caller,
    pub(super) arrival: Arrival,
    pub(super) input: Structure,
}

impl Gateway {
    /// Takes a request to the operation that it asks for, if it is from whom it says.
    pub(super) async fn admit(&self, story: &mut Story, upload: Upload) -> Result<Task, Fault> {
        let door = Door::of(&story.call, &story.claim);
        story.face = door.face(&story.claim);
        let (body, _room) = self.receive(story, &door, upload).await?;
        let directory = self.settings.account.directory();
        let (endpoint, route) = self.route(story, door, &body, &directory)?;
        let authenticated = self.authenticated(story, endpoint, &body, &directory)?;
        let (service, model) = match route {
            Route::Modelled(service, model) => (service, model),
            Route::Named(name) => return Err(Fault::not_built(endpoint.name, &name)),
        };
        self.throttled(story, service, model, &body)?;
        let operation =
            built(endpoint.name, model.name).ok_or_else(|| Fault::not_built(endpoint.name, model.name))?;
        let input = wire::decode(service, model, &spoken(story, &body))?;
        let arrival = self.arrival(story, &authenticated);
        Ok(Task { service, model, operation, directory, caller: authenticated.caller, arrival, input })
    }

    /// The body, where somebody is there who wants it; and the room that it takes.
    async fn receive(
        &self,
        story: &mut Story,
        door: &Door,
        upload: Upload,
    ) -> Result<(Bytes, Option<SemaphorePermit<'_>>), Fault> {
        let wanted = matches!(door, Door::Form | Door::Target(_));
        story.ends_connection = !upload.is_finished();
        if !wanted || upload.is_finished() {
            return Ok((Bytes::new(), None));
        }
        let read = self.read(upload, MAX_BODY).await.map_err(Fault::upload)?;
        story.ends_connection = false;
        story.received = read.0.len() as u64;
        Ok(read)
    }

    /// A long body waits until there is room among the others, within the time that it may take.
    pub(super) async fn read(
        &self,
        upload: Upload,
        most: usize,
    ) -> Result<(Bytes, Option<SemaphorePermit<'_>>), UploadError> {
        let time = self.settings.limits.body;
        let length = upload.declared_length().unwrap_or(most as u64);
        if length <= SMALL_BODY || length > most as u64 {
            return Ok((upload.whole(most, time).await?, None));
        }
        upload.wait();
        let room = self.bodies.acquire_many(u32::try_from(length).unwrap_or(u32::MAX));
        let room =
            tokio::time::timeout(time, room).await.map_err(|_| UploadError::TooSlow { limit: time })?;
        Ok((upload.whole(most, time).await?, Some(room.expect("nobody closes the semaphore"))))
    }

    /// The service and its operation.
    fn route(
        &self,
        story: &mut Story,
        door: Door,
        body: &[u8],
        directory: &Directory,
    ) -> Result<(&'static Endpoint, Route), Fault> {
        let (endpoint, route) = match door {
            Door::Target(target) => {
                let Some((endpoint, name)) = Endpoint::of_target(&target) else {
                    return Err(Fault::no_service(&target));
                };
                (endpoint, endpoint.target(name)?)
            }
            Door::Form => self.form(story, body, directory)?,
            Door::S3 => return Err(Fault::no_s3()),
            Door::Foreign(service) => return Err(Fault::no_service(&service)),
            Door::Nowhere(_) => return Err(Fault::Nowhere),
        };
        story.operation = Some(route.name());
        Ok((endpoint, route))
    }

    /// The operation that a form asks for. Where it cannot be read the signature is looked at first, as on AWS.
    fn form(
        &self,
        story: &mut Story,
        body: &[u8],
        directory: &Directory,
    ) -> Result<(&'static Endpoint, Route), Fault> {
        match Parameters::read(story.call.query(), form_body(&story.call, body)) {
            Ok(parameters) => {
                let endpoint = Endpoint::of_form(&parameters, &story.claim)?;
                story.face = endpoint.face();
                Ok((endpoint, endpoint.form(&parameters)?))
            }
            Err(error) => {
                let endpoint = Endpoint::signed_for(story.claim.service.as_deref().unwrap_or("sts"))?;
                self.authenticated(story, endpoint, body, directory)?;
                Err(error.into())
            }
        }
    }

    fn authenticated(
        &self,
        story: &mut Story,
        endpoint: &Endpoint,
        body: &[u8],
        directory: &Directory,
    ) -> Result<Authenticated, Fault> {
        let call = &story.call;
        let fields = call.fields();
        let request = Request {
            method: call.parts.method.as_str(),
            target: call.target().as_bytes(),
            headers: &fields,
        };
        let operation = story.operation.as_deref().unwrap_or_default();
        let to = Destination { service: endpoint.name, operation };
        let Settings { account, sessions, .. } = &self.settings;
        let register = Register { directory, sessions, uses: account.uses() };
        let mut scratch = Scratch::default();
        let authenticated =
            self.authenticator.authenticate(&request, body, to, register, call.now, &mut scratch)?;
        story.caller = Some(authenticated.caller.clone());
        story.region = authenticated.region.clone();
        Ok(authenticated)
    }

    /// A token for the call, and those for what it asks for.
    fn throttled(
        &self,
        story: &Story,
        service: &'static wire::model::Service,
        model: &'static wire::model::Operation,
        body: &[u8],
    ) -> Result<(), Fault> {
        let call = &story.call;
        let demand = match story.face.family {
            sigv4::Family::Query | sigv4::Family::Ec2 => Demand::Form(call.query(), form_body(call, body)),
            _ => Demand::Plain,
        };
        let region = story.region.as_ref().unwrap_or(&self.settings.region);
        let (service, operation) = (service.signing_name, model.name);
        Ok(self.throttle.admit(&Asking { service, operation, region, now: call.now, demand })?)
    }

    fn arrival(&self, story: &Story, authenticated: &Authenticated) -> Arrival {
        let call = &story.call;
        Arrival {
            source_ip: call.peer.remote.ip().to_canonical(),
            is_secure: call.security.is_some(),
            user_agent: call.user_agent().map(str::to_owned),
            referer: call.header(&header::REFERER).map(str::to_owned),
            region: authenticated.region.clone().unwrap_or_else(|| self.settings.region.clone()),
        }
    }

    pub(super) fn ask<'a, R>(&'a self, story: &'a Story, task: &'a Task<R>) -> Ask<'a> {
        Ask {
            account: &self.settings.account,
            directory: &task.directory,
            sessions: &self.settings.sessions,
            host: &*self.settings.host,
            objects: &self.settings.objects,
            history: &*self.settings.history,
            caller: &task.caller,
            arrival: &task.arrival,
            security: story.call.security.as_ref(),
            signing: story.signing.as_ref(),
            headers: &story.call.parts.headers,
            service: task.service.name,
            input: &task.input,
            region: &task.arrival.region,
            now: story.call.now,
            random: &story.call.random,
            request_id: story.id(),
            denials: &self.denials,
            encoded_messages: self.settings.encoded_messages,
        }
    }
}

/// The row of an operation that is built.
fn built(service: &str, name: &str) -> Option<&'static Operation> {
    let tables = match service {
        "sts" => crate::sts::OPERATIONS,
        "iam" => crate::iam::OPERATIONS,
        "ec2" => crate::ec2::OPERATIONS,
        "servicequotas" => crate::servicequotas::OPERATIONS,
        "cloudtrail" => crate::cloudtrail::OPERATIONS,
        "s3" => crate::s3::OPERATIONS,
        _ => return None,
    };
    tables.iter().flat_map(|table| table.iter()).find(|operation| operation.name == name)
}

/// What a request says, for the codecs.
fn spoken<'a>(story: &'a Story, body: &'a [u8]) -> wire::Request<'a> {
    let body = match story.face.family {
        sigv4::Family::Query | sigv4::Family::Ec2 => form_body(&story.call, body),
        _ => body,
    };
    wire::Request { path: story.call.path(), query: story.call.query(), headers: &[], body }
}

/// Far above what any request of the query protocol holds: policies have 6,144 characters.
const MAX_BODY: usize = 1024 * 1024;

/// What comes with the head, as a rule, and needs no room of its own.
const SMALL_BODY: u64 = 16 * 1024;
