//! The account's state, and what its operations come to.

use std::collections::HashMap;
use std::time::Duration;

use sys::Clock;
use totp::{Seed, Step};
use types::Timestamp;

use super::{ACCOUNT, DEVICE, SECRET, USER, WINDOW, seed};

/// What it knows.
pub(in crate::mfa) struct Account {
    pub(super) keys: Vec<Holder>,
    pub(super) devices: HashMap<String, Device>,
    /// Each request that was signed right: the operation and its parameters.
    pub(in crate::mfa) asked: Vec<(String, HashMap<String, String>)>,
    /// Whether a policy lets users see their devices with MFA alone.
    pub(in crate::mfa) hides_devices: bool,
    /// Whether no pair of codes links a device.
    pub(in crate::mfa) refuses_codes: bool,
    /// By how much its clock is ahead.
    pub(in crate::mfa) ahead: Duration,
}

#[derive(Clone)]
pub(super) struct Holder {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) token: Option<String>,
    pub(super) expires: Option<Timestamp>,
    mfa: bool,
    arn: String,
}

pub(super) struct Device {
    seed: Seed,
    pub(super) user: Option<String>,
    last: Option<Step>,
}

/// Status and body.
pub(super) type Answer = (u16, String);

impl Account {
    /// One user, with long-term keys and a device.
    pub(super) fn new() -> Self {
        let mut account = Self {
            keys: vec![Holder {
                id: USER.to_owned(),
                secret: SECRET.to_owned(),
                token: None,
                expires: None,
                mfa: false,
                arn: format!("arn:aws:iam::{ACCOUNT}:user/staff/alice"),
            }],
            devices: HashMap::new(),
            asked: Vec::new(),
            hides_devices: false,
            refuses_codes: false,
            ahead: Duration::ZERO,
        };
        account
            .devices
            .insert(DEVICE.to_owned(), Device { seed: seed(), user: Some("alice".to_owned()), last: None });
        account
    }

    /// A device more.
    pub(in crate::mfa) fn add_device(&mut self, serial: &str) {
        self.devices
            .insert(serial.to_owned(), Device { seed: seed(), user: Some("alice".to_owned()), last: None });
    }

    pub(super) fn now(&self) -> Timestamp {
        Clock::system().now() + self.ahead
    }

    pub(super) fn answer(
        &mut self,
        service: &str,
        holder: &Holder,
        parameters: &HashMap<String, String>,
    ) -> Answer {
        let operation = parameters.get("Action").cloned().unwrap_or_default();
        self.asked.push((operation.clone(), parameters.clone()));
        let session = holder.token.is_some();
        match (service, operation.as_str()) {
            ("sts", "GetCallerIdentity") => ok(
                &operation,
                &format!("<Arn>{}</Arn><UserId>AIDAX</UserId><Account>{ACCOUNT}</Account>", holder.arn),
            ),
            ("sts", "GetSessionToken") if session => {
                fault(403, "AccessDenied", "Cannot call GetSessionToken with session credentials")
            }
            ("sts", "GetSessionToken") => self.session(&operation, holder, parameters, (43_200, 129_600)),
            ("sts", "AssumeRole") => self.assume(&operation, holder, parameters),
            ("iam", _) if session && !holder.mfa => {
                fault(403, "InvalidClientTokenId", "The security token included in the request is invalid")
            }
            ("iam", _) => self.iam(&operation, holder, parameters),
            _ => fault(400, "InvalidAction", "Could not find operation"),
        }
    }

    fn session(
        &mut self,
        operation: &str,
        holder: &Holder,
        parameters: &HashMap<String, String>,
        (usual, longest): (i64, i64),
    ) -> Answer {
        let seconds = parameters.get("DurationSeconds").map_or(Ok(usual), |text| text.parse());
        let Some(seconds) = seconds.ok().filter(|seconds| (900..=longest).contains(seconds)) else {
            return fault(
                400,
                "ValidationError",
                "1 validation error detected: Value at 'durationSeconds' failed to satisfy constraint",
            );
        };
        let mfa = match self.check_code(holder, parameters) {
            Ok(mfa) => mfa || holder.mfa,
            Err(refused) => return refused,
        };
        let number = self.keys.len();
        let expires = Timestamp::from_secs((self.now() + Duration::from_secs(seconds.unsigned_abs())).secs());
        let made = Holder {
            id: format!("ASIARTX3GSDSQU{number:06}"),
            secret: format!("{SECRET}{number}"),
            token: Some(format!("token+/={number}")),
            expires: Some(expires),
            mfa,
            arn: holder.arn.clone(),
        };
        let body = format!(
            "<Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey><SessionToken>{}</SessionToken>\
             <Expiration>{}</Expiration></Credentials>",
            made.id,
            made.secret,
            made.token.as_deref().unwrap(),
            expires.iso8601()
        );
        self.keys.push(made);
        ok(operation, &body)
    }

    /// A role that demands MFA has `mfa` in its name; an hour is what a role gives to a session.
    fn assume(&mut self, operation: &str, holder: &Holder, parameters: &HashMap<String, String>) -> Answer {
        let role = parameters.get("RoleArn").cloned().unwrap_or_default();
        let mfa = match self.check_code(holder, parameters) {
            Ok(mfa) => mfa || holder.mfa,
            Err(refused) => return refused,
        };
        if role.contains("mfa") && !mfa {
            let text = format!(
                "User: {} is not authorized to perform: sts:AssumeRole on resource: {role}",
                holder.arn
            );
            return fault(403, "AccessDenied", &text);
        }
        let mut rest = parameters.clone();
        rest.remove("SerialNumber");
        self.session(operation, holder, &rest, (3600, 43_200))
    }

    /// Whether a good code came; a bad one is refused.
    fn check_code(&mut self, holder: &Holder, parameters: &HashMap<String, String>) -> Result<bool, Answer> {
        let (Some(serial), Some(code)) = (parameters.get("SerialNumber"), parameters.get("TokenCode")) else {
            return Ok(false);
        };
        if code.len() != 6 || !(9..=256).contains(&serial.len()) {
            return Err(fault(
                400,
                "ValidationError",
                "1 validation error detected: Value at 'tokenCode' failed to satisfy constraint: Member must have length less than or equal to 6",
            ));
        }
        let (user, now) = (user(holder), self.now());
        let device = self.devices.get_mut(serial).filter(|device| device.user.as_deref() == Some(user));
        let Some(device) = device else {
            return Err(fault(
                403,
                "AccessDenied",
                "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
            ));
        };
        match device.seed.check(code, now, WINDOW).filter(|step| device.last.is_none_or(|last| *step > last))
        {
            Some(step) => {
                device.last = Some(step);
                Ok(true)
            }
            None => Err(fault(
                403,
                "AccessDenied",
                "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
            )),
        }
    }

    fn iam(&mut self, operation: &str, holder: &Holder, parameters: &HashMap<String, String>) -> Answer {
        let given = |name: &str| parameters.get(name).cloned().unwrap_or_default();
        let serial = given("SerialNumber");
        match operation {
            "ListMFADevices" => self.list(operation, holder),
            "CreateVirtualMFADevice" => self.create(operation, &given("VirtualMFADeviceName")),
            "EnableMFADevice" | "ResyncMFADevice" => {
                let codes = [given("AuthenticationCode1"), given("AuthenticationCode2")];
                self.link(operation, &serial, &given("UserName"), &codes)
            }
            "DeactivateMFADevice" => match self.devices.get_mut(&serial) {
                Some(device) => {
                    device.user = None;
                    ok(operation, "")
                }
                None => no_device(&serial),
            },
            "DeleteVirtualMFADevice" => self.delete(operation, &serial),
            _ => fault(400, "InvalidAction", "Could not find operation"),
        }
    }

    fn list(&self, operation: &str, holder: &Holder) -> Answer {
        if self.hides_devices && !holder.mfa {
            let text = format!(
                "User: {} is not authorized to perform: iam:ListMFADevices on resource: user alice because no identity-based policy allows it",
                holder.arn
            );
            return fault(403, "AccessDenied", &text);
        }
        let own = self.devices.iter().filter(|(_, device)| device.user.as_deref() == Some(user(holder)));
        let member = |serial| {
            format!("<member><UserName>alice</UserName><SerialNumber>{serial}</SerialNumber></member>")
        };
        let members: String = own.map(|(serial, _)| member(serial)).collect();
        ok(operation, &format!("<MFADevices>{members}</MFADevices><IsTruncated>false</IsTruncated>"))
    }

    fn create(&mut self, operation: &str, name: &str) -> Answer {
        let serial = format!("arn:aws:iam::{ACCOUNT}:mfa/{name}");
        if self.devices.contains_key(&serial) {
            let text = "MFADevice entity at the same path and name already exists.";
            return fault(409, "EntityAlreadyExists", text);
        }
        let base32 = base64(seed().base32().expose());
        let device = format!(
            "<VirtualMFADevice><SerialNumber>{serial}</SerialNumber><Base32StringSeed>{base32}</Base32StringSeed>\
             <QRCodePNG>iVBORw0KGgo=</QRCodePNG></VirtualMFADevice>"
        );
        self.devices.insert(serial, Device { seed: seed(), user: None, last: None });
        ok(operation, &device)
    }

    fn link(&mut self, operation: &str, serial: &str, user: &str, [first, second]: &[String; 2]) -> Answer {
        let (now, refused) = (self.now(), self.refuses_codes);
        let Some(device) = self.devices.get_mut(serial) else { return no_device(serial) };
        match device.seed.check_pair(first, second, now, WINDOW).filter(|_| !refused) {
            Some(step) => {
                (device.user, device.last) = (Some(user.to_owned()), Some(step.next()));
                ok(operation, "")
            }
            None => fault(403, "InvalidAuthenticationCode", "Authentication code for device is not valid."),
        }
    }

    fn delete(&mut self, operation: &str, serial: &str) -> Answer {
        match self.devices.get(serial).map(|device| device.user.is_some()) {
            Some(false) => {
                self.devices.remove(serial);
                ok(operation, "")
            }
            Some(true) => fault(409, "DeleteConflict", "MFA VirtualDevice in use. Must deactivate first."),
            None => no_device(serial),
        }
    }
}

fn user(holder: &Holder) -> &str {
    holder.arn.rsplit('/').next().unwrap()
}

fn ok(operation: &str, result: &str) -> Answer {
    let text = format!(
        "<{operation}Response xmlns=\"https://x.amazonaws.com/doc/\"><{operation}Result>{result}</{operation}Result>\
         <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{operation}Response>"
    );
    (200, text)
}

pub(super) fn fault(status: u16, code: &str, message: &str) -> Answer {
    let text = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>r</RequestId></ErrorResponse>"
    );
    (status, text)
}

fn no_device(serial: &str) -> Answer {
    fault(404, "NoSuchEntity", &format!("VirtualMFADevice with serial number {serial} does not exist."))
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
