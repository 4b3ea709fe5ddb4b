//! What `mfa enable`, `disable` and `resync` stand on: IAM, the user, the seed where it is kept here, and two codes in a row.

use credentials::mfa::{Iam, Serial, UsedCodes};
use profile::Sdk;
use profile::settings;
use sys::{Entropy, Env};
use totp::{Seed, Step};
use types::Secret;
use vault::Vault;

use super::device;
use super::finder::failed;
use crate::arguments::{ChainArguments, IamUserArguments, KeyArguments};
use crate::commands::credentials::{Findings, Snapshot, context};
use crate::commands::{event_loop, vault as place};
use crate::failure::Failure;
use crate::output::Output;

/// IAM on behalf of somebody.
pub(super) struct Desk {
    pub(super) runtime: tokio::runtime::Runtime,
    pub(super) context: credentials::Context,
    pub(super) iam: Iam,
    pub(super) user: String,
    pub(super) account: String,
    pub(super) partition: String,
}

impl Desk {
    /// Asks STS who the credentials are, unless the user is named.
    pub(super) fn open(env: &Env, arguments: &IamUserArguments) -> Result<Self, Failure> {
        let profile = arguments.profile.clone();
        let keys =
            KeyArguments { access_key_id: None, secret_access_key: None, session_token: None, profile };
        let snapshot = Snapshot::take(env, &ChainArguments { keys, region: None });
        let keys = Findings::search(&snapshot)?.resolved;
        let plan = snapshot.plan();
        let region =
            plan.region.as_ref().map_or(settings::LAST_RESORT_REGION, |region| region.value.as_str());
        let ground = snapshot.ground(Sdk::Linklocal);
        let scope = ground.scope(&plan.profile.name);
        let setting = |error: settings::SettingError| Failure::new(error.to_string()).hint(error.remedy);
        let sts = settings::sts_target(&scope, plan.region.as_ref()).map_err(setting)?;
        let target = settings::iam_target(&scope, region).map_err(setting)?;
        let (runtime, context) = (event_loop()?, context(&snapshot));
        let caller = runtime.block_on(credentials::caller_identity(&context, &sts, &keys));
        let arn = caller.map_err(|error| failed(&error))?.arn;
        let Caller { partition, account, user } = Caller::of(&arn);
        let user = arguments.user_name.clone().or(user).ok_or_else(|| no_user(&arn))?;
        let iam = Iam::new(&context, target, keys);
        Ok(Self { runtime, context, iam, user, account, partition })
    }

    /// The device that was typed: a serial number, or the name of a virtual device of this account.
    pub(super) fn serial(&self, typed: &str) -> Result<Serial, Failure> {
        let is_serial = typed.starts_with("arn:") || typed.starts_with("GAHT");
        match is_serial {
            true => device::serial(typed),
            false => device::serial(&format!("arn:{}:iam::{}:mfa/{typed}", self.partition, self.account)),
        }
    }

    pub(super) fn ask<T>(
        &self,
        question: impl Future<Output = Result<T, credentials::ResolveError>>,
    ) -> Result<T, Failure> {
        self.runtime.block_on(question).map_err(|error| failed(&error))
    }

    /// Two codes in a row of a seed: the last one and this one, as somebody types who has watched the device.
    pub(super) fn made(&self, seed: &Seed) -> ([Secret<String>; 2], Step) {
        let step = Step::at(self.context.now());
        let before = Step(step.0.saturating_sub(1));
        ([seed.code_at(before), seed.code_at(step)], step)
    }

    /// Two codes in a row that somebody types.
    pub(super) fn typed(&self, serial: &Serial) -> Result<[Secret<String>; 2], Failure> {
        let first = self.one(&format!("First code of {serial}: "), None)?;
        let second = self.one("The next code, when the device shows it: ", Some(&first))?;
        Ok([first, second])
    }

    /// Asks until something is typed that can be the code.
    fn one(&self, question: &str, first: Option<&Secret<String>>) -> Result<Secret<String>, Failure> {
        for _ in 0..MOST_TYPED {
            let typed = self.context.prompt.ask(question).map_err(|error| {
                Failure::new(format!("two codes in a row are needed, and {error}"))
                    .hint("run it in a terminal, or let the seed be kept here: --keep vault")
            })?;
            let code = Secret::new(typed.expose().trim().to_owned());
            match is_code(&code) {
                true if first == Some(&code) => {
                    Output::note("this is the first code again: wait for the next one")
                }
                true => return Ok(code),
                false => Output::note("a code has six digits"),
            }
        }
        Err(Failure::new("no code of six digits was typed").hint("type the six digits that the device shows"))
    }

    /// Remembers that the second code was sent, so that a login right after waits for the next.
    pub(super) fn note(&self, serial: &Serial, second: &Secret<String>) {
        let used = UsedCodes::of(&self.context.aws_directory, serial.as_str());
        used.note(second, Step::at(self.context.now()), Entropy::system().bytes().unwrap_or_default());
    }
}

pub(super) fn is_code(code: &Secret<String>) -> bool {
    code.expose().len() == 6 && code.expose().bytes().all(|byte| byte.is_ascii_digit())
}

/// Forgets the seed, wherever it is kept; whether it was.
pub(super) fn forget(vault: &Vault, serial: &Serial) -> Result<bool, Failure> {
    vault.remove(&device::name(serial)).map_err(|error| place::failed(&error))
}

/// What an ARN says of a caller.
struct Caller {
    partition: String,
    account: String,
    /// `None` for roles and the root user, who is no user of IAM.
    user: Option<String>,
}

impl Caller {
    fn of(arn: &str) -> Self {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let part = |index: usize| parts.get(index).copied().unwrap_or_default();
        let user = part(5).strip_prefix("user/").and_then(|path| path.rsplit('/').next());
        Self { partition: part(1).to_owned(), account: part(4).to_owned(), user: user.map(str::to_owned) }
    }
}

fn no_user(arn: &str) -> Failure {
    Failure::new(format!("{arn} is no user of IAM, so nothing says whose device it is"))
        .hint("name the user: --user-name")
}

const MOST_TYPED: u32 = 3;
