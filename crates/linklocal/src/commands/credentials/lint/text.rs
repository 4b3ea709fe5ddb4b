//! Findings for people: where, how bad, what, for whom, and what to do.

use profile::Sdk;
use profile::lint::{Finding, Severity};

pub(super) fn text(findings: &[Finding], done: &[String]) -> String {
    let mut text = String::new();
    for line in done {
        text.push_str(&format!("{line}\n"));
    }
    if !done.is_empty() {
        text.push('\n');
    }
    for finding in findings {
        let rule = finding.rule;
        text.push_str(&format!(
            "{}: {}[{}]: {}\n",
            finding.place,
            rule.severity.name(),
            rule.code,
            finding.text
        ));
        if !finding.sdks.is_empty() {
            text.push_str(&format!("  bites: {}\n", whom(&finding.sdks)));
        }
        let fixable = if finding.fix.is_some() { " (--fix does it)" } else { "" };
        text.push_str(&format!("  do: {}{fixable}\n", finding.remedy));
    }
    if done.is_empty() || !findings.is_empty() {
        text.push_str(&summary(findings));
    } else {
        text.push_str("nothing else is wrong\n");
    }
    text
}

fn whom(sdks: &[Sdk]) -> String {
    match sdks.len() == Sdk::OTHERS.len() {
        true => "all".to_owned(),
        false => sdks.iter().map(|sdk| sdk.title()).collect::<Vec<_>>().join(", "),
    }
}

fn summary(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "nothing is wrong\n".to_owned();
    }
    let count = |severity: Severity| {
        let count = findings.iter().filter(|finding| finding.rule.severity == severity).count();
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {}{plural}", severity.name())
    };
    let fixable = findings.iter().filter(|finding| finding.fix.is_some()).count();
    let mended = if fixable > 0 { format!("; --fix mends {fixable}") } else { String::new() };
    format!("{}, {}, {}{mended}\n", count(Severity::Error), count(Severity::Warning), count(Severity::Note))
}
