//! Hand-outs of commands in the trail: who got what, and no secret.

use serde_json::Value;

use super::services::Service;
use super::{Home, SECRET, TEMPORARY, USER};

fn records(home: &Home, flags: &[&str]) -> Vec<Value> {
    let text = home.done(&[&["trail", "--json"], flags].concat());
    assert!(!text.contains(SECRET), "{text}");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_command_that_hands_out_leaves_a_receipt() {
    let sts = Service::sts();
    let arn = "arn:aws:iam::444455556666:role/one-bucket";
    let config =
        format!("[profile dev]\nrole_arn = {arn}\ncredential_source = Environment\nregion = eu-west-1\n");
    let home = Home::new().config(&config).with_keys().and("AWS_ENDPOINT_URL_STS", &sts.url());
    home.done(&["credentials", "export"]);
    home.done(&["credentials", "process", "--profile", "dev"]);
    home.done(&["credentials", "exec", "--profile", "dev", "--", "true"]);
    home.done(&["assume-role", arn, "--profile-out", "out"]);
    home.done(&["credentials", "resolve", "--profile", "dev"]);
    let told = records(&home, &[]);
    let deliveries: Vec<&str> = told.iter().map(|record| record["Delivery"].as_str().unwrap()).collect();
    assert_eq!(deliveries, ["export", "process", "exec", "assume-role"]);
    assert_eq!(
        (&told[0]["Principal"], &told[0]["AccessKeyId"]),
        (&"account 111122223333".into(), &USER.into())
    );
    assert_eq!(told[0]["Source"], "environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)");
    let caller = &told[0]["Caller"];
    assert_eq!(caller["ProcessId"], std::process::id());
    assert!(caller["Program"].as_str().unwrap().contains("/it-"), "{caller}");
    assert_eq!(home.tilde(caller["WorkingDirectory"].as_str().unwrap()), "~");
    assert_eq!(told[1]["Principal"], "arn:aws:sts::444455556666:assumed-role/one-bucket/s");
    assert_eq!((&told[1]["Profile"], &told[1]["AccessKeyId"]), (&"dev".into(), &TEMPORARY.into()));
    assert_eq!(
        (&told[2]["Caller"]["Program"], &told[1]["Expiration"]),
        (&"true".into(), &super::ENDS.into())
    );
    assert!(told[3]["Caller"]["Program"].as_str().unwrap().ends_with(".aws/credentials"));

    assert_eq!(records(&home, &["--who-has", "ONE-bucket"]).len(), 3);
    assert_eq!(records(&home, &["--who-has", "dev"]).len(), 2);
    assert_eq!(records(&home, &["--who-has", "nobody"]).len(), 0);
    let text = home.text(&["trail"]);
    assert!(text.contains(", exec, to true (process "), "{text}");
    assert!(text.contains(" in ~, profile dev, from assume-role (~/.aws/config:2, 3"), "{text}");
}

#[test]
fn processes_that_hand_out_at_once_keep_whole_lines() {
    let home = Home::new().with_keys();
    let start = |_| {
        let mut command = home.world.command(&["credentials", "process"]);
        command.envs(home.variables.iter().map(|(name, value)| (name, value)));
        command.stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    let processes: Vec<_> = (0..20).map(start).collect();
    processes.into_iter().for_each(|mut process| assert!(process.wait().unwrap().success()));
    assert_eq!(records(&home, &[]).len(), 20);
}

#[test]
fn where_nothing_can_be_kept_credentials_are_handed_out_all_the_same() {
    let home = Home::new().with_keys();
    home.world.write("data", "a file where the directory would be");
    let said = home.run(&["credentials", "process"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    assert!(said.stdout.contains(USER), "{}", said.stdout);
}
