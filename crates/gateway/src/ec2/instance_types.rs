//! Instance types, with all that EC2 tells of them.

use std::collections::BTreeSet;

use account::ServiceError;
use account::ec2::catalogue::{Device, InstanceType, Range, instance_type, instance_types};
use account::ec2::page::PageLimits;
use wire::{Structure, Value};

use super::filters::{describing, filters, named, page};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "DescribeInstanceTypes",
    checks: |ask| describing(ask, "ec2:DescribeInstanceTypes"),
    run: describe,
}];

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let filters = filters::<InstanceType>(ask)?;
    let page = page(ask, "DescribeInstanceTypes", LIMITS);
    let names = named(ask, "InstanceTypes");
    page.refuse_with_ids("instanceTypes", names.is_some())?;
    all_there(names.as_ref())?;
    let wanted = |one: &&InstanceType| {
        names.as_ref().is_none_or(|names| names.contains(one.name())) && filters.hold(*one)
    };
    let page = page.cut(instance_types().iter().filter(wanted), |one| one.name())?;
    let shown: Vec<Value> = page.items.into_iter().map(shown).collect();
    Ok(Structure::new().with("InstanceTypes", shown).with_some("NextToken", page.next_token))
}

fn all_there(names: Option<&BTreeSet<&str>>) -> Result<(), ServiceError> {
    let unknown: Vec<&str> =
        names.into_iter().flatten().copied().filter(|name| instance_type(name).is_none()).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let shown: Vec<&str> = unknown.iter().map(|name| &name[..name.floor_char_boundary(MAX_SHOWN)]).collect();
    let text = format!("The following supplied instance types do not exist: [{}]", shown.join(", "));
    Err(ServiceError::new("InvalidInstanceType", 400, text))
}

/// Members in the order in which EC2 answers them.
fn shown(one: &InstanceType) -> Value {
    let groups = Structure::new().with("SupportedStrategies", list(one, "placement"));
    let tpm = Structure::new().with("SupportedVersions", vec!["2.0"]);
    Structure::new()
        .with("InstanceType", one.name())
        .with("CurrentGeneration", one.has("current"))
        .with("FreeTierEligible", one.has("free-tier"))
        .with("SupportedUsageClasses", list(one, "usage"))
        .with("SupportedRootDeviceTypes", one.root_device_types())
        .with("SupportedVirtualizationTypes", one.virtualization_types())
        .with("BareMetal", one.is_bare_metal())
        .with_some("Hypervisor", one.hypervisor())
        .with("ProcessorInfo", processor(one))
        .with("VCpuInfo", vcpus(one))
        .with("MemoryInfo", memory(one.memory_mib()))
        .with("InstanceStorageSupported", one.has("disks"))
        .with_some("InstanceStorageInfo", storage(one))
        .with("EbsInfo", ebs(one))
        .with("NetworkInfo", network(one))
        .with_some("GpuInfo", gpus(one))
        .with_some("FpgaInfo", accelerators(one, "fpga", "Fpgas", "TotalFpgaMemoryInMiB"))
        .with("PlacementGroupInfo", groups)
        .with_some(
            "InferenceAcceleratorInfo",
            accelerators(one, "inference", "Accelerators", "TotalInferenceMemoryInMiB"),
        )
        .with("HibernationSupported", one.has("hibernation"))
        .with("BurstablePerformanceSupported", one.is_burstable())
        .with("DedicatedHostsSupported", one.has("dedicated-hosts"))
        .with("AutoRecoverySupported", one.has("auto-recovery"))
        .with("SupportedBootModes", list(one, "boot"))
        .with("NitroEnclavesSupport", support(one, "enclaves"))
        .with("NitroTpmSupport", support(one, "tpm"))
        .with_some("NitroTpmInfo", one.has("tpm").then_some(tpm))
        .with_some(
            "MediaAcceleratorInfo",
            accelerators(one, "media", "Accelerators", "TotalMediaMemoryInMiB"),
        )
        .with_some("NeuronInfo", neuron(one))
        .with("PhcSupport", support(one, "phc"))
        .with("RebootMigrationSupport", support(one, "reboot-migration"))
        .into()
}

fn processor(one: &InstanceType) -> Structure {
    let clock = one.attribute("clock").and_then(|clock| clock.parse().ok()).map(Value::Double);
    let features = list(one, "features");
    Structure::new()
        .with("SupportedArchitectures", list(one, "architecture"))
        .with_some("SustainedClockSpeedInGhz", clock)
        .with_some("SupportedFeatures", (!features.is_empty()).then_some(features))
        .with_some("Manufacturer", one.attribute("processor"))
}

fn vcpus(one: &InstanceType) -> Structure {
    let cores = one.valid_cores();
    let threads: Vec<i64> = one.list("threads").filter_map(|number| number.parse().ok()).collect();
    Structure::new()
        .with("DefaultVCpus", i64::from(one.vcpus()))
        .with("DefaultCores", i64::from(one.cores()))
        .with("DefaultThreadsPerCore", i64::from(one.threads_per_core()))
        .with_some("ValidCores", numbers(&cores))
        .with_some("ValidThreadsPerCore", numbers(&threads))
}

fn storage(one: &InstanceType) -> Option<Structure> {
    let disks = one.device("disks")?;
    let disk =
        Structure::new().with("SizeInGB", disks.size).with("Count", disks.count).with("Type", disks.text);
    let whole = Structure::new()
        .with("TotalSizeInGB", disks.count * disks.size)
        .with("Disks", vec![disk])
        .with_some("NvmeSupport", one.attribute("disk-nvme"))
        .with_some("EncryptionSupport", one.attribute("disk-encryption"));
    Some(whole)
}

fn ebs(one: &InstanceType) -> Structure {
    let (volumes, limit) = one.volume_limit();
    let optimized = one.ebs_mbps().zip(one.ebs_iops()).map(|(mbps, iops)| ebs_figures(mbps, iops));
    Structure::new()
        .with_some("EbsOptimizedSupport", one.attribute("ebs-optimized"))
        .with("EncryptionSupport", "supported")
        .with_some("EbsOptimizedInfo", optimized)
        .with_some("NvmeSupport", one.attribute("nvme"))
        .with("MaximumEbsAttachments", volumes)
        .with("AttachmentLimitType", limit)
}

fn ebs_figures(mbps: Range<i64>, iops: Range<i64>) -> Structure {
    Structure::new()
        .with("BaselineBandwidthInMbps", mbps.baseline)
        .with("BaselineThroughputInMBps", eighth(mbps.baseline))
        .with("BaselineIops", iops.baseline)
        .with("MaximumBandwidthInMbps", mbps.maximum)
        .with("MaximumThroughputInMBps", eighth(mbps.maximum))
        .with("MaximumIops", iops.maximum)
}

fn network(one: &InstanceType) -> Structure {
    let timeout = if one.has("short-tcp") { 350 } else { 432_000 };
    let tracking = Structure::new()
        .with("DefaultTcpEstablishedTimeout", timeout)
        .with("DefaultUdpTimeout", 30)
        .with("DefaultUdpStreamTimeout", 180);
    let efa = one.has("efa").then(|| Structure::new().with("MaximumEfaInterfaces", one.number("efa")));
    let weightings = one.bandwidth_weightings().map(<[&str]>::to_vec);
    Structure::new()
        .with_some("NetworkPerformance", one.attribute("network"))
        .with("MaximumNetworkInterfaces", one.max_interfaces())
        .with("MaximumNetworkCards", one.number("cards"))
        .with("DefaultNetworkCardIndex", 0)
        .with("NetworkCards", cards(one))
        .with("Ipv4AddressesPerInterface", one.addresses_per_interface())
        .with("Ipv6AddressesPerInterface", one.ipv6_addresses_per_interface())
        .with("Ipv6Supported", one.has("ipv6"))
        .with_some("EnaSupport", one.attribute("ena"))
        .with("EfaSupported", one.has("efa"))
        .with_some("EfaInfo", efa)
        .with("EncryptionInTransitSupported", one.has("encrypted-transit"))
        .with("EnaSrdSupported", one.has("srd"))
        .with_some("BandwidthWeightings", weightings)
        .with("FlexibleEnaQueuesSupport", support(one, "flexible-queues"))
        .with("ConnectionTrackingConfiguration", tracking)
        .with("SecondaryNetworkSupported", false)
        .with_some("Ipv4AddressesPerSecondaryInterface", one.has("secondary").then_some(0))
}

/// All cards of a type are alike, and share its interfaces.
fn cards(one: &InstanceType) -> Vec<Structure> {
    let count = one.number("cards").max(1);
    let own = one.attribute("cards").and_then(|cards| cards.split_once(' ')).map(|(_, text)| text);
    let kinds = if one.has("efa") { vec!["interface", "efa", "efa-only"] } else { vec!["interface"] };
    let queues = Some(one.number("queues")).filter(|queues| *queues > 0);
    let gbps = one.gbps();
    let card = |index| {
        Structure::new()
            .with("NetworkCardIndex", index)
            .with_some("NetworkPerformance", own.or_else(|| one.attribute("network")))
            .with("MaximumNetworkInterfaces", one.max_interfaces() / count)
            .with_some("BaselineBandwidthInGbps", gbps.map(|gbps| Value::Double(gbps.baseline)))
            .with_some("PeakBandwidthInGbps", gbps.map(|gbps| Value::Double(gbps.maximum)))
            .with_some("DefaultEnaQueueCountPerInterface", queues)
            .with("InterfaceTypes", kinds.clone())
    };
    (0..count).map(card).collect()
}

fn gpus(one: &InstanceType) -> Option<Structure> {
    let device = one.device("gpu")?;
    // `NVIDIA L4 /0.125`: an eighth of one.
    let (text, part) =
        device.text.split_once(" /").map_or((device.text, None), |(text, part)| (text, Some(part)));
    let part = part.and_then(|part| part.parse().ok()).unwrap_or(1.0);
    let gpu = named_device(Device { text, ..device })
        .with("Workloads", list(one, "workloads"))
        .with("LogicalGpuCount", device.count.max(1))
        .with("GpuPartitionSize", Value::Double(part));
    let total = device.size * device.count.max(1);
    Some(Structure::new().with("Gpus", vec![gpu]).with("TotalGpuMemoryInMiB", total))
}

fn accelerators(
    one: &InstanceType,
    key: &str,
    member: &'static str,
    total: &'static str,
) -> Option<Structure> {
    let device = one.device(key)?;
    Some(Structure::new().with(member, vec![named_device(device)]).with(total, device.count * device.size))
}

/// Its text is its maker's name, and its own.
fn named_device(device: Device) -> Structure {
    let (maker, name) = device.text.split_once(' ').unwrap_or(("", device.text));
    Structure::new()
        .with("Name", name)
        .with("Manufacturer", maker)
        .with("Count", device.count)
        .with("MemoryInfo", memory(device.size))
}

/// Its text is `CORESxvVERSION name`.
fn neuron(one: &InstanceType) -> Option<Structure> {
    let device = one.device("neuron")?;
    let (cores, name) = device.text.split_once(' ')?;
    let (count, version) = cores.split_once("xv")?;
    let cores = Structure::new()
        .with("Count", count.parse::<i64>().ok()?)
        .with("Version", version.parse::<i64>().ok()?);
    let shown = Structure::new()
        .with("Count", device.count)
        .with("Name", name)
        .with("CoreInfo", cores)
        .with("MemoryInfo", memory(device.size));
    let total = device.count * device.size;
    Some(Structure::new().with("NeuronDevices", vec![shown]).with("TotalNeuronDeviceMemoryInMiB", total))
}

fn memory(mib: i64) -> Structure {
    Structure::new().with("SizeInMiB", mib)
}

fn list(one: &InstanceType, key: &str) -> Vec<&'static str> {
    one.list(key).collect()
}

fn support(one: &InstanceType, key: &str) -> &'static str {
    if one.has(key) { "supported" } else { "unsupported" }
}

/// `None` where there are none.
fn numbers(numbers: &[i64]) -> Option<Value> {
    let items = numbers.iter().map(|number| Value::Integer(*number));
    (!numbers.is_empty()).then(|| Value::List(items.collect()))
}

/// Bits to bytes.
fn eighth(mbps: i64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "figures of six digits")]
    Value::Double(mbps as f64 / 8.0)
}

/// Bytes of what somebody made up.
const MAX_SHOWN: usize = 100;

/// The model has the bounds.
const LIMITS: PageLimits = PageLimits { least: 5, most: 100, clamps: false, default: Some(100) };
