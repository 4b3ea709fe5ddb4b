//! Service Quotas over the wire: what there is, who may raise it, and the life of a request.

use std::time::Duration;

use account::directory::QuotaVerdict;
use account::quotas::{self, QuotaRules};
use gateway::Outcome;
use serde_json::{Value, json};

use crate::draft::Draft;
use crate::world::World;

/// An answer of the service: its status, and its body or its error's code and message.
async fn asked(world: &World, region: &str, operation: &str, input: Value) -> (u16, Value) {
    send(world, world.form("servicequotas", &input.to_string()), region, operation).await
}

async fn send(world: &World, mut draft: Draft, region: &str, operation: &str) -> (u16, Value) {
    draft.region = region.to_owned();
    draft.headers.retain(|(name, _)| name == "host");
    let draft = draft
        .with("content-type", "application/x-amz-json-1.1")
        .with("x-amz-target", &format!("ServiceQuotasV20190624.{operation}"));
    let reply = world.send(&draft.signed()).await;
    (reply.status, serde_json::from_str(&reply.body).unwrap())
}

async fn refused(world: &World, region: &str, operation: &str, input: Value) -> (String, String) {
    let (status, body) = asked(world, region, operation, input).await;
    assert_eq!(status, 400, "{body}");
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (text("__type"), text("message") + &text("Message"))
}

fn standard(more: Value) -> Value {
    let mut input = json!({"ServiceCode": "ec2", "QuotaCode": "L-1216C47A"});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

#[tokio::test]
async fn quota_is_shown_as_it_is_here_and_as_aws_gives_it() {
    let world = World::new();
    let (status, body) = asked(&world, "eu-west-1", "GetServiceQuota", standard(json!({}))).await;
    assert_eq!(status, 200);
    let expected = json!({"Quota": {
        "ServiceCode": "ec2",
        "ServiceName": "Amazon Elastic Compute Cloud (Amazon EC2)",
        "QuotaArn": "arn:aws:servicequotas:eu-west-1:123456789012:ec2/L-1216C47A",
        "QuotaCode": "L-1216C47A",
        "QuotaName": "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
        "Value": 1152.0,
        "Unit": "None",
        "Adjustable": true,
        "GlobalQuota": false,
        "UsageMetric": {
            "MetricNamespace": "AWS/Usage",
            "MetricName": "ResourceCount",
            "MetricDimensions":
                {"Class": "Standard/OnDemand", "Resource": "vCPU", "Service": "EC2", "Type": "Resource"},
            "MetricStatisticRecommendation": "Maximum",
        },
        "QuotaAppliedAtLevel": "ACCOUNT",
    }});
    assert_eq!(body, expected);
    let (_, body) = asked(&world, "eu-west-1", "GetAWSDefaultServiceQuota", standard(json!({}))).await;
    assert_eq!(body["Quota"]["Value"], json!(5.0));
    assert_eq!(body["Quota"]["QuotaArn"], "arn:aws:servicequotas:eu-west-1::ec2/L-1216C47A");
    let lookup = json!({"ServiceCode": "cloudtrail", "QuotaCode": "L-6826A2E9"});
    let (_, body) = asked(&world, "eu-west-1", "GetServiceQuota", lookup).await;
    assert_eq!(body["Quota"]["Period"], json!({"PeriodValue": 1, "PeriodUnit": "SECOND"}));
    assert_eq!(body["Quota"]["UsageMetric"]["MetricName"], "CallCount");
}

#[tokio::test]
async fn lists_come_in_pages_and_global_quotas_in_one_region() {
    let world = World::new();
    let (_, body) = asked(&world, "eu-west-1", "ListServices", json!({})).await;
    let services = body["Services"].as_array().unwrap();
    assert!(
        services
            .contains(&json!({"ServiceCode": "sts", "ServiceName": "AWS Security Token Service (AWS STS)"}))
    );
    for operation in ["ListServiceQuotas", "ListAWSDefaultServiceQuotas"] {
        let (mut codes, mut token) = (Vec::new(), None);
        loop {
            let mut input = json!({"ServiceCode": "ec2", "MaxResults": 7});
            if let Some(token) = token {
                input["NextToken"] = token;
            }
            let (status, body) = asked(&world, "eu-west-1", operation, input).await;
            assert_eq!(status, 200, "{body}");
            let page = body["Quotas"].as_array().unwrap();
            assert!(page.len() <= 7);
            codes.extend(page.iter().map(|quota| quota["QuotaCode"].as_str().unwrap().to_owned()));
            token = body.get("NextToken").cloned();
            if token.is_none() {
                break;
            }
        }
        let all: Vec<_> =
            quotas::catalogue::service("ec2").unwrap().quotas.iter().map(|quota| quota.code).collect();
        assert_eq!(codes, all, "{operation}");
    }
    let iam = json!({"ServiceCode": "iam"});
    let (_, body) = asked(&world, "eu-west-1", "ListServiceQuotas", iam.clone()).await;
    assert_eq!(body, json!({"Quotas": []}));
    let (_, body) = asked(&world, "us-east-1", "ListServiceQuotas", iam).await;
    assert_eq!(body["Quotas"].as_array().unwrap().len(), 11);
    let one = json!({"ServiceCode": "ec2", "QuotaCode": "L-1216C47A", "QuotaAppliedAtLevel": "ACCOUNT"});
    let (_, body) = asked(&world, "eu-west-1", "ListServiceQuotas", one).await;
    assert_eq!(body["Quotas"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_there_is_not_is_refused_in_words() {
    let world = World::new();
    let no_service = "The request failed because the specified service does not exist.";
    let no_quota = "The request failed because the specified service quota does not exist.";
    for (operation, input, code, message) in [
        ("ListAWSDefaultServiceQuotas", json!({"ServiceCode": "EC2"}), "NoSuchResourceException", no_service),
        (
            "GetServiceQuota",
            json!({"ServiceCode": "ec2", "QuotaCode": "L-00000000"}),
            "NoSuchResourceException",
            no_quota,
        ),
        (
            "GetServiceQuota",
            json!({"ServiceCode": "iam", "QuotaCode": "L-FE177D64"}),
            "NoSuchResourceException",
            no_quota,
        ),
        (
            "GetServiceQuota",
            standard(json!({"ContextId": "arn:aws:x"})),
            "NoSuchResourceException",
            "The request failed because applied value for the specified context Id do not exist.",
        ),
        (
            "ListServices",
            json!({"NextToken": "AAAA"}),
            "InvalidPaginationTokenException",
            "Invalid input was provided.",
        ),
        (
            "RequestServiceQuotaIncrease",
            standard(json!({"DesiredValue": 1152})),
            "IllegalArgumentException",
            "You must provide a quota value greater than the current quota value",
        ),
        (
            "RequestServiceQuotaIncrease",
            standard(json!({"DesiredValue": 10_000_000_001_u64})),
            "ValidationException",
            "1 validation error detected: Value '10000000001' at 'desiredValue' failed to satisfy constraint: \
             Member must have value less than or equal to 10000000000",
        ),
        (
            "RequestServiceQuotaIncrease",
            standard(json!({"DesiredValue": -1.0})),
            "ValidationException",
            "1 validation error detected: Value '-1' at 'desiredValue' failed to satisfy constraint: Member must have \
             value greater than or equal to 0",
        ),
        (
            "RequestServiceQuotaIncrease",
            standard(json!({"DesiredValue": 2000.5})),
            "IllegalArgumentException",
            "You must provide a whole number as the quota value.",
        ),
        (
            "RequestServiceQuotaIncrease",
            json!({"ServiceCode": "cloudtrail", "QuotaCode": "L-6826A2E9", "DesiredValue": 20}),
            "IllegalArgumentException",
            "The specified service quota is not adjustable.",
        ),
        (
            "GetRequestedServiceQuotaChange",
            json!({"RequestId": "abc"}),
            "NoSuchResourceException",
            "The request failed because the specified quota change request does not exist.",
        ),
    ] {
        let found = refused(&world, "eu-west-1", operation, input.clone()).await;
        assert_eq!(found, (code.to_owned(), message.to_owned()), "{operation} {input}");
    }
}

#[tokio::test]
async fn request_goes_its_way_and_is_in_the_history() {
    let world = World::new();
    let (region, request) = ("eu-west-1", "RequestServiceQuotaIncrease");
    let (status, body) = asked(&world, region, request, standard(json!({"DesiredValue": 2000}))).await;
    assert_eq!(status, 200, "{body}");
    let made = &body["RequestedQuota"];
    let id = made["Id"].as_str().unwrap().to_owned();
    assert_eq!((made["Status"].as_str(), made.get("CaseId")), (Some("PENDING"), None));
    assert_eq!((&made["DesiredValue"], &made["QuotaRequestedAtLevel"]), (&json!(2000.0), &json!("ACCOUNT")));
    let requester: Value = serde_json::from_str(made["Requester"].as_str().unwrap()).unwrap();
    assert_eq!(requester["callerArn"], world.calls.last().caller.unwrap());
    let again = refused(&world, region, request, standard(json!({"DesiredValue": 3000}))).await;
    assert_eq!(again.0, "ResourceAlreadyExistsException");
    assert_eq!(again.1, "Only one open service quota increase request is allowed per quota.");

    world.clock.advance(Duration::from_secs(6));
    let get = || asked(&world, region, "GetRequestedServiceQuotaChange", json!({"RequestId": id}));
    let (_, body) = get().await;
    assert_eq!(body["RequestedQuota"]["Status"], "CASE_OPENED");
    assert!(body["RequestedQuota"]["CaseId"].is_string());
    let now = world.clock.clock().now();
    world
        .account
        .change(|directory| quotas::decide(directory, &id, QuotaVerdict::Approved, None, now))
        .unwrap();
    assert_eq!(get().await.1["RequestedQuota"]["Status"], "APPROVED");
    let (_, body) = asked(&world, region, "GetServiceQuota", standard(json!({}))).await;
    assert_eq!(body["Quota"]["Value"], json!(2000.0));

    let history = |input: Value| asked(&world, region, "ListRequestedServiceQuotaChangeHistory", input);
    let by_quota =
        |input| asked(&world, region, "ListRequestedServiceQuotaChangeHistoryByQuota", standard(input));
    let count = |(status, body): (u16, Value)| {
        assert_eq!(status, 200, "{body}");
        body["RequestedQuotas"].as_array().unwrap().len()
    };
    world.clock.advance(Duration::from_secs(1));
    asked(&world, region, request, standard(json!({"DesiredValue": 4000}))).await;
    assert_eq!(count(history(json!({})).await), 2);
    assert_eq!(count(history(json!({"ServiceCode": "ec2", "Status": "APPROVED"})).await), 1);
    assert_eq!(count(history(json!({"ServiceCode": "iam"})).await), 0);
    assert_eq!(count(history(json!({"QuotaRequestedAtLevel": "RESOURCE"})).await), 0);
    let (_, newest) = by_quota(json!({"MaxResults": 1})).await;
    assert_eq!(newest["RequestedQuotas"][0]["Status"], "PENDING", "the newest comes first");
    let (_, oldest) = by_quota(json!({"MaxResults": 1, "NextToken": newest["NextToken"]})).await;
    assert_eq!((&oldest["RequestedQuotas"][0]["Id"], oldest.get("NextToken")), (&json!(id), None));
    let (_, first) = history(json!({"MaxResults": 1})).await;
    world.clock.advance(Duration::from_secs(1));
    let spot = json!({"ServiceCode": "ec2", "QuotaCode": "L-34B43A08", "DesiredValue": 5000});
    assert_eq!(asked(&world, region, request, spot).await.0, 200);
    let (_, next) = history(json!({"MaxResults": 1, "NextToken": first["NextToken"]})).await;
    assert_eq!(next["RequestedQuotas"][0]["Id"], json!(id), "what is made between two pages moves nothing");
    let elsewhere = asked(&world, "us-east-1", "ListRequestedServiceQuotaChangeHistory", json!({})).await;
    assert_eq!(count(elsewhere), 0, "requests are their region's");
    world.clock.advance(Duration::from_secs(91 * 86_400));
    let draft = |input: Value| {
        let draft = world.form("servicequotas", &input.to_string());
        Draft { time: world.clock.clock().now(), ..draft }
    };
    let old = send(&world, draft(json!({})), region, "ListRequestedServiceQuotaChangeHistory").await;
    assert_eq!(count(old), 2, "what was decided 90 days ago is no longer shown");
}

#[tokio::test]
async fn rule_approves_by_itself() {
    let world = World::new();
    world.account.set_quota_rules(QuotaRules {
        approve_up_to: [("iam/L-FE177D64".to_owned(), 5000)].into(),
        ..QuotaRules::default()
    });
    let roles = json!({"ServiceCode": "iam", "QuotaCode": "L-FE177D64", "DesiredValue": 2000});
    let (status, body) = asked(&world, "us-east-1", "RequestServiceQuotaIncrease", roles).await;
    assert_eq!((status, &body["RequestedQuota"]["GlobalQuota"]), (200, &json!(true)));
    let get = || {
        let roles = json!({"ServiceCode": "iam", "QuotaCode": "L-FE177D64"});
        asked(&world, "us-east-1", "GetServiceQuota", roles)
    };
    assert_eq!(get().await.1["Quota"]["Value"], json!(1000.0));
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(get().await.1["Quota"]["Value"], json!(2000.0));
    let now = world.clock.clock().now();
    quotas::settle_due(&world.account, now).unwrap();
    let directory = world.account.directory();
    assert_eq!(quotas::value(&directory, &"us-east-1".parse().unwrap(), "iam", "L-FE177D64", now), 2000);
}

#[tokio::test]
async fn who_may_not_is_refused_and_a_policy_may_name_one_quota() {
    let world = World::new();
    let by_nobody = |input: Value| world.form_by_nobody("servicequotas", &input.to_string());
    for (operation, input) in [
        ("ListServices", json!({})),
        ("GetServiceQuota", standard(json!({}))),
        ("RequestServiceQuotaIncrease", standard(json!({"DesiredValue": 2000}))),
    ] {
        let (status, body) = send(&world, by_nobody(input), "eu-west-1", operation).await;
        assert_eq!((status, body["__type"].as_str()), (400, Some("AccessDeniedException")), "{body}");
        assert_eq!(world.calls.last().outcome, Outcome::Denied);
    }
    let document = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow",
        "Action": ["servicequotas:GetServiceQuota", "servicequotas:RequestServiceQuotaIncrease"],
        "Resource": "arn:aws:servicequotas:*:*:ec2/L-1216C47A",
        "Condition": {"StringEquals": {"servicequotas:service": "ec2"}},
    }});
    let holder = account::iam::policy::Holder::User("nobody");
    world
        .account
        .change(|directory| account::iam::inline::put(directory, holder, "p", &document.to_string()))
        .unwrap();
    for (input, status) in [
        (standard(json!({"DesiredValue": 2000})), 200),
        (json!({"ServiceCode": "ec2", "QuotaCode": "L-34B43A08", "DesiredValue": 2000}), 400),
    ] {
        let found = send(&world, by_nobody(input), "eu-west-1", "RequestServiceQuotaIncrease").await;
        assert_eq!(found.0, status, "{}", found.1);
    }
}
