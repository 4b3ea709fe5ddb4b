//! `linklocal presign`.

use super::{DAY, Signer, TOKEN, opening, signature};

/// S3 API Reference, "Authenticating Requests: Using Query Parameters".
#[test]
fn the_documented_url_comes_out_as_documented() {
    let url = "https://examplebucket.s3.amazonaws.com/test.txt";
    let said = Signer::new().run(&["presign", "--expires-in", "86400", "--date", DAY, url]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    assert_eq!(
        said.stdout,
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z\
         &X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
         &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404\n"
    );
}

#[test]
fn buckets_stand_where_the_endpoint_wants_them() {
    let plain = || Signer::new().and("AWS_REGION", "eu-west-1");
    let cases: [(Signer, &[&str], &str); 13] = [
        (plain(), &["s3://bucket/key"], "https://bucket.s3.eu-west-1.amazonaws.com/key?"),
        (
            plain(),
            &["s3://bucket/a b/ü+%.txt"],
            "https://bucket.s3.eu-west-1.amazonaws.com/a%20b/%C3%BC%2B%25.txt?",
        ),
        (plain(), &["s3://my.bucket/key"], "https://s3.eu-west-1.amazonaws.com/my.bucket/key?"),
        (plain(), &["s3://Bucket_1/key"], "https://s3.eu-west-1.amazonaws.com/Bucket_1/key?"),
        (plain(), &["s3://bucket"], "https://bucket.s3.eu-west-1.amazonaws.com/?"),
        (
            plain(),
            &["s3://bucket/k", "--region", "cn-north-1"],
            "https://bucket.s3.cn-north-1.amazonaws.com.cn/k?",
        ),
        (
            plain(),
            &["s3://bucket/k", "--addressing-style", "path"],
            "https://s3.eu-west-1.amazonaws.com/bucket/k?",
        ),
        (
            plain(),
            &["s3://bucket/k", "--endpoint-url", "http://127.0.0.1:4566"],
            "http://127.0.0.1:4566/bucket/k?",
        ),
        (
            plain()
                .and("AWS_ENDPOINT_URL", "http://localhost:1")
                .and("AWS_ENDPOINT_URL_S3", "http://localhost:2/"),
            &["s3://bucket/k"],
            "http://localhost:2/bucket/k?",
        ),
        (
            plain().and("AWS_ENDPOINT_URL", "http://[::1]:9000/minio"),
            &["s3://bucket/k"],
            "http://[::1]:9000/minio/bucket/k?",
        ),
        (
            plain(),
            &["s3://bucket/k", "--endpoint-url", "http://s3.test:80", "--addressing-style", "virtual"],
            "http://bucket.s3.test/k?",
        ),
        (
            plain(),
            &["s3://bucket/k", "--endpoint-url", "https://s3.us-west-2.amazonaws.com"],
            "https://bucket.s3.us-west-2.amazonaws.com/k?",
        ),
        (
            plain(),
            &["s3://arn:aws:s3:us-east-2:123456789012:accesspoint/my-ap/a/b"],
            "https://my-ap-123456789012.s3-accesspoint.us-east-2.amazonaws.com/a/b?",
        ),
    ];
    for (signer, arguments, expected) in cases {
        let url = signer.done(&[&["presign"], arguments].concat(), "");
        assert!(url.starts_with(expected), "{arguments:?}: {url}");
        assert!(signer.done(&["verify"], opening("GET", &url)).starts_with("valid\n"), "{url}");
    }
}

#[test]
fn the_region_is_that_of_the_endpoint() {
    let signer = Signer::new().and("AWS_REGION", "eu-west-1");
    let scope = |arguments: &[&str]| {
        let object = signer.json(&[&["presign"], arguments].concat(), "");
        (object["Service"].as_str().unwrap().to_owned(), object["Region"].as_str().unwrap().to_owned())
    };
    let of = |service: &str, region: &str| (service.to_owned(), region.to_owned());
    assert_eq!(scope(&["s3://b-1/k"]), of("s3", "eu-west-1"));
    assert_eq!(scope(&["s3://b-1/k", "--endpoint-url", "http://127.0.0.1:1"]), of("s3", "eu-west-1"));
    let arn = "s3://arn:aws:s3:us-east-2:123456789012:accesspoint/my-ap/k";
    assert_eq!(scope(&[arn]), of("s3", "us-east-2"));
    assert_eq!(
        scope(&["https://polly.eu-central-1.amazonaws.com/v1/speech?Text=a"]),
        of("polly", "eu-central-1")
    );
    let object =
        signer.json(&["presign", "s3://arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap/k"], "");
    assert_eq!((object["Region"].as_str(), object["RegionSet"].as_str()), (Some("*"), Some("*")));
}

#[test]
fn other_methods_and_signed_headers_are_held_to() {
    let signer = Signer::new();
    let flags = [
        "presign",
        "s3://bucket/key",
        "-X",
        "PUT",
        "-H",
        "Content-Type: text/plain",
        "--region",
        "us-west-2",
    ];
    let url = signer.done(&flags, "");
    assert!(url.contains("X-Amz-SignedHeaders=content-type%3Bhost"), "{url}");
    let request = opening("PUT", &url);
    let with_type = request.replace("\r\n\r\n", "\r\nContent-Type: text/plain\r\n\r\n");
    assert!(signer.done(&["verify"], with_type).starts_with("valid\n"));
    let (code, first) = signer.refused(&["verify"], &request);
    assert!(code == 1 && first.starts_with("SignatureDoesNotMatch: "), "{first}");
    let (_, first) = signer.refused(
        &["verify"],
        opening("GET", &url).replace("\r\n\r\n", "\r\nContent-Type: text/plain\r\n\r\n"),
    );
    assert!(first.starts_with("SignatureDoesNotMatch: "), "{first}");
}

#[test]
fn a_url_that_outlives_its_credentials_is_warned_of() {
    let warned = |signer: Signer, expires: &str| {
        let said = signer.run(&[
            "presign",
            "s3://bucket/key",
            "--region",
            "us-east-1",
            "--date",
            DAY,
            "--expires-in",
            expires,
        ]);
        assert!(said.code == 0 && said.stdout.starts_with("https://"), "{}", said.stderr);
        said.stderr
    };
    let until = |time: &str| Signer::temporary().and("AWS_CREDENTIAL_EXPIRATION", time);
    assert_eq!(warned(Signer::new(), "604800"), "");
    assert_eq!(
        warned(Signer::temporary(), "60"),
        "warning: the credentials are temporary, and nothing says when they end: the URL ends with them, if that is sooner\n"
    );
    assert_eq!(warned(until("2013-05-24T00:30:00+00:00"), "1800"), "");
    assert_eq!(
        warned(until("2013-05-24T00:30:00Z"), "3600"),
        "warning: the credentials end at 2013-05-24T00:30:00Z, 1800 s before the URL: it ends with them\n"
    );
    assert_eq!(
        warned(until("2013-05-23T00:00:00Z"), "1"),
        "warning: the credentials ended at 2013-05-23T00:00:00Z: the URL is dead from the start\n"
    );
}

#[test]
fn the_object_and_the_steps_say_how_it_came_about() {
    let signer = Signer::temporary();
    let arguments = ["presign", "s3://bucket/key", "--region", "us-east-1", "--date", DAY];
    let object = signer.json(&[&arguments[..], &["--steps", "--explain"]].concat(), "");
    assert_eq!(object["Expiration"], "2013-05-24T01:00:00Z");
    assert_eq!(object["ExpiresIn"], 3600);
    assert_eq!(object["Method"], "GET");
    let url = object["Url"].as_str().unwrap();
    assert_eq!(object["Steps"]["Signature"], signature(url));
    assert_eq!(object["Reasons"][2]["Value"], "s3");
    assert!(
        !object["Steps"].to_string().contains(TOKEN) && !object["Steps"].to_string().contains("EXAMPLETOKEN")
    );
    let steps = signer.done(&[&arguments[..], &["--steps"]].concat(), "");
    assert!(steps.contains("&X-Amz-Security-Token=***\n") && !steps.contains("EXAMPLETOKEN"), "{steps}");
}

#[test]
fn websockets_get_their_token_where_the_service_wants_it() {
    let signer = Signer::temporary();
    let host = "a1b2c3-ats.iot.eu-west-1.amazonaws.com";
    let url = signer.done(&["presign", &format!("wss://{host}/mqtt")], "");
    assert!(url.starts_with(&format!("wss://{host}/mqtt?X-Amz-Algorithm=")), "{url}");
    assert!(url.contains("%2Feu-west-1%2Fiotdevicegateway%2F"), "{url}");
    let (signed, token) = url.split_once("&X-Amz-Signature=").unwrap();
    assert!(token.contains("&X-Amz-Security-Token=") && !signed.contains("Security-Token"), "{url}");
    let address = "wss://transcribestreaming.us-west-2.amazonaws.com:8443/stream-transcription-websocket?language-code=en-US";
    let url = signer.done(&["presign", "--service", "transcribe", address], "");
    assert!(url.contains("amazonaws.com:8443/stream") && url.contains("%2Ftranscribe%2F"), "{url}");
    assert!(signer.done(&["verify", "--service", "transcribe"], opening("GET", &url)).starts_with("valid\n"));
}

#[test]
fn what_is_signed_already_is_not_signed_twice() {
    let signer = Signer::new();
    let url = signer.done(&["presign", "https://iam.amazonaws.com/"], "");
    let said = signer.run(&["presign", url.trim_end()]);
    assert_eq!((said.code, said.stdout.as_str()), (1, ""));
    assert!(said.stderr.contains("hint: the URL bears a signature already"), "{}", said.stderr);
}
