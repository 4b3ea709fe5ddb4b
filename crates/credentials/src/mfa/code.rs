//! One code of a device: of a seed, of a command, of whoever sits at the terminal, or given beforehand.
//!
//! Rule: a code is six digits and is used once. Where the last one was used in this half minute, the next is waited for.

use std::sync::Arc;

use profile::plan::{MfaCommand, MfaSource, Process};
use totp::{Seed, Step};
use types::{Secret, Timestamp};

use super::seed;
use super::{Device, UsedCodes};
use crate::prompt::PromptError;
use crate::{Context, ResolveError, process};

/// Codes of one device for one question, one after the other until AWS takes one.
pub(super) struct Codes<'a> {
    context: &'a Context,
    device: &'a Device<'a>,
    pub(super) used: UsedCodes,
    way: Way,
    tried: u32,
    /// The step of the seed's last code.
    last: Option<Step>,
}

/// Where they come from, once that is known.
enum Way {
    /// Given with the question; there is no second.
    Given(Secret<String>),
    Seed(Seed),
    Command(MfaCommand),
    Person,
}

impl<'a> Codes<'a> {
    pub(super) async fn of(context: &'a Context, device: &'a Device<'a>) -> Result<Self, ResolveError> {
        let way = match device.source {
            MfaSource::Given(code) => {
                Way::Given(six_digits(code).ok_or_else(|| device.refused(NOT_SIX, SIX))?)
            }
            MfaSource::Prompt => Way::Person,
            MfaSource::Command(command) => Way::Command(command.clone()),
            MfaSource::Totp => Way::Seed(seed::needed(context, device).await?),
            MfaSource::Any => seed::found(context, device).await.map_or(Way::Person, Way::Seed),
        };
        let used = UsedCodes::of(&context.aws_directory, device.serial);
        Ok(Self { context, device, used, way, tried: 0, last: None })
    }

    /// The next code, and the step that it is taken to be of.
    pub(super) async fn next(&mut self) -> Result<(Secret<String>, Step), ResolveError> {
        self.tried += 1;
        match &self.way {
            Way::Given(code) => self.given(code.clone()),
            Way::Seed(seed) => {
                let step = self.unused_step().await;
                let code = seed.code_at(step);
                self.last = Some(step);
                Ok((code, step))
            }
            Way::Command(command) => self.printed(command).await,
            Way::Person => self.typed().await,
        }
    }

    /// Whether another code may be taken where the last one was, as AWS says, wrong; says so to whoever waits.
    pub(super) fn has_another(&self) -> bool {
        let most = match &self.way {
            Way::Given(_) => 1,
            Way::Seed(_) | Way::Command(_) => 2,
            Way::Person => MOST_TYPED,
        };
        if self.tried < most && matches!(self.way, Way::Person) {
            self.context.prompt.tell("AWS does not take this code; a code works once: wait for the next one");
        }
        self.tried < most
    }

    /// What to do where AWS takes none of them; `None` where AWS's own remedy says it.
    pub(super) fn remedy(&self) -> Option<String> {
        let serial = self.device.serial;
        match &self.way {
            Way::Seed(_) => Some(format!(
                "the seed that is kept for {serial} is another device's, or its code was used elsewhere in this half minute: try \
                 again, and if it stays so add the right seed (`linklocal mfa add {serial}`)"
            )),
            Way::Command(command) => Some(format!(
                "see that the command at {} prints the code of {serial}, and that this machine's clock is right",
                command.place
            )),
            Way::Given(_) | Way::Person => None,
        }
    }

    fn given(&self, code: Secret<String>) -> Result<(Secret<String>, Step), ResolveError> {
        let now = self.context.now();
        match self.used.has(&code, now) {
            true => {
                let seconds = self.until_unused(now);
                let what = "the code was used already, and a code works once";
                Err(self.device.refused(what, format!("wait {seconds} s for the next one and give that")))
            }
            false => Ok((code, Step::at(now))),
        }
    }

    /// The step at AWS, or, where its code was used, the next one, once that has begun.
    async fn unused_step(&self) -> Step {
        let now = self.context.now();
        let used = self.used.last(now).max(self.last.filter(|last| *last >= Step::at(now)));
        let Some(used) = used.filter(|used| *used >= Step::at(now)) else { return Step::at(now) };
        self.wait_for(used, now).await;
        used.next()
    }

    async fn wait_for(&self, used: Step, now: Timestamp) {
        let left = used.left(now);
        self.context.prompt.tell(&format!(
            "a code of {} was used in this half minute: waiting {} s for the next",
            self.device.serial,
            left.as_secs() + 1
        ));
        tokio::time::sleep(left).await;
    }

    /// Runs the command; once more in the next step where it prints a code that was used.
    async fn printed(&self, command: &MfaCommand) -> Result<(Secret<String>, Step), ResolveError> {
        let now = self.context.now();
        if self.tried > 1 {
            self.wait_for(Step::at(now), now).await;
        }
        let code = self.run(command).await?;
        let now = self.context.now();
        if !self.used.has(&code, now) {
            return Ok((code, Step::at(now)));
        }
        let used = self.used.last(now).unwrap_or_else(|| Step::at(now)).max(Step::at(now));
        self.wait_for(used, now).await;
        let code = self.run(command).await?;
        match self.used.has(&code, self.context.now()) {
            true => Err(self.device.refused(
                format!("the command at {} prints a code that was used", command.place),
                "let it print the code of the moment, or wait for the next",
            )),
            false => Ok((code, used.next())),
        }
    }

    async fn run(&self, command: &MfaCommand) -> Result<Secret<String>, ResolveError> {
        let MfaCommand { command, place } = command.clone();
        let source = format!("mfa_command at {place}");
        let process = Process { command, shell: false, account_id: None, place };
        let variables = [("LINKLOCAL_MFA_SERIAL", self.device.serial)];
        let printed = process::output(self.context, &process, &source, &variables).await?;
        let text = std::str::from_utf8(printed.expose()).unwrap_or_default();
        six_digits(&Secret::new(text.to_owned())).ok_or_else(|| {
            let remedy = "it must print the six digits to stdout, and nothing else";
            ResolveError::new("garbage", format!("{source} prints something else than a code"), remedy)
        })
    }

    /// Asks until something is typed that can be a code. People are slow: another thread waits for them.
    async fn typed(&self) -> Result<(Secret<String>, Step), ResolveError> {
        for _ in 0..MOST_TYPED {
            let prompt = Arc::clone(&self.context.prompt);
            let question = format!("Enter MFA code for {}: ", self.device.serial);
            let typed = tokio::task::spawn_blocking(move || prompt.ask(&question)).await;
            let typed = typed.expect("a prompt does not panic").map_err(|error| self.unasked(&error))?;
            let now = self.context.now();
            match six_digits(&typed) {
                Some(code) if self.used.has(&code, now) => self.context.prompt.tell(&format!(
                    "this code was used already, and a code works once: the next one comes in {} s",
                    self.until_unused(now)
                )),
                Some(code) => return Ok((code, Step::at(now))),
                None => self.context.prompt.tell("a code has six digits"),
            }
        }
        Err(self
            .device
            .refused("no code of six digits was typed", "type the six digits that the device shows"))
    }

    /// Seconds, rounded up.
    fn until_unused(&self, now: Timestamp) -> u64 {
        Step::at(now).left(now).as_secs() + 1
    }

    fn unasked(&self, error: &PromptError) -> ResolveError {
        let remedy = "run it in a terminal once: the session is kept; or run `linklocal mfa login` in another terminal, give \
                      --token-code where the command has it, or let codes come from a seed or a command (mfa_source)";
        self.device.refused(error.to_string(), remedy)
    }
}

/// The six digits, whatever blanks are around them or, as devices show them, between the two halves.
fn six_digits(typed: &Secret<String>) -> Option<Secret<String>> {
    let text = typed.expose().trim();
    let digits: String = match text.split_once(' ') {
        Some((one, other)) if one.len() == 3 && other.len() == 3 => [one, other].concat(),
        _ => text.to_owned(),
    };
    let digits = Secret::new(digits);
    let is_code = digits.expose().len() == 6 && digits.expose().bytes().all(|byte| byte.is_ascii_digit());
    is_code.then_some(digits)
}

/// How often somebody may type.
const MOST_TYPED: u32 = 3;
const NOT_SIX: &str = "the code that was given is not six digits";
const SIX: &str = "give the six digits that the device shows";
