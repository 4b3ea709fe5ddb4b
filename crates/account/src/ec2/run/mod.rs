//! Instances are launched: `RunInstances` (EC2 API reference; refusals in EC2's words).
//!
//! Rule: what is asked for is held against what there is, counted and given addresses within one turn, and then all of it is there or
//! nothing. A request that comes again with its token gets what it got before.

mod capacity;
mod devices;
mod network;
#[cfg(test)]
mod tests;
mod wish;

use types::instance::{KeyPair, Settled, Transition};
use types::{Instance, InstanceId, Region, Timestamp};

use super::catalogue::{Image, InstanceType, Network, Place, instance_type};
use super::describe_instances::{named_ones, visible};
use super::life::instances_of;
use super::profile::ProfileScope;
use super::{HostTurn, InstanceHost, cpu_credits, metadata_defaults, profile, refusal, tag};
use crate::declaration::Declaration;
use crate::directory::Directory;
use crate::{Account, EarlierLaunch, InstanceError, InstanceView, LaunchToken, ServiceError};

pub(super) use capacity::Capacity;
pub(super) use network::PublicAddresses;
pub use wish::{DeviceWish, NetworkWish, PlacementWish, Wish};

use devices::{Stock, VolumePlan};
use network::{Ground, shown};

/// Who launches, where and when.
#[derive(Clone, Copy, Debug)]
pub struct Launcher<'a> {
    pub host: &'a dyn InstanceHost,
    /// Read within the turn, so that what is stored is what holds then.
    pub account: &'a Account,
    /// The directory on which the request was authorised.
    pub authorised: &'a Directory,
    pub region: &'a Region,
    pub now: Timestamp,
}

/// What all instances of a launch have in common.
struct Plan<'a> {
    image: &'a Image,
    kind: &'static InstanceType,
    volumes: Vec<VolumePlan>,
    /// As the first instance has it.
    pattern: Instance,
}

impl Launcher<'_> {
    /// Launches what is asked for, or says what was launched when it was asked for first.
    ///
    /// # Errors
    /// EC2's, and then nothing was launched.
    pub fn run(&self, wish: &Wish<'_>) -> Result<Vec<InstanceView>, ServiceError> {
        checked_counts(wish)?;
        let token = wish
            .client_token
            .map(|token| LaunchToken::new(token, self.region.as_str(), &wish.request, self.now));
        for _ in 0..ATTEMPTS {
            if let Some(token) = &token
                && let Some(views) = self.launched_before(token)?
            {
                return Ok(views);
            }
            if let Some(views) = self.launch(wish, token.as_ref())? {
                return Ok(views);
            }
        }
        Err(InstanceError::LaunchedBefore.into())
    }

    fn launched_before(&self, token: &LaunchToken<'_>) -> Result<Option<Vec<InstanceView>>, ServiceError> {
        let ids = match self.host.instances().launched_with(token)? {
            None => return Ok(None),
            Some(EarlierLaunch::Other) => {
                return Err(ServiceError::new("IdempotentParameterMismatch", 400, OTHER_ARGUMENTS));
            }
            Some(EarlierLaunch::Same(ids)) => ids,
        };
        let ids: Vec<&str> = ids.iter().map(InstanceId::as_str).collect();
        let account_id = self.account.account_id();
        let mut views = named_ones(self.host.instances(), account_id, self.region, &ids, self.now)?;
        // As they were told at first.
        views.sort_by_key(|view| view.instance.launch.ami_launch_index);
        if views.iter().all(|view| view.instance.life.goal() == Settled::Terminated) {
            return Err(ServiceError::new("IdempotentInstanceTerminated", 400, TERMINATED));
        }
        Ok(Some(views))
    }

    /// `None` where somebody on the same store was faster with the same token.
    fn launch(
        &self,
        wish: &Wish<'_>,
        token: Option<&LaunchToken<'_>>,
    ) -> Result<Option<Vec<InstanceView>>, ServiceError> {
        let mut turn = self.host.turn();
        let directory = self.account.directory();
        let place = Place { seed: self.host.seed(), account_id: directory.account_id(), region: self.region };
        let views = visible(self.host.instances(), place.account_id, self.region, self.now)?;
        let standing = || instances_of(&views).filter(|instance| !instance.life.is_terminated());
        let images = Image::all(&place, standing());
        let network = Network::new(&place, &directory, standing());
        let mut ground =
            Ground::new(&place, &network, (&wish.network, &wish.placement), instances_of(&views))?;
        let plan = self.plan(wish, &directory, &images, (&place, &ground))?;
        let mut capacity = Capacity::new(&directory, self.region, instances_of(&views), self.now);
        let count = capacity.take(plan.kind.name(), wish.min_count, wish.max_count)?;
        let count = ground.fit(&wish.network, wish.min_count, count)?;
        let mut public = PublicAddresses::new(place.seed, instances_of(&views));
        let mut instances = Vec::with_capacity(count as usize);
        let first = self.host.instances().next_places(count)?;
        for index in 0..count {
            let number = first.wrapping_add(index);
            instances.push(plan.instance(self, wish, (index, number), (&mut ground, &mut public))?);
        }
        same_reservation(&mut instances);
        let launched = match turn.launch(instances, token) {
            Err(InstanceError::LaunchedBefore) => return Ok(None),
            launched => launched?,
        };
        self.catch_up(&mut *turn, &directory, &launched)?;
        let shown = |instance| InstanceView { instance, pending_metadata_options: None };
        Ok(Some(launched.into_iter().map(shown).collect()))
    }

    /// Whoever changed IAM since the directory was read has not seen these instances, and could not bring them in line.
    fn catch_up(
        &self,
        turn: &mut dyn HostTurn,
        read: &Directory,
        launched: &[Instance],
    ) -> Result<(), ServiceError> {
        if std::ptr::eq(read, &raw const *self.account.directory()) {
            return Ok(());
        }
        for instance in launched {
            let Some(attached) = &instance.iam_instance_profile else { continue };
            let role = attached.role.as_ref().map(|role| ProfileScope::Role(&role.role_name));
            for scope in [Some(ProfileScope::Profile(profile::name_of(attached))), role].into_iter().flatten()
            {
                let id = &instance.instance_id;
                let changed = profile::align_one(self.host.instances(), self.account, id, scope)?;
                if !changed.instances.is_empty() {
                    turn.publish(&changed)?;
                }
            }
        }
        Ok(())
    }

    fn plan<'a>(
        &self,
        wish: &Wish<'_>,
        directory: &Directory,
        images: &'a [Image],
        (place, ground): (&Place<'_>, &Ground<'_>),
    ) -> Result<Plan<'a>, ServiceError> {
        let name = wish.instance_type.unwrap_or(DEFAULT_TYPE);
        let kind = instance_type(name).ok_or_else(|| {
            refusal::invalid_value(format!("Invalid value '{}' for InstanceType.", shown(name)))
        })?;
        if wish.cpu_credits.is_some() {
            cpu_credits::check_supported(kind)?;
        }
        let image = image(images, wish.image_id)?;
        if !kind.supports(&image.architecture) {
            return Err(other_architecture(kind, image));
        }
        let mut pattern = self.pattern(kind, image, place, ground)?;
        pattern.metadata_options =
            metadata_defaults::launch_options(directory, self.region, wish.metadata_options, image.imds_v2)?;
        let served = pattern.metadata_options.instance_metadata_tags;
        for tags in [&wish.instance_tags, &wish.volume_tags, &wish.interface_tags] {
            tag::check(tags)?;
        }
        wish.instance_tags.iter().try_for_each(|held| tag::check_servable(&held.key, served))?;
        pattern.tags = tag::map(&wish.instance_tags);
        pattern.key_pair = self.key_pair(wish, directory)?;
        if let Some(specified) = &wish.profile {
            let found = specified.find_authorised(directory, self.authorised)?;
            pattern.iam_instance_profile = Some(profile::attached(directory, found, self.now, None));
        }
        if let Some(data) = &wish.user_data
            && data.len() > Instance::MAX_USER_DATA
        {
            let text = format!("User data is limited to {} bytes", Instance::MAX_USER_DATA);
            return Err(refusal::invalid_value(text));
        }
        let volumes = devices::planned(image, &wish.devices, Stock { place, images, kind })?;
        pattern.block_devices = devices::mapping_of(image, &volumes);
        dress(&mut pattern, wish);
        Ok(Plan { image, kind, volumes, pattern })
    }

    /// An instance of this type and image in this zone, with nothing else said.
    fn pattern(
        &self,
        kind: &InstanceType,
        image: &Image,
        place: &Place<'_>,
        ground: &Ground<'_>,
    ) -> Result<Instance, ServiceError> {
        let zone = &ground.subnet.availability_zone;
        let declaration = Declaration {
            account_id: Some(place.account_id),
            region: Some(self.region.clone()),
            availability_zone: zone.parse().ok(),
            image_id: image.image_id.parse().ok(),
            instance_type: kind.name().parse().ok(),
            ..Declaration::default()
        };
        let made = declaration.resolve(&Declaration::default(), place.seed, 0, self.now.trunc_secs());
        let mut instance = made.map_err(|error| refusal::invalid_value(error.to_string()))?;
        instance.placement.availability_zone_id.clone_from(&ground.subnet.availability_zone_id);
        instance.architecture.clone_from(&image.architecture);
        Ok(instance)
    }

    fn key_pair(&self, wish: &Wish<'_>, directory: &Directory) -> Result<Option<KeyPair>, ServiceError> {
        let Some(name) = wish.key_name else { return Ok(None) };
        let mut pairs = directory.key_pairs.iter();
        let found = pairs.find(|pair| pair.region == self.region.as_str() && pair.key_name == name);
        let pair = found.ok_or_else(|| {
            let text = format!("The key pair '{}' does not exist", shown(name));
            ServiceError::new("InvalidKeyPair.NotFound", 400, text)
        })?;
        Ok(Some(KeyPair { key_name: pair.key_name.clone(), public_key: openssh(&pair.public_key) }))
    }
}

impl Plan<'_> {
    /// The one with this index, at this place among all instances.
    fn instance(
        &self,
        launcher: &Launcher<'_>,
        wish: &Wish<'_>,
        (index, number): (u32, u32),
        (ground, public): (&mut Ground<'_>, &mut PublicAddresses<'_>),
    ) -> Result<Instance, ServiceError> {
        let seed = launcher.host.seed();
        let ids = seed.instance(number);
        let mut instance = self.pattern.clone();
        instance.instance_id = ids.instance_id();
        instance.reservation_id = ids.resource("r");
        instance.launch.ami_launch_index = index;
        let zone = instance.placement.availability_zone.clone();
        let interface = instance.network_interfaces.first_mut().expect("a declaration makes one");
        interface.mac_address = ids.mac_address(&zone, 0);
        interface.network_interface_id = ids.resource("eni");
        ground.settle(interface, &wish.network, number, (seed, public))?;
        let life = &mut instance.life;
        if !wish.interface_tags.is_empty() {
            let tags = wish::tags(&wish.interface_tags);
            life.interface_tags.insert(interface.network_interface_id.clone(), tags);
        }
        life.volumes = devices::made(&self.volumes, &ids, &wish.volume_tags, launcher.now);
        life.transition = Some(Transition::launched(launcher.now, launcher.host.transition_delay()));
        if let Some(profile) = &mut instance.iam_instance_profile {
            profile.association_id = Some(ids.resource("iip-assoc"));
        }
        debug_assert_eq!(instance.image_id, self.image.image_id);
        Ok(instance)
    }
}

/// What of a request an instance has as it is.
fn dress(pattern: &mut Instance, wish: &Wish<'_>) {
    pattern.user_data.clone_from(&wish.user_data);
    pattern.monitoring = wish.monitoring;
    pattern.hibernation_configured = wish.hibernation_configured;
    if let Some(kind) = wish.hostname_type {
        pattern.dns.hostname_type = kind;
    }
    pattern.placement.group_name = wish.placement.group_name.map(str::to_owned);
    pattern.placement.partition_number = wish.placement.partition_number;
    let life = &mut pattern.life;
    life.ebs_optimized = wish.ebs_optimized;
    life.disable_api_termination = wish.disable_api_termination;
    life.disable_api_stop = wish.disable_api_stop;
    life.instance_initiated_shutdown_behavior = wish.shutdown_behavior;
    life.client_token = wish.client_token.map(str::to_owned);
    life.cpu_credits = wish.cpu_credits;
    life.interface_description = wish.network.description.map(str::to_owned);
    life.tenancy = wish.placement.tenancy.filter(|tenancy| *tenancy != "default").map(str::to_owned);
}

/// All of one launch are of one reservation.
fn same_reservation(instances: &mut [Instance]) {
    if let Some((first, others)) = instances.split_first_mut() {
        for other in others {
            other.reservation_id.clone_from(&first.reservation_id);
        }
    }
}

fn checked_counts(wish: &Wish<'_>) -> Result<(), ServiceError> {
    let Wish { min_count, max_count, .. } = *wish;
    for (name, count) in [("minCount", min_count), ("maxCount", max_count)] {
        if count == 0 {
            return Err(refusal::invalid_value(format!(
                "Value (0) for parameter {name} is invalid. The value must be > 0."
            )));
        }
    }
    if max_count < min_count {
        return Err(refusal::invalid_combination(format!(
            "The parameter minCount ({min_count}) must not be greater than the parameter maxCount ({max_count})"
        )));
    }
    if max_count > 1 && wish.network.private_ip.is_some() {
        let text = "The parameter privateIpAddress cannot be used with a maxCount greater than 1";
        return Err(refusal::invalid_combination(text));
    }
    Ok(())
}

fn image<'a>(images: &'a [Image], id: &str) -> Result<&'a Image, ServiceError> {
    if let Some(found) = images.iter().find(|image| image.image_id == id) {
        return Ok(found);
    }
    let is_id = super::resource::ResourceKind::of_id(id) == Some(super::resource::ResourceKind::Image);
    let (code, text) = match is_id {
        true => ("InvalidAMIID.NotFound", format!("The image id '[{id}]' does not exist")),
        false => ("InvalidAMIID.Malformed", format!("Invalid id: \"{}\"", shown(id))),
    };
    Err(ServiceError::new(code, 400, text))
}

fn other_architecture(kind: &InstanceType, image: &Image) -> ServiceError {
    let of_type: Vec<&str> = kind.architectures().collect();
    refusal::invalid_value(format!(
        "The architecture '{}' of the specified instance type does not match the architecture '{}' of the specified AMI. \
         Specify an instance type and an AMI that have matching architectures, and try again. You can use \
         'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.",
        of_type.join(","),
        image.architecture
    ))
}

/// Type and body of a public key; a comment is another matter.
fn openssh(key: &str) -> String {
    key.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

const DEFAULT_TYPE: &str = "t3.micro";
const ATTEMPTS: usize = 3;
const OTHER_ARGUMENTS: &str =
    "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).";
const TERMINATED: &str = "The client token you have provided is associated with a terminated instance. Please use a different client token.";
