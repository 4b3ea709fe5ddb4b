//! `linklocal account oidc-provider …`.

use super::{asked, given};
use crate::admin::{AccountCall, AccountReply, OidcProviderDescription};
use crate::arguments::OidcProviderCommand;
use crate::commands::{Context, foreign};
use crate::failure::Failure;

pub(super) async fn run(context: &Context, command: OidcProviderCommand) -> Result<(), Failure> {
    let call = match command {
        OidcProviderCommand::Add(arguments) => AccountCall::AddOidcProvider {
            url: arguments.url,
            client_ids: arguments.client_ids,
            keys: given(&arguments.keys)?,
        },
        OidcProviderCommand::List => AccountCall::ListOidcProviders,
        OidcProviderCommand::Remove { provider } => AccountCall::RemoveOidcProvider { provider },
    };
    let AccountReply::OidcProviders(providers) = asked(context, call).await? else { return Err(foreign()) };
    context.output.result(&providers, || providers.iter().map(line).collect())
}

fn line(provider: &OidcProviderDescription) -> String {
    let OidcProviderDescription { arn, client_ids, keys, .. } = provider;
    let keys = if *keys == 1 { "1 key".to_owned() } else { format!("{keys} keys") };
    format!("{arn} for {}, {keys}\n", client_ids.join(", "))
}
