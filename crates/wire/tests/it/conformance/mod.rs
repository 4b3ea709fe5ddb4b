//! The protocols' tests run backwards, as a service would: what clients send is read, what they read is written.
//!
//! The cases are read in place; without them the tests say so and pass. Tables are made of each case's own shapes, by what makes those
//! of services. What is left out stands in `left_out`, each with its reason.

mod input;
mod left_out;
mod markup;
mod output;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use wire::model::Service;

/// Protocols that services here speak, by the names of their files.
const FILES: [&str; 6] = ["ec2", "json", "json_1_0", "json_1_0-query-compatible", "query", "rest-xml"];

/// Runs all cases of the directories and says how many there were.
fn run(directories: [&str; 2], one: fn(&Case<'_>) -> Result<(), String>) {
    let Some(root) = root() else { return };
    let (mut ran, mut left_out, mut wrong) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for (directory, file) in directories.into_iter().flat_map(|directory| FILES.map(|file| (directory, file)))
    {
        let path = root.join(directory).join(file).with_extension("json");
        if !path.exists() {
            continue;
        }
        let suites = read(&path);
        for suite in suites.as_array().unwrap() {
            for (index, case) in suite["cases"].as_array().unwrap().iter().enumerate() {
                let case = Case { file: format!("{directory}/{file}"), suite, index, case };
                if let Some(reason) = left_out::reason(&case) {
                    *left_out.entry(reason).or_insert(0) += 1;
                    continue;
                }
                *ran.entry(case.file.clone()).or_insert(0) += 1;
                wrong.extend(one(&case).err().map(|what| format!("{}: {what}", case.name())));
            }
        }
    }
    println!("{} cases ran: {ran:?}", ran.values().sum::<i32>());
    for (reason, count) in left_out {
        println!("{count} left out: {reason}");
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}

struct Case<'a> {
    file: String,
    suite: &'a Value,
    index: usize,
    case: &'a Value,
}

impl Case<'_> {
    fn name(&self) -> String {
        let id = self.case["id"].as_str().map(str::to_owned);
        let id = id.unwrap_or_else(|| format!("{} {}", self.suite["description"], self.index));
        format!("{} {id}", self.file)
    }

    /// The suite's shapes and the case's operation, as a model of a service.
    fn model(&self) -> Value {
        let given = &self.case["given"];
        let mut metadata = self.suite["metadata"].clone();
        if metadata["protocol"] == "json" && metadata["jsonVersion"].is_null() {
            metadata["jsonVersion"] = json!("1.1");
        }
        json!({
            "metadata": metadata,
            "operations": {given["name"].as_str().unwrap(): given},
            "shapes": self.suite["shapes"],
        })
    }

    fn service(&self) -> Result<Service, String> {
        let model = serde_json::to_vec(&self.model()).unwrap();
        let table = wire::generate::table("cases", &model, None).map_err(|error| error.to_string())?;
        Service::read(table.leak()).map_err(|error| error.to_string())
    }

    fn operation(&self) -> &str {
        self.case["given"]["name"].as_str().unwrap()
    }

    fn shape(&self, name: &str) -> &Value {
        &self.suite["shapes"][name]
    }
}

fn root() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/suites/protocols/botocore-protocol-tests");
    if path.exists() {
        return Some(path);
    }
    println!("0 cases ran: the conformance suites' protocol tests are absent");
    None
}

#[allow(clippy::disallowed_methods, reason = "a test's own files; this crate has no door to any")]
pub(crate) fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}
