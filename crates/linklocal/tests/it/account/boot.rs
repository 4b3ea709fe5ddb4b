//! `linklocal instance boot`: user data runs in the instance's view, once, and its console is kept.

use std::process::Stdio;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::house::House;
use crate::world::eventually;

/// Reads its own instance id as scripts do on EC2, and tells where it is.
const SCRIPT: &str = r#"#!/usr/bin/env python3
import os, sys, urllib.request as web
put = web.Request("http://169.254.169.254/latest/api/token", method="PUT", headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"})
token = web.urlopen(put).read().decode()
get = web.Request("http://169.254.169.254/latest/meta-data/instance-id", headers={"X-aws-ec2-metadata-token": token})
print("I am", web.urlopen(get).read().decode(), "in", os.getcwd(), "with", sorted(set(os.environ) - {"LC_CTYPE", "PWD", "OLDPWD", "SHLVL", "_", "BOTO_CONFIG"} - {name for name in os.environ if name.startswith("AWS_")}))
print("told " + os.environ["INSTANCE_ID"], file=sys.stderr)
sys.exit(3)
"#;

fn given(house: &House, user_data: &str) -> String {
    let set = format!("user-data={user_data}");
    house.world.done(&["instance", "set", &set]);
    house.server().get_v2("/latest/meta-data/instance-id").1
}

#[test]
fn user_data_runs_once_in_the_instances_view_and_its_console_is_kept() {
    let house = House::new();
    let id = given(&house, SCRIPT);
    let plan = house.world.done(&["instance", "boot", "--dry-run"]);
    assert!(plan.contains("part-001"), "{plan}");

    let said = house.world.run(&["instance", "boot"]);
    let expected = format!("I am {id} in / with ['INSTANCE_ID', 'LANG', 'PATH']\n");
    assert_eq!((said.code, said.stdout.as_str()), (3, expected.as_str()), "{}", said.stderr);
    assert!(said.stderr.contains(&format!("told {id}\n")), "{}", said.stderr);
    assert!(said.stderr.contains("part-001 ended with exit code 3"), "{}", said.stderr);
    let output = console(&house, &id);
    assert!(output.contains(&expected) && output.contains(&format!("told {id}")), "{output}");

    let again = house.world.run(&["instance", "boot", &id]);
    assert_eq!((again.code, again.stdout.as_str()), (0, ""));
    assert!(again.stderr.contains("was run before"), "{}", again.stderr);
    assert_eq!(house.world.run(&["instance", "boot", "--again"]).code, 3);
}

#[test]
fn scripts_of_a_document_run_in_their_order_and_the_rest_is_cloud_inits() {
    let house = House::new();
    let document = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
        --b\nContent-Type: text/x-shellscript\n\n#!/bin/sh\necho one\nexit 4\n\
        --b\nContent-Type: text/x-shellscript\n\n#!/bin/sh\necho two\n--b--\n";
    let id = given(&house, document);
    let said = house.world.run(&["instance", "boot"]);
    assert_eq!((said.code, said.stdout.as_str()), (4, "one\ntwo\n"), "{}", said.stderr);
    assert_eq!(console(&house, &id), "one\ntwo\n");

    given(&house, "#cloud-config\nruncmd: [id]\n");
    let said = house.world.run(&["instance", "boot", "--again"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("text/cloud-config, which cloud-init runs"), "{}", said.stderr);
    assert!(said.stderr.contains("--cloud-init"), "{}", said.stderr);
    // One step, which gets all of it, scripts too.
    given(&house, document);
    let plan = house.world.done(&["instance", "boot", "--cloud-init", "--dry-run"]);
    assert!(plan.contains("  cloud-init: unshare --mount") && !plan.contains("part-001"), "{plan}");
    given(&house, "nothing that is run");
    let said = house.world.run(&["instance", "boot", "--again"]);
    assert!(said.code == 1 && said.stderr.contains("is none that is run"), "{}", said.stderr);
}

#[test]
fn one_boot_of_an_instance_runs_at_a_time() {
    let house = House::new();
    let go = house.world.path("go");
    let script = format!("#!/bin/sh\necho begun\nuntil [ -e '{}' ]; do sleep 0.02; done\n", go.display());
    let id = given(&house, &script);
    let mut boot = house.world.command(&["instance", "boot"]);
    let first = boot.stdout(Stdio::piped()).spawn().unwrap();
    let mark = house.world.data().join("boot").join(&id).join("booted");
    assert!(eventually(|| mark.exists()));
    let second = house.world.run(&["instance", "boot", "--again"]);
    assert_eq!(second.code, 1);
    let said = format!("process {} is running this instance's user data", first.id());
    assert!(second.stderr.contains(&said), "{}", second.stderr);
    house.world.write("go", "");
    let first = first.wait_with_output().unwrap();
    assert_eq!((first.status.code(), first.stdout.as_slice()), (Some(0), &b"begun\n"[..]));
}

fn console(house: &House, id: &str) -> String {
    let answer = house.done("ec2:GetConsoleOutput", &[("InstanceId", id)]);
    String::from_utf8(STANDARD.decode(answer.element("output")).unwrap()).unwrap()
}
