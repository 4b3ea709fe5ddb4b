//! Access control lists of buckets and objects (S3 User Guide, "Access control list (ACL) overview").
//!
//! Rule: a list grants to others than the owner's account. What the owner's users may is for policies to say: a grant to the account
//! itself gives them nothing.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use types::AccountId;

/// Who owns a bucket or an object, and whom he grants what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Acl {
    /// A canonical user id.
    pub owner: String,
    pub grants: Vec<Grant>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Grant {
    pub grantee: Grantee,
    pub permission: Permission,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grantee {
    /// By its id, 64 hexadecimal digits.
    CanonicalUser(String),
    Group(Group),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Group {
    /// Anybody, signed or not.
    AllUsers,
    /// Anybody with credentials of any account.
    AuthenticatedUsers,
    /// S3 itself, when it writes logs.
    LogDelivery,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Permission {
    FullControl,
    Write,
    WriteAcp,
    Read,
    ReadAcp,
}

/// The id by which lists know an account. It follows from the account's number.
pub fn canonical_id(account: AccountId) -> String {
    let digest = Sha256::digest(format!("canonical user of account {account}"));
    digest.iter().fold(String::with_capacity(64), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}

impl Acl {
    /// The owner's alone.
    pub fn private(owner: impl Into<String>) -> Self {
        let owner = owner.into();
        let grant =
            Grant { grantee: Grantee::CanonicalUser(owner.clone()), permission: Permission::FullControl };
        Self { owner, grants: vec![grant] }
    }

    /// One of S3's ready lists by its name; `None` where there is none of this name. `bucket_owner` is the owner of the bucket that
    /// an object is in.
    pub fn canned(name: &str, owner: &str, bucket_owner: &str) -> Option<Self> {
        let mut acl = Self::private(owner);
        let mut grant = |grantee: Grantee, permission| acl.grants.push(Grant { grantee, permission });
        let all = || Grantee::Group(Group::AllUsers);
        match name {
            "private" => {}
            "public-read" => grant(all(), Permission::Read),
            "public-read-write" => {
                grant(all(), Permission::Read);
                grant(all(), Permission::Write);
            }
            "authenticated-read" => grant(Grantee::Group(Group::AuthenticatedUsers), Permission::Read),
            "aws-exec-read" => grant(Grantee::CanonicalUser(EC2.to_owned()), Permission::Read),
            "log-delivery-write" => {
                grant(Grantee::Group(Group::LogDelivery), Permission::Write);
                grant(Grantee::Group(Group::LogDelivery), Permission::ReadAcp);
            }
            "bucket-owner-read" | "bucket-owner-full-control" if owner == bucket_owner => {}
            "bucket-owner-read" => grant(Grantee::CanonicalUser(bucket_owner.to_owned()), Permission::Read),
            "bucket-owner-full-control" => {
                grant(Grantee::CanonicalUser(bucket_owner.to_owned()), Permission::FullControl);
            }
            _ => return None,
        }
        Some(acl)
    }

    /// As objects keep it.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("it is texts in structures")
    }

    /// What [`Acl::to_json`] made; `None` where it is no such thing, which grants nothing.
    pub fn of_json(value: &serde_json::Value) -> Option<Self> {
        Self::deserialize(value).ok()
    }

    /// What a bucket's list lets people do to the list of what they write: it is theirs, so that whoever may write may say who may
    /// read.
    #[must_use]
    pub fn of_what_is_written(&self) -> Self {
        let writes = |grant: &&Grant| matches!(grant.permission, Permission::Write | Permission::FullControl);
        let grants = self.grants.iter().filter(writes).cloned();
        let grants = grants.map(|grant| Grant { permission: Permission::WriteAcp, ..grant }).collect();
        Self { owner: self.owner.clone(), grants }
    }

    /// Whether anybody at all, or anybody with an account, is granted anything.
    pub fn is_public(&self) -> bool {
        self.grants.iter().any(|grant| grant.grantee.is_public())
    }

    /// Whether it grants nothing but everything to its owner, who is this one.
    pub fn is_private_of(&self, owner: &str) -> bool {
        *self == Self::private(owner)
    }

    /// Whether it grants `permission` to whoever is of `account`, `None` for those who did not sign. `ignores_public`: grants to the
    /// public count for nothing.
    pub fn grants(&self, account: Option<AccountId>, permission: Permission, ignores_public: bool) -> bool {
        let id = account.map(canonical_id);
        let named = |grantee: &Grantee| match grantee {
            Grantee::CanonicalUser(user) => *user != self.owner && id.as_deref() == Some(user),
            Grantee::Group(Group::AllUsers) => !ignores_public,
            Grantee::Group(Group::AuthenticatedUsers) => !ignores_public && account.is_some(),
            Grantee::Group(Group::LogDelivery) => false,
        };
        let covers = |held: Permission| held == permission || held == Permission::FullControl;
        self.grants.iter().any(|grant| covers(grant.permission) && named(&grant.grantee))
    }
}

impl Grantee {
    pub fn is_public(&self) -> bool {
        matches!(self, Self::Group(Group::AllUsers | Group::AuthenticatedUsers))
    }
}

impl Group {
    /// By which lists name it.
    pub fn uri(self) -> &'static str {
        match self {
            Self::AllUsers => "http://acs.amazonaws.com/groups/global/AllUsers",
            Self::AuthenticatedUsers => "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
            Self::LogDelivery => "http://acs.amazonaws.com/groups/s3/LogDelivery",
        }
    }

    /// The group with this URI.
    pub fn of_uri(uri: &str) -> Option<Self> {
        [Self::AllUsers, Self::AuthenticatedUsers, Self::LogDelivery]
            .into_iter()
            .find(|group| group.uri() == uri)
    }
}

impl Permission {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FullControl => "FULL_CONTROL",
            Self::Write => "WRITE",
            Self::WriteAcp => "WRITE_ACP",
            Self::Read => "READ",
            Self::ReadAcp => "READ_ACP",
        }
    }

    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::FullControl, Self::Write, Self::WriteAcp, Self::Read, Self::ReadAcp]
            .into_iter()
            .find(|permission| permission.as_str() == name)
    }
}

/// Whoever did not sign, as the owner of what he wrote.
pub const ANONYMOUS: &str = "65a011a29cdf8ec533ec3d1ccaae921c";

/// Grants in one list.
pub const MAX_GRANTS: usize = 100;

/// EC2's canonical user, who fetches bundles of images.
const EC2: &str = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c";

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: &str = "111122223333";
    const OTHER: &str = "444455556666";

    fn id(account: &str) -> AccountId {
        account.parse().unwrap()
    }

    #[test]
    fn ids_are_of_64_digits_and_follow_from_the_number() {
        let one = canonical_id(id(OWNER));
        assert_eq!((one.len(), one == canonical_id(id(OWNER))), (64, true));
        assert_ne!(one, canonical_id(id(OTHER)));
    }

    #[test]
    fn ready_lists_grant_what_they_are_called() {
        let (owner, bucket_owner) = (canonical_id(id(OWNER)), canonical_id(id(OTHER)));
        let may = |name: &str, account: Option<&str>, permission| {
            let acl = Acl::canned(name, &owner, &bucket_owner).unwrap();
            acl.grants(account.map(id), permission, false)
        };
        for (name, account, permission, expected) in [
            ("private", None, Permission::Read, false),
            ("private", Some(OWNER), Permission::Read, false),
            ("public-read", None, Permission::Read, true),
            ("public-read", None, Permission::Write, false),
            ("public-read", Some(OWNER), Permission::Read, true),
            ("public-read-write", None, Permission::Write, true),
            ("authenticated-read", None, Permission::Read, false),
            ("authenticated-read", Some("777788889999"), Permission::Read, true),
            ("bucket-owner-read", Some(OTHER), Permission::Read, true),
            ("bucket-owner-read", Some(OTHER), Permission::ReadAcp, false),
            ("bucket-owner-full-control", Some(OTHER), Permission::WriteAcp, true),
            ("bucket-owner-full-control", Some("777788889999"), Permission::Read, false),
            ("aws-exec-read", None, Permission::Read, false),
            ("log-delivery-write", None, Permission::Write, false),
        ] {
            assert_eq!(may(name, account, permission), expected, "{name} {account:?} {permission:?}");
        }
        assert!(Acl::canned("public", &owner, &owner).is_none());
    }

    #[test]
    fn who_may_write_may_say_who_reads_it() {
        let (owner, other) = (canonical_id(id("111122223333")), canonical_id(id("444455556666")));
        let grant = |grantee, permission| Grant { grantee, permission };
        let grants = vec![
            grant(Grantee::Group(Group::AllUsers), Permission::Read),
            grant(Grantee::CanonicalUser(other.clone()), Permission::Write),
        ];
        let written = Acl { owner: owner.clone(), grants }.of_what_is_written();
        assert_eq!(written.grants, [grant(Grantee::CanonicalUser(other), Permission::WriteAcp)]);
        assert!(written.grants(Some(id("444455556666")), Permission::WriteAcp, false));
        assert!(!written.grants(None, Permission::WriteAcp, false));
        assert!(!Acl::private(owner).of_what_is_written().grants(None, Permission::WriteAcp, false));
    }

    #[test]
    fn what_is_ignored_grants_nothing() {
        let acl = Acl::canned("public-read-write", "o", "o").unwrap();
        assert!(acl.is_public() && !acl.grants(None, Permission::Read, true));
        assert!(!Acl::private("o").is_public() && Acl::private("o").is_private_of("o"));
        assert_eq!(Acl::of_json(&acl.to_json()), Some(acl.clone()));
        assert!(!acl.is_private_of("o") && !Acl::private("p").is_private_of("o"));
    }
}
