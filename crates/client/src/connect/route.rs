//! The way of a request: directly, through a proxy that forwards it, or through a tunnel that a proxy opens.

use http::header::{CONNECTION, HOST, PROXY_AUTHORIZATION};
use http::uri::{PathAndQuery, Scheme};
use http::{HeaderValue, Request, Uri, Version};

use super::tls::Protocols;
use crate::origin;
use crate::proxy::{Proxy, bare_host};

/// A destination and what lies before it.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) https: bool,
    /// Without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) proxy: Option<Proxy>,
    pub(super) protocols: Protocols,
    key: String,
}

impl Route {
    pub(super) fn new(uri: &Uri, proxy: Option<Proxy>, protocols: Protocols) -> Self {
        let https = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if https { 443 } else { 80 });
        let mut key = origin(uri);
        if let Some(proxy) = &proxy {
            key = format!("{key} by {}", origin(&proxy.uri));
        }
        // Without TLS nobody asks which protocol it shall be.
        let protocols = if https { protocols } else { Protocols::Http1 };
        if https && protocols == Protocols::Http1 {
            key.push_str(" in HTTP/1.1");
        }
        Self { https, host: bare_host(uri), port, proxy, protocols, key }
    }

    /// Connections with the same key serve the same requests.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Whether the proxy reads the request itself.
    fn forwards(&self) -> bool {
        self.proxy.is_some() && !self.https
    }

    /// Writes the target as it stands on the wire. HTTP/1.1 (RFC 9112 section 3.2): a proxy that forwards wants the whole URL, all
    /// others the path. HTTP/2 (RFC 9113 section 8.3.1): the authority is what `Host` would say, which is what was signed.
    pub(super) fn address<B>(&self, request: &mut Request<B>, is_h2: bool) {
        if self.forwards() {
            if let Some(value) = self.proxy.as_ref().and_then(Proxy::header) {
                request.headers_mut().insert(PROXY_AUTHORIZATION, value);
            }
            return;
        }
        let target = request.uri().path_and_query().cloned();
        let target = target.unwrap_or_else(|| PathAndQuery::from_static("/"));
        if !is_h2 {
            *request.uri_mut() = Uri::from(target);
            return;
        }
        let host = request.headers_mut().remove(HOST);
        // What is about this connection is not said in HTTP/2.
        request.headers_mut().remove(CONNECTION);
        let mut parts = request.uri().clone().into_parts();
        parts.scheme = Some(Scheme::HTTPS);
        parts.authority = host.and_then(|host| host.as_bytes().try_into().ok()).or(parts.authority);
        parts.path_and_query = Some(target);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
        *request.version_mut() = Version::HTTP_2;
    }

    /// `host:port`, as CONNECT names it.
    pub(super) fn authority(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }
}

impl Proxy {
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(self.authorization.as_ref()?.expose()).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}
