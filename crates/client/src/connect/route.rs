//! The way of a request: directly, through a proxy that forwards it, or through a tunnel that a proxy opens.

use bytes::Bytes;
use http::Uri;
use http::header::PROXY_AUTHORIZATION;
use http::{HeaderValue, uri::PathAndQuery};

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
    key: String,
}

impl Route {
    pub(super) fn new(uri: &Uri, proxy: Option<Proxy>) -> Self {
        let https = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if https { 443 } else { 80 });
        let key = match &proxy {
            Some(proxy) => format!("{} by {}", origin(uri), origin(&proxy.uri)),
            None => origin(uri),
        };
        Self { https, host: bare_host(uri), port, proxy, key }
    }

    /// Connections with the same key serve the same requests.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Whether the proxy reads the request itself.
    fn forwards(&self) -> bool {
        self.proxy.is_some() && !self.https
    }

    /// The request with the target that stands on its first line (RFC 9112 section 3.2): a proxy that forwards wants the whole
    /// URL, all others the path.
    pub(super) fn as_sent(&self, mut request: http::Request<Bytes>) -> http::Request<Bytes> {
        if self.forwards() {
            if let Some(value) = self.proxy.as_ref().and_then(Proxy::header) {
                request.headers_mut().insert(PROXY_AUTHORIZATION, value);
            }
            return request;
        }
        let target = request.uri().path_and_query().cloned();
        *request.uri_mut() = Uri::from(target.unwrap_or_else(|| PathAndQuery::from_static("/")));
        request
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
