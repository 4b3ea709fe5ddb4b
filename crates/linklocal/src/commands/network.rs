//! How commands reach AWS: the certificates that are trusted, the proxies on the way, whose ciphers.

use std::path::PathBuf;

use client::{Client, Options, Proxies, Roots};
use sys::Env;

/// A client that trusts the certificates of `ca_bundle`, else those of the system. Nothing is set up before it is used.
pub(super) fn client(env: &Env, ca_bundle: Option<&str>) -> Client {
    Client::new(Options {
        tls: rustls::crypto::aws_lc_rs::default_provider,
        roots: ca_bundle.map_or(Roots::Platform, |path| Roots::Bundle(PathBuf::from(path))),
        proxies: Proxies::from_variables(|name| env.var(name)),
    })
}
