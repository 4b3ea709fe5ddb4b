//! The metadata service of the default instance: what it says, its role's keys, and that tokens are wanted exactly when EC2's
//! API was told so.

use super::Load;
use crate::client::{Client, Keys, Reply};

pub(crate) struct Service {
    is_required: bool,
}

impl Service {
    pub(crate) const fn new() -> Self {
        Self { is_required: false }
    }

    pub(crate) fn turn(&mut self, load: &mut Load) {
        match load.random.below(200) {
            0 => self.change(load),
            1..20 => use_role(load),
            20..60 => self.without_token(load),
            _ => with_token(load),
        }
        load.pause(5);
    }

    fn change(&mut self, load: &mut Load) {
        let instance = load.client.world.instance.clone();
        let tokens = if self.is_required { "optional" } else { "required" };
        let parameters = [("InstanceId", instance.as_str()), ("HttpTokens", tokens)];
        load.insist("ec2", "ModifyInstanceMetadataOptions", &parameters, &[]);
        self.is_required = !self.is_required;
        // As on AWS a change is pending for a while; until it is applied, either answer is right.
        while !is_applied(load, &instance) && !load.client.world.is_over() {
            load.pause(200);
        }
    }

    fn without_token(&self, load: &mut Load) {
        let Ok(reply) = load.client.metadata("GET", INSTANCE_ID, None) else { return };
        let wanted = if self.is_required { 401 } else { 200 };
        if reply.status != wanted {
            load.client
                .world
                .find(format!("metadata without a token: {} where {wanted} is due", reply.status));
        }
        load.client.world.count(if self.is_required { "metadata refused" } else { "metadata read" });
    }
}

fn with_token(load: &mut Load) {
    let Some(reply) = read(&mut load.client, INSTANCE_ID) else { return };
    if reply.status != 200 || reply.text() != load.client.world.instance {
        load.client.world.find(format!("instance id: {} {:?}", reply.status, reply.text()));
    }
    load.client.world.count("metadata read");
}

fn is_applied(load: &mut Load, instance: &str) -> bool {
    let admin = load.client.world.admin.clone();
    let parameters = [("InstanceId.1", instance)];
    load.client.world.wait_until_up();
    let reply = load.query(&admin, "ec2", "us-east-1", "DescribeInstances", &parameters);
    reply
        .ok()
        .and_then(|reply| reply.element("metadataOptions"))
        .is_some_and(|options| options.contains("<state>applied<"))
}

/// The keys of the instance's role are good at the account.
fn use_role(load: &mut Load) {
    let Some(keys) = role(&mut load.client) else { return };
    let Ok(reply) = load.query(&keys, "sts", "us-east-1", "GetCallerIdentity", &[]) else { return };
    let instance = &load.client.world.instance;
    if reply.status != 200 || !reply.text().contains(instance.as_str()) {
        load.client.world.find(format!("the role's keys: {} {}", reply.status, reply.text()));
    }
    load.client.world.count("calls with the instance's role");
}

fn role(client: &mut Client) -> Option<Keys> {
    let place = "/latest/meta-data/iam/security-credentials/";
    let name = read(client, place)?.text();
    let document = read(client, &format!("{place}{name}"))?.text();
    let member = |name: &str| {
        let (_, rest) = document.split_once(&format!("\"{name}\" : \""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let keys = member("AccessKeyId").zip(member("SecretAccessKey")).zip(member("Token"));
    let Some(((id, secret), token)) = keys else {
        client.world.find("no keys of a role in the metadata".to_owned());
        return None;
    };
    Some(Keys::new(&id, &secret, Some(&token)))
}

fn read(client: &mut Client, path: &str) -> Option<Reply> {
    let life = ("X-aws-ec2-metadata-token-ttl-seconds", "60");
    let token = client.metadata("PUT", "/latest/api/token", Some(life)).ok()?.text();
    client.metadata("GET", path, Some(("X-aws-ec2-metadata-token", &token))).ok()
}

const INSTANCE_ID: &str = "/latest/meta-data/instance-id";
