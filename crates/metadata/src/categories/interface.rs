//! The categories that each network interface has, under `network/interfaces/macs/<mac>/`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use types::Instance;
use types::instance::NetworkInterface;

use super::{Category, Source, Text, Texts, borrowed, lines, owned};

pub(super) const CATEGORIES: &[Category] = &[
    row("meta-data/network/interfaces/macs/*/device-number", "2011-01-01", |_, n| owned(n.device_number)),
    row("meta-data/network/interfaces/macs/*/interface-id", "2011-01-01", |_, n| {
        borrowed(&n.network_interface_id)
    }),
    Category::new(
        "meta-data/network/interfaces/macs/*/ipv4-associations/*",
        "2011-01-01",
        Source::InterfaceTexts(associations),
    ),
    row("meta-data/network/interfaces/macs/*/ipv4-prefix", "2021-07-15", |_, n| lines(&n.ipv4_prefixes)),
    row("meta-data/network/interfaces/macs/*/ipv6-prefix", "2021-07-15", |_, n| lines(&n.ipv6_prefixes)),
    row("meta-data/network/interfaces/macs/*/ipv6s", "2016-06-30", |_, n| lines(&n.ipv6_addresses)),
    row("meta-data/network/interfaces/macs/*/local-hostname", "2011-01-01", |i, n| {
        i.host_name_of(n).and_then(owned)
    }),
    row("meta-data/network/interfaces/macs/*/local-ipv4s", "2011-01-01", |_, n| {
        lines(&n.private_ip_addresses)
    }),
    row("meta-data/network/interfaces/macs/*/mac", "2011-01-01", |_, n| borrowed(&n.mac_address)),
    // The user guide renamed it; both names answer.
    row("meta-data/network/interfaces/macs/*/network-card", "2020-10-27", |_, n| {
        n.network_card_index.and_then(owned)
    }),
    row("meta-data/network/interfaces/macs/*/network-card-index", "2020-10-27", |_, n| {
        n.network_card_index.and_then(owned)
    }),
    row("meta-data/network/interfaces/macs/*/owner-id", "2011-01-01", |i, n| {
        owned(n.owner_id.unwrap_or(i.account_id))
    }),
    row("meta-data/network/interfaces/macs/*/public-hostname", "2011-01-01", |i, n| {
        i.public_host_name_of(n).and_then(owned)
    }),
    row("meta-data/network/interfaces/macs/*/public-ipv4s", "2011-01-01", |_, n| {
        lines(n.ipv4_associations.iter().map(|association| association.public_ip))
    }),
    row("meta-data/network/interfaces/macs/*/security-group-ids", "2011-01-01", |_, n| {
        lines(n.security_groups.iter().map(|group| &group.group_id))
    }),
    row("meta-data/network/interfaces/macs/*/security-groups", "2011-01-01", |_, n| {
        lines(n.security_groups.iter().map(|group| &group.group_name))
    }),
    row("meta-data/network/interfaces/macs/*/subnet-id", "2011-01-01", |_, n| borrowed(&n.subnet_id)),
    row("meta-data/network/interfaces/macs/*/subnet-ipv4-cidr-block", "2011-01-01", |_, n| {
        borrowed(&n.subnet_ipv4_cidr_block)
    }),
    row("meta-data/network/interfaces/macs/*/subnet-ipv6-cidr-blocks", "2016-06-30", |_, n| {
        lines(&n.subnet_ipv6_cidr_blocks)
    }),
    row("meta-data/network/interfaces/macs/*/vpc-id", "2011-01-01", |_, n| borrowed(&n.vpc_id)),
    row("meta-data/network/interfaces/macs/*/vpc-ipv4-cidr-block", "2011-01-01", |_, n| {
        n.vpc_ipv4_cidr_blocks.first().and_then(|block| borrowed(block))
    }),
    row("meta-data/network/interfaces/macs/*/vpc-ipv4-cidr-blocks", "2016-06-30", |_, n| {
        lines(&n.vpc_ipv4_cidr_blocks)
    }),
    row("meta-data/network/interfaces/macs/*/vpc-ipv6-cidr-blocks", "2016-06-30", |_, n| {
        lines(&n.vpc_ipv6_cidr_blocks)
    }),
];

const fn row(
    path: &'static str,
    since: &str,
    text: for<'a> fn(&'a Instance, &'a NetworkInterface) -> Text<'a>,
) -> Category {
    Category::new(path, since, Source::Interface(text))
}

/// Public address to the private ones that it is mapped to.
fn associations(interface: &NetworkInterface) -> Texts<'_> {
    let mut private: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for association in &interface.ipv4_associations {
        private
            .entry(association.public_ip.to_string())
            .or_default()
            .push(association.private_ip.to_string());
    }
    private
        .into_iter()
        .map(|(public, private)| (Cow::Owned(public), Cow::Owned(private.join("\n"))))
        .collect()
}
