//! `linklocal sign`.

use clap::{Args, ValueEnum};

use super::signing::{KeyArguments, ScopeArguments};

#[derive(Clone, Debug, Args)]
pub(crate) struct SignArguments {
    /// URL, or METHOD URL; without it a captured request or a curl command is read from stdin
    #[arg(value_name = "METHOD URL", num_args = 0..=2)]
    pub(crate) words: Vec<String>,
    /// A curl command, after --
    #[arg(last = true, value_name = "CURL COMMAND", conflicts_with_all = ["words", "curl"])]
    pub(crate) command: Vec<String>,
    /// A curl command as one text, as browsers copy it
    #[arg(long, value_name = "COMMAND", conflicts_with = "words")]
    pub(crate) curl: Option<String>,
    /// The method, as curl has it; the same as METHOD before the URL
    #[arg(short = 'X', long, alias = "request", value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// A header to add to the request; may be repeated
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    pub(crate) header: Vec<String>,
    /// Body, as it stands, @ too; the method becomes POST
    #[arg(short = 'd', long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) data_raw: Option<String>,
    /// File with the body, or - for stdin; the method becomes POST
    #[arg(long, value_name = "FILE", conflicts_with = "data_raw")]
    pub(crate) data_file: Option<String>,
    /// What to print
    #[arg(short, long, value_enum, default_value_t = SignedForm::Headers)]
    pub(crate) output: SignedForm,
    /// Sign UNSIGNED-PAYLOAD in place of the hash of the body, as S3 takes it over TLS
    #[arg(long, conflicts_with = "payload_hash")]
    pub(crate) unsigned_payload: bool,
    /// SHA-256 of a body that is not here, in hexadecimal, or a keyword such as STREAMING-UNSIGNED-PAYLOAD-TRAILER
    #[arg(long, value_name = "HASH", conflicts_with_all = ["data_raw", "data_file"])]
    pub(crate) payload_hash: Option<String>,
    /// Leave this header of the request unsigned, because something on the way changes it; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) no_sign_header: Vec<String>,
    /// Sign Content-Length too, which most signers leave out
    #[arg(long)]
    pub(crate) sign_content_length: bool,
    /// Take the signature off that the request bears, and sign it anew
    #[arg(long)]
    pub(crate) sign_again: bool,
    /// Show the four steps of the signature, numbered, in place of the output
    #[arg(long, conflicts_with = "output")]
    pub(crate) steps: bool,
    /// Say on stderr why this service, region, time and encoding; with --answer, why the other side refused
    #[arg(long)]
    pub(crate) explain: bool,
    /// File with the answer that refused this request, or - for stdin: finds out why the signatures differ
    #[arg(long, value_name = "FILE", requires = "explain")]
    pub(crate) answer: Option<String>,
    #[command(flatten)]
    pub(crate) scope: ScopeArguments,
    #[command(flatten)]
    pub(crate) keys: KeyArguments,
}

/// In which form a signed request is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SignedForm {
    /// The headers to add, a line each
    Headers,
    /// A curl command that sends the signed request
    Curl,
    /// The signed request as it goes over the wire
    Raw,
}

pub(super) const EXAMPLES: &str = "\
Sends nothing. What is printed holds the session token and is good for some minutes to whoever has it. Keys come from \
where the AWS CLI finds them; `linklocal credentials explain` shows the place.

Example:
  $ linklocal sign GET 'https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15'
  $ linklocal sign -o curl -- curl https://dynamodb.eu-west-1.amazonaws.com/ --json '{}' | sh
  $ linklocal sign --output raw < request.http | linklocal verify
  $ linklocal sign --steps GET https://iam.amazonaws.com/
  $ linklocal sign --explain --answer refused.xml < request.http";
