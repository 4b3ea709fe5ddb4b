//! `block-devices`: the devices of the launch.

use serde::{Deserialize, Serialize};
use types::instance::BlockDevices;

use super::DeviceName;

/// `/dev/` may be written or left out anywhere; the metadata has it at the root device alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct BlockDevicesDeclaration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<DeviceName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami: Option<DeviceName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ebs: Option<Vec<DeviceName>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral: Option<Vec<DeviceName>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swap: Option<DeviceName>,
}

impl BlockDevicesDeclaration {
    pub(super) fn apply_to(&self, devices: &mut BlockDevices) {
        let all = |names: &[DeviceName]| names.iter().map(short).collect();
        if let Some(root) = &self.root {
            devices.root = format!("/dev/{}", short(root));
        }
        if let Some(ami) = &self.ami {
            devices.ami = Some(short(ami));
        }
        if let Some(ebs) = &self.ebs {
            devices.ebs = all(ebs);
        }
        if let Some(ephemeral) = &self.ephemeral {
            devices.ephemeral = all(ephemeral);
        }
        if let Some(swap) = &self.swap {
            devices.swap = Some(short(swap));
        }
    }
}

fn short(name: &DeviceName) -> String {
    name.as_str().trim_start_matches("/dev/").to_owned()
}
