//! Instance types: `instance_types.txt`, read once.
//!
//! Rule: the table says of a type what its family does not say, and of a family what most types do not; `no x` takes back what was
//! said. Figures are those that `DescribeInstanceTypes` answers in us-east-1 (public captures of 2026), and for types that it no
//! longer lists those of AWS's instance type pages.

use std::sync::OnceLock;

/// A type of instance.
#[derive(Clone, Debug)]
pub struct InstanceType {
    name: String,
    /// Attributes as `key=value` or `flag`, parted by `; `.
    row: &'static str,
    family: &'static str,
}

/// Which quota for On-Demand Instances counts its vCPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaClass {
    /// A, C, D, H, I, M, R, T, Z
    Standard,
    F,
    GAndVt,
    P,
    X,
    Inf,
    Trn,
    Dl,
    HighMemory,
    Hpc,
    /// Dedicated Hosts alone.
    Mac,
}

/// What is there at any time, and what at best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range<T> {
    pub baseline: T,
    pub maximum: T,
}

/// Like devices: disks, GPUs, accelerators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    pub count: i64,
    /// GB of a disk, MiB of memory of anything else, each.
    pub size: i64,
    /// What else the table says of it: kind or maker, then its name.
    pub text: &'static str,
}

/// All types, in the order of their names.
pub fn instance_types() -> &'static [InstanceType] {
    static TYPES: OnceLock<Vec<InstanceType>> = OnceLock::new();
    TYPES.get_or_init(|| {
        let mut types = Vec::new();
        let mut family = ("", "");
        for line in rows() {
            let (name, row) = line.split_once(' ').unwrap_or((line, ""));
            match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
                Some(name) => family = (name, row),
                None => {
                    types.push(InstanceType { name: format!("{}.{name}", family.0), row, family: family.1 })
                }
            }
        }
        types.sort_by(|one, other| one.name.cmp(&other.name));
        types
    })
}

/// The type with this name.
pub fn instance_type(name: &str) -> Option<&'static InstanceType> {
    let types = instance_types();
    types.binary_search_by(|held| held.name.as_str().cmp(name)).ok().map(|index| &types[index])
}

impl InstanceType {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands before the dot.
    pub fn family(&self) -> &str {
        self.name.split_once('.').map_or("", |(family, _)| family)
    }

    pub fn vcpus(&self) -> u32 {
        self.cores() * self.threads_per_core()
    }

    pub fn cores(&self) -> u32 {
        self.cpu().0
    }

    pub fn threads_per_core(&self) -> u32 {
        self.cpu().1
    }

    pub fn memory_mib(&self) -> i64 {
        self.number("memory")
    }

    /// Such as `x86_64` or `arm64`; never none.
    pub fn architectures(&self) -> impl Iterator<Item = &'static str> {
        self.list("architecture")
    }

    pub fn supports(&self, architecture: &str) -> bool {
        self.architectures().any(|held| held == architecture)
    }

    /// `nitro` or `xen`; `None` for bare metal.
    pub fn hypervisor(&self) -> Option<&'static str> {
        self.attribute("hypervisor")
    }

    pub fn is_bare_metal(&self) -> bool {
        self.hypervisor().is_none()
    }

    pub fn is_burstable(&self) -> bool {
        self.has("burstable")
    }

    /// Network interfaces of one instance.
    pub fn max_interfaces(&self) -> i64 {
        self.interfaces().0
    }

    /// Private addresses of one interface.
    pub fn addresses_per_interface(&self) -> i64 {
        self.interfaces().1
    }

    pub fn ipv6_addresses_per_interface(&self) -> i64 {
        if self.has("ipv6") { self.addresses_per_interface() } else { 0 }
    }

    /// How many volumes, and whether network interfaces count among them (`shared`) or not (`dedicated`).
    pub fn volume_limit(&self) -> (i64, &'static str) {
        let (number, kind) =
            self.attribute("volumes").and_then(|text| text.split_once(' ')).unwrap_or_default();
        (leading(number), kind)
    }

    pub fn root_device_types(&self) -> Vec<&'static str> {
        let more = self.has("instance-store-root").then_some("instance-store");
        std::iter::once("ebs").chain(more).collect()
    }

    pub fn virtualization_types(&self) -> Vec<&'static str> {
        std::iter::once("hvm").chain(self.has("paravirtual").then_some("paravirtual")).collect()
    }

    pub fn bandwidth_weightings(&self) -> Option<&'static [&'static str]> {
        self.has("weightings").then_some(&["default", "ebs-1", "vpc-1"])
    }

    pub fn quota_class(&self) -> QuotaClass {
        let family = self.family();
        let letters = family.split(|character: char| !character.is_ascii_lowercase()).next().unwrap_or("");
        match letters {
            "u" => QuotaClass::HighMemory,
            "f" => QuotaClass::F,
            "g" | "gr" | "cg" | "vt" => QuotaClass::GAndVt,
            "p" => QuotaClass::P,
            "x" => QuotaClass::X,
            "inf" => QuotaClass::Inf,
            "trn" => QuotaClass::Trn,
            "dl" => QuotaClass::Dl,
            "hpc" => QuotaClass::Hpc,
            "mac" => QuotaClass::Mac,
            _ => QuotaClass::Standard,
        }
    }

    /// Whether the table says this of it, such as `hibernation`.
    pub fn has(&self, flag: &str) -> bool {
        self.attribute(flag).is_some()
    }

    /// A value of the table, such as `network`; the empty text for a flag.
    pub fn attribute(&self, key: &str) -> Option<&'static str> {
        [self.row, self.family, common()].into_iter().find_map(|row| said(row, key)).flatten()
    }

    /// The parts of a value between commas.
    pub fn list(&self, key: &str) -> impl Iterator<Item = &'static str> {
        self.attribute(key).into_iter().flat_map(|value| value.split(','))
    }

    /// A number of the table; 0 where it has none.
    pub fn number(&self, key: &str) -> i64 {
        self.attribute(key).map_or(0, leading)
    }

    /// MiB per second are an eighth of these.
    pub fn ebs_mbps(&self) -> Option<Range<i64>> {
        self.ebs(0)
    }

    pub fn ebs_iops(&self) -> Option<Range<i64>> {
        self.ebs(1)
    }

    /// Of its first network card.
    pub fn gbps(&self) -> Option<Range<f64>> {
        let (baseline, maximum) = ends(self.attribute("bandwidth")?);
        Some(Range { baseline: baseline.parse().ok()?, maximum: maximum.parse().ok()? })
    }

    /// How many cores may be asked for at launch; none where that cannot be chosen.
    pub fn valid_cores(&self) -> Vec<i64> {
        let all = self.attribute("cores").unwrap_or_default();
        let Some((first, last)) = all.split_once('-') else {
            return all.split(',').filter_map(|number| number.parse().ok()).collect();
        };
        let (last, step) = last.split_once('/').unwrap_or((last, "1"));
        let step = step.parse().ok().filter(|step| *step > 0).unwrap_or(1);
        (leading(first)..=leading(last)).step_by(step).collect()
    }

    /// `disks`, `gpu`, `fpga`, `inference`, `media` or `neuron`.
    pub fn device(&self, key: &str) -> Option<Device> {
        let (amount, text) = self.attribute(key)?.split_once(' ')?;
        let (count, size) = amount.split_once('x')?;
        Some(Device { count: leading(count), size: leading(size), text })
    }

    fn cpu(&self) -> (u32, u32) {
        let (cores, threads) = self.pair("cpu");
        (u32::try_from(cores).unwrap_or(1), u32::try_from(threads).unwrap_or(1))
    }

    fn interfaces(&self) -> (i64, i64) {
        self.pair("interfaces")
    }

    fn pair(&self, key: &str) -> (i64, i64) {
        let (one, other) = self.attribute(key).and_then(|value| value.split_once('x')).unwrap_or(("1", "1"));
        (leading(one), leading(other))
    }

    /// `Mbps/IOPS`, or two of them with a hyphen between.
    fn ebs(&self, place: usize) -> Option<Range<i64>> {
        let (baseline, maximum) = ends(self.attribute("ebs")?);
        let figure = |text: &str| text.split('/').nth(place).map(leading);
        Some(Range { baseline: figure(baseline)?, maximum: figure(maximum)? })
    }
}

/// What a row says of a key: `None` nothing, `Some(None)` that there is no such thing.
fn said(row: &'static str, key: &str) -> Option<Option<&'static str>> {
    row.split("; ").find_map(|token| {
        let rest = token.strip_prefix(key).map(|rest| match rest.strip_prefix('=') {
            Some(value) => Some(Some(value)),
            None => rest.is_empty().then_some(Some("")),
        });
        let denied = token.strip_prefix("no ").filter(|denied| *denied == key).map(|_| None);
        rest.flatten().or(denied)
    })
}

fn ends(range: &'static str) -> (&'static str, &'static str) {
    range.split_once('-').unwrap_or((range, range))
}

fn leading(text: &str) -> i64 {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().unwrap_or(0)
}

fn common() -> &'static str {
    TABLE.lines().find_map(|line| line.strip_prefix("* ")).unwrap_or_default()
}

fn rows() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter(|line| !line.starts_with(['#', '*']) && !line.is_empty())
}

const TABLE: &str = include_str!("instance_types.txt");
