//! Findings as SARIF 2.1.0 (OASIS), for code scanners and editors.

use profile::lint::{Finding, RULES, Severity};
use serde_json::{Value, json};

use super::object::parts;

pub(super) fn log(findings: &[Finding]) -> Value {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.code,
                "shortDescription": { "text": rule.summary },
                "defaultConfiguration": { "level": level(rule.severity) },
                "properties": { "sdks": rule.sdks.iter().map(|sdk| sdk.name()).collect::<Vec<_>>() },
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "linklocal", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "utf16CodeUnits",
            "results": findings.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

fn result(finding: &Finding) -> Value {
    let (path, line) = parts(&finding.place);
    let mut location = json!({ "artifactLocation": { "uri": uri(&path) } });
    if let Some(line) = line {
        location["region"] = json!({ "startLine": line });
    }
    json!({
        "ruleId": finding.rule.code,
        "ruleIndex": RULES.iter().position(|rule| rule.code == finding.rule.code),
        "level": level(finding.rule.severity),
        "message": { "text": format!("{}; {}", finding.text, finding.remedy) },
        "locations": [{ "physicalLocation": location }],
        "properties": {
            "sdks": finding.sdks.iter().map(|sdk| sdk.name()).collect::<Vec<_>>(),
            "fixable": finding.fix.is_some(),
        },
    })
}

fn level(severity: Severity) -> &'static str {
    severity.name()
}

/// A path as a URI (RFC 3986); one that is not absolute stays relative.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte))
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}
