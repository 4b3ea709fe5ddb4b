//! Requests to raise quotas, and their history.

use std::cmp::Reverse;
use std::time::Duration;

use account::directory::QuotaRequest;
use account::quotas::{QuotaStatus, Wanted, ask as request_increase, catalogue, known, refusal};
use account::{Check, ServiceError};
use wire::{Structure, Value};

use super::page::page;
use super::quotas::on_quota;
use super::{arn, number, text};
use crate::{Ask, Operation};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetRequestedServiceQuotaChange",
        checks: |_| Ok(vec![Check::new("servicequotas:GetRequestedServiceQuotaChange", "*")]),
        run: get,
    },
    Operation {
        name: "ListRequestedServiceQuotaChangeHistory",
        checks: |_| Ok(vec![Check::new("servicequotas:ListRequestedServiceQuotaChangeHistory", "*")]),
        run: list,
    },
    Operation {
        name: "ListRequestedServiceQuotaChangeHistoryByQuota",
        checks: |_| Ok(vec![Check::new("servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota", "*")]),
        run: list_by_quota,
    },
    Operation {
        name: "RequestServiceQuotaIncrease",
        checks: |ask| Ok(vec![on_quota(ask, "servicequotas:RequestServiceQuotaIncrease")]),
        run: request,
    },
];

fn request(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (service_code, quota_code) = (text(ask, "ServiceCode"), text(ask, "QuotaCode"));
    known(ask.region, service_code, quota_code)?;
    if ask.input.text("ContextId").is_some() {
        return Err(refusal::no_such_context());
    }
    check_bounds(ask)?;
    let value = desired(ask).ok_or_else(refusal::not_whole)?;
    let rules = ask.account.quota_rules();
    let requester_arn = ask.caller.arn().map(|arn| arn.to_string()).unwrap_or_default();
    let wanted = Wanted { region: ask.region, service_code, quota_code, value, requester_arn };
    let made = ask
        .account
        .change(|directory| request_increase(directory, wanted.clone(), &rules, ask.now, ask.random))?;
    Ok(Structure::new().with("RequestedQuota", shown(ask, &made)))
}

/// The model's limits of `QuotaValue`, which is a fraction, and so beyond what limits of models are read for.
fn check_bounds(ask: &Ask<'_>) -> Result<(), ServiceError> {
    let Some(Value::Double(value)) = ask.input.member("DesiredValue") else { return Ok(()) };
    let constraint = match value {
        value if *value > MOST => format!("less than or equal to {MOST}"),
        value if *value < 0.0 => "greater than or equal to 0".to_owned(),
        _ => return Ok(()),
    };
    let message = format!(
        "1 validation error detected: Value '{value}' at 'desiredValue' failed to satisfy constraint: Member must have value {constraint}"
    );
    Err(ServiceError::new("ValidationException", 400, message))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded, and whole")]
fn desired(ask: &Ask<'_>) -> Option<u64> {
    match ask.input.member("DesiredValue")? {
        Value::Double(value) => (value.fract() == 0.0).then_some(*value as u64),
        Value::Integer(value) => u64::try_from(*value).ok(),
        _ => None,
    }
}

fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let found = ask.directory.quota_requests.get(text(ask, "RequestId"));
    let found = found.filter(|request| is_of_region(ask, request)).ok_or_else(refusal::no_such_request)?;
    Ok(Structure::new().with("RequestedQuota", shown(ask, found)))
}

fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let service_code = ask.input.text("ServiceCode");
    if let Some(code) = service_code {
        catalogue::service(code).ok_or_else(refusal::no_such_service)?;
    }
    let name = format!("ListRequestedServiceQuotaChangeHistory {}", service_code.unwrap_or("all"));
    history(ask, &name, |request| service_code.is_none_or(|code| request.parts().1 == code))
}

fn list_by_quota(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (service_code, quota_code) = (text(ask, "ServiceCode"), text(ask, "QuotaCode"));
    known(ask.region, service_code, quota_code)?;
    let name = format!("ListRequestedServiceQuotaChangeHistoryByQuota {service_code} {quota_code}");
    history(ask, &name, |request| request.parts().1 == service_code && request.parts().2 == quota_code)
}

/// The newest first; those that were decided long ago are left out.
fn history(
    ask: &Ask<'_>,
    name: &str,
    is_wanted: impl Fn(&QuotaRequest) -> bool,
) -> Result<Structure, ServiceError> {
    let (status, level) = (ask.input.text("Status"), ask.input.text("QuotaRequestedAtLevel"));
    let is_shown = |request: &&QuotaRequest| {
        let recent = request.is_open(ask.now) || request.last_updated(ask.now) + SHOWN >= ask.now;
        recent
            && level != Some("RESOURCE")
            && is_of_region(ask, request)
            && is_wanted(request)
            && status.is_none_or(|status| request.status(ask.now).as_str() == status)
    };
    let requests = ask.directory.quota_requests.iter().map(|request| &**request);
    let mut requests: Vec<&QuotaRequest> = requests.filter(is_shown).collect();
    requests.sort_by_key(|request| (Reverse(request.created), request.id.as_str()));
    let name = format!("{name} {}", status.unwrap_or("any"));
    page(ask, "RequestedQuotas", &name, &requests, |request| shown(ask, request))
}

fn is_of_region(ask: &Ask<'_>, request: &QuotaRequest) -> bool {
    request.parts().0 == ask.region.as_str()
}

fn shown(ask: &Ask<'_>, request: &QuotaRequest) -> Structure {
    let (_, service_code, quota_code) = request.parts();
    let status = request.status(ask.now);
    let case = (status != QuotaStatus::Pending).then(|| request.case_id.clone());
    let (service, quota) = (catalogue::service(service_code), catalogue::quota(service_code, quota_code));
    Structure::new()
        .with("Id", request.id.as_str())
        .with_some("CaseId", case)
        .with("ServiceCode", service_code)
        .with_some("ServiceName", service.map(|service| service.name))
        .with("QuotaCode", quota_code)
        .with_some("QuotaName", quota.map(|quota| quota.name))
        .with("DesiredValue", number(request.desired_value))
        .with("Status", status.as_str())
        .with("Created", request.created)
        .with("LastUpdated", request.last_updated(ask.now))
        .with("Requester", requester(ask, &request.requester_arn))
        .with("QuotaArn", arn(ask, ask.region, true, service_code, quota_code))
        .with_some("GlobalQuota", quota.map(|quota| quota.is_global))
        .with_some("Unit", quota.map(|quota| quota.unit))
        .with("QuotaRequestedAtLevel", "ACCOUNT")
}

/// A text that is JSON. Paths in ARNs may hold what it escapes; they hold nothing below a blank.
fn requester(ask: &Ask<'_>, arn: &str) -> String {
    let arn = arn.replace('\\', "\\\\").replace('"', "\\\"");
    format!(r#"{{"accountId":"{}","callerArn":"{arn}"}}"#, ask.directory.account_id())
}

/// How long AWS shows what was decided.
const SHOWN: Duration = Duration::from_secs(90 * 86_400);

/// Of a quota (Service Quotas API Reference, RequestServiceQuotaIncrease).
const MOST: f64 = 10_000_000_000.0;
