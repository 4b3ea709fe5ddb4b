//! The rules (AWS Config managed rules; Security Hub controls EC2.8 and AutoScaling.4; CloudWatch's metric `MetadataNoToken`; EC2
//! user guide, "Configure the Instance Metadata Service options").
//!
//! Rule: a finding of AWS's has AWS's name and means what it means there; what only this program asks has a name that AWS has not.

use std::collections::BTreeSet;

use account::directory::MetadataDefaults;
use serde::Serialize;
use types::instance::{HopLimit, MetadataOptions, Switch, Tokens};
use types::{Instance, Region};

use crate::admin::{CallerDescription, CallerList, InstanceDescription};

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground<'a> {
    pub(super) instances: &'a [InstanceDescription],
    pub(super) defaults: &'a [MetadataDefaults],
    pub(super) callers: &'a CallerList,
}

/// What is not as it ought to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Finding {
    pub(super) rule: &'static str,
    /// An instance id, or a region.
    pub(super) resource: String,
    pub(super) severity: Severity,
    pub(super) message: String,
    /// The command that cures it.
    pub(super) cure: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Severity {
    High,
    Medium,
    Low,
}

impl Severity {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::High => "HIGH",
            Self::Medium => "MEDIUM",
            Self::Low => "LOW",
        }
    }
}

/// The worst first, then by resource.
pub(super) fn findings(ground: &Ground<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for description in ground.instances {
        let instance = &description.instance;
        // What was asked for and is on its way is as good as done.
        let pending = description.pending_metadata_options.as_ref();
        let options = pending.map_or(instance.metadata_options, |pending| pending.options);
        findings.extend(of_options(instance, options));
        findings.extend(of_profile(instance));
        findings.extend(of_callers(instance, ground.callers));
    }
    for region in regions(ground.instances) {
        let defaults = ground.defaults.iter().find(|held| held.region == region.as_str());
        findings.extend(of_region(&region, defaults));
    }
    findings.sort_by(|one, other| {
        (one.severity, one.rule, &one.resource).cmp(&(other.severity, other.rule, &other.resource))
    });
    findings
}

/// Where there are instances.
pub(super) fn regions(instances: &[InstanceDescription]) -> BTreeSet<Region> {
    instances.iter().map(|held| held.instance.placement.region.clone()).collect()
}

fn of_options(instance: &Instance, options: MetadataOptions) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !options.http_endpoint.is_enabled() {
        return findings;
    }
    let modify = |change: &str| {
        format!("linklocal instance modify-metadata-options --instance-id {} {change}", instance.instance_id)
    };
    if options.http_tokens == Tokens::Optional {
        findings.push(on(
            instance,
            "ec2-imdsv2-check",
            Severity::High,
            "HttpTokens is optional: the metadata service answers version 1 (Security Hub EC2.8)".to_owned(),
            modify("--http-tokens required --wait"),
        ));
    }
    let hops = options.http_put_response_hop_limit;
    if hops != HopLimit::default() {
        findings.push(on(
            instance,
            "autoscaling-launch-config-hop-limit",
            Severity::Medium,
            format!(
                "HttpPutResponseHopLimit is {}: the token reaches containers behind a network of their own; AWS asks for 1 where \
                 none needs it (Security Hub AutoScaling.4, asked of launch configurations)",
                hops.get()
            ),
            modify("--http-put-response-hop-limit 1 --wait"),
        ));
    }
    if options.instance_metadata_tags.is_enabled() {
        findings.push(on(
            instance,
            "linklocal-metadata-tags",
            Severity::Low,
            "InstanceMetadataTags is enabled: every program on the instance reads its tags".to_owned(),
            modify("--instance-metadata-tags disabled --wait"),
        ));
    }
    findings
}

fn of_profile(instance: &Instance) -> Option<Finding> {
    let id = &instance.instance_id;
    let Some(profile) = &instance.iam_instance_profile else {
        return Some(on(
            instance,
            "ec2-instance-profile-attached",
            Severity::Low,
            "it has no instance profile: programs on it need keys of their own".to_owned(),
            format!("linklocal instance attach-role --instance-id {id} ROLE"),
        ));
    };
    let name = profile.arn.resource().rsplit('/').next().unwrap_or_default();
    let (message, cure) = match &profile.role {
        _ if !profile.exists => (
            format!("its instance profile {name} was deleted"),
            format!(
                "linklocal instance detach-role --instance-id {id} && linklocal instance attach-role --instance-id {id} ROLE"
            ),
        ),
        None => (
            format!("its instance profile {name} holds no role"),
            format!("aws iam add-role-to-instance-profile --instance-profile-name {name} --role-name ROLE"),
        ),
        Some(role) if !role.trusts_ec2 => (
            format!("role {} does not trust EC2: its credentials are an error", role.role_name),
            format!(
                "aws iam update-assume-role-policy --role-name {} --policy-document file://trust.json",
                role.role_name
            ),
        ),
        Some(_) => return None,
    };
    Some(on(instance, "linklocal-instance-role", Severity::Medium, message, cure))
}

/// Programs that call version 1, or tried to, since the server started.
fn of_callers(instance: &Instance, callers: &CallerList) -> Option<Finding> {
    let id = &instance.instance_id;
    let own = callers.callers.iter().filter(|caller| caller.instance_id.as_ref() == Some(id));
    let (mut programs, mut answered, mut refused) = (BTreeSet::new(), 0, 0);
    for caller in own.filter(|caller| caller.counts.version1 + caller.counts.version1_rejected > 0) {
        programs.insert(name(caller));
        answered += caller.counts.version1;
        refused += caller.counts.version1_rejected;
    }
    let rule = if answered > 0 { "MetadataNoToken" } else { "MetadataNoTokenRejected" };
    let names: Vec<String> = programs.iter().take(SHOWN).cloned().collect();
    let more =
        if programs.len() > SHOWN { format!(" and {} more", programs.len() - SHOWN) } else { String::new() };
    (!programs.is_empty()).then(|| {
        on(
            instance,
            rule,
            Severity::Medium,
            format!(
                "{answered} {} by version 1 answered and {refused} refused since {}: {}{more}",
                if answered == 1 { "call" } else { "calls" },
                callers.since.iso8601(),
                names.join(", ")
            ),
            format!("linklocal instance callers --instance-id {id} --v1"),
        )
    })
}

fn of_region(region: &Region, defaults: Option<&MetadataDefaults>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let modify =
        |change: &str| format!("aws ec2 modify-instance-metadata-defaults --region {region} {change}");
    let mut add = |rule, message: &str, cure| {
        let (resource, message) = (region.to_string(), message.to_owned());
        findings.push(Finding { rule, resource, severity: Severity::Medium, message, cure });
    };
    if defaults.and_then(|held| held.http_tokens) != Some(Tokens::Required) {
        add(
            "linklocal-account-http-tokens",
            "the account does not prefer tokens: a launch that says nothing may get version 1",
            modify("--http-tokens required"),
        );
    }
    if !defaults.and_then(|held| held.http_tokens_enforced).is_some_and(Switch::is_enabled) {
        add(
            "linklocal-account-http-tokens-enforced",
            "the account does not insist on tokens: whoever may launch may ask for version 1",
            modify("--http-tokens-enforced enabled"),
        );
    }
    findings
}

fn on(instance: &Instance, rule: &'static str, severity: Severity, message: String, cure: String) -> Finding {
    Finding { rule, resource: instance.instance_id.to_string(), severity, message, cure }
}

/// What a program is called: its script, its file, or where it calls from.
fn name(caller: &CallerDescription) -> String {
    let path = caller.script.as_deref().or(caller.program.as_deref());
    let file = path.map(|path| path.rsplit('/').next().unwrap_or(path).to_owned());
    file.unwrap_or_else(|| caller.address.to_string())
}

/// Programs that a message names.
const SHOWN: usize = 5;

#[cfg(test)]
mod tests {
    use account::Declaration;
    use account::identifier::Seed;
    use types::Timestamp;
    use types::instance::Endpoint;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);

    fn believable() -> Instance {
        let seed = Seed::from_text("audit");
        Declaration::believable().resolve(&Declaration::default(), &seed, 0, NOW).unwrap()
    }

    fn found(instance: Instance, defaults: &[MetadataDefaults]) -> Vec<&'static str> {
        let callers = CallerList { since: NOW, dropped: 0, callers: Vec::new() };
        let description: InstanceDescription =
            serde_json::from_value(serde_json::json!({ "Instance": instance })).unwrap();
        let instances = [description];
        let ground = Ground { instances: &instances, defaults, callers: &callers };
        findings(&ground).into_iter().map(|finding| finding.rule).collect()
    }

    fn strict() -> [MetadataDefaults; 1] {
        [MetadataDefaults {
            region: "us-east-1".to_owned(),
            http_tokens: Some(Tokens::Required),
            http_tokens_enforced: Some(Switch::Enabled),
            ..MetadataDefaults::default()
        }]
    }

    #[test]
    fn each_option_has_its_rule() {
        let mut instance = believable();
        assert_eq!(found(instance.clone(), &strict()), ["ec2-imdsv2-check"]);
        instance.metadata_options.http_tokens = Tokens::Required;
        assert_eq!(found(instance.clone(), &strict()), [""; 0]);
        instance.metadata_options.http_put_response_hop_limit = HopLimit::try_from(2).unwrap();
        instance.metadata_options.instance_metadata_tags = Switch::Enabled;
        assert_eq!(
            found(instance.clone(), &strict()),
            ["autoscaling-launch-config-hop-limit", "linklocal-metadata-tags"]
        );
        instance.metadata_options.http_endpoint = Endpoint::Disabled;
        assert_eq!(found(instance, &strict()), [""; 0]);
    }

    #[test]
    fn profiles_are_there_and_hold_a_role_that_trusts_ec2() {
        let mut instance = believable();
        instance.metadata_options.http_tokens = Tokens::Required;
        let mut broken = instance.clone();
        broken.iam_instance_profile.as_mut().unwrap().role.as_mut().unwrap().trusts_ec2 = false;
        assert_eq!(found(broken.clone(), &strict()), ["linklocal-instance-role"]);
        broken.iam_instance_profile.as_mut().unwrap().role = None;
        assert_eq!(found(broken, &strict()), ["linklocal-instance-role"]);
        instance.iam_instance_profile = None;
        assert_eq!(found(instance, &strict()), ["ec2-instance-profile-attached"]);
    }

    #[test]
    fn the_account_is_asked_in_each_region_that_has_instances() {
        let mut instance = believable();
        instance.metadata_options.http_tokens = Tokens::Required;
        let both = ["linklocal-account-http-tokens", "linklocal-account-http-tokens-enforced"];
        assert_eq!(found(instance.clone(), &[]), both);
        let elsewhere = strict().map(|held| MetadataDefaults { region: "eu-west-1".to_owned(), ..held });
        assert_eq!(found(instance, &elsewhere), both);
    }
}
