//! How the endpoint is reached: deadlines, proxies, certificates.

use std::path::PathBuf;

use client::{Client, Limits, Options, Proxies, Roots};

use crate::arguments::NetworkArguments;
use crate::commands::credentials::Snapshot;

/// Bodies may be large and answers slow: a deadline for the whole is the user's to set.
pub(super) fn limits(arguments: &NetworkArguments) -> Limits {
    let mut limits = Limits::transfer();
    if let Some(connect) = arguments.connect_timeout {
        (limits.resolve, limits.connect, limits.tls) = (connect, connect, connect);
    }
    if let Some(read) = arguments.read_timeout {
        (limits.send, limits.head, limits.idle) = (read, read, read);
    }
    limits.total = arguments.max_time;
    limits
}

/// A client for one command. Nothing is set up before it is used.
pub(super) fn client(arguments: &NetworkArguments, snapshot: &Snapshot) -> Client {
    let bundle = snapshot.ca_bundle();
    let mut proxies = Proxies::from_variables(|name| snapshot.env.var(name));
    if let Some(url) = &arguments.proxy {
        proxies = proxies.through("--proxy", url);
    }
    Client::new(Options {
        tls: rustls::crypto::aws_lc_rs::default_provider,
        roots: bundle.map_or(Roots::Platform, |path| Roots::Bundle(PathBuf::from(path.value))),
        proxies,
    })
}
