//! Forms as a case writes them: `fields` (name and value, in order), `policy` (a document, as it is signed) and `file` (name and content;
//! `times` says it so often). `{auth}` among the fields stands for those of a signature, which `spoilt` spoils; `{policy}` is there for
//! all who place it themselves.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sigv4::{KeyCache, Scope};

use super::sign::sha1;
use crate::draft::Draft;
use crate::s3::{REGION, draft as draft_of};
use crate::world::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Two,
    Four,
}

/// The request that posts `form` to `/bucket`.
pub(super) fn draft(world: &World, form: &Value, version: Version) -> Draft {
    let post = draft_of(world, "POST", form["to"].as_str().unwrap_or("/bucket"))
        .with("content-type", "multipart/form-data; boundary=4a1b");
    let mut body = Vec::new();
    for (name, value) in fields(&post, form, version) {
        // Some clients call every part a file.
        let head =
            format!("--4a1b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), value.as_bytes(), b"\r\n"].concat());
    }
    let file = &form["file"];
    let (name, content) = (file[0].as_str().unwrap_or("file"), file[1].as_str().unwrap_or("bar"));
    let times = form["times"].as_u64().unwrap_or(1) as usize;
    let head =
        format!("--4a1b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    body.extend([head.as_bytes(), content.repeat(times).as_bytes(), b"\r\n--4a1b--\r\n"].concat());
    Draft { body, ..post }
}

fn fields(post: &Draft, form: &Value, version: Version) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut fields = Vec::new();
    for pair in form["fields"].as_array().unwrap() {
        if pair[0] == "{auth}" {
            fields.extend(signature(post, form, version));
        } else {
            fields.push((text(&pair[0]), text(&pair[1])));
        }
    }
    fields
}

/// The fields of a signature over the policy, and the policy.
fn signature(post: &Draft, form: &Value, version: Version) -> Vec<(String, String)> {
    let spoilt = |what: &str| form["spoilt"][what].as_str();
    let id = match spoilt("id") {
        Some("reversed") => post.access_key_id.chars().rev().collect(),
        Some(other) => other.to_owned(),
        None => post.access_key_id.clone(),
    };
    let scope = Scope::new(post.time, REGION, "s3");
    let credential = format!("{id}/20261121/{REGION}/s3/aws4_request");
    let of_v4 = [
        ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
        ("x-amz-credential", credential.as_str()),
        ("x-amz-date", "20261121T120000Z"),
    ];
    let mut document = form["policy"].clone();
    let is_four = version == Version::Four;
    if let Some(conditions) = document.get_mut("conditions").and_then(Value::as_array_mut).filter(|_| is_four)
    {
        conditions.extend(of_v4.map(|(name, value)| json!({ name: value })));
    }
    let policy = STANDARD.encode(document.to_string());
    let mut signature = match version {
        Version::Two => sha1(&post.secret, &policy),
        Version::Four => KeyCache::default().key(&post.secret, &scope).sign(policy.as_bytes()).hex(),
    };
    if spoilt("signature") == Some("reversed") {
        signature = signature.chars().rev().collect();
    }
    let mut fields = match version {
        Version::Two => vec![("AWSAccessKeyId".to_owned(), id)],
        Version::Four => of_v4.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
    };
    if spoilt("signature") != Some("missing") {
        let name = if is_four { "x-amz-signature" } else { "signature" };
        fields.push((name.to_owned(), signature));
    }
    fields.push((spoilt("policy").unwrap_or("policy").to_owned(), policy));
    fields
}
