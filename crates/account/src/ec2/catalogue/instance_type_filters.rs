//! What instance types are filtered by.

use std::borrow::Cow;

use super::super::filter::Filtered;
use super::instance_type::{InstanceType, Range};

impl Filtered for InstanceType {
    const FILTERS: &'static [&'static str] = &[
        "auto-recovery-supported",
        "bare-metal",
        "burstable-performance-supported",
        "current-generation",
        "dedicated-hosts-supported",
        "ebs-info.attachment-limit-type",
        "ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps",
        "ebs-info.ebs-optimized-info.baseline-iops",
        "ebs-info.ebs-optimized-info.baseline-throughput-in-mbps",
        "ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps",
        "ebs-info.ebs-optimized-info.maximum-iops",
        "ebs-info.ebs-optimized-info.maximum-throughput-in-mbps",
        "ebs-info.ebs-optimized-support",
        "ebs-info.encryption-support",
        "ebs-info.maximum-ebs-attachments",
        "ebs-info.nvme-support",
        "free-tier-eligible",
        "hibernation-supported",
        "hypervisor",
        "instance-storage-info.disk.count",
        "instance-storage-info.disk.size-in-gb",
        "instance-storage-info.disk.type",
        "instance-storage-info.encryption-support",
        "instance-storage-info.nvme-support",
        "instance-storage-info.total-size-in-gb",
        "instance-storage-supported",
        "instance-type",
        "memory-info.size-in-mib",
        "network-info.bandwidth-weightings",
        "network-info.efa-info.maximum-efa-interfaces",
        "network-info.efa-supported",
        "network-info.ena-support",
        "network-info.encryption-in-transit-supported",
        "network-info.flexible-ena-queues-support",
        "network-info.ipv4-addresses-per-interface",
        "network-info.ipv6-addresses-per-interface",
        "network-info.ipv6-supported",
        "network-info.maximum-network-cards",
        "network-info.maximum-network-interfaces",
        "network-info.network-performance",
        "nitro-enclaves-support",
        "nitro-tpm-info.supported-versions",
        "nitro-tpm-support",
        "processor-info.supported-architecture",
        "processor-info.supported-features",
        "processor-info.sustained-clock-speed-in-ghz",
        "reboot-migration-support",
        "supported-boot-mode",
        "supported-root-device-type",
        "supported-usage-class",
        "supported-virtualization-type",
        "vcpu-info.default-cores",
        "vcpu-info.default-threads-per-core",
        "vcpu-info.default-vcpus",
        "vcpu-info.valid-cores",
        "vcpu-info.valid-threads-per-core",
    ];

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        let parts = name.split_once('.');
        match parts {
            Some(("ebs-info", name)) => self.of_ebs(name),
            Some(("instance-storage-info", name)) => self.of_storage(name),
            Some(("network-info", name)) => self.of_network(name),
            Some(("processor-info" | "vcpu-info" | "memory-info" | "nitro-tpm-info", name)) => {
                self.of_processor(name)
            }
            _ => self.of_itself(name),
        }
    }
}

impl InstanceType {
    fn of_itself(&self, name: &str) -> Vec<Cow<'_, str>> {
        match name {
            "auto-recovery-supported" => self.flag("auto-recovery"),
            "bare-metal" => one(self.is_bare_metal()),
            "burstable-performance-supported" => self.flag("burstable"),
            "current-generation" => self.flag("current"),
            "dedicated-hosts-supported" => self.flag("dedicated-hosts"),
            "free-tier-eligible" => self.flag("free-tier"),
            "hibernation-supported" => self.flag("hibernation"),
            "hypervisor" => self.hypervisor().map(Into::into).into_iter().collect(),
            "instance-storage-supported" => self.flag("disks"),
            "instance-type" => vec![self.name().into()],
            "nitro-enclaves-support" => self.support("enclaves"),
            "nitro-tpm-support" => self.support("tpm"),
            "reboot-migration-support" => self.support("reboot-migration"),
            "supported-boot-mode" => self.listed("boot"),
            "supported-root-device-type" => self.root_device_types().into_iter().map(Into::into).collect(),
            "supported-usage-class" => self.listed("usage"),
            "supported-virtualization-type" => {
                self.virtualization_types().into_iter().map(Into::into).collect()
            }
            _ => Vec::new(),
        }
    }

    fn of_ebs(&self, name: &str) -> Vec<Cow<'_, str>> {
        let limit = self.volume_limit();
        let figure = name.strip_prefix("ebs-optimized-info.");
        match (name, figure) {
            (_, Some(figure)) => self.of_ebs_figures(figure),
            ("attachment-limit-type", _) => vec![limit.1.into()],
            ("ebs-optimized-support", _) => self.listed("ebs-optimized"),
            ("encryption-support", _) => vec!["supported".into()],
            ("maximum-ebs-attachments", _) => one(limit.0),
            _ => self.listed("nvme"),
        }
    }

    fn of_ebs_figures(&self, name: &str) -> Vec<Cow<'_, str>> {
        let (end, figure) = name.split_once('-').unwrap_or((name, ""));
        let chosen = |range: Range<i64>| if end == "baseline" { range.baseline } else { range.maximum };
        let range = if figure == "iops" { self.ebs_iops() } else { self.ebs_mbps() };
        let Some(number) = range.map(chosen) else { return Vec::new() };
        match figure {
            "throughput-in-mbps" => one(decimal(number)),
            _ => one(number),
        }
    }

    fn of_storage(&self, name: &str) -> Vec<Cow<'_, str>> {
        let Some(disks) = self.device("disks") else { return Vec::new() };
        match name {
            "disk.count" => one(disks.count),
            "disk.size-in-gb" => one(disks.size),
            "disk.type" => vec![disks.text.into()],
            "encryption-support" => self.listed("disk-encryption"),
            "nvme-support" => self.listed("disk-nvme"),
            _ => one(disks.count * disks.size),
        }
    }

    fn of_network(&self, name: &str) -> Vec<Cow<'_, str>> {
        match name {
            "bandwidth-weightings" => {
                self.bandwidth_weightings().into_iter().flatten().map(|one| (*one).into()).collect()
            }
            "efa-info.maximum-efa-interfaces" => self.listed("efa"),
            "efa-supported" => self.flag("efa"),
            "ena-support" => self.listed("ena"),
            "encryption-in-transit-supported" => self.flag("encrypted-transit"),
            "flexible-ena-queues-support" => self.support("flexible-queues"),
            "ipv4-addresses-per-interface" => one(self.addresses_per_interface()),
            "ipv6-addresses-per-interface" => one(self.ipv6_addresses_per_interface()),
            "ipv6-supported" => self.flag("ipv6"),
            "maximum-network-cards" => one(self.number("cards")),
            "maximum-network-interfaces" => one(self.max_interfaces()),
            _ => self.listed("network"),
        }
    }

    fn of_processor(&self, name: &str) -> Vec<Cow<'_, str>> {
        match name {
            "size-in-mib" => one(self.memory_mib()),
            "supported-versions" => {
                if self.has("tpm") {
                    vec!["2.0".into()]
                } else {
                    Vec::new()
                }
            }
            "supported-architecture" => self.listed("architecture"),
            "supported-features" => self.listed("features"),
            "sustained-clock-speed-in-ghz" => self.listed("clock"),
            "default-cores" => one(self.cores()),
            "default-threads-per-core" => one(self.threads_per_core()),
            "default-vcpus" => one(self.vcpus()),
            "valid-cores" => self.valid_cores().iter().map(|number| number.to_string().into()).collect(),
            _ => self.listed("threads"),
        }
    }

    fn flag(&self, key: &str) -> Vec<Cow<'_, str>> {
        one(self.has(key))
    }

    fn support(&self, key: &str) -> Vec<Cow<'_, str>> {
        vec![if self.has(key) { "supported" } else { "unsupported" }.into()]
    }

    fn listed(&self, key: &str) -> Vec<Cow<'_, str>> {
        self.list(key).map(Into::into).collect()
    }
}

fn one(value: impl ToString) -> Vec<Cow<'static, str>> {
    vec![value.to_string().into()]
}

/// An eighth, as EC2 writes it: `593.75`, and `1250.0` where it is whole.
fn decimal(mbps: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "figures of five digits")]
    let eighth = mbps as f64 / 8.0;
    format!("{eighth:?}")
}
