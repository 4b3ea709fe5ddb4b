//! Who may, while policies change: a user, a group, a role with its session, and a bucket's policy.
//!
//! Rule: after each change that is acknowledged the decision is known: allowed if one of the policies allows and none denies.
//! (AWS needs seconds for that; here a change holds at once.)

use super::Load;
use crate::client::{Ask, Keys, Reply};

/// One load's people and their bucket.
pub(crate) struct People {
    bucket: String,
    user: String,
    role: String,
    keys: Keys,
    session: Keys,
    by_user: Effect,
    by_role: Effect,
    by_bucket: Effect,
    is_member: bool,
    is_active: bool,
    /// Users that come and go, for the census.
    others: Vec<String>,
    made: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Effect {
    None,
    Allow,
    Deny,
}

impl People {
    /// Before any fault.
    pub(crate) fn settle(load: &mut Load) -> Option<Self> {
        let name = load.name.clone();
        let (user, role, group) = (format!("{name}-user"), format!("{name}-role"), format!("{name}-group"));
        let account = load.client.world.account.clone();
        let admin = load.client.world.admin.clone();
        load.insist("iam", "CreateUser", &[("UserName", &user), ("Path", "/soak/")], &[])?;
        load.insist("iam", "CreateGroup", &[("GroupName", &group)], &[])?;
        let bucket = format!("soak-{name}");
        let allow = document(Effect::Allow, &bucket, None);
        let granted = [("GroupName", group.as_str()), ("PolicyName", "p"), ("PolicyDocument", &allow)];
        load.insist("iam", "PutGroupPolicy", &granted, &[])?;
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{account}:root"}},"Action":"sts:AssumeRole"}}}}"#
        );
        load.insist("iam", "CreateRole", &[("RoleName", &role), ("AssumeRolePolicyDocument", &trust)], &[])?;
        let made = load.insist("iam", "CreateAccessKey", &[("UserName", &user)], &[])?;
        let keys = Keys::new(&made.element("AccessKeyId")?, &made.element("SecretAccessKey")?, None);
        for target in [format!("/{bucket}"), format!("/{bucket}/secret")] {
            let reply = load.client.call(&admin, &Ask::s3("PUT", &target, b"")).ok()?;
            if reply.status != 200 {
                load.client.world.find(format!("{target}: {} {}", reply.status, reply.text()));
            }
        }
        let session = assume(load, &role)?;
        Some(Self {
            bucket,
            user,
            role,
            keys,
            session,
            by_user: Effect::None,
            by_role: Effect::None,
            by_bucket: Effect::None,
            is_member: false,
            is_active: true,
            others: Vec::new(),
            made: 0,
        })
    }

    pub(crate) fn turn(&mut self, load: &mut Load) {
        match load.random.below(8) {
            0 => self.change_user(load),
            1 => self.change_role(load),
            2 => self.change_bucket(load),
            3 => self.change_membership(load),
            4 => self.change_key(load),
            5 => self.renew(load),
            6 => self.come_or_go(load),
            _ => self.census(load),
        }
        for _ in 0..3 {
            self.check(load);
        }
        load.pause(10);
    }

    /// Both callers, against what is known.
    fn check(&self, load: &mut Load) {
        let by_group = if self.is_member { Effect::Allow } else { Effect::None };
        let user = allows(&[self.by_user, by_group, self.by_bucket]) && self.is_active;
        let role = allows(&[self.by_role, self.by_bucket]);
        let wanted = [(&self.keys, user, "user"), (&self.session, role, "session")];
        for (keys, expected, who) in wanted {
            let target = format!("/{}/secret", self.bucket);
            let Ok(reply) = load.client.call(keys, &Ask::s3("GET", &target, b"")) else { continue };
            let world = &load.client.world;
            match reply.status {
                200 | 403 if (reply.status == 200) == expected => {
                    world.count(if expected { "decisions to allow" } else { "decisions to refuse" });
                }
                503 if reply.is_throttled() => {}
                status => world.find(format!(
                    "{} {who}: {status} where allowed is {expected}: user {:?} member {} active {} role {:?} bucket {:?}: {}",
                    load.name, self.by_user, self.is_member, self.is_active, self.by_role, self.by_bucket, reply.text()
                )),
            }
        }
    }

    fn change_user(&mut self, load: &mut Load) {
        let effect = effect(load);
        let document = document(effect, &self.bucket, None);
        let mut parameters = vec![("UserName", self.user.as_str()), ("PolicyName", "p")];
        let before = self.by_user;
        if effect == Effect::None {
            if before != Effect::None {
                load.insist("iam", "DeleteUserPolicy", &parameters, &["NoSuchEntity"]);
            }
        } else {
            parameters.push(("PolicyDocument", &document));
            load.insist("iam", "PutUserPolicy", &parameters, &[]);
        }
        self.by_user = effect;
    }

    fn change_role(&mut self, load: &mut Load) {
        let effect = effect(load);
        let document = document(effect, &self.bucket, None);
        let mut parameters = vec![("RoleName", self.role.as_str()), ("PolicyName", "p")];
        if effect == Effect::None {
            if self.by_role != Effect::None {
                load.insist("iam", "DeleteRolePolicy", &parameters, &["NoSuchEntity"]);
            }
        } else {
            parameters.push(("PolicyDocument", &document));
            load.insist("iam", "PutRolePolicy", &parameters, &[]);
        }
        self.by_role = effect;
    }

    fn change_bucket(&mut self, load: &mut Load) {
        let effect = effect(load);
        let account = load.client.world.account.clone();
        let everybody = format!(
            r#"["arn:aws:iam::{account}:user/soak/{}","arn:aws:iam::{account}:role/{}"]"#,
            self.user, self.role
        );
        let document = document(effect, &self.bucket, Some(&everybody));
        let target = format!("/{}?policy=", self.bucket);
        let admin = load.client.world.admin.clone();
        let checksum = checksum(document.as_bytes());
        let headers = [("x-amz-checksum-crc32", checksum.as_str())];
        let ask = match effect {
            Effect::None => Ask::s3("DELETE", &target, b""),
            _ => Ask { headers: &headers, ..Ask::s3("PUT", &target, document.as_bytes()) },
        };
        loop {
            load.client.world.wait_until_up();
            match load.client.call(&admin, &ask) {
                Ok(reply) if reply.status == 204 || reply.status == 200 => break,
                Ok(reply) if reply.is_throttled() => load.pause(200),
                Ok(reply) => {
                    load.client.world.find(format!("policy of a bucket: {} {}", reply.status, reply.text()));
                    return;
                }
                Err(_) => load.client.world.count("changes cut off"),
            }
        }
        load.client.world.count("changes of the account acknowledged");
        self.by_bucket = effect;
    }

    fn change_membership(&mut self, load: &mut Load) {
        let group = format!("{}-group", load.name);
        let action = if self.is_member { "RemoveUserFromGroup" } else { "AddUserToGroup" };
        // Who is a member already is taken in again; who is none any more is not found.
        load.insist("iam", action, &[("GroupName", &group), ("UserName", &self.user)], &["NoSuchEntity"]);
        self.is_member = !self.is_member;
    }

    fn change_key(&mut self, load: &mut Load) {
        let status = if self.is_active { "Inactive" } else { "Active" };
        let parameters =
            [("UserName", self.user.as_str()), ("AccessKeyId", &self.keys.id), ("Status", status)];
        load.insist("iam", "UpdateAccessKey", &parameters, &[]);
        self.is_active = !self.is_active;
    }

    fn renew(&mut self, load: &mut Load) {
        if let Some(session) = assume(load, &self.role) {
            self.session = session;
        }
    }

    fn come_or_go(&mut self, load: &mut Load) {
        if self.others.len() < OTHERS {
            self.made += 1;
            let name = format!("{}-other-{}", load.name, self.made);
            let parameters = [("UserName", name.as_str()), ("Path", "/soak/")];
            load.insist("iam", "CreateUser", &parameters, &["EntityAlreadyExists"]);
            self.others.push(name);
        } else {
            let name = self.others.swap_remove(load.random.index(OTHERS));
            load.insist("iam", "DeleteUser", &[("UserName", &name)], &["NoSuchEntity"]);
        }
    }

    /// Everybody who was acknowledged is there, and nobody else.
    fn census(&self, load: &mut Load) {
        let admin = load.client.world.admin.clone();
        let parameters = [("PathPrefix", "/soak/"), ("MaxItems", "1000")];
        let Ok(reply) = load.query(&admin, "iam", "us-east-1", "ListUsers", &parameters) else { return };
        let mut there = crate::client::elements(&reply.text(), "UserName");
        there.retain(|name| name.starts_with(&load.name));
        let mut known: Vec<String> = self.others.iter().chain([&self.user]).cloned().collect();
        there.sort();
        known.sort();
        if there != known {
            load.client.world.find(format!("users are {there:?}, should be {known:?}"));
        }
        load.client.world.count("censuses of users");
    }
}

fn assume(load: &mut Load, role: &str) -> Option<Keys> {
    let admin = load.client.world.admin.clone();
    let arn = format!("arn:aws:iam::{}:role/{role}", load.client.world.account);
    let parameters = [("RoleArn", arn.as_str()), ("RoleSessionName", "soak")];
    let reply: Reply = load.query(&admin, "sts", "us-east-1", "AssumeRole", &parameters).ok()?;
    if reply.status != 200 {
        load.client.world.find(format!("no session: {} {}", reply.status, reply.text()));
        return None;
    }
    load.client.world.count("sessions");
    let (id, secret) = (reply.element("AccessKeyId")?, reply.element("SecretAccessKey")?);
    Some(Keys::new(&id, &secret, Some(&reply.element("SessionToken")?)))
}

fn allows(effects: &[Effect]) -> bool {
    effects.contains(&Effect::Allow) && !effects.contains(&Effect::Deny)
}

fn effect(load: &mut Load) -> Effect {
    [Effect::None, Effect::Allow, Effect::Allow, Effect::Deny][load.random.index(4)]
}

fn document(effect: Effect, bucket: &str, principal: Option<&str>) -> String {
    let principal = principal.map_or_else(String::new, |who| format!(r#""Principal":{{"AWS":{who}}},"#));
    let word = if effect == Effect::Deny { "Deny" } else { "Allow" };
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{word}",{principal}"Action":"s3:GetObject","Resource":"arn:aws:s3:::{bucket}/*"}}]}}"#
    )
}

/// CRC-32 in Base64: S3 takes no policy without a checksum.
fn checksum(bytes: &[u8]) -> String {
    let crc = !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    });
    let digit = |shift: u64| {
        char::from(BASE64[usize::try_from((u64::from(crc) << 4 >> shift) & 63).expect("six bits")])
    };
    [30, 24, 18, 12, 6, 0].map(digit).iter().chain(&['=', '=']).collect()
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const OTHERS: usize = 10;

#[cfg(test)]
mod tests {
    #[test]
    fn makes_the_checksum_that_others_make() {
        assert_eq!(super::checksum(b"123456789"), "y/Q5Jg==");
    }
}
