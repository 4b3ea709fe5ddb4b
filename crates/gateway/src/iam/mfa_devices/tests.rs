//! Devices by their operations, as answers show them.

use wire::{Structure, Value};

use crate::sts::tests::{World, said};

/// What a scanner reads off a new device's picture, held against its seed.
pub(crate) fn scanned(device: &Structure) -> totp::Seed {
    let blob = |name| match device.member(name) {
        Some(Value::Blob(bytes)) => bytes.clone(),
        other => panic!("{name}: {other:?}"),
    };
    let uri = super::picture::tests::read(&blob("QRCodePNG")).scan();
    let read = totp::KeyUri::parse(&uri).unwrap();
    let base32 = String::from_utf8(blob("Base32StringSeed")).unwrap();
    assert_eq!((base32.len(), read.seed.base32().expose()), (64, &base32));
    let name = device.text("SerialNumber").unwrap().rsplit('/').next().unwrap();
    assert_eq!(uri, format!("otpauth://totp/{name}@111122223333?secret={base32}"));
    read.seed
}

fn named(name: &str) -> Structure {
    Structure::new().with("VirtualMFADeviceName", name)
}

fn serial(path_and_name: &str) -> String {
    format!("arn:aws:iam::111122223333:mfa{path_and_name}")
}

/// Makes a device and gives it to its owner; `user` is how he names himself.
fn enabled(world: &World, caller: &account::Caller, user: &str, name: &str) {
    let made = world.iam(caller, "CreateVirtualMFADevice", named(name)).unwrap();
    let seed = scanned(made.structure("VirtualMFADevice").unwrap());
    let code = |world: &World| seed.code(world.now.get()).expose().clone();
    let first = code(world);
    world.later(30);
    let input = Structure::new()
        .with("UserName", user)
        .with("SerialNumber", serial(&format!("/{name}")))
        .with("AuthenticationCode1", first)
        .with("AuthenticationCode2", code(world));
    world.iam(caller, "EnableMFADevice", input).unwrap();
}

#[test]
fn a_new_device_shows_its_seed_its_picture_and_its_tags() {
    let world = World::new();
    let tags = vec![Structure::new().with("Key", "owner").with("Value", "probe")];
    let input = named("phone").with("Path", "/devices/").with("Tags", tags.clone());
    let answer = world.iam(&world.root(), "CreateVirtualMFADevice", input.clone()).unwrap();
    let device = answer.structure("VirtualMFADevice").unwrap();
    let members: Vec<&str> = device.members().map(|(name, _)| name).collect();
    assert_eq!(members, ["SerialNumber", "Base32StringSeed", "QRCodePNG", "Tags"]);
    assert_eq!(device.text("SerialNumber"), Some(&*serial("/devices/phone")));
    assert_eq!(device.list("Tags"), &tags.into_iter().map(Value::from).collect::<Vec<_>>()[..]);
    scanned(device);
    assert_eq!(
        said(world.iam(&world.root(), "CreateVirtualMFADevice", input)),
        "EntityAlreadyExists: MFA device already exists."
    );
    let long = said(world.iam(&world.root(), "CreateVirtualMFADevice", named(&"x".repeat(227))));
    assert!(long.ends_with("Member must have length less than or equal to 256"), "{long}");
    let longest = world.iam(&world.root(), "CreateVirtualMFADevice", named(&"x".repeat(226))).unwrap();
    scanned(longest.structure("VirtualMFADevice").unwrap());
}

#[test]
fn actions_are_allowed_on_the_device_or_on_its_owner() {
    let world = World::new();
    let alice = world.user("alice");
    let denied = |operation: &str, input: Structure, resource: &str| {
        let said = said(world.iam(&alice, operation, input));
        let expected =
            format!("is not authorized to perform: iam:{operation} on resource: {resource} because");
        assert!(said.contains(&expected), "{said}");
    };
    let user = Structure::new().with("UserName", "bob").with("SerialNumber", serial("/phone"));
    denied("CreateVirtualMFADevice", named("phone").with("Path", "/a/"), &serial("/a/phone"));
    denied("DeleteVirtualMFADevice", user.clone(), &serial("/phone"));
    denied("ListVirtualMFADevices", Structure::new(), &serial("/"));
    for operation in
        ["EnableMFADevice", "ResyncMFADevice", "DeactivateMFADevice", "GetMFADevice", "ListMFADevices"]
    {
        denied(operation, user.clone(), "user bob");
    }
    denied("ListMFADevices", Structure::new(), "user alice");
    world.allow("alice", r#"{"Effect":"Allow","Action":"iam:CreateVirtualMFADevice","Resource":"*"}"#);
    let tags = vec![Structure::new().with("Key", "a").with("Value", "b")];
    let said =
        said(world.iam(&world.user("alice"), "CreateVirtualMFADevice", named("phone").with("Tags", tags)));
    assert!(said.contains("iam:TagMFADevice on resource: arn:aws:iam::111122223333:mfa/phone"), "{said}");
}

#[test]
fn lists_show_owners_and_no_seeds() {
    let world = World::new();
    let root = world.root();
    enabled(&world, &root, "alice", "phone");
    enabled(&world, &root, "root", "roots");
    world.iam(&root, "CreateVirtualMFADevice", named("spare")).unwrap();
    let list = |input: Structure| world.iam(&root, "ListVirtualMFADevices", input).unwrap();
    for (status, count) in [(None, 3), (Some("Any"), 3), (Some("Assigned"), 2), (Some("Unassigned"), 1)] {
        let answer = list(Structure::new().with_some("AssignmentStatus", status));
        assert_eq!(answer.list("VirtualMFADevices").len(), count, "{status:?}");
    }
    let all = list(Structure::new());
    let shown: Vec<&Structure> = all.structures("VirtualMFADevices").collect();
    let owners: Vec<_> =
        shown.iter().map(|device| device.structure("User").and_then(|user| user.text("Arn"))).collect();
    let (alice, roots) = ("arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:root");
    assert_eq!(owners, [Some(alice), Some(roots), None]);
    assert!(shown.iter().all(|device| device.member("Base32StringSeed").is_none()));
    let page = list(Structure::new().with("MaxItems", 2));
    assert_eq!((page.list("VirtualMFADevices").len(), page.boolean("IsTruncated")), (2, Some(true)));
    let rest = list(Structure::new().with("Marker", page.text("Marker").unwrap()));
    assert_eq!((rest.list("VirtualMFADevices").len(), rest.boolean("IsTruncated")), (1, Some(false)));

    let own = |input: Structure| world.iam(&root, "ListMFADevices", input).unwrap();
    let of = |answer: &Structure| {
        answer.structures("MFADevices").next().unwrap().text("UserName").unwrap().to_owned()
    };
    assert_eq!(of(&own(Structure::new())), "root");
    assert_eq!(of(&own(Structure::new().with("UserName", "ALICE"))), "alice");
    let session = world.sts(&world.user("alice"), "GetSessionToken", Structure::new()).unwrap();
    assert!(world.holder(&session).session().is_some());
}

#[test]
fn a_virtual_device_is_none_of_those_that_are_described() {
    let world = World::new();
    let input = Structure::new().with("SerialNumber", serial("/phone"));
    let refused = said(world.iam(&world.root(), "GetMFADevice", input));
    assert!(
        refused.starts_with("ValidationError: The MFA device serial number sent in the request is invalid"),
        "{refused}"
    );
}

#[test]
fn a_device_is_let_go_by_its_owner_alone() {
    let world = World::new();
    let root = world.root();
    enabled(&world, &root, "alice", "phone");
    let device = Structure::new().with("SerialNumber", serial("/phone"));
    let of = |user: &str| device.clone().with("UserName", user);
    assert_eq!(
        said(world.iam(&root, "DeactivateMFADevice", of("bob"))),
        "NoSuchEntity: MFA Device invalid for user."
    );
    assert_eq!(
        said(world.iam(&root, "DeleteVirtualMFADevice", device.clone())),
        "DeleteConflict: MFA VirtualDevice in use. Must deactivate first."
    );
    world.iam(&root, "DeactivateMFADevice", of("alice")).unwrap();
    world.iam(&root, "DeleteVirtualMFADevice", device.clone()).unwrap();
    assert!(
        said(world.iam(&root, "DeleteVirtualMFADevice", device))
            .starts_with("NoSuchEntity: VirtualMFADevice with serial")
    );
}
