//! Browser forms.

mod faults;
mod form;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use sigv4::Signature;
use sigv4::post::{FormFile, PostCaller, PostError, PostPolicy, ReceivedForm, verify};
use types::Secret;

use form::{
    BUCKET, CREDENTIAL, Form, KEY_ID, NOW, endpoint, params, ring, session_ring, signed, signing_key,
};

/// S3 API Reference, "Example: Browser-based upload using HTTP POST": the policy whose base64 and signature it prints.
const EXAMPLE: &str = concat!(
    "{ \"expiration\": \"2015-12-30T12:00:00.000Z\",\r\n  \"conditions\": [\r\n",
    "    {\"bucket\": \"sigv4examplebucket\"},\r\n    [\"starts-with\", \"$key\", \"user/user1/\"],\r\n",
    "    {\"acl\": \"public-read\"},\r\n    {\"success_action_redirect\": ",
    "\"http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html\"},\r\n",
    "    [\"starts-with\", \"$Content-Type\", \"image/\"],\r\n    {\"x-amz-meta-uuid\": \"14365123651274\"},\r\n",
    "    {\"x-amz-server-side-encryption\": \"AES256\"},\r\n    [\"starts-with\", \"$x-amz-meta-tag\", \"\"],\r\n\r\n",
    "    {\"x-amz-credential\": \"AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request\"},\r\n",
    "    {\"x-amz-algorithm\": \"AWS4-HMAC-SHA256\"},\r\n    {\"x-amz-date\": \"20151229T000000Z\" }\r\n  ]\r\n}",
);
const EXAMPLE_SIGNATURE: &str = "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e";

/// The documentation's form, in its order of fields, and the signature it prints.
#[test]
fn documented_form_verifies() {
    let policy = STANDARD.encode(EXAMPLE);
    let fields = [
        ("key", "user/user1/${filename}"),
        ("acl", "public-read"),
        ("success_action_redirect", "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"),
        ("Content-Type", "image/jpeg"),
        ("x-amz-meta-uuid", "14365123651274"),
        ("x-amz-server-side-encryption", "AES256"),
        ("X-Amz-Credential", CREDENTIAL),
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Date", "20151229T000000Z"),
        ("x-amz-meta-tag", ""),
        ("Policy", &policy),
        ("X-Amz-Signature", EXAMPLE_SIGNATURE),
    ];
    let form = signed(Form::of(&fields).file("C:\\Program Files\\photo.jpg").verify());
    assert_eq!((form.access_key_id.as_str(), form.key.as_str()), (KEY_ID, "user/user1/photo.jpg"));
    assert_eq!(form.field("CONTENT-TYPE"), Some("image/jpeg"));
    assert_eq!(form.fields.len(), 6);
    println!("POST: the documentation's signature {} holds", &EXAMPLE_SIGNATURE[..8]);
}

/// The signature of the documentation is what we make of its policy.
#[test]
fn documented_policy_is_signed_alike() {
    let signature = signing_key().sign(STANDARD.encode(EXAMPLE).as_bytes());
    assert_eq!(Signature::read(EXAMPLE_SIGNATURE.as_bytes()), Ok(signature));
}

/// Answers that S3 is known to give beside the table.
#[test]
fn other_answers_are_s3s() {
    let check = |form: Form, code, status, message: &str| {
        let error = form.verify().unwrap_err();
        assert_eq!((error.code(), error.status(), error.message().as_str()), (code, status, message));
        error.fields()
    };
    let field = |name: &'static str, value: &str| Form::good().set(name, value);
    let credential = |value: &'static str, message| {
        let form = field("x-amz-credential", value);
        assert_eq!(check(form, "InvalidArgument", 400, message)[0].1, "X-Amz-Credential");
    };
    credential(
        "/20151229/us-east-1/s3/aws4_request",
        "a non-empty Access Key (AKID) must be provided in the credential.",
    );
    credential("A/20151229//s3/aws4_request", "a non-empty region must be provided in the credential.");
    credential(
        "A/20151229/us-east-1/sts/aws4_request",
        "incorrect service \"sts\". This endpoint belongs to \"s3\".",
    );
    credential("A/20151229/us-east-1/s3/x", "incorrect terminal \"x\". This endpoint uses \"aws4_request\".");
    credential(
        "A/20151228/us-east-1/s3/aws4_request",
        "Invalid credential date. Date is not the same as X-Amz-Date.",
    );
    let message = "X-Amz-Date must be formated via ISO8601 Long format";
    let fields = check(field("x-amz-date", "2015-12-29"), "InvalidArgument", 400, message);
    assert_eq!(fields[1].1, "2015-12-29");
    let message =
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";
    check(field("x-amz-algorithm", "AWS4-ECDSA-P256-SHA256"), "InvalidRequest", 400, message);
    let v2 =
        Form::of(&[("key", "a"), ("AWSAccessKeyId", "a"), ("policy", "a"), ("signature", "a")]).file("f");
    check(v2, "InvalidRequest", 400, message);
    let unknown = field("x-amz-credential", "AKIDOTHER/20151229/us-east-1/s3/aws4_request");
    let message = "The AWS Access Key Id you provided does not exist in our records.";
    assert_eq!(
        check(unknown, "InvalidAccessKeyId", 403, message),
        [("AWSAccessKeyId", "AKIDOTHER".to_owned())]
    );
    let token = field("x-amz-security-token", "token");
    let message = "The provided token is malformed or otherwise invalid.";
    assert_eq!(check(token, "InvalidToken", 400, message), [("Token-0", "token".to_owned())]);
    let long = field("x-ignore-me", &"a".repeat(20_480));
    let message = "Your POST request fields preceeding the upload file was too large.";
    let fields = check(long, "MaxPostPreDataLengthExceeded", 400, message);
    assert_eq!(fields, [("MaxPostPreDataLengthBytes", "20480".to_owned())]);
    let many = (0..256).fold(Form::good(), |form, _| form.add("x-ignore-me", ""));
    assert_eq!(many.verify(), Err(PostError::PreDataTooLong));
    let name: &'static str = "a".repeat(1025).leak();
    assert_eq!(Form::good().file(name).verify(), Err(PostError::PreDataTooLong));
}

/// Both ends of a length are included; a length in words is a condition that fails.
#[test]
fn lengths_are_bounded() {
    let of = |range: &str, length| {
        let conditions = format!("[\"content-length-range\",{range}]");
        let form = Form::good().policy_with(&conditions);
        Form { length: Some(length), ..form }.verify().map(|_| ())
    };
    assert_eq!(of("5,10", 5), Ok(()));
    assert_eq!(of("\"5\",\"10\"", 10), Ok(()));
    let large = of("5,10", 12).unwrap_err();
    assert_eq!((large.code(), large.status()), ("EntityTooLarge", 400));
    assert_eq!(large.fields(), [("ProposedSize", "12".to_owned()), ("MaxSizeAllowed", "10".to_owned())]);
    let small = of("5,10", 1).unwrap_err();
    assert_eq!(small.message(), "Your proposed upload is smaller than the minimum allowed size");
    assert_eq!(small.fields(), [("ProposedSize", "1".to_owned()), ("MinSizeAllowed", "5".to_owned())]);
    let words = of("\"test\",\"10\"", 7).unwrap_err();
    assert_eq!(words, PostError::ConditionFailed("[\"content-length-range\", \"test\", \"10\"]".to_owned()));
    let later = Form { length: None, ..Form::good().policy_with("[\"content-length-range\",5,10]") };
    let form = signed(later.verify());
    assert_eq!(form.check_length(10), Ok(()));
    assert_eq!(form.check_length(11), Err(PostError::TooLarge { proposed: 11, most: 10 }));
}

#[test]
fn conditions_are_met_as_s3_does() {
    let with = |condition: &str, fields: &[(&'static str, &str)]| {
        let form = fields.iter().fold(Form::good(), |form, (name, value)| form.add(name, value));
        form.policy_with(condition).verify().map(|_| ())
    };
    let types = "[\"starts-with\",\"$Content-Type\",\"image/\"]";
    assert_eq!(with(types, &[("content-type", "image/png")]), Ok(()));
    assert_eq!(with(types, &[("content-type", "image/png, image/jpeg")]), Ok(()));
    assert!(with(types, &[("content-type", "image/png,text/html")]).is_err());
    assert!(with(types, &[]).is_err(), "the field is not there");
    assert_eq!(with("[\"StArTs-WiTh\",\"$X-AMZ-META-a\",\"\"]", &[("x-amz-meta-A", "é,b")]), Ok(()));
    let dollar = with("[\"eq\",\"x-amz-meta-a\",\"b\"]", &[("x-ignore-a", "")]).unwrap_err();
    assert_eq!(dollar, PostError::ConditionFailed("[\"eq\", \"x-amz-meta-a\", \"b\"]".to_owned()));
    let quoted = with("{\"Content-Disposition\":\"filename=\\\"a\\\"\"}", &[("Content-Disposition", "b")]);
    let printed = "[\"eq\", \"$Content-Disposition\", \"filename=\\\"a\\\"\"]";
    assert_eq!(quoted, Err(PostError::ConditionFailed(printed.to_owned())));
    let bucket = with("[\"starts-with\",\"$bucket\",\"sig\"]", &[("bucket", BUCKET)]);
    assert_eq!(bucket, Ok(()), "some SDKs send the bucket as a field");
    assert!(with("[\"starts-with\",\"$bucket\",\"\"]", &[("bucket", "other")]).is_err());
    let other = Form { bucket: "other", ..Form::good() }.verify().unwrap_err();
    let printed = "[\"eq\", \"$bucket\", \"sigv4examplebucket\"]";
    assert_eq!(other, PostError::ConditionFailed(printed.to_owned()));
    let none =
        Form::good().policy_of(&["[\"starts-with\",\"$key\",\"\"]", "[\"starts-with\",\"$acl\",\"\"]"]);
    assert_eq!(none.verify(), Err(PostError::ExtraField("bucket".to_owned())));
}

/// The name of the file goes where `${filename}` stands, in any field and before conditions are looked at.
#[test]
fn names_of_files_are_expanded() {
    let key = |key: &str, file: Option<&'static str>| {
        let form = Form::good().set("key", key);
        signed(Form { file: Some(file), ..form }.verify()).key
    };
    assert_eq!(key("user/${filename}", Some("a.txt")), "user/a.txt");
    assert_eq!(key("user/${filename}", Some("/home/me/a b.txt")), "user/a b.txt");
    assert_eq!(key("user/${filename}", Some("C:\\a.txt")), "user/a.txt");
    assert_eq!(key("user/${filename}", Some("dir/")), "user/");
    assert_eq!(key("user/${filename}", Some("")), "user/");
    assert_eq!(key("user/${filename}", None), "user/${filename}", "the part bears no name");
    assert_eq!(key("user/${filename}-${filename}", Some("${filename}")), "user/${filename}-${filename}");
    let other = Form::good().set("key", "${filename}").file("other.txt");
    assert!(other.verify().is_err(), "the condition is on the key as it will be");
}

#[test]
fn forms_without_signature_are_anonymous() {
    let form = Form::of(&[("key", "a-${filename}"), ("acl", "public-read")]).file("b");
    let Ok(PostCaller::Anonymous(form)) = form.verify() else { panic!("nobody signed") };
    assert_eq!((form.key.as_str(), form.fields.len()), ("a-b", 2));
    let with_policy = Form::of(&[("key", "a"), ("policy", "unread")]).file("b");
    assert_eq!(with_policy.verify(), Err(PostError::MissingField("X-Amz-Algorithm")));
    let bytes =
        ReceivedForm { fields: &[("key", b"\xff")], file: Some(FormFile { name: None, length: None }) };
    let error = verify(&bytes, &endpoint(BUCKET, NOW), &ring()).unwrap_err();
    assert_eq!(error.message(), "Malformed Unicode code sequence in the field.");
    assert_eq!(error.fields(), [("ArgumentName", "formField".to_owned())]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// A form made by us verifies, whatever its values; changed in any value that the policy names, it does not.
    #[test]
    fn made_forms_verify(
        key in "[a-zA-Z0-9 /\"\\\\é-]{1,20}",
        value in "\\PC{0,30}",
        session in any::<bool>(),
        at in any::<prop::sample::Index>(),
    ) {
        let token = Secret::new("session token".to_owned());
        let policy = PostPolicy::new(BUCKET, NOW + Duration::from_secs(60))
            .key(&format!("{key}${{filename}}"))
            .field("x-amz-meta-a", &value)
            .starts_with("Content-Type", "image/")
            .content_length(1..=100);
        let made = policy.sign(&params(session.then_some(&token))).unwrap();
        prop_assert_eq!(&made.open, &["Content-Type"]);
        let mut fields: Vec<(String, String)> =
            made.fields.iter().map(|(name, value)| (name.clone(), value.expose().clone())).collect();
        fields.insert(1, ("content-type".to_owned(), "image/png".to_owned()));
        let keys = if session { session_ring() } else { ring() };
        let check = |fields: &[(String, String)], length| {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
            let file = Some(FormFile { name: Some("f"), length: Some(length) });
            verify(&ReceivedForm { fields: &fields, file }, &endpoint(BUCKET, NOW), &keys)
        };
        let form = signed(check(&fields, 100));
        prop_assert_eq!(&form.key, &format!("{key}f"));
        let expanded = value.replace("${filename}", "f");
        prop_assert_eq!(form.field("X-Amz-Meta-A"), Some(expanded.as_str()));
        prop_assert!(check(&fields, 101).is_err());
        let at = at.index(fields.len());
        fields[at].1.insert(0, '!');
        prop_assert!(check(&fields, 1).is_err(), "{} was changed", fields[at].0);
    }

    /// No policy whatever makes it panic.
    #[test]
    fn any_policy_is_read_or_refused(policy in "\\PC{0,200}", json in any::<bool>()) {
        let policy = if json { format!("{{\"expiration\":\"2015-12-30T12:00:00Z\",\"conditions\":[{policy}]}}") } else { policy };
        let _ = Form::good().policy(&policy).verify();
    }
}
