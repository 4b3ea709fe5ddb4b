//! The mismatches that are made on purpose, each with the cause that must be proven.

use sigv4::explain::Cause;

use super::model::{KEY, Model, Wire, hex};

/// What is done to the wire after signing, and to the model before.
pub(crate) type Wrong = fn(&mut Wire, &mut Model);

pub(crate) struct Case {
    pub(crate) cause: Cause,
    pub(crate) s3: bool,
    pub(crate) wrong: Wrong,
}

impl Case {
    pub(crate) const fn service(&self) -> &'static str {
        if self.s3 { "s3" } else { "execute-api" }
    }
}

const fn at_most(cause: Cause, wrong: Wrong) -> Case {
    Case { cause, s3: false, wrong }
}

const fn at_s3(cause: Cause, wrong: Wrong) -> Case {
    Case { cause, s3: true, wrong }
}

/// The model is the signer's text; the wire is what arrives. Where the wire changes too, the right text changes with it.
pub(crate) fn cases() -> Vec<Case> {
    use Cause::*;
    let mut all = Vec::new();
    all.extend(method_and_path());
    all.extend(query());
    all.extend(headers());
    all.extend(payload());
    all.extend([
        at_most(ScopeDay, |_, m| m.scope_part(0, "20261122")),
        at_most(ScopeDay, |_, m| m.key_scope[0] = "20261120".to_owned()),
        at_most(ScopeDay, |_, m| m.scope_part(0, "2026-11-21")),
        at_most(ScopeDay, |_, m| m.scope_part(0, "20271121")),
        at_most(LocalTime, |_, m| m.date = "20261121T135200Z".to_owned()),
        at_most(LocalTime, |_, m| {
            m.date = "20261120T222200Z".to_owned();
            m.scope_part(0, "20261120");
        }),
        at_most(ClockReadTwice, |_, m| m.date = "20261121T082201Z".to_owned()),
        at_most(Region, |_, m| m.scope_part(1, "us-east-1")),
        at_most(Region, |_, m| m.key_scope[1] = "cn-northwest-1".to_owned()),
        at_most(Region, |_, m| m.scope_part(1, "auto")),
        at_most(Service, |_, m| m.scope_part(2, "apigateway")),
        at_most(Service, |_, m| m.key_scope[2] = "lambda".to_owned()),
        at_s3(Service, |_, m| m.scope_part(2, "s3express")),
        at_most(KeyChain, |_, m| m.key_scope[3] = "aws4-request".to_owned()),
        at_most(KeyPrefix, |_, m| m.prefix = ""),
        at_most(KeyChain, |_, m| m.chain = |key| hex(key).into_bytes()),
        at_most(SecretWhiteSpace, |_, m| m.secret.push(b'\n')),
        at_most(SecretWhiteSpace, |_, m| m.secret.extend(b"\r\n")),
        at_most(SecretWhiteSpace, |_, m| m.secret.push(b' ')),
        at_most(SecretWhiteSpace, |_, m| m.secret.insert(0, b' ')),
        at_most(SecretQuoted, |_, m| m.secret = [b"\"", &m.secret[..], b"\""].concat()),
        at_most(SecretDecoded, |_, m| m.secret = plus_as_space(&m.secret)),
        at_most(SecretDecoded, |_, m| {
            m.secret = String::from_utf8_lossy(&m.secret).replace('/', "%2F").replace('+', "%2B").into()
        }),
        at_most(SecretDecoded, |_, m| {
            m.secret = String::from_utf8_lossy(&m.secret).replace('/', "\\/").into()
        }),
        at_most(SecretCut, |_, m| m.secret.truncate(39)),
        at_most(SecretCut, |_, m| m.secret = m.secret[1..].to_vec()),
        at_most(SwappedKey, |_, m| m.secret = KEY.into()),
    ]);
    all
}

fn plus_as_space(secret: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(secret).replace('+', " ").into_bytes()
}

fn method_and_path() -> Vec<Case> {
    use Cause::*;
    vec![
        at_s3(Method, |_, m| m.method = "GET".to_owned()),
        at_most(Method, |_, m| m.method = "post".to_owned()),
        at_most(PathEncoding, |_, m| m.path = "/stage/a%20b/c%3Ad/%7Bx%7D".to_owned()),
        at_s3(PathEncoding, |_, m| m.path = "/photos/a%2520b//c/../d%253Ae".to_owned()),
        at_s3(PathNormalization, |_, m| m.path = "/photos/a%20b/d%3Ae".to_owned()),
        at_most(PathNormalization, |w, m| {
            w.target = "/stage//a/./b?x=1".to_owned();
            (m.path, m.query) = ("/stage//a/./b".to_owned(), "x=1".to_owned());
        }),
        at_s3(PathEscapes, |_, m| m.path = m.path.replace("%3A", "%3a")),
        at_s3(PathEscapes, |_, m| m.path = m.path.replace("%3A", ":")),
        at_s3(PathEscapes, |_, m| m.path = m.path.replace("%20", "+")),
        at_s3(PathEscapes, |_, m| m.path = "/photos/a b//c/../d:e".to_owned()),
        at_most(PathSlash, |_, m| m.path.push('/')),
        at_most(PathPrefix, |_, m| m.path = m.path.replace("/stage", "")),
        at_s3(PathPrefix, |_, m| m.path = format!("/bucket{}", m.path)),
        at_s3(PathPrefix, |_, m| {
            m.path = format!("/bucket{}", m.path);
            m.header("host", "s3.eu-west-1.amazonaws.com");
        }),
    ]
}

fn query() -> Vec<Case> {
    use Cause::*;
    vec![
        at_most(QueryOrder, |_, m| m.query = "b=1&a=x%20y%2Bz&a-1=%2F&flag=&c=~%2A".to_owned()),
        at_most(QueryOrder, |_, m| m.query = "a-1=%2F&a=x%20y%2Bz&b=1&c=~%2A&flag=".to_owned()),
        at_most(QueryPlus, |_, m| m.query = m.query.replace("%20", "+")),
        at_most(QueryPlus, |_, m| m.query = m.query.replace("%2B", "%20")),
        at_most(QueryPlus, |w, m| {
            w.target = "/?a=x+y".to_owned();
            (m.path, m.query) = ("/".to_owned(), "a=x%2By".to_owned());
        }),
        at_most(QueryEscapes, |_, m| {
            m.query = m.query.replace("%2B", "%2b").replace("%2F", "%2f").replace("%2A", "%2a")
        }),
        at_most(QueryEscapes, |_, m| m.query = m.query.replace("%2F", "/")),
        at_most(QueryEscapes, |_, m| m.query = m.query.replace("%2A", "*")),
        at_most(QueryEscapes, |_, m| m.query = m.query.replace('~', "%7E")),
        at_most(QueryEscapes, |_, m| m.query = m.query.replace('%', "%25")),
        at_most(QueryEscapes, |w, m| {
            w.target = "/?a=%2Fb&c=%28".to_owned();
            (m.path, m.query) = ("/".to_owned(), "a=/b&c=(".to_owned());
        }),
        at_most(QueryLeftOut, |_, m| m.query = String::new()),
        at_most(QueryLeftOut, |_, m| m.query = m.query.replace("flag=", "flag")),
        at_most(QueryParameter, |w, _| {
            w.target.push_str("&utm_source=mail");
        }),
        at_most(QueryDuplicates, |w, m| {
            w.target = "/?a=1&a=2&b=3&b=4".to_owned();
            (m.path, m.query) = ("/".to_owned(), "a=1&b=3".to_owned());
        }),
    ]
}

fn headers() -> Vec<Case> {
    use Cause::*;
    vec![
        at_most(HostPort, |_, m| m.header("host", "api.example.com:443")),
        at_most(HostPort, |w, m| {
            w.header("Host", "api.example.com:8080");
            m.header("host", "api.example.com");
        }),
        at_most(HostCase, |w, _| w.header("Host", "API.Example.com")),
        at_most(HostName, |w, _| {
            w.header("X-Forwarded-Host", "api.example.com");
            w.header("Host", "10.0.0.7:8080");
        }),
        at_most(HeaderWhiteSpace, |_, m| m.header("x-amz-meta-words", "two   words")),
        at_most(HeaderWhiteSpace, |_, m| m.header("x-amz-meta-words", "  two   words ")),
        at_most(HeaderWhiteSpace, |w, m| {
            w.header("X-Amz-Meta-Words", "two\t words");
            m.header("x-amz-meta-words", "two\t words");
        }),
        at_most(HeaderLeftOut, |_, m| m.without("content-type")),
        at_most(HeaderAdded, |_, m| m.header("user-agent", "model/1")),
        at_most(HeaderChanged, |_, m| m.header("accept-encoding", "identity")),
        at_most(HeaderChanged, |_, m| m.header("content-type", "application/json; charset=utf-8")),
        at_most(HeaderChanged, |_, m| m.header("content-type", "")),
        at_most(HeaderDuplicates, |w, m| {
            w.headers.push(("x-amz-meta-words".to_owned(), "more".to_owned()));
            m.header("x-amz-meta-words", "two words, more");
        }),
        at_most(SignedHeadersList, |_, m| {
            m.headers = m.headers.iter().map(|(name, value)| (titled(name), value.clone())).collect();
        }),
        at_most(TokenUnsigned, |_, m| m.without("x-amz-security-token")),
        at_most(TokenMissing, |w, _| w.headers.retain(|(name, _)| name != "X-Amz-Security-Token")),
        at_most(TokenChanged, |w, _| w.header("X-Amz-Security-Token", "another+token/of-another/session")),
        at_most(TokenChanged, |w, m| {
            w.header("X-Amz-Security-Token", "another%2Btoken%2Fwritten");
            m.header("x-amz-security-token", "another+token/written");
        }),
        at_most(CanonicalForm, |_, m| m.blank = ""),
        at_most(CanonicalForm, |_, m| m.last = "\n"),
        at_most(CanonicalForm, |_, m| (m.line_end, m.blank) = ("\r\n", "\r\n")),
        at_most(DateHeader, |w, m| {
            w.header("Date", "Sat, 21 Nov 2026 08:22:09 GMT");
            m.date = "20261121T082209Z".to_owned();
        }),
    ]
}

fn titled(name: &str) -> String {
    let word = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

fn payload() -> Vec<Case> {
    use Cause::*;
    vec![
        at_most(PayloadEmpty, |_, m| m.body("")),
        at_most(PayloadUnsigned, |_, m| m.payload = "UNSIGNED-PAYLOAD".to_owned()),
        at_most(PayloadKeyword, |_, m| m.payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD".to_owned()),
        at_most(PayloadNewline, |w, m| m.body(&w.body[..w.body.len() - 1])),
        at_most(PayloadNewline, |w, m| m.body([&w.body[..], b"\n"].concat())),
        at_most(PayloadLineEnds, |w, m| m.body(String::from_utf8_lossy(&w.body).replace("\r\n", "\n"))),
        at_most(PayloadLineEnds, |w, m| {
            w.body = b"one\ntwo\nthree".to_vec();
            m.body("one\r\ntwo\r\nthree");
        }),
        at_most(PayloadChanged, |_, m| m.body("{\"name\":\"a b\",\"list\":[1,2]}")),
        at_most(PayloadHeader, |_, m| m.payload = m.payload.to_ascii_uppercase()),
        at_most(PayloadChanged, |w, m| {
            w.body = b"aGVsbG8=".to_vec();
            m.body("hello");
        }),
        at_most(PayloadChanged, |w, m| {
            w.header("Content-Length", "5");
            w.body = b"hello world".to_vec();
            m.body("hello");
        }),
        at_s3(PayloadUnsigned, |_, m| m.payload = "UNSIGNED-PAYLOAD".to_owned()),
    ]
}

/// Two at once.
pub(crate) fn pairs() -> [(Wrong, [Cause; 2]); 8] {
    use Cause::*;
    [
        (
            |_, m| {
                m.path = m.path.replace("%25", "%");
                m.query = m.query.replace("%20", "+");
            },
            [PathEncoding, QueryPlus],
        ),
        (
            |_, m| {
                m.header("host", "api.example.com:443");
                m.body("");
            },
            [HostPort, PayloadEmpty],
        ),
        (
            |_, m| {
                m.without("x-amz-security-token");
                m.scope_part(1, "us-east-1");
            },
            [TokenUnsigned, Region],
        ),
        (
            |_, m| {
                m.scope_part(1, "us-east-1");
                m.scope_part(2, "lambda");
            },
            [Region, Service],
        ),
        (
            |_, m| {
                m.secret.push(b'\n');
                m.scope_part(1, "eu-central-1");
            },
            [SecretWhiteSpace, Region],
        ),
        (
            |_, m| {
                m.path = m.path.replace("%25", "%");
                m.payload = "UNSIGNED-PAYLOAD".to_owned();
            },
            [PathEncoding, PayloadUnsigned],
        ),
        (
            |_, m| {
                m.header("accept-encoding", "identity");
                m.header("content-type", "");
            },
            [HeaderChanged, HeaderChanged],
        ),
        (
            |_, m| {
                m.scope_part(0, "20261120");
                m.header("host", "api.example.com:443");
            },
            [HostPort, ScopeDay],
        ),
    ]
}
