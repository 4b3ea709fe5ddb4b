//! How commands talk to a running server: HTTP/1.1 over a Unix socket in the data directory.
//!
//! Rule: the socket is for the owner of the data directory and for root; the kernel says who is calling.

mod account;
mod call;
mod callers;
mod client;
mod life;
mod limits;
mod refusal;
mod scenario;
mod server;

pub(crate) use account::{
    AccountCall, AccountDescription, AccountDocument, AccountReply, Administrator, Enforcement,
    OidcProviderDescription,
};
pub(crate) use call::{
    AgentAddress, Call, Change, DescriptionPage, Detachment, EnvironmentReply, EventChange, EventsReply,
    InstanceDescription, InstancePage, InstanceSummary, MaintenanceNotice, MetadataOptionsReply,
    OptionsState, PendingOptions, ProfileReply, Reply, RoleChange, ServerDescription, StatedOptions,
    TagsReply,
};
pub(crate) use callers::{AncestorDescription, CallCounts, CallerDescription, CallerList, Reading};
pub(crate) use client::{AdminClient, CallError, may_answer};
pub(crate) use life::{InstanceStateChange, StateChangesReply, TerminatedReply};
pub(crate) use limits::{
    BucketDescription, BusyPrefix, LimitDescription, LimitsCall, LimitsDescription, LimitsReply,
    QuotaDescription, QuotaRequestDescription, Verdict,
};
pub(crate) use refusal::Refusal;
pub(crate) use scenario::{ScenarioCall, ScenarioDescription, ScenarioEnd, ScenarioReply, ScenarioStep};
pub(crate) use server::{Admin, Door, Health, MAX_PATH, keep_private, listen, may_call, serve};
