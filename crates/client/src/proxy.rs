//! Which requests go through a proxy: the variables that curl, Python and Go agree on.
//!
//! Rule: loopback and link-local addresses never do, whatever the variables say: a proxy's own metadata service is
//! somebody else's identity.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::Uri;
use types::Secret;

/// Proxies by scheme of the URL that is asked, and hosts that are asked directly.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    http: Option<Result<Proxy, ProxyError>>,
    https: Option<Result<Proxy, ProxyError>>,
    except: Vec<Exception>,
}

/// A proxy that speaks HTTP.
#[derive(Clone)]
pub(crate) struct Proxy {
    pub(crate) uri: Uri,
    /// `Proxy-Authorization`, from a user name in the variable.
    pub(crate) authorization: Option<Secret<String>>,
}

/// A variable names no proxy that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {what}")]
pub struct ProxyError {
    pub variable: &'static str,
    pub what: &'static str,
}

/// A word of `NO_PROXY`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Exception {
    Everything,
    /// The host itself and all names under it.
    Domain {
        name: String,
        port: Option<u16>,
    },
    Network {
        address: IpAddr,
        bits: u8,
    },
}

impl Proxies {
    /// No proxy at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// From the environment, by a function that looks a variable up. Names in small letters come first, as everywhere;
    /// `HTTP_PROXY` in capitals counts for nothing where `REQUEST_METHOD` is set: there it is a header of a CGI request.
    pub fn from_variables<'a>(look_up: impl Fn(&str) -> Option<&'a str>) -> Self {
        let filled = |name: &'static str| {
            let value = look_up(name).map(str::trim).filter(|value| !value.is_empty())?;
            Some((name, value))
        };
        let http_capital = || filled("HTTP_PROXY").filter(|_| look_up("REQUEST_METHOD").is_none());
        let all = || filled("all_proxy").or_else(|| filled("ALL_PROXY"));
        let http = filled("http_proxy").or_else(http_capital).or_else(all);
        let https = filled("https_proxy").or_else(|| filled("HTTPS_PROXY")).or_else(all);
        let except = filled("no_proxy").or_else(|| filled("NO_PROXY")).map_or("", |(_, value)| value);
        let read = |(variable, value)| Proxy::read(variable, value);
        Self { http: http.map(read), https: https.map(read), except: exceptions(except) }
    }

    /// The proxy that a flag names in place of those of the variables; what is asked directly stays so, as curl has it.
    #[must_use]
    pub fn through(self, flag: &'static str, url: &str) -> Self {
        let proxy = Proxy::read(flag, url);
        Self { http: Some(proxy.clone()), https: Some(proxy), except: self.except }
    }

    /// The proxy through which `uri` is asked.
    pub(crate) fn of(&self, uri: &Uri) -> Result<Option<Proxy>, ProxyError> {
        let https = uri.scheme_str() == Some("https");
        let Some(proxy) = (if https { &self.https } else { &self.http }) else { return Ok(None) };
        let host = bare_host(uri);
        let port = uri.port_u16().unwrap_or(if https { 443 } else { 80 });
        if is_near(&host) || self.except.iter().any(|exception| exception.covers(&host, port)) {
            return Ok(None);
        }
        proxy.clone().map(Some)
    }
}

impl Proxy {
    fn read(variable: &'static str, value: &str) -> Result<Self, ProxyError> {
        let error = |what| ProxyError { variable, what };
        // A proxy without a scheme is HTTP, says everybody.
        let full = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
        let uri: Uri = full.parse().map_err(|_| error("is no URL like http://proxy:3128"))?;
        let authority = uri.authority().ok_or_else(|| error("names no host"))?.as_str();
        let (user, host) =
            authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        let Some(scheme @ ("http" | "https")) = uri.scheme_str() else {
            return Err(error("names a proxy that speaks neither http nor https, which is not supported"));
        };
        let bare = format!("{scheme}://{host}").parse().map_err(|_| error("names no host"))?;
        let authorization =
            user.map(|user| basic(user).ok_or_else(|| error("holds a user name that is badly encoded")));
        Ok(Self { uri: bare, authorization: authorization.transpose()? })
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", crate::origin(&self.uri))
    }
}

impl Exception {
    fn read(word: &str) -> Option<Self> {
        let word = word.trim();
        if word == "*" {
            return Some(Self::Everything);
        }
        if let Some((address, bits)) = word.split_once('/') {
            return Some(Self::Network { address: address.parse().ok()?, bits: bits.parse().ok()? });
        }
        if let Ok(address) = word.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Some(Self::Network { address, bits: 128 });
        }
        let (name, port) = match word.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok()?)),
            None => (word, None),
        };
        // An IPv6 address with a port has brackets, and is compared as it is written without them.
        let name = name.trim_matches(['[', ']']);
        let name = name.trim_start_matches('*').trim_matches('.').to_ascii_lowercase();
        (!name.is_empty()).then_some(Self::Domain { name, port })
    }

    fn covers(&self, host: &str, at: u16) -> bool {
        match self {
            Self::Everything => true,
            Self::Domain { name, port } => {
                let under = host
                    .strip_suffix(name.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
                under && port.is_none_or(|port| port == at)
            }
            Self::Network { address, bits } => {
                host.parse().is_ok_and(|host: IpAddr| same_network(host, *address, *bits))
            }
        }
    }
}

fn exceptions(text: &str) -> Vec<Exception> {
    text.split([',', ' ']).filter_map(Exception::read).collect()
}

/// `user:password` of a URL as `Proxy-Authorization` bears it.
fn basic(user: &str) -> Option<Secret<String>> {
    let decoded = Secret::new(percent_decoded(user)?);
    Some(Secret::new(format!("Basic {}", BASE64_STANDARD.encode(decoded.expose()))))
}

fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = after;
            continue;
        }
        let digits = std::str::from_utf8(after.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &after[2..];
    }
    Some(bytes)
}

/// The host in small letters, without the brackets of IPv6 and the root's dot.
pub(crate) fn bare_host(uri: &Uri) -> String {
    let host = uri.host().unwrap_or("").trim_matches(['[', ']']);
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// Whether the host is this machine, or answers for it.
fn is_near(host: &str) -> bool {
    if host == "localhost" || host.ends_with(".localhost") {
        return true;
    }
    // `::ffff:169.254.169.254` is an IPv4 address to every socket.
    match host.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => {
            address.is_loopback() || address.is_link_local() || address.is_unspecified()
        }
        Ok(IpAddr::V6(address)) => {
            let aws = [types::link_local::METADATA_V6, types::link_local::POD_IDENTITY_V6];
            address.is_loopback() || address.is_unicast_link_local() || aws.contains(&address)
        }
        Err(_) => false,
    }
}

fn same_network(one: IpAddr, other: IpAddr, bits: u8) -> bool {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            let shift = 32 - u32::from(bits).min(32);
            let cut = |address: u32| address.checked_shr(shift).unwrap_or(0);
            cut(one.to_bits()) == cut(other.to_bits())
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => {
            let shift = 128 - u32::from(bits).min(128);
            let cut = |address: u128| address.checked_shr(shift).unwrap_or(0);
            cut(one.to_bits()) == cut(other.to_bits())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(variables: &[(&str, &'static str)], url: &str) -> String {
        let proxies = Proxies::from_variables(|name| {
            variables.iter().find(|(n, _)| *n == name).map(|(_, value)| *value)
        });
        match proxies.of(&url.parse().unwrap()) {
            Ok(Some(proxy)) => crate::origin(&proxy.uri),
            Ok(None) => "direct".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn proxy_is_chosen_by_scheme_and_exceptions() {
        let set: &[(&str, &str)] = &[("HTTPS_PROXY", "http://s:1"), ("http_proxy", "h:2")];
        let sts = "https://sts.us-east-1.amazonaws.com/";
        type Case = (&'static [(&'static str, &'static str)], &'static str, &'static str);
        let cases: &[Case] = &[
            (&[], sts, "direct"),
            (set, sts, "http://s:1"),
            (set, "http://example.com/", "http://h:2"),
            (set, "http://169.254.169.254/", "direct"),
            (set, "http://[fd00:ec2::254]/", "direct"),
            (set, "http://[::ffff:169.254.169.254]/", "direct"),
            (set, "http://[::ffff:7f00:1]/", "direct"),
            (set, "https://LOCALHOST./", "direct"),
            (set, "http://127.9.9.9:1338/", "direct"),
            (&[("https_proxy", "a:1"), ("HTTPS_PROXY", "b:1")], sts, "http://a:1"),
            (&[("https_proxy", ""), ("ALL_PROXY", "https://c:1")], sts, "https://c:1"),
            (&[("HTTP_PROXY", "a:1"), ("REQUEST_METHOD", "GET")], "http://x/", "direct"),
            (
                &[("https_proxy", "socks5://a:1")],
                sts,
                "https_proxy names a proxy that speaks neither http nor https, which is not supported",
            ),
            (&[("https_proxy", "a:1"), ("no_proxy", "*")], sts, "direct"),
            (&[("https_proxy", "a:1"), ("no_proxy", "x, .amazonaws.com")], sts, "direct"),
            (&[("https_proxy", "a:1"), ("NO_PROXY", "AMAZONAWS.com")], sts, "direct"),
            (&[("https_proxy", "a:1"), ("NO_PROXY", "onaws.com")], sts, "http://a:1"),
            (&[("https_proxy", "a:1"), ("NO_PROXY", "amazonaws.com:80")], sts, "http://a:1"),
            (&[("https_proxy", "a:1"), ("NO_PROXY", "10.0.0.0/8")], "https://10.1.2.3/", "direct"),
            (&[("https_proxy", "a:1"), ("NO_PROXY", "10.0.0.1")], "https://10.0.0.2/", "http://a:1"),
            (&[("https_proxy", "a:1"), ("NO_PROXY", "10.0.0.1:8443")], "https://10.0.0.1:8443/", "direct"),
            (&[("https_proxy", "a:1"), ("NO_PROXY", "10.0.0.1:8443")], "https://10.0.0.1/", "http://a:1"),
            (&[("https_proxy", "a:1"), ("NO_PROXY", "2001:db8::/32")], "https://[2001:db8::1]/", "direct"),
            (
                &[("https_proxy", "a:1"), ("NO_PROXY", "[2001:db8::1]:443")],
                "https://[2001:db8::1]/",
                "direct",
            ),
            (&[("https_proxy", "a:1"), ("NO_PROXY", "*.amazonaws.com")], sts, "direct"),
            (&[("https_proxy", "a:1"), ("NO_PROXY", "x *")], sts, "direct"),
        ];
        for (variables, url, expected) in cases {
            assert_eq!(chosen(variables, url), *expected, "{variables:?} {url}");
        }
    }

    #[test]
    fn user_of_the_proxy_goes_into_a_header_and_not_into_debug() {
        let proxy = Proxy::read("https_proxy", "http://us%65r:p%40ss@proxy:3128").unwrap();
        assert_eq!(proxy.authorization.as_ref().unwrap().expose(), "Basic dXNlcjpwQHNz");
        assert_eq!(format!("{proxy:?}"), "Proxy(http://proxy:3128)");
    }
}
