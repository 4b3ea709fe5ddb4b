//! The container credential endpoints on the wire: the agents of ECS and EKS Pod Identity. ECS's answers tasks about
//! themselves, too.
//!
//! Rule: the address that a connection came to says which agent is asked, and what the request shows says for which
//! instance. No binding of an instance plays a part, as none does where many tasks share an agent.

use std::net::{IpAddr, SocketAddr};

use metadata::{
    ContainerEndpoint, ContainerFault, ContainerForm, ContainerQuestion, ContainerRefusal, Live, Method,
    TaskQuestion, document,
};
use net::Link;
use types::link_local::{CONTAINER_V4, POD_IDENTITY_V4, POD_IDENTITY_V6};

use super::Service;
use super::call::Call;
use super::reply::Outcome;
use crate::callers::Visit;
use crate::head::{self, Fields};
use crate::live::Document;
use crate::response::Reply;
use crate::roster::View;
use crate::source::{GrantError, RoleDelivery};

impl Service {
    /// Whose endpoint a connection came to; `None` is the metadata service.
    pub(super) fn container_endpoint(&self, link: &Link<Visit>) -> Option<ContainerEndpoint> {
        endpoint_at(link.peer().local, &self.settings.container_endpoints)
    }

    /// The agent's answer.
    pub(super) fn container(
        &self,
        endpoint: ContainerEndpoint,
        call: &Call,
        fields: &Fields<'_>,
        view: &View,
    ) -> Outcome {
        let method = head::method(&call.parts.method);
        let target = head::target(&call.parts.uri);
        if let Some(question) =
            TaskQuestion::of(target).filter(|_| endpoint != ContainerEndpoint::PodIdentity)
        {
            return Outcome::of(task_metadata(&question, method, call, view));
        }
        let asked = endpoint.question(method, target, fields.authorization);
        let answer = asked.map_err(Refused::from).and_then(|question| match question.form {
            ContainerForm::Own if fields.forwarded => Err(ContainerFault::Forwarded.into()),
            _ => self.container_credentials(&question, call, view),
        });
        match answer {
            Ok(document) => {
                Outcome { grant: document.grant, ..Outcome::of(Reply::agent(200, true, document.body)) }
            }
            Err(Refused { fault, why }) => {
                let ContainerRefusal { status, is_json, body } = fault.refusal();
                // An agent of our own says why; those of AWS keep to their own words.
                let why = why.filter(|_| fault == ContainerFault::Unavailable(ContainerForm::Own));
                let body = why.map_or(body, |why| document::agent_error(why.code, &why.message));
                Outcome::of(Reply::agent(status, is_json, body))
            }
        }
    }

    fn container_credentials(
        &self,
        question: &ContainerQuestion,
        call: &Call,
        view: &View,
    ) -> Result<Document, Refused> {
        let form = question.form;
        let source = &*self.settings.credentials;
        let holder = source.container_holder(question).and_then(|id| view.named(&id));
        let entry = holder.ok_or(ContainerFault::Unknown(form))?;
        let (live, without_role) = match form {
            ContainerForm::PodIdentity => (Live::PodCredentials, ContainerFault::Unassociated),
            ContainerForm::Own => (Live::AgentCredentials, ContainerFault::Unknown(form)),
            ContainerForm::EcsV1 | ContainerForm::EcsV2 => {
                (Live::EcsCredentials, ContainerFault::Unknown(form))
            }
        };
        let edition = self.rehearsal.edition(entry.rendered.instance_id());
        let document =
            entry.live.document(live, RoleDelivery::Container, &entry.rendered, source, edition, call.now);
        match document {
            Some(document) if document.grant.is_some() => Ok(document),
            Some(document) => {
                Err(Refused { fault: ContainerFault::Unavailable(form), why: document.refusal })
            }
            None => Err(without_role.into()),
        }
    }
}

/// What a task reads about itself: nothing secret, so its id is proof enough.
fn task_metadata(question: &TaskQuestion, method: Method, call: &Call, view: &View) -> Reply {
    let of = |ContainerRefusal { status, is_json, body }| Reply::agent(status, is_json, body);
    if !matches!(method, Method::Get | Method::Head) {
        return of(ContainerFault::NotAllowed.refusal());
    }
    match question.holder().and_then(|id| view.named(&id)) {
        Some(entry) => Reply::agent(200, true, question.answer(&entry.rendered, call.now)),
        None => of(question.unknown()),
    }
}

/// Why there are no credentials, and what their source says of it.
struct Refused {
    fault: ContainerFault,
    why: Option<GrantError>,
}

impl From<ContainerFault> for Refused {
    fn from(fault: ContainerFault) -> Self {
        Self { fault, why: None }
    }
}

/// Link-local addresses are what the agents have; any other is a container endpoint only where it was made one.
fn endpoint_at(local: SocketAddr, own: &[SocketAddr]) -> Option<ContainerEndpoint> {
    match (local.ip(), local.port()) {
        (IpAddr::V4(CONTAINER_V4), 80) => Some(ContainerEndpoint::Ecs),
        (IpAddr::V4(POD_IDENTITY_V4), 80) | (IpAddr::V6(POD_IDENTITY_V6), 80) => {
            Some(ContainerEndpoint::PodIdentity)
        }
        _ => own.iter().any(|own| covers(*own, local)).then_some(ContainerEndpoint::Either),
    }
}

/// Whether a connection to `local` came to the listener at `own`.
fn covers(own: SocketAddr, local: SocketAddr) -> bool {
    let any = own.ip().is_unspecified() && own.is_ipv4() == local.is_ipv4();
    own.port() == local.port() && (own.ip() == local.ip() || any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_say_which_agent_is_asked() {
        let own: Vec<SocketAddr> = vec!["127.0.0.1:1339".parse().unwrap(), "[::]:1340".parse().unwrap()];
        for (local, wanted) in [
            ("169.254.170.2:80", Some(ContainerEndpoint::Ecs)),
            ("169.254.170.23:80", Some(ContainerEndpoint::PodIdentity)),
            ("[fd00:ec2::23]:80", Some(ContainerEndpoint::PodIdentity)),
            ("169.254.170.2:8080", None),
            ("169.254.169.254:80", None),
            ("127.0.0.1:1339", Some(ContainerEndpoint::Either)),
            ("127.0.0.1:1338", None),
            ("127.0.0.1:1340", None),
            ("[::1]:1340", Some(ContainerEndpoint::Either)),
        ] {
            assert_eq!(endpoint_at(local.parse().unwrap(), &own), wanted, "{local}");
        }
    }
}
