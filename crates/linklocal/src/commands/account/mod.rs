//! `linklocal account …`: the account behind the endpoints, as a whole.

mod profile;
mod provider;
mod text;

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;

use types::Secret;

use super::{Context, foreign};
use crate::admin::{AccountCall, AccountDescription, AccountDocument, AccountReply, Call, Reply};
use crate::arguments::{
    AccountCommand, ExportAccountArguments, ImportAccountArguments, ResetAccountArguments,
};
use crate::failure::Failure;
use crate::output::Output;

pub(super) use profile::{Kept, KeysProfile, follow, keep};
pub(super) use text::handed_over;

pub(super) async fn run(context: &Context, command: AccountCommand) -> Result<(), Failure> {
    match command {
        AccountCommand::Status => status(context).await,
        AccountCommand::Reset(arguments) => reset(context, arguments).await,
        AccountCommand::Export(arguments) => export(context, arguments).await,
        AccountCommand::Import(arguments) => import(context, arguments).await,
        AccountCommand::OidcProvider(command) => provider::run(context, command).await,
    }
}

async fn status(context: &Context) -> Result<(), Failure> {
    let description = described(context).await?;
    context.output.result(&description, || text::status(&description))
}

async fn reset(context: &Context, arguments: ResetAccountArguments) -> Result<(), Failure> {
    let before = described(context).await?;
    if !arguments.yes {
        let question = format!(
            "Remove {} and {} with all their keys from account {}?",
            text::counted(before.users, "user", "users"),
            text::counted(before.roles, "role", "roles"),
            before.account_id
        );
        agreed(&question)?;
    }
    let AccountReply::Reset(administrator) = asked(context, AccountCall::Reset).await? else {
        return Err(foreign());
    };
    let wanted = (!arguments.no_profile).then_some(KeysProfile {
        name: &arguments.profile,
        endpoint: before.endpoints.first().copied(),
        region: &before.region,
        account_id: before.account_id,
    });
    let kept = keep(&context.env, context.output, wanted.as_ref(), &administrator);
    context.output.result(&text::Handed { administrator: &administrator, profile: kept.written() }, || {
        handed_over(&administrator, &kept)
    })
}

async fn export(context: &Context, arguments: ExportAccountArguments) -> Result<(), Failure> {
    let call = AccountCall::Export { with_secrets: arguments.with_secrets };
    let AccountReply::Document(AccountDocument(document)) = asked(context, call).await? else {
        return Err(foreign());
    };
    let document = Secret::new(document);
    match arguments.output {
        None => Output::text(document.expose()),
        Some(file) => {
            sys::fs::replace(&file, document.expose().as_bytes(), 0o600)
                .map_err(|error| Failure::of(&error))?;
            Output::note(&format!("note: the account is in {}", file.display()));
            Ok(())
        }
    }
}

async fn import(context: &Context, arguments: ImportAccountArguments) -> Result<(), Failure> {
    let document = given(&arguments.file)?;
    let before = described(context).await?;
    if !arguments.yes {
        let question = format!(
            "Put this document in the place of account {} and its {} users?",
            before.account_id, before.users
        );
        agreed(&question)?;
    }
    let call = AccountCall::Import { document };
    let AccountReply::Imported(description) = asked(context, call).await? else { return Err(foreign()) };
    Output::note(text::keys_after_import(&description));
    context.output.result(&description, || text::status(&description))
}

async fn described(context: &Context) -> Result<AccountDescription, Failure> {
    match asked(context, AccountCall::Describe).await? {
        AccountReply::Description(description) => Ok(description),
        _ => Err(foreign()),
    }
}

async fn asked(context: &Context, call: AccountCall) -> Result<AccountReply, Failure> {
    match context.call(&Call::Account(call)).await? {
        Reply::Account(reply) => Ok(reply),
        _ => Err(foreign()),
    }
}

/// Asks at the terminal; without one there is nobody who could agree.
fn agreed(question: &str) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(format!("nobody is there to be asked: {question}")).hint("say --yes"));
    }
    Output::note(&format!("{question} [y/N]"));
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    match read {
        Ok(_) if answer.trim().eq_ignore_ascii_case("y") || answer.trim().eq_ignore_ascii_case("yes") => {
            Ok(())
        }
        _ => Err(Failure::new("nothing was done")),
    }
}

/// A document, from a file or stdin.
fn given(path: &Path) -> Result<String, Failure> {
    if path.as_os_str() != "-" {
        return sys::fs::read_text(path, LIMIT).map_err(|error| Failure::of(&error));
    }
    let mut text = String::new();
    let limit = u64::try_from(LIMIT).unwrap_or(u64::MAX);
    let read = std::io::stdin().take(limit + 1).read_to_string(&mut text);
    match read {
        Ok(length) if length <= LIMIT => Ok(text),
        Ok(_) => Err(Failure::new(format!("stdin holds more than {LIMIT} bytes"))),
        Err(error) => Err(Failure::new(format!("stdin cannot be read: {error}"))),
    }
}

/// Bytes: what one call to the server holds.
const LIMIT: usize = 12 * 1024 * 1024;
