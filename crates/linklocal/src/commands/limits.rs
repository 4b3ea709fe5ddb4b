//! `linklocal limits`: which buckets were asked, what was refused, and what AWS would have refused.

use super::{Context, foreign};
use crate::admin::{
    BucketDescription, Call, LimitDescription, LimitsCall, LimitsDescription, LimitsReply, Reply,
};
use crate::arguments::LimitsArguments;
use crate::failure::Failure;
use crate::output::{Output, table};

pub(super) async fn run(context: &Context, arguments: LimitsArguments) -> Result<(), Failure> {
    let call = if arguments.reset { LimitsCall::Reset } else { LimitsCall::Describe };
    let Reply::Limits(LimitsReply::Limits(mut limits)) = context.call(&Call::Limits(call)).await? else {
        return Err(foreign());
    };
    if arguments.reset {
        Output::note("note: all buckets are full, and counting starts now");
    }
    if let Some(service) = &arguments.service {
        limits.buckets.retain(|bucket| bucket.limit.service == *service);
        limits.limits.retain(|limit| limit.service == *service);
        if limits.limits.is_empty() {
            let problem = format!("no limit of a service {service} is known");
            return Err(Failure::usage(problem).hint("`linklocal limits --all` has all of them"));
        }
    }
    context.output.result(&limits, || text(&limits, arguments.all))
}

fn text(limits: &LimitsDescription, all: bool) -> String {
    let mut text = heading(limits);
    if limits.buckets.is_empty() {
        text.push_str(&format!("nobody asked since {}\n", limits.since.iso8601()));
    } else {
        let rows: Vec<Vec<String>> = limits.buckets.iter().map(asked).collect();
        text.push_str(&table(&ASKED, &rows));
    }
    for bucket in limits.buckets.iter().filter(|bucket| bucket.refused_on_aws > 0) {
        text.push_str(&blame(bucket));
    }
    for busy in &limits.busy_prefixes {
        text.push_str(&format!(
            "prefix {} would have been slowed down {} on AWS\n",
            busy.prefix,
            times(busy.refused_on_aws)
        ));
    }
    if all {
        let rows: Vec<Vec<String>> = limits.limits.iter().map(figures).collect();
        text.push('\n');
        text.push_str(&table(&FIGURES, &rows));
    }
    text
}

fn heading(limits: &LimitsDescription) -> String {
    let unpublished = match limits.unpublished_enforced {
        true => "",
        false => "; limits that AWS does not publish are counted alone",
    };
    match (limits.mode.as_str(), limits.scale) {
        ("aws", 100) => format!("limits are AWS's own{unpublished}\n"),
        ("aws", scale) => format!("limits are {scale}% of AWS's{unpublished}\n"),
        ("report", _) => "limits are off; what AWS would refuse is told in the log\n".to_owned(),
        _ => "limits are off\n".to_owned(),
    }
}

fn asked(bucket: &BucketDescription) -> Vec<String> {
    let limit = &bucket.limit;
    vec![
        limit.service.clone(),
        limit.counts.clone(),
        bucket.region.as_ref().map_or_else(|| "all".to_owned(), ToString::to_string),
        limit.bucket_size.to_string(),
        rate(limit.refill_per_second),
        bucket.tokens.map_or_else(String::new, |tokens| tokens.to_string()),
        bucket.taken.to_string(),
        bucket.refused.to_string(),
        bucket.refused_on_aws.to_string(),
        bucket.asked_in_worst_second.to_string(),
    ]
}

fn figures(limit: &LimitDescription) -> Vec<String> {
    let enforced = match (limit.enforced_bucket_size, limit.enforced_refill_per_second) {
        (Some(size), Some(refill)) => format!("{size}, {}", rate(refill)),
        _ => "-".to_owned(),
    };
    vec![
        limit.service.clone(),
        limit.counts.clone(),
        limit.bucket_size.to_string(),
        rate(limit.refill_per_second),
        enforced,
        if limit.per_region { "region" } else { "account" }.to_owned(),
        if limit.published { "yes" } else { "no" }.to_owned(),
        limit.source.clone(),
    ]
}

/// Which call it was, and what would have helped.
fn blame(bucket: &BucketDescription) -> String {
    let limit = &bucket.limit;
    let when = bucket.worst_second.map(|second| format!(", worst in the second of {}", second.iso8601()));
    let advice = match limit.counts.ends_with(BARE) {
        true => "; with --filters or --page-size the bucket is 100 and 20 per second",
        false => "",
    };
    format!(
        "AWS would have refused {} of {} {}: {} at once and {} per second{}{advice}\n",
        bucket.refused_on_aws,
        limit.service,
        limit.counts,
        limit.bucket_size,
        rate(limit.refill_per_second),
        when.unwrap_or_default()
    )
}

fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn rate(per_second: f64) -> String {
    format!("{per_second}")
}

const BARE: &str = "without filter or MaxResults";

const ASKED: [&str; 10] = [
    "SERVICE",
    "COUNTS",
    "REGION",
    "SIZE",
    "PER SECOND",
    "LEFT",
    "TAKEN",
    "REFUSED",
    "ON AWS",
    "WORST SECOND",
];

const FIGURES: [&str; 8] =
    ["SERVICE", "COUNTS", "SIZE", "PER SECOND", "ENFORCED", "OF", "PUBLISHED", "SOURCE"];

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(counts: &str, refused_on_aws: u64) -> BucketDescription {
        BucketDescription {
            limit: LimitDescription {
                service: "ec2".to_owned(),
                counts: counts.to_owned(),
                bucket_size: 50,
                refill_per_second: 10.0,
                published: true,
                per_region: true,
                source: "AWS".to_owned(),
                enforced_bucket_size: None,
                enforced_refill_per_second: None,
            },
            region: Some("eu-west-1".parse().unwrap()),
            tokens: Some(0),
            taken: 60,
            refused: 0,
            refused_on_aws,
            worst_second: Some("2026-11-21T08:22:00Z".parse().unwrap()),
            asked_in_worst_second: 60,
        }
    }

    fn limits(buckets: Vec<BucketDescription>) -> LimitsDescription {
        LimitsDescription {
            mode: "off".to_owned(),
            scale: 100,
            unpublished_enforced: false,
            since: "2026-11-21T08:00:00Z".parse().unwrap(),
            buckets,
            busy_prefixes: Vec::new(),
            limits: Vec::new(),
        }
    }

    #[test]
    fn tells_what_aws_would_have_refused_and_why() {
        let shown = text(&limits(vec![bucket("DescribeInstances without filter or MaxResults", 10)]), false);
        assert_eq!(
            shown,
            "limits are off\n\
             SERVICE  COUNTS                                          REGION     SIZE  PER SECOND  LEFT  TAKEN  REFUSED  ON AWS  WORST SECOND\n\
             ec2      DescribeInstances without filter or MaxResults  eu-west-1  50    10          0     60     0        10      60\n\
             AWS would have refused 10 of ec2 DescribeInstances without filter or MaxResults: 50 at once and 10 per second, \
             worst in the second of 2026-11-21T08:22:00Z; with --filters or --page-size the bucket is 100 and 20 per second\n"
        );
    }

    #[test]
    fn nothing_asked_is_said() {
        assert_eq!(
            text(&limits(Vec::new()), false),
            "limits are off\nnobody asked since 2026-11-21T08:00:00Z\n"
        );
        let scaled = LimitsDescription { mode: "aws".to_owned(), scale: 50, ..limits(Vec::new()) };
        assert!(heading(&scaled).starts_with("limits are 50% of AWS's; "));
    }
}
