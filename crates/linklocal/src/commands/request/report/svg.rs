//! The time line as a picture (SVG 1.1): readable on its own, in light and in dark surroundings, without scripts.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Kind, Row, Span, TimeLine, said};

pub(super) fn draw(line: &TimeLine) -> String {
    let scale = Scale::of(line.end());
    let rows = line.rows.len() as u32;
    let bottom = TOP + rows * ROW;
    let height = bottom + FOOT;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-label=\"{title}\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         <rect class=\"page\" width=\"{WIDTH}\" height=\"{height}\"/>\n<text class=\"title\" x=\"{MARGIN}\" y=\"26\">{title}</text>\n",
        title = escaped(&line.title),
    );
    scale.draw(bottom, &mut svg);
    for (number, row) in (0..).zip(&line.rows) {
        draw_row(row, TOP + number * ROW, &scale, &mut svg);
    }
    legend(line, bottom + 44, &mut svg);
    svg.push_str("</svg>\n");
    svg
}

fn draw_row(row: &Row, y: u32, scale: &Scale, svg: &mut String) {
    let Row { label, note, spans } = row;
    let _ =
        writeln!(svg, "<text class=\"label\" x=\"{}\" y=\"{}\">{}</text>", LEFT - 10, y + 15, escaped(label));
    for span in spans {
        draw_span(span, y, scale, svg);
    }
    let (x, y, shown) = (RIGHT + 10, y + 15, escaped(&shortened(note)));
    let _ = writeln!(
        svg,
        "<text class=\"note\" x=\"{x}\" y=\"{y}\">{shown}<title>{}</title></text>",
        escaped(note)
    );
}

/// What there is room for; the whole shows where somebody points.
fn shortened(note: &str) -> String {
    match note.char_indices().nth(NOTE) {
        None => note.to_owned(),
        Some((end, _)) => format!("{}…", &note[..end]),
    }
}

fn draw_span(span: &Span, y: u32, scale: &Scale, svg: &mut String) {
    let Span { kind, from, until } = span;
    let (class, what, thin) = match kind {
        Kind::Answered => ("answered", "attempt", 0),
        Kind::Failed => ("failed", "attempt", 0),
        Kind::Wait => ("wait", "wait", 1),
    };
    let (x, end) = (scale.x(*from), scale.x(*until));
    // What is shorter than a point of the screen is there all the same.
    let width = (end - x).max(1.5);
    let said = said(until.saturating_sub(*from));
    let _ = writeln!(
        svg,
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{}\" width=\"{width:.1}\" height=\"{}\"><title>{what} {said}</title></rect>",
        y + 3 + thin,
        ROW - 6 - 2 * thin,
    );
    let room = said.len() as f64 * 6.5 + 8.0;
    if *kind == Kind::Wait && width > room {
        let middle = x + width / 2.0;
        let _ = writeln!(svg, "<text class=\"span\" x=\"{middle:.1}\" y=\"{}\">{said}</text>", y + 15);
    }
}

fn legend(line: &TimeLine, y: u32, svg: &mut String) {
    let mut x = LEFT;
    for (class, text) in [("answered", "attempt, answered"), ("failed", "attempt, failed"), ("wait", "wait")]
    {
        let _ = writeln!(
            svg,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"18\" height=\"12\"/><text class=\"key\" x=\"{}\" y=\"{y}\">{text}</text>",
            y - 10,
            x + 24
        );
        x += 150;
    }
    if line.left_out > 0 {
        let _ =
            writeln!(svg, "<text class=\"key\" x=\"{x}\" y=\"{y}\">and {} more rows</text>", line.left_out);
    }
}

/// From time to place.
struct Scale {
    end: f64,
    /// Between two marks, in seconds.
    step: f64,
}

impl Scale {
    fn of(end: Duration) -> Self {
        let end = end.as_secs_f64().max(0.001);
        let rough = end / 6.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|round| round * power).into_iter().find(|step| *step >= rough);
        Self { end, step: step.unwrap_or(rough) }
    }

    fn x(&self, at: Duration) -> f64 {
        f64::from(LEFT) + at.as_secs_f64() / self.end * f64::from(RIGHT - LEFT)
    }

    fn draw(&self, bottom: u32, svg: &mut String) {
        for number in 0..=(self.end / self.step + 1e-9).floor() as u32 {
            let at = Duration::from_secs_f64(f64::from(number) * self.step);
            let x = self.x(at);
            let _ = writeln!(
                svg,
                "<line class=\"mark\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{bottom}\"/>"
            );
            let _ =
                writeln!(svg, "<text class=\"tick\" x=\"{x:.1}\" y=\"{}\">{}</text>", bottom + 16, said(at));
        }
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

const WIDTH: u32 = 960;
const MARGIN: u32 = 16;
/// Where time begins and ends.
const LEFT: u32 = 110;
const RIGHT: u32 = 700;
const TOP: u32 = 46;
const ROW: u32 = 22;
const FOOT: u32 = 60;
/// Letters of what came of an attempt.
const NOTE: usize = 36;

const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#222}.title{font-weight:600;font-size:14px}\
.label{text-anchor:end}.tick,.span{text-anchor:middle;font-size:11px}.tick{fill:#666}.page{fill:#fff}\
.mark{stroke:#ddd}.answered{fill:#2f7d4f}.failed{fill:#c0453a}.wait{fill:#d9d2b8}\
@media(prefers-color-scheme:dark){text{fill:#ddd}.tick{fill:#999}.page{fill:#1b1b1b}.mark{stroke:#383838}\
.answered{fill:#4fae78}.failed{fill:#e0695d}.wait{fill:#56513d}}";
