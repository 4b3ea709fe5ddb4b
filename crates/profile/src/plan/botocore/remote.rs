//! Sources on the other end of a connection: a container agent, and the instance metadata service.
//!
//! Rule: an agent that is named and fails ends the search; the metadata service has no credentials then.

use super::{Model, fault_of};
use crate::plan::{ContainerToken, Look, Provider};
use crate::settings;
use crate::{Place, Sdk};

impl Model<'_> {
    pub(super) fn container(&self) -> Look {
        let places = VARIABLES.iter().filter(|name| self.ground.variable(name).is_some());
        let places: Vec<Place> = places.map(|name| Place::variable(name)).collect();
        let resolve = settings::container::hosts_file(&self.ground.view);
        let container = match settings::container::container(&self.scope, &resolve) {
            Ok(None) => return Look::not_set(),
            Ok(Some(container)) => container,
            Err(error) => return fault_of(&error).look().at(places),
        };
        if let Some(problem) = container.token.as_ref().and_then(|token| self.problem_of(token)) {
            return Look::fatal(problem, "name a file with the token and nothing else in it").at(places);
        }
        let detail = format!("the agent at {}", container.url.value);
        Look::ready(Provider::Container(container)).at(places).saying(detail)
    }

    /// Why the token cannot go into a header.
    fn problem_of(&self, token: &ContainerToken) -> Option<String> {
        let (name, text) = match token {
            ContainerToken::Value(value) => ("AWS_CONTAINER_AUTHORIZATION_TOKEN", value.expose().clone()),
            ContainerToken::File(path) => match self.ground.text_of(path) {
                Ok(text) => ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", text),
                Err(why) => {
                    return Some(format!("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names {path}: {why}"));
                }
            },
        };
        let broken = text.contains(['\r', '\n']);
        broken.then(|| format!("the token of {name} has a line break, which no header can hold"))
    }

    pub(super) fn instance_metadata(&self) -> Look {
        let settings = match &self.imds {
            Ok(settings) => settings,
            Err(error) if self.ground.sdk == Sdk::Linklocal => {
                return Look::broken(error.to_string(), error.remedy.clone()).at([error.place.clone()]);
            }
            Err(error) => return fault_of(error).look(),
        };
        if let Some(place) = &settings.disabled {
            return Look::skipped(format!("{place} switches the instance metadata service off"))
                .at([place.clone()]);
        }
        let provider = settings.provider();
        let place = provider.endpoint.place.clone();
        let detail = format!("the role of the instance, from {}", provider.endpoint.value);
        let look = Look::ready(Provider::Imds(provider)).saying(detail).going_on();
        match place {
            Place::Default => look,
            named => look.at([named]),
        }
    }
}

const VARIABLES: &[&str] = &[
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
];
