//! Who is who in the account: what IAM knows, at one moment.
//!
//! Rule: a directory that is shared never changes. An operation gets a copy, changes entities in it, and [`Account::change`]
//! writes what was touched in one transaction before anybody else sees it. Copies share what neither changed.
//!
//! [`Account::change`]: crate::Account::change

mod check;
mod document;
mod ec2;
mod entity;
mod lookup;
mod policy;
mod quota;
mod s3;
mod table;

pub use check::DirectoryFault;
pub use document::DocumentError;
pub use ec2::{KeyPairRecord, MetadataDefaults, ResourceTags};
pub use entity::{
    AccessKey, AccountRecord, Boundary, CredentialReport, Group, InstanceProfile, KeyStatus, ManagedPolicy,
    MfaDevice, OidcProvider, PolicyVersion, Role, Tag, User, Verifications,
};
pub use policy::PolicyText;
pub use quota::{AppliedQuota, QuotaDecision, QuotaRequest, QuotaVerdict};
pub use s3::{Bucket, CorsRule, ObjectOwnership, PublicAccessBlock};
pub use table::{Entity, Table};
use types::{AccountId, Partition};

/// All entities of the account. Names are unique ignoring case, so tables find by any case and keep the one given.
#[derive(Clone, Debug)]
pub struct Directory {
    partition: Partition,
    account_id: AccountId,
    /// One entity: the account itself and its root user.
    pub account: Table<AccountRecord>,
    pub users: Table<User>,
    pub groups: Table<Group>,
    pub roles: Table<Role>,
    /// Customer managed policies; AWS's own are in `aws_managed`.
    pub policies: Table<ManagedPolicy>,
    pub instance_profiles: Table<InstanceProfile>,
    /// By access key id.
    pub access_keys: Table<AccessKey>,
    /// By serial number.
    pub mfa_devices: Table<MfaDevice>,
    /// By ARN.
    pub oidc_providers: Table<OidcProvider>,
    /// By key pair id.
    pub key_pairs: Table<KeyPairRecord>,
    /// By resource id.
    pub resource_tags: Table<ResourceTags>,
    /// By region.
    pub metadata_defaults: Table<MetadataDefaults>,
    pub buckets: Table<Bucket>,
    /// By region, service and code.
    pub applied_quotas: Table<AppliedQuota>,
    /// By id.
    pub quota_requests: Table<QuotaRequest>,
}

impl Directory {
    /// The directory of an account in which nobody is but its root user.
    pub fn new(partition: Partition, account_id: AccountId) -> Self {
        Self {
            partition,
            account_id,
            account: Table::default(),
            users: Table::default(),
            groups: Table::default(),
            roles: Table::default(),
            policies: Table::default(),
            instance_profiles: Table::default(),
            access_keys: Table::default(),
            mfa_devices: Table::default(),
            oidc_providers: Table::default(),
            key_pairs: Table::default(),
            resource_tags: Table::default(),
            metadata_defaults: Table::default(),
            buckets: Table::default(),
            applied_quotas: Table::default(),
            quota_requests: Table::default(),
        }
    }

    pub fn partition(&self) -> Partition {
        self.partition
    }

    pub fn account_id(&self) -> AccountId {
        self.account_id
    }
}
