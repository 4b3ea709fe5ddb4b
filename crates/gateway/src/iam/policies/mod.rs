//! Managed policies and their versions.

mod list;
mod scope;

use account::directory::Tag;
use account::iam::document::encoded;
use account::iam::policy::{self, CreatePolicy, Managed, ManagedVersion, PolicyUse, Usage};
use account::{Check, ServiceError};
use wire::Structure;

use crate::{Ask, Operation};

pub(super) use scope::{holder_named, id_bytes, listed, on, on_holder, on_policy, page, text};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "CreatePolicy", checks: creation, run: create },
    Operation {
        name: "CreatePolicyVersion",
        checks: |ask| on_policy(ask, "iam:CreatePolicyVersion"),
        run: create_version,
    },
    Operation { name: "DeletePolicy", checks: |ask| on_policy(ask, "iam:DeletePolicy"), run: delete },
    Operation {
        name: "DeletePolicyVersion",
        checks: |ask| on_policy(ask, "iam:DeletePolicyVersion"),
        run: delete_version,
    },
    Operation { name: "GetPolicy", checks: |ask| on_policy(ask, "iam:GetPolicy"), run: get },
    Operation {
        name: "GetPolicyVersion",
        checks: |ask| on_policy(ask, "iam:GetPolicyVersion"),
        run: get_version,
    },
    Operation {
        name: "ListEntitiesForPolicy",
        checks: |ask| on_policy(ask, "iam:ListEntitiesForPolicy"),
        run: list::entities,
    },
    Operation {
        name: "ListPolicies",
        checks: |_| Ok(vec![Check::new("iam:ListPolicies", "*")]),
        run: list::policies,
    },
    Operation {
        name: "ListPolicyVersions",
        checks: |ask| on_policy(ask, "iam:ListPolicyVersions"),
        run: list::versions,
    },
    Operation {
        name: "SetDefaultPolicyVersion",
        checks: |ask| on_policy(ask, "iam:SetDefaultPolicyVersion"),
        run: set_default_version,
    },
];

/// Who tags at creation must be allowed to tag as well.
fn creation(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let path = ask.input.text("Path").unwrap_or("/");
    let resource = ask.directory.arn("policy", path, text(ask, "PolicyName")).to_string();
    let tags = tags(ask);
    let tagging = (!tags.is_empty()).then_some("iam:TagPolicy");
    let actions = ["iam:CreatePolicy"].into_iter().chain(tagging);
    let checks = |action| {
        let part =
            |part: Vec<&Tag>| scope::with_request_tags(Check::new(action, resource.clone()), &part, &tags);
        scope::apart(&tags).into_iter().map(part).collect::<Vec<_>>()
    };
    Ok(actions.flat_map(checks).collect())
}

fn create(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let request = CreatePolicy {
        policy_name: text(ask, "PolicyName"),
        path: ask.input.text("Path"),
        document: text(ask, "PolicyDocument"),
        description: ask.input.text("Description"),
        tags: tags(ask),
    };
    let created =
        ask.account.change(|directory| policy::create(directory, request.clone(), ask.now, id_bytes(ask)))?;
    let policy = shown(Managed::Customer(&created), PolicyUse::default());
    let policy = policy.with_some("Tags", scope::some(tag_list(&created.tags)));
    Ok(Structure::new().with("Policy", policy))
}

fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let policy = policy::get(ask.directory, text(ask, "PolicyArn"))?;
    let uses = Usage::of_policy(ask.directory, policy.arn().as_str());
    let shown = shown(policy, uses).with_some("Description", policy.description());
    Ok(Structure::new().with("Policy", shown.with("Tags", tag_list(policy.tags()))))
}

fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| policy::delete(directory, text(ask, "PolicyArn")))?;
    Ok(Structure::new())
}

fn create_version(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (arn, document) = (text(ask, "PolicyArn"), text(ask, "PolicyDocument"));
    let set_as_default = ask.input.boolean("SetAsDefault").unwrap_or(false);
    let number = ask
        .account
        .change(|directory| policy::create_version(directory, arn, document, set_as_default, ask.now))?;
    let directory = ask.account.directory();
    let version = policy::version(&directory, arn, &format!("v{number}"))?;
    Ok(Structure::new().with("PolicyVersion", shown_version(&version)))
}

fn get_version(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let version = policy::version(ask.directory, text(ask, "PolicyArn"), text(ask, "VersionId"))?;
    Ok(Structure::new().with("PolicyVersion", shown_version_with_document(&version)))
}

fn set_default_version(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (arn, version_id) = (text(ask, "PolicyArn"), text(ask, "VersionId"));
    ask.account.change(|directory| policy::set_default_version(directory, arn, version_id, ask.now))?;
    Ok(Structure::new())
}

fn delete_version(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (arn, version_id) = (text(ask, "PolicyArn"), text(ask, "VersionId"));
    ask.account.change(|directory| policy::delete_version(directory, arn, version_id, ask.now))?;
    Ok(Structure::new())
}

/// What all answers show of a policy; descriptions and tags are shown by some alone.
pub(super) fn shown(policy: Managed<'_>, uses: PolicyUse) -> Structure {
    Structure::new()
        .with("PolicyName", policy.name())
        .with("PolicyId", policy.id())
        .with("Arn", policy.arn().as_str())
        .with("Path", policy.path())
        .with("DefaultVersionId", format!("v{}", policy.default_version()))
        .with("AttachmentCount", count(uses.attachments))
        .with("PermissionsBoundaryUsageCount", count(uses.boundaries))
        .with("IsAttachable", policy.is_attachable())
        .with("CreateDate", policy.create_date())
        .with("UpdateDate", policy.update_date())
}

fn shown_version(version: &ManagedVersion<'_>) -> Structure {
    Structure::new()
        .with("VersionId", format!("v{}", version.number))
        .with("IsDefaultVersion", version.is_default)
        .with("CreateDate", version.create_date)
}

pub(super) fn shown_version_with_document(version: &ManagedVersion<'_>) -> Structure {
    Structure::new()
        .with("Document", encoded(version.document.text()))
        .with("VersionId", format!("v{}", version.number))
        .with("IsDefaultVersion", version.is_default)
        .with("CreateDate", version.create_date)
}

fn tags(ask: &Ask<'_>) -> Vec<Tag> {
    let tag = |tag: &Structure| Tag {
        key: tag.text("Key").unwrap_or_default().to_owned(),
        value: tag.text("Value").unwrap_or_default().to_owned(),
    };
    ask.input.structures("Tags").map(tag).collect()
}

pub(super) fn tag_list(tags: &[Tag]) -> Vec<Structure> {
    let shown = |tag: &Tag| Structure::new().with("Key", tag.key.as_str()).with("Value", tag.value.as_str());
    tags.iter().map(shown).collect()
}

/// A number of the API; no count of the account comes near its end.
pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
