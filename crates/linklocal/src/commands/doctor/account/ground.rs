//! Who attacks, and what is made for it.

use std::cell::{Cell, RefCell};

use sys::Entropy;
use totp::{Seed, Step};
use types::Secret;

use super::super::check::{Finding, require};
use super::api::{Api, Credentials, Said};
use crate::failure::Failure;

/// The account under attack, and an administrator of it.
pub(super) struct Ground {
    pub(super) api: Api,
    pub(super) administrator: Credentials,
    pub(super) account: String,
    /// Of the administrator.
    pub(super) arn: String,
    suffix: String,
    made: Cell<u32>,
    left: RefCell<Vec<Made>>,
}

/// What is to be removed, in this order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Made {
    Bucket(String),
    User(String),
    Role(String),
    Group(String),
    Device(String),
    Policy(String),
}

/// A user with a key.
pub(super) struct User {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) keys: Credentials,
}

/// A device that is linked to a user.
pub(super) struct Device {
    pub(super) serial: String,
    seed: Seed,
    /// The newest step of which a code was used.
    used: Cell<u64>,
}

impl Ground {
    /// Looks who the keys belong to; a server that does not know them cannot be examined.
    pub(super) fn survey(api: Api, administrator: Credentials, entropy: Entropy) -> Result<Self, Failure> {
        let refused = |why: String| {
            Failure::new(format!("the account cannot be examined: {why}"))
                .hint("name an administrator's profile with --profile, and the account with --endpoint")
        };
        let who = api.call(&administrator, "sts", "GetCallerIdentity", &[]);
        let who = who.map_err(|finding| refused(format!("{finding:?}")))?;
        let (Some(account), Some(arn)) = (who.element("Account"), who.element("Arn")) else {
            return Err(refused(who.line()));
        };
        let random: [u8; 5] = entropy.bytes().map_err(|error| Failure::of(&error))?;
        let suffix = random.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { api, administrator, account, arn, suffix, made: Cell::new(0), left: RefCell::default() })
    }

    /// Calls as the administrator what must succeed; otherwise the check does not apply.
    pub(super) fn prepare(
        &self,
        service: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Said, Finding> {
        let said = self.api.call(&self.administrator, service, action, parameters)?;
        if said.is_done() {
            return Ok(said);
        }
        Err(Finding::does_not_apply(format!("{action} is needed and answered {}", said.line())))
    }

    /// A user with a key and, perhaps, an inline policy.
    pub(super) fn user(&self, policy: Option<&str>) -> Result<User, Finding> {
        let name = self.name("u");
        let said = self.prepare("iam", "CreateUser", &[("UserName", &name), ("Path", PATH)])?;
        self.left.borrow_mut().push(Made::User(name.clone()));
        let arn = said.element("Arn").unwrap_or_default();
        let keys = self.key(&name)?;
        if let Some(policy) = policy {
            self.grant(&name, policy)?;
        }
        Ok(User { name, arn, keys })
    }

    pub(super) fn key(&self, user: &str) -> Result<Credentials, Finding> {
        let said = self.prepare("iam", "CreateAccessKey", &[("UserName", user)])?;
        said.credentials().ok_or_else(|| Finding::does_not_apply("CreateAccessKey shows no key"))
    }

    pub(super) fn grant(&self, user: &str, policy: &str) -> Result<Said, Finding> {
        let parameters = [("UserName", user), ("PolicyName", "doctor"), ("PolicyDocument", policy)];
        self.prepare("iam", "PutUserPolicy", &parameters)
    }

    /// A role and, perhaps, an inline policy; its ARN.
    pub(super) fn role(&self, trust: &str, policy: Option<&str>) -> Result<(String, String), Finding> {
        let name = self.name("r");
        let parameters = [("RoleName", name.as_str()), ("Path", PATH), ("AssumeRolePolicyDocument", trust)];
        let said = self.prepare("iam", "CreateRole", &parameters)?;
        self.left.borrow_mut().push(Made::Role(name.clone()));
        if let Some(policy) = policy {
            let parameters =
                [("RoleName", name.as_str()), ("PolicyName", "doctor"), ("PolicyDocument", policy)];
            self.prepare("iam", "PutRolePolicy", &parameters)?;
        }
        Ok((name, said.element("Arn").unwrap_or_default()))
    }

    pub(super) fn group(&self, policy: &str) -> Result<String, Finding> {
        let name = self.name("g");
        self.prepare("iam", "CreateGroup", &[("GroupName", &name), ("Path", PATH)])?;
        self.left.borrow_mut().push(Made::Group(name.clone()));
        let parameters = [("GroupName", name.as_str()), ("PolicyName", "doctor"), ("PolicyDocument", policy)];
        self.prepare("iam", "PutGroupPolicy", &parameters)?;
        Ok(name)
    }

    /// A managed policy; its ARN.
    pub(super) fn policy(&self, document: &str) -> Result<String, Finding> {
        let name = self.name("p");
        let parameters = [("PolicyName", name.as_str()), ("Path", PATH), ("PolicyDocument", document)];
        let said = self.prepare("iam", "CreatePolicy", &parameters)?;
        let arn = said.element("Arn").unwrap_or_default();
        self.left.borrow_mut().push(Made::Policy(arn.clone()));
        Ok(arn)
    }

    /// A bucket, of which nothing is public.
    pub(super) fn bucket(&self) -> Result<String, Finding> {
        let name = self.name("b");
        let constraint = format!(
            "<CreateBucketConfiguration><LocationConstraint>{}</LocationConstraint></CreateBucketConfiguration>",
            self.api.region
        );
        let body = if self.api.region == "us-east-1" { "" } else { constraint.as_str() };
        let said = self.in_bucket("PUT", &format!("/{name}"), body)?;
        if !said.is_done() {
            return Err(Finding::does_not_apply(format!(
                "CreateBucket is needed and answered {}",
                said.line()
            )));
        }
        self.left.borrow_mut().push(Made::Bucket(name.clone()));
        Ok(name)
    }

    /// As the administrator.
    fn in_bucket(&self, method: &'static str, target: &str, body: &str) -> Result<Said, Finding> {
        let draft = self.api.document(method, target, body)?;
        self.api.send(&draft.signed(&self.administrator, self.api.scope("s3"))?)
    }

    fn remove_bucket(&self, bucket: &str) -> bool {
        let quietly = |method, target: &str| self.in_bucket(method, target, "").ok();
        quietly("DELETE", &format!("/{bucket}?policy"));
        let held = quietly("GET", &format!("/{bucket}")).map(|said| said.elements("Key")).unwrap_or_default();
        for key in held {
            quietly("DELETE", &format!("/{bucket}/{key}"));
        }
        quietly("DELETE", &format!("/{bucket}")).is_some_and(|said| said.status == 204)
    }

    /// A device of a user, linked by two codes.
    pub(super) fn device(&self, user: &User) -> Result<Device, Finding> {
        let name = self.name("m");
        let said = self.prepare(
            "iam",
            "CreateVirtualMFADevice",
            &[("VirtualMFADeviceName", &name), ("Path", PATH)],
        )?;
        let serial = said.element("SerialNumber").unwrap_or_default();
        self.left.borrow_mut().push(Made::Device(serial.clone()));
        let seed = said.element("Base32StringSeed").unwrap_or_default();
        let seed = decoded(&seed).and_then(|text| Seed::from_base32(&text).ok());
        let seed = seed.ok_or_else(|| Finding::does_not_apply("CreateVirtualMFADevice shows no seed"))?;
        let step = self.step();
        let device = Device { serial, seed, used: Cell::new(step) };
        let parameters = [
            ("UserName", user.name.as_str()),
            ("SerialNumber", &device.serial),
            ("AuthenticationCode1", &device.code(step - 1)),
            ("AuthenticationCode2", &device.code(step)),
        ];
        self.prepare("iam", "EnableMFADevice", &parameters)?;
        Ok(device)
    }

    pub(super) fn step(&self) -> u64 {
        Step::at(self.api.now()).0
    }

    /// What is asked as `keys` must be done.
    pub(super) fn must_pass(
        &self,
        keys: &Credentials,
        service: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Said, Finding> {
        let said = self.api.call(keys, service, action, parameters)?;
        require(said.is_done(), format!("{action} is done"), said.line())?;
        Ok(said)
    }

    /// What is asked as `keys` must be refused by one of `codes`.
    pub(super) fn must_refuse(
        &self,
        keys: &Credentials,
        service: &str,
        action: &str,
        parameters: &[(&str, &str)],
        codes: &[&str],
    ) -> Result<(), Finding> {
        self.api.call(keys, service, action, parameters)?.must_be_refused_as(codes)
    }

    /// Removes what was made: holders before what they hold. What could not be.
    pub(super) fn remove_all(&self) -> Vec<String> {
        let mut made = std::mem::take(&mut *self.left.borrow_mut());
        made.sort();
        made.iter().filter_map(|made| self.remove(made)).collect()
    }

    fn remove(&self, made: &Made) -> Option<String> {
        let quietly = |action: &str, parameters: &[(&str, &str)]| {
            self.api.call(&self.administrator, "iam", action, parameters).ok()
        };
        let all = |action: &str, parameter: (&str, &str), element: &str| {
            quietly(action, &[parameter]).map(|said| said.elements(element)).unwrap_or_default()
        };
        let (action, name, value) = match made {
            Made::Bucket(bucket) => return (!self.remove_bucket(bucket)).then(|| bucket.clone()),
            Made::User(user) => {
                let of = ("UserName", user.as_str());
                for key in all("ListAccessKeys", of, "AccessKeyId") {
                    quietly("DeleteAccessKey", &[of, ("AccessKeyId", &key)]);
                }
                for device in all("ListMFADevices", of, "SerialNumber") {
                    quietly("DeactivateMFADevice", &[of, ("SerialNumber", &device)]);
                    quietly("DeleteVirtualMFADevice", &[("SerialNumber", &device)]);
                }
                for group in all("ListGroupsForUser", of, "GroupName") {
                    quietly("RemoveUserFromGroup", &[of, ("GroupName", &group)]);
                }
                for arn in all("ListAttachedUserPolicies", of, "PolicyArn") {
                    quietly("DetachUserPolicy", &[of, ("PolicyArn", &arn)]);
                }
                for policy in all("ListUserPolicies", of, "member") {
                    quietly("DeleteUserPolicy", &[of, ("PolicyName", &policy)]);
                }
                quietly("DeleteUserPermissionsBoundary", &[of]);
                ("DeleteUser", "UserName", user)
            }
            Made::Role(role) => {
                let of = ("RoleName", role.as_str());
                for policy in all("ListRolePolicies", of, "member") {
                    quietly("DeleteRolePolicy", &[of, ("PolicyName", &policy)]);
                }
                for arn in all("ListAttachedRolePolicies", of, "PolicyArn") {
                    quietly("DetachRolePolicy", &[of, ("PolicyArn", &arn)]);
                }
                ("DeleteRole", "RoleName", role)
            }
            Made::Group(group) => {
                let of = ("GroupName", group.as_str());
                for policy in all("ListGroupPolicies", of, "member") {
                    quietly("DeleteGroupPolicy", &[of, ("PolicyName", &policy)]);
                }
                ("DeleteGroup", "GroupName", group)
            }
            Made::Policy(arn) => {
                for version in all("ListPolicyVersions", ("PolicyArn", arn), "VersionId") {
                    quietly("DeletePolicyVersion", &[("PolicyArn", arn), ("VersionId", &version)]);
                }
                ("DeletePolicy", "PolicyArn", arn)
            }
            Made::Device(serial) => ("DeleteVirtualMFADevice", "SerialNumber", serial),
        };
        let said = quietly(action, &[(name, value)]);
        let gone = said.is_some_and(|said| said.is_done() || said.code == "NoSuchEntity");
        (!gone).then(|| value.clone())
    }

    fn name(&self, kind: &str) -> String {
        self.made.set(self.made.get() + 1);
        format!("doctor-{}-{kind}{}", self.suffix, self.made.get())
    }
}

impl Device {
    pub(super) fn code(&self, step: u64) -> String {
        self.seed.code_at(Step(step)).expose().clone()
    }

    /// A code that was not used yet and is in force, give or take a step.
    pub(super) fn fresh(&self, now: u64) -> Result<String, Finding> {
        let step = self.used.get().max(now - 1) + 1;
        if step > now + 2 {
            return Err(Finding::does_not_apply("there is no fresh code of this device now"));
        }
        self.used.set(step);
        Ok(self.code(step))
    }
}

impl Said {
    /// A refusal, and by one of these codes.
    pub(super) fn must_be_refused_as(&self, codes: &[&str]) -> Result<(), Finding> {
        let wanted = || codes.join(" or ");
        require(self.status >= 400 && codes.contains(&self.code.as_str()), wanted(), self.line())
    }
}

/// A session's keys, of whatever operation.
pub(super) fn session(said: &Said) -> Result<Credentials, Finding> {
    said.credentials().ok_or_else(|| Finding::does_not_apply("the answer holds no session"))
}

/// Blobs are Base64 on the wire.
fn decoded(text: &str) -> Option<String> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

/// A key that nobody has.
pub(super) fn stranger() -> Credentials {
    Credentials { id: "AKIAIOSFODNN7EXAMPLE".to_owned(), secret: Secret::new("0".repeat(40)), token: None }
}

/// Where everything is made.
const PATH: &str = "/linklocal-doctor/";
