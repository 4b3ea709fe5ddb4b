//! The object of `explain --json`. Documented in `docs/credentials.md`; members may be added, none changes.

use profile::plan::{Outcome, Plan, State, Warning};
use serde::Serialize;
use types::Timestamp;

use super::super::identity::Identity;
use super::Explained;
use super::change::{ChangeObject, WhyNotObject};
use super::settings::Setting;

/// What one SDK does here.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Object {
    sdk: &'static str,
    /// `resolved`, `none` or `error`.
    outcome: &'static str,
    /// Whole; null where somebody must be asked first.
    access_key_id: Option<String>,
    /// Whether there is one, as far as is known without asking.
    session_token: bool,
    account_id: Option<String>,
    arn: Option<String>,
    expiration: Option<Timestamp>,
    source: Option<&'static str>,
    profile: ProfileObject,
    region: Option<String>,
    region_from: Option<String>,
    error: Option<String>,
    remedy: Option<String>,
    /// Whether those who must be asked were asked.
    probed: bool,
    settings: Vec<SettingObject>,
    steps: Vec<StepObject>,
    warnings: Vec<WarningObject>,
    /// What would let another win.
    counterfactuals: Vec<ChangeObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why_not: Option<WhyNotObject>,
}

#[derive(Clone, Debug, Serialize)]
struct ProfileObject {
    name: String,
    from: String,
    exists: bool,
}

#[derive(Clone, Debug, Serialize)]
struct SettingObject {
    name: String,
    value: String,
    from: String,
}

#[derive(Clone, Debug, Serialize)]
struct WarningObject {
    code: &'static str,
    text: String,
    place: Option<String>,
}

/// One source. Steps count from 1, as in the text.
#[derive(Clone, Debug, Serialize)]
struct StepObject {
    step: usize,
    source: &'static str,
    /// `won`, `would-win`, `shadowed`, `not-set`, `partial`, `broken` or `skipped`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    shadowed_by: Option<usize>,
    places: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    /// What whoever was asked said, where that is no credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
    /// Whether the SDK stops with an error here.
    fatal: bool,
}

impl Object {
    pub(super) fn of(explained: &Explained) -> Self {
        let Explained { plan, .. } = explained;
        let (error, remedy) = match &plan.outcome {
            Outcome::Error { message, remedy, .. } => (Some(message.clone()), Some(remedy.clone())),
            Outcome::Resolved(_) | Outcome::None => (None, None),
        };
        let winner = explained.winner();
        let identity = winner.map(|(index, _)| explained.identity(index)).unwrap_or_default();
        Self {
            sdk: plan.sdk.name(),
            outcome: outcome(plan),
            access_key_id: identity.access_key_id,
            session_token: identity.session_token.unwrap_or_default(),
            account_id: identity.account_id,
            arn: identity.arn,
            expiration: identity.expiration,
            source: winner.map(|(_, step)| step.source.name()),
            profile: ProfileObject {
                name: plan.profile.name.clone(),
                from: plan.profile.place.to_string(),
                exists: plan.profile.exists,
            },
            region: plan.region.as_ref().map(|region| region.value.clone()),
            region_from: plan.region.as_ref().map(|region| region.place.to_string()),
            error,
            remedy: remedy.filter(|remedy| !remedy.is_empty()),
            probed: explained.probed,
            settings: explained.settings.iter().map(SettingObject::of).collect(),
            steps: (0..plan.steps.len()).map(|index| StepObject::of(explained, index)).collect(),
            warnings: plan.warnings.iter().map(WarningObject::of).collect(),
            counterfactuals: explained.counterfactuals.iter().map(ChangeObject::of).collect(),
            why_not: explained.why_not.as_ref().map(WhyNotObject::of),
        }
    }
}

impl StepObject {
    fn of(explained: &Explained, index: usize) -> Self {
        let step = &explained.plan.steps[index];
        let Identity { access_key_id, session_token, account_id, arn, expiration } =
            explained.identity(index);
        let (missing, why, remedy, fatal) = told(&step.state);
        Self {
            step: index + 1,
            source: step.source.name(),
            state: state(&step.state),
            shadowed_by: match step.state {
                State::ShadowedBy(winner) => Some(winner + 1),
                _ => None,
            },
            places: step.places.iter().map(ToString::to_string).collect(),
            detail: step.detail.clone(),
            access_key_id,
            session_token,
            account_id,
            arn,
            expiration,
            missing,
            why,
            remedy,
            refusal: explained.answers.get(&index).and_then(|answer| answer.clone().err()),
            fatal,
        }
    }
}

impl SettingObject {
    fn of(setting: &Setting) -> Self {
        Self {
            name: setting.name.clone(),
            value: setting.found.value.clone(),
            from: setting.found.place.to_string(),
        }
    }
}

impl WarningObject {
    fn of(warning: &Warning) -> Self {
        Self {
            code: warning.code,
            text: warning.text.clone(),
            place: warning.place.as_ref().map(ToString::to_string),
        }
    }
}

fn outcome(plan: &Plan) -> &'static str {
    match plan.outcome {
        Outcome::Resolved(_) => "resolved",
        Outcome::None => "none",
        Outcome::Error { .. } => "error",
    }
}

const fn state(state: &State) -> &'static str {
    match state {
        State::Won => "won",
        State::WouldWin => "would-win",
        State::ShadowedBy(_) => "shadowed",
        State::NotSet => "not-set",
        State::Partial { .. } => "partial",
        State::Broken { .. } => "broken",
        State::Skipped { .. } => "skipped",
    }
}

/// What is missing, why it does not work, what to do, and whether the SDK stops here.
fn told(state: &State) -> (Vec<String>, Option<String>, Option<String>, bool) {
    match state {
        State::Partial { missing, fatal } => (missing.clone(), None, None, *fatal),
        State::Broken { why, remedy, fatal } => (Vec::new(), Some(why.clone()), Some(remedy.clone()), *fatal),
        State::Skipped { why } => (Vec::new(), Some(why.clone()), None, false),
        State::Won | State::WouldWin | State::ShadowedBy(_) | State::NotSet => {
            (Vec::new(), None, None, false)
        }
    }
}
