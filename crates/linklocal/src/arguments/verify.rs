//! `linklocal verify`.

use clap::Args;

use super::signing::{Date, KeyArguments};

#[derive(Clone, Debug, Args)]
pub(crate) struct VerifyArguments {
    /// File with a captured HTTP/1.1 request or a curl command, or a presigned URL [default: stdin, which takes all three]
    #[arg(value_name = "FILE|URL")]
    pub(crate) file: Option<String>,
    /// With which method the URL is opened [default: GET]
    #[arg(short = 'X', long, alias = "request", value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// A header that is sent with the URL; may be repeated
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    pub(crate) header: Vec<String>,
    /// Signing name of the service that the endpoint is [default: what the host says, else what the request says]
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// Region that the endpoint is in [default: what the host says, else what the request says]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Judge as of this time, such as 2026-11-21T08:22:00Z or 20261121T082200Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) date: Option<Date>,
    /// Judge as of the time that the request was signed: a capture of long ago is not expired then
    #[arg(long, conflicts_with = "date")]
    pub(crate) at_request_time: bool,
    /// Refuse also what AWS may let pass: parts given twice, signed names out of order, paths that can be read in two ways
    #[arg(long)]
    pub(crate) strict: bool,
    /// On a refusal find out why, on a mismatch by recomputing; forms have hints alone
    #[arg(long)]
    pub(crate) explain: bool,
    /// Print the very answer that the service would refuse the request with
    #[arg(long)]
    pub(crate) answer_body: bool,
    #[command(flatten)]
    pub(crate) keys: KeyArguments,
}

pub(super) const EXAMPLES: &str = "\
Reads one request: signed by header, by query, by browser form, or by SigV4a, its body whole or in signed chunks. Exit \
code 0 where AWS would take the signature, 1 where not: then stderr begins with AWS's error code.

Example:
  $ linklocal verify < request.http
  $ linklocal verify --at-request-time --explain < captured-last-week.http
  $ linklocal sign --output raw GET https://iam.amazonaws.com/ | linklocal verify --json
  $ linklocal presign s3://bucket/key | linklocal verify
  $ linklocal verify -X PUT 'https://bucket.s3.amazonaws.com/key?X-Amz-Algorithm=…'
  $ linklocal verify --answer-body < request.http";
