//! Limits over the wire: exact counts of refusals, their words, and what is told of them.

use std::time::Duration;

use gateway::{LimitMode, LimitSettings, Outcome};

use crate::client::{Client, Reply};
use crate::draft::Draft;
use crate::world::World;

const REGIONS: &str = "Action=DescribeRegions&Version=2016-11-15";
const BARE: &str = "Action=DescribeInstances&Version=2016-11-15";

async fn asked(client: &mut Client, draft: &Draft) -> Reply {
    client.write(&draft.bytes()).await;
    client.read().await
}

/// How many of so many calls were let through, and the last refusal.
async fn granted(world: &World, body: &str, calls: usize) -> (usize, Option<Reply>) {
    let time = world.clock.clock().now();
    let draft = Draft { time, ..world.form("ec2", body) }.signed();
    let (mut client, mut through, mut refusal) = (world.connect().await, 0, None);
    for _ in 0..calls {
        let reply = asked(&mut client, &draft).await;
        match reply.status {
            503 => refusal = Some(reply),
            _ => through += 1,
        }
    }
    (through, refusal)
}

#[tokio::test]
async fn bare_describe_instances_is_fifty_at_once_then_ten_a_second() {
    let world = World::limited(LimitSettings::default());
    let (through, refusal) = granted(&world, BARE, 70).await;
    assert_eq!(through, 50);
    let refusal = refusal.unwrap();
    assert_eq!(refusal.verdict(), (503, "RequestLimitExceeded".to_owned()));
    assert_eq!(refusal.element("Message").as_deref(), Some("Request limit exceeded."));
    assert!(refusal.body.contains("<RequestID>"), "{}", refusal.body);
    assert_eq!(refusal.header("x-amz-retry-after"), Some("100"));
    for _ in 0..3 {
        world.clock.advance(Duration::from_secs(1));
        assert_eq!(granted(&world, BARE, 15).await.0, 10);
    }
    assert_eq!(granted(&world, &format!("{BARE}&MaxResults=5"), 120).await.0, 100);
}

#[tokio::test]
async fn refusals_are_recorded_counted_and_take_no_turn_of_others() {
    let world = World::limited(LimitSettings { scale: 2, ..LimitSettings::default() });
    assert_eq!(granted(&world, REGIONS, 5).await.0, 2);
    let told = world.calls.last();
    assert_eq!((told.outcome, told.status), (Outcome::Throttled, 503));
    assert_eq!(told.operation.as_deref(), Some("DescribeRegions"));
    assert!(told.caller.is_some());
    assert_eq!(granted(&world, "Action=DescribeImages&Version=2016-11-15", 5).await.0, 2);
    let now = world.clock.clock().now();
    let report = world.gateway.throttle().report(now);
    let bucket =
        report.buckets.iter().find(|bucket| bucket.figures.operation == Some("DescribeRegions")).unwrap();
    assert_eq!((bucket.taken, bucket.refused, bucket.refused_by_aws), (2, 3, 0));
    assert_eq!(bucket.region.as_ref().map(|region| region.as_str()), Some("eu-west-1"));
    assert_eq!(bucket.figures.enforced, Some((2, 0.4)));
}

#[tokio::test]
async fn nobody_unknown_takes_tokens() {
    let world = World::limited(LimitSettings::default());
    let wrong = world.form("ec2", BARE).by_key("AKIAQNZGKIQY56JQ7WML", "wrong").signed();
    let mut client = world.connect().await;
    for _ in 0..60 {
        assert_eq!(asked(&mut client, &wrong).await.status, 401);
    }
    assert_eq!(granted(&world, BARE, 60).await.0, 50);
}

#[tokio::test]
async fn service_quotas_and_the_others_answer_in_json_and_xml() {
    let world = World::limited(LimitSettings { unpublished: true, scale: 1, mode: LimitMode::Aws });
    let mut client = world.connect().await;
    let quotas = world.form("servicequotas", "{}");
    let headers = quotas.headers.iter().filter(|(name, _)| name == "host").cloned().collect();
    let quotas = Draft { headers, ..quotas }
        .with("content-type", "application/x-amz-json-1.1")
        .with("x-amz-target", "ServiceQuotasV20190624.ListServices")
        .signed();
    assert_eq!(asked(&mut client, &quotas).await.status, 200);
    let refusal = asked(&mut client, &quotas).await;
    assert_eq!(refusal.status, 400);
    assert!(refusal.body.contains("TooManyRequestsException") && refusal.body.contains("Rate exceeded"));
    let users = world.form("iam", "Action=ListUsers&Version=2010-05-08").signed();
    assert_eq!(asked(&mut client, &users).await.status, 200);
    let refusal = asked(&mut client, &users).await;
    assert_eq!(refusal.verdict(), (400, "Throttling".to_owned()));
    assert_eq!(refusal.element("Message").as_deref(), Some("Rate exceeded"));
    assert_eq!(refusal.header("x-amz-retry-after"), Some("5000"));
}

#[tokio::test]
async fn off_refuses_nothing_and_tells_all() {
    let world = World::new();
    assert_eq!(granted(&world, BARE, 60).await.0, 60);
    let report = world.gateway.throttle().report(world.clock.clock().now());
    assert_eq!((report.buckets[0].refused, report.buckets[0].refused_by_aws), (0, 10));
    assert_eq!(report.settings.mode, LimitMode::Off);
}
