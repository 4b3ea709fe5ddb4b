//! Attributes of an instance: `ModifyInstanceAttribute` (EC2 API reference, and its user guide's "Change the instance type").
//!
//! Rule: one attribute at a time. What the machine is made of changes while it is stopped, what EC2 keeps of it at any time until it
//! is terminated.

use types::instance::{InstanceState, SecurityGroup, ShutdownBehavior};
use types::{Instance, Timestamp};

use super::catalogue::{self, InstanceType, Network};
use super::volume::volumes;
use super::{cpu_credits, refusal};
use crate::ServiceError;
use crate::identifier::Seed;

/// A change of one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeChange {
    InstanceType(String),
    /// Decoded; nothing is no user data.
    UserData(Vec<u8>),
    DisableApiTermination(bool),
    DisableApiStop(bool),
    InstanceInitiatedShutdownBehavior(ShutdownBehavior),
    EbsOptimized(bool),
    EnaSupport(bool),
    SourceDestCheck(bool),
    /// Ids of security groups.
    Groups(Vec<String>),
    /// Devices, and whether their volumes go with the instance.
    BlockDevices(Vec<BlockDeviceChange>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockDeviceChange {
    /// With `/dev/`.
    pub device_name: String,
    pub volume_id: Option<String>,
    pub delete_on_termination: bool,
}

/// When it is, and what is there.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    pub now: Timestamp,
    pub seed: &'a Seed,
    pub network: &'a Network,
}

impl AttributeChange {
    /// As `DescribeInstanceAttribute` calls it.
    pub fn attribute(&self) -> &'static str {
        match self {
            Self::InstanceType(_) => "instanceType",
            Self::UserData(_) => "userData",
            Self::DisableApiTermination(_) => "disableApiTermination",
            Self::DisableApiStop(_) => "disableApiStop",
            Self::InstanceInitiatedShutdownBehavior(_) => "instanceInitiatedShutdownBehavior",
            Self::EbsOptimized(_) => "ebsOptimized",
            Self::EnaSupport(_) => "enaSupport",
            Self::SourceDestCheck(_) => "sourceDestCheck",
            Self::Groups(_) => "groupSet",
            Self::BlockDevices(_) => "blockDeviceMapping",
        }
    }

    /// Changes `instance`.
    ///
    /// # Errors
    /// The instance is in another state, or cannot have what is asked for.
    pub fn apply_to(
        &self,
        instance: &mut Instance,
        surroundings: Surroundings<'_>,
    ) -> Result<(), ServiceError> {
        self.check_state(instance, surroundings.now)?;
        let life = &mut instance.life;
        match self {
            Self::InstanceType(name) => change_type(instance, name)?,
            Self::UserData(bytes) => change_user_data(instance, bytes)?,
            Self::DisableApiTermination(flag) => life.disable_api_termination = *flag,
            Self::DisableApiStop(flag) => life.disable_api_stop = *flag,
            Self::InstanceInitiatedShutdownBehavior(behavior) => {
                life.instance_initiated_shutdown_behavior = *behavior;
            }
            Self::EbsOptimized(flag) => life.ebs_optimized = *flag,
            Self::EnaSupport(flag) => life.ena_support = *flag,
            Self::SourceDestCheck(flag) => {
                refuse_several_interfaces(instance)?;
                instance.life.source_dest_check = *flag;
            }
            Self::Groups(ids) => change_groups(instance, ids, surroundings.network)?,
            Self::BlockDevices(changes) => change_devices(instance, changes, surroundings.seed)?,
        }
        Ok(())
    }

    fn check_state(&self, instance: &Instance, now: Timestamp) -> Result<(), ServiceError> {
        let stopped_only = matches!(
            self,
            Self::InstanceType(_) | Self::UserData(_) | Self::EbsOptimized(_) | Self::EnaSupport(_)
        );
        match instance.life.state(now) {
            InstanceState::ShuttingDown | InstanceState::Terminated => {
                Err(refusal::not_in_state(&instance.instance_id))
            }
            state if stopped_only && state != InstanceState::Stopped => {
                Err(refusal::wants_state(&instance.instance_id, "'stopped' state"))
            }
            _ => Ok(()),
        }
    }
}

fn change_type(instance: &mut Instance, name: &str) -> Result<(), ServiceError> {
    let found = catalogue::instance_type(name).ok_or_else(|| {
        let shown: String = name.chars().take(MAX_SHOWN).collect();
        invalid_attribute(format!("Invalid value '{shown}' for InstanceType."))
    })?;
    if !found.supports(&instance.architecture) {
        return Err(invalid_attribute(other_architecture(found, &instance.architecture)));
    }
    cpu_credits::keep(instance);
    instance.instance_type = found.name().to_owned();
    let system = found.hypervisor().unwrap_or("nitro");
    // What runs on Xen by its type may still be said to run on Nitro cards.
    if !instance.launch.system.starts_with(system) {
        instance.launch.system = system.to_owned();
    }
    Ok(())
}

fn other_architecture(found: &InstanceType, architecture: &str) -> String {
    let offered = found.architectures().next().unwrap_or_default();
    format!(
        "The architecture '{offered}' of the specified instance type does not match the architecture '{architecture}' of the \
         instance's AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use \
         'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI."
    )
}

fn change_user_data(instance: &mut Instance, bytes: &[u8]) -> Result<(), ServiceError> {
    if bytes.len() > Instance::MAX_USER_DATA {
        let text = format!("User data is limited to {} bytes", Instance::MAX_USER_DATA);
        return Err(refusal::invalid_value(text));
    }
    instance.user_data = (!bytes.is_empty()).then(|| bytes.to_vec());
    Ok(())
}

fn change_groups(instance: &mut Instance, ids: &[String], network: &Network) -> Result<(), ServiceError> {
    refuse_several_interfaces(instance)?;
    if ids.len() > MAX_GROUPS {
        return Err(ServiceError::new(
            "SecurityGroupsPerInterfaceLimitExceeded",
            400,
            "The maximum number of security groups per interface has been reached.",
        ));
    }
    let vpc_id = instance.network_interfaces[0].vpc_id.clone();
    let mut groups: Vec<SecurityGroup> = Vec::new();
    for id in ids {
        let found = network.security_group(id).ok_or_else(|| no_group(id))?;
        if found.vpc_id != vpc_id {
            return Err(refusal::invalid_value(format!(
                "You have specified two resources that belong to different networks: security group {id} and instance {}",
                instance.instance_id
            )));
        }
        let group = SecurityGroup { group_name: found.group_name.clone(), group_id: found.group_id.clone() };
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    instance.network_interfaces[0].security_groups = groups;
    Ok(())
}

fn change_devices(
    instance: &mut Instance,
    changes: &[BlockDeviceChange],
    seed: &Seed,
) -> Result<(), ServiceError> {
    let mut volumes = volumes(instance, seed);
    for change in changes {
        let name = &change.device_name;
        let held = volumes.iter_mut().find(|volume| {
            volume.device_name == *name && change.volume_id.as_ref().is_none_or(|id| *id == volume.volume_id)
        });
        let shown: String = name.chars().take(MAX_SHOWN).collect();
        let held =
            held.ok_or_else(|| invalid_attribute(format!("No device is currently mapped at {shown}")))?;
        held.delete_on_termination = change.delete_on_termination;
    }
    instance.life.volumes = volumes;
    Ok(())
}

fn refuse_several_interfaces(instance: &Instance) -> Result<(), ServiceError> {
    if instance.network_interfaces.len() == 1 {
        return Ok(());
    }
    let text = format!(
        "There are multiple interfaces attached to instance '{}'. Please specify an interface ID for the operation instead.",
        instance.instance_id
    );
    Err(ServiceError::new("InvalidInstanceID", 400, text))
}

fn no_group(id: &str) -> ServiceError {
    let shown: String = id.chars().take(MAX_SHOWN).collect();
    ServiceError::new("InvalidGroup.NotFound", 400, format!("The security group '{shown}' does not exist"))
}

fn invalid_attribute(message: String) -> ServiceError {
    ServiceError::new("InvalidInstanceAttributeValue", 400, message)
}

/// Of one interface, where nobody raised the quota.
const MAX_GROUPS: usize = 5;
const MAX_SHOWN: usize = 100;
