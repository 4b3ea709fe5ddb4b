//! Requests to raise quotas: asked for, looked at, decided.
//!
//! Rule: one open request for each quota. Where a request stands follows from its times; a value that a rule approves applies from its
//! hour on, and is written down by whoever comes next.

use types::{Region, Timestamp};

use super::catalogue::{self, Quota};
use super::rules::QuotaRules;
use super::{refusal, value};
use crate::directory::{AppliedQuota, Directory, QuotaDecision, QuotaRequest, QuotaVerdict};
use crate::{Account, AccountError, ServiceError};

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaStatus {
    Pending,
    CaseOpened,
    Decided(QuotaVerdict),
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    pub region: &'a Region,
    pub service_code: &'a str,
    pub quota_code: &'a str,
    pub value: u64,
    pub requester_arn: String,
}

/// Asks for more. What a rule approves is decided at once, for later.
///
/// # Errors
/// Where there is no such quota, it cannot be raised, is as high already, or is asked for by an open request.
pub fn ask(
    directory: &mut Directory,
    wanted: Wanted<'_>,
    rules: &QuotaRules,
    now: Timestamp,
    random: &[u8; 64],
) -> Result<QuotaRequest, ServiceError> {
    let Wanted { region, service_code, quota_code, value, requester_arn } = wanted;
    settle(directory, now);
    let quota = known(region, service_code, quota_code)?;
    if !quota.is_adjustable {
        return Err(refusal::not_adjustable());
    }
    if value <= value::value_at(directory, region, service_code, quota, now) {
        return Err(refusal::not_greater());
    }
    let place = value::place(region, service_code, quota);
    let open = || directory.quota_requests.iter().filter(|request| request.is_open(now));
    if open().any(|request| request.place == place) {
        return Err(refusal::one_is_open());
    }
    if open().count() >= MOST_OPEN {
        return Err(refusal::too_many_open());
    }
    let approved = rules.approves(service_code, quota_code, value);
    let verdict = QuotaVerdict::Approved;
    let decision = || QuotaDecision { at: now + rules.decided_after, verdict, reason: None };
    let request = QuotaRequest {
        id: request_id(random),
        place,
        desired_value: value,
        created: now,
        case_opens: now + rules.case_opens_after,
        case_id: case_id(random),
        requester_arn,
        decision: approved.then(decision),
        is_applied: false,
    };
    forget_oldest(directory, now);
    directory.quota_requests.insert(request.clone());
    Ok(request)
}

/// Decides an open request now, whatever a rule has in mind.
///
/// # Errors
/// Where there is none of this id, or it is decided.
pub fn decide(
    directory: &mut Directory,
    id: &str,
    verdict: QuotaVerdict,
    reason: Option<String>,
    now: Timestamp,
) -> Result<QuotaRequest, ServiceError> {
    settle(directory, now);
    let request = directory.quota_requests.get_mut(id).ok_or_else(refusal::no_such_request)?;
    if !request.is_open(now) {
        let status = request.status(now).as_str();
        let message = format!("request {id} is {status}; ask for another increase");
        return Err(ServiceError::new("InvalidResourceStateException", 400, message));
    }
    request.decision = Some(QuotaDecision { at: now, verdict, reason });
    settle(directory, now);
    directory
        .quota_requests
        .get(id)
        .map(|request| QuotaRequest::clone(request))
        .ok_or_else(refusal::no_such_request)
}

/// Sets a quota without asking anybody: to a value, or back to its default.
///
/// # Errors
/// Where there is no such quota in this region.
pub fn set(
    directory: &mut Directory,
    region: &Region,
    (service_code, quota_code): (&str, &str),
    wanted: Option<u64>,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let quota = known(region, service_code, quota_code)?;
    // What was approved before does not come after.
    settle(directory, now);
    let place = value::place(region, service_code, quota);
    match wanted {
        Some(value) => drop(directory.applied_quotas.insert(AppliedQuota { place, value })),
        None => drop(directory.applied_quotas.remove(&place)),
    }
    Ok(())
}

/// Whether something that was approved is to be written down.
pub fn is_due(directory: &Directory, now: Timestamp) -> bool {
    directory.quota_requests.iter().any(|request| request.is_due(now))
}

/// Writes down what was approved, where its time has come. Costs a look at the requests where nothing is due.
pub fn settle_due(account: &Account, now: Timestamp) -> Result<(), AccountError> {
    if !is_due(&account.directory(), now) {
        return Ok(());
    }
    account.change(|directory| {
        settle(directory, now);
        Ok(())
    })
}

/// The quota of this name that a region shows.
///
/// # Errors
/// Where there is none.
pub fn known(region: &Region, service_code: &str, quota_code: &str) -> Result<&'static Quota, ServiceError> {
    catalogue::service(service_code).ok_or_else(refusal::no_such_service)?;
    let quota = catalogue::quota(service_code, quota_code);
    quota.filter(|quota| quota.is_shown_in(region)).ok_or_else(refusal::no_such_quota)
}

impl QuotaRequest {
    pub fn status(&self, now: Timestamp) -> QuotaStatus {
        match &self.decision {
            Some(decision) if decision.at <= now => QuotaStatus::Decided(decision.verdict),
            _ if self.case_opens <= now => QuotaStatus::CaseOpened,
            _ => QuotaStatus::Pending,
        }
    }

    /// When it came to where it stands.
    pub fn last_updated(&self, now: Timestamp) -> Timestamp {
        match (self.status(now), &self.decision) {
            (QuotaStatus::Decided(_), Some(decision)) => decision.at,
            (QuotaStatus::CaseOpened, _) => self.case_opens,
            _ => self.created,
        }
    }

    /// Region, service and code.
    pub fn parts(&self) -> (&str, &str, &str) {
        let mut parts = self.place.splitn(3, '/');
        let mut part = || parts.next().unwrap_or_default();
        (part(), part(), part())
    }

    pub fn is_open(&self, now: Timestamp) -> bool {
        !matches!(self.status(now), QuotaStatus::Decided(_))
    }

    /// Whether it counts, and nobody has written that down yet.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        !self.is_applied && self.status(now) == QuotaStatus::Decided(QuotaVerdict::Approved)
    }
}

impl QuotaStatus {
    /// As AWS names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::CaseOpened => "CASE_OPENED",
            Self::Decided(QuotaVerdict::Approved) => "APPROVED",
            Self::Decided(QuotaVerdict::Denied) => "DENIED",
            Self::Decided(QuotaVerdict::CaseClosed) => "CASE_CLOSED",
        }
    }
}

/// Writes down what approvals have made of quotas.
fn settle(directory: &mut Directory, now: Timestamp) {
    let requests = directory.quota_requests.iter().filter(|request| request.is_due(now));
    let due: Vec<QuotaRequest> = requests.map(|request| (**request).clone()).collect();
    for request in due {
        let (place, value) = (request.place.clone(), value::value_for(directory, &request, now));
        directory.applied_quotas.insert(AppliedQuota { place, value });
        directory.quota_requests.insert(QuotaRequest { is_applied: true, ..request });
    }
}

/// Keeps the number of requests bounded: of those that are closed, the one that was made first makes room.
fn forget_oldest(directory: &mut Directory, now: Timestamp) {
    if directory.quota_requests.len() < MOST_KEPT {
        return;
    }
    let closed = directory.quota_requests.iter().filter(|request| !request.is_open(now));
    let oldest = closed.min_by_key(|request| request.created).map(|request| request.id.clone());
    if let Some(id) = oldest {
        directory.quota_requests.remove(&id);
    }
}

/// 32 digits and eight letters, as AWS's look.
fn request_id(random: &[u8; 64]) -> String {
    let hex = random[..16].iter().map(|byte| format!("{byte:02x}"));
    let letters = random[16..24].iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]));
    hex.collect::<String>() + &letters.collect::<String>()
}

/// 15 digits.
fn case_id(random: &[u8; 64]) -> String {
    let digits = random[24..38].iter().map(|byte| char::from(b'0' + byte % 10));
    format!("1{}", digits.collect::<String>())
}

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Of one account (Service Quotas User Guide, "Service quotas for Service Quotas").
const MOST_OPEN: usize = 20;

/// AWS shows those of 90 days.
const MOST_KEPT: usize = 1000;

#[cfg(test)]
mod tests;
