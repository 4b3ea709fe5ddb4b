//! The edits that were recorded of the AWS CLI, made here: a file that all SDKs read as asked, a warning, or a refusal that
//! leaves the files as they were.

use std::path::Path;

use serde_json::Value;

use super::Home;
use super::interactive::typed;

#[test]
fn recorded_edits_do_what_was_asked_or_say_who_reads_otherwise() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/suites/credentials/linklocal-differential/configure-writer-golden.json");
    let Ok(bytes) = sys::fs::read(&path, 4 << 20) else {
        println!("no cases here: the recorded edits are absent");
        return;
    };
    let suite: Value = serde_json::from_slice(&bytes).unwrap();
    let cases = suite["cases"].as_array().unwrap();
    let (mut clean, mut warned, mut refused) = (0, 0, 0);
    for case in cases {
        let before = &case["before"];
        let home = match (before["config"].as_str(), before["credentials"].as_str()) {
            (None, None) => Home::new(),
            (config, credentials) => Home::with(config, credentials),
        };
        let directory = home.world().path("").display().to_string();
        home.world().write("k.csv", CSV);
        let arguments: Vec<String> = case["args"]
            .as_array()
            .unwrap()
            .iter()
            .map(|argument| argument.as_str().unwrap().replace("@DIR@/", &directory))
            .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let said = typed(&home, &arguments, case["stdin"].as_str().unwrap_or_default());
        match said.code {
            0 if said.stderr.contains("warning: ") => warned += 1,
            0 => clean += 1,
            _ => {
                assert_eq!(home.config().as_deref(), before["config"].as_str(), "{}", case["id"]);
                assert_eq!(home.credentials().as_deref(), before["credentials"].as_str(), "{}", case["id"]);
                assert!(
                    said.stderr.starts_with("error: ") || said.stderr.contains("\nerror: "),
                    "{}",
                    said.stderr
                );
                refused += 1;
            }
        }
    }
    println!(
        "recorded edits: {} cases: {clean} as asked, {warned} with a warning, {refused} refused",
        cases.len()
    );
    assert_eq!(clean + warned + refused, cases.len());
}

const CSV: &str = "User name,Access key ID,Secret access key\nu,AKIDU,SECU\n";
