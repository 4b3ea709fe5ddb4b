//! Which request goes where, and what is said to one that goes nowhere.

use crate::draft::Draft;
use crate::world::{WHO, World};

#[tokio::test]
async fn operations_are_found_in_forms_and_queries() {
    let world = World::new();
    let body_and_query =
        Draft { target: "/?Version=2011-06-15".to_owned(), ..world.form("sts", "Action=GetCallerIdentity") };
    for draft in [
        world.form("sts", WHO).signed(),
        world.form("sts", "").get(WHO).signed(),
        world.form("sts", "").get(WHO).presigned(),
        body_and_query.signed(),
        world.form("sts", &format!("{WHO}\n")).signed(),
        Draft { region: "ap-southeast-4".to_owned(), ..world.form("sts", WHO) }.signed(),
        world
            .form("sts", WHO)
            .edited("content-type", |_| "application/x-www-form-urlencoded".to_owned())
            .signed(),
    ] {
        let reply = world.send(&draft).await;
        assert_eq!(reply.status, 200, "{draft:?} {reply:?}");
        assert_eq!(reply.element("Arn").as_deref(), Some("arn:aws:iam::123456789012:user/admin"));
        let names: Vec<_> = reply.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["x-amzn-requestid", "content-type", "content-length", "date"]);
        assert_eq!(reply.header("x-amzn-requestid"), reply.element("RequestId").as_deref());
        assert_eq!(reply.header("date"), Some("Sat, 21 Nov 2026 12:00:00 GMT"));
    }
}

/// What is sent, the status, and what the answer holds.
#[tokio::test]
async fn what_is_not_there_is_said_in_the_words_of_the_service() {
    let world = World::new();
    let target = |target: &str| {
        let draft = world
            .form("cloudtrail", "{}")
            .edited("content-type", |_| "application/x-amz-json-1.1".to_owned());
        draft.with("x-amz-target", target)
    };
    let json = |name: &str| target(&format!("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.{name}"));
    let at = |path: &str| Draft { target: path.to_owned(), ..world.form("sts", WHO) };
    for (draft, status, holds) in [
        (
            world.form("sts", "Version=2011-06-15").signed(),
            400,
            "<Code>MissingAction</Code><Message>Missing Action</Message>",
        ),
        (world.form("sts", "").signed(), 400, "<Code>MissingAction</Code>"),
        (
            world.form("iam", "Action=Nothing&Version=2010-05-08").signed(),
            400,
            "<Code>InvalidAction</Code><Message>Could not find operation Nothing for version 2010-05-08</Message>",
        ),
        (
            world.form("iam", "Action=ListUsers").signed(),
            400,
            "Could not find operation ListUsers for version NO_VERSION_SPECIFIED",
        ),
        (
            world.form("sts", "Action=ListUsers&Version=2011-06-15").signed(),
            400,
            "Could not find operation ListUsers for version",
        ),
        (
            world.form("sts", "Action=GetCallerIdentity&Version=2000-01-01").signed(),
            400,
            "for version 2000-01-01",
        ),
        (
            world.form("iam", "Action=%3Cscript%3E&Version=2010-05-08").signed(),
            400,
            "Could not find operation &lt;script&gt; for version",
        ),
        (
            world.form("ec2", "Action=Nothing&Version=2016-11-15").signed(),
            400,
            "<Response><Errors><Error><Code>InvalidAction</Code><Message>The action Nothing is not valid for this web service.</Message>",
        ),
        (
            world.form("ec2", "Action=DescribeInstances&Version=2000-01-01").signed(),
            400,
            "<Code>NoSuchVersion</Code>",
        ),
        (
            world.form("ec2", "Action=CreateVpc&Version=2016-11-15").signed(),
            501,
            "The operation CreateVpc of ec2 is not built into this account.",
        ),
        (
            world.form("iam", "Action=CreateSAMLProvider&Version=2010-05-08").signed(),
            501,
            "The operation CreateSAMLProvider of iam is not built into this account.",
        ),
        (
            json("DeleteTrail").signed(),
            501,
            "The operation DeleteTrail of cloudtrail is not built into this account.",
        ),
        (json("Nothing").signed(), 400, "{\"__type\":\"UnknownOperationException\"}"),
        (target("DynamoDB_20120810.ListTables").signed(), 501, "\"__type\":\"NotImplemented\""),
        (
            world.form("sns", "Action=ListTopics&Version=2010-03-31").signed(),
            501,
            "The service sns is not built",
        ),
        (at("/elsewhere").signed(), 404, "<UnknownOperationException/>"),
        (Draft { method: "PUT", ..at("/") }.signed(), 404, "<UnknownOperationException/>"),
        (Draft { method: "DELETE", ..at("/") }.signed(), 404, "<UnknownOperationException/>"),
        (
            Draft { method: "PUT", target: "/bucket?lifecycle".to_owned(), ..world.form("s3", "") },
            501,
            "<Code>NotImplemented</Code><Message>The operation PutBucketLifecycleConfiguration of s3 is not built",
        ),
        (Draft { method: "PUT", ..at("/bucket/key") }, 404, "<BucketName>bucket</BucketName><RequestId>"),
        (Draft { method: "PATCH", ..at("/bucket/key") }, 405, "<ResourceType>OBJECT</ResourceType>"),
        (Draft { method: "PUT", ..at("/bucket/%ff") }, 400, "<Code>InvalidURI</Code>"),
        (Draft { method: "OPTIONS", ..at("/") }, 400, "Origin request header needed."),
    ] {
        let reply = world.send(&draft).await;
        assert!(reply.status == status && reply.body.contains(holds), "{draft:?}\n{reply:?}");
        assert_eq!(world.calls.last().status, status);
    }
}

#[tokio::test]
async fn what_is_not_built_is_told_to_nobody_without_a_signature() {
    let world = World::new();
    for (service, body, verdict) in [
        ("iam", "Action=CreateSAMLProvider&Version=2010-05-08", (403, "MissingAuthenticationToken")),
        ("ec2", "Action=DescribeInstances&Version=2016-11-15", (403, "MissingAuthenticationToken")),
        ("sts", "Action=AssumeRoot&Version=2011-06-15", (403, "MissingAuthenticationToken")),
    ] {
        let reply = world.send(&world.form(service, body)).await;
        assert_eq!(reply.verdict(), (verdict.0, verdict.1.to_owned()), "{reply:?}");
    }
}

#[tokio::test]
async fn answers_of_s3_bear_its_ids() {
    let world = World::new();
    let reply = world
        .send(&Draft { method: "GET", target: "/bucket?list-type=2".to_owned(), ..world.form("s3", "") })
        .await;
    let (id, host) = (reply.header("x-amz-request-id").unwrap(), reply.header("x-amz-id-2").unwrap());
    assert_eq!((id.len(), host.len()), (16, 76));
    assert_eq!(
        (reply.element("RequestId").as_deref(), reply.element("HostId").as_deref()),
        (Some(id), Some(host))
    );
}

#[tokio::test]
async fn a_head_is_answered_without_a_body() {
    let world = World::new();
    let mut client = world.connect().await;
    let draft = Draft { method: "HEAD", target: "/bucket".to_owned(), ..world.form("s3", "") };
    client.write(&draft.head("")).await;
    assert_eq!(client.read_head().await.status, 404);
    client.write(&world.form("sts", WHO).signed().bytes()).await;
    assert_eq!(client.read().await.status, 200, "and the connection goes on");
}

#[tokio::test]
async fn each_family_refuses_a_signature_in_its_own_form() {
    let world = World::new();
    let json = |body: &str| {
        let draft = world
            .form("servicequotas", body)
            .edited("content-type", |_| "application/x-amz-json-1.1".to_owned());
        draft.with("x-amz-target", "ServiceQuotasV20190624.ListServices")
    };
    let ec2 = "Action=DescribeInstances&Version=2016-11-15";
    for (draft, status, holds) in [
        (world.form("ec2", ec2), 403, "<Response><Errors><Error><Code>MissingAuthenticationToken</Code>"),
        (
            world.form("ec2", ec2).signed().saying(&format!("{ec2}&a=b")),
            401,
            "<Code>AuthFailure</Code><Message>AWS was not able to validate the provided access credentials</Message>",
        ),
        (world.form("ec2", ec2).at("2026-11-21T11:00:00Z").signed(), 400, "<Code>RequestExpired</Code>"),
        (json("{}"), 400, r#"{"__type":"MissingAuthenticationTokenException","message":"Request is missing"#),
        (json("{}").signed().saying("{ }"), 400, r#"{"__type":"InvalidSignatureException""#),
        (
            Draft { service: "cloudtrail".to_owned(), ..json("{}") }.signed(),
            400,
            "Credential should be scoped to correct service: 'servicequotas'.",
        ),
    ] {
        let reply = world.send(&draft).await;
        assert!(reply.status == status && reply.body.contains(holds), "{draft:?}\n{reply:?}");
        assert_eq!(world.calls.last().outcome, gateway::Outcome::Unauthenticated);
        assert!(reply.header("x-amzn-requestid").is_some());
    }
}
