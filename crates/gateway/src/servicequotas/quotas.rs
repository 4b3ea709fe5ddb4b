//! Quotas: what they are worth here, and what AWS gives a new account.

use account::quotas::catalogue::{Quota, Service, Usage};
use account::quotas::{catalogue, known, refusal, value_at};
use account::{Check, ServiceError};
use wire::{Structure, Value};

use super::page::page;
use super::{arn, is_shown, number, text};
use crate::{Ask, Operation};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetAWSDefaultServiceQuota",
        checks: |ask| Ok(vec![on_quota(ask, "servicequotas:GetAWSDefaultServiceQuota")]),
        run: default_of,
    },
    Operation {
        name: "GetServiceQuota",
        checks: |ask| Ok(vec![on_quota(ask, "servicequotas:GetServiceQuota")]),
        run: get,
    },
    Operation {
        name: "ListAWSDefaultServiceQuotas",
        checks: |_| Ok(vec![Check::new("servicequotas:ListAWSDefaultServiceQuotas", "*")]),
        run: list_defaults,
    },
    Operation {
        name: "ListServiceQuotas",
        checks: |_| Ok(vec![Check::new("servicequotas:ListServiceQuotas", "*")]),
        run: list,
    },
];

/// On the quota that the request names, with the key for its service.
pub(super) fn on_quota(ask: &Ask<'_>, action: &'static str) -> Check {
    let (service_code, quota_code) = (text(ask, "ServiceCode"), text(ask, "QuotaCode"));
    Check::new(action, arn(ask, ask.region, true, service_code, quota_code))
        .with("servicequotas:service", service_code)
}

fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (service, quota) = asked(ask)?;
    if ask.input.text("ContextId").is_some() {
        return Err(refusal::no_such_context());
    }
    Ok(Structure::new().with("Quota", applied(ask, service, quota)))
}

fn default_of(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (service, quota) = asked(ask)?;
    Ok(Structure::new().with("Quota", by_default(ask, service, quota)))
}

fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (service, code) = (named(ask)?, ask.input.text("QuotaCode"));
    // No quota here has a value for one resource alone.
    let of_account = ask.input.text("QuotaAppliedAtLevel") != Some("RESOURCE");
    let wanted =
        |quota: &&Quota| of_account && is_shown(ask, quota) && code.is_none_or(|code| code == quota.code);
    let quotas: Vec<&Quota> = service.quotas.iter().filter(wanted).collect();
    let name = format!("ListServiceQuotas {} {}", service.code, code.unwrap_or("all"));
    page(ask, "Quotas", &name, &quotas, |quota| applied(ask, service, quota))
}

fn list_defaults(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let service = named(ask)?;
    let quotas: Vec<&Quota> = service.quotas.iter().filter(|quota| is_shown(ask, quota)).collect();
    let name = format!("ListAWSDefaultServiceQuotas {}", service.code);
    page(ask, "Quotas", &name, &quotas, |quota| by_default(ask, service, quota))
}

fn named(ask: &Ask<'_>) -> Result<&'static Service, ServiceError> {
    catalogue::service(text(ask, "ServiceCode")).ok_or_else(refusal::no_such_service)
}

fn asked(ask: &Ask<'_>) -> Result<(&'static Service, &'static Quota), ServiceError> {
    let quota = known(ask.region, text(ask, "ServiceCode"), text(ask, "QuotaCode"))?;
    Ok((named(ask)?, quota))
}

fn applied(ask: &Ask<'_>, service: &Service, quota: &Quota) -> Structure {
    let value = value_at(ask.directory, ask.region, service.code, quota, ask.now);
    shown(ask, service, quota, value, true)
}

fn by_default(ask: &Ask<'_>, service: &Service, quota: &Quota) -> Structure {
    shown(ask, service, quota, quota.default, false)
}

fn shown(ask: &Ask<'_>, service: &Service, quota: &Quota, value: u64, of_account: bool) -> Structure {
    Structure::new()
        .with("ServiceCode", service.code)
        .with("ServiceName", service.name)
        .with("QuotaArn", arn(ask, ask.region, of_account, service.code, quota.code))
        .with("QuotaCode", quota.code)
        .with("QuotaName", quota.name)
        .with("Value", number(value))
        .with("Unit", quota.unit)
        .with("Adjustable", quota.is_adjustable)
        .with("GlobalQuota", quota.is_global)
        .with_some("UsageMetric", quota.usage.map(metric))
        .with_some("Period", quota.period.map(period))
        .with("QuotaAppliedAtLevel", "ACCOUNT")
}

fn metric(usage: Usage) -> Structure {
    let dimensions = [
        ("Class", usage.class),
        ("Resource", usage.resource),
        ("Service", usage.service),
        ("Type", usage.kind),
    ];
    let dimensions = dimensions.map(|(name, value)| (name.to_owned(), Value::from(value)));
    Structure::new()
        .with("MetricNamespace", "AWS/Usage")
        .with("MetricName", usage.metric_name())
        .with("MetricDimensions", Value::Map(dimensions.into()))
        .with("MetricStatisticRecommendation", usage.statistic())
}

fn period(unit: &str) -> Structure {
    Structure::new().with("PeriodValue", 1_i64).with("PeriodUnit", unit)
}
