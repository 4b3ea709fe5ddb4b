//! The categories that an instance has once.

use std::borrow::Cow;

use types::Instance;
use types::instance::{NetworkInterface, SpotAction, is_servable_tag_key};

use super::{Category, IDENTITY_DOCUMENT, Names, Source, Text, Texts, borrowed, lines, owned};
use crate::{Live, SignatureKind, document};

pub(super) const CATEGORIES: &[Category] = &[
    row("meta-data/ami-id", "1.0", |i| borrowed(&i.image_id)),
    row("meta-data/ami-launch-index", "1.0", |i| owned(i.launch.ami_launch_index)),
    row("meta-data/ami-manifest-path", "1.0", |i| borrowed(&i.launch.ami_manifest_path)),
    row("meta-data/ancestor-ami-ids", "2007-10-10", |i| lines(&i.launch.ancestor_ami_ids)),
    row("meta-data/autoscaling/target-lifecycle-state", "2021-07-15", |i| {
        i.events.autoscaling.map(|state| Cow::Borrowed(state.as_str()))
    }),
    row("meta-data/block-device-mapping/ami", "2007-12-15", |i| {
        let root = &i.block_devices.root;
        borrowed(i.block_devices.ami.as_deref().unwrap_or_else(|| root.trim_start_matches("/dev/")))
    }),
    rows("meta-data/block-device-mapping/*", "2007-12-15", |i| devices("ebs", 1, &i.block_devices.ebs)),
    rows("meta-data/block-device-mapping/*", "2007-12-15", |i| {
        devices("ephemeral", 0, &i.block_devices.ephemeral)
    }),
    row("meta-data/block-device-mapping/root", "2007-12-15", |i| borrowed(&i.block_devices.root)),
    row("meta-data/block-device-mapping/swap", "2007-12-15", |i| optional(&i.block_devices.swap)),
    rows("meta-data/elastic-gpus/associations/*", "2016-09-02", |i| pairs(&i.elastic_gpus)),
    rows("meta-data/elastic-inference/associations/*", "2018-09-24", |i| pairs(&i.elastic_inference)),
    row("meta-data/events/maintenance/history", "2018-08-17", |i| {
        owned(document::maintenance_history(&i.events.maintenance_history))
    }),
    row("meta-data/events/maintenance/scheduled", "2018-08-17", |i| {
        owned(document::maintenance_scheduled(&i.events.maintenance))
    }),
    row("meta-data/events/recommendations/rebalance", "2020-10-27", |i| {
        i.events.rebalance.and_then(|notice| owned(document::rebalance(notice)))
    }),
    row("meta-data/hibernation/configured", "2018-09-24", |i| i.hibernation_configured.and_then(owned)),
    row("meta-data/hostname", "1.0", |i| owned(i.private_host_name())),
    live("meta-data/iam/info", "2012-01-12", Live::ProfileInfo, |i| i.iam_instance_profile.is_some()),
    lives("meta-data/iam/security-credentials/*", "2012-01-12", Live::RoleCredentials, role),
    // It answers, but no captured menu has it: a crawler (cloud-init, a golden file) must see what EC2 lists.
    lives(
        "meta-data/iam/(security-credentials-extended)/*",
        "2012-01-12",
        Live::RoleCredentialsExtended,
        role,
    ),
    live("meta-data/identity-credentials/ec2/info", "2018-03-28", Live::IdentityInfo, always),
    live(
        "meta-data/identity-credentials/ec2/security-credentials/ec2-instance",
        "2018-03-28",
        Live::IdentityCredentials,
        always,
    ),
    row("meta-data/instance-action", "2008-09-01", |i| borrowed(&i.launch.instance_action)),
    row("meta-data/instance-id", "1.0", |i| borrowed(i.instance_id.as_str())),
    row("meta-data/instance-life-cycle", "2019-10-01", |i| borrowed(&i.launch.instance_life_cycle)),
    row("meta-data/instance-type", "2007-08-29", |i| borrowed(&i.instance_type)),
    row("meta-data/ipv6", "2021-01-03", |i| {
        i.primary_interface().and_then(|n| n.ipv6_addresses.first()).and_then(owned)
    }),
    row("meta-data/kernel-id", "2008-02-01", |i| optional(&i.launch.kernel_id)),
    row("meta-data/local-hostname", "2007-01-19", |i| owned(i.private_host_name())),
    row("meta-data/local-ipv4", "1.0", |i| {
        i.primary_interface().and_then(NetworkInterface::primary_ipv4).and_then(owned)
    }),
    row("meta-data/mac", "2011-01-01", |i| i.primary_interface().and_then(|n| borrowed(&n.mac_address))),
    rows("meta-data/managed-ssh-keys/active-keys/*", "2018-09-24", |i| {
        pairs(&i.managed_ssh_keys.active_keys)
    }),
    row("meta-data/managed-ssh-keys/signer-cert", "2018-09-24", |i| {
        optional(&i.managed_ssh_keys.signer_cert)
    }),
    rows("meta-data/managed-ssh-keys/signer-ocsp/*", "2018-09-24", |i| {
        pairs(&i.managed_ssh_keys.signer_ocsp)
    }),
    row("meta-data/metrics/vhostmd", "2011-05-01", |_| borrowed(r#"<?xml version="1.0" encoding="UTF-8"?>"#)),
    row("meta-data/placement/availability-zone", "2008-02-01", |i| borrowed(&i.placement.availability_zone)),
    row("meta-data/placement/availability-zone-id", "2019-10-01", |i| {
        borrowed(&i.placement.availability_zone_id)
    }),
    row("meta-data/placement/group-name", "2019-10-01", |i| optional(&i.placement.group_name)),
    row("meta-data/placement/host-id", "2019-10-01", |i| optional(&i.placement.host_id)),
    row("meta-data/placement/partition-number", "2019-10-01", |i| {
        i.placement.partition_number.and_then(owned)
    }),
    row("meta-data/placement/region", "2019-10-01", |i| borrowed(i.placement.region.as_str())),
    row("meta-data/product-codes", "2007-03-01", |i| lines(&i.launch.product_codes)),
    row("meta-data/profile", "2007-12-15", |i| borrowed(&i.launch.profile)),
    row("meta-data/public-hostname", "2007-01-19", |i| {
        i.primary_interface().and_then(|n| i.public_host_name_of(n)).and_then(owned)
    }),
    row("meta-data/public-ipv4", "2007-01-19", |i| {
        i.primary_interface().and_then(NetworkInterface::public_ipv4).and_then(owned)
    }),
    rows("meta-data/public-keys/0=*/openssh-key", "1.0", public_key),
    row("meta-data/ramdisk-id", "2007-10-10", |i| optional(&i.launch.ramdisk_id)),
    row("meta-data/reservation-id", "1.0", |i| borrowed(&i.reservation_id)),
    row("meta-data/security-groups", "1.0", |i| {
        i.primary_interface().and_then(|n| lines(n.security_groups.iter().map(|group| &group.group_name)))
    }),
    row("meta-data/services/domain", "2014-02-25", |i| {
        let domain = i.placement.region.partition().dns_suffix();
        borrowed(i.launch.services_domain.as_deref().unwrap_or(domain))
    }),
    row("meta-data/services/partition", "2015-10-20", |i| {
        let partition = i.placement.region.partition().as_str();
        borrowed(i.launch.services_partition.as_deref().unwrap_or(partition))
    }),
    row("meta-data/spot/instance-action", "2016-09-02", |i| {
        i.events.spot.as_ref().and_then(|spot| owned(document::spot_action(spot)))
    }),
    row("meta-data/spot/termination-time", "2014-11-05", |i| {
        let spot = i.events.spot.filter(|spot| spot.action == SpotAction::Terminate);
        spot.and_then(|spot| owned(spot.time.iso8601()))
    }),
    row("meta-data/system", "2022-09-24", |i| borrowed(&i.launch.system)),
    row("meta-data/tag-sets/instance", "2025-10-04", |i| {
        shows_tags(i).then(|| Cow::Owned(document::tag_set(&i.tags)))
    }),
    rows("meta-data/tags/instance/*", "2021-03-23", tags),
    row("dynamic/fws/instance-monitoring", "2009-04-04", |i| {
        i.monitoring.then_some(Cow::Borrowed("enabled"))
    }),
    row(IDENTITY_DOCUMENT, "2009-04-04", |i| owned(document::identity(i))),
    signature("dynamic/instance-identity/pkcs7", SignatureKind::Pkcs7),
    signature("dynamic/instance-identity/rsa2048", SignatureKind::Rsa2048),
    signature("dynamic/instance-identity/signature", SignatureKind::Signature),
    Category::new("user-data", "1.0", Source::UserData(|i| i.user_data.as_deref())),
];

const fn row(path: &'static str, since: &str, text: for<'a> fn(&'a Instance) -> Text<'a>) -> Category {
    Category::new(path, since, Source::Text(text))
}

const fn rows(path: &'static str, since: &str, texts: for<'a> fn(&'a Instance) -> Texts<'a>) -> Category {
    Category::new(path, since, Source::Texts(texts))
}

const fn live(path: &'static str, since: &str, live: Live, has: fn(&Instance) -> bool) -> Category {
    Category::new(path, since, Source::Live(live, has))
}

const fn lives(
    path: &'static str,
    since: &str,
    live: Live,
    names: for<'a> fn(&'a Instance) -> Names<'a>,
) -> Category {
    Category::new(path, since, Source::Lives(live, names))
}

const fn signature(path: &'static str, kind: SignatureKind) -> Category {
    live(path, "2009-04-04", Live::Signature(kind), always)
}

fn always(_: &Instance) -> bool {
    true
}

fn optional(text: &Option<String>) -> Text<'_> {
    text.as_deref().and_then(borrowed)
}

fn pairs(map: &std::collections::BTreeMap<String, String>) -> Texts<'_> {
    map.iter().map(|(name, text)| (name.into(), text.into())).collect()
}

fn devices<'a>(kind: &str, first: usize, devices: &'a [String]) -> Texts<'a> {
    let numbered = devices.iter().enumerate();
    numbered.map(|(at, device)| (format!("{kind}{}", first + at).into(), device.into())).collect()
}

/// The role that a profile gives out: none once the profile or its role is gone.
fn role(instance: &Instance) -> Names<'_> {
    let profile = instance.iam_instance_profile.iter().filter(|profile| profile.exists);
    profile.filter_map(|profile| profile.role.as_ref()).map(|role| role.role_name.as_str().into()).collect()
}

/// Type, body and key name in OpenSSH's form; the one value that ends in a newline.
fn public_key(instance: &Instance) -> Texts<'_> {
    let pair = instance.key_pair.iter();
    pair.map(|pair| {
        let line = format!("{} {}\n", pair.public_key.trim_end(), pair.key_name);
        (pair.key_name.as_str().into(), line.into())
    })
    .collect()
}

/// Those that the option shows. With none there is no `tags/`, though there is a `tag-sets/`.
fn tags(instance: &Instance) -> Texts<'_> {
    let shown = instance.tags.iter().filter(|(key, _)| shows_tags(instance) && is_servable_tag_key(key));
    shown.map(|(key, value)| (key.into(), value.into())).collect()
}

fn shows_tags(instance: &Instance) -> bool {
    instance.metadata_options.instance_metadata_tags.is_enabled()
}
