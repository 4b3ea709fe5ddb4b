//! How a request came in.

use std::net::IpAddr;

use types::Region;

/// What the connection and the header say of a request: the keys that every policy may test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// `aws:SourceIp`
    pub source_ip: IpAddr,
    /// `aws:SecureTransport`
    pub is_secure: bool,
    /// `aws:UserAgent`
    pub user_agent: Option<String>,
    /// `aws:Referer`
    pub referer: Option<String>,
    /// `aws:RequestedRegion`: of the signature's scope; `us-east-1` where nobody signed.
    pub region: Region,
}
