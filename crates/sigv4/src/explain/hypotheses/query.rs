//! The query: its order, its escapes, and parameters that came or went after signing.

use super::{Change, Hypotheses};
use crate::explain::escape::{self, Style, encode};
use crate::explain::form::{self, Pair};
use crate::explain::{Cause, redact};

/// Single parameters beyond these are not tried one by one.
const MAX_SINGLE: usize = 128;

pub(super) fn add(made: &mut Hypotheses<'_>) {
    if made.view.query.is_empty() {
        added_parameters(made);
        return;
    }
    let pairs = form::pairs(made.view.query, false);
    order(made, &pairs);
    plus(made, &pairs);
    escapes(made, &pairs);
    left_out(made, &pairs);
    single(made, &pairs);
    duplicates(made, &pairs);
    added_parameters(made);
}

/// The query as it is on the wire, if it is the one of the line.
fn wire<'a>(made: &Hypotheses<'a>) -> Option<&'a [u8]> {
    let query = made.grounds.request?.query();
    (form::query(&form::pairs(query, true)) == made.view.query).then_some(query)
}

/// The parameters in the order of the wire; as the line has them where the wire is not known.
fn arrived(made: &Hypotheses<'_>, pairs: &[Pair]) -> Vec<Pair> {
    wire(made).map_or_else(|| pairs.to_vec(), |query| form::pairs(query, true))
}

fn order(made: &mut Hypotheses<'_>, pairs: &[Pair]) {
    let sent = arrived(made, pairs);
    let unsorted = form::joined(&form::encoded(&sent, Style::RIGHT));
    made.common(Cause::QueryOrder, "left the query unsorted", Change::Query(unsorted));
    let mut parts: Vec<Vec<u8>> = made.view.query.split(|byte| *byte == b'&').map(<[u8]>::to_vec).collect();
    parts.sort();
    let said = "sorted the query by the joined name=value";
    made.common(Cause::QueryOrder, said, Change::Query(parts.join(&b'&')));
    let sorted_by = |key: fn(&Pair) -> Pair| {
        let mut sorted = sent.clone();
        sorted.sort_by_key(key);
        form::joined(&form::encoded(&sorted, Style::RIGHT))
    };
    let decoded = sorted_by(Pair::clone);
    made.rare(Cause::QueryOrder, "sorted the query before encoding it", Change::Query(decoded));
    let names = sorted_by(|(name, _)| (name.clone(), Vec::new()));
    made.rare(Cause::QueryOrder, "sorted the query by its names alone", Change::Query(names));
    let caseless = sorted_by(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
    made.rare(Cause::QueryOrder, "sorted the query without regard to case", Change::Query(caseless));
}

fn plus(made: &mut Hypotheses<'_>, pairs: &[Pair]) {
    if let Some(query) = wire(made) {
        let literal = form::query(&form::pairs(query, false));
        made.common(Cause::QueryPlus, "took + in the query as a plus sign (%2B)", Change::Query(literal));
    }
    for (from, to, said) in [
        (&b"%20"[..], &b"+"[..], "wrote spaces of the query as +"),
        (b"%20", b"%2B", "took spaces of the query for plus signs (%2B)"),
        (b"%2B", b"%20", "took plus signs (%2B) of the query for spaces (%20)"),
        (b"%2B", b"+", "left plus signs of the query unencoded"),
    ] {
        let line = replaced(made.view.query, from, to);
        made.common(Cause::QueryPlus, said, Change::Query(line));
    }
    let style = Style { plus: true, keep: b"*", extra: b"~", ..Style::RIGHT };
    let said = "encoded the query as a form (spaces as +, * kept, ~ encoded)";
    let line = sorted(form::encoded(pairs, style));
    made.rare(Cause::QueryPlus, said, Change::Query(line));
}

fn escapes(made: &mut Hypotheses<'_>, pairs: &[Pair]) {
    let line = made.view.query;
    made.common(
        Cause::QueryEscapes,
        "wrote the query's escapes in lower case",
        Change::Query(escape::lower(line)),
    );
    for (style, said) in [
        (Style { keep: b"/", ..Style::RIGHT }, "left slashes of the query unencoded"),
        (Style { keep: b"!'()*", ..Style::RIGHT }, "left ! ' ( ) * of the query unencoded"),
        (Style { keep: b"*", extra: b"~", ..Style::RIGHT }, "left * unencoded and encoded ~ in the query"),
        (Style { extra: b"~", ..Style::RIGHT }, "encoded the tildes of the query"),
        (Style { keep: b":", ..Style::RIGHT }, "left colons of the query unencoded"),
        (Style { keep: b",", ..Style::RIGHT }, "left commas of the query unencoded"),
        (Style { keep: b"/?:@!$'()*,;", ..Style::RIGHT }, "left reserved characters of the query unencoded"),
        (
            Style { keep: b"/", lower: true, ..Style::RIGHT },
            "left slashes unencoded, with escapes in lower case",
        ),
    ] {
        made.rare(Cause::QueryEscapes, said, Change::Query(sorted(form::encoded(pairs, style))));
    }
    let again = form::encoded(&form::encoded(pairs, Style::RIGHT), Style::RIGHT);
    made.common(Cause::QueryEscapes, "encoded the query twice", Change::Query(sorted(again)));
    made.common(Cause::QueryEscapes, "took the query unencoded", Change::Query(sorted(pairs.to_vec())));
    if let Some(raw) = wire(made) {
        made.common(Cause::QueryEscapes, "took the query just as sent", Change::Query(raw.to_vec()));
        let mut parts: Vec<&[u8]> = raw.split(|byte| *byte == b'&').collect();
        parts.sort_unstable();
        let said = "took the parameters just as sent, sorted";
        made.rare(Cause::QueryEscapes, said, Change::Query(parts.join(&b'&')));
    }
    let whole = encode(line, Style::RIGHT);
    made.rare(Cause::QueryEscapes, "encoded the query as one text", Change::Query(whole));
}

fn left_out(made: &mut Hypotheses<'_>, pairs: &[Pair]) {
    made.common(Cause::QueryLeftOut, "left the query out", Change::Query(Vec::new()));
    let encoded = form::encoded(pairs, Style::RIGHT);
    let bare: Vec<Vec<u8>> = encoded
        .iter()
        .map(|(name, value)| if value.is_empty() { name.clone() } else { [&name[..], value].join(&b'=') })
        .collect();
    let said = "wrote parameters without value as name instead of name=";
    made.common(Cause::QueryLeftOut, said, Change::Query(bare.join(&b'&')));
    let valued = pairs.iter().filter(|(_, value)| !value.is_empty()).cloned().collect::<Vec<_>>();
    made.rare(Cause::QueryLeftOut, "left parameters without value out", Change::Query(form::query(&valued)));
    let is_auth = |name: &[u8]| name.get(..6).is_some_and(|head| head.eq_ignore_ascii_case(b"X-Amz-"));
    let own = pairs.iter().filter(|(name, _)| !is_auth(name)).cloned().collect::<Vec<_>>();
    made.rare(Cause::QueryLeftOut, "left the X-Amz- parameters out", Change::Query(form::query(&own)));
    let auth = pairs.iter().filter(|(name, _)| is_auth(name)).cloned().collect::<Vec<_>>();
    let said = "signed the X-Amz- parameters only; all others were added after signing";
    made.common(Cause::QueryParameter, said, Change::Query(form::query(&auth)));
}

/// Each parameter left out: it was added to the URL after signing.
fn single(made: &mut Hypotheses<'_>, pairs: &[Pair]) {
    let mut sorted = form::encoded(pairs, Style::RIGHT);
    sorted.sort();
    for (index, (name, _)) in sorted.iter().enumerate().take(MAX_SINGLE) {
        let name = String::from_utf8_lossy(name);
        if redact::is_sensitive(&name) {
            continue;
        }
        let rest =
            form::joined(sorted.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, pair)| pair));
        let said = format!("signed without the parameter {name}");
        made.push(Cause::QueryParameter, said, vec![Change::Query(rest)], index < 16);
    }
}

fn duplicates(made: &mut Hypotheses<'_>, pairs: &[Pair]) {
    let mut seen = std::collections::HashSet::new();
    let first: Vec<Pair> = pairs.iter().filter(|(name, _)| seen.insert(name.clone())).cloned().collect();
    seen.clear();
    let mut last: Vec<Pair> =
        pairs.iter().rev().filter(|(name, _)| seen.insert(name.clone())).cloned().collect();
    last.reverse();
    made.rare(
        Cause::QueryDuplicates,
        "kept only the first of repeated parameters",
        Change::Query(form::query(&first)),
    );
    made.rare(
        Cause::QueryDuplicates,
        "kept only the last of repeated parameters",
        Change::Query(form::query(&last)),
    );
}

/// Parameters of a presigned URL that were signed and are gone.
fn added_parameters(made: &mut Hypotheses<'_>) {
    if !made.grounds.is_presigned() {
        return;
    }
    let pairs = form::pairs(made.view.query, false);
    let with = |name: &[u8], value: &[u8]| {
        let mut more = pairs.clone();
        more.push((name.to_vec(), value.to_vec()));
        Change::Query(form::query(&more))
    };
    if let Some(signature) = made.grounds.sent.as_ref().and_then(|sent| sent.signature.clone()) {
        let mut line = made.view.query.to_vec();
        line.extend_from_slice(b"&X-Amz-Signature=");
        line.extend_from_slice(signature.as_bytes());
        made.rare(Cause::QueryParameter, "signed X-Amz-Signature as well", Change::Query(line));
    }
    for (name, value) in
        [("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"), ("x-id", "GetObject"), ("x-id", "PutObject")]
    {
        if pairs.iter().all(|(n, _)| n != name.as_bytes()) {
            let said = format!("signed a parameter {name}={value} that is not in the URL");
            made.rare(Cause::QueryParameter, said, with(name.as_bytes(), value.as_bytes()));
        }
    }
}

fn sorted(mut pairs: Vec<Pair>) -> Vec<u8> {
    pairs.sort();
    form::joined(&pairs)
}

fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(from) {
            out.extend_from_slice(to);
            rest = after;
        } else {
            out.push(*first);
            rest = after;
        }
    }
    out
}
