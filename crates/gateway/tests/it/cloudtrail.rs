//! CloudTrail over the wire: what is asked of the history, what of it is shown, and what is refused in which words.

use gateway::{Deliveries, History, LookUp, LookUpAttribute, LookUpError, PastEvent, PastEvents};
use serde_json::{Value, json};

use crate::client::Reply;
use crate::draft::Draft;
use crate::world::World;

/// Has one event, and tells what it was asked.
#[derive(Debug)]
pub(crate) struct Past;

impl History for Past {
    fn look_up(&self, look_up: &LookUp<'_>) -> Result<PastEvents, LookUpError> {
        match look_up.next_token {
            Some("unreadable") => return Err(LookUpError::Unreadable("disk".to_owned())),
            Some(_) => return Err(LookUpError::NextToken),
            None => {}
        }
        let event = PastEvent {
            event_id: "e1".to_owned(),
            event_name: format!("{:?}", look_up.attribute),
            event_source: "iam.amazonaws.com".to_owned(),
            event_time: look_up.from,
            read_only: false,
            user_name: Some("alice".to_owned()),
            access_key_id: None,
            resources: vec![("AWS::IAM::User".to_owned(), "bob".to_owned())],
            text: format!("{{\"awsRegion\":\"{}\"}}", look_up.region),
        };
        let next_token = (look_up.max_results == 1).then(|| "more".to_owned());
        Ok(PastEvents { events: vec![event], next_token })
    }

    fn deliveries(&self) -> Deliveries {
        Deliveries::default()
    }
}

async fn ask(world: &World, by: fn(&World, &str) -> Draft, operation: &str, input: &Value) -> Reply {
    let target = format!("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.{operation}");
    let draft =
        by(world, &input.to_string()).edited("content-type", |_| "application/x-amz-json-1.1".to_owned());
    world.send(&draft.with("x-amz-target", &target).signed()).await
}

fn admin(world: &World, body: &str) -> Draft {
    world.form("cloudtrail", body)
}

fn nobody(world: &World, body: &str) -> Draft {
    world.form_by_nobody("cloudtrail", body)
}

fn code(reply: &Reply) -> String {
    let body: Value = serde_json::from_str(&reply.body).unwrap();
    body["__type"].as_str().unwrap().rsplit('#').next().unwrap().to_owned()
}

#[tokio::test]
async fn events_are_looked_up_in_the_region_of_the_request() {
    let world = World::new();
    let attribute = json!({ "AttributeKey": "Username", "AttributeValue": "alice" });
    let input = json!({ "LookupAttributes": [attribute], "StartTime": 1_700_000_000, "MaxResults": 1 });
    let reply = ask(&world, admin, "LookupEvents", &input).await;
    let found: Value = serde_json::from_str(&reply.body).unwrap();
    let event = &found["Events"][0];
    assert_eq!(event["EventName"], format!("{:?}", Some((LookUpAttribute::Username, "alice"))));
    assert_eq!((&event["EventTime"], &event["ReadOnly"]), (&json!(1_700_000_000), &json!("false")));
    assert_eq!(event["Resources"], json!([{ "ResourceType": "AWS::IAM::User", "ResourceName": "bob" }]));
    assert_eq!(event["CloudTrailEvent"], "{\"awsRegion\":\"eu-west-1\"}");
    assert_eq!((&event["Username"], &event["AccessKeyId"]), (&json!("alice"), &Value::Null));
    assert_eq!(found["NextToken"], "more");
}

#[tokio::test]
async fn wrong_look_ups_are_refused_by_name() {
    let world = World::new();
    let attribute = json!({ "AttributeKey": "EventName", "AttributeValue": "x" });
    let unknown = json!({ "AttributeKey": "Other", "AttributeValue": "x" });
    for (input, expected) in [
        (json!({ "LookupAttributes": [attribute, attribute] }), "InvalidLookupAttributesException"),
        (json!({ "LookupAttributes": [unknown] }), "InvalidLookupAttributesException"),
        (json!({ "StartTime": 2, "EndTime": 1 }), "InvalidTimeRangeException"),
        (json!({ "NextToken": "x" }), "InvalidNextTokenException"),
        (json!({ "NextToken": "unreadable" }), "InternalFailure"),
        (json!({ "EventCategory": "insight" }), "InvalidEventCategoryException"),
        (json!({ "EventCategory": "other" }), "InvalidEventCategoryException"),
        (json!({ "MaxResults": 51 }), "InvalidMaxResultsException"),
        (json!({ "MaxResults": 0 }), "InvalidMaxResultsException"),
    ] {
        let reply = ask(&world, admin, "LookupEvents", &input).await;
        assert_eq!(code(&reply), expected, "{input}");
    }
    let reply = ask(&world, nobody, "LookupEvents", &json!({})).await;
    assert_eq!((code(&reply), reply.status), ("AccessDeniedException".to_owned(), 400));
}

#[tokio::test]
async fn the_account_has_no_trails_and_says_so() {
    let world = World::new();
    let named = json!({ "Name": "t", "TrailName": "t", "S3BucketName": "b" });
    for (operation, expected) in [
        ("GetTrailStatus", "TrailNotFoundException"),
        ("StartLogging", "TrailNotFoundException"),
        ("StopLogging", "TrailNotFoundException"),
        ("GetEventSelectors", "TrailNotFoundException"),
        ("PutEventSelectors", "TrailNotFoundException"),
        ("CreateTrail", "UnsupportedOperationException"),
    ] {
        let reply = ask(&world, admin, operation, &named).await;
        assert_eq!((code(&reply), reply.status), (expected.to_owned(), 400), "{operation}");
    }
    for (operation, expected) in
        [("DescribeTrails", json!({ "trailList": [] })), ("ListTrails", json!({ "Trails": [] }))]
    {
        let reply = ask(&world, admin, operation, &json!({})).await;
        assert_eq!(serde_json::from_str::<Value>(&reply.body).unwrap(), expected, "{operation}");
    }
}
