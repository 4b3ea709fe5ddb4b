//! Limits at a time of their own: exact counts of refusals, each service's words, what is told afterwards.

use std::time::Duration;

use super::*;

const START: Timestamp = Timestamp::from_secs(1_795_000_000);

fn region(name: &str) -> Region {
    name.parse().unwrap()
}

fn throttle(mode: LimitMode, scale: u32) -> Throttle {
    Throttle::new(LimitSettings { mode, scale, unpublished: false }, START)
}

/// How many of so many calls were let through.
fn granted(
    throttle: &Throttle,
    (service, operation): (&'static str, &'static str),
    demand: Demand<'_>,
    now: Timestamp,
    calls: usize,
) -> usize {
    let region = region("eu-west-1");
    let asking = Asking { service, operation, region: &region, now, demand };
    (0..calls).filter(|_| throttle.admit(&asking).is_ok()).count()
}

const DESCRIBE: (&str, &str) = ("ec2", "DescribeInstances");
const BARE: Demand<'static> = Demand::Form("", b"Action=DescribeInstances&Version=2016-11-15");
const PAGED: Demand<'static> = Demand::Form("", b"Action=DescribeInstances&MaxResults=5");

#[test]
fn bare_describe_instances_is_fifty_then_ten_and_a_paged_one_a_hundred_then_twenty() {
    let throttle = throttle(LimitMode::Aws, 100);
    assert_eq!(granted(&throttle, DESCRIBE, BARE, START, 200), 50);
    assert_eq!(granted(&throttle, DESCRIBE, PAGED, START, 200), 100, "they have buckets of their own");
    for second in 1..=5 {
        let now = START + Duration::from_secs(second);
        assert_eq!(granted(&throttle, DESCRIBE, BARE, now, 200), 10);
        assert_eq!(granted(&throttle, DESCRIBE, PAGED, now, 200), 20);
    }
}

#[test]
fn operations_and_regions_have_buckets_of_their_own() {
    let throttle = throttle(LimitMode::Aws, 100);
    assert_eq!(granted(&throttle, ("ec2", "DescribeImages"), BARE, START, 200), 100);
    assert_eq!(granted(&throttle, ("ec2", "DescribeTags"), BARE, START, 200), 100);
    let other = region("us-east-1");
    let (service, operation) = ("ec2", "DescribeImages");
    let asking = Asking { service, operation, region: &other, now: START, demand: BARE };
    throttle.admit(&asking).unwrap();
}

#[test]
fn run_instances_takes_one_token_for_the_call_and_one_for_each_instance() {
    let throttle = throttle(LimitMode::Aws, 100);
    let many = Demand::Form("", b"Action=RunInstances&MinCount=1&MaxCount=300");
    assert_eq!(granted(&throttle, ("ec2", "RunInstances"), many, START, 5), 3);
    let now = START + Duration::from_secs(99);
    assert_eq!(
        granted(&throttle, ("ec2", "RunInstances"), many, now, 1),
        0,
        "100 and 99 times 2 are too few"
    );
    let now = START + Duration::from_secs(100);
    assert_eq!(granted(&throttle, ("ec2", "RunInstances"), many, now, 1), 1);
    let stop = Demand::Form("", b"Action=StopInstances&InstanceId.1=i-1&InstanceId.2=i-2");
    assert_eq!(granted(&throttle, ("ec2", "StopInstances"), stop, START, 100), 50, "calls run out first");
}

#[test]
fn each_service_refuses_in_its_own_words() {
    let throttle = Throttle::new(LimitSettings { unpublished: true, ..LimitSettings::default() }, START);
    let object = Demand::Object { bucket: "b", key: "k" };
    for (service, operation, demand, expected) in [
        (
            "ec2",
            "DescribeInstances",
            BARE,
            ("RequestLimitExceeded", 503, "Request limit exceeded.", Some(100)),
        ),
        ("s3", "PutObject", object, ("SlowDown", 503, "Please reduce your request rate.", Some(1))),
        (
            "cloudtrail",
            "LookupEvents",
            Demand::Plain,
            ("ThrottlingException", 400, "Rate exceeded", Some(500)),
        ),
        (
            "servicequotas",
            "GetServiceQuota",
            Demand::Plain,
            ("TooManyRequestsException", 400, "Rate exceeded", Some(200)),
        ),
        ("sts", "GetCallerIdentity", Demand::Plain, ("Throttling", 400, "Rate exceeded", Some(2))),
        ("iam", "CreateUser", Demand::Plain, ("Throttling", 400, "Rate exceeded", Some(200))),
    ] {
        let region = region("us-east-1");
        let asking = Asking { service, operation, region: &region, now: START, demand };
        let refused = (0..6000).find_map(|_| throttle.admit(&asking).err()).unwrap();
        let Throttled { error, retry_after } = refused;
        let millis = retry_after.map(|wait| wait.as_millis());
        assert_eq!((&*error.code, error.status, &*error.message, millis), expected, "{service}");
    }
}

#[test]
fn what_aws_does_not_publish_is_told_and_not_enforced() {
    let throttle = throttle(LimitMode::Aws, 100);
    assert_eq!(granted(&throttle, ("iam", "CreateUser"), Demand::Plain, START, 60), 60);
    let report = throttle.report(START);
    let bucket = &report.buckets[0];
    assert_eq!((bucket.taken, bucket.refused, bucket.refused_by_aws), (60, 0, 10));
    assert_eq!((bucket.figures.enforced, bucket.region.as_ref()), (None, None));
}

#[test]
fn scaled_or_off_it_is_still_told_what_aws_would_have_refused() {
    for (mode, scale, through) in [
        (LimitMode::Off, 100, 60),
        (LimitMode::Report, 100, 60),
        (LimitMode::Aws, 50, 25),
        (LimitMode::Aws, 400, 60),
    ] {
        let throttle = throttle(mode, scale);
        assert_eq!(granted(&throttle, DESCRIBE, BARE, START, 60), through, "{mode:?} {scale}");
        let report = throttle.report(START);
        let bucket = &report.buckets[0];
        assert_eq!(bucket.refused_by_aws, 10);
        assert_eq!(bucket.figures.what, "DescribeInstances without filter or MaxResults");
        assert_eq!((bucket.figures.size, bucket.figures.refill), (50, 10.0));
        assert_eq!(bucket.worst, Some((START, 60)));
    }
}

#[test]
fn settings_change_between_calls_and_a_reset_fills_all() {
    let throttle = throttle(LimitMode::Aws, 100);
    assert_eq!(granted(&throttle, DESCRIBE, BARE, START, 60), 50);
    throttle.set(LimitSettings::OFF);
    assert_eq!(granted(&throttle, DESCRIBE, BARE, START, 60), 60);
    throttle.set(LimitSettings::default());
    assert_eq!(granted(&throttle, DESCRIBE, BARE, START, 1), 0);
    let later = START + Duration::from_secs(1);
    throttle.reset(later);
    assert_eq!(throttle.report(later).buckets, []);
    assert_eq!(throttle.report(later).since, later);
    assert_eq!(granted(&throttle, DESCRIBE, BARE, START, 60), 50);
}

#[test]
fn tokens_are_on_the_page_of_metrics() {
    let throttle = Arc::new(throttle(LimitMode::Aws, 100));
    granted(&throttle, DESCRIBE, BARE, START, 60);
    let mut registry = Registry::default();
    throttle.register(&mut registry);
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
    for (outcome, count) in [("taken", 50), ("refused", 10), ("refused-by-aws", 10)] {
        let line = format!(
            "linklocal_account_limit_tokens_total{{service=\"ec2\",operation=\"DescribeInstances\",outcome=\"{outcome}\"}} {count}\n"
        );
        assert!(text.contains(&line), "{text}");
    }
}

#[test]
fn report_knows_every_limit() {
    let report = throttle(LimitMode::Aws, 50).report(START);
    let of = |what: &str| report.figures.iter().find(|figures| figures.what == what).unwrap();
    let bare = of("DescribeInstances without filter or MaxResults");
    assert_eq!((bare.size, bare.refill, bare.enforced), (50, 10.0, Some((25, 5.0))));
    assert_eq!((of("DescribeInstances").size, of("DescribeInstances").refill), (100, 20.0));
    assert_eq!(of("RunInstances, instances").size, 1000);
    assert_eq!(of("all signed operations together").enforced, None);
    assert_eq!(of("GetObject, of one prefix").size, 5500);
}
