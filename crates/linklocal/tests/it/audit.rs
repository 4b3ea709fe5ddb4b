//! `linklocal audit instances`.

use rustix::process::Signal;
use serde_json::Value;

use crate::world::World;

fn rules(report: &Value) -> Vec<String> {
    let findings = report["Findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["Rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn findings_go_when_they_are_cured() {
    let world = World::new();
    let server = world.up();
    server.get("/latest/meta-data/instance-id");
    let report = world.json(&["audit", "instances"]);
    let account = ["linklocal-account-http-tokens", "linklocal-account-http-tokens-enforced"];
    let expected = [&["ec2-imdsv2-check", "MetadataNoToken"], &account[..]].concat();
    assert_eq!(
        (report["Instances"].as_u64(), rules(&report)),
        (Some(1), expected.iter().map(|r| (*r).to_owned()).collect())
    );

    let cure = report["Findings"][0]["Cure"].as_str().unwrap();
    let words: Vec<&str> = cure.split(' ').skip(1).collect();
    world.done(&words);
    let after = world.json(&["audit", "instances"]);
    assert!(!rules(&after).contains(&"ec2-imdsv2-check".to_owned()), "{after}");

    let text = world.done(&["audit", "instances"]);
    assert!(text.contains("1 instance, 3 findings"), "{text}");
    let said = world.run(&["audit", "instances", "--fail"]);
    assert_eq!((said.code, said.stdout.contains("MetadataNoToken")), (1, true), "{}", said.stderr);
    server.end(Signal::TERM);
}
