//! The programs that call, as the server tells of them and `--json` prints them.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use types::{InstanceId, Timestamp};

/// Answer to `ListCallers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CallerList {
    /// Since when calls are counted: the start of the server.
    pub(crate) since: Timestamp,
    /// Programs that called and are not listed any more, because too many others did since.
    pub(crate) dropped: u64,
    /// Those first that called last.
    pub(crate) callers: Vec<CallerDescription>,
}

/// One program of one user, in one container, on one instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CallerDescription {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) instance_id: Option<InstanceId>,
    /// The executable's path; where it may not be seen, the process's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) program: Option<String>,
    /// What the executable interprets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) script: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) process_id: Option<u32>,
    /// Without what looks like a secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) command_line: Vec<String>,
    /// Of the process that connected last, its parent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) ancestors: Vec<AncestorDescription>,
    /// The first few programs that ran it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) run_by: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_id: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cgroup: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) container_id: Option<String>,
    pub(crate) address: IpAddr,
    /// Whether it is a process of the server's machine.
    pub(crate) local: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_agent: Option<String>,
    pub(crate) first_seen: Timestamp,
    pub(crate) last_seen: Timestamp,
    #[serde(flatten)]
    pub(crate) counts: CallCounts,
    /// What was read without a token.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) version1_reads: Vec<Reading>,
}

/// A process that another descends from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AncestorDescription {
    pub(crate) process_id: u32,
    pub(crate) name: String,
}

/// How often a program did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CallCounts {
    /// Reads without a token that were answered, be it with 404.
    pub(crate) version1: u64,
    /// Reads without a token that were refused because tokens are required.
    pub(crate) version1_rejected: u64,
    /// Calls with a good token.
    pub(crate) version2: u64,
    pub(crate) tokens_issued: u64,
    pub(crate) tokens_refused: u64,
    /// Calls with a token that was not good.
    pub(crate) bad_tokens: u64,
    /// Answers of status 400 and above.
    pub(crate) errors: u64,
    /// Credential documents that were handed out.
    pub(crate) credentials: u64,
}

/// A kind of metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reading {
    Credentials,
    UserData,
    IdentityDocument,
    Tags,
    OtherMetadata,
}

impl CallerDescription {
    /// Whether anything of it would be refused if tokens were required.
    pub(crate) fn calls_version1(&self) -> bool {
        self.counts.version1 + self.counts.version1_rejected > 0
    }
}

impl CallCounts {
    pub(crate) fn add(&mut self, other: &Self) {
        self.version1 += other.version1;
        self.version1_rejected += other.version1_rejected;
        self.version2 += other.version2;
        self.tokens_issued += other.tokens_issued;
        self.tokens_refused += other.tokens_refused;
        self.bad_tokens += other.bad_tokens;
        self.errors += other.errors;
        self.credentials += other.credentials;
    }
}
