//! Fields: the host, white space, fields left out, added or changed on the way.

use super::{Change, Hypotheses, field_values};
use crate::WhiteSpace;
use crate::explain::difference::without_port;
use crate::explain::{Cause, form, redact};

/// Fields beyond these are not tried one by one.
const MAX_SINGLE: usize = 256;

pub(super) fn add(made: &mut Hypotheses<'_>) {
    host(made);
    white_space(made);
    repeated(made);
    left_out(made);
    added(made);
    changed(made);
    block(made);
}

fn host(made: &mut Hypotheses<'_>) {
    let Some(host) = made.view.header("host").map(<[u8]>::to_vec) else {
        return;
    };
    let set = |value: Vec<u8>| Change::Header("host".to_owned(), value);
    let bare = without_port(&host).to_vec();
    if bare.len() < host.len() {
        made.common(Cause::HostPort, "took the host without its port", set(bare.clone()));
    }
    let default = [&b":443"[..], b":80"].into_iter();
    for port in default.chain([b":8080", b":8443", b":9000", b":4566"].map(|port| &port[..])) {
        let said = format!("took the host with the port {}", String::from_utf8_lossy(port));
        let value = [&bare[..], port].concat();
        made.push(Cause::HostPort, said, vec![set(value)], port.len() < 5);
    }
    let lower = host.to_ascii_lowercase();
    made.common(Cause::HostCase, "took the host in lower case", set(lower));
    let raw = made.grounds.request.and_then(|request| request.header("host"));
    if let Some(raw) = raw.filter(|raw| raw.eq_ignore_ascii_case(&host)) {
        made.common(Cause::HostCase, "took the host as sent", set(raw.to_vec()));
    }
    made.rare(Cause::HostCase, "took the host in capitals", set(host.to_ascii_uppercase()));
    made.rare(Cause::HostName, "took an empty host", set(Vec::new()));
    for other in field_values::other_hosts(made.grounds, &host) {
        let said = format!("took the host {}", String::from_utf8_lossy(&other));
        made.common(Cause::HostName, said, set(other));
    }
}

type Fields = Vec<(String, Vec<u8>)>;

/// What the rule on white space is, and what it was taken for. Only the request as sent has white space to tell.
fn white_space(made: &mut Hypotheses<'_>) {
    let Some(request) = made.grounds.request else {
        return;
    };
    let mut blocks: [(&str, Fields); 4] = [
        ("left white space inside of header values as sent", Vec::new()),
        ("left white space around and inside of header values as sent", Vec::new()),
        ("took only spaces, not tabs, for white space in header values", Vec::new()),
        ("took tabs for white space in header values", Vec::new()),
    ];
    for (name, value) in request.headers.iter().take(MAX_SINGLE) {
        let name = name.to_ascii_lowercase();
        let single = request.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(&name)).count() == 1;
        let same = |seen: &[u8]| {
            form::value(seen, WhiteSpace::SpaceAndTab) == form::value(value, WhiteSpace::SpaceAndTab)
        };
        if !single || name == "host" || !made.view.header(&name).is_some_and(same) {
            continue;
        }
        let forms = [
            value.trim_ascii().to_vec(),
            value.to_vec(),
            form::value(value, WhiteSpace::Space),
            form::value(value, WhiteSpace::SpaceAndTab),
        ];
        for ((said, block), value) in blocks.iter_mut().zip(forms) {
            let said = format!("{said} ({name})");
            made.common(Cause::HeaderWhiteSpace, said, Change::Header(name.clone(), value.clone()));
            block.push((name.clone(), value));
        }
    }
    for (said, fields) in blocks {
        let altered =
            |(name, value): &(String, Vec<u8>)| made.view.header(name).is_some_and(|v| v != &value[..]);
        let changes: Vec<Change> =
            fields.into_iter().filter(altered).map(|(name, value)| Change::Header(name, value)).collect();
        if changes.len() > 1 {
            made.push(Cause::HeaderWhiteSpace, said.to_owned(), changes, false);
        }
    }
}

fn repeated(made: &mut Hypotheses<'_>) {
    let Some(request) = made.grounds.request else {
        return;
    };
    let names: Vec<&str> = made.view.headers.iter().map(|(name, _)| *name).collect();
    for name in names {
        let all = request.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        let values: Vec<Vec<u8>> =
            all.take(64).map(|(_, value)| form::value(value, made.grounds.rules.white_space)).collect();
        if values.len() < 2 || made.view.header(name) != Some(&values.join(&b',')) {
            continue;
        }
        let mut sorted = values.clone();
        sorted.sort();
        let mut reversed = values.clone();
        reversed.reverse();
        let lines = values.join(&[&b"\n"[..], name.as_bytes(), b":"].concat()[..]);
        for (value, said) in [
            (values.join(&b", "[..]), "joined the values of a repeated field with comma and space"),
            (sorted.join(&b','), "sorted the values of a repeated field"),
            (reversed.join(&b','), "took the values of a repeated field in reverse"),
            (values.first().cloned().unwrap_or_default(), "took only the first value of a repeated field"),
            (values.last().cloned().unwrap_or_default(), "took only the last value of a repeated field"),
            (lines, "wrote a line for each value of a repeated field"),
        ] {
            made.rare(
                Cause::HeaderDuplicates,
                format!("{said} ({name})"),
                Change::Header(name.to_owned(), value),
            );
        }
    }
}

fn is_token(name: &str) -> bool {
    name.ends_with("-token") && redact::is_sensitive(name)
}

/// Each signed field left out: by the signer, though the list names it, or because a hop added it.
fn left_out(made: &mut Hypotheses<'_>) {
    let names: Vec<String> = made.view.names.iter().take(MAX_SINGLE).map(|name| (*name).to_owned()).collect();
    let fragile = |name: &str| name.starts_with("x-forwarded-") || field_values::FRAGILE.contains(&name);
    for name in names.iter().filter(|name| !is_token(name)) {
        let common = fragile(name) || names.len() <= 16;
        let said = format!("signed without the field {name}");
        made.push(Cause::HeaderLeftOut, said, vec![Change::Without(name.clone())], common);
        let said = format!("listed {name} as signed without signing its value");
        made.push(Cause::HeaderLeftOut, said, vec![Change::WithoutValue(name.clone())], false);
        if made.view.header(name).is_none() {
            let said = format!("signed {name} with an empty value");
            made.push(Cause::HeaderChanged, said, vec![Change::Header(name.clone(), Vec::new())], true);
        }
    }
    let without = |keep: &dyn Fn(&str) -> bool| -> Vec<Change> {
        names.iter().filter(|name| !keep(name)).map(|name| Change::Without(name.clone())).collect()
    };
    let few = without(&|name| matches!(name, "host" | "x-amz-date"));
    made.push(Cause::HeaderLeftOut, "signed only host and x-amz-date".to_owned(), few, false);
    let host = without(&|name| name == "host");
    made.push(Cause::HeaderLeftOut, "signed only host".to_owned(), host, false);
    let amz = without(&|name| name == "host" || name.starts_with("x-amz-"));
    made.push(Cause::HeaderLeftOut, "signed only host and the x-amz- fields".to_owned(), amz, false);
    let steady = without(&|name| !fragile(name));
    made.push(
        Cause::HeaderLeftOut,
        "signed without the fields that proxies add or change".to_owned(),
        steady,
        true,
    );
}

/// Fields of the request that are not listed as signed.
fn added(made: &mut Hypotheses<'_>) {
    let Some(request) = made.grounds.request else {
        return;
    };
    for (name, value) in request.headers.iter().take(MAX_SINGLE) {
        let name = name.to_ascii_lowercase();
        let listed = made.view.names.contains(&name.as_str());
        if !listed && name != "authorization" && !is_token(&name) {
            let said = format!("signed the field {name} as well, which SignedHeaders does not name");
            let value = form::value(value, made.grounds.rules.white_space);
            made.common(Cause::HeaderAdded, said, Change::Header(name, value));
        }
    }
}

/// Fields whose other values are known: what libraries send and hops make of them.
fn changed(made: &mut Hypotheses<'_>) {
    let names: Vec<String> = made.view.names.iter().take(MAX_SINGLE).map(|name| (*name).to_owned()).collect();
    for name in names {
        let value = made.view.header(&name).unwrap_or_default().to_vec();
        // Both values are known: they are told together.
        if made.other.and_then(|other| other.header(&name)).is_some_and(|other| other != &value[..]) {
            continue;
        }
        for other in field_values::of(&name, &value, made.grounds.body) {
            let said = match std::str::from_utf8(&other) {
                Ok("") => format!("signed {name} with an empty value"),
                Ok(text) => format!("signed {name}: {text}"),
                Err(_) => format!("signed another value of {name}"),
            };
            made.common(Cause::HeaderChanged, said, Change::Header(name.clone(), other));
        }
        if !redact::is_sensitive(&name) {
            let lower = value.to_ascii_lowercase();
            let said = format!("signed the value of {name} in lower case");
            made.rare(Cause::HeaderChanged, said, Change::Header(name.clone(), lower));
        }
    }
}

/// The block and the list as wholes.
fn block(made: &mut Hypotheses<'_>) {
    let view = made.view;
    if let Some(sent) = &made.grounds.sent {
        let list = sent.list.clone().into_bytes();
        made.rare(
            Cause::SignedHeadersList,
            "took the list of signed names as sent, unsorted or in capitals",
            Change::List(list),
        );
        let in_order: Vec<(String, Vec<u8>)> =
            sent.names.iter().filter_map(|name| Some((name.clone(), view.header(name)?.to_vec()))).collect();
        let said = "wrote the fields in the order of the list, unsorted".to_owned();
        let unsorted = !sent.names.is_sorted();
        if unsorted {
            let change = Change::Block(in_order, sent.names.clone());
            made.push(Cause::SignedHeadersList, said, vec![change], false);
        }
    }
    if let Some(request) = made.grounds.request {
        let as_sent = |name: &str| {
            let sent = request.headers.iter().map(|(n, _)| *n).find(|n| n.eq_ignore_ascii_case(name));
            sent.unwrap_or(name).to_owned()
        };
        let fields: Vec<(String, Vec<u8>)> =
            view.headers.iter().map(|(name, value)| (as_sent(name), value.to_vec())).collect();
        let names: Vec<String> = view.names.iter().map(|name| (*name).to_owned()).collect();
        if fields.iter().any(|(name, _)| !names.contains(name)) {
            let said = "wrote names of fields as sent instead of in lower case";
            let listed = fields.iter().map(|(name, _)| name.clone()).collect();
            made.rare(Cause::SignedHeadersList, said, Change::Block(fields.clone(), names));
            made.rare(Cause::SignedHeadersList, said, Change::Block(fields, listed));
        }
        let mut arrived = view.headers.clone();
        let place = |name: &str| request.headers.iter().position(|(n, _)| n.eq_ignore_ascii_case(name));
        arrived.sort_by_key(|(name, _)| place(name));
        if arrived != view.headers {
            let fields: Vec<(String, Vec<u8>)> =
                arrived.iter().map(|(n, v)| ((*n).to_owned(), v.to_vec())).collect();
            let sorted = view.names.iter().map(|name| (*name).to_owned()).collect();
            let listed = fields.iter().map(|(name, _)| name.clone()).collect();
            let said = "wrote the fields in the order in which they are sent, unsorted";
            made.rare(Cause::SignedHeadersList, said, Change::Block(fields.clone(), sorted));
            made.rare(Cause::SignedHeadersList, said, Change::Block(fields, listed));
        }
    }
}
