//! Signatures as a case asks for them; those of version 2, which the product verifies and never makes, are made here.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sigv4::{MAX_EXPIRES_SECS, PayloadKeyword};
use types::Secret;

use crate::draft::Draft;

/// `draft`, signed as `how` says.
pub(super) fn signed(draft: Draft, how: &str) -> Draft {
    match how.split_once(" query ") {
        Some(("v4", seconds)) => presigned(draft, seconds),
        Some(("v2", seconds)) => url_of_v2(draft, seconds.parse().unwrap()),
        _ if how == "v4" => draft.signed(),
        _ if how == "v2" => header_of_v2(draft),
        _ => draft,
    }
}

/// HMAC-SHA1, in base64.
pub(super) fn sha1(secret: &Secret<String>, text: &str) -> String {
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(secret.expose().as_bytes()).unwrap();
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// What no signer signs is signed for as long as one does, and changed then: that is refused before a signature is looked at.
fn presigned(draft: Draft, seconds: &str) -> Draft {
    let draft = Draft { keyword: Some(PayloadKeyword::Unsigned), ..draft };
    match seconds.parse() {
        Ok(valid @ 1..=MAX_EXPIRES_SECS) => draft.presigned_for(valid),
        _ => {
            let draft = draft.presigned_for(300);
            let target = draft.target.replace("X-Amz-Expires=300", &format!("X-Amz-Expires={seconds}"));
            Draft { target, ..draft }
        }
    }
}

fn header_of_v2(mut draft: Draft) -> Draft {
    let says_when = |name: &str| draft.headers.iter().any(|(held, _)| held == name);
    if !says_when("date") && !says_when("x-amz-date") {
        draft = draft.with("date", TODAY);
    }
    let dated = draft.headers.iter().any(|(name, _)| name == "x-amz-date");
    let date = if dated { String::new() } else { draft.header("date").to_owned() };
    let signature = sha1(&draft.secret, &text(&draft, &date));
    let authorization = format!("AWS {}:{signature}", draft.access_key_id);
    draft.with("authorization", &authorization)
}

fn url_of_v2(draft: Draft, seconds: i64) -> Draft {
    let end = draft.time.secs() + seconds;
    let signature = sha1(&draft.secret, &text(&draft, &end.to_string()));
    let signature = signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let joint = if draft.target.contains('?') { '&' } else { '?' };
    let target = format!(
        "{}{joint}AWSAccessKeyId={}&Signature={signature}&Expires={end}",
        draft.target, draft.access_key_id
    );
    Draft { target, ..draft }
}

/// The cases' targets have no query but what is signed with the path.
fn text(draft: &Draft, date: &str) -> String {
    let mut amz: Vec<String> = draft
        .headers
        .iter()
        .filter(|(name, _)| name.starts_with("x-amz-"))
        .map(|(name, value)| format!("{name}:{value}\n"))
        .collect();
    amz.sort();
    let (md5, kind) = (draft.header("content-md5"), draft.header("content-type"));
    format!("{}\n{md5}\n{kind}\n{date}\n{}{}", draft.method, amz.concat(), draft.target)
}

/// The time of the world, as HTTP writes it.
const TODAY: &str = "Sat, 21 Nov 2026 12:00:00 GMT";
