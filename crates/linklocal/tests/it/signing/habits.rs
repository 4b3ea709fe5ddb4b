//! What people type and paste out of habit: pipes between the commands, URLs, flags of curl.

use super::{DAY, Signer};

#[test]
fn what_sign_and_presign_print_is_what_verify_reads() {
    let signer = Signer::new().and("AWS_REGION", "eu-west-1");
    let judged = |stdin: &str| signer.done(&["verify", "--at-request-time"], stdin);
    let curl =
        ["sign", "--date", DAY, "-o", "curl", "--", "curl", "https://sts.amazonaws.com/?x=1", "-d", "y"];
    assert!(judged(&signer.done(&curl, "")).starts_with("valid\n"));
    let url = signer.done(&["presign", "--date", DAY, "s3://bucket/a b/ü"], "");
    assert!(judged(&url).contains("AWS4-HMAC-SHA256 in the query"));
    assert!(judged(&format!("curl '{}'", url.trim())).starts_with("valid\n"));
    signer.done(&["verify", "--at-request-time", url.trim()], "");
    let put = ["presign", "--date", DAY, "-X", "PUT", "-H", "x-amz-acl: private", "s3://bucket/key"];
    let url = signer.done(&put, "");
    let open = |more: &[&str]| signer.fed(&[&["verify", "--at-request-time"], more].concat(), &url).code;
    assert_eq!(open(&["-X", "PUT", "-H", "x-amz-acl: private"]), 0);
    assert_eq!((open(&["-X", "PUT"]), open(&["-H", "x-amz-acl: private"])), (1, 1));
    let socket =
        signer.done(&["presign", "--date", DAY, "wss://abc-ats.iot.eu-west-1.amazonaws.com/mqtt"], "");
    assert!(judged(&socket).contains("iotdevicegateway in eu-west-1"));
}

#[test]
fn habits_of_curl_are_followed_or_told() {
    let signer = Signer::new();
    let sts = "https://sts.amazonaws.com/";
    let typed = signer.done(&["sign", "--date", DAY, "PUT", sts], "");
    assert_eq!(signer.done(&["sign", "--date", DAY, "-X", "PUT", sts], ""), typed);
    assert_eq!(signer.done(&["sign", "--date", DAY, "--request", "PUT", sts], ""), typed);
    let said = signer.run(&["sign", "--date", DAY, "-d", "@body.json", sts]);
    let warning =
        "warning: the body is the text @body.json, not the file: --data-file body.json reads that\n";
    assert_eq!((said.code, said.stderr.as_str()), (0, warning));
    let said = signer.run(&[
        "sign",
        "--date",
        DAY,
        "--region",
        "eu-west-1",
        "https://b.s3.us-west-2.amazonaws.com/",
    ]);
    let warning = "warning: b.s3.us-west-2.amazonaws.com takes signatures for us-west-2, as far as is known; --region asks for one for eu-west-1\n";
    assert_eq!((said.code, said.stderr.as_str()), (0, warning));
    let refusals: [(&[&str], &str); 6] = [
        (
            &["sign", "get", sts],
            r#"error: method "get": methods are told apart by case, and this one is in capitals"#,
        ),
        (
            &["presign", "-X", "put", "s3://bucket/key"],
            r#"error: method "put": methods are told apart by case, and this one is in capitals"#,
        ),
        (&["sign", "-X", "PUT", "PUT", sts], "error: the method is given twice, with -X and before the URL"),
        (&["sign", "-X", "PUT"], "error: --method, --data-raw and --data-file go with a URL"),
        (&["sign", "GET"], "error: GET stands there without a URL"),
        (&["verify", "-X", "PUT"], "error: --method and --header go with a URL"),
    ];
    for (arguments, message) in refusals {
        assert_eq!(signer.refused(arguments, "GET / HTTP/1.1\r\n\r\n"), (2, message.to_owned()));
    }
}
