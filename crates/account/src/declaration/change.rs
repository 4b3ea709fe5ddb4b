//! What a declaration changes on an instance that is there.

use std::collections::BTreeMap;

use types::instance::{KeyPair, NetworkInterface};
use types::{Instance, Timestamp};

use super::ground::Ground;
use super::{
    AssociationId, AvailabilityZone, Declaration, DeclarationError, InterfaceDeclaration, JsonText,
    KeyPairDeclaration,
};
use crate::identifier::{Identifiers, Seed, zone_id};

impl Declaration {
    /// Changes what is declared and leaves the rest. An instance profile that is new is associated at `now`. On an error
    /// the instance is as it was.
    ///
    /// Id, account and count of an instance cannot change.
    pub fn apply_to(
        &self,
        instance: &mut Instance,
        seed: &Seed,
        now: Timestamp,
    ) -> Result<(), DeclarationError> {
        self.refuse_fixed(instance)?;
        let mut changed = instance.clone();
        let ids = seed.named(instance.instance_id.as_str());
        let index =
            u32::try_from(ids.number("place", 0) % u64::from(u32::MAX)).expect("below 2^32 by the modulus");
        self.change(&mut changed, seed, &ids, index, now)?;
        if self.endpoints.is_some() || self.sources.is_some() {
            let binding = self.addresses()?.binding(0);
            let old = std::mem::take(&mut changed.binding);
            changed.binding.endpoints =
                if self.endpoints.is_some() { binding.endpoints } else { old.endpoints };
            changed.binding.sources = if self.sources.is_some() { binding.sources } else { old.sources };
        }
        self.check(&changed)?;
        *instance = changed;
        Ok(())
    }

    fn refuse_fixed(&self, instance: &Instance) -> Result<(), DeclarationError> {
        let other_id = self.instance_id.as_ref().is_some_and(|id| *id != instance.instance_id);
        let other_account = self.account_id.is_some_and(|id| id != instance.account_id);
        for (key, changed) in
            [("instance-id", other_id), ("account-id", other_account), ("count", self.count() > 1)]
        {
            if changed {
                return Err(DeclarationError::new(
                    key,
                    "cannot change on an instance that is there; launch another",
                ));
            }
        }
        Ok(())
    }

    /// All changes but those of the binding, unchecked.
    pub(super) fn change(
        &self,
        instance: &mut Instance,
        seed: &Seed,
        ids: &Identifiers,
        index: u32,
        since: Timestamp,
    ) -> Result<(), DeclarationError> {
        self.change_identity(instance);
        self.change_placement(instance);
        self.change_launch(instance);
        self.change_interfaces(instance, seed, ids, index)?;
        self.change_contents(instance, ids)?;
        self.change_announcements(instance, ids)?;
        instance.iam_instance_profile = self.changed_profile(instance, seed, since)?;
        Ok(())
    }

    fn change_identity(&self, instance: &mut Instance) {
        if let Some(image) = &self.image_id {
            instance.image_id = image.to_string();
        }
        if let Some(kind) = &self.instance_type {
            instance.instance_type = kind.to_string();
        }
        if let Some(architecture) = self.architecture {
            instance.architecture = architecture.as_str().to_owned();
        }
        if let Some(time) = self.launch_time {
            instance.launch_time = time.0;
        }
        if let Some(id) = &self.reservation_id {
            instance.reservation_id = id.to_string();
        }
    }

    fn change_placement(&self, instance: &mut Instance) {
        let placement = &mut instance.placement;
        if let Some(region) = self.region() {
            let letter = placement.availability_zone.chars().next_back().unwrap_or('a');
            let moved = region != placement.region;
            placement.region = region;
            if moved {
                placement.availability_zone = format!("{}{letter}", placement.region);
            }
        }
        if let Some(zone) = &self.availability_zone {
            placement.availability_zone = zone.to_string();
        }
        if self.region.is_some() || self.availability_zone.is_some() {
            placement.availability_zone_id =
                zone_id(&placement.region, &placement.availability_zone, instance.account_id);
        }
        if let Some(id) = &self.availability_zone_id {
            placement.availability_zone_id = id.to_string();
        }
        if let Some(declared) = &self.placement {
            declared.apply_to(placement);
        }
    }

    /// The region declared, by itself or through the zone.
    pub(super) fn region(&self) -> Option<types::Region> {
        self.region.clone().or_else(|| self.availability_zone.as_ref().and_then(AvailabilityZone::region))
    }

    fn change_launch(&self, instance: &mut Instance) {
        let launch = &mut instance.launch;
        let set = |to: &mut String, from: Option<String>| {
            if let Some(text) = from {
                *to = text
            }
        };
        let option = |to: &mut Option<String>, from: Option<String>| {
            if from.is_some() {
                *to = from
            }
        };
        launch.ami_launch_index = self.ami_launch_index.unwrap_or(launch.ami_launch_index);
        set(&mut launch.ami_manifest_path, text(&self.ami_manifest_path));
        set(&mut launch.profile, self.profile.map(|p| p.as_str().to_owned()));
        set(&mut launch.system, self.system.map(|s| s.as_str().to_owned()));
        set(&mut launch.instance_life_cycle, self.instance_life_cycle.map(|l| l.as_str().to_owned()));
        set(&mut launch.instance_action, self.instance_action.map(|a| a.as_str().to_owned()));
        option(&mut launch.kernel_id, text(&self.kernel_id));
        option(&mut launch.ramdisk_id, text(&self.ramdisk_id));
        option(&mut launch.services_domain, text(&self.services_domain));
        option(&mut launch.services_partition, text(&self.services_partition));
        list(&mut launch.ancestor_ami_ids, self.ancestor_ami_ids.as_deref());
        list(&mut launch.product_codes, self.product_codes.as_deref());
        list(&mut launch.devpay_product_codes, self.devpay_product_codes.as_deref());
        list(&mut launch.billing_products, self.billing_products.as_deref());
    }

    /// The primary interface first: the others stand in its network unless they say otherwise.
    fn change_interfaces(
        &self,
        instance: &mut Instance,
        seed: &Seed,
        ids: &Identifiers,
        index: u32,
    ) -> Result<(), DeclarationError> {
        let placement = instance.placement.clone();
        let ground = Ground {
            seed,
            ids,
            index,
            account: instance.account_id,
            region: placement.region.as_str(),
            zone: &placement.availability_zone,
        };
        let entries = self.numbered_interfaces();
        let of_primary = entries.iter().find(|(_, number, _)| *number == 0);
        let blank = InterfaceDeclaration::default();
        let shortcuts = of_primary.map_or(&blank, |(_, _, entry)| entry).with_shortcuts(self);
        self.refuse_double_address(of_primary)?;
        let interface = primary(instance)?;
        shortcuts.apply_to(interface, &ground).map_err(|e| placed(e, of_primary.map(|(at, ..)| *at)))?;
        let first = interface.clone();

        for (at, number, entry) in entries.iter().filter(|(_, number, _)| *number != 0) {
            let found = instance.network_interfaces.iter().position(|i| i.device_number == *number);
            let place = match found {
                Some(place) => place,
                None => {
                    instance.network_interfaces.push(ground.further_interface(&first, *number)?);
                    instance.network_interfaces.len() - 1
                }
            };
            entry
                .apply_to(&mut instance.network_interfaces[place], &ground)
                .map_err(|e| placed(e, Some(*at)))?;
        }
        Ok(())
    }

    /// Entries of `network-interfaces` with their place in the list and their device number.
    pub(super) fn numbered_interfaces(&self) -> Vec<(usize, u16, &InterfaceDeclaration)> {
        let entries = self.network_interfaces.iter().flatten().enumerate();
        let number = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        entries.map(|(at, entry)| (at, entry.device_number.unwrap_or_else(|| number(at)), entry)).collect()
    }

    fn refuse_double_address(
        &self,
        of_primary: Option<&(usize, u16, &InterfaceDeclaration)>,
    ) -> Result<(), DeclarationError> {
        let Some((at, _, entry)) = of_primary else { return Ok(()) };
        let twice = [
            ("private-ip-addresses", entry.private_ip_addresses.is_some() && self.private_ip.is_some()),
            ("public-ip", entry.public_ip.is_some() && self.public_ip.is_some()),
            ("ipv6-addresses", entry.ipv6_addresses.is_some() && self.ipv6.is_some()),
            ("mac-address", entry.mac_address.is_some() && self.mac_address.is_some()),
        ];
        match twice.into_iter().find(|(_, twice)| *twice) {
            Some((key, _)) => Err(DeclarationError::new(
                format!("network-interfaces[{at}].{key}"),
                "the instance declares this of its primary interface too; keep one",
            )),
            None => Ok(()),
        }
    }

    fn change_contents(&self, instance: &mut Instance, ids: &Identifiers) -> Result<(), DeclarationError> {
        if let Some(dns) = &self.dns {
            dns.apply_to(&mut instance.dns);
        }
        if let Some(devices) = &self.block_devices {
            devices.apply_to(&mut instance.block_devices);
        }
        if let Some(pair) = &self.key_pair {
            instance.key_pair = pair.given().map(|pair| key_pair(pair, ids));
        }
        if let Some(tags) = &self.tags {
            instance.tags.extend(tags.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        if let Some(data) = self.declared_user_data()? {
            instance.user_data = data;
        }
        instance.monitoring = self.monitoring.unwrap_or(instance.monitoring);
        instance.hibernation_configured = self.hibernation_configured.or(instance.hibernation_configured);
        if let Some(options) = &self.metadata_options {
            instance.metadata_options = options.applied_to(instance.metadata_options);
        }
        if let Some(version) = &self.metadata_version {
            instance.metadata_version = Some(version.to_string());
        }
        Ok(())
    }

    /// What EC2 pushes to the instance while it runs.
    fn change_announcements(
        &self,
        instance: &mut Instance,
        ids: &Identifiers,
    ) -> Result<(), DeclarationError> {
        if let Some(events) = &self.events {
            events.apply_to(&mut instance.events, ids)?;
        }
        if let Some(keys) = &self.managed_ssh_keys {
            instance.managed_ssh_keys = keys.keys();
        }
        if let Some(gpus) = &self.elastic_gpus {
            instance.elastic_gpus = documents(gpus);
        }
        if let Some(accelerators) = &self.elastic_inference {
            instance.elastic_inference = documents(accelerators);
        }
        Ok(())
    }
}

impl AvailabilityZone {
    /// The region in the zone's name: `us-east-1a` and `us-west-2-lax-1a` begin with theirs.
    pub fn region(&self) -> Option<types::Region> {
        let text = self.as_str();
        let heads = text.match_indices('-').map(|(at, _)| &text[..at]);
        let whole = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
        heads.chain([whole]).find_map(|head| head.parse().ok())
    }
}

fn primary(instance: &mut Instance) -> Result<&mut NetworkInterface, DeclarationError> {
    let interfaces = &mut instance.network_interfaces;
    let missing = || DeclarationError::new("network-interfaces", "no interface has device number 0");
    let at = interfaces.iter().position(|i| i.device_number == 0).ok_or_else(missing)?;
    Ok(&mut interfaces[at])
}

/// The error of an entry, under the entry's key.
fn placed(error: DeclarationError, at: Option<usize>) -> DeclarationError {
    match at {
        Some(at) => {
            DeclarationError::new(format!("network-interfaces[{at}].{}", error.key()), error.problem())
        }
        None => error,
    }
}

fn key_pair(declared: &KeyPairDeclaration, ids: &Identifiers) -> KeyPair {
    let given = declared.public_key.as_ref().map(|key| key.as_str().to_owned());
    KeyPair {
        key_name: declared.name.to_string(),
        public_key: given.unwrap_or_else(|| ids.peer(declared.name.as_str()).ssh_public_key()),
    }
}

fn text<T: ToString>(from: &Option<T>) -> Option<String> {
    from.as_ref().map(ToString::to_string)
}

fn list<T: ToString>(to: &mut Vec<String>, from: Option<&[T]>) {
    if let Some(from) = from {
        *to = from.iter().map(ToString::to_string).collect();
    }
}

fn documents(all: &BTreeMap<AssociationId, JsonText>) -> BTreeMap<String, String> {
    all.iter().map(|(id, document)| (id.to_string(), document.clone().into())).collect()
}
