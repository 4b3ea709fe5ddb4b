//! ARNs in the simulator's requests: whose policies, which caller, which resource, whose resource.

use types::{AccountId, Arn};

use super::super::policy::Holder;
use super::super::refusal;
use crate::ServiceError;
use crate::directory::Directory;

/// `PolicySourceArn`: a user, a group or a role of the account. Paths are not compared (captured).
#[derive(Clone, Debug)]
pub(super) struct PolicySource {
    pub(super) arn: Arn,
    kind: EntityKind,
    name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntityKind {
    User,
    Group,
    Role,
}

/// `CallerArn`: a user, a group or a role, of any account, whether there or not.
#[derive(Clone, Debug)]
pub(super) struct SimulatedCaller {
    pub(super) arn: Arn,
    pub(super) kind: EntityKind,
    pub(super) name: String,
    pub(super) account: AccountId,
}

impl PolicySource {
    pub(super) fn read(directory: &Directory, text: &str) -> Result<Self, ServiceError> {
        let invalid = || refusal::invalid_input(format!("Invalid ARN provided in the request: {text}"));
        let caller = entity(text).ok_or_else(invalid)?;
        let own = directory.account_id();
        if caller.account != own {
            return Err(refusal::invalid_input(format!(
                "Invalid Policy Source Arn: caller's account {own} does not have access to policies in account {}.",
                caller.account
            )));
        }
        let source = Self { arn: caller.arn, kind: caller.kind, name: caller.name };
        let missing = |_| refusal::no_such_entity("Unable to retrieve specified IAM entity.");
        source.holder().find(directory).map_err(missing)?;
        Ok(source)
    }

    pub(super) fn holder(&self) -> Holder<'_> {
        match self.kind {
            EntityKind::User => Holder::User(&self.name),
            EntityKind::Group => Holder::Group(&self.name),
            EntityKind::Role => Holder::Role(&self.name),
        }
    }
}

impl SimulatedCaller {
    pub(super) fn read(text: &str) -> Result<Self, ServiceError> {
        entity(text).ok_or_else(|| {
            refusal::invalid_input(
                "Invalid caller - Caller must be an IAM user, role or group in this context.",
            )
        })
    }
}

/// The account that owns the resources. An account's number alone is refused, against the documentation (captured).
pub(super) fn resource_owner(text: &str) -> Result<AccountId, ServiceError> {
    let arn = text.parse::<Arn>().ok().filter(|arn| service(arn.as_str()) == "iam");
    arn.and_then(|arn| arn.account())
        .ok_or_else(|| refusal::invalid_input(format!("'{text}' is not a valid as a Resource Owner.")))
}

/// Refuses what is neither an ARN nor `*`.
pub(super) fn check_resource(text: &str) -> Result<(), ServiceError> {
    if text == "*" || text.parse::<Arn>().is_ok() {
        return Ok(());
    }
    Err(not_an_arn(text))
}

pub(super) fn not_an_arn(text: &str) -> ServiceError {
    refusal::invalid_input(format!("ResourceNames are not in a valid ARN format: {text}."))
}

/// Whose policies `PolicySourceArn` asks for, there or not; `None` for what is nobody of this account. For checks: the path in the
/// ARN is not compared, so whoever may ask about one path alone must be held to where the entity is.
pub fn source_holder<'a>(directory: &Directory, text: &'a str) -> Option<Holder<'a>> {
    let own = |arn: &Arn| arn.account() == Some(directory.account_id()) && service(text) == "iam";
    text.parse().ok().filter(own)?;
    holder(text)
}

/// The third part of an ARN.
pub(super) fn service(arn: &str) -> &str {
    arn.split(':').nth(2).unwrap_or_default()
}

/// Whether an action of `vendor` can be about a resource: the simulator asks for the service's own ARNs.
pub(super) fn may_be_about(vendor: &str, resource: &str) -> bool {
    let services: &[&str] = match vendor {
        "iam" => &["iam"],
        "s3" => &["s3"],
        "ec2" => &["ec2"],
        "sts" => &["sts", "iam"],
        _ => return true,
    };
    resource == "*" || services.contains(&service(resource))
}

/// What several resources of an action are called together (captured for these three services).
pub(super) fn template(vendor: &str) -> &'static str {
    match vendor {
        "s3" => "arn:aws:s3:::${BucketName}/${KeyName}",
        "ec2" => "arn:aws:ec2:${Region}:${Account}:${ResourceType}/${ResourcePath}",
        "iam" => "arn:aws:iam::${Account}:${ResourceType}/${ResourceName}",
        _ => "*",
    }
}

fn entity(text: &str) -> Option<SimulatedCaller> {
    let arn: Arn = text.parse().ok()?;
    let holder = holder(text)?;
    let kind = match holder {
        Holder::User(_) => EntityKind::User,
        Holder::Group(_) => EntityKind::Group,
        Holder::Role(_) => EntityKind::Role,
    };
    let account = arn.account().filter(|_| service(text) == "iam")?;
    Some(SimulatedCaller { kind, name: holder.name().to_owned(), account, arn })
}

/// What the last part of an ARN names.
fn holder(arn: &str) -> Option<Holder<'_>> {
    let (kind, rest) = arn.splitn(6, ':').nth(5)?.split_once('/')?;
    let name = rest.rsplit('/').next().filter(|name| !name.is_empty())?;
    match kind {
        "user" => Some(Holder::User(name)),
        "group" => Some(Holder::Group(name)),
        "role" => Some(Holder::Role(name)),
        _ => None,
    }
}
