//! Claims as bytes: fields one after the other, each a number, a length and the value.
//!
//! Rule: whatever was sealed is read back the same, and nothing else is read: a token that a newer program sealed, with fields that
//! this one does not know, is refused, since a field may bound what the session may do. Names of this account and of AWS's policies
//! are shortened, because the token's size is the caller's allowance (facts/account.md section 4.3).

use types::{AccountId, Arn, Timestamp, UniqueId};

use super::claims::{
    FederatedOrigin, InstanceOrigin, RoleDelivery, SessionClaims, SessionPrincipal, SessionRole, SessionTag,
    SessionUser,
};
use super::squeezed;

/// The claims, and how many bytes of them are session policies and tags.
pub(super) fn pack(claims: &SessionClaims) -> (Vec<u8>, usize) {
    let mut out = Writer { account_id: claims.account_id, bytes: Vec::with_capacity(256) };
    out.bytes.extend_from_slice(&claims.account_id.number().to_be_bytes()[3..]);
    out.principal(&claims.principal);
    out.bytes.extend_from_slice(&claims.issued_at.millis().to_be_bytes());
    out.bytes.extend_from_slice(&claims.expires_at.millis().to_be_bytes());
    out.some(NAME, &claims.session_name);
    if let Some(time) = claims.mfa_authenticated_at {
        out.field(MFA, &time.millis().to_be_bytes());
    }
    if let Some(origin) = &claims.origin {
        out.origin(origin);
    }
    if let Some(federated) = &claims.federated {
        out.field(PROVIDER, federated.provider.as_bytes());
        out.field(SUBJECT, federated.subject.as_bytes());
        out.field(AUDIENCE, federated.audience.as_bytes());
    }
    if let Some(identity) = &claims.source_identity {
        out.field(SOURCE_IDENTITY, identity.as_bytes());
    }
    if claims.is_chained {
        out.field(CHAINED, b"");
    }
    let before = out.bytes.len();
    let mut bounds = Writer { account_id: claims.account_id, bytes: Vec::new() };
    bounds.bounds(claims);
    out.smaller(&bounds.bytes);
    let packed = out.bytes.len() - before;
    (out.bytes, packed)
}

/// `None` for bytes that [`pack`] did not write.
pub(super) fn unpack(bytes: &[u8]) -> Option<SessionClaims> {
    let mut reader = Reader { bytes, account_id: AccountId::from_number(0)? };
    let mut number = [0; 8];
    number[3..].copy_from_slice(reader.take(5)?);
    reader.account_id = AccountId::from_number(u64::from_be_bytes(number))?;
    let principal = reader.principal()?;
    let (issued_at, expires_at) = (reader.time()?, reader.time()?);
    let mut claims = SessionClaims::new(reader.account_id, principal, "", issued_at, expires_at);
    while !reader.bytes.is_empty() {
        match reader.take(1)?[0] {
            SQUEEZED => {
                let bounds = squeezed::expand(reader.value()?)?;
                Reader { bytes: &bounds, account_id: reader.account_id }.fields(&mut claims)?;
            }
            number => {
                let value = reader.value()?;
                reader.field(&mut claims, number, value)?;
            }
        }
    }
    Some(claims)
}

struct Writer {
    account_id: AccountId,
    bytes: Vec<u8>,
}

impl Writer {
    fn field(&mut self, number: u8, value: &[u8]) {
        self.bytes.push(number);
        self.value(value);
    }

    fn some(&mut self, number: u8, text: &str) {
        if !text.is_empty() {
            self.field(number, text.as_bytes());
        }
    }

    fn value(&mut self, value: &[u8]) {
        let mut length = value.len();
        while length >= 0x80 {
            self.bytes.push(length as u8 | 0x80);
            length >>= 7;
        }
        self.bytes.push(length as u8);
        self.bytes.extend_from_slice(value);
    }

    fn principal(&mut self, principal: &SessionPrincipal) {
        let (kind, named) = match principal {
            SessionPrincipal::Role(role) => (KIND_ROLE, Some((&role.arn, &role.id))),
            SessionPrincipal::InstanceIdentity => (KIND_INSTANCE, None),
            SessionPrincipal::User(user) => (KIND_USER, Some((&user.arn, &user.id))),
            SessionPrincipal::Root => (KIND_ROOT, None),
            SessionPrincipal::Federated(Some(user)) => (KIND_FEDERATED, Some((&user.arn, &user.id))),
            SessionPrincipal::Federated(None) => (KIND_FEDERATED_BY_ROOT, None),
        };
        self.bytes.push(kind);
        if let Some((arn, id)) = named {
            self.arn(arn);
            self.value(id.as_str().as_bytes());
        }
    }

    fn arn(&mut self, arn: &Arn) {
        let short = shortened(arn.as_str(), self.account_id);
        self.value(&short);
    }

    fn origin(&mut self, origin: &InstanceOrigin) {
        self.field(SOURCE_INSTANCE, origin.source_instance_arn.as_str().as_bytes());
        self.some(SOURCE_VPC, &origin.source_vpc);
        if let Some(address) = origin.source_private_ipv4 {
            self.field(SOURCE_IPV4, &address.octets());
        }
        if let Some(delivery) = origin.role_delivery {
            self.field(DELIVERY, &[delivery as u8]);
        }
    }

    /// Fields as they are or squeezed, whichever is less. What is longer than can be expanded is left as it is: no token holds it.
    fn smaller(&mut self, fields: &[u8]) {
        if fields.len() <= squeezed::MAX_EXPANDED {
            let squeezed = squeezed::squeeze(fields);
            if squeezed.len() + LENGTH < fields.len() {
                return self.field(SQUEEZED, &squeezed);
            }
        }
        self.bytes.extend_from_slice(fields);
    }

    /// What counts against the caller's allowance.
    fn bounds(&mut self, claims: &SessionClaims) {
        if let Some(policy) = &claims.policy {
            self.field(POLICY, policy.as_bytes());
        }
        for arn in &claims.policy_arns {
            let short = shortened(arn.as_str(), self.account_id);
            self.field(POLICY_ARN, &short);
        }
        for tag in &claims.tags {
            self.field(TAG_KEY, tag.key.as_bytes());
            self.field(TAG_VALUE, tag.value.as_bytes());
        }
        for key in &claims.transitive_tag_keys {
            self.field(TRANSITIVE, key.as_bytes());
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    account_id: AccountId,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    fn value(&mut self) -> Option<&'a [u8]> {
        let mut length = 0;
        for shift in [0, 7, 14] {
            let byte = self.take(1)?[0];
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return self.take(length);
            }
        }
        None
    }

    fn time(&mut self) -> Option<Timestamp> {
        time(self.take(8)?)
    }

    fn principal(&mut self) -> Option<SessionPrincipal> {
        let kind = self.take(1)?[0];
        Some(match kind {
            KIND_ROLE => {
                let (arn, id) = self.named()?;
                SessionPrincipal::Role(SessionRole { arn, id })
            }
            KIND_INSTANCE => SessionPrincipal::InstanceIdentity,
            KIND_USER => SessionPrincipal::User(self.user()?),
            KIND_ROOT => SessionPrincipal::Root,
            KIND_FEDERATED => SessionPrincipal::Federated(Some(self.user()?)),
            KIND_FEDERATED_BY_ROOT => SessionPrincipal::Federated(None),
            _ => return None,
        })
    }

    fn user(&mut self) -> Option<SessionUser> {
        let (arn, id) = self.named()?;
        Some(SessionUser { arn, id })
    }

    fn named(&mut self) -> Option<(Arn, UniqueId)> {
        let arn = lengthened(self.value()?, self.account_id)?;
        Some((arn, UniqueId::from(text(self.value()?)?)))
    }

    fn fields(&mut self, claims: &mut SessionClaims) -> Option<()> {
        while !self.bytes.is_empty() {
            let number = self.take(1)?[0];
            let value = self.value()?;
            self.field(claims, number, value)?;
        }
        Some(())
    }

    fn field(&self, claims: &mut SessionClaims, number: u8, value: &[u8]) -> Option<()> {
        match number {
            NAME => claims.session_name = text(value)?,
            MFA => claims.mfa_authenticated_at = Some(time(value)?),
            SOURCE_INSTANCE => {
                claims.origin = Some(InstanceOrigin {
                    source_instance_arn: text(value)?.parse().ok()?,
                    source_vpc: String::new(),
                    source_private_ipv4: None,
                    role_delivery: None,
                });
            }
            SOURCE_VPC => claims.origin.as_mut()?.source_vpc = text(value)?,
            SOURCE_IPV4 => {
                claims.origin.as_mut()?.source_private_ipv4 = Some(<[u8; 4]>::try_from(value).ok()?.into());
            }
            DELIVERY => claims.origin.as_mut()?.role_delivery = Some(delivery(value)?),
            PROVIDER => {
                let provider = text(value)?;
                claims.federated =
                    Some(FederatedOrigin { provider, subject: String::new(), audience: String::new() });
            }
            SUBJECT => claims.federated.as_mut()?.subject = text(value)?,
            AUDIENCE => claims.federated.as_mut()?.audience = text(value)?,
            SOURCE_IDENTITY => claims.source_identity = Some(text(value)?),
            CHAINED => claims.is_chained = true,
            POLICY => claims.policy = Some(text(value)?),
            POLICY_ARN => claims.policy_arns.push(lengthened(value, self.account_id)?),
            TAG_KEY => claims.tags.push(SessionTag { key: text(value)?, value: String::new() }),
            TAG_VALUE => claims.tags.last_mut()?.value = text(value)?,
            TRANSITIVE => claims.transitive_tag_keys.push(text(value)?),
            _ => return None,
        }
        Some(())
    }
}

fn text(value: &[u8]) -> Option<String> {
    str::from_utf8(value).ok().map(str::to_owned)
}

fn time(value: &[u8]) -> Option<Timestamp> {
    Some(Timestamp::from_millis(i64::from_be_bytes(value.try_into().ok()?)))
}

fn delivery(value: &[u8]) -> Option<RoleDelivery> {
    [RoleDelivery::V1, RoleDelivery::V2].into_iter().find(|delivery| value == [*delivery as u8])
}

/// No ARN begins with a byte below `a`, so the shortened forms cannot be taken for whole ones.
fn shortened(arn: &str, account: AccountId) -> Vec<u8> {
    let (of_aws, of_account) = (OF_AWS, of_account(account));
    match (arn.strip_prefix(of_aws), arn.strip_prefix(&*of_account)) {
        (Some(rest), _) => [&[SHORT_AWS], rest.as_bytes()].concat(),
        (_, Some(rest)) => [&[SHORT_ACCOUNT], rest.as_bytes()].concat(),
        _ => arn.as_bytes().to_vec(),
    }
}

fn lengthened(value: &[u8], account: AccountId) -> Option<Arn> {
    let whole = match value {
        [SHORT_AWS, rest @ ..] => format!("{OF_AWS}{}", str::from_utf8(rest).ok()?),
        [SHORT_ACCOUNT, rest @ ..] => format!("{}{}", of_account(account), str::from_utf8(rest).ok()?),
        whole => text(whole)?,
    };
    whole.parse().ok()
}

fn of_account(account: AccountId) -> String {
    format!("arn:aws:iam::{account}:")
}

const OF_AWS: &str = "arn:aws:iam::aws:policy/";
const SHORT_AWS: u8 = 1;
const SHORT_ACCOUNT: u8 = 2;

const KIND_ROLE: u8 = 0;
const KIND_INSTANCE: u8 = 1;
const KIND_USER: u8 = 2;
const KIND_ROOT: u8 = 3;
const KIND_FEDERATED: u8 = 4;
const KIND_FEDERATED_BY_ROOT: u8 = 5;

const NAME: u8 = 1;
const MFA: u8 = 2;
const SOURCE_INSTANCE: u8 = 3;
const SOURCE_VPC: u8 = 4;
const SOURCE_IPV4: u8 = 5;
const DELIVERY: u8 = 6;
const PROVIDER: u8 = 7;
const SUBJECT: u8 = 8;
const AUDIENCE: u8 = 9;
const SOURCE_IDENTITY: u8 = 10;
const CHAINED: u8 = 11;
const POLICY: u8 = 12;
const POLICY_ARN: u8 = 13;
const TAG_KEY: u8 = 14;
const TAG_VALUE: u8 = 15;
const TRANSITIVE: u8 = 16;
/// Fields from the policy on, made small.
const SQUEEZED: u8 = 17;
/// Of a field's number and length, at most.
const LENGTH: usize = 4;
