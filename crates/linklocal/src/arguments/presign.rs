//! `linklocal presign`.

use clap::Args;

use super::signing::{KeyArguments, ScopeArguments};

#[derive(Clone, Debug, Args)]
pub(crate) struct PresignArguments {
    /// s3://bucket/key, or any URL
    #[arg(value_name = "URL|S3URI")]
    pub(crate) address: String,
    /// Seconds until the URL ends, 1 to 604800; credentials that end sooner end it sooner
    #[arg(long, value_name = "SECONDS", default_value_t = 3600,
        value_parser = clap::value_parser!(u32).range(1..=604_800))]
    pub(crate) expires_in: u32,
    /// The method that the URL is good for
    #[arg(short = 'X', long, alias = "request", value_name = "METHOD", default_value = "GET")]
    pub(crate) method: String,
    /// A header that has to be sent with the URL, because it is signed; may be repeated
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    pub(crate) header: Vec<String>,
    /// Endpoint that s3:// goes to [default: $AWS_ENDPOINT_URL_S3, $AWS_ENDPOINT_URL, the profile's, that of the region]
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// Where s3:// puts the bucket: virtual (before the host) or path [default: as the AWS CLI does]
    #[arg(long, value_enum, value_name = "STYLE")]
    pub(crate) addressing_style: Option<AddressingStyle>,
    /// Show the four steps of the signature, numbered, in place of the URL
    #[arg(long)]
    pub(crate) steps: bool,
    /// Say on stderr why this service, region, time and encoding
    #[arg(long)]
    pub(crate) explain: bool,
    #[command(flatten)]
    pub(crate) scope: ScopeArguments,
    #[command(flatten)]
    pub(crate) keys: KeyArguments,
}

/// Where the name of a bucket stands (AWS CLI user guide, `s3.addressing_style`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum AddressingStyle {
    /// `bucket.s3.eu-west-1.amazonaws.com`
    Virtual,
    /// `s3.eu-west-1.amazonaws.com/bucket`
    Path,
}

pub(super) const EXAMPLES: &str = "\
Sends nothing. The URL lets whoever has it do this one thing until it ends; it ends with the credentials, too.

Example:
  $ linklocal presign s3://bucket/key
  $ curl -T report.pdf \"$(linklocal presign -X PUT --expires-in 300 s3://bucket/report.pdf)\"
  $ linklocal presign 'https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15'
  $ linklocal presign --endpoint-url http://127.0.0.1:4566 s3://bucket/key";
