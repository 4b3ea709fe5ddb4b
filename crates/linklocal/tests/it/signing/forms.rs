//! Forms that browsers post.

use sigv4::post::PostPolicy;
use sigv4::{AmzDate, FieldChoice, Scope, ServiceRules, SigningKey, SigningParams};
use types::Secret;

use super::{DAY, ID, SECRET, Signer};

/// A form for `bucket` that allows keys below `user/` and files of at most 10 bytes, as a request.
fn posted(target: &str, host: &str, key: &str, file: &str) -> String {
    let time = AmzDate::read(DAY.as_bytes()).unwrap().time();
    let scope = Scope::new(time, "us-east-1", "s3");
    let signing_key = SigningKey::derive(&Secret::new(SECRET.to_owned()), &scope);
    let policy = PostPolicy::new("bucket", "2013-05-24T01:00:00Z".parse().unwrap())
        .key("user/${filename}")
        .content_length(0..=10);
    let form = policy.sign(&SigningParams {
        access_key_id: ID,
        session_token: None,
        key: &signing_key,
        scope,
        time,
        rules: &ServiceRules::of("s3"),
        fields: FieldChoice::default(),
    });
    let mut body = String::new();
    for (name, value) in form.unwrap().fields {
        let value = if name == "key" { key } else { value.expose() };
        body.push_str(&format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    body.push_str(&format!(
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n{file}\r\n--B--\r\n"
    ));
    let length = body.len();
    format!(
        "POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Type: multipart/form-data; boundary=B\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

#[test]
fn forms_are_held_to_their_policy() {
    let signer = Signer::new();
    let judge = ["verify", "--at-request-time"];
    for (target, host) in
        [("/", "bucket.s3.us-east-1.amazonaws.com"), ("/bucket", "s3.us-east-1.amazonaws.com")]
    {
        let text = signer.done(&judge, posted(target, host, "user/${filename}", "hello"));
        assert!(text.starts_with("valid\n") && text.contains("in the form\n"), "{text}");
        assert!(text.contains("  body        a file of 5 bytes, within what the policy allows\n"), "{text}");
    }
    let host = "bucket.s3.us-east-1.amazonaws.com";
    let good = posted("/", host, "user/a", "hello");
    let cases = [
        (posted("/", host, "admin/a", "hello"), "AccessDenied"),
        (posted("/", host, "user/a", "far too long"), "EntityTooLarge"),
        (posted("/", &host.replace("bucket", "other"), "user/a", "hello"), "AccessDenied"),
        (good.replace("/us-east-1/", "/eu-west-1/"), "InvalidArgument"),
        (
            good.replace(
                "--B\r\nContent-Disposition: form-data; name=\"file\"",
                "--B\r\nContent-Disposition: form-data; name=\"fila\"",
            ),
            "InvalidArgument",
        ),
        (good.replacen("\r\n\r\neyJ", "\r\n\r\neYJ", 1), "SignatureDoesNotMatch"),
    ];
    for (request, code) in cases {
        let (left, line) = signer.refused(&judge, &request);
        assert!(left == 1 && line.starts_with(&format!("{code}: ")), "{code}: {line}");
    }
    let changed = good.replacen("\r\n\r\neyJ", "\r\n\r\neYJ", 1);
    let said = signer.fed(&["verify", "--at-request-time", "--explain"], changed);
    assert!(
        said.stderr
            .ends_with("hint: the secret is another one, or the policy was changed after it was signed\n"),
        "{}",
        said.stderr
    );
    let late = signer.refused(&["verify", "--date", "2013-05-24T01:00:01Z"], &good).1;
    assert_eq!(late, "AccessDenied: Invalid according to Policy: Policy expired.");
}
