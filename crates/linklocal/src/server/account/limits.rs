//! What the admin socket may ask of request limits and quotas.

use account::directory::{Directory, QuotaRequest, QuotaVerdict};
use account::quotas::{self, catalogue};
use gateway::{BucketReport, LimitFigures, LimitsReport};
use types::{Region, Timestamp};

use super::AccountHouse;
use crate::admin::{
    BucketDescription, BusyPrefix, LimitDescription, LimitsCall, LimitsDescription, LimitsReply,
    QuotaDescription, QuotaRequestDescription, Refusal, Verdict,
};

impl AccountHouse {
    /// Carries a call out. Blocks on the store.
    pub(in crate::server) fn limits_call(&self, call: LimitsCall) -> Result<LimitsReply, Refusal> {
        let now = self.clock.now();
        Ok(match call {
            LimitsCall::Describe => LimitsReply::Limits(Box::new(self.limits(now))),
            LimitsCall::Reset => {
                self.gateway.throttle().reset(now);
                LimitsReply::Limits(Box::new(self.limits(now)))
            }
            LimitsCall::Quotas { region } => {
                let region = region.unwrap_or_else(|| self.region.clone());
                LimitsReply::Quotas(listed(&self.account.directory(), &region, now))
            }
            LimitsCall::Requests => {
                let directory = self.account.directory();
                let mut requests: Vec<_> = directory
                    .quota_requests
                    .iter()
                    .map(|request| request_of(&directory, request, now))
                    .collect();
                requests.sort_by_key(|request| std::cmp::Reverse(request.created));
                LimitsReply::Requests(requests)
            }
            LimitsCall::Decide { id, verdict, reason } => {
                let verdict = match verdict {
                    Verdict::Approved => QuotaVerdict::Approved,
                    Verdict::Denied => QuotaVerdict::Denied,
                    Verdict::CaseClosed => QuotaVerdict::CaseClosed,
                };
                let decided = self
                    .account
                    .change(|directory| quotas::decide(directory, &id, verdict, reason.clone(), now));
                LimitsReply::Requests(vec![request_of(&self.account.directory(), &decided?, now)])
            }
            LimitsCall::SetQuota { region, service_code, quota_code, value } => {
                self.set_quota(region, (&service_code, &quota_code), value, now)?
            }
        })
    }

    /// A global quota is set wherever one asks for it.
    fn set_quota(
        &self,
        region: Option<Region>,
        quota: (&str, &str),
        value: Option<u64>,
        now: Timestamp,
    ) -> Result<LimitsReply, Refusal> {
        let mut region = region.unwrap_or_else(|| self.region.clone());
        if catalogue::quota(quota.0, quota.1).is_some_and(|quota| quota.is_global) {
            let shown = catalogue::global_region(region.partition()).parse();
            region = shown.expect("the regions of global quotas are regions: a test reads them");
        }
        self.account.change(|directory| quotas::set(directory, &region, quota, value, now))?;
        let mut all = listed(&self.account.directory(), &region, now);
        all.retain(|one| (one.service_code.as_str(), one.quota_code.as_str()) == quota);
        Ok(LimitsReply::Quotas(all))
    }

    fn limits(&self, now: Timestamp) -> LimitsDescription {
        let LimitsReport { settings, since, figures, buckets, busy_prefixes } =
            self.gateway.throttle().report(now);
        let busy = |(prefix, refused_on_aws)| BusyPrefix { prefix, refused_on_aws };
        LimitsDescription {
            mode: settings.mode.as_str().to_owned(),
            scale: settings.scale,
            unpublished_enforced: settings.unpublished,
            since,
            buckets: buckets.into_iter().map(bucket_of).collect(),
            busy_prefixes: busy_prefixes.into_iter().map(busy).collect(),
            limits: figures.into_iter().map(limit_of).collect(),
        }
    }
}

fn bucket_of(bucket: BucketReport) -> BucketDescription {
    let BucketReport { figures, region, level, taken, refused, refused_by_aws, worst } = bucket;
    BucketDescription {
        limit: limit_of(figures),
        region,
        tokens: level,
        taken,
        refused,
        refused_on_aws: refused_by_aws,
        worst_second: worst.map(|(second, _)| second),
        asked_in_worst_second: worst.map_or(0, |(_, asked)| asked),
    }
}

fn limit_of(figures: LimitFigures) -> LimitDescription {
    LimitDescription {
        service: figures.service.to_owned(),
        counts: figures.what,
        bucket_size: figures.size,
        refill_per_second: figures.refill,
        published: figures.is_published,
        per_region: figures.is_regional,
        source: figures.source.to_owned(),
        enforced_bucket_size: figures.enforced.map(|(size, _)| size),
        enforced_refill_per_second: figures.enforced.map(|(_, refill)| refill),
    }
}

/// What a region shows, and beside it the global ones.
fn listed(directory: &Directory, region: &Region, now: Timestamp) -> Vec<QuotaDescription> {
    let described = |service: &catalogue::Service, quota: &catalogue::Quota| QuotaDescription {
        region: region.clone(),
        service_code: service.code.to_owned(),
        quota_code: quota.code.to_owned(),
        quota_name: quota.name.to_owned(),
        value: quotas::value_at(directory, region, service.code, quota, now),
        aws_default_value: quota.default,
        adjustable: quota.is_adjustable,
        global_quota: quota.is_global,
        unit: quota.unit.to_owned(),
    };
    let services = catalogue::services().iter();
    services.flat_map(|service| service.quotas.iter().map(move |quota| described(service, quota))).collect()
}

fn request_of(directory: &Directory, request: &QuotaRequest, now: Timestamp) -> QuotaRequestDescription {
    let (region, service_code, quota_code) = request.parts();
    let quota = catalogue::quota(service_code, quota_code);
    QuotaRequestDescription {
        id: request.id.clone(),
        region: region.to_owned(),
        service_code: service_code.to_owned(),
        quota_code: quota_code.to_owned(),
        quota_name: quota.map_or_else(String::new, |quota| quota.name.to_owned()),
        desired_value: request.desired_value,
        value: quotas::value_for(directory, request, now),
        status: request.status(now).as_str().to_owned(),
        created: request.created,
        last_updated: request.last_updated(now),
        requester_arn: request.requester_arn.clone(),
        reason: request.decision.as_ref().and_then(|decision| decision.reason.clone()),
    }
}
