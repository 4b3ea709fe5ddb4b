//! Canonical texts inside of messages, and texts that lost their shape on the way.

use sha2::{Digest as _, Sha256};
use types::Secret;

use super::{Theirs, cut};
use crate::explain::parsed;

const CANONICAL: &str = "The Canonical String for this request should have been";
const STRING_TO_SIGN: &str = "The String-to-Sign should have been";
const MAX_MESSAGE: usize = 2048;

/// Takes in an answer that is neither XML nor JSON: what a client printed, or a bare canonical request.
pub(super) fn read(text: &str, theirs: &mut Theirs) {
    let bare = text.trim_start_matches(['\n', '\r', ' ', '\t']).replace("\r\n", "\n");
    if let Some(parsed) = parsed::parse(bare.as_bytes())
        && !parsed.headers.is_empty()
    {
        theirs.take("CanonicalRequest", &bare);
        return;
    }
    // The AWS CLI and the SDKs: `An error occurred (SignatureDoesNotMatch) when calling …`.
    let code = text.split_once("error occurred (").and_then(|(_, rest)| rest.split_once(')'));
    if let Some((code, _)) = code.filter(|(code, _)| code.len() <= 128) {
        theirs.take("Code", code);
    }
    take_message(text, theirs);
}

/// Takes in a message: its sentence, and the canonical texts that some services append.
pub(super) fn take_message(message: &str, theirs: &mut Theirs) {
    let literal = !message.contains('\n') && message.contains("\\n");
    let message = if literal { unescaped(message) } else { message.to_owned() };
    let (sentence, canonical) = match message.split_once(CANONICAL) {
        Some((sentence, rest)) => (sentence, Some(rest)),
        None => (message.as_str(), None),
    };
    let (sentence, to_sign) = match canonical {
        Some(rest) => (sentence, rest.split_once(STRING_TO_SIGN)),
        None => match sentence.split_once(STRING_TO_SIGN) {
            Some((sentence, to_sign)) => (sentence, Some(("", to_sign))),
            None => (sentence, None),
        },
    };
    if let Some(canonical) = to_sign.map(|(canonical, _)| canonical).or(canonical) {
        let text = unquoted(canonical);
        if !text.is_empty() {
            theirs.take("CanonicalRequest", text);
        }
    }
    if let Some((_, to_sign)) = to_sign {
        theirs.take("StringToSign", unquoted(to_sign));
    }
    theirs.message.get_or_insert_with(|| sentence.trim().chars().take(MAX_MESSAGE).collect());
}

/// The text between the quotes of an answer; of a text that was cut, all after the first quote.
fn unquoted(text: &str) -> &str {
    let text = text.trim_start_matches([':', ' ', '\t', '\r', '\n']);
    let inside = |quote: char| {
        let inside = text.strip_prefix(quote)?;
        Some(inside.rfind(quote).map_or(inside, |end| &inside[..end]))
    };
    inside('\'').or_else(|| inside('"')).unwrap_or_else(|| text.trim_end())
}

/// `47 45 54 0a …` as bytes.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 3);
    for pair in text.split_ascii_whitespace() {
        out.push(u8::from_str_radix(pair, 16).ok().filter(|_| pair.len() == 2)?);
    }
    (!out.is_empty()).then_some(out)
}

/// `\n`, `\"`, `\/` and `\\` of a text that is no whole JSON document.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, letter == '\\') {
            (_, false) => out.push(letter),
            _ => match letters.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
        }
    }
    out
}

/// A string to sign in its four lines, whatever surrounds them.
pub(super) fn unwrapped(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    cut(&lines.join("\n"))
}

/// Brings a canonical request into the shape whose hash stands in the string to sign, if one of the usual losses explains
/// it; else leaves line ends alone repaired.
pub(super) fn mend(theirs: &mut Theirs) {
    let Some(text) = theirs.canonical_request.take() else {
        return;
    };
    let expected = theirs.string_to_sign.as_deref().and_then(hash_in);
    let is_exact = |text: &[u8]| expected.is_none_or(|hash| Sha256::digest(text)[..] == hash);
    let mended = if is_exact(text.expose()) {
        text.expose().clone()
    } else {
        let lossy = String::from_utf8_lossy(text.expose()).into_owned();
        let plain = lossy.replace("\r\n", "\n").replace('\r', "\n");
        candidates(&plain)
            .into_iter()
            .map(String::into_bytes)
            .find(|text| is_exact(text))
            .unwrap_or_else(|| plain.trim_matches('\n').as_bytes().to_vec())
    };
    theirs.canonical_request = Some(Secret::new(mended));
}

/// The hash in the last line of a string to sign.
pub(in crate::explain) fn hash_in(string_to_sign: &str) -> Option<[u8; 32]> {
    let last = string_to_sign.rsplit('\n').next()?;
    crate::Signature::read(last.as_bytes()).ok().map(|hash| *hash.as_bytes())
}

/// The text after each of the losses that terminals, mails and tickets cause.
fn candidates(text: &str) -> Vec<String> {
    let trimmed = text.trim().to_owned();
    let lines = || trimmed.lines().map(str::trim);
    let unindented = lines().collect::<Vec<_>>().join("\n");
    let with_blank = with_blank_lines(&unindented);
    let unescaped_twice = quick_xml::escape::unescape(&trimmed).map(|text| text.into_owned());
    let mut out = vec![trimmed.clone(), unindented, with_blank, unescaped(&trimmed)];
    out.extend(unescaped_twice);
    for glue in ["", " "] {
        out.push(rejoined(&trimmed, glue));
    }
    out
}

/// The empty query and the line after the block, where blank lines were dropped.
fn with_blank_lines(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let is_field =
        |line: &&str| line.split_once(':').is_some_and(|(name, _)| !name.contains(['=', '/', '&']));
    if lines.get(2).is_some_and(is_field) {
        lines.insert(2, "");
    }
    if lines.len() >= 5 {
        lines.insert(lines.len() - 2, "");
    }
    lines.join("\n")
}

/// Lines of the block that were broken by a margin: those that bear no name are glued to the one before.
fn rejoined(text: &str, glue: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut after_block = false;
    for (index, line) in text.lines().enumerate() {
        let name = line.split_once(':').map(|(name, _)| name);
        let named = name.is_some_and(|name| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
        });
        let own = index < 3 || line.is_empty() || named || after_block;
        after_block = index >= 3 && line.is_empty() || after_block && !line.is_empty();
        match out.last_mut() {
            Some(last) if !own => {
                last.push_str(glue);
                last.push_str(line);
            }
            _ => out.push(line.to_owned()),
        }
    }
    out.join("\n")
}
