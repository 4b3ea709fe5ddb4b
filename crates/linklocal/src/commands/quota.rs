//! `linklocal quota …`: quotas, and the requests to raise them.

use serde::Serialize;

use super::{Context, foreign};
use crate::admin::{
    Call, LimitsCall, LimitsReply, QuotaDescription, QuotaRequestDescription, Reply, Verdict,
};
use crate::arguments::{
    DecideQuotaArguments, ListQuotasArguments, QuotaCommand, QuotaRequestsArguments, SetQuotaArguments,
};
use crate::failure::Failure;
use crate::output::table;

/// As ListServiceQuotas names its list.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Quotas<'a> {
    quotas: &'a [QuotaDescription],
}

/// As ListRequestedServiceQuotaChangeHistory names its list.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RequestedQuotas<'a> {
    requested_quotas: &'a [QuotaRequestDescription],
}

pub(super) async fn run(context: &Context, command: QuotaCommand) -> Result<(), Failure> {
    match command {
        QuotaCommand::List(arguments) => list(context, arguments).await,
        QuotaCommand::Requests(arguments) => requests(context, arguments).await,
        QuotaCommand::Approve(arguments) => decide(context, arguments, Verdict::Approved).await,
        QuotaCommand::Deny(arguments) => decide(context, arguments, Verdict::Denied).await,
        QuotaCommand::Close(arguments) => decide(context, arguments, Verdict::CaseClosed).await,
        QuotaCommand::Set(arguments) => set(context, arguments).await,
    }
}

async fn list(context: &Context, arguments: ListQuotasArguments) -> Result<(), Failure> {
    let call = LimitsCall::Quotas { region: arguments.region };
    let LimitsReply::Quotas(mut quotas) = asked(context, call).await? else { return Err(foreign()) };
    if let Some(service) = &arguments.service_code {
        quotas.retain(|quota| quota.service_code == *service);
        if quotas.is_empty() {
            let problem = format!("no quota of a service {service} is known");
            return Err(Failure::usage(problem).hint("`linklocal quota list` has all of them"));
        }
    }
    context.output.result(&Quotas { quotas: &quotas }, || listed(&quotas))
}

async fn requests(context: &Context, arguments: QuotaRequestsArguments) -> Result<(), Failure> {
    let mut requests = all_requests(context).await?;
    if arguments.open {
        requests.retain(is_open);
    }
    context.output.result(&RequestedQuotas { requested_quotas: &requests }, || requested(&requests))
}

async fn decide(context: &Context, arguments: DecideQuotaArguments, verdict: Verdict) -> Result<(), Failure> {
    let id = only(&all_requests(context).await?, &arguments.id)?;
    let call = LimitsCall::Decide { id, verdict, reason: arguments.reason };
    let LimitsReply::Requests(decided) = asked(context, call).await? else { return Err(foreign()) };
    let request = decided.first().ok_or_else(foreign)?;
    context.output.result(request, || outcome(request))
}

async fn set(context: &Context, arguments: SetQuotaArguments) -> Result<(), Failure> {
    let (service, code) = arguments.quota.split_once('/').ok_or_else(|| {
        Failure::usage(format!("{} is not SERVICE/CODE", arguments.quota)).hint("write ec2/L-1216C47A")
    })?;
    let call = LimitsCall::SetQuota {
        region: arguments.region,
        service_code: service.to_owned(),
        quota_code: code.to_owned(),
        value: arguments.value,
    };
    let LimitsReply::Quotas(quotas) = asked(context, call).await? else { return Err(foreign()) };
    let quota = quotas.first().ok_or_else(foreign)?;
    context.output.result(quota, || {
        let QuotaDescription { service_code, quota_code, quota_name, value, region, .. } = quota;
        format!("{service_code}/{quota_code} ({quota_name}) is {value} in {region}\n")
    })
}

async fn all_requests(context: &Context) -> Result<Vec<QuotaRequestDescription>, Failure> {
    match asked(context, LimitsCall::Requests).await? {
        LimitsReply::Requests(requests) => Ok(requests),
        _ => Err(foreign()),
    }
}

async fn asked(context: &Context, call: LimitsCall) -> Result<LimitsReply, Failure> {
    match context.call(&Call::Limits(call)).await? {
        Reply::Limits(reply) => Ok(reply),
        _ => Err(foreign()),
    }
}

/// The request whose id starts so.
fn only(requests: &[QuotaRequestDescription], start: &str) -> Result<String, Failure> {
    let found: Vec<&str> =
        requests.iter().map(|request| request.id.as_str()).filter(|id| id.starts_with(start)).collect();
    match found[..] {
        [id] => Ok(id.to_owned()),
        [] => Err(Failure::new(format!("no request has an id that starts with {start}"))
            .hint("`linklocal quota requests` lists them")),
        _ => Err(Failure::usage(format!("the ids of {} requests start with {start}", found.len()))
            .hint("write more of it")),
    }
}

fn is_open(request: &QuotaRequestDescription) -> bool {
    matches!(request.status.as_str(), "PENDING" | "CASE_OPENED")
}

fn listed(quotas: &[QuotaDescription]) -> String {
    let row = |quota: &QuotaDescription| {
        vec![
            format!("{}/{}", quota.service_code, quota.quota_code),
            quota.value.to_string(),
            quota.aws_default_value.to_string(),
            if quota.adjustable { "yes" } else { "no" }.to_owned(),
            if quota.global_quota { "account" } else { quota.region.as_str() }.to_owned(),
            quota.quota_name.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = quotas.iter().map(row).collect();
    table(&["QUOTA", "VALUE", "AWS DEFAULT", "ADJUSTABLE", "OF", "NAME"], &rows)
}

fn requested(requests: &[QuotaRequestDescription]) -> String {
    if requests.is_empty() {
        return "no requests\n".to_owned();
    }
    let row = |request: &QuotaRequestDescription| {
        vec![
            request.id.clone(),
            request.status.clone(),
            format!("{}/{}", request.service_code, request.quota_code),
            request.region.clone(),
            request.desired_value.to_string(),
            request.created.iso8601(),
            request.requester_arn.clone(),
            request.reason.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<Vec<String>> = requests.iter().map(row).collect();
    table(&["ID", "STATUS", "QUOTA", "REGION", "VALUE", "CREATED", "BY", "REASON"], &rows)
}

fn outcome(request: &QuotaRequestDescription) -> String {
    let QuotaRequestDescription { id, status, service_code, quota_code, value, region, .. } = request;
    let quota = format!("{service_code}/{quota_code}");
    match status.as_str() {
        "APPROVED" => format!("request {id} is approved: {quota} is {value} in {region}\n"),
        "DENIED" => format!("request {id} is denied: {quota} stays as it was\n"),
        _ => format!("the case of request {id} is closed: {quota} stays as it was\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(id: &str, status: &str) -> QuotaRequestDescription {
        QuotaRequestDescription {
            id: id.to_owned(),
            region: "eu-west-1".to_owned(),
            service_code: "ec2".to_owned(),
            quota_code: "L-1216C47A".to_owned(),
            quota_name: "Running On-Demand Standard".to_owned(),
            desired_value: 1500,
            value: 2000,
            status: status.to_owned(),
            created: "2026-11-21T08:22:00Z".parse().unwrap(),
            last_updated: "2026-11-21T08:22:00Z".parse().unwrap(),
            requester_arn: "arn:aws:iam::123456789012:user/ann".to_owned(),
            reason: None,
        }
    }

    #[test]
    fn beginning_of_an_id_is_enough_where_it_is_of_one() {
        let requests = [request("4b0d1", "PENDING"), request("4b0e2", "DENIED")];
        assert_eq!(only(&requests, "4b0d").unwrap(), "4b0d1");
        assert!(only(&requests, "4b0").unwrap_err().message.contains("2 requests"));
        assert!(only(&requests, "x").unwrap_err().message.contains("no request"));
    }

    #[test]
    fn outcomes_say_what_is_in_force() {
        assert_eq!(
            outcome(&request("4b0d", "APPROVED")),
            "request 4b0d is approved: ec2/L-1216C47A is 2000 in eu-west-1\n"
        );
        assert!(outcome(&request("4b0d", "DENIED")).contains("stays as it was"));
        assert!(is_open(&request("a", "CASE_OPENED")) && !is_open(&request("a", "CASE_CLOSED")));
    }
}
