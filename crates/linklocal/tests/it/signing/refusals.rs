//! Wrong input: exact errors, exit codes, and nothing secret.

use super::verify::chunked;
use super::{DAY, ID, SECRET, Signer, TOKEN};

#[test]
fn wrong_usage_is_2_and_says_what_to_do() {
    let iam = "https://iam.amazonaws.com/";
    let cases: [(&[&str], &str); 26] = [
        (&["sign", "ftp://x/"], "error: URL, column 1: "),
        (&["sign", "https://iam.amazonaws.com/a b"], "error: URL, column 28: "),
        (&["sign", "https://u:p@iam.amazonaws.com/"], "error: the URL holds a name or a password before @"),
        (&["sign", iam, "GET"], "error: URL, column 1: "),
        (&["sign", "curl", iam], "error: a curl command comes after --"),
        (&["sign", "--", "wget", iam], "error: what follows -- is not a curl command"),
        (&["sign", "-d", "x"], "error: --method, --data-raw and --data-file go with a URL"),
        (&["sign", "--data", "x", iam], "error: --data is the data directory of a server"),
        (&["sign", iam, "-H", "no-colon"], "error: --header: what is typed is not NAME: VALUE"),
        (&["sign", iam, "-H", "na me: x"], "error: --header: what is typed is not NAME: VALUE"),
        (
            &["sign", iam, "--payload-hash", "abc"],
            "error: --payload-hash is neither 64 hexadecimal digits nor a keyword",
        ),
        (&["sign", iam, "--region", ""], "error: the region of the scope is empty; name it"),
        (&["sign", iam, "--service", "a/b"], "error: the service of the scope holds '/'"),
        (&["sign", iam, "--no-sign-header", "host"], "error: the header host must be signed"),
        (&["sign", iam, "--date", "yesterday"], "error: invalid value 'yesterday' for '--date <TIME>'"),
        (
            &["sign", iam, "--date", "19691231T235959Z"],
            "error: invalid value '19691231T235959Z' for '--date <TIME>'",
        ),
        (
            &["sign", iam, "--date", DAY, "--clock-offset", "5m"],
            "error: the argument '--date <TIME>' cannot be used with",
        ),
        (&["sign", "http://127.0.0.1/"], "error: the host 127.0.0.1 does not say which service it is"),
        (
            &["sign", "https://b.s3.amazonaws.com/", "--sigv4a", "--region-set", "a b"],
            "error: --region-set: ",
        ),
        (
            &["sign", iam, "--access-key-id", "AKIDEXAMPLE"],
            "error: --access-key-id is there without --secret-access-key",
        ),
        (&["sign", "--explain", "--answer", "-"], "error: stdin cannot hold both the request and the answer"),
        (&["presign", "s3://b/k"], "error: \"s3://b/k\": \"b\" cannot be the name of a bucket"),
        (
            &["presign", "s3://bucket/k", "--expires-in", "0"],
            "error: invalid value '0' for '--expires-in <SECONDS>'",
        ),
        (
            &["presign", "s3://bucket/k", "--expires-in", "604801"],
            "error: invalid value '604801' for '--expires-in <SECONDS>'",
        ),
        (
            &["presign", "s3://bucket/k", "--region", "nowhere"],
            "error: --region: \"nowhere\" is not the name of a region",
        ),
        (
            &["presign", "s3://bucket/k", "--endpoint-url", "127.0.0.1:9000"],
            "error: --endpoint-url: URL, column 1: ",
        ),
    ];
    hold_to(&cases);
}

/// Runs each command: exit code 2, the message, and what to do.
fn hold_to(cases: &[(&[&str], &str)]) {
    let signer = Signer::new();
    for (arguments, expected) in cases {
        let said = signer.run(arguments);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{arguments:?}: {}", said.stderr);
        let errors: Vec<&str> = said.stderr.lines().filter(|line| !line.starts_with("warning: ")).collect();
        assert!(errors[0].starts_with(expected), "{arguments:?}: {}", said.stderr);
        assert!(errors.len() > 1, "{arguments:?} says not what to do: {}", said.stderr);
    }
}

#[test]
fn keys_that_cannot_be_right_are_named_and_not_shown() {
    let of = |id: &str, secret: &str| {
        Signer::with(&[("AWS_ACCESS_KEY_ID", id), ("AWS_SECRET_ACCESS_KEY", secret)])
    };
    let spaced = format!("{SECRET} ");
    let cases = [
        (of("", ""), "error: there is no key: "),
        (of(ID, ""), "error: AWS_ACCESS_KEY_ID is there without AWS_SECRET_ACCESS_KEY"),
        (of("", SECRET), "error: AWS_SECRET_ACCESS_KEY is there without AWS_ACCESS_KEY_ID"),
        (of(ID, &spaced), "error: AWS_SECRET_ACCESS_KEY has white space around it"),
        (of(ID, &format!("{SECRET}\r")), "error: AWS_SECRET_ACCESS_KEY ends in a line end"),
        (of(ID, &format!("\"{SECRET}\"")), "error: AWS_SECRET_ACCESS_KEY has quotes around it"),
        (of(&format!("'{ID}'"), SECRET), "error: AWS_ACCESS_KEY_ID has quotes around it"),
        (of("AKIA/x", SECRET), "error: AWS_ACCESS_KEY_ID holds what no access key id does"),
        (of("AKIÄ", SECRET), "error: AWS_ACCESS_KEY_ID holds what no access key id does"),
        (of(SECRET, ID), "error: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are swapped"),
        (
            of(ID, SECRET).and("AWS_SESSION_TOKEN", &format!("{TOKEN}\n")),
            "error: AWS_SESSION_TOKEN ends in a line end",
        ),
        (
            of("", "").and("AWS_PROFILE", "dev"),
            "error: there is no key: AWS_PROFILE names the profile \"dev\"",
        ),
    ];
    for (signer, expected) in cases {
        for command in
            [&["sign", "https://iam.amazonaws.com/"][..], &["presign", "https://iam.amazonaws.com/"]]
        {
            let said = signer.run(command);
            assert_eq!((said.code, said.stdout.as_str()), (1, ""), "{expected}: {}", said.stderr);
            assert!(said.stderr.starts_with(expected), "{expected}: {}", said.stderr);
            assert!(
                said.stderr.contains("\nhint: ") && !said.stderr.contains("EXAMPLETOKEN"),
                "{}",
                said.stderr
            );
        }
    }
    let said = Signer::new().run(&["sign", "--profile", "dev", "https://iam.amazonaws.com/"]);
    let expected = "error: there is no key: --profile names the profile \"dev\"";
    assert!(said.stderr.starts_with(expected), "a profile that was typed beats variables: {}", said.stderr);
    let variables = Signer::new().and("AWS_PROFILE", "dev");
    assert_eq!(variables.run(&["sign", "https://iam.amazonaws.com/"]).code, 0, "keys beat AWS_PROFILE");
}

#[test]
fn keys_that_aws_will_refuse_are_warned_of() {
    let url = "https://iam.amazonaws.com/";
    let temporary =
        Signer::with(&[("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", SECRET)]);
    assert!(
        temporary
            .run(&["sign", url])
            .stderr
            .starts_with("warning: the key is a temporary one and there is no session token")
    );
    let left_over = Signer::new().and("AWS_SESSION_TOKEN", TOKEN);
    assert!(
        left_over
            .run(&["sign", url])
            .stderr
            .starts_with("warning: the key is a long-term one and there is a session token")
    );
}

#[test]
fn hostile_requests_end_in_one_error() {
    let signer = Signer::new();
    let head = "GET / HTTP/1.1\r\nHost: iam.amazonaws.com\r\n";
    let long = "x".repeat(70_000);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"".to_vec(), "stdin holds no request"),
        (b"\r\n \r\n".to_vec(), "stdin holds no request"),
        (b"GET\r\n\r\n".to_vec(), "stdin: line 1, column "),
        (format!("{head}X: {long}\r\n\r\n").into(), "stdin: line "),
        (format!("GET /?{long} HTTP/1.1\r\nHost: iam.amazonaws.com\r\n\r\n").into(), "stdin: line "),
        ([head.as_bytes(), b"X: a\0b\r\n\r\n"].concat(), "stdin: line 3, column "),
        ([head.as_bytes(), b"X y: a\r\n\r\n"].concat(), "stdin: line 3, column "),
        (format!("{head}Host: sts.amazonaws.com\r\n\r\n").into(), "stdin: line 3, column "),
        (format!("{head}Content-Length: 99999999999999999999\r\n\r\n").into(), "stdin: line 3, column "),
        (format!("{head}Content-Length: 5\r\n\r\nabc").into(), "stdin: line 5, column "),
        (format!("{head}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n").into(), "stdin: line "),
    ];
    for (request, expected) in cases {
        for command in [&["sign"][..], &["verify"]] {
            let said = signer.fed(command, &request);
            let first = said.stderr.lines().next().unwrap_or_default();
            assert_eq!((said.code, said.stdout.as_str()), (1, ""), "{first}");
            assert!(first.starts_with(&format!("error: {expected}")), "{expected}: {first}");
        }
    }
    let (_, first) = signer.refused(&["sign"], "GET / HTTP/1.1\r\n\r\n");
    assert_eq!(first, "error: the request names no host");
    let many: String = (0..300).map(|n| format!("X-{n}: 1\r\n")).collect();
    assert_eq!(
        signer.refused(&["sign"], format!("{head}{many}\r\n")).1,
        "error: there are 302 headers to sign; the limit is 256"
    );
    let tab = signer.refused(&["sign"], format!("{head}X: a\tb\r\n\r\n"));
    assert!(tab.1.contains("holds a tab between words"), "{}", tab.1);
    let signed = signer.done(&["sign", "-o", "raw"], format!("{head}\r\n"));
    let twice = signer.refused(&["sign"], &signed).1;
    assert!(twice.contains("bears x-amz-date already"), "{twice}");
    let binary = [b"GET /\xff\xfe HTTP/1.1\r\nHost: iam.amazonaws.com\r\n\r\n".as_slice()].concat();
    assert!([0, 1].contains(&signer.fed(&["sign"], binary).code));
}

#[test]
fn broken_signatures_are_refused_with_a_code() {
    let signer = Signer::new();
    let good = signer.done(&["sign", "-o", "raw", "https://bucket.s3.amazonaws.com/key"], "");
    let cases = [
        (good.replace("Signature=", "Signature=g"), "SignatureDoesNotMatch"),
        (good.replace("X-Amz-Date: 2", "X-Amz-Date: 3"), "RequestTimeTooSkewed"),
        (good.replace("X-Amz-Date: 2", "X-Amz-Date: x"), "AccessDenied"),
        (good.replace("/us-east-1/", "//"), "AuthorizationHeaderMalformed"),
        (good.replace("Signature=", "Signature=ä"), "SignatureDoesNotMatch"),
        (good.replace("X-Amz-Content-Sha256: ", "X-Amz-Content-Sha256: z"), "InvalidArgument"),
        (good.replace("SignedHeaders=", &format!("SignedHeaders={}", "a;".repeat(300))), ""),
    ];
    for (request, code) in cases {
        let (left, line) = signer.refused(&["verify"], &request);
        assert!(left == 1 && line.starts_with(code) && line.contains(": "), "{code}: {line}");
    }
    let url = signer.done(&["presign", "s3://bucket/key", "--region", "us-east-1"], "");
    let opened = |url: &str| super::opening("GET", url);
    let cases = [
        (url.replace("Expires=3600", "Expires=604801"), "AuthorizationQueryParametersError"),
        (url.replace("Expires=3600", "Expires=99999999999999999999"), "AuthorizationQueryParametersError"),
        (url.replace("Expires=3600", "Expires=-1"), "AuthorizationQueryParametersError"),
        (url.replace("SignedHeaders=host", "SignedHeaders="), ""),
        (url.replace("Credential=AKIA", "Credential=%zz"), ""),
    ];
    for (url, code) in cases {
        let (left, line) = signer.refused(&["verify"], opened(&url));
        assert!(left == 1 && line.starts_with(code) && line.contains(": "), "{code}: {line}");
    }
}

#[test]
fn truncated_chunk_streams_are_never_valid() {
    let signer = Signer::new();
    let good = chunked(&signer, &[&[b'a'; 8192], b"the rest"]);
    let text = String::from_utf8(good).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let cut = |to: usize| {
        let head = head.replace(&format!("Content-Length: {}", body.len()), &format!("Content-Length: {to}"));
        format!("{head}\r\n\r\n{}", &body[..to])
    };
    for to in [0, 10, 85, 8192, body.len() - 100, body.len() - 90, body.len() - 5] {
        let (left, line) = signer.refused(&["verify", "--at-request-time"], cut(to));
        assert!(left == 1 && line.starts_with("IncompleteBody: "), "{to}: {line}");
    }
    let overflow = text.replacen("2000;chunk", "ffffffffffffffffff;chunk", 1);
    let overflow = overflow
        .replace(&format!("Content-Length: {}", body.len()), &format!("Content-Length: {}", body.len() + 14));
    let (_, line) = signer.refused(&["verify", "--at-request-time"], overflow);
    assert!(line.starts_with("IncompleteBody: ") || line.starts_with("InvalidChunkSizeError: "), "{line}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let signer = Signer::new();
    for arguments in [&["sign", "https://iam.amazonaws.com/"][..], &["presign", "https://iam.amazonaws.com/"]]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = signer.world.command(arguments);
        command.envs(signer.variables.iter().map(|(name, value)| (name, value)));
        let output = command.stdout(writer).output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{arguments:?}");
    }
}

#[test]
fn answers_of_the_other_side_are_explained() {
    let signer = Signer::new();
    signer.world.write(
        "skewed.xml",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>RequestTimeTooSkewed</Code><Message>The difference between the \
         request time and the current time is too large.</Message><RequestTime>20130524T000000Z</RequestTime><ServerTime>\
         2013-05-24T01:00:00Z</ServerTime><MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds></Error>",
    );
    let url = "https://bucket.s3.amazonaws.com/key";
    let explain = ["sign", "--explain", "--answer", "skewed.xml"];
    let text = signer.done(&[&explain[..], &["--date", DAY, url]].concat(), "");
    assert!(text.contains("[clock-skew]"), "{text}");
    let raw = signer.done(&["sign", "--date", DAY, "-o", "raw", url], "");
    let object = signer.json(&explain, &raw);
    assert_eq!(object["Stated"]["Cause"], "clock-skew", "{object}");
    assert_eq!(signer.refused(&["sign", "--explain", "--answer", "none.xml", url], "").0, 1);
    for page in ["", "<html><head><title>502</title></head><body>Bad Gateway</body></html>"] {
        signer.world.write("page.xml", page);
        let (_, line) = signer.refused(&["sign", "--explain", "--answer", "page.xml", url], "");
        assert_eq!(line, "error: page.xml holds no answer that is known");
    }
    signer
        .world
        .write("denied.xml", "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>");
    let text = signer.done(&["sign", "--explain", "--answer", "denied.xml", "--date", DAY, url], "");
    assert!(text.starts_with("stated: this is not about the signature, but about policies"), "{text}");
}
