//! One attribute of an instance, shown or changed (EC2 API reference, `DescribeInstanceAttribute`, `ModifyInstanceAttribute`).

use account::ec2::attribute::{AttributeChange, BlockDeviceChange, Surroundings};
use account::ec2::catalogue::{Network, Place};
use account::ec2::volume::volumes;
use account::ec2::{refusal, resource};
use account::{Check, InstanceView, ServiceError};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use types::Instance;
use types::instance::ShutdownBehavior;
use wire::{Structure, Value};

use super::instance_check::{asked_id, found, instance_check};
use super::instances::attachment_status;
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "DescribeInstanceAttribute", checks: description, run: describe },
    Operation { name: "ModifyInstanceAttribute", checks: modification, run: modify },
];

fn description(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let check = instance_check(ask, "ec2:DescribeInstanceAttribute", asked_id(ask)?.as_str())?;
    Ok(vec![check.with("ec2:Attribute", attribute_name(ask))])
}

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let InstanceView { instance, .. } = found(ask, &asked_id(ask)?)?;
    let answer = Structure::new().with("InstanceId", instance.instance_id.as_str());
    let life = &instance.life;
    Ok(match attribute_name(ask) {
        "instanceType" => answer.with("InstanceType", text(Some(&instance.instance_type))),
        "kernel" => answer.with("KernelId", text(instance.launch.kernel_id.as_deref())),
        "ramdisk" => answer.with("RamdiskId", text(instance.launch.ramdisk_id.as_deref())),
        "userData" => {
            let encoded = instance.user_data.as_ref().map(|bytes| STANDARD.encode(bytes));
            answer.with("UserData", text(encoded.as_deref()))
        }
        "disableApiTermination" => answer.with("DisableApiTermination", flag(life.disable_api_termination)),
        "disableApiStop" => answer.with("DisableApiStop", flag(life.disable_api_stop)),
        "instanceInitiatedShutdownBehavior" => {
            let behavior = life.instance_initiated_shutdown_behavior.as_str();
            answer.with("InstanceInitiatedShutdownBehavior", text(Some(behavior)))
        }
        "rootDeviceName" => answer.with("RootDeviceName", text(Some(&instance.block_devices.root))),
        "blockDeviceMapping" => answer.with("BlockDeviceMappings", devices(ask, &instance)),
        "productCodes" => answer.with("ProductCodes", product_codes(&instance)),
        "sourceDestCheck" => answer.with("SourceDestCheck", flag(life.source_dest_check)),
        "groupSet" => answer.with("Groups", groups(&instance)),
        "ebsOptimized" => answer.with("EbsOptimized", flag(life.ebs_optimized)),
        "sriovNetSupport" => answer.with("SriovNetSupport", text(Some("simple"))),
        "enaSupport" => answer.with("EnaSupport", flag(life.ena_support)),
        "enclaveOptions" => answer.with("EnclaveOptions", Structure::new().with("Enabled", false)),
        other => return Err(unknown_attribute(other)),
    })
}

fn text(value: Option<&str>) -> Structure {
    Structure::new().with_some("Value", value)
}

fn flag(value: bool) -> Structure {
    Structure::new().with("Value", value)
}

fn devices(ask: &Ask<'_>, instance: &Instance) -> Vec<Value> {
    if instance.life.is_terminated() {
        return Vec::new();
    }
    let status = attachment_status(instance, ask.now);
    let shown = |volume: types::instance::Volume| {
        let ebs = Structure::new()
            .with("AttachTime", volume.attach_time)
            .with("DeleteOnTermination", volume.delete_on_termination)
            .with("Status", status)
            .with("VolumeId", volume.volume_id);
        Structure::new().with("DeviceName", volume.device_name).with("Ebs", ebs).into()
    };
    volumes(instance, ask.host.seed()).into_iter().map(shown).collect()
}

fn product_codes(instance: &Instance) -> Vec<Value> {
    let codes = instance.launch.product_codes.iter();
    codes
        .map(|code| {
            let shown = Structure::new().with("ProductCodeId", code.as_str());
            shown.with("ProductCodeType", "marketplace").into()
        })
        .collect()
}

fn groups(instance: &Instance) -> Vec<Value> {
    let groups = instance.primary_interface().map(|interface| &interface.security_groups);
    let shown = |group: &types::instance::SecurityGroup| {
        let shown = Structure::new().with("GroupName", group.group_name.as_str());
        shown.with("GroupId", group.group_id.as_str()).into()
    };
    groups.into_iter().flatten().map(shown).collect()
}

/// On the instance, and on the groups and volumes that it is about.
fn modification(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    const ACTION: &str = "ec2:ModifyInstanceAttribute";
    let change = asked(ask.input)?;
    let check = instance_check(ask, ACTION, asked_id(ask)?.as_str())?;
    let check = with_attribute(check, &change);
    let (region, account) = (ask.region, ask.account.account_id());
    let on = |kind: &str, id: &str| {
        let arn = resource::arn(region, account, kind, id);
        with_attribute(Check::new(ACTION, arn).with("ec2:Region", region.as_str()), &change)
    };
    let others: Vec<Check> = match &change {
        AttributeChange::Groups(ids) => ids.iter().map(|id| on("security-group", id)).collect(),
        AttributeChange::BlockDevices(changes) => changes
            .iter()
            .filter_map(|change| change.volume_id.as_deref())
            .map(|id| on("volume", id))
            .collect(),
        _ => Vec::new(),
    };
    Ok([check].into_iter().chain(others).collect())
}

fn with_attribute(check: Check, change: &AttributeChange) -> Check {
    let name = change.attribute();
    let value = match change {
        AttributeChange::InstanceType(name) => name.clone(),
        AttributeChange::InstanceInitiatedShutdownBehavior(behavior) => behavior.as_str().to_owned(),
        AttributeChange::DisableApiTermination(flag)
        | AttributeChange::DisableApiStop(flag)
        | AttributeChange::EbsOptimized(flag)
        | AttributeChange::EnaSupport(flag)
        | AttributeChange::SourceDestCheck(flag) => flag.to_string(),
        AttributeChange::Groups(ids) => ids.join(","),
        AttributeChange::UserData(_) | AttributeChange::BlockDevices(_) => String::new(),
    };
    let check = check.with("ec2:Attribute", name);
    if value.is_empty() { check } else { check.with(&format!("ec2:Attribute/{name}"), value) }
}

fn modify(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (change, id) = (asked(ask.input)?, asked_id(ask)?);
    found(ask, &id)?;
    let network = network(ask, &change)?;
    let surroundings = Surroundings { now: ask.now, seed: ask.host.seed(), network: &network };
    let changed = ask.host.instances().update(&id, |instance| change.apply_to(instance, surroundings))?;
    ask.host.publish(&changed)?;
    Ok(Structure::new())
}

/// The network as all instances have it, where it matters.
fn network(ask: &Ask<'_>, change: &AttributeChange) -> Result<Network, ServiceError> {
    let place = Place { seed: ask.host.seed(), account_id: ask.account.account_id(), region: ask.region };
    let mut here: Vec<Instance> = Vec::new();
    let mut after = None;
    while let AttributeChange::Groups(_) = change {
        let page = ask.host.instances().list(after.as_ref(), PAGE)?;
        let instances = page.instances.into_iter().map(|view| view.instance);
        here.extend(instances.filter(|instance| instance.placement.region == *ask.region));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(Network::new(&place, ask.directory, &here))
}

/// The one change that a request asks for: by the member of its name, or by `Attribute` and `Value`.
fn asked(input: &Structure) -> Result<AttributeChange, ServiceError> {
    let given: Vec<&(&str, &str)> =
        MEMBERS.iter().filter(|(member, _)| input.member(member).is_some()).collect();
    match (&given[..], input.text("Attribute"), input.text("Value")) {
        ([(member, _)], None, None) => by_member(input, member),
        // Some clients name the attribute beside its own member.
        ([(member, name)], Some(attribute), None) if attribute == *name => by_member(input, member),
        ([], Some(attribute), Some(value)) => by_value(attribute, value),
        ([], Some(_), None) => Err(refusal::missing_parameter("value")),
        ([], None, _) => Err(refusal::invalid_combination("No attributes specified.")),
        (several, attribute, _) => {
            let mut names: Vec<&str> = several.iter().map(|(_, name)| *name).collect();
            names.extend(attribute.filter(|attribute| !names.contains(attribute)));
            Err(refusal::invalid_combination(format!(
                "Fields for multiple attribute types specified: {}",
                names.join(", ")
            )))
        }
    }
}

fn by_member(input: &Structure, member: &str) -> Result<AttributeChange, ServiceError> {
    let value = input.structure(member);
    let word = || {
        let text = value.and_then(|value| value.text("Value"));
        text.ok_or_else(|| refusal::missing_parameter("value"))
    };
    let flag = || {
        let flag = value.and_then(|value| value.boolean("Value"));
        flag.ok_or_else(|| refusal::missing_parameter("value"))
    };
    Ok(match member {
        "InstanceType" => AttributeChange::InstanceType(word()?.to_owned()),
        "UserData" => match value.and_then(|value| value.member("Value")) {
            Some(Value::Blob(bytes)) => AttributeChange::UserData(bytes.clone()),
            _ => AttributeChange::UserData(Vec::new()),
        },
        "DisableApiTermination" => AttributeChange::DisableApiTermination(flag()?),
        "DisableApiStop" => AttributeChange::DisableApiStop(flag()?),
        "InstanceInitiatedShutdownBehavior" => {
            AttributeChange::InstanceInitiatedShutdownBehavior(behavior(word()?)?)
        }
        "EbsOptimized" => AttributeChange::EbsOptimized(flag()?),
        "EnaSupport" => AttributeChange::EnaSupport(flag()?),
        "SourceDestCheck" => AttributeChange::SourceDestCheck(flag()?),
        "Groups" => AttributeChange::Groups(input.texts("Groups").map(str::to_owned).collect()),
        "BlockDeviceMappings" => AttributeChange::BlockDevices(
            input.structures("BlockDeviceMappings").map(device).collect::<Result<_, _>>()?,
        ),
        other => return Err(unsupported(other)),
    })
}

fn by_value(attribute: &str, value: &str) -> Result<AttributeChange, ServiceError> {
    let flag = || match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(refusal::invalid_value(format!("Value ({}) for parameter value is invalid.", start(value)))),
    };
    Ok(match attribute {
        "instanceType" => AttributeChange::InstanceType(value.to_owned()),
        "userData" => AttributeChange::UserData(STANDARD.decode(value).map_err(|_| {
            ServiceError::new("InvalidParameterValue", 400, "Invalid BASE64 encoding of user data.")
        })?),
        "disableApiTermination" => AttributeChange::DisableApiTermination(flag()?),
        "disableApiStop" => AttributeChange::DisableApiStop(flag()?),
        "instanceInitiatedShutdownBehavior" => {
            AttributeChange::InstanceInitiatedShutdownBehavior(behavior(value)?)
        }
        "ebsOptimized" => AttributeChange::EbsOptimized(flag()?),
        "enaSupport" => AttributeChange::EnaSupport(flag()?),
        "sourceDestCheck" => AttributeChange::SourceDestCheck(flag()?),
        "groupSet" => AttributeChange::Groups(vec![value.to_owned()]),
        "kernel" | "ramdisk" | "sriovNetSupport" | "enclaveOptions" => return Err(unsupported(attribute)),
        other => return Err(unknown_attribute(other)),
    })
}

fn behavior(text: &str) -> Result<ShutdownBehavior, ServiceError> {
    match text {
        "stop" => Ok(ShutdownBehavior::Stop),
        "terminate" => Ok(ShutdownBehavior::Terminate),
        _ => Err(refusal::invalid_value(format!(
            "Value ({}) for parameter instanceInitiatedShutdownBehavior is invalid.",
            start(text)
        ))),
    }
}

fn device(mapping: &Structure) -> Result<BlockDeviceChange, ServiceError> {
    let device_name = mapping.text("DeviceName").ok_or_else(|| refusal::missing_parameter("deviceName"))?;
    let ebs = mapping.structure("Ebs");
    let delete_on_termination = ebs.and_then(|ebs| ebs.boolean("DeleteOnTermination"));
    Ok(BlockDeviceChange {
        device_name: device_name.to_owned(),
        volume_id: ebs.and_then(|ebs| ebs.text("VolumeId")).map(str::to_owned),
        delete_on_termination: delete_on_termination
            .ok_or_else(|| unsupported("BlockDeviceMapping without Ebs.DeleteOnTermination"))?,
    })
}

fn attribute_name<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("Attribute").unwrap_or_default()
}

fn unknown_attribute(name: &str) -> ServiceError {
    let shown = start(name);
    refusal::invalid_value(format!("Value ({shown}) for parameter attribute is invalid. Unknown attribute."))
}

fn unsupported(what: &str) -> ServiceError {
    let text = format!("The attribute {} cannot be modified on this instance.", start(what));
    ServiceError::new("UnsupportedOperation", 400, text)
}

fn start(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_SHOWN)]
}

/// Members of the request, and the attributes that they are.
const MEMBERS: [(&str, &str); 14] = [
    ("BlockDeviceMappings", "blockDeviceMapping"),
    ("DisableApiStop", "disableApiStop"),
    ("DisableApiTermination", "disableApiTermination"),
    ("EbsOptimized", "ebsOptimized"),
    ("EnaSupport", "enaSupport"),
    ("EnclaveOptions", "enclaveOptions"),
    ("Groups", "groupSet"),
    ("InstanceInitiatedShutdownBehavior", "instanceInitiatedShutdownBehavior"),
    ("InstanceType", "instanceType"),
    ("Kernel", "kernel"),
    ("Ramdisk", "ramdisk"),
    ("SourceDestCheck", "sourceDestCheck"),
    ("SriovNetSupport", "sriovNetSupport"),
    ("UserData", "userData"),
];
const MAX_SHOWN: usize = 100;

/// Instances read at once.
const PAGE: usize = 256;
