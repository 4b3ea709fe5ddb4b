//! Container agents and instance metadata as the SDK for JavaScript asks them.
//!
//! Rule: an agent that is named switches the instance off; a token that cannot be sent is left out by an older client of
//! the SDK, which asks the same agent again.

use types::Secret;

use super::Model;
use crate::Place;
use crate::plan::chain::{Chain, Finding};
use crate::plan::fault::Fault;
use crate::plan::{Container, ContainerToken, Look, Provider, Source, sources};
use crate::settings::Scope;

impl Model<'_, '_> {
    /// Either an agent or the instance: where an agent is named the instance is not asked.
    pub(super) fn look_around(&self, chain: &mut Chain) {
        let names = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
        let agent = names.into_iter().find(|name| self.ground.filled(name).is_some());
        chain.look(Source::Container, self.container());
        let instance = match agent {
            Some(name) => {
                Look::skipped(format!("{name} names a container agent")).at([Place::variable(name)])
            }
            None => sources::imds(&self.scope),
        };
        chain.look(Source::InstanceMetadata, instance);
    }

    /// A token that cannot be sent makes an older client of the SDK ask again, without the file.
    pub(super) fn container(&self) -> Look {
        let look = sources::container(&self.scope);
        if matches!(look.finding, Finding::Broken { .. }) && self.names_no_url() {
            return sources::ending(look);
        }
        let Finding::Ready(Provider::Container(container)) = &look.finding else {
            return look;
        };
        match sources::authorization_fault(&self.scope) {
            None => look.going_on(),
            Some(_) if self.has_no_token_file() => {
                let why = "the file of the authorization token is not there";
                let remedy = "write the file, or unset AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
                Fault::fatal(why, remedy)
                    .at([Place::variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")])
                    .look()
            }
            Some(fault) if !is_known_to_older_client(&container.url.value) => fault.ending().look(),
            Some(_) => self.older_client(container),
        }
    }

    /// What is no URL at all is a fault of another kind to the SDK, and ends the search.
    fn names_no_url(&self) -> bool {
        let relative = self.ground.filled("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        let full = self.ground.filled("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        relative.is_none() && full.is_some_and(|text| !is_url(text))
    }

    fn has_no_token_file(&self) -> bool {
        let path = self.ground.filled("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        path.is_some_and(|path| self.scope.view.files.read(path).bytes().is_none())
    }

    fn older_client(&self, container: &Container) -> Look {
        let value = self.ground.filled("AWS_CONTAINER_AUTHORIZATION_TOKEN");
        let token = value.map(|token| ContainerToken::Value(Secret::new(token.to_owned())));
        let names = ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN"];
        sources::provider_look(Provider::Container(Container { token, ..container.clone() }))
            .at([container.url.place.clone()])
            .at(sources::variables(self.ground, &names))
    }

    /// As a source of a role the service is asked even where the environment switches it off.
    pub(super) fn instance_without_switch(&self) -> Look {
        let environment =
            self.scope.view.environment.iter().filter(|(name, _)| *name != "AWS_EC2_METADATA_DISABLED");
        let environment = environment.collect();
        let view = crate::View { environment: &environment, ..*self.scope.view };
        sources::imds(&Scope { view: &view, ..self.scope })
    }
}

/// Whether there is a scheme and, where the scheme needs one, a host.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.trim().split_once(':') else {
        return false;
    };
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(letters);
    let needs_host = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let host = rest.trim_start_matches(['/', '\\']);
    named && !(needs_host && (host.is_empty() || host.starts_with(['?', '#', ':'])))
}

/// The older client knows the machine itself and ECS's own address.
fn is_known_to_older_client(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    matches!(host, "localhost" | "127.0.0.1" | "169.254.170.2")
}
