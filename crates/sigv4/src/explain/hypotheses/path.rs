//! The path: encodings, normalization, slashes, prefixes.

use super::{Change, Hypotheses};
use crate::explain::Cause;
use crate::explain::escape::{self, Style, decode, encode};
use crate::explain::form;

pub(super) fn add(made: &mut Hypotheses<'_>) {
    levels(made);
    normalization(made);
    escapes(made);
    slashes(made);
    prefixes(made);
}

const PATH: Style = Style { keep: b"/", ..Style::RIGHT };

fn levels(made: &mut Hypotheses<'_>) {
    let line = made.view.path;
    let more = encode(line, PATH);
    made.common(Cause::PathEncoding, "took the path percent-encoded once more", Change::Path(more));
    let less = decode(line, false);
    if still_encoded(&less) {
        made.common(
            Cause::PathEncoding,
            "took the path with one percent-encoding less",
            Change::Path(less.clone()),
        );
    } else {
        made.common(
            Cause::PathEscapes,
            "took the path decoded, without any escape",
            Change::Path(less.clone()),
        );
    }
    let plain = decode(&less, false);
    made.rare(Cause::PathEscapes, "took the path decoded, without any escape", Change::Path(plain));
}

/// Whether all bytes are such as an encoded path may have.
fn still_encoded(path: &[u8]) -> bool {
    path.iter().all(|b| b.is_ascii_alphanumeric() || b"-._~/%".contains(b))
}

fn normalization(made: &mut Hypotheses<'_>) {
    let line = made.view.path;
    let change = Change::Path(form::normalized(line));
    made.common(Cause::PathNormalization, "removed dot segments and doubled slashes from the path", change);
    // Another path than the line's is another cause, whatever is done to it.
    let plain = |path: &[u8]| form::normalized(&decode(&decode(path, false), false));
    let raw = made.grounds.request.map(|request| request.path());
    let Some(raw) = raw.filter(|raw| plain(raw) == plain(line)) else {
        return;
    };
    for (normalize, again, said) in [
        (false, true, "left dot segments and doubled slashes in the path"),
        (false, false, "took the path just as sent, neither normalized nor encoded once more"),
        (true, true, "normalized the path and encoded it once more"),
        (true, false, "normalized the path without encoding it once more"),
    ] {
        let cause = if again == (made.grounds.rules.path == crate::PathEncoding::Again) {
            Cause::PathNormalization
        } else {
            Cause::PathEncoding
        };
        made.common(cause, said, Change::Path(form::path(raw, normalize, again)));
    }
}

fn escapes(made: &mut Hypotheses<'_>) {
    let line = made.view.path;
    made.common(
        Cause::PathEscapes,
        "wrote the path's escapes in lower case",
        Change::Path(escape::lower(line)),
    );
    let sent = decode(line, false);
    let plain = decode(&sent, false);
    for (style, said) in STYLES {
        for bytes in [&sent, &plain] {
            let once = encode(bytes, style);
            let twice = encode(&once, PATH);
            made.rare(Cause::PathEscapes, said, Change::Path(once));
            made.rare(Cause::PathEscapes, said, Change::Path(twice));
        }
    }
    let plus = line.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect::<Vec<_>>();
    made.rare(
        Cause::PathEscapes,
        "took plus signs of the path as spaces",
        Change::Path(encode(&decode(&plus, false), PATH)),
    );
}

/// What libraries of URLs leave or encode that signatures want otherwise.
const STYLES: [(Style, &str); 7] = [
    (PATH, "decoded the path and encoded it anew"),
    (Style { keep: b"/!'()*", ..Style::RIGHT }, "left ! ' ( ) * of the path unencoded"),
    (Style { keep: b"/!$&'()*+,;=:@", ..Style::RIGHT }, "left reserved characters of the path unencoded"),
    (Style { keep: b"/:", ..Style::RIGHT }, "left colons of the path unencoded"),
    (Style { keep: b"/", extra: b"~", ..Style::RIGHT }, "encoded the tildes of the path"),
    (Style { keep: b"/", plus: true, ..Style::RIGHT }, "wrote spaces of the path as plus signs"),
    (Style::RIGHT, "encoded the slashes of the path"),
];

fn slashes(made: &mut Hypotheses<'_>) {
    let line = made.view.path;
    let mut longer = line.to_vec();
    longer.push(b'/');
    made.common(Cause::PathSlash, "added a slash to the end of the path", Change::Path(longer));
    if let Some(shorter) = line.strip_suffix(b"/") {
        made.common(Cause::PathSlash, "took the path without its last slash", Change::Path(shorter.to_vec()));
    }
    let doubled = [b"/", line].concat();
    made.rare(Cause::PathSlash, "took the path with two slashes at its beginning", Change::Path(doubled));
    if let Some(shorter) = line.strip_prefix(b"/") {
        made.rare(Cause::PathSlash, "took the path without its first slash", Change::Path(shorter.to_vec()));
    }
}

fn prefixes(made: &mut Hypotheses<'_>) {
    let line = made.view.path;
    let mut rest = line;
    for count in 1..=4 {
        let Some(at) = rest.get(1..).and_then(|after| after.iter().position(|byte| *byte == b'/')) else {
            break;
        };
        rest = rest.get(at + 1..).unwrap_or_default();
        let said =
            format!("took the path without its first {count} segment{}", if count == 1 { "" } else { "s" });
        made.common(Cause::PathPrefix, said, Change::Path(rest.to_vec()));
    }
    made.rare(Cause::PathPrefix, "took / for the path", Change::Path(b"/".to_vec()));
    bucket(made);
    if !made.view.query.is_empty() {
        let whole = [line, b"?", made.view.query].concat();
        let said = "took the query as part of the path".to_owned();
        let changes = vec![Change::Path(whole.clone()), Change::Query(Vec::new())];
        made.push(Cause::QueryLeftOut, said.clone(), changes, false);
        made.rare(Cause::QueryLeftOut, said, Change::Path(whole));
    }
}

/// S3's two styles of addresses: the bucket is in the host or in the path.
fn bucket(made: &mut Hypotheses<'_>) {
    let Some(host) = made.view.header("host") else {
        return;
    };
    let (line, host) = (made.view.path, host.to_vec());
    if let Some(at) = host.iter().position(|byte| *byte == b'.') {
        let (bucket, rest) = host.split_at(at);
        let with_bucket = [b"/", bucket, line].concat();
        let said = "took the bucket of the host as first segment of the path";
        made.common(Cause::PathPrefix, said, Change::Path(with_bucket.clone()));
        let rest = rest.get(1..).unwrap_or_default().to_vec();
        let changes = vec![Change::Path(with_bucket), Change::Header("host".to_owned(), rest.clone())];
        made.push(
            Cause::PathPrefix,
            "signed the path-style address of the bucket".to_owned(),
            changes,
            false,
        );
        made.common(
            Cause::HostName,
            "took the host without the bucket",
            Change::Header("host".to_owned(), rest),
        );
    }
    let first = line.get(1..).and_then(|rest| rest.split(|byte| *byte == b'/').next()).unwrap_or_default();
    if first.is_empty() {
        return;
    }
    let virtual_host = [first, b".", &host[..]].concat();
    let rest = line.get(first.len() + 1..).filter(|rest| !rest.is_empty()).unwrap_or(b"/").to_vec();
    let changes = vec![Change::Path(rest), Change::Header("host".to_owned(), virtual_host.clone())];
    made.push(Cause::PathPrefix, "signed the address with the bucket in the host".to_owned(), changes, false);
    made.rare(
        Cause::HostName,
        "took the host with the bucket before it",
        Change::Header("host".to_owned(), virtual_host),
    );
}
