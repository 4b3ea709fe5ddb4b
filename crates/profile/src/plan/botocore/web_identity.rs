//! A role taken on with a token file: variables, else keys of the profile, looked up one by one.
//!
//! Rule: a variable that is set to nothing counts, and hides the profile's key [B credentials.py `_get_config`].

use types::Timestamp;

use super::cached::RoleArguments;
use super::{Model, places, text};
use crate::plan::fault::Fault;
use crate::plan::{Look, Provider, SessionDetails, WebIdentity};
use crate::settings::Found;
use crate::{FileState, Place};

impl Model<'_> {
    pub(super) fn web_identity(&self, name: &str, without_environment: bool, asked: bool) -> Look {
        let look = self.token_for_role(name, without_environment, asked).unwrap_or_else(Fault::look);
        if !look.places.is_empty() {
            return look;
        }
        let variables = VARIABLES.iter().filter(|(_, variable)| self.ground.filled(variable).is_some());
        let variables: Vec<Place> = variables.map(|(_, variable)| Place::variable(variable)).collect();
        if without_environment && !variables.is_empty() {
            let why = "a profile is named, and then these variables are not looked at";
            return Look::skipped(why).at(variables);
        }
        look
    }

    fn token_for_role(&self, name: &str, without_environment: bool, asked: bool) -> Result<Look, Fault> {
        let find = |key: &str| self.in_either(name, key, without_environment);
        let Some(file) = find("web_identity_token_file")?.filter(|file| !file.value.is_empty()) else {
            return self.without_token_file(name, without_environment);
        };
        let role = find("role_arn")?.filter(|role| !role.value.is_empty());
        let session = find("role_session_name")?;
        let mut used = vec![file.place.clone()];
        used.extend(role.iter().chain(&session).map(|found| found.place.clone()));
        let Some(role) = role else {
            let message = format!("{} names a token file, and nothing names the role", file.place);
            let remedy = "set AWS_ROLE_ARN, or `role_arn` in the profile".to_owned();
            return Ok(Look::partial_fatal(&["role_arn"], message, remedy).at(used));
        };
        let session = session.filter(|session| !session.value.is_empty());
        // Sources of roles are not kept.
        let kept = (name == self.name()).then(|| {
            let session = session.as_ref().map(|found| found.value);
            self.cached_role(&RoleArguments::of(role.value, session), &SessionDetails::default())
        });
        let look =
            self.assumed_with(&file, &role, session, kept.flatten(), asked).unwrap_or_else(Fault::look);
        Ok(Look { places: used, ..look })
    }

    fn assumed_with(
        &self,
        file: &Found<&str>,
        role: &Found<&str>,
        session: Option<Found<&str>>,
        kept: Option<Timestamp>,
        asked: bool,
    ) -> Result<Look, Fault> {
        let sts = self.unsigned_sts()?;
        if kept.is_none() && asked {
            self.check_token(file)?;
        }
        self.at_least(20, "role_arn", role.value, Some(&role.place))?;
        if let Some(session) = &session {
            self.at_least(2, "role_session_name", session.value, Some(&session.place))?;
        }
        let detail = match kept {
            Some(end) => format!("{}, kept until {end}", role.value),
            None => format!("{} with the token in {}", role.value, file.value),
        };
        Ok(Look::ready(Provider::WebIdentity(WebIdentity {
            role_arn: role.value.to_owned(),
            token_file: file.value.to_owned(),
            role_session_name: session.map(|session| session.value.to_owned()),
            duration_seconds: None,
            details: SessionDetails::default(),
            sts,
        }))
        .saying(detail))
    }

    /// The role is named in the environment and the token nowhere: that is no error to botocore.
    fn without_token_file(&self, name: &str, without_environment: bool) -> Result<Look, Fault> {
        let role = self.in_either(name, "role_arn", without_environment)?;
        Ok(match role.map(|role| role.place) {
            Some(place @ Place::Variable(_)) => Look::partial(&["AWS_WEB_IDENTITY_TOKEN_FILE"]).at([place]),
            _ => Look::not_set(),
        })
    }

    fn in_either(
        &self,
        name: &str,
        key: &str,
        without_environment: bool,
    ) -> Result<Option<Found<&str>>, Fault> {
        let variable = VARIABLES.iter().find(|(of, _)| *of == key).map(|(_, variable)| *variable);
        let variable = variable.filter(|_| !without_environment);
        if let Some((value, variable)) = variable.and_then(|name| Some((self.ground.variable(name)?, name))) {
            return Ok(Some(Found::new(value, Place::variable(variable))));
        }
        let Some(profile) = self.profile(name) else {
            return Ok(None);
        };
        let place = places(profile, &[key]).pop();
        Ok(text(profile, key)?.zip(place).map(|(value, place)| Found::new(value, place)))
    }

    /// The token is read when the role is taken on; what can be seen now is whether that will work.
    fn check_token(&self, file: &Found<&str>) -> Result<(), Fault> {
        let problem = match self.ground.view.files.read(file.value) {
            FileState::Bytes(bytes) if bytes.len() < SHORTEST_TOKEN => "it holds no token".to_owned(),
            FileState::TooLarge { .. } => "it is too large for a token".to_owned(),
            _ => match self.ground.text_of(file.value) {
                Ok(_) => return Ok(()),
                Err(problem) => problem,
            },
        };
        let why = format!("{} names the token file {}: {problem}", file.place, file.value);
        Err(Fault::fatal(why, "name the file that holds the token").at([file.place.clone()]))
    }
}

const VARIABLES: &[(&str, &str)] = &[
    ("web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE"),
    ("role_arn", "AWS_ROLE_ARN"),
    ("role_session_name", "AWS_ROLE_SESSION_NAME"),
];

/// In bytes; the service's model has it in characters, of which a token has but ASCII's.
const SHORTEST_TOKEN: usize = 4;
