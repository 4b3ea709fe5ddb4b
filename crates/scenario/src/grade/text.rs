//! A report for a terminal: the answer, the figures, the events, the time line.

use std::fmt;

use super::{Report, shown};

impl Report {
    /// The figures, each under its name.
    pub(super) fn figures(&self) -> Vec<(&'static str, String)> {
        let mut figures = vec![
            ("calls", self.calls.told()),
            ("fell back to version 1", self.fallback.told()),
            ("asked again after failing", self.retries.told()),
        ];
        figures.extend(self.retries.gave_up_told().map(|told| ("went on without an answer", told)));
        figures.extend([
            ("repeated a rejected token", self.tokens.told()),
            ("without good credentials", self.coverage.told(self.lived)),
            ("sets of credentials", self.coverage.sets.to_string()),
            ("replaced a set", self.coverage.refreshes_told()),
            ("refused", self.refused_told()),
            ("lived", format!("{}, {}", shown(self.lived), self.ended)),
        ]);
        if self.unrecorded > 0 {
            figures.push(("not counted", format!("{} requests beyond those that are kept", self.unrecorded)));
        }
        figures
    }

    fn refused_told(&self) -> String {
        if self.refused.is_empty() {
            return "no request".to_owned();
        }
        let each: Vec<String> =
            self.refused.iter().map(|(status, count)| format!("{count} with {status}")).collect();
        each.join(", ")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.scenario, self.question)?;
        writeln!(f, "{}\n", self.answer)?;
        writeln!(f, "{:27}{}", "client", self.client)?;
        for (name, figure) in self.figures() {
            writeln!(f, "{name:27}{figure}")?;
        }
        if !self.courses.is_empty() {
            writeln!(f, "\nEvents:")?;
        }
        for course in &self.courses {
            writeln!(f, "{:>9}  {}: {}", shown(course.from), course.event, course.told())?;
        }
        writeln!(f, "\nTime line:")?;
        self.timeline.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
