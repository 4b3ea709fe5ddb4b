//! `linklocal explain-denial`: the story of a request that the account refused.
//!
//! Rule: the server opens the message, since its keys never leave it.

mod story;

use std::io::Read as _;

use super::{Context, foreign};
use crate::admin::{AccountCall, AccountReply, Call, Reply};
use crate::arguments::ExplainDenialArguments;
use crate::failure::Failure;
use story::Story;

pub(super) async fn run(context: &Context, arguments: &ExplainDenialArguments) -> Result<(), Failure> {
    let given = if arguments.denial == "-" { stdin()? } else { arguments.denial.clone() };
    let denial = message(&given).to_owned();
    if denial.is_empty() {
        return Err(Failure::usage("neither the id of a request nor a message was given"));
    }
    let call = Call::Account(AccountCall::ExplainDenial { denial });
    let Reply::Account(AccountReply::Denial(record)) = context.call(&call).await? else {
        return Err(foreign());
    };
    let story = Story::of(&record);
    context.output.result(&story, || story.text())
}

/// What stands behind the words that AWS puts before a message; without them, the first that is given.
fn message(text: &str) -> &str {
    let behind = text.rsplit_once(MARK).map_or(text, |(_, behind)| behind);
    let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let behind = behind.trim_start_matches(|c| !is_letter(c));
    behind.split(|c| !is_letter(c)).next().unwrap_or_default()
}

fn stdin() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().take(LIMIT).read_to_string(&mut text);
    read.map_err(|error| Failure::new(format!("stdin cannot be read: {error}")))?;
    Ok(text)
}

const MARK: &str = "Encoded authorization failure message:";
/// Bytes: an error's text with its message.
const LIMIT: u64 = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_found_in_an_error() {
        let error = "An error occurred (AccessDenied) when calling the CreateUser operation: User: x is not authorized. \
                     Encoded authorization failure message: AQAA-_b1\n";
        assert_eq!(message(error), "AQAA-_b1");
        assert_eq!(message(&error.replace('\n', "</Message></Error>")), "AQAA-_b1");
        assert_eq!(message(" AQAA-_b1 \n"), "AQAA-_b1");
        assert_eq!(message("\"5b0d3f6c-8d7e\""), "5b0d3f6c-8d7e");
        assert_eq!(message(" \n"), "");
    }
}
