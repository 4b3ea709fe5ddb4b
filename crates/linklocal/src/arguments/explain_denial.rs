//! `linklocal explain-denial`.

use clap::Args;

#[derive(Clone, Debug, Args)]
pub(crate) struct ExplainDenialArguments {
    /// Id of the request, the encoded authorization message, or the whole text of the error; - is stdin
    #[arg(value_name = "REQUEST-ID|MESSAGE")]
    pub(crate) denial: String,
}

pub(super) const EXAMPLES: &str = "\
Asks the running server, which alone can open the messages that it sealed: who asked, for which action on which resource, \
which layer denied, what each statement came to and where it stands in its policy, and the keys that conditions could test.

Example:
  $ linklocal explain-denial 5b0d3f6c-8d7e-4c53-9f44-3f9c9d6f0a11
  $ aws iam create-user --user-name bob 2>&1 | linklocal explain-denial -
  $ linklocal explain-denial --json AQAAAAF… | jq '.Statement'";
