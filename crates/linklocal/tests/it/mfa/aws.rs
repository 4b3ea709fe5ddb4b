//! STS and IAM of one account, as strict as AWS's where MFA is concerned (facts/credentials.md sections 3.2 and 3.3): signatures
//! and limits are checked, codes are real and count once, and sessions may not do what sessions may not.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sigv4::verify::{Body, Caller, Correspondence, Endpoint, KeyRing, RingEntry, Scratch, verify};
use sigv4::{Family, Request, ServiceRules};
use sys::Clock;
use totp::{Seed, Step};
use types::{Secret, Timestamp};

/// A server on loopback.
pub(super) struct Aws {
    at: SocketAddr,
    account: Arc<Mutex<Account>>,
}

/// What it knows.
pub(super) struct Account {
    keys: Vec<Holder>,
    devices: HashMap<String, Device>,
    /// Each request that was signed right: the operation and its parameters.
    pub(super) asked: Vec<(String, HashMap<String, String>)>,
    /// Whether a policy lets users see their devices with MFA alone.
    pub(super) hides_devices: bool,
    /// Whether no pair of codes links a device.
    pub(super) refuses_codes: bool,
    /// By how much its clock is ahead.
    pub(super) ahead: Duration,
}

#[derive(Clone)]
struct Holder {
    id: String,
    secret: String,
    token: Option<String>,
    expires: Option<Timestamp>,
    mfa: bool,
    arn: String,
}

struct Device {
    seed: Seed,
    user: Option<String>,
    last: Option<Step>,
}

/// Status and body.
type Answer = (u16, String);

impl Aws {
    pub(super) fn start() -> Self {
        let mut account = Account {
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
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let account = Arc::new(Mutex::new(account));
        let shared = Arc::clone(&account);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let account = Arc::clone(&shared);
                // A client that goes away has heard enough.
                std::thread::spawn(move || serve(stream, &account));
            }
        });
        Self { at, account }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Account)) {
        change(&mut self.account.lock().unwrap());
    }

    /// The parameters of each request for this operation.
    pub(super) fn asked(&self, operation: &str) -> Vec<HashMap<String, String>> {
        let account = self.account.lock().unwrap();
        account.asked.iter().filter(|(name, _)| name == operation).map(|(_, all)| all.clone()).collect()
    }

    /// What the device of `alice` shows now.
    pub(super) fn code(&self) -> String {
        seed().code(Clock::system().now()).expose().clone()
    }

    /// The serial numbers of a user's devices.
    pub(super) fn devices_of(&self, user: &str) -> Vec<String> {
        let account = self.account.lock().unwrap();
        let own = account.devices.iter().filter(|(_, device)| device.user.as_deref() == Some(user));
        own.map(|(serial, _)| serial.clone()).collect()
    }

    /// Those that are nobody's.
    pub(super) fn idle_devices(&self) -> usize {
        self.account.lock().unwrap().devices.values().filter(|device| device.user.is_none()).count()
    }
}

impl Account {
    /// A device more.
    pub(super) fn add_device(&mut self, serial: &str) {
        self.devices
            .insert(serial.to_owned(), Device { seed: seed(), user: Some("alice".to_owned()), last: None });
    }

    fn now(&self) -> Timestamp {
        Clock::system().now() + self.ahead
    }

    fn answer(&mut self, service: &str, holder: &Holder, parameters: &HashMap<String, String>) -> Answer {
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
            "ListMFADevices" if self.hides_devices && !holder.mfa => fault(
                403,
                "AccessDenied",
                &format!(
                    "User: {} is not authorized to perform: iam:ListMFADevices on resource: user alice because no identity-based policy allows it",
                    holder.arn
                ),
            ),
            "ListMFADevices" => {
                let own =
                    self.devices.iter().filter(|(_, device)| device.user.as_deref() == Some(user(holder)));
                let members: String = own
                    .map(|(serial, _)| {
                        format!(
                            "<member><UserName>alice</UserName><SerialNumber>{serial}</SerialNumber></member>"
                        )
                    })
                    .collect();
                ok(operation, &format!("<MFADevices>{members}</MFADevices><IsTruncated>false</IsTruncated>"))
            }
            "CreateVirtualMFADevice" => {
                let serial = format!("arn:aws:iam::{ACCOUNT}:mfa/{}", given("VirtualMFADeviceName"));
                if self.devices.contains_key(&serial) {
                    return fault(
                        409,
                        "EntityAlreadyExists",
                        "MFADevice entity at the same path and name already exists.",
                    );
                }
                let base32 = base64(seed().base32().expose());
                self.devices.insert(serial.clone(), Device { seed: seed(), user: None, last: None });
                ok(
                    operation,
                    &format!(
                        "<VirtualMFADevice><SerialNumber>{serial}</SerialNumber><Base32StringSeed>{base32}</Base32StringSeed><QRCodePNG>iVBORw0KGgo=</QRCodePNG></VirtualMFADevice>"
                    ),
                )
            }
            "EnableMFADevice" | "ResyncMFADevice" => {
                let (now, refused) = (self.now(), self.refuses_codes);
                let Some(device) = self.devices.get_mut(&serial) else { return no_device(&serial) };
                let codes = (given("AuthenticationCode1"), given("AuthenticationCode2"));
                let good = device.seed.check_pair(&codes.0, &codes.1, now, WINDOW).filter(|_| !refused);
                match good {
                    Some(step) => {
                        (device.user, device.last) = (Some(given("UserName")), Some(step.next()));
                        ok(operation, "")
                    }
                    None => fault(
                        403,
                        "InvalidAuthenticationCode",
                        "Authentication code for device is not valid.",
                    ),
                }
            }
            "DeactivateMFADevice" => match self.devices.get_mut(&serial) {
                Some(device) => {
                    device.user = None;
                    ok(operation, "")
                }
                None => no_device(&serial),
            },
            "DeleteVirtualMFADevice" => match self.devices.get(&serial).map(|device| device.user.is_some()) {
                Some(false) => {
                    self.devices.remove(&serial);
                    ok(operation, "")
                }
                Some(true) => {
                    fault(409, "DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.")
                }
                None => no_device(&serial),
            },
            _ => fault(400, "InvalidAction", "Could not find operation"),
        }
    }
}

fn serve(stream: TcpStream, account: &Mutex<Account>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let headers: Vec<(String, String)> = lines
        .iter()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (date, (status, text)) = {
        let mut account = account.lock().unwrap();
        let answer = handle(&mut account, &lines[0], &headers, &body);
        (account.now().http_date(), answer)
    };
    let head = format!(
        "HTTP/1.1 {status} x\r\nDate: {date}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    reader.get_mut().write_all(format!("{head}{text}").as_bytes())
}

/// Checks the signature, then answers.
fn handle(account: &mut Account, first: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
    let headers: Vec<(&str, &[u8])> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let request = Request { method, target: target.as_bytes(), headers: &headers };
    let scope = headers
        .iter()
        .find(|(name, _)| *name == "authorization")
        .map(|(_, value)| String::from_utf8_lossy(value));
    let service = if scope.is_some_and(|scope| scope.contains("/iam/aws4_request")) { "iam" } else { "sts" };
    let ring = KeyRing::new(account.keys.iter().map(|holder| RingEntry {
        access_key_id: holder.id.clone(),
        secret_access_key: Secret::new(holder.secret.clone()),
        session_token: holder.token.clone().map(Secret::new),
        expires: holder.expires,
    }));
    let rules = ServiceRules::of(service);
    let endpoint = Endpoint::new(service, None, &rules, account.now()).strict();
    let mut scratch = Scratch::default();
    let id = match verify(&request, Body::Read(body), &endpoint, &ring, &mut scratch) {
        Ok(Caller::Signed(verified)) => verified.access_key_id.to_owned(),
        Ok(Caller::Anonymous) => {
            return fault(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
        }
        Err(refusal) => {
            let to = Correspondence {
                family: Family::Query,
                service,
                request_id: "r",
                host_id: "",
                is_head: false,
                content_type: None,
            };
            let answer = refusal.encode(&to);
            return (answer.status, String::from_utf8(answer.body).unwrap());
        }
    };
    let holder = account.keys.iter().find(|holder| holder.id == id).unwrap().clone();
    let text = String::from_utf8_lossy(body);
    let parameters = text
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), unescaped(value)));
    account.answer(service, &holder, &parameters.collect())
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

fn fault(status: u16, code: &str, message: &str) -> Answer {
    let text = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>r</RequestId></ErrorResponse>"
    );
    (status, text)
}

fn no_device(serial: &str) -> Answer {
    fault(404, "NoSuchEntity", &format!("VirtualMFADevice with serial number {serial} does not exist."))
}

fn unescaped(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let digits: Vec<u8> = bytes.by_ref().take(2).collect();
                out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            }
            b'+' => out.push(b' '),
            other => out.push(other),
        }
    }
    String::from_utf8(out).unwrap()
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// A code that no device shows around now.
pub(super) fn wrong_code() -> String {
    let (seed, now) = (seed(), Clock::system().now());
    let codes = (0..).map(|number| format!("{number:06}"));
    codes.into_iter().find(|code| seed.check(code, now, 10 * WINDOW).is_none()).unwrap()
}

/// Every device's: what IAM would draw.
pub(super) fn seed() -> Seed {
    Seed::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap()
}

pub(super) const ACCOUNT: &str = "111122223333";
pub(super) const USER: &str = "AKIARTX3GSDSQUSERKEY";
pub(super) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub(super) const DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";
/// Half minutes by which a code may be early or late: AWS takes one or two, a busy machine may need more for its tests.
const WINDOW: u32 = 10;
