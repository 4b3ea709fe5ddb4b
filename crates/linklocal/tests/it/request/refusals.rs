//! Wrong usage: what, where and what to do, before anything is sent.

use super::Sender;

#[test]
fn wrong_usage_is_said_exactly() {
    let sender = Sender::new();
    for &(arguments, expected) in USAGE {
        let stderr = sender.refused(2, arguments);
        assert_eq!(stderr, *expected, "{arguments:?}");
    }
}

#[test]
fn keys_that_are_not_there_and_hosts_that_sign_otherwise_are_said() {
    let stderr = Sender::bare().refused(1, &["sts:GetCallerIdentity"]);
    assert!(stderr.starts_with("error: there is no key: "), "{stderr}");
    let access_point = "https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/key";
    let stderr = Sender::new().refused(1, &[access_point]);
    assert!(stderr.contains("SigV4a") && stderr.contains("linklocal sign --sigv4a"), "{stderr}");
}

#[test]
fn what_a_directory_expects_is_held_to_before_anything_is_sent() {
    let sender = Sender::new().and("AWS_ACCESS_KEY_ID", "AKIARTX3GSDSQUSERKEY");
    let asked = ["--dry-run", "sts:GetCallerIdentity", "--expect-account"];
    let stderr = sender.refused(1, &[&asked[..], &["999988887777"]].concat());
    assert!(stderr.contains("--expect-account names 999988887777"), "{stderr}");
    sender.done(&[&asked[..], &["111122223333"]].concat());
    sender.world.write(".linklocal.toml", "accounts = [\"999988887777\"]\n");
    let stderr = sender.refused(1, &["--dry-run", "sts:GetCallerIdentity"]);
    assert!(stderr.contains(".linklocal.toml"), "{stderr}");
}

/// What is typed, and what comes of it.
const USAGE: &[(&[&str], &str)] = &[
    (&["GET"], "error: GET stands there without a URL\nhint: linklocal request GET https://…\n"),
    (&["https://h/", "GET"], "error: the method comes first: linklocal request GET …\n"),
    (
        &["-X", "GET", "GET", "https://h/"],
        "error: the method is given twice, with -X and before the URL\nhint: leave one out\n",
    ),
    (
        &["get", "https://h/"],
        "error: method \"get\": methods are told apart by case, and this one is in capitals\nhint: write GET\n",
    ),
    (
        &["lambda:ListFunctions"],
        "error: lambda has paths, not actions: ListFunctions is a method and a path of its own\nhint: its API reference has them: linklocal request GET lambda:/path\n",
    ),
    (
        &["dynamo-db:ListTables"],
        "error: \"dynamo-db\" is no service of the table\nhint: did you mean dynamodb:…?\n",
    ),
    (
        &["elasticloadbalancing:DescribeTags"],
        "error: elasticloadbalancing is the signing name of several services\nhint: write one of elb, elbv2\n",
    ),
    (
        &["GET", "sts:GetCallerIdentity"],
        "error: sts:GetCallerIdentity is sent with POST\nhint: leave the method out\n",
    ),
    (
        &["sts:X", "-p", "s3cret"],
        "error: -p: what is typed is neither NAME=VALUE nor NAME:=JSON\nhint: such as -p RoleName=web or -p Limit:=10\n",
    ),
    (
        &["dynamodb:X", "-d", "[]"],
        "error: -d: an action takes a JSON object\nhint: such as -d '{\"TableName\": \"t\"}', or -p TableName=t\n",
    ),
    (
        &["https://h/", "-p", "a=b"],
        "error: -p a=b is a parameter of an action\nhint: parameters of a query are --url-query NAME=VALUE, a body is -d\n",
    ),
    (
        &["sts:X", "-T", "file"],
        "error: -T, -G and --content-type go with a URL\nhint: an action takes its parameters with -p, or as JSON with -d\n",
    ),
    (
        &["https://h/", "--service", "s3", "-H", "X-A: b\r\nX-B: c"],
        "error: -H X-A: the value holds a line end or another control character\nhint: a header is one line: -H 'Accept: text/plain'\n",
    ),
    (
        &["https://h/", "--service", "s3", "-H", "Content-Length: 5"],
        "error: -H Content-Length: the length and the end of a body are not typed\nhint: leave the header out: it is sent where it is wanted\n",
    ),
    (
        &["https://u:p@h/", "--service", "s3"],
        "error: the URL holds a name or a password before @\nhint: keys come from the environment or a profile; a password of another kind goes with -H 'Authorization: …' --unsigned\n",
    ),
    (
        &["https://example.com/"],
        "error: the host example.com does not say which service it is\nhint: name it with --service, such as --service s3; it is the name in the scope of a signature\n",
    ),
    (
        &["h/", "--service", "s3"],
        "error: URL, column 1: the scheme is missing; begin with https:// or http://\nhint: write https://host/path, service:Action, service:/path or s3://bucket/key\n",
    ),
    (
        &["https://h/", "--service", "s3", "--endpoint-url", "http://x"],
        "error: --endpoint-url is the place of a service, and a URL is its own place\nhint: write service:Action, service:/path or s3://bucket/key, or leave the flag out\n",
    ),
    (
        &["--data", "x", "sts:X"],
        "error: --data is the data directory of a server, which `request` has no use for\nhint: the body is -d, --data-binary or --data-raw\n",
    ),
    (
        &["sts:X", "--region", "not a region"],
        "error: --region: \"not a region\" is not the name of a region\nhint: --endpoint-url names an endpoint elsewhere\n",
    ),
];
