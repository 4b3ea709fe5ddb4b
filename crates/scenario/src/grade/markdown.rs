//! A report as a page that a forge shows.

use super::{Report, shown};

impl Report {
    /// The report in Markdown.
    pub fn markdown(&self) -> String {
        let mut page = format!("# {}\n\n{}\n\n**{}**\n\n", self.scenario, self.question, self.answer);
        page.push_str("| | |\n|---|---|\n");
        page.push_str(&format!("| client | `{}` |\n", cell(&self.client).replace('`', "'")));
        for (name, figure) in self.figures() {
            page.push_str(&format!("| {name} | {} |\n", cell(&figure)));
        }
        if !self.courses.is_empty() {
            page.push_str("\n| at | event | the client |\n|---|---|---|\n");
        }
        for course in &self.courses {
            let (event, told) = (cell(&course.event), cell(&course.told()));
            page.push_str(&format!("| {} | {event} | {told} |\n", shown(course.from)));
        }
        page.push_str("\n```\n");
        self.timeline.iter().for_each(|line| page.push_str(&format!("{line}\n")));
        page.push_str("```\n");
        page
    }
}

/// Text that stays in its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
