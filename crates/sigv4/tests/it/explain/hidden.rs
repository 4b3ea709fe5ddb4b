//! No secret, token or signature of the input stands in anything that comes out.

use proptest::prelude::*;
use sigv4::explain::{self, Key, Ours, Side, Theirs, answer, redact};
use sigv4::{Payload, Request, ServiceRules};
use types::Secret;

use super::model::{Model, most};
use super::{KEY, message, s3_answer};

/// Everything that an explanation can show.
fn shown(explanation: &explain::Explanation) -> String {
    format!("{explanation}\n{explanation:?}\n{explanation:#?}")
}

fn hidden_in(text: &str, values: &[&str]) -> Result<(), TestCaseError> {
    for value in values {
        let encoded = value.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        for form in [*value, value.trim(), &encoded] {
            prop_assert!(!text.contains(form), "{form} stands in {text}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn nothing_secret_comes_out(
        secret in "[A-Za-z0-9/+]{16,40}[ \n]?",
        token in "[A-Za-z0-9/+]{24,200}={0,2}",
        cookie in "[a-z]{12,20}",
        place in 0..7_usize,
        wrong in 0..4_usize,
        answered in 0..4_usize,
    ) {
        let (mut wire, mut model) = most();
        model.secret = secret.clone().into_bytes();
        wire.header("X-Amz-Security-Token", &token);
        model.header("x-amz-security-token", &token);
        wire.header("Cookie", &cookie);
        let right = model.clone();
        match wrong {
            0 => model.path = model.path.replace("%25", "%"),
            1 => model.without("x-amz-security-token"),
            2 => model.secret = b"an altogether different secret".to_vec(),
            _ => {}
        }
        let signature = model.signature();
        wire.authorize(&right.scope.join("/"), &right.list, &signature);
        // In places where it should not be.
        match place {
            0 => wire.header("X-Copy", &secret),
            1 => wire.target = format!("/{secret}/{token}?a={token}&b={secret}").replace(['\n', ' '], ""),
            2 => wire.body = format!("{secret}{token}").into_bytes(),
            3 => wire.header("Authorization", &format!("AWS4-HMAC-SHA256 Credential={}/20261121/eu-west-1/execute-api/aws4_request, SignedHeaders=host, Signature={signature}", secret.trim())),
            4 => wire.header("Host", &token),
            5 => wire.header("X-Amz-Date", secret.trim()),
            _ => {}
        }
        let theirs = match answered {
            0 => Theirs::default(),
            1 => answer::read(s3_answer(&right, &signature).as_bytes()),
            2 => answer::read(message(&right).as_bytes()),
            _ => answer::read(format!("<Error><Code>ExpiredToken</Code><Message>{token} {secret}</Message><Token-0>{token}</Token-0></Error>").as_bytes()),
        };
        let rules = ServiceRules::of("execute-api");
        let headers: Vec<(&str, &[u8])> = wire.headers.iter().map(|(n, v)| (n.as_str(), v.as_bytes())).collect();
        let request = Request { method: &wire.method, target: wire.target.as_bytes(), headers: &headers };
        let (key, session) = (Secret::new(secret.clone()), Secret::new(token.clone()));
        let keys = [Key { access_key_id: KEY, secret: &key, session_token: Some(&session) }];
        for side in [Side::Signer, Side::Verifier] {
            let ours = Ours { side, ..Ours::sent(request, Payload::Body(&wire.body), &keys, &rules) };
            let said = explain::mismatch(&ours, &theirs);
            let text = format!("{}{ours:?}{theirs:?}{:?}", shown(&said), keys);
            hidden_in(&text, &[&secret, &token, &signature, &cookie])?;
        }
    }

    #[test]
    fn texts_lose_what_stands_beside_a_sensitive_name(
        token in "[A-Za-z0-9/+=]{20,120}",
        before in "[ -~]{0,40}",
        form in 0..8_usize,
    ) {
        let encoded = token.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let text = match form {
            0 => format!("{before}\nx-amz-security-token:{token}\nhost:h"),
            1 => format!("https://h/?X-Amz-Security-Token={encoded}&a=b"),
            2 => format!("<Token-0>{token}</Token-0>"),
            3 => format!("{{\"SessionToken\": \"{token}\"}}"),
            4 => format!("{before}\nX-Amz-Security-Token: {token}\r\nHost: h"),
            5 => format!("'x-amz-security-token:{token}\\nhost:h'"),
            6 => format!("set-cookie: {token}"),
            _ => format!("-H 'X-Amz-S3session-Token: {token}'"),
        };
        let shown = redact::text(&text);
        prop_assert!(!shown.contains(&token) && !shown.contains(&encoded), "{shown}");
        prop_assert!(shown.contains(redact::MASK));
    }

    #[test]
    fn redaction_is_stable_and_never_fails(text in ".{0,400}") {
        let once = redact::text(&text);
        prop_assert_eq!(redact::text(&once), once);
    }
}

#[test]
fn canonical_requests_are_handed_out_without_tokens() {
    let (wire, right): (_, Model) = most();
    let theirs = answer::read(message(&right).as_bytes());
    let said = super::asked(&wire, "execute-api", Side::Signer, &theirs);
    for text in [said.ours.unwrap().text, said.theirs.unwrap().text] {
        assert!(
            text.contains("x-amz-security-token:***\n") && text.contains("host:api.example.com"),
            "{text}"
        );
    }
}
