//! `configure` without a command: asks for what a profile needs, as `aws configure` does.
//!
//! Rule: nothing is written until all answers are there. A new key id comes with its own secret, and a temporary one with its
//! token.

use std::io::{self, BufRead, IsTerminal, Read as _, Write as _};

use profile::edit::{Edit, Keys, Section, Target};
use types::Secret;

use super::change;
use super::ground::Desk;
use crate::arguments::TrialArguments;
use crate::commands::credentials::masked;
use crate::failure::Failure;

/// What stands there and what was answered.
#[derive(Debug, Default)]
struct Answers {
    id: Field,
    secret: Field,
    token: Field,
    region: Field,
    output: Field,
    /// The account beside the keys that stand there.
    account: Option<String>,
}

/// One question's two values.
#[derive(Debug, Default)]
struct Field {
    current: Option<Secret<String>>,
    /// Nothing where Enter alone was typed, or what stands there already.
    new: Option<Secret<String>>,
}

pub(super) fn run(desk: &Desk) -> Result<(), Failure> {
    let answers = Answers::ask(desk)?;
    let edits = answers.edits(&desk.profile.value)?;
    change::make(desk, &edits, TrialArguments::default())
}

/// Asks, and gives what was typed without its end; nothing where that is nothing.
///
/// What is typed is shown, as the AWS CLI shows it: who pastes a key wants to see that it came whole.
pub(super) fn ask(question: &str, current: &str) -> Result<Option<Secret<String>>, Failure> {
    let stderr = io::stderr();
    // A closed stderr leaves nobody to ask; the answer may come through a pipe all the same.
    let _ = write!(stderr.lock(), "{question} [{current}]: ");
    let line = read_line().map_err(|error| {
        Failure::new(format!("the answer to {question:?} cannot be read: {error}; nothing was changed"))
    })?;
    if !io::stdin().is_terminal() {
        // The line end that a terminal shows by itself.
        let _ = writeln!(stderr.lock());
    }
    let Some(line) = line else {
        return Err(Failure::new(format!(
            "the input ends before {question:?} is answered; nothing was changed"
        ))
        .hint("answer each question with a line; an empty one keeps what is there"));
    };
    Ok(Some(line).filter(|line| !line.expose().trim().is_empty()))
}

impl Answers {
    fn ask(desk: &Desk) -> Result<Self, Failure> {
        let ground = desk.own_ground()?;
        let profile = ground.profile(&desk.profile.value);
        let current = |key: &str| profile?.text(key).map(|text| Secret::new(text.to_owned()));
        let mut answers = Self {
            account: profile.and_then(|profile| profile.text("aws_account_id")).map(str::to_owned),
            id: Field::hidden("AWS Access Key ID", current("aws_access_key_id"))?,
            secret: Field::hidden("AWS Secret Access Key", current("aws_secret_access_key"))?,
            ..Self::default()
        };
        if answers.is_temporary() {
            // Another key's token is no use to a new one.
            let token = current("aws_session_token").filter(|_| answers.id.new.is_none());
            answers.token = Field::hidden("AWS Session Token", token)?;
        }
        answers.region = Field::shown("Default region name", current("region"))?;
        answers.output = Field::shown("Default output format", current("output"))?;
        Ok(answers)
    }

    fn is_temporary(&self) -> bool {
        self.id.value().is_some_and(|id| id.expose().trim().starts_with("ASIA"))
    }

    fn edits(self, profile: &str) -> Result<Vec<Edit>, Failure> {
        let mut edits = Vec::from_iter(self.keys(profile)?);
        for (key, field) in [("region", &self.region), ("output", &self.output)] {
            let target = Target::new(Section::Profile(profile.to_owned()), key);
            edits.extend(field.new.clone().map(|value| Edit::Set { target, value }));
        }
        Ok(edits)
    }

    /// The key set, as one; nothing where all of it stays.
    fn keys(&self, profile: &str) -> Result<Option<Edit>, Failure> {
        let changes = [&self.id, &self.secret, &self.token].iter().any(|field| field.new.is_some());
        if !changes {
            return Ok(None);
        }
        let (Some(id), Some(secret)) = (self.id.value(), self.secret.value()) else {
            let (given, missing) = match self.id.value() {
                Some(_) => ("an access key id", "its secret access key"),
                None => ("a secret access key", "its access key id"),
            };
            return Err(Failure::new(format!("there is {given} without {missing}; nothing was changed"))
                .hint("answer both questions"));
        };
        let token = self.token.value();
        if self.is_temporary() && token.is_none() {
            return Err(Failure::new(
                "a key id that begins with ASIA works only with its session token; nothing was changed",
            )
            .hint("paste the token, too: it stands beside the key where you copied that"));
        }
        let keys = Keys {
            access_key_id: id.expose().clone(),
            secret_access_key: secret.clone(),
            session_token: token.cloned(),
            // Another key may be another account's.
            account_id: self.account.clone().filter(|_| self.id.new.is_none()),
            expiration: None,
        };
        Ok(Some(Edit::Keys { profile: profile.to_owned(), keys }))
    }
}

impl Field {
    /// What stands there is shown by its end alone.
    fn hidden(question: &str, current: Option<Secret<String>>) -> Result<Self, Failure> {
        let shown = current.as_ref().map_or_else(|| "None".to_owned(), |value| masked(value.expose()));
        Self::answered(question, &shown, current)
    }

    fn shown(question: &str, current: Option<Secret<String>>) -> Result<Self, Failure> {
        let shown = current.as_ref().map_or("None", |value| value.expose().as_str()).to_owned();
        Self::answered(question, &shown, current)
    }

    fn answered(question: &str, shown: &str, current: Option<Secret<String>>) -> Result<Self, Failure> {
        let new = ask(question, shown)?.filter(|new| Some(new) != current.as_ref());
        Ok(Self { current, new })
    }

    fn value(&self) -> Option<&Secret<String>> {
        self.new.as_ref().or(self.current.as_ref())
    }
}

/// A line of stdin without its end; nothing at the end of the input.
fn read_line() -> io::Result<Option<Secret<String>>> {
    let mut line = Vec::new();
    io::stdin().lock().take(MAX_LINE).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    let text =
        String::from_utf8(line).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Some(Secret::new(text.strip_suffix('\r').unwrap_or(text).to_owned())))
}

/// Bytes: more than any session token has.
const MAX_LINE: u64 = 64 * 1024;
