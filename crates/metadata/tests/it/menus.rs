//! Menus and values against the captures of facts/imds.md sections 1.6, 1.9, 1.10 and 2.

use types::Instance;
use types::instance::{SpotAction, Switch};

use crate::instances::{body, instance, tree};

fn found(instance: &Instance, path: &str) -> String {
    body(&tree(instance), path)
}

#[test]
fn top_level_menu_is_the_captured_one() {
    let menu = found(&instance("captured"), "/latest/meta-data/");
    assert_eq!(menu.len(), 313);
    assert_eq!(
        menu.replace('\n', " "),
        "ami-id ami-launch-index ami-manifest-path block-device-mapping/ events/ hostname iam/ \
         identity-credentials/ instance-action instance-id instance-life-cycle instance-type local-hostname \
         local-ipv4 mac metrics/ network/ placement/ profile public-keys/ reservation-id security-groups services/ \
         system tag-sets/ tags/"
    );
}

#[test]
fn menus_have_their_exceptions() {
    let instance = instance("captured");
    let cases = [
        ("/latest", "dynamic\nmeta-data\nuser-data"),
        ("/latest/", "dynamic\nmeta-data\nuser-data"),
        ("/1.0/", "meta-data\nuser-data"),
        ("/latest/dynamic", "instance-identity/"),
        ("/latest/dynamic/instance-identity/", "document\npkcs7\nrsa2048\nsignature"),
        ("/latest/meta-data/public-keys/", "0=key"),
        ("/latest/meta-data/public-keys/0", "openssh-key"),
        ("/latest/meta-data/tag-sets/", "instance"),
        ("/latest/meta-data/tags", "instance/"),
        ("/latest/meta-data/tags/instance", "Name"),
        ("/latest/meta-data/iam/", "info\nsecurity-credentials/"),
        ("/latest/meta-data/iam/security-credentials/", "app"),
        ("/latest/meta-data/identity-credentials/", "ec2/"),
        ("/latest/meta-data/identity-credentials/ec2", "info\nsecurity-credentials/"),
        ("/latest/meta-data/identity-credentials/ec2/security-credentials/", "ec2-instance"),
        ("/latest/meta-data/network/interfaces/macs/", "0e:49:61:0f:c3:11/"),
        ("/latest/meta-data/events/", "maintenance/"),
        ("/latest/meta-data/block-device-mapping/", "ami\nroot"),
    ];
    for (path, menu) in cases {
        assert_eq!(found(&instance, path), menu, "{path}");
    }
    assert_eq!(found(&instance, "/").len(), 329);
}

#[test]
fn key_names_are_labels_and_may_have_slashes() {
    let mut instance = instance("captured");
    instance.key_pair.as_mut().unwrap().key_name = "team/a b".to_owned();
    assert_eq!(found(&instance, "/latest/meta-data/public-keys/"), "0=team/a b");
    assert!(found(&instance, "/latest/meta-data/public-keys/0/openssh-key").ends_with("9BBCV team/a b\n"));
}

#[test]
fn menu_without_user_data_does_not_list_it() {
    let mut instance = instance("captured");
    instance.user_data = None;
    assert_eq!(found(&instance, "/latest/"), "dynamic\nmeta-data");
    assert_eq!(found(&instance, "/latest/user-data"), "404");
}

#[test]
fn builds_add_what_the_captures_say() {
    let full = tree(&instance("full"));
    let mut known: Vec<String> = Vec::new();
    let mut added = String::new();
    for build in metadata::Version::all().map(metadata::Version::as_str) {
        let menu: Vec<String> =
            body(&full, &format!("/{build}/meta-data/")).split('\n').map(str::to_owned).collect();
        let new: Vec<&str> = menu.iter().filter(|e| !known.contains(e)).map(String::as_str).collect();
        if !new.is_empty() {
            added.push_str(&format!("{build}: {}\n", new.join(" ")));
        }
        known = menu;
    }
    // The table of 1.10; autoscaling/ to hibernation/ from section 2, at the build in force on their day.
    let expected = "\
1.0: ami-id ami-launch-index ami-manifest-path hostname instance-id local-ipv4 public-keys/ reservation-id security-groups
2007-01-19: local-hostname public-hostname public-ipv4
2007-03-01: product-codes
2007-08-29: instance-type
2007-10-10: ancestor-ami-ids ramdisk-id
2007-12-15: block-device-mapping/ profile
2008-02-01: kernel-id placement/
2008-09-01: instance-action
2011-01-01: mac network/
2011-05-01: metrics/
2012-01-12: iam/
2014-02-25: services/
2014-11-05: spot/
2016-09-02: elastic-gpus/
2018-03-28: identity-credentials/
2018-08-17: events/
2018-09-24: elastic-inference/ hibernation/ managed-ssh-keys/
2019-10-01: instance-life-cycle
2021-01-03: ipv6
2021-03-23: tags/
2021-07-15: autoscaling/
2022-09-24: system
2025-10-04: tag-sets/
";
    assert_eq!(added, expected);
}

#[test]
fn leaves_have_builds_of_their_own() {
    let full = tree(&instance("full"));
    let mac = "meta-data/network/interfaces/macs/06:00:00:00:00:01";
    let cases = [
        ("dynamic", "2008-09-01", "2009-04-04"),
        ("dynamic/instance-identity/document", "2008-09-01", "2009-04-04"),
        ("meta-data/services/partition", "2014-11-05", "2015-10-20"),
        (&format!("{mac}/vpc-ipv4-cidr-blocks"), "2016-04-19", "2016-06-30"),
        (&format!("{mac}/ipv6s"), "2016-04-19", "2016-06-30"),
        (&format!("{mac}/subnet-ipv6-cidr-blocks"), "2016-04-19", "2016-06-30"),
        ("meta-data/spot/instance-action", "2016-06-30", "2016-09-02"),
        ("meta-data/placement/availability-zone-id", "2018-09-24", "2019-10-01"),
        ("meta-data/placement/region", "2018-09-24", "2019-10-01"),
        ("meta-data/events/recommendations", "2019-10-01", "2020-10-27"),
    ];
    for (path, before, since) in cases {
        assert_eq!(body(&full, &format!("/{before}/{path}")), "404", "{path}");
        assert_ne!(body(&full, &format!("/{since}/{path}")), "404", "{path}");
    }
    assert_eq!(body(&full, "/2008-02-01/meta-data/placement/"), "availability-zone");
    assert_eq!(body(&full, "/2014-02-25/meta-data/services/"), "domain");
    for path in ["/0000-00-00/", "/2021-03-24/", "/2016-11-30/meta-data/", "/latest/x", "/meta-data"] {
        assert_eq!(body(&full, path), "404", "{path}");
    }
}

#[test]
fn ceiling_hides_newer_builds() {
    let mut instance = instance("captured");
    instance.metadata_version = Some("2020-11-01".to_owned());
    let tree = tree(&instance);
    assert!(body(&tree, "/").ends_with("\n2019-10-01\n2020-10-27\nlatest"));
    assert_eq!(body(&tree, "/2021-03-23/meta-data/instance-id"), "404");
    assert_eq!(body(&tree, "/latest/meta-data/"), body(&tree, "/2020-10-27/meta-data/"));
    assert_eq!(body(&tree, "/latest/meta-data/tags/instance/Name"), "404");

    instance.metadata_version = Some("1.0".to_owned());
    let oldest = crate::instances::tree(&instance);
    assert_eq!(body(&oldest, "/latest"), "meta-data\nuser-data");
    assert_eq!(oldest.identity_document(), tree.identity_document());
}

#[test]
fn tags_follow_their_option() {
    let mut instance = instance("captured");
    assert_eq!(found(&instance, "/latest/meta-data/tag-sets/instance"), r#"{"Name":"x"}"#);
    assert_eq!(found(&instance, "/latest/meta-data/tags/instance/Name/"), "x");
    assert_eq!(found(&instance, "/latest/meta-data/tags/instance/name"), "404");

    instance.tags.clear();
    assert_eq!(found(&instance, "/latest/meta-data/tag-sets/instance"), "{}");
    assert_eq!(found(&instance, "/latest/meta-data/tags/"), "404");
    assert!(!found(&instance, "/latest/meta-data/").contains("\ntags/"));

    instance.metadata_options.instance_metadata_tags = Switch::Disabled;
    assert_eq!(found(&instance, "/latest/meta-data/tag-sets/instance"), "404");
    assert!(found(&instance, "/latest/meta-data/").ends_with("services/\nsystem"));
}

#[test]
fn profile_without_role_has_info_alone() {
    let mut instance = instance("captured");
    instance.iam_instance_profile.as_mut().unwrap().exists = false;
    assert_eq!(found(&instance, "/latest/meta-data/iam/"), "info");
    instance.iam_instance_profile.as_mut().unwrap().exists = true;
    instance.iam_instance_profile.as_mut().unwrap().role = None;
    assert_eq!(found(&instance, "/latest/meta-data/iam/"), "info");
    assert_eq!(found(&instance, "/latest/meta-data/iam/security-credentials/"), "404");
    instance.iam_instance_profile = None;
    assert_eq!(found(&instance, "/latest/meta-data/iam/"), "404");
    assert_eq!(found(&instance, "/latest/meta-data/identity-credentials/ec2/info"), "IdentityInfo");
}

#[test]
fn termination_time_is_for_terminations() {
    let mut instance = instance("full");
    assert_eq!(found(&instance, "/latest/meta-data/spot/"), "instance-action\ntermination-time");
    instance.events.spot.as_mut().unwrap().action = SpotAction::Stop;
    assert_eq!(found(&instance, "/latest/meta-data/spot/"), "instance-action");
    assert_eq!(
        found(&instance, "/latest/meta-data/spot/instance-action"),
        r#"{"action": "stop", "time": "2017-09-18T08:22:00Z"}"#
    );
    assert_eq!(found(&instance, "/2014-11-05/meta-data/spot/"), "404");
}

#[test]
fn host_names_are_derived() {
    let private = "/latest/meta-data/local-hostname";
    let public = "/latest/meta-data/public-hostname";
    let mut captured = instance("captured");
    assert_eq!(found(&captured, private), "ip-10-0-101-10.ec2.internal");
    assert_eq!(found(&captured, public), "404");
    captured.network_interfaces[0].ipv4_associations =
        instance("full").network_interfaces[1].ipv4_associations[1..].to_vec();
    assert_eq!(found(&captured, public), "ec2-203-0-113-25.compute-1.amazonaws.com");
    captured.dns.public_dns_name = Some("www.example.com".to_owned());
    captured.dns.private_dns_name = Some("db.example.com".to_owned());
    let mac = "/latest/meta-data/network/interfaces/macs/0e:49:61:0f:c3:11";
    assert_eq!(found(&captured, public), "www.example.com");
    assert_eq!(found(&captured, &format!("{mac}/public-hostname")), "www.example.com");
    assert_eq!(found(&captured, "/latest/meta-data/hostname"), "db.example.com");
    captured.dns.enable_dns_hostnames.0 = false;
    assert_eq!(found(&captured, public), "404");
    assert_eq!(found(&captured, "/latest/meta-data/public-ipv4"), "203.0.113.25");

    let full = instance("full");
    assert_eq!(found(&full, private), "i-0123456789abcdef0.eu-central-1.compute.internal");
    assert_eq!(found(&full, public), "ec2-203-0-113-25.eu-central-1.compute.amazonaws.com");
    let minimal = instance("minimal");
    assert_eq!(found(&minimal, private), "i-1a2b3c4d.cn-north-1.compute.internal");
}
