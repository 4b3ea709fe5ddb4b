//! The way out: what an explanation holds when it is handed out.

use super::difference::{self, Compared};
use super::grounds::Grounds;
use super::redact::{self, Known};
use super::{Explanation, Ours, Text, Theirs, Verdict, Work};

impl Explanation {
    pub(super) fn blank() -> Self {
        Self {
            verdict: Verdict::Unexplained,
            summary: String::new(),
            code: None,
            proven: None,
            stated: None,
            likely: Vec::new(),
            difference: Vec::new(),
            more_differences: 0,
            excluded: Vec::new(),
            ours: None,
            theirs: None,
            work: Work::default(),
        }
    }

    pub(super) fn take_differences(&mut self, all: Vec<Compared>) {
        self.more_differences = all.len().saturating_sub(MAX_DIFFERENCES);
        self.difference = all.into_iter().take(MAX_DIFFERENCES).map(|one| one.shown).collect();
    }

    /// The last door: nothing leaves with a value that is known to be secret.
    pub(super) fn clean(&mut self, known: &Known) {
        let clean = |text: &mut String| {
            let safe = known.text(text);
            *text = difference::line(safe.as_bytes()).chars().take(MAX_SENTENCE).collect();
        };
        clean(&mut self.summary);
        self.code.iter_mut().for_each(clean);
        for finding in self.proven.iter_mut().chain(&mut self.stated).chain(&mut self.likely) {
            [&mut finding.what, &mut finding.evidence, &mut finding.cure].into_iter().for_each(clean);
        }
        for difference in &mut self.difference {
            let texts = difference.ours.iter_mut().chain(&mut difference.theirs);
            texts.chain([&mut difference.how]).for_each(|text| *text = known.text(text));
        }
    }
}

/// Everything that must not show: keys, tokens, signatures and sensitive fields, as far as they are known.
pub(super) fn known(ours: &Ours<'_>, theirs: &Theirs, grounds: &Grounds<'_>) -> Known {
    let mut values: Vec<String> = Vec::new();
    for key in ours.keys.iter().take(Ours::MAX_KEYS) {
        values.push(key.secret.expose().clone());
        values.extend(key.session_token.map(|token| token.expose().clone()));
    }
    if let Some(sent) = &grounds.sent {
        values.extend(sent.signature.clone());
        values.extend(sent.token.clone());
    }
    values.extend(theirs.signature_provided.as_ref().map(|text| text.expose().clone()));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if let Some(request) = &ours.request {
        let sensitive =
            request.headers.iter().filter(|(name, _)| redact::is_sensitive(name) && *name != "authorization");
        values.extend(sensitive.take(32).map(|(_, value)| text(value)));
    }
    if let Some(pieces) = &grounds.theirs {
        let sensitive = pieces.headers.iter().filter(|(name, _)| redact::is_sensitive(name));
        values.extend(sensitive.take(32).map(|(_, value)| text(value)));
    }
    let known = Known::new(values.iter().map(String::as_str));
    values.iter_mut().for_each(zeroize::Zeroize::zeroize);
    known
}

pub(super) fn text_of(bytes: &[u8], exact: bool, known: &Known) -> Text {
    let hash = super::view::hashed(bytes, &mut Work::default());
    let text = known.text(&String::from_utf8_lossy(bytes.get(..MAX_TEXT).unwrap_or(bytes)));
    Text { text, sha256: String::from_utf8_lossy(&lower_hex(&hash)).into_owned(), exact }
}

pub(super) fn lower_hex(bytes: &[u8; 32]) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    crate::payload::write_hex(bytes, &mut out);
    out
}

pub(super) const MAX_TEXT: usize = 64 << 10;
const MAX_DIFFERENCES: usize = 64;
const MAX_SENTENCE: usize = 600;
