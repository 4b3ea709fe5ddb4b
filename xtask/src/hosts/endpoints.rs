//! Every host that the endpoint data names, with what signs it.
//!
//! A host is written from a template: that of the endpoint, of the service's defaults, or of the partition's, for the plain
//! endpoint and for each variant (FIPS, dual stack). The region is the endpoint's, unless its credential scope names another; the
//! service is the credential scope's, else the signing name of the model with this prefix, else the key itself.

use std::collections::{BTreeMap, BTreeSet};

use super::json::Value;

/// What signs requests to a host.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Signing {
    pub(super) service: String,
    pub(super) region: String,
}

/// By host, the candidates, each with the doubt about it: 0 where a service model stands behind it and the region is part of the
/// host, 1 and 2 where less is so.
pub(super) type Hosts = BTreeMap<String, BTreeMap<Signing, u8>>;

/// The candidates of a host, the least doubtful first: one for nearly all.
pub(super) fn ranked(candidates: &BTreeMap<Signing, u8>) -> Vec<&Signing> {
    let mut ranked: Vec<_> = candidates.iter().collect();
    ranked.sort_by_key(|(_, doubt)| **doubt);
    ranked.into_iter().map(|(signing, _)| signing).collect()
}

/// What the service models say.
pub(super) struct Services {
    /// Signing name by endpoint prefix.
    pub(super) signing_names: BTreeMap<String, String>,
    /// Signing name and operation.
    pub(super) unsigned_operations: BTreeSet<(String, String)>,
}

impl Services {
    pub(super) fn of(models: &Value) -> Self {
        let known = UNMODELLED.map(|(prefix, name)| (prefix.to_owned(), name.to_owned()));
        let mut services = Self { signing_names: known.into(), unsigned_operations: BTreeSet::new() };
        for model in models.items() {
            let Some(prefix) = model.text("endpointPrefix") else { continue };
            let name = model.text("signingName").unwrap_or(prefix);
            services.signing_names.insert(prefix.to_owned(), name.to_owned());
            let operations = model.texts("noAuthOperations");
            services
                .unsigned_operations
                .extend(operations.map(|operation| (name.to_owned(), operation.to_owned())));
        }
        services
    }
}

/// Real regions in the order of the data, with the two DNS suffixes of their partition.
pub(super) fn regions(endpoints: &Value) -> Vec<Region> {
    let mut regions = Vec::new();
    for partition in endpoints.member("partitions").map_or(&[][..], Value::items) {
        let suffix = partition.text("dnsSuffix").unwrap_or_default();
        let dual = variants(partition.member("defaults"))
            .find(|variant| tags(variant) == ["dualstack"])
            .and_then(|variant| variant.text("dnsSuffix"));
        for (name, _) in partition.member("regions").map_or(&[][..], Value::members) {
            let (name, suffix) = (name.clone(), suffix.to_owned());
            regions.push(Region { name, suffix, dual_stack_suffix: dual.map(str::to_owned) });
        }
    }
    regions
}

pub(super) struct Region {
    pub(super) name: String,
    pub(super) suffix: String,
    pub(super) dual_stack_suffix: Option<String>,
}

pub(super) fn hosts(endpoints: &Value, services: &Services) -> Result<Hosts, String> {
    let partitions = endpoints.member("partitions").ok_or("the endpoint data has no partitions")?;
    let mut hosts = Hosts::new();
    for partition in partitions.items() {
        for (key, service) in partition.member("services").map_or(&[][..], Value::members) {
            for (region, endpoint) in service.member("endpoints").map_or(&[][..], Value::members) {
                Endpoint { partition, key, service, region, endpoint }.add(services, &mut hosts);
            }
        }
    }
    Ok(hosts)
}

/// One endpoint of one service, with all it may inherit from.
struct Endpoint<'a> {
    partition: &'a Value,
    key: &'a str,
    service: &'a Value,
    region: &'a str,
    endpoint: &'a Value,
}

impl<'a> Endpoint<'a> {
    fn add(&self, services: &Services, hosts: &mut Hosts) {
        let scope = |name| {
            self.layers().rev().find_map(|layer| layer.member("credentialScope").and_then(|s| s.text(name)))
        };
        let real = self.partition.member("regions").is_some_and(|r| r.member(self.region).is_some());
        // Endpoints such as `fips-us-east-1` are no regions: without a scope nothing says what they are good for.
        if !real && scope("region").is_none() && self.region.contains("fips") {
            return;
        }
        let model = services.signing_names.get(self.key);
        let service = scope("service").or_else(|| model.map(String::as_str)).unwrap_or(self.key);
        let region = scope("region").unwrap_or(self.region);
        for host in self.hosts(real) {
            let region = if real { region } else { scope("region").unwrap_or_else(|| self.region_in(&host)) };
            let doubt = u8::from(model.is_none()) + u8::from(!host.contains(region));
            let signing = Signing { service: service.to_owned(), region: region.to_owned() };
            let known = hosts.entry(host).or_default().entry(signing).or_insert(doubt);
            *known = doubt.min(*known);
        }
    }

    /// The real region that is a label of the host; where there is none, what the data calls this endpoint.
    fn region_in<'h>(&'h self, host: &'h str) -> &'h str {
        let real = |label: &&str| self.partition.member("regions").is_some_and(|r| r.member(label).is_some());
        host.split('.').find(real).unwrap_or(self.region)
    }

    /// The hosts of the plain endpoint and of all variants. A template of somebody else filled in with what is no region makes
    /// a host that never was, so such an endpoint has the hosts that it spells out.
    fn hosts(&self, real: bool) -> BTreeSet<String> {
        let own = self.endpoint.text("hostname");
        let inherits = real || own.is_some() && !self.region.contains("fips");
        let mut hosts = BTreeSet::new();
        if real || own.is_some() {
            let template = self.layers().rev().find_map(|layer| layer.text("hostname"));
            hosts.extend(template.map(|template| self.filled(template, None)));
        }
        let inherited = variants(self.service.member("defaults")).filter(|_| inherits);
        for variant in variants(Some(self.endpoint)).chain(inherited) {
            if !inherits && variant.text("hostname").is_none() {
                continue;
            }
            // The variant itself first: what a service inherits stays a host of it where the endpoint has another.
            let same = |other: &&Value| tags(other) == tags(variant);
            let inherited = self.layers().rev().filter_map(|layer| variants(Some(layer)).find(same));
            let mut layers = [variant].into_iter().chain(inherited);
            let Some(template) = layers.clone().find_map(|layer| layer.text("hostname")) else { continue };
            hosts.insert(self.filled(template, layers.find_map(|layer| layer.text("dnsSuffix"))));
        }
        hosts.retain(|host| !host.contains(':'));
        hosts
    }

    fn layers(&self) -> impl DoubleEndedIterator<Item = &'a Value> + Clone {
        let layers =
            [self.partition.member("defaults"), self.service.member("defaults"), Some(self.endpoint)];
        layers.into_iter().flatten()
    }

    fn filled(&self, template: &str, suffix: Option<&str>) -> String {
        let suffix = suffix.or_else(|| self.partition.text("dnsSuffix")).unwrap_or_default();
        let named = template.replace("{service}", self.key).replace("{region}", self.region);
        named.replace("{dnsSuffix}", suffix).to_ascii_lowercase()
    }
}

fn variants(layer: Option<&Value>) -> impl Iterator<Item = &Value> {
    layer.and_then(|layer| layer.member("variants")).map_or(&[][..], Value::items).iter()
}

fn tags(variant: &Value) -> Vec<&str> {
    let mut tags: Vec<_> = variant.texts("tags").collect();
    tags.sort_unstable();
    tags
}

/// Services that botocore has endpoints of and no model, because they speak HTTP/2 alone, and what they sign (Amazon Transcribe
/// developer guide, "Setting up a streaming transcription").
const UNMODELLED: [(&str, &str); 1] = [("transcribestreaming", "transcribe")];
