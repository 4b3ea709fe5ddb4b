//! What an SDK leaves out without a word, in words.
//!
//! Rule: a code for machines, a sentence for people, and the line or variable it is about; nothing that is plain from the
//! outcome.

use super::merged::{self, Merged};
use super::sources;
use super::{ChosenProfile, Ground, Plan, Provider, Source, Warning};
use crate::Place;

/// What can be left out by any of the SDKs that merge both files.
pub(super) fn warnings(ground: &Ground<'_>, plan: &Plan) -> Vec<Warning> {
    let mut warnings = Vec::new();
    warnings.extend(profile_passed_over(ground, plan));
    warnings.extend(role_not_assumed(ground, plan));
    warnings.extend(token_of_another_file(ground, plan));
    warnings.extend(old_token(ground, plan));
    warnings.extend(region_of_instance(ground, plan));
    warnings
}

/// Keys of profiles along the role chain that the SDK does not read: each with its code and its consequence.
pub(super) fn unread_role_keys(
    ground: &Ground<'_>,
    provider: &Provider,
    keys: &[(&str, &'static str, &str)],
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut provider = provider;
    while let Provider::AssumeRole(role) = provider {
        let profile = Merged::of(ground, &role.profile);
        for &(key, code, consequence) in keys {
            if let Some(place) = profile.and_then(|profile| profile.place(key)) {
                let text = format!(
                    "{} ignores {key} of profile {:?}: {consequence}",
                    ground.sdk.title(),
                    role.profile
                );
                warnings.push(Warning { code, text, place: Some(place) });
            }
        }
        provider = &role.base;
    }
    warnings
}

/// Somebody names a profile, and keys that stand elsewhere win.
fn profile_passed_over(ground: &Ground<'_>, plan: &Plan) -> Option<Warning> {
    let ChosenProfile { name, place, exists: true } = &plan.profile else {
        return None;
    };
    let winner = plan.winner()?;
    let before = matches!(winner.source, Source::Environment | Source::SystemProperties);
    if !before || *place == Place::Default {
        return None;
    }
    let role = Merged::of(ground, name)?.text("role_arn");
    let (code, end) = match role {
        Some(role) => ("role-not-assumed", format!(": role {role} is not assumed")),
        None => ("profile-not-used", String::new()),
    };
    let from = winner.places.first().map_or_else(|| winner.source.name().to_owned(), Place::to_string);
    let text =
        format!("{place} names profile {name:?}, but {} takes the keys of {from}{end}", ground.sdk.title());
    Some(Warning { code, text, place: Some(place.clone()) })
}

/// The profile in use names a role, and its credentials come from somewhere else.
fn role_not_assumed(ground: &Ground<'_>, plan: &Plan) -> Option<Warning> {
    let profile = Merged::of(ground, &plan.profile.name)?;
    let role = profile.text("role_arn")?;
    let winner = plan.winner()?;
    let assumed = matches!(winner.provider, Some(Provider::AssumeRole(_) | Provider::WebIdentity(_)));
    if assumed || matches!(winner.source, Source::Environment | Source::SystemProperties) {
        return None;
    }
    let text = format!(
        "profile {:?} names role {role}, which {} does not assume here: requests run as {}",
        profile.name,
        ground.sdk.title(),
        winner.detail.as_deref().unwrap_or_else(|| winner.source.name())
    );
    Some(Warning { code: "role-not-assumed", text, place: profile.place("role_arn") })
}

/// Both files are merged key by key: an old token stays with new keys.
fn token_of_another_file(ground: &Ground<'_>, plan: &Plan) -> Option<Warning> {
    let winner = plan.winner().filter(|winner| winner.source == Source::Profile)?;
    let profile = Merged::of(ground, &plan.profile.name)?;
    let file = |key: &str| match profile.place(key)? {
        Place::Line { path, .. } => Some(path),
        _ => None,
    };
    let (id, token) =
        (file(merged::KEY_ID)?, file(merged::SESSION_TOKEN).or_else(|| file(merged::SECRET_KEY))?);
    if id == token || winner.provider.is_none() {
        return None;
    }
    let key = if file(merged::SESSION_TOKEN).is_some() { merged::SESSION_TOKEN } else { merged::SECRET_KEY };
    let text = format!(
        "{} takes {} from {id} and {key} from {token}: AWS refuses the pair unless they belong together",
        ground.sdk.title(),
        merged::KEY_ID
    );
    Some(Warning { code: "token-of-another-key", text, place: profile.place(key) })
}

/// `AWS_SECURITY_TOKEN` alone leaves a temporary key without its token.
fn old_token(ground: &Ground<'_>, plan: &Plan) -> Option<Warning> {
    let winner = plan.winner()?;
    let Some(Provider::Static(keys)) = &winner.provider else {
        return None;
    };
    let unread = winner.source == Source::Environment && keys.session_token.is_none();
    ground.filled("AWS_SECURITY_TOKEN").filter(|_| unread)?;
    let text =
        format!("{} does not read AWS_SECURITY_TOKEN: the keys go without a token", ground.sdk.title());
    Some(Warning { code: "token-not-read", text, place: Some(Place::variable("AWS_SECURITY_TOKEN")) })
}

/// The instance is asked for the region, which cannot be told beforehand.
fn region_of_instance(ground: &Ground<'_>, plan: &Plan) -> Option<Warning> {
    let scope = ground.scope(&plan.profile.name);
    let asks = plan.region.is_none() && sources::instance_is_asked(&scope);
    asks.then(|| Warning {
        code: "region-from-instance",
        text: format!(
            "nothing names a region: on an instance {} takes that of the instance",
            ground.sdk.title()
        ),
        place: None,
    })
}

/// Keys of roles that neither Rust nor Java reads.
pub(super) const MFA_AND_DURATION: &[(&str, &str, &str)] = &[
    ("mfa_serial", "mfa-not-asked", "the role is assumed without MFA, and one that demands it refuses"),
    ("duration_seconds", "duration-not-sent", "the session lasts an hour, which is STS's default"),
];
