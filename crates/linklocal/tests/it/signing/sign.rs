//! `linklocal sign`.

use super::{DAY, ID, SECRET, Signer, TEMPORARY, TOKEN, signature};

/// Examples of the S3 API Reference, "Signature Calculations for the Authorization Header", and of the IAM User Guide of old.
#[test]
fn documented_examples_come_out_as_documented() {
    let bucket = "https://examplebucket.s3.amazonaws.com";
    let cases: [(&[&str], &str); 4] = [
        (
            &["GET", "/test.txt", "-H", "Range: bytes=0-9"],
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            &[
                "PUT",
                "/test%24file.text",
                "-H",
                "Date: Fri, 24 May 2013 00:00:00 GMT",
                "-H",
                "x-amz-storage-class: REDUCED_REDUNDANCY",
                "-d",
                "Welcome to Amazon S3.",
            ],
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (&["GET", "/?lifecycle"], "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        (
            &["GET", "/?max-keys=2&prefix=J"],
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ];
    let signer = Signer::new();
    for (typed, expected) in cases {
        let url = format!("{bucket}{}", typed[1]);
        let mut arguments = vec!["sign", "--date", DAY, typed[0], &url];
        arguments.extend(&typed[2..]);
        assert_eq!(signature(&signer.done(&arguments, "")), expected, "{typed:?}");
    }
}

#[test]
fn flags_beat_the_environment_and_both_sign_alike() {
    let url = "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08";
    let keys =
        ["--access-key-id", "AKIDEXAMPLE", "--secret-access-key", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"];
    let type_header = ["-H", "Content-Type: application/x-www-form-urlencoded; charset=utf-8"];
    let arguments =
        [&["sign", "--date", "2015-08-30T12:36:00Z", "GET", url], &keys[..], &type_header].concat();
    let documented = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
    assert_eq!(signature(&Signer::new().done(&arguments, "")), documented);
    let bare = Signer::with(&[]);
    assert_eq!(signature(&bare.done(&arguments, "")), documented);
}

#[test]
fn every_form_of_input_gives_the_same_signature() {
    let signer = Signer::new();
    let url = "https://abc123.execute-api.eu-west-1.amazonaws.com/v1/items?b=2&a=1";
    let date = ["--date", DAY];
    let body = r#"{"a":"it's"}"#;
    let typed = [
        &["sign", "POST", url, "-d", body, "-H", "Accept: */*", "-H", "Content-Type: application/json"],
        &date[..],
    ];
    let expected = signature(&signer.done(&typed.concat(), "")).to_owned();

    let words = ["curl", "-s", "-X", "POST", url, "-H", "Content-Type: application/json", "--data-raw", body];
    let after = [&["sign"], &date[..], &["--"], &words[..]].concat();
    assert_eq!(signature(&signer.done(&after, "")), expected, "after --");

    let line =
        format!("curl '{url}' -H 'content-type: application/json' --data-raw '{{\"a\":\"it'\\''s\"}}'");
    assert_eq!(
        signature(&signer.done(&[&["sign", "--curl", &line], &date[..]].concat(), "")),
        expected,
        "--curl"
    );
    assert_eq!(signature(&signer.done(&[&["sign"], &date[..]].concat(), &line)), expected, "curl on stdin");

    let raw = format!(
        "POST /v1/items?b=2&a=1 HTTP/1.1\r\nHost: abc123.execute-api.eu-west-1.amazonaws.com\r\nAccept: */*\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert_eq!(signature(&signer.done(&[&["sign"], &date[..]].concat(), &raw)), expected, "captured");

    signer.world.write("body.json", body);
    let file = [&["sign", url, "--data-file", "body.json"], &typed[0][5..], &date[..]].concat();
    assert_eq!(signature(&signer.done(&file, "")), expected, "--data-file");
    let stdin = [&["sign", url, "--data-file", "-"], &typed[0][5..], &date[..]].concat();
    assert_eq!(signature(&signer.done(&stdin, body)), expected, "--data-file -");
    let curl = [&["sign"], &date[..], &["--"], &words[..7], &["--data-binary", "@body.json"]].concat();
    assert_eq!(signature(&signer.done(&curl, "")), expected, "@file of curl");
    let curl = [&["sign"], &date[..], &["--"], &words[..7], &["--data-binary", "@-"]].concat();
    assert_eq!(signature(&signer.done(&curl, body)), expected, "@- of curl");
}

#[test]
fn every_form_of_output_verifies() {
    let signer = Signer::temporary();
    let request =
        ["PUT", "https://bucket.s3.eu-west-1.amazonaws.com/a%20b", "-d", "it's", "-H", "x-amz-meta-a:  b  c"];
    let typed = [&["sign", "--date", DAY], &request[..]].concat();
    let judge = ["verify", "--date", DAY];

    let raw = signer.done(&[&typed[..], &["--output", "raw"]].concat(), "");
    assert!(signer.done(&judge, &raw).starts_with("valid\n"));

    let headers = signer.done(&typed, "");
    let by_hand = format!(
        "PUT /a%20b HTTP/1.1\r\nHost: bucket.s3.eu-west-1.amazonaws.com\r\nx-amz-meta-a:  b  c\r\nContent-Length: 4\r\n{}\r\nit's",
        headers.replace('\n', "\r\n")
    );
    assert!(signer.done(&judge, &by_hand).starts_with("valid\n"));

    let curl = signer.done(&[&typed[..], &["-o", "curl"]].concat(), "");
    assert_eq!(signature(&curl), signature(&raw));
    let again = signer.done(&["sign", "--sign-again", "--date", DAY, "-o", "raw"], &curl);
    assert_eq!(signature(&again), signature(&raw));

    let object = signer.json(&[&typed[..], &["-o", "raw"]].concat(), "");
    assert_eq!(object["Signature"], signature(&raw));
    assert_eq!(object["Headers"]["X-Amz-Security-Token"], TOKEN);
    assert_eq!(object["Region"], "eu-west-1");
    assert_eq!(object["CredentialScope"], "20130524/eu-west-1/s3/aws4_request");
}

#[test]
fn the_payload_is_what_was_asked_for() {
    let signer = Signer::new();
    let url = "https://bucket.s3.eu-west-1.amazonaws.com/key";
    let signed = |flags: &[&str]| signer.done(&[&["sign", "--date", DAY, "PUT", url], flags].concat(), "");
    let body = signed(&["-d", "hello"]);
    let hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    assert!(body.contains(hash), "{body}");
    assert_eq!(signature(&signed(&["--payload-hash", hash])), signature(&body));
    assert!(signed(&["--unsigned-payload"]).contains("X-Amz-Content-Sha256: UNSIGNED-PAYLOAD\n"));
    let trailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    assert!(signed(&["--payload-hash", trailer]).contains(trailer));
}

#[test]
fn headers_are_signed_or_left_out_as_asked() {
    let signer = Signer::new();
    let request = [
        "sign",
        "POST",
        "https://sqs.eu-west-1.amazonaws.com/",
        "-d",
        "a",
        "-H",
        "X-Trace: 1",
        "-H",
        "Accept: b",
    ];
    let names = |flags: &[&str]| {
        let object = signer.json(&[&request[..], flags].concat(), "");
        object["SignedHeaders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&[]), ["accept", "host", "x-amz-date", "x-trace"]);
    assert_eq!(names(&["--no-sign-header", "X-Trace"]), ["accept", "host", "x-amz-date"]);
    assert_eq!(names(&["--no-sign-header", "x-trace", "--no-sign-header", "accept"]), ["host", "x-amz-date"]);
    assert_eq!(
        names(&["--sign-content-length"]),
        ["accept", "content-length", "host", "x-amz-date", "x-trace"]
    );
}

#[test]
fn service_and_region_come_from_flag_host_and_environment() {
    let scope = |signer: &Signer, arguments: &[&str]| {
        let object = signer.json(&[&["sign", "--explain", "--date", DAY], arguments].concat(), "");
        (object["Service"].as_str().unwrap().to_owned(), object["Region"].as_str().unwrap().to_owned())
    };
    let of = |service: &str, region: &str| (service.to_owned(), region.to_owned());
    let plain = Signer::new();
    let variable = Signer::new().and("AWS_REGION", "eu-west-2").and("AWS_DEFAULT_REGION", "eu-west-3");
    let other = Signer::new().and("AWS_DEFAULT_REGION", "eu-west-3");
    let (email, local) = ("https://email.eu-north-1.amazonaws.com/", "http://127.0.0.1:4566/");
    assert_eq!(scope(&plain, &[email]), of("ses", "eu-north-1"));
    assert_eq!(scope(&variable, &[email]), of("ses", "eu-north-1"));
    assert_eq!(scope(&plain, &[email, "--region", "sa-east-1", "--service", "x"]), of("x", "sa-east-1"));
    assert_eq!(scope(&variable, &[local, "--service", "s3"]), of("s3", "eu-west-2"));
    assert_eq!(scope(&other, &[local, "--service", "s3"]), of("s3", "eu-west-3"));
    assert_eq!(scope(&plain, &[local, "--service", "s3"]), of("s3", "us-east-1"));
    let curl = [
        "--",
        "curl",
        "--aws-sigv4",
        "aws:amz:eu-west-1:lambda",
        "--user",
        "AKIDEXAMPLE:secretsecret",
        local,
    ];
    assert_eq!(scope(&variable, &curl), of("lambda", "eu-west-1"));

    let said = variable.run(&["sign", "--explain", email]);
    assert!(said.stderr.contains(" (and not eu-west-2 of AWS_REGION)\n"), "{}", said.stderr);
    let said = plain.run(&["sign", local, "--service", "s3"]);
    assert!(said.stderr.contains("warning: nothing names a region: us-east-1 is taken"), "{}", said.stderr);
    let said = plain.run(&["sign", "--explain", email]);
    assert!(said.stderr.contains("\n  region    eu-north-1"), "{}", said.stderr);
}

#[test]
fn the_key_of_a_curl_command_signs_it() {
    let url = "https://examplebucket.s3.amazonaws.com/test.txt";
    let user = format!("{ID}:{SECRET}");
    let bare = Signer::with(&[]);
    let command = [
        "sign",
        "--date",
        DAY,
        "--",
        "curl",
        "--aws-sigv4",
        "aws:amz",
        "--user",
        &user,
        url,
        "-H",
        "Accept:",
        "-H",
        "Range: bytes=0-9",
    ];
    let documented = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
    assert_eq!(signature(&bare.done(&command, "")), documented);
}

#[test]
fn clocks_that_are_off_are_corrected() {
    let signer = Signer::new();
    let date = |flags: &[&str]| {
        let object = signer.json(&[&["sign", "https://iam.amazonaws.com/"], flags].concat(), "");
        sigv4::AmzDate::read(object["Date"].as_str().unwrap().as_bytes()).unwrap().time()
    };
    let (now, ahead, behind) =
        (date(&[]), date(&["--clock-offset", "+1h"]), date(&["--clock-offset", "-1h"]));
    let off = |one: types::Timestamp, other: types::Timestamp| one.since(other).as_secs();
    assert!((3600..3660).contains(&off(ahead, now)), "{ahead} {now}");
    assert!((3540..=3600).contains(&off(now, behind)), "{now} {behind}");
}

#[test]
fn the_four_steps_are_numbered_and_hide_the_token() {
    let url = "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15";
    let signer = Signer::temporary();
    let steps = signer.done(&["sign", "--steps", "--date", DAY, url], "");
    let numbers: Vec<&str> = steps
        .lines()
        .filter_map(|line| line.strip_suffix(':').or(Some(line)))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .map(|line| &line[..2])
        .collect();
    assert_eq!(numbers, ["1.", "2.", "3.", "4."], "{steps}");
    let expected = "\n   GET\n   /\n   Action=GetCallerIdentity&Version=2011-06-15\n   host:sts.amazonaws.com\n   \
                    x-amz-date:20130524T000000Z\n   x-amz-security-token:***\n\n   host;x-amz-date;x-amz-security-token\n";
    assert!(steps.contains(expected), "{steps}");
    assert!(steps.contains(
        r#"key = HMAC(HMAC(HMAC(HMAC("AWS4" + secret, "20130524"), "us-east-1"), "sts"), "aws4_request")"#
    ));
    assert!(!steps.contains(TOKEN), "{steps}");
    let headers = signer.done(&["sign", "--date", DAY, url], "");
    assert!(headers.contains(TOKEN) && steps.contains(signature(&headers)), "{steps}");
    let object = signer.json(&["sign", "--steps", "--date", DAY, url], "");
    assert!(!object["Steps"].to_string().contains(TOKEN));
    assert_eq!(object["AccessKeyId"], TEMPORARY);
}

#[test]
fn sets_of_regions_are_signed_with_ecdsa() {
    let signer = Signer::new();
    let url = "https://bucket.s3.eu-west-1.amazonaws.com/key";
    for (flags, set, judged) in [
        (&["--region-set", "*"][..], "*", "us-east-1"),
        (&["--region-set", "us-east-1,eu-west-*"], "us-east-1,eu-west-*", "eu-west-3"),
        (&[], "eu-west-1", "eu-west-1"),
    ] {
        let raw =
            signer.done(&[&["sign", "--sigv4a", "-o", "raw", "PUT", url, "-d", "x"], flags].concat(), "");
        assert!(raw.contains(&format!("X-Amz-Region-Set: {set}\r\n")), "{raw}");
        assert!(
            signer.done(&["verify", "--region", judged], &raw).contains("AWS4-ECDSA-P256-SHA256"),
            "{set}"
        );
    }
    let raw = signer.done(&["sign", "--sigv4a", "-o", "raw", url], "");
    assert_eq!(
        signer.refused(&["verify", "--region", "us-east-1"], &raw).1.split(':').next(),
        Some("RegionSetMismatch")
    );
    let global = "https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/key";
    assert!(signer.done(&["sign", global], "").contains("X-Amz-Region-Set: *\n"));
}
