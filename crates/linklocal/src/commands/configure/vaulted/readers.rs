//! Who would no longer find the keys: each SDK's plan for the profile, and for every role that is had with it, before and after.

use profile::edit::Texts;
use profile::plan::{Ground, Outcome, Plan, Provider, plan};
use profile::reader::Locations;
use profile::{Arguments, Environment, MemoryFiles, Sdk, View};

use super::super::ground::Desk;

/// An SDK that would take something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lost {
    sdk: Sdk,
    /// The profile that is asked for.
    profile: String,
    /// What becomes of it.
    instead: String,
}

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} would not find the keys of profile {:?}: {}",
            self.sdk.title(),
            self.profile,
            self.instead
        )
    }
}

/// Both files as they are, or as they are to be.
pub(super) fn files(locations: &Locations, texts: Texts<'_>) -> MemoryFiles {
    let both = [(&locations.config, texts.config), (&locations.credentials, texts.credentials)];
    let there = both.into_iter().filter_map(|(location, text)| Some((location.path.as_str(), text?)));
    there.fold(MemoryFiles::default(), |files, (path, text)| files.with(path, text))
}

/// Of those that take the plain keys of `profile` today, the ones that would not take the output of `command`.
pub(super) fn lost(
    desk: &Desk,
    locations: &Locations,
    (before, after): (Texts<'_>, Texts<'_>),
    profile: &str,
    command: &str,
) -> Vec<Lost> {
    let (before, after) = (files(locations, before), files(locations, after));
    let mut lost = Vec::new();
    for name in dependants(desk, &before, profile) {
        let environment = environment(desk, &name);
        for sdk in Sdk::OTHERS.into_iter().chain([Sdk::Linklocal]) {
            let planned = |files: &MemoryFiles| {
                plan(
                    &View {
                        environment: &environment,
                        arguments: &Arguments::default(),
                        files,
                        ..desk.snapshot.view()
                    },
                    sdk,
                )
            };
            let takes_plain = matches!(winner(&planned(&before)).map(base), Some(Provider::Static(_)));
            let then = planned(&after);
            let takes_line = |provider: &Provider| matches!(base(provider), Provider::Process(process) if process.command == command);
            if takes_plain && !winner(&then).is_some_and(takes_line) {
                lost.push(Lost { sdk, profile: name.clone(), instead: instead(&then) });
            }
        }
    }
    lost
}

/// The profile, and all whose chain of `source_profile` leads to it.
fn dependants(desk: &Desk, files: &MemoryFiles, profile: &str) -> Vec<String> {
    let ground = Ground::new(&View { files, ..desk.snapshot.view() }, Sdk::Linklocal);
    let Some(profiles) = ground.profiles() else { return vec![profile.to_owned()] };
    let source = |name: &str| ground.profile(name)?.text("source_profile").map(str::to_owned);
    let leads_here = |name: &str| {
        let mut at = name.to_owned();
        for _ in 0..LONGEST_CHAIN {
            match source(&at) {
                Some(next) if next == profile => return true,
                Some(next) => at = next,
                None => return false,
            }
        }
        false
    };
    let names = profiles.merged.keys().filter(|name| *name != profile && leads_here(name)).cloned();
    [profile.to_owned()].into_iter().chain(names).collect()
}

/// Only what says where the files are; a region, so that no SDK stops for want of one.
fn environment(desk: &Desk, profile: &str) -> Environment {
    let mut environment = Environment::default();
    environment.account_home = desk.snapshot.environment.account_home.clone();
    for name in ["HOME", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
        if let Some(value) = desk.snapshot.environment.get(name) {
            environment.set(name, value);
        }
    }
    environment.set("AWS_PROFILE", profile);
    environment.set("AWS_REGION", "us-east-1");
    environment.set("AWS_DEFAULT_REGION", "us-east-1");
    environment.set("AWS_EC2_METADATA_DISABLED", "true");
    environment
}

fn winner(plan: &Plan) -> Option<&Provider> {
    plan.winner()?.provider.as_ref()
}

/// What a role is had with in the end.
fn base(provider: &Provider) -> &Provider {
    match provider {
        Provider::AssumeRole(role) => base(&role.base),
        Provider::MfaSession(session) => base(&session.base),
        other => other,
    }
}

fn instead(plan: &Plan) -> String {
    match &plan.outcome {
        Outcome::Error { message, .. } => message.clone(),
        Outcome::None => "it would find none".to_owned(),
        Outcome::Resolved(index) => plan
            .steps
            .get(*index)
            .map_or_else(String::new, |step| format!("it would take {}", step.source.name())),
    }
}

/// Profiles: more than any chain has.
const LONGEST_CHAIN: usize = 50;
