//! What a user of Python's tools, or of ours, should know beside the outcome.
//!
//! Rule: a code for machines, a sentence for people, and the variable or line it is about.

use super::{Model, places};
use crate::plan::{ChosenProfile, Ground, Plan, Provider, Warning};
use crate::{Place, Sdk};

impl Model<'_> {
    pub(super) fn warnings(&self, profile: &ChosenProfile) -> Vec<Warning> {
        let mut warnings = Vec::new();
        warnings.extend(self.two_profiles(profile));
        warnings.extend(self.two_regions());
        warnings.extend(self.region_of_last_resort());
        warnings.extend(self.two_tokens());
        warnings.extend(self.unread_duration());
        warnings.extend(self.token_left_behind());
        warnings.extend(self.not_unicode());
        warnings
    }

    fn two_profiles(&self, profile: &ChosenProfile) -> Option<Warning> {
        let (first, second) =
            (self.ground.variable("AWS_PROFILE")?, self.ground.variable("AWS_DEFAULT_PROFILE")?);
        let by_variable = matches!(profile.place, Place::Variable(_));
        (by_variable && first != second).then(|| Warning {
            code: "profile-variables-differ",
            text: "AWS_PROFILE and AWS_DEFAULT_PROFILE differ: boto3 takes the latter, all others the former"
                .to_owned(),
            place: Some(profile.place.clone()),
        })
    }

    /// boto3 does not look at `AWS_REGION`.
    fn two_regions(&self) -> Option<Warning> {
        let named = self.ground.filled("AWS_REGION")?;
        let region = self.region.as_ref().map(|region| region.value.as_str());
        let unread = self.ground.sdk == Sdk::Boto3 && region != Some(named);
        if unread {
            return Some(Warning {
                code: "region-not-read",
                text: format!(
                    "boto3 does not read AWS_REGION: its region is {}",
                    region.unwrap_or("not set")
                ),
                place: Some(Place::variable("AWS_REGION")),
            });
        }
        let other = self.ground.filled("AWS_DEFAULT_REGION").filter(|other| *other != named)?;
        Some(Warning {
            code: "region-variables-differ",
            text: format!("AWS_REGION is {named} and AWS_DEFAULT_REGION is {other}: boto3 takes the latter"),
            place: Some(Place::variable("AWS_REGION")),
        })
    }

    fn region_of_last_resort(&self) -> Option<Warning> {
        let by_default = |region: &crate::settings::Found<String>| region.place == Place::Default;
        let ours = self.ground.sdk == Sdk::Linklocal && self.region.as_ref().is_some_and(by_default);
        ours.then(|| Warning {
            code: "region-by-default",
            text: "nothing names a region, so it is us-east-1; most SDKs would fail here".to_owned(),
            place: None,
        })
    }

    fn two_tokens(&self) -> Option<Warning> {
        let (old, new) =
            (self.ground.filled("AWS_SECURITY_TOKEN")?, self.ground.filled("AWS_SESSION_TOKEN")?);
        (old != new).then(|| Warning {
            code: "tokens-differ",
            text: "AWS_SECURITY_TOKEN and AWS_SESSION_TOKEN differ: Python's tools take the former, all others the latter".to_owned(),
            place: Some(Place::variable("AWS_SECURITY_TOKEN")),
        })
    }

    fn unread_duration(&self) -> Option<Warning> {
        let profile = self.profile(self.name())?;
        let text = profile.text("duration_seconds").filter(|_| profile.text("role_arn").is_some())?;
        super::role::python_int(text).is_none().then(|| Warning {
            code: "duration-not-read",
            text: "duration_seconds is no number, and is passed over: the session lasts an hour".to_owned(),
            place: profile.place("duration_seconds").cloned(),
        })
    }

    fn not_unicode(&self) -> Vec<Warning> {
        let names = self.ground.view.environment.not_unicode.iter().filter(|name| name.starts_with("AWS_"));
        let warning = |name: &String| Warning {
            code: "variable-not-utf8",
            text: format!("the value of {name} is not UTF-8, and is taken for unset here"),
            place: Some(Place::variable(name)),
        };
        names.map(warning).collect()
    }

    /// Keys and token in different files do not meet here; they do in most other SDKs.
    fn token_left_behind(&self) -> Option<Warning> {
        let files = self.ground.profiles()?;
        let (credentials, config) = (files.credentials.get(self.name())?, files.config.get(self.name())?);
        let tokens = ["aws_session_token", "aws_security_token"];
        let keys = credentials.settings.contains_key("aws_access_key_id");
        let place =
            places(config, &tokens).pop().filter(|_| keys && places(credentials, &tokens).is_empty())?;
        Some(Warning {
            code: "token-of-another-key",
            text: "this token stands in another file than the keys: it is not used here, and most other SDKs send it with them".to_owned(),
            place: Some(place),
        })
    }
}

/// What the credentials that win will run into.
pub(super) fn of_winner(ground: &Ground<'_>, plan: &Plan) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut provider = plan.winner().and_then(|winner| winner.provider.as_ref());
    while let Some(Provider::AssumeRole(role)) = provider {
        let of_user =
            matches!(role.base, Provider::Static(_) | Provider::Process(_) | Provider::MfaSession(_));
        let of_session = !of_user;
        if of_session && role.duration_seconds.is_some_and(|seconds| seconds > LONGEST_CHAINED) {
            warnings.push(Warning {
                code: "duration-of-chained-role",
                text: format!(
                    "{} is assumed with the credentials of another role, and STS then gives an hour at most and refuses more",
                    role.role_arn
                ),
                place: ground.profile(&role.profile).and_then(|own| own.place("duration_seconds").cloned()),
            });
        }
        provider = Some(&role.base);
    }
    warnings
}

/// In seconds.
const LONGEST_CHAINED: u32 = 3600;
