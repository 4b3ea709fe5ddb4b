//! More calls than AWS allows, in a region of their own, and look-ups of what was called.

use std::time::Instant;

use super::Load;
use crate::client::Ask;

/// The bucket of DescribeInstances without a filter: 50 at once, 10 per second.
pub(crate) struct Bucket {
    life: u64,
    since: Instant,
    taken: f64,
}

impl Bucket {
    pub(crate) fn new() -> Self {
        Self { life: 0, since: Instant::now(), taken: 0.0 }
    }

    /// A burst. A new server has a full bucket.
    pub(crate) fn turn(&mut self, load: &mut Load) {
        for _ in 0..30 {
            let life = load.client.world.life();
            if life != self.life {
                *self = Self { life, since: Instant::now(), taken: 0.0 };
            }
            let admin = load.client.world.admin.clone();
            let Ok(reply) = load.query(&admin, "ec2", "eu-west-1", "DescribeInstances", &[]) else { return };
            match reply.status {
                200 => self.take(load),
                503 if reply.text().contains("RequestLimitExceeded") => {
                    load.client.world.count("requests refused by limits");
                }
                status => load.client.world.find(format!("beyond the limit: {status} {}", reply.text())),
            }
        }
        let pause = load.random.below(1000);
        load.pause(pause);
    }

    fn take(&mut self, load: &Load) {
        self.taken += 1.0;
        let most = SIZE + PER_SECOND * self.since.elapsed().as_secs_f64() + 1.0;
        if self.taken > most {
            load.client.world.find(format!("{} calls were let through, {most:.1} are allowed", self.taken));
        }
    }
}

/// A look-up of the newest events.
pub(crate) fn look_up(load: &mut Load) {
    let admin = load.client.world.admin.clone();
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"),
    ];
    let names = ["CreateUser", "RunInstances", "AssumeRole", "DescribeInstances"];
    let name = names[load.random.index(names.len())];
    let body = format!(
        r#"{{"LookupAttributes":[{{"AttributeKey":"EventName","AttributeValue":"{name}"}}],"MaxResults":50}}"#
    );
    let ask = Ask {
        service: "cloudtrail",
        region: "us-east-1",
        method: "POST",
        target: "/",
        headers: &headers,
        body: body.as_bytes(),
        unsigned_body: false,
    };
    if let Ok(reply) = load.client.call(&admin, &ask) {
        match reply.status {
            200 if reply.text().contains("\"Events\"") => load.client.world.count("look-ups"),
            400 if reply.is_throttled() => load.client.world.count("requests refused by limits"),
            status => load.client.world.find(format!("look-up: {status} {}", reply.text())),
        }
    }
    let pause = 300 + load.random.below(600);
    load.pause(pause);
}

const SIZE: f64 = 50.0;
const PER_SECOND: f64 = 10.0;
