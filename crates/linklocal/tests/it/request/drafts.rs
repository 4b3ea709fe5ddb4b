//! What is sent: actions, paths, URLs, bodies, queries and headers, as a service gets them; and `--dry-run`.

use super::endpoint::{Act, Asked, Endpoint};
use super::{Sender, TOKEN};

/// What a service gets that says yes to whatever is signed well.
fn asked(service: &'static str, arguments: &[&str]) -> Asked {
    fed(service, arguments, "")
}

fn fed(service: &'static str, arguments: &[&str], stdin: &str) -> Asked {
    let endpoint = Endpoint::of(service, |_| Act::text(200, "yes"));
    let url = endpoint.url();
    let said = Sender::new().fed(&[arguments, &["--endpoint-url", &url]].concat(), stdin);
    assert_eq!((said.code, said.stdout.as_str()), (0, "yes"), "{arguments:?}: {}", said.stderr);
    endpoint.only()
}

#[test]
fn actions_are_written_as_their_protocol_has_them() {
    let role = "RoleName=web&Tags.member.1.Key=a&Tags.member.1.Value=b%20c";
    let query =
        asked("iam", &["iam:CreateRole", "-p", "RoleName=web", "-p", r#"Tags:=[{"Key":"a","Value":"b c"}]"#]);
    assert_eq!((query.method.as_str(), query.target.as_str()), ("POST", "/"));
    assert_eq!(query.text(), format!("Action=CreateRole&Version=2010-05-08&{role}"));
    assert_eq!(query.header("content-type"), Some("application/x-www-form-urlencoded; charset=utf-8"));
    let ec2 =
        asked("ec2", &["ec2:DescribeInstances", "-p", r#"InstanceId:=["i-1","i-2"]"#, "-p", "MaxResults:=5"]);
    assert_eq!(
        ec2.text(),
        "Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1&InstanceId.2=i-2&MaxResults=5"
    );
    let json = asked("dynamodb", &["dynamodb:Query", "-d", r#"{"TableName": "t", "Limit": 1.50}"#]);
    assert_eq!(json.text(), r#"{"TableName": "t", "Limit": 1.50}"#);
    assert_eq!(json.header("x-amz-target"), Some("DynamoDB_20120810.Query"));
    assert_eq!(json.header("content-type"), Some("application/x-amz-json-1.0"));
    let both = asked(
        "sqs",
        &["sqs:SendMessage", "-d", r#"{"QueueUrl":"q"}"#, "-p", "MessageBody=hi", "-p", "DelaySeconds:=2"],
    );
    assert_eq!(both.text(), r#"{"DelaySeconds":2,"MessageBody":"hi","QueueUrl":"q"}"#);
}

#[test]
fn paths_and_objects_go_to_the_endpoint_of_their_service() {
    let path = asked("lambda", &["GET", "lambda:/2015-03-31/functions", "--url-query", "Marker=a/b c"]);
    assert_eq!(
        (path.method.as_str(), path.target.as_str()),
        ("GET", "/2015-03-31/functions?Marker=a%2Fb%20c")
    );
    let object = asked("s3", &["s3://bucket/a key+/é", "--url-query", "acl", "--url-query", "versionId=x="]);
    assert_eq!(object.target, "/bucket/a%20key%2B/%C3%A9?acl=&versionId=x%3D");
}

/// Flags and stdin; the method, the body and its type that come of them.
type BodyCase<'a> = (&'a [&'a str], &'a str, &'a str, &'a str, Option<&'a str>);

#[test]
fn bodies_come_from_the_command_line_from_files_and_from_stdin() {
    let sender = Sender::new();
    let endpoint = Endpoint::of("s3", |_| Act::text(200, "yes"));
    let url = format!("{}/bucket/key", endpoint.url());
    let file = sender.world.write("body.json", "{\"from\": \"file\"}\n");
    let at_file = format!("@{}", file.display());
    let path = file.display().to_string();
    let cases: [BodyCase; 9] = [
        (&["-d", "a=1"], "", "POST", "a=1", Some("application/x-www-form-urlencoded")),
        (&["-d", "[1]"], "", "POST", "[1]", Some("application/json")),
        (&["-d", &at_file], "", "POST", "{\"from\": \"file\"}\n", Some("application/json")),
        (&["-d", "@-"], "from stdin\n", "POST", "from stdin\n", None),
        (&["--data-raw", "@x"], "", "POST", "@x", Some("application/x-www-form-urlencoded")),
        (&["-T", &path], "", "PUT", "{\"from\": \"file\"}\n", None),
        (&["-T", "-"], "piped", "PUT", "piped", None),
        (&["-T", "-", "-X", "POST", "--content-type", "x/y"], "p", "POST", "p", Some("x/y")),
        (&["-d", "[1]", "-H", "content-type: z/z"], "", "POST", "[1]", Some("z/z")),
    ];
    for (number, (flags, stdin, method, body, content_type)) in cases.into_iter().enumerate() {
        let signed = ["--service", "s3", "--region", "us-east-1", &url];
        let said = sender.fed(&[flags, &signed].concat(), stdin);
        assert_eq!(said.code, 0, "{flags:?}: {}", said.stderr);
        let asked = endpoint.asked().remove(number);
        assert_eq!((asked.method.as_str(), asked.text().as_str()), (method, body), "{flags:?}");
        assert_eq!(asked.header("content-type"), content_type, "{flags:?}");
        assert_eq!(asked.header("content-length"), Some(body.len().to_string().as_str()), "{flags:?}");
    }
}

#[test]
fn queries_are_built_and_headers_may_be_there_twice() {
    let endpoint = Endpoint::of("execute-api", |_| Act::text(200, "yes"));
    let url = format!("{}/a?z=1", endpoint.url());
    let headers = ["-H", "X-Two: a", "-H", "X-Two: b"];
    let flags = ["-G", "-d", "b=2&c", "--url-query", "d=e&f", "--service", "execute-api"];
    Sender::new().done(&[&flags[..], &headers, &[&url]].concat());
    let asked = endpoint.only();
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("GET", "/a?z=1&b=2&c&d=e%26f"));
    let two: Vec<&str> =
        asked.headers.iter().filter(|(n, _)| n == "x-two").map(|(_, v)| v.as_str()).collect();
    assert_eq!(two, ["a", "b"]);
    assert!(asked.body.is_empty());
}

#[test]
fn sessions_send_their_token_and_unsigned_requests_send_nothing_of_anybody() {
    let signed = Endpoint::of("sts", |_| Act::text(200, "yes"));
    Sender::temporary().done(&["sts:GetCallerIdentity", "--endpoint-url", &signed.url()]);
    assert_eq!(signed.only().header("x-amz-security-token"), Some(TOKEN));
    let open = Endpoint::open(|_| Act::text(200, "yes"));
    Sender::temporary().done(&["--unsigned", &open.url()]);
    // AWS wants no signature for this action: nobody is asked for keys.
    let web = ["sts:AssumeRoleWithWebIdentity", "-p", "RoleArn=r", "--endpoint-url", &open.url()];
    Sender::bare().done(&web);
    for asked in open.asked() {
        let names = ["authorization", "x-amz-security-token", "x-amz-date", "amz-sdk-invocation-id"];
        assert!(names.iter().all(|name| asked.header(name).is_none()), "{asked:?}");
    }
}

#[test]
fn endpoints_of_variables_and_profiles_are_asked() {
    let endpoint = Endpoint::of("sts", |_| Act::text(200, "yes"));
    let sender = Sender::new().and("AWS_ENDPOINT_URL_STS", &endpoint.url());
    let sender = sender.and("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    sender.done(&["sts:GetCallerIdentity"]);
    assert_eq!(endpoint.asked().len(), 1);
}

#[test]
fn dry_runs_show_what_would_be_sent_without_its_secrets() {
    let sender = Sender::temporary();
    let shown =
        sender.done(&["--dry-run", "dynamodb:ListTables", "-p", "Limit:=10", "--region", "eu-west-1"]);
    let lines: Vec<String> = shown.lines().map(settled).collect();
    let expected = "\
POST / HTTP/1.1
Host: dynamodb.eu-west-1.amazonaws.com
Content-Type: application/x-amz-json-1.0
X-Amz-Target: DynamoDB_20120810.ListTables
Amz-Sdk-Invocation-Id: UUID
Amz-Sdk-Request: attempt=1; max=6
User-Agent: linklocal/0.1.0
X-Amz-Date: DATE
X-Amz-Security-Token: ***
Authorization: AWS4-HMAC-SHA256 Credential=ASIAIOSFODNN7EXAMPLE/DAY/eu-west-1/dynamodb/aws4_request, \
SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;content-type;host;x-amz-date;x-amz-security-token;x-amz-target, \
Signature=***
Content-Length: 12

{\"Limit\":10}";
    assert_eq!(lines.join("\n"), expected);
    let object = sender.json(&["--dry-run", "s3://bucket/key"]);
    assert_eq!(object["Url"], "https://bucket.s3.us-east-1.amazonaws.com/key");
    assert_eq!((object["Service"].as_str(), object["Region"].as_str()), (Some("s3"), Some("us-east-1")));
}

/// What changes from run to run.
fn settled(line: &str) -> String {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match line.split_once(": ") {
        Some((name @ "Amz-Sdk-Invocation-Id", _)) => format!("{name}: UUID"),
        Some((name @ "X-Amz-Date", _)) => format!("{name}: DATE"),
        Some(("Authorization", _)) => {
            let parts: Vec<&str> = line.split('/').collect();
            let day = parts.iter().find(|part| part.len() == 8 && digits(part)).copied().unwrap_or_default();
            line.replace(&format!("/{day}/"), "/DAY/")
        }
        _ => line.to_owned(),
    }
}

#[test]
fn hosts_of_aws_say_service_and_region_and_global_ones_keep_theirs() {
    let sender = Sender::new();
    let scope = |arguments: &[&str]| {
        let object = sender.json(&[&["--dry-run"], arguments].concat());
        let text = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
        format!("{} {} {}", text("Url"), text("Service"), text("Region"))
    };
    let cases: [(&[&str], &str); 5] = [
        (&["https://sqs.eu-west-1.amazonaws.com/"], "https://sqs.eu-west-1.amazonaws.com/ sqs eu-west-1"),
        (&["iam:ListUsers", "--region", "eu-west-1"], "https://iam.amazonaws.com/ iam us-east-1"),
        (&["ses:ListIdentities"], "https://email.us-east-1.amazonaws.com/ ses us-east-1"),
        (&["monitoring:ListMetrics"], "https://monitoring.us-east-1.amazonaws.com/ monitoring us-east-1"),
        (&["GET", "s3:/"], "https://s3.us-east-1.amazonaws.com/ s3 us-east-1"),
    ];
    for (arguments, expected) in cases {
        assert_eq!(scope(arguments), expected, "{arguments:?}");
    }
}
