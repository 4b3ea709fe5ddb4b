//! By which way an SDK finds its credentials here: every source in its order, what stands there, and which one wins.
//!
//! Rule: pure and complete. A plan says what would be asked of whom; `credentials` asks. Nothing of a plan's text holds
//! a secret.

mod botocore;
mod chain;
mod counterfactual;
mod fault;
mod go;
mod ground;
mod java;
mod js;
mod key_warning;
mod merged;
mod provider;
mod rust;
mod session_details;
mod sources;
mod visited;
mod warning;
mod why_not;

use chain::{Chain, Look};
pub use counterfactual::{Change, Counterfactual, Described, counterfactuals, described, masked};
pub use ground::Ground;
pub use merged::SESSION_END;
pub use provider::{
    AssumeRole, Container, ContainerToken, Imds, Login, MfaCommand, MfaKeep, MfaSession, MfaSource, Process,
    Provider, Sso, StaticKeys, StsTarget, WebIdentity,
};
pub use session_details::SessionDetails;
pub use why_not::{WhyNot, WhyNotError, why_not};

use crate::settings::Found;
use crate::{Place, Sdk, View};

/// What `sdk` does in this view.
#[derive(Clone, Debug)]
pub struct Plan {
    pub sdk: Sdk,
    pub profile: ChosenProfile,
    /// Every source, in the SDK's order.
    pub steps: Vec<Step>,
    pub outcome: Outcome,
    /// `None` where nothing names one and the SDK has no last resort.
    pub region: Option<Found<String>>,
    /// What a user should know: a role that is silently not assumed, MFA that is not asked for, a token of another key.
    pub warnings: Vec<Warning>,
}

/// The profile in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenProfile {
    pub name: String,
    /// Who named it; [`Place::Default`] where nobody did.
    pub place: Place,
    /// Whether the SDK finds it in the files.
    pub exists: bool,
}

/// One source of the chain.
#[derive(Clone, Debug)]
pub struct Step {
    pub source: Source,
    pub state: State,
    /// Where its settings stand: lines, variables, flags.
    pub places: Vec<Place>,
    /// One line for people: what it is, whose, until when. No secret.
    pub detail: Option<String>,
    /// How to get credentials from it; there for the winner and for those it shadows, but for other kinds of one
    /// profile where the SDK takes a single kind and asks no other when that one fails.
    pub provider: Option<Provider>,
    /// Whether the SDK goes on to the next source when this one is asked and fails.
    pub goes_on: bool,
}

/// A kind of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Keys given on the command line or in code.
    Arguments,
    /// System properties of Java.
    SystemProperties,
    Environment,
    /// A role of a profile, by `source_profile` or `credential_source`.
    AssumeRole,
    WebIdentity,
    Sso,
    /// Static keys in the credentials file.
    SharedCredentialsFile,
    /// Static keys of a profile, for SDKs that merge both files first.
    Profile,
    Login,
    Process,
    /// Static keys in the config file.
    ConfigFile,
    /// `AWS_CREDENTIAL_FILE`.
    LegacyCredentialFile,
    BotoConfig,
    Container,
    InstanceMetadata,
}

/// What became of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It is the one, and needs nobody's answer.
    Won,
    /// It is the one if whoever must be asked answers.
    WouldWin,
    /// It could give credentials, but the step with this index (from 0) comes first.
    ShadowedBy(usize),
    NotSet,
    /// Some of it is there; what is missing, by name.
    Partial {
        missing: Vec<String>,
        fatal: bool,
    },
    /// It is there and cannot work; the reason, and what to do.
    Broken {
        why: String,
        remedy: String,
        fatal: bool,
    },
    /// It is not looked at; the reason.
    Skipped {
        why: String,
    },
}

/// How the search ends, as far as can be told without asking anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The step with this index gives credentials, or is asked for them.
    Resolved(usize),
    /// No source has any.
    None,
    /// The SDK stops with an error.
    Error { step: Option<usize>, message: String, remedy: String },
}

/// Something to know beside the outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Stable, for machines: `role-not-assumed`, `mfa-not-asked`, …
    pub code: &'static str,
    pub text: String,
    pub place: Option<Place>,
}

/// The plan of `sdk`.
pub fn plan(view: &View<'_>, sdk: Sdk) -> Plan {
    plan_on(&Ground::new(view, sdk))
}

/// The plan on files that were read already.
///
/// A model is one file with `plan(&Ground) -> Plan`. It starts a [`Plan::empty`] with its choice of profile and region,
/// gives each source in its SDK's order to [`Chain::look`] as if no other were there, and ends with [`Chain::into_plan`].
pub fn plan_on(ground: &Ground<'_>) -> Plan {
    let mut plan = match ground.sdk {
        Sdk::Linklocal | Sdk::Cli2 | Sdk::Boto3 => botocore::plan(ground),
        Sdk::Rust => rust::plan(ground),
        Sdk::Js => js::plan(ground),
        Sdk::Java => java::plan(ground),
        Sdk::Go => go::plan(ground),
    };
    plan.warnings.extend(key_warning::warnings(&plan));
    plan
}

impl Plan {
    /// The steps that are asked, in order: the winner, and those behind it for as long as the SDK goes on. Whoever carries
    /// the plan out ends at the first that gives credentials.
    pub fn candidates(&self) -> impl Iterator<Item = (usize, &Step)> {
        let first = match self.outcome {
            Outcome::Resolved(first) => first,
            Outcome::None | Outcome::Error { .. } => self.steps.len(),
        };
        let mut ended = false;
        let steps = self.steps.iter().enumerate().skip(first).filter(|(_, step)| step.provider.is_some());
        steps.take_while(move |(_, step)| !std::mem::replace(&mut ended, !step.goes_on))
    }

    /// Before anything was looked at: the profile `default`, because nobody named another.
    fn empty(ground: &Ground<'_>) -> Self {
        let exists = ground.profile("default").is_some();
        Self {
            sdk: ground.sdk,
            profile: ChosenProfile { name: "default".to_owned(), place: Place::Default, exists },
            steps: Vec::new(),
            outcome: Outcome::None,
            region: None,
            warnings: Vec::new(),
        }
    }

    /// The step that gives the credentials, where one does.
    pub fn winner(&self) -> Option<&Step> {
        match self.outcome {
            Outcome::Resolved(index) => self.steps.get(index),
            _ => None,
        }
    }
}

impl Source {
    /// The name in JSON and in text, stable.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arguments => "arguments",
            Self::SystemProperties => "system-properties",
            Self::Environment => "environment",
            Self::AssumeRole => "assume-role",
            Self::WebIdentity => "assume-role-with-web-identity",
            Self::Sso => "sso",
            Self::SharedCredentialsFile => "shared-credentials-file",
            Self::Profile => "profile",
            Self::Login => "login",
            Self::Process => "custom-process",
            Self::ConfigFile => "config-file",
            Self::LegacyCredentialFile => "ec2-credentials-file",
            Self::BotoConfig => "boto-config",
            Self::Container => "container-role",
            Self::InstanceMetadata => "iam-role",
        }
    }
}
