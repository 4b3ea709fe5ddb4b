//! The report in JUnit's XML, as CI systems read it.
//!
//! Rule: text of an endpoint is escaped, and what XML 1.0 cannot hold is left out.

use super::{Counts, Entry, Outcome};

/// The whole file.
pub(super) fn document(endpoint: &str, counts: Counts, entries: &[Entry]) -> String {
    let Counts { fail, skip, .. } = counts;
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"linklocal doctor {}\" \
         tests=\"{}\" failures=\"{fail}\" errors=\"0\" skipped=\"{skip}\">\n",
        escaped(endpoint),
        entries.len(),
    );
    for entry in entries {
        text.push_str(&case(entry));
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

fn case(entry: &Entry) -> String {
    let check = entry.check;
    let start = format!(
        "    <testcase classname=\"{}\" name=\"{}: {}\"",
        escaped(check.group()),
        escaped(check.id),
        escaped(check.title)
    );
    let detail = |expected: &str, got: &str| {
        let source = check.source;
        escaped(&format!("expected {expected} ({source})\ngot {got}\nmatters: {}", check.matters))
    };
    let inner = match &entry.outcome {
        Outcome::Pass => return format!("{start}/>\n"),
        Outcome::Fail { expected, got } => {
            let message = escaped(&format!("expected {expected}, got {got}"));
            format!(
                "<failure type=\"{}\" message=\"{message}\">{}</failure>",
                check.kind.name(),
                detail(expected, got)
            )
        }
        Outcome::Warn { expected, got } => {
            format!("<system-out>warning: {}</system-out>", detail(expected, got))
        }
        Outcome::Skip { reason } => format!("<skipped message=\"{}\"/>", escaped(reason)),
    };
    format!("{start}>\n      {inner}\n    </testcase>\n")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            // XML 1.0 section 2.2 has no other control characters, and not these two.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::checks;

    #[test]
    fn every_kind_of_outcome_has_its_element() {
        let text = |text: &str| text.to_owned();
        let outcomes = [
            Outcome::Pass,
            Outcome::Fail { expected: text("<a> & \"b\""), got: text("c\n\u{1}") },
            Outcome::Warn { expected: text("d"), got: text("e") },
            Outcome::Skip { reason: text("f") },
        ];
        let entries: Vec<Entry> = checks::all()
            .zip(outcomes)
            .map(|(check, outcome)| Entry { check: check.about(), outcome })
            .collect();
        let counts = Counts { pass: 1, fail: 1, warn: 1, skip: 1 };
        let xml = document("http://127.0.0.1:1?a&b", counts, &entries);
        assert!(xml.contains(
            "doctor http://127.0.0.1:1?a&amp;b\" tests=\"4\" failures=\"1\" errors=\"0\" skipped=\"1\""
        ));
        assert!(xml.contains("message=\"expected &lt;a&gt; &amp; &quot;b&quot;, got c&#10;\""), "{xml}");
        for element in ["<testcase", "<failure", "<system-out>warning: ", "<skipped message=\"f\"/>"] {
            assert!(xml.contains(element), "{element} in {xml}");
        }
        assert!(!xml.contains('\u{1}') && xml.ends_with("</testsuites>\n"));
    }
}
