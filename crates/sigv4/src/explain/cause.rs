//! The causes that are known, each with its name and its cure.

/// Why two signatures differ, or why a request was refused before signatures were compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    Method,
    PathEncoding,
    PathNormalization,
    PathEscapes,
    PathSlash,
    PathPrefix,
    QueryOrder,
    QueryEscapes,
    QueryPlus,
    QueryLeftOut,
    QueryParameter,
    QueryDuplicates,
    HostPort,
    HostCase,
    HostName,
    HeaderWhiteSpace,
    HeaderLeftOut,
    HeaderAdded,
    HeaderChanged,
    HeaderDuplicates,
    SignedHeadersList,
    TokenUnsigned,
    TokenAdded,
    TokenMissing,
    TokenChanged,
    PayloadEmpty,
    PayloadUnsigned,
    PayloadKeyword,
    PayloadLineEnds,
    PayloadNewline,
    PayloadChanged,
    PayloadHeader,
    DateHeader,
    LocalTime,
    ClockReadTwice,
    ScopeDay,
    Region,
    Service,
    CanonicalForm,
    RequestChanged,
    WrongSecret,
    SecretWhiteSpace,
    SecretQuoted,
    SecretDecoded,
    SecretCut,
    SwappedKey,
    OtherKey,
    KeyPrefix,
    KeyChain,
    SignatureForm,
    SignatureV2,
    ClockSkew,
    Expired,
    UnknownKey,
    ExpiredToken,
    InvalidToken,
    MissingAuthentication,
    IncompleteSignature,
    HeadersNotSigned,
    ScopeRefused,
    BodyHash,
    AccessDenied,
    TwoMechanisms,
}

impl Cause {
    /// A name for machines, such as `path-encoding`.
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// What to do, in one sentence.
    pub const fn cure(self) -> &'static str {
        self.row().1
    }

    /// Codes stay; the sentences may be worded anew.
    #[allow(clippy::too_many_lines, reason = "a table")]
    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::Method => (
                "method",
                "sign the method that is sent, in capitals; HEAD and GET have different signatures",
            ),
            Self::PathEncoding => (
                "path-encoding",
                "sign the path as sent for S3 and its relatives, and encode the sent path once more for every other service",
            ),
            Self::PathNormalization => (
                "path-normalization",
                "remove dot segments and doubled slashes from the path before signing for every service but S3, and leave them for S3",
            ),
            Self::PathEscapes => (
                "path-escapes",
                "percent-encode all of the path but A-Z a-z 0-9 - . _ ~ and the slashes, with capital hex digits, and send that same text",
            ),
            Self::PathSlash => ("path-slash", "sign the path with just the slashes that are sent"),
            Self::PathPrefix => (
                "path-prefix",
                "sign the path that reaches the verifier: a proxy, a stage or a bucket in the host adds or takes its first segment",
            ),
            Self::QueryOrder => (
                "query-order",
                "sort the encoded parameters by name and then by value, not the joined name=value",
            ),
            Self::QueryEscapes => (
                "query-escapes",
                "percent-encode names and values of the query, all but A-Z a-z 0-9 - . _ ~, with capital hex digits, just once",
            ),
            Self::QueryPlus => (
                "query-plus",
                "write a space in the query as %20 and a plus sign as %2B, both where it is signed and sent",
            ),
            Self::QueryLeftOut => {
                ("query-left-out", "sign the whole query, with name= for a parameter without value")
            }
            Self::QueryParameter => (
                "query-parameter",
                "sign after all parameters are in the URL, and let nothing on the way add, drop or change one",
            ),
            Self::QueryDuplicates => {
                ("query-duplicates", "sign every parameter of the query, repeated ones as well")
            }
            Self::HostPort => (
                "host-port",
                "sign the host field as it is sent: without the scheme's default port, with any other port",
            ),
            Self::HostCase => ("host-case", "write the host in lower case where it is signed and sent"),
            Self::HostName => (
                "host-name",
                "sign the host that the verifier sees, or let the proxy keep the host field (for nginx: proxy_set_header Host $http_host)",
            ),
            Self::HeaderWhiteSpace => (
                "header-white-space",
                "trim signed values and make each run of spaces inside them one space before signing",
            ),
            Self::HeaderLeftOut => {
                ("header-left-out", "sign just the fields that SignedHeaders names, each with its value")
            }
            Self::HeaderAdded => (
                "header-added",
                "sign only fields that every hop leaves alone; add all others after signing, unsigned",
            ),
            Self::HeaderChanged => (
                "header-changed",
                "leave the field unsigned, or stop the proxy or HTTP library from changing it after signing",
            ),
            Self::HeaderDuplicates => (
                "header-duplicates",
                "join the values of a repeated field with a comma, no space, in the order in which they are sent",
            ),
            Self::SignedHeadersList => {
                ("signed-headers-list", "list the signed names in lower case, sorted, joined with semicolons")
            }
            Self::TokenUnsigned => (
                "token-unsigned",
                "add the session token (x-amz-security-token) before signing, so that it is signed",
            ),
            Self::TokenAdded => (
                "token-added",
                "sign without the session token and add it afterwards only where the service wants it so (IoT WebSockets)",
            ),
            Self::TokenMissing => (
                "token-missing",
                "send the session token that was signed (x-amz-security-token); a proxy, a redirect or a copied URL dropped it",
            ),
            Self::TokenChanged => (
                "token-changed",
                "take key id, secret and session token from one and the same set of temporary credentials",
            ),
            Self::PayloadEmpty => (
                "payload-empty",
                "hash the body that is sent: read it before signing, and sign again after it changed",
            ),
            Self::PayloadUnsigned => (
                "payload-unsigned",
                "use UNSIGNED-PAYLOAD on both sides or on none: S3 takes it over TLS and in presigned URLs, other services want the hash of the body",
            ),
            Self::PayloadKeyword => (
                "payload-keyword",
                "sign the very value that is sent as x-amz-content-sha256, and frame the body as that value says",
            ),
            Self::PayloadLineEnds => (
                "payload-line-ends",
                "send the body as bytes (curl: --data-binary), so that no line end is converted",
            ),
            Self::PayloadNewline => (
                "payload-newline",
                "hash the body with the very bytes that are sent; an editor, echo or a here-document adds a line end",
            ),
            Self::PayloadChanged => (
                "payload-changed",
                "hash the body last, after it was encoded, compressed or formatted, and send those bytes",
            ),
            Self::PayloadHeader => (
                "payload-header",
                "send in x-amz-content-sha256 the same value that ends the canonical request, in lower-case hex",
            ),
            Self::DateHeader => (
                "date-header",
                "put the value of x-amz-date into the string to sign; it wins over the Date field",
            ),
            Self::LocalTime => ("local-time", "take dates in UTC, not in local time"),
            Self::ClockReadTwice => (
                "clock-read-twice",
                "read the clock once and take all dates of a signature from that instant",
            ),
            Self::ScopeDay => (
                "scope-day",
                "take the day of the credential scope, and of the signing key, from x-amz-date (yyyymmdd in UTC, calendar year)",
            ),
            Self::Region => {
                ("region", "sign for the region of the endpoint that is called (AWS_REGION, --region)")
            }
            Self::Service => (
                "service",
                "sign with the service's signing name, which is often not the first label of the host",
            ),
            Self::CanonicalForm => (
                "canonical-form",
                "end each line of the canonical request with one LF, the header block with a blank line, and the last line with nothing",
            ),
            Self::RequestChanged => (
                "request-changed",
                "compare the lines that differ: a proxy, a redirect or the HTTP library changes the request after signing",
            ),
            Self::WrongSecret => (
                "wrong-secret",
                "set the secret access key that belongs to this access key id, or make a new pair; check where each of the two comes from",
            ),
            Self::SecretWhiteSpace => (
                "secret-white-space",
                "remove the white space or line end around the secret access key where it is configured",
            ),
            Self::SecretQuoted => {
                ("secret-quoted", "remove the quotes around the secret access key where it is configured")
            }
            Self::SecretDecoded => (
                "secret-decoded",
                "copy the secret access key unchanged: no URL encoding, no escapes, with its plus signs and slashes",
            ),
            Self::SecretCut => ("secret-cut", "copy the secret access key whole; AWS's have 40 characters"),
            Self::SwappedKey => (
                "swapped-key",
                "exchange access key id and secret access key: they are in each other's place",
            ),
            Self::OtherKey => (
                "other-key",
                "use the secret of the access key id that is in the request; a secret of another key was used",
            ),
            Self::KeyPrefix => {
                ("key-prefix", "begin the derivation of the key with the text AWS4 followed by the secret")
            }
            Self::KeyChain => (
                "key-chain",
                "derive the key by four HMACs in turn: date, region, service, aws4_request, each keyed with the bytes of the one before",
            ),
            Self::SignatureForm => {
                ("signature-form", "write the signature as 64 lower-case hexadecimal digits")
            }
            Self::SignatureV2 => {
                ("signature-v2", "sign with AWS4-HMAC-SHA256; set signature version 4 (s3v4) in the client")
            }
            Self::ClockSkew => {
                ("clock-skew", "set the clock by NTP (chrony) and sign again just before sending")
            }
            Self::Expired => {
                ("expired", "make a new presigned URL, with a longer time or just before it is used")
            }
            Self::UnknownKey => (
                "unknown-key",
                "check the access key id, its partition and that it is active; a temporary id (ASIA…) needs its session token",
            ),
            Self::ExpiredToken => ("expired-token", "fetch new temporary credentials and sign again"),
            Self::InvalidToken => (
                "invalid-token",
                "send the session token whole, from the same set as key id and secret, and none with a long-term key (AKIA…)",
            ),
            Self::MissingAuthentication => (
                "missing-authentication",
                "send the Authorization field or the X-Amz-* parameters; redirects and proxies may have dropped them, or the address is no operation",
            ),
            Self::IncompleteSignature => (
                "incomplete-signature",
                "write Authorization on one line: AWS4-HMAC-SHA256, then Credential, SignedHeaders and Signature, each with its = and commas between; look for white space in the key id",
            ),
            Self::HeadersNotSigned => (
                "headers-not-signed",
                "sign host, content-md5 and every x-amz-* field that is sent, or do not send it",
            ),
            Self::ScopeRefused => (
                "scope-refused",
                "write the credential as key-id/yyyymmdd/region/service/aws4_request, for the endpoint that is called",
            ),
            Self::BodyHash => (
                "body-hash",
                "send the body that was hashed into x-amz-content-sha256, or hash the body that is sent",
            ),
            Self::AccessDenied => (
                "access-denied",
                "look at the policies: the signature itself was accepted or never looked at",
            ),
            Self::TwoMechanisms => (
                "two-mechanisms",
                "send either the Authorization field or a presigned URL; drop the other one",
            ),
        }
    }
}
