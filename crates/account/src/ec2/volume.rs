//! The EBS volumes that instances have (EBS user guide, "Amazon EBS volume types"; EC2 user guide, "Preserve data when an instance is
//! terminated").
//!
//! Rule: a volume is kept in the record of its instance. One that goes with it is gone as the instance is terminated; any other is
//! `available` from then on, and seen as long as the instance is.

use types::instance::Volume;
use types::{Instance, Region, Timestamp};

use super::catalogue::{Image, Place};
use crate::identifier::Seed;

/// The volumes that an instance has, or had. One whose volumes nobody ever touched has what its image and its block devices say, with
/// ids that follow from its own.
pub fn volumes(instance: &Instance, seed: &Seed) -> Vec<Volume> {
    if instance.life.volumes.is_empty() { unwritten(instance, seed) } else { instance.life.volumes.clone() }
}

/// Those of them that are there: of a terminated instance what did not go with it.
pub fn present(instance: &Instance, seed: &Seed) -> Vec<Volume> {
    let mut volumes = volumes(instance, seed);
    if instance.life.is_terminated() {
        volumes.retain(|volume| !volume.delete_on_termination);
    }
    volumes
}

/// When an instance was launched for the first time: a start makes a new launch time, and no new volumes.
pub fn first_launch(instance: &Instance) -> Timestamp {
    instance.life.first_launch_time.unwrap_or(instance.launch_time)
}

/// What a volume does in a second: what was asked for, else what its type and size give; nothing where AWS says nothing.
pub fn iops(volume: &Volume) -> Option<u32> {
    match volume.volume_type.as_str() {
        "gp3" => Some(volume.iops.unwrap_or(3000)),
        "gp2" => Some(volume.size_gib.saturating_mul(3).clamp(100, 16_000)),
        "io1" | "io2" => volume.iops,
        _ => None,
    }
}

/// MiB in a second, of the type that is asked for some.
pub fn throughput(volume: &Volume) -> Option<u32> {
    (volume.volume_type == "gp3").then(|| volume.throughput.unwrap_or(125))
}

/// The ARN of the key that a volume is encrypted with: the one that was asked for, else the region's own for EBS.
pub fn key_arn(volume: &Volume, place: &Place<'_>) -> Option<String> {
    volume.encrypted.then(|| match &volume.kms_key_id {
        Some(asked) => asked.clone(),
        None => key_arn_of("alias/aws/ebs", place),
    })
}

/// The ARN that a key is shown by, which may be named by its ARN, its id or an alias. An alias stands for a key whose id follows from it.
pub fn key_arn_of(named: &str, place: &Place<'_>) -> String {
    let Place { seed, account_id, region } = *place;
    if named.starts_with("arn:") && !named.contains(":alias/") {
        return named.to_owned();
    }
    let id = match named.rsplit_once("alias/") {
        Some((_, alias)) => seed.named(&format!("key/{account_id}/{region}/{alias}")).uuid(),
        None => named.to_owned(),
    };
    format!("arn:{}:kms:{region}:{account_id}:key/{id}", region.partition().as_str())
}

fn unwritten(instance: &Instance, seed: &Seed) -> Vec<Volume> {
    let region: &Region = &instance.placement.region;
    let image = Image::of_instance(&Place { seed, account_id: instance.account_id, region }, instance);
    let of_image = image.block_devices.first();
    let ids = seed.named(instance.instance_id.as_str());
    let devices = &instance.block_devices;
    let others = devices.ebs.iter().map(|name| format!("/dev/{name}"));
    let names = [devices.root.clone()].into_iter().chain(others);
    (0..)
        .zip(names)
        .map(|(ordinal, device_name)| {
            let root = of_image.filter(|_| ordinal == 0);
            Volume {
                volume_id: ids.nth_resource("vol", ordinal),
                device_name,
                size_gib: root.and_then(|device| u32::try_from(device.volume_size).ok()).unwrap_or(8),
                volume_type: root.map_or("gp3", |device| device.volume_type).to_owned(),
                encrypted: false,
                kms_key_id: None,
                iops: None,
                throughput: None,
                snapshot_id: root.map(|device| device.snapshot_id.clone()),
                delete_on_termination: ordinal == 0,
                attach_time: first_launch(instance),
                tags: Default::default(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::Declaration;

    fn instance(seed: &Seed) -> Instance {
        let believable = Declaration::believable();
        believable.resolve(&Declaration::default(), seed, 0, Timestamp::from_secs(1_795_000_000)).unwrap()
    }

    fn volume(volume_type: &str, size_gib: u32) -> Volume {
        let seed = Seed::from_text("volume");
        let volume = volumes(&instance(&seed), &seed).remove(0);
        Volume { volume_type: volume_type.to_owned(), size_gib, ..volume }
    }

    #[test]
    fn figures_follow_from_type_and_size() {
        for (kind, size, figures) in [
            ("gp3", 8, (Some(3000), Some(125))),
            ("gp2", 8, (Some(100), None)),
            ("gp2", 100, (Some(300), None)),
            ("gp2", 10_000, (Some(16_000), None)),
            ("st1", 500, (None, None)),
            ("standard", 8, (None, None)),
        ] {
            let volume = volume(kind, size);
            assert_eq!((iops(&volume), throughput(&volume)), figures, "{kind} of {size} GiB");
        }
        let asked = Volume { iops: Some(5000), throughput: Some(250), ..volume("gp3", 8) };
        assert_eq!((iops(&asked), throughput(&asked)), (Some(5000), Some(250)));
    }

    #[test]
    fn untouched_volumes_are_those_of_the_image() {
        let seed = Seed::from_text("volume");
        let mut instance = instance(&seed);
        instance.block_devices.ebs = vec!["sdf".to_owned()];
        let found = volumes(&instance, &seed);
        let devices: Vec<(&str, bool)> =
            found.iter().map(|volume| (&*volume.device_name, volume.delete_on_termination)).collect();
        assert_eq!(devices, [("/dev/xvda", true), ("/dev/sdf", false)]);
        let region = instance.placement.region.clone();
        let place = Place { seed: &seed, account_id: instance.account_id, region: &region };
        let image = Image::of_instance(&place, &instance);
        assert_eq!(found[0].snapshot_id.as_ref(), Some(&image.block_devices[0].snapshot_id));
        assert_eq!(i64::from(found[0].size_gib), image.block_devices[0].volume_size);
        instance.life.first_launch_time = Some(instance.launch_time);
        instance.launch_time = Timestamp::from_secs(1_796_000_000);
        assert_eq!(volumes(&instance, &seed), found, "a start makes no new volumes");
    }

    #[test]
    fn a_key_is_shown_by_its_arn() {
        let seed = Seed::from_text("volume");
        let region = "eu-west-1".parse().unwrap();
        let place = Place { seed: &seed, account_id: "111122223333".parse().unwrap(), region: &region };
        let arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        assert_eq!(key_arn_of(arn, &place), arn);
        assert_eq!(key_arn_of("1234abcd-12ab-34cd-56ef-1234567890ab", &place), arn);
        let alias = key_arn_of("alias/aws/ebs", &place);
        assert_eq!(alias, key_arn_of("arn:aws:kms:eu-west-1:111122223333:alias/aws/ebs", &place));
        let plain = volume("gp3", 8);
        assert_eq!(key_arn(&plain, &place), None);
        assert_eq!(key_arn(&Volume { encrypted: true, ..plain }, &place), Some(alias));
    }
}
