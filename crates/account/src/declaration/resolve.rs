//! From a declaration to instances: what is not declared follows from the seed and from EC2's defaults.

use types::instance::{
    Binding, BlockDevices, Dns, Events, LaunchDetails, Life, ManagedSshKeys, MetadataOptions, Placement,
};
use types::{AccountId, Instance, Region, Timestamp};

use super::binding::Addresses;
use super::ground::Ground;
use super::options::{Architecture, System};
use super::{Declaration, DeclarationError};
use crate::identifier::{Identifiers, Seed, zone_id};

impl Declaration {
    /// The one instance that this declaration, over `defaults`, makes at place `index` among all; launched at `now` unless
    /// declared. For declared instances that is the installation's time, so that each start makes the same.
    ///
    /// Ids follow from the declared instance id, else from the index: an instance with its id written down keeps its
    /// ids wherever it stands.
    pub fn resolve(
        &self,
        defaults: &Self,
        seed: &Seed,
        index: u32,
        now: Timestamp,
    ) -> Result<Instance, DeclarationError> {
        let merged = self.over(defaults);
        merged.refuse_shared()?;
        merged.instance_at(&merged.addresses()?, seed, Place { first: index, ordinal: 0 }, now)
    }

    /// All instances that this declaration makes: one, or `count` of them in one reservation, each with its own launch
    /// index.
    pub fn resolve_all(
        &self,
        defaults: &Self,
        seed: &Seed,
        first: u32,
        now: Timestamp,
    ) -> Result<impl Iterator<Item = Result<Instance, DeclarationError>> + use<>, DeclarationError> {
        let merged = self.over(defaults);
        merged.refuse_shared()?;
        let addresses = merged.addresses()?;
        let (seed, ordinals) = (*seed, 0..merged.count());
        Ok(ordinals.map(move |ordinal| merged.instance_at(&addresses, &seed, Place { first, ordinal }, now)))
    }

    fn refuse_shared(&self) -> Result<(), DeclarationError> {
        match self.unique_keys().first() {
            Some(key) if self.count() > 1 => {
                let problem = format!(
                    "{} instances cannot share this; drop it, or declare them one by one",
                    self.count()
                );
                Err(DeclarationError::new(*key, problem))
            }
            _ => Ok(()),
        }
    }

    fn instance_at(
        &self,
        addresses: &Addresses,
        seed: &Seed,
        place: Place,
        now: Timestamp,
    ) -> Result<Instance, DeclarationError> {
        let ids = self.identifiers(seed, place.index());
        let mut instance = self.scaffold(seed, &ids, place, now)?;
        let since = instance.launch_time;
        self.change(&mut instance, seed, &ids, place.index(), since)?;
        if self.architecture.is_none() {
            instance.architecture = Architecture::of_type(&instance.instance_type).as_str().to_owned();
        }
        if self.system.is_none() {
            instance.launch.system = System::of_type(&instance.instance_type).as_str().to_owned();
        }
        instance.binding = addresses.binding(place.ordinal);
        self.check(&instance)?;
        Ok(instance)
    }

    fn identifiers(&self, seed: &Seed, index: u32) -> Identifiers {
        match &self.instance_id {
            Some(id) => seed.named(id.as_str()),
            None => seed.instance(index),
        }
    }

    /// The instance with what it must have.
    fn scaffold(
        &self,
        seed: &Seed,
        ids: &Identifiers,
        place: Place,
        now: Timestamp,
    ) -> Result<Instance, DeclarationError> {
        let account_id = self.account_id.unwrap_or_else(|| seed.account_id());
        let region = self.region().unwrap_or_else(default_region);
        let zone = self.availability_zone.as_ref().map_or_else(|| format!("{region}a"), ToString::to_string);
        let ground = Ground {
            seed,
            ids,
            index: place.index(),
            account: account_id,
            region: region.as_str(),
            zone: &zone,
        };
        Ok(Instance {
            instance_id: self.instance_id.clone().unwrap_or_else(|| ids.instance_id()),
            account_id,
            image_id: seed.named(&format!("image/{region}")).resource("ami"),
            instance_type: DEFAULT_TYPE.to_owned(),
            architecture: Architecture::X86_64.as_str().to_owned(),
            launch_time: self.launch_time.map_or(now, |time| time.0).trunc_secs(),
            reservation_id: self.identifiers(seed, place.first).resource("r"),
            network_interfaces: vec![ground.primary_interface()?],
            placement: placement(region.clone(), zone.clone(), account_id),
            launch: LaunchDetails { ami_launch_index: place.ordinal, ..LaunchDetails::default() },
            dns: Dns::default(),
            block_devices: BlockDevices::default(),
            key_pair: None,
            iam_instance_profile: None,
            tags: std::collections::BTreeMap::new(),
            user_data: None,
            monitoring: false,
            hibernation_configured: None,
            metadata_options: MetadataOptions::default(),
            events: Events::default(),
            managed_ssh_keys: ManagedSshKeys::default(),
            elastic_gpus: std::collections::BTreeMap::new(),
            elastic_inference: std::collections::BTreeMap::new(),
            binding: Binding::default(),
            metadata_version: None,
            life: Life::default(),
        })
    }
}

/// Where an instance stands: the place of its declaration's first one among all, and its own among those.
#[derive(Clone, Copy)]
struct Place {
    first: u32,
    ordinal: u32,
}

impl Place {
    fn index(self) -> u32 {
        self.first.saturating_add(self.ordinal)
    }
}

fn placement(region: Region, zone: String, account: AccountId) -> Placement {
    Placement {
        availability_zone_id: zone_id(&region, &zone, account),
        region,
        availability_zone: zone,
        group_name: None,
        host_id: None,
        partition_number: None,
    }
}

fn default_region() -> Region {
    "us-east-1".parse().expect("a region's name")
}

const DEFAULT_TYPE: &str = "t3.micro";
