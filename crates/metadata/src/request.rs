//! What the metadata service looks at in a request.

/// A request, borrowed from the connection.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub method: Method,
    /// The request target as it came: origin form or absolute form, undecoded.
    pub target: &'a str,
    /// `X-aws-ec2-metadata-token`
    pub token: Field<'a>,
    /// `X-aws-ec2-metadata-token-ttl-seconds`
    pub token_ttl: Field<'a>,
    /// Whether `X-Forwarded-For` is there, with whatever value.
    pub forwarded: bool,
    /// Whether it arrived at an IPv6 address.
    pub over_ipv6: bool,
}

/// The methods that the service tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Head,
    Put,
    Options,
    /// Any other; refused alike.
    Other,
}

/// A header field that may stand once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field<'a> {
    Absent,
    /// Its value, optional white space at both ends removed (RFC 9110 section 5.5).
    One(&'a [u8]),
    /// Two or more field lines of this name.
    Repeated,
}
