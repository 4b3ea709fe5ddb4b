use super::*;
use crate::model::service;
use crate::value::Value;

fn body(of: &str, operation: &str, output: &Structure) -> String {
    let service = service(of).unwrap();
    let answer = encode(service, service.operation(operation).unwrap(), output, "r-1");
    assert_eq!(answer.status, service.operation(operation).unwrap().status);
    String::from_utf8(answer.body).unwrap()
}

#[test]
fn query_answers_have_a_result_and_metadata() {
    let output =
        Structure::new().with("Arn", "a&\"b\"").with("UserId", "u").with("Account", "1").with("Other", "x");
    assert_eq!(
        body("sts", "GetCallerIdentity", &output),
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <UserId>u</UserId><Account>1</Account><Arn>a&amp;&quot;b&quot;</Arn></GetCallerIdentityResult><ResponseMetadata>\
         <RequestId>r-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    );
    assert_eq!(
        body("iam", "DeleteUser", &Structure::new()),
        "<DeleteUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ResponseMetadata><RequestId>r-1\
         </RequestId></ResponseMetadata></DeleteUserResponse>"
    );
}

#[test]
fn lists_have_items_and_times_whole_seconds() {
    let time: types::Timestamp = "2026-11-22T15:20:33.456Z".parse().unwrap();
    let user = Structure::new().with("UserName", "a").with("CreateDate", time);
    let output = Structure::new().with("Users", vec![user]).with("IsTruncated", false);
    let text = body("iam", "ListUsers", &output);
    assert!(text.contains(
        "<ListUsersResult><Users><member><UserName>a</UserName><CreateDate>2026-11-22T15:20:33Z</CreateDate></member>\
         </Users><IsTruncated>false</IsTruncated></ListUsersResult>"
    ));
    let empty = body("iam", "ListUsers", &Structure::new().with("Users", Vec::<Value>::new()));
    assert!(empty.contains("<Users></Users>"), "{empty}");
}

#[test]
fn ec2_answers_name_the_request_first() {
    let state = Structure::new().with("Name", "running").with("Code", 16);
    let time: types::Timestamp = "2026-11-22T15:20:33Z".parse().unwrap();
    let instance = Structure::new().with("InstanceId", "i-1").with("State", state).with("LaunchTime", time);
    let reservation = Structure::new().with("ReservationId", "r-2").with("Instances", vec![instance]);
    let text = body("ec2", "DescribeInstances", &Structure::new().with("Reservations", vec![reservation]));
    assert!(text.starts_with(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeInstancesResponse \
         xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r-1</requestId><reservationSet><item>"
    ));
    assert!(text.contains("<launchTime>2026-11-22T15:20:33.000Z</launchTime>"), "{text}");
}

#[test]
fn errors_are_as_each_protocol_has_them() {
    let error =
        ErrorAnswer { status: 404, code: "NoSuchEntity", message: "no <x>", ..ErrorAnswer::default() };
    let text = |of: &str, error: &ErrorAnswer<'_>| {
        let answer = encode_error(service(of).unwrap(), error, "r-1");
        (answer.headers, String::from_utf8(answer.body).unwrap())
    };
    assert_eq!(
        text("iam", &error).1,
        "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type><Code>NoSuchEntity\
         </Code><Message>no &lt;x&gt;</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
    );
    assert_eq!(
        text("ec2", &error).1,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>NoSuchEntity</Code><Message>no \
         &lt;x&gt;</Message></Error></Errors><RequestID>r-1</RequestID></Response>"
    );
    let error = ErrorAnswer { code: "NoSuchResourceException", message: "no \"x\"", ..error };
    let (headers, json) = text("servicequotas", &error);
    assert_eq!(headers, [(Cow::Borrowed("x-amzn-ErrorType"), "NoSuchResourceException".to_owned())]);
    assert_eq!(json, r#"{"__type":"NoSuchResourceException","Message":"no \"x\""}"#);
    let extras = [("BucketName", "b")];
    let error = ErrorAnswer { code: "NoSuchBucket", extras: &extras, host_id: "h", ..error };
    assert!(
        text("s3", &error)
            .1
            .ends_with("<BucketName>b</BucketName><RequestId>r-1</RequestId><HostId>h</HostId></Error>")
    );
}

#[test]
fn a_location_is_its_documents_text() {
    let text = body("s3", "GetBucketLocation", &Structure::new().with("LocationConstraint", "eu-west-1"));
    assert!(text.ends_with(
        "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">eu-west-1</LocationConstraint>"
    ));
    let answer = encode(
        service("s3").unwrap(),
        service("s3").unwrap().operation("HeadBucket").unwrap(),
        &Structure::new().with("BucketRegion", "eu-west-1\r\nX: y"),
        "r",
    );
    assert_eq!(answer.headers, []);
}

#[test]
fn a_prefix_is_declared_where_it_is_used() {
    let grantee = Structure::new().with("Type", "CanonicalUser").with("ID", "i");
    let grant = Structure::new().with("Grantee", grantee).with("Permission", "READ");
    let text = body("s3", "GetBucketAcl", &Structure::new().with("Grants", vec![grant]));
    assert!(text.contains(
        "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>i</ID></Grantee>"
    ));
}

#[test]
fn characters_that_documents_cannot_hold_are_marked() {
    let text = "a\u{1}\r\n\t\u{85}\u{2028}\u{ffff}é\u{1f600}'";
    let written =
        body("iam", "GetUser", &Structure::new().with("User", Structure::new().with("UserName", text)));
    let shown = "<UserName>a\u{fffd}&#xD;\n\t&#x85;&#x2028;\u{fffd}é\u{1f600}'</UserName>";
    assert!(written.contains(shown), "{written}");
    let contents = Structure::new().with("Key", "a\u{1}");
    let written = body("s3", "ListObjectsV2", &Structure::new().with("Contents", vec![contents]));
    assert!(written.contains("<Key>a&#x1;</Key>"), "{written}");
}
