//! Request limits and quotas through the built binary: what the file sets, what commands show and decide.

use rustix::process::Signal;
use serde_json::json;

use super::house::{Answer, Caller, Keys, api, up};
use crate::world::{World, eventually, said};

#[test]
fn limits_are_those_of_the_file_and_follow_it() {
    let world = World::new();
    world.write("linklocal.toml", "[limits]\nscale = \"1%\"\nunpublished = \"enforce\"\n");
    let server = up(&world, &[]);
    let keys = Keys::of(&server.banner["Account"]["Administrator"]);
    let ask =
        || -> Answer { Caller::to(api(&server), keys.clone()).unwrap().ask("iam:ListUsers", &[]).unwrap() };
    assert_eq!(ask().status, 200);
    let refused = ask();
    assert_eq!((refused.status, refused.element("Code")), (400, "Throttling"));
    let limits = world.json(&["limits", "--service", "iam"]);
    let bucket = &limits["Buckets"][0];
    assert_eq!((&limits["Mode"], &limits["Scale"]), (&json!("aws"), &json!(1)));
    assert_eq!((&bucket["Counts"], &bucket["BucketSize"]), (&json!("ListUsers"), &json!(100)));
    assert_eq!(
        (&bucket["Taken"], &bucket["Refused"], &bucket["RefusedOnAws"]),
        (&json!(1), &json!(1), &json!(0))
    );
    assert_eq!(bucket["EnforcedRefillPerSecond"], json!(0.2));

    world.write("linklocal.toml", "[limits]\nmode = \"off\"\n");
    server.signal(Signal::HUP);
    assert!(eventually(|| world.done(&["limits"]).starts_with("limits are off")), "{}", server.stderr());
    assert_eq!(ask().status, 200);
    assert_eq!(world.json(&["limits", "--reset"])["Buckets"], json!([]));
    assert!(
        world.run(&["limits", "--service", "none"]).stderr.contains("no limit of a service none is known")
    );
}

#[test]
fn quotas_are_listed_and_set_where_they_count() {
    let world = World::new();
    let _server = up(&world, &[]);
    let quotas = world.json(&["quota", "list", "--service", "ec2"]);
    let standard =
        quotas["Quotas"].as_array().unwrap().iter().find(|quota| quota["QuotaCode"] == "L-1216C47A").unwrap();
    assert_eq!((&standard["Value"], &standard["AwsDefaultValue"]), (&json!(1152), &json!(5)));
    let set = world.json(&["quota", "set", "ec2/L-1216C47A", "64", "--region", "eu-west-1"]);
    assert_eq!((&set["Value"], &set["Region"]), (&json!(64), &json!("eu-west-1")));
    let of_account = world.json(&["quota", "set", "iam/L-FE177D64", "2000", "--region", "eu-west-1"]);
    assert_eq!((&of_account["Value"], &of_account["Region"]), (&json!(2000), &json!("us-east-1")));
    let back = world.json(&["quota", "set", "ec2/L-1216C47A", "--default", "--region", "eu-west-1"]);
    assert_eq!(back["Value"], json!(1152));
    assert_eq!(world.done(&["quota", "requests"]), "no requests\n");
    for (arguments, words) in [
        (["quota", "set", "ec2/L-00000000", "1"], "the specified service quota does not exist"),
        (["quota", "set", "L-1216C47A", "1"], "is not SERVICE/CODE"),
        (["quota", "approve", "4b0d", "--reason=x"], "no request has an id that starts with 4b0d"),
    ] {
        let said = world.run(&arguments);
        assert!(said.code != 0 && said.stderr.contains(words), "{}", said.stderr);
    }
}

#[test]
fn an_approval_says_what_the_quota_is_worth_and_lowers_nothing() {
    let world = World::new();
    let _server = up(&world, &[]);
    let ask = ["request", "servicequotas:RequestServiceQuotaIncrease", "--profile", "linklocal"];
    let wanted = ["-p", "ServiceCode=ec2", "-p", "QuotaCode=L-1216C47A", "-p", "DesiredValue:=2000"];
    let asked = said(&mut world.command(&[&ask[..], &wanted].concat()));
    assert_eq!(asked.code, 0, "{}", asked.stderr);
    world.done(&["quota", "set", "ec2/L-1216C47A", "3000"]);
    let id = world.json(&["quota", "requests"])["RequestedQuotas"][0]["Id"].as_str().unwrap().to_owned();
    let approved = world.done(&["quota", "approve", &id]);
    assert!(approved.contains("is approved: ec2/L-1216C47A is 3000 in us-east-1"), "{approved}");
    let quotas = world.json(&["quota", "list", "--service", "ec2"]);
    let mut quotas = quotas["Quotas"].as_array().unwrap().iter();
    assert_eq!(quotas.find(|quota| quota["QuotaCode"] == "L-1216C47A").unwrap()["Value"], json!(3000));
}
