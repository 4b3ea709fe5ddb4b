//! What carrying out needs beside the plan.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use client::Client;
use sys::{Clock, Entropy, Env};
use types::Timestamp;

use crate::{Keep, Prompt, Skew};

/// Clock, randomness, network, and who can be asked. Clones share connections and the measured skew.
#[derive(Clone, Debug)]
pub struct Context {
    /// The environment of programs that are started.
    pub env: Env,
    pub clock: Clock,
    pub entropy: Entropy,
    /// `~/.aws`: where the AWS CLI keeps its caches.
    pub aws_directory: PathBuf,
    pub client: Client,
    pub prompt: Arc<dyn Prompt>,
    /// How far the clocks of AWS are from ours, as far as answers have told.
    pub skew: Skew,
    /// What is asked of sessions that are kept on disk.
    pub keep: Keep,
    /// The profile whose plan is carried out: processes that are run for it hear of that, and do not ask for it again.
    pub profile: Option<String>,
    /// How long a `credential_process` may take.
    pub process_timeout: Duration,
}

impl Context {
    /// The system's clock and entropy. Where somebody sits at a terminal, programs get longer: people type codes.
    pub fn new(env: Env, aws_directory: PathBuf, client: Client, prompt: Arc<dyn Prompt>) -> Self {
        let process_timeout = if prompt.is_there() { WITH_SOMEBODY } else { ALONE };
        Self {
            env,
            clock: Clock::system(),
            entropy: Entropy::system(),
            aws_directory,
            client,
            prompt,
            skew: Skew::default(),
            keep: Keep::default(),
            profile: None,
            process_timeout,
        }
    }

    /// The time at AWS, as far as is known: what signatures bear and ends of life are compared with.
    pub fn now(&self) -> Timestamp {
        self.skew.at_aws(self.clock.now())
    }
}

/// What Go's SDK allows.
const ALONE: Duration = Duration::from_secs(60);
const WITH_SOMEBODY: Duration = Duration::from_secs(300);
