use super::*;
use crate::verify::{KeyRing, RingEntry};

/// The examples of AWS's own page on this version: key, secret, requests and signatures.
#[test]
fn aws_examples_hold() {
    let date = "Tue, 27 Mar 2007 19:36:42 +0000";
    let now: Timestamp = "2007-03-27T19:40:00Z".parse().unwrap();
    let host = ("Host", &b"awsexamplebucket1.us-west-1.s3.amazonaws.com"[..]);
    let get = Request {
        method: "GET",
        target: b"/photos/puppy.jpg",
        headers: &[
            host,
            ("Date", date.as_bytes()),
            ("Authorization", b"AWS AKIAIOSFODNN7EXAMPLE:qgk2+6Sv9/oM7G3qLEjTH1a1l1g="),
        ],
    };
    let put_date = b"Tue, 27 Mar 2007 21:15:45 +0000";
    let put = Request {
        method: "PUT",
        target: b"/photos/puppy.jpg",
        headers: &[
            ("Content-Type", b"image/jpeg"),
            ("Content-Length", b"94328"),
            host,
            ("Date", put_date),
            ("Authorization", b"AWS AKIAIOSFODNN7EXAMPLE:iqRzw+ileNPu1fhspnRs8nOjjIA="),
        ],
    };
    assert!(is_claimed(&get));
    let bucket = Some("awsexamplebucket1");
    let signed = verify(&get, bucket, now, &keys()).unwrap();
    assert_eq!((&*signed.access_key_id, signed.mechanism), (ID, Mechanism::Header));
    verify(&put, bucket, "2007-03-27T21:15:45Z".parse().unwrap(), &keys()).unwrap();
    let elsewhere = verify(&get, Some("other"), now, &keys()).unwrap_err();
    assert_eq!(elsewhere.code, "SignatureDoesNotMatch");
    let late = verify(&get, bucket, "2007-03-27T19:52:00Z".parse().unwrap(), &keys()).unwrap_err();
    assert_eq!(late.code, "RequestTimeTooSkewed");
}

/// Signed as boto3 signs: what stands in the query beside the signature is signed with it.
#[test]
fn urls_hold_until_they_end_and_for_what_they_say() {
    let now = Timestamp::from_secs(1_795_000_000);
    let text = "PUT\n\ntext/plain\n1795000060\nx-amz-acl:private\n/bucket/a%20key?response-content-type=a/b";
    let signature = sign(&Secret::new(SECRET.to_owned()), text.as_bytes()).replace('+', "%2B");
    let with = |end: &str, kind: &str| {
        format!(
            "/bucket/a%20key?response-content-type=a%2Fb&x-id=PutObject&AWSAccessKeyId={ID}&Signature={signature}&Expires={end}\
             &content-type={kind}&x-amz-acl=private"
        )
    };
    let check = |target: &str, now| {
        let request =
            Request { method: "PUT", target: target.as_bytes(), headers: &[("host", b"localhost")] };
        assert!(is_claimed(&request));
        verify(&request, None, now, &keys())
            .map_err(|refusal| (refusal.status, refusal.code, refusal.message))
    };
    let whole = with("1795000060", "text%2Fplain");
    assert_eq!(check(&whole, now).unwrap().mechanism, Mechanism::Query);
    for (target, now, code, message) in [
        (whole.clone(), Timestamp::from_secs(1_795_000_060), "AccessDenied", "Request has expired"),
        (with("1795000061", "text%2Fplain"), now, "SignatureDoesNotMatch", "The request signature"),
        (with("1795000060", "text%2Fhtml"), now, "SignatureDoesNotMatch", "The request signature"),
        (whole.replace("private", "public"), now, "SignatureDoesNotMatch", "The request signature"),
        (whole.replace("a%20key", "akey"), now, "SignatureDoesNotMatch", "The request signature"),
        (whole.replace(ID, "AKIAUNKNOWN"), now, "InvalidAccessKeyId", "The AWS Access Key Id"),
        (
            with("soon", "text%2Fplain"),
            now,
            "AccessDenied",
            "Invalid date (should be seconds since epoch): soon",
        ),
        (whole.replace("&Expires=", "&E="), now, "AccessDenied", "Query-string authentication requires"),
    ] {
        let (_, found, text) = check(&target, now).unwrap_err();
        assert!(found == code && text.starts_with(message), "{target}: {found} {text}");
    }
}

#[test]
fn what_is_of_version_4_is_not_claimed() {
    let asked = |target: &str, authorization: &str| {
        let headers: &[(&str, &[u8])] = &[("authorization", authorization.as_bytes())];
        is_claimed(&Request { method: "GET", target: target.as_bytes(), headers })
    };
    assert!(asked("/", "AWS a:b") && asked("/", "aws a:b") && asked("/?Signature=x", ""));
    assert!(
        !asked("/", "AWS4-HMAC-SHA256 Credential=a")
            && !asked("/?X-Amz-Algorithm=x&Signature=y", "")
            && !asked("/", "")
    );
    let broken = Request { method: "GET", target: b"/", headers: &[("authorization", b"AWS none")] };
    assert_eq!(verify(&broken, None, Timestamp::EPOCH, &keys()).unwrap_err().code, "InvalidArgument");
}

fn keys() -> KeyRing {
    KeyRing::new([RingEntry {
        access_key_id: ID.to_owned(),
        secret_access_key: Secret::new(SECRET.to_owned()),
        session_token: None,
        expires: None,
    }])
}

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
