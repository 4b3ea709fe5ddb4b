//! The credential report: `GenerateCredentialReport`, `GetCredentialReport`.
//!
//! Rule: a report is kept as it was made, for four hours (IAM User Guide, "Generate credential reports"; columns, orders and states
//! captured by stackd, 2026-09). It is made at once: AWS's own state INPROGRESS, of a second or two, is never seen.

mod row;

use std::time::Duration;

use types::Timestamp;

use crate::directory::{AccountRecord, CredentialReport, Directory};
use crate::{KeyUse, ServiceError};

/// What `GenerateCredentialReport` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportState {
    /// `STARTED` or `COMPLETE`.
    pub state: &'static str,
    pub description: Option<&'static str>,
}

/// When a key was last used, by its id.
pub type LastUse<'a> = &'a dyn Fn(&str) -> Option<KeyUse>;

/// Makes a report, unless there is one of the last four hours.
pub fn generate(directory: &mut Directory, last_use: LastUse<'_>, now: Timestamp) -> ReportState {
    let now = now.trunc_secs();
    let held = report(directory).map(|report| is_fresh(report, now));
    if held == Some(true) {
        return ReportState { state: "COMPLETE", description: None };
    }
    let content = csv(directory, last_use, now);
    let report = CredentialReport { generated_at: now, content };
    match directory.account.get_mut(ACCOUNT) {
        Some(record) => record.credential_report = Some(report),
        None => {
            let record = AccountRecord {
                credential_report: Some(report),
                ..AccountRecord::new(directory.account_id(), now)
            };
            directory.account.insert(record);
        }
    }
    let description = held.is_none().then_some("No report exists. Starting a new report generation task");
    ReportState { state: "STARTED", description }
}

/// The newest report.
pub fn get(directory: &Directory, now: Timestamp) -> Result<&CredentialReport, ServiceError> {
    // AWS gives these two no text at all.
    let report = report(directory).ok_or_else(|| ServiceError::new("ReportNotPresent", 410, ""))?;
    if is_fresh(report, now) { Ok(report) } else { Err(ServiceError::new("ReportExpired", 410, "")) }
}

fn report(directory: &Directory) -> Option<&CredentialReport> {
    directory.account.get(ACCOUNT)?.credential_report.as_ref()
}

fn is_fresh(report: &CredentialReport, now: Timestamp) -> bool {
    now.since(report.generated_at) < LIFETIME
}

/// The root user first, then the users by name; no line end behind the last line.
fn csv(directory: &Directory, last_use: LastUse<'_>, now: Timestamp) -> String {
    let mut lines = vec![row::HEADER.to_owned(), row::root(directory, last_use, now)];
    lines.extend(directory.users.iter().map(|user| row::user(directory, user, last_use)));
    lines.join("\n")
}

const LIFETIME: Duration = Duration::from_secs(4 * 3600);
/// The name of the one record.
const ACCOUNT: &str = "account";
