//! The time line in letters: no colour, and no letter that a terminal may not have.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Kind, Row, TimeLine, said};

pub(super) fn draw(line: &TimeLine) -> String {
    let end = line.end();
    let mut text = format!("{}\n", line.title);
    let width = |of: fn(&Row) -> &str| line.rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0);
    let (labels, notes) = (width(|row| &row.label), width(|row| &row.note));
    for row in &line.rows {
        let Row { label, note, .. } = row;
        let bar = bar(row, end);
        let from = row.spans.first().map_or(Duration::ZERO, |span| span.from);
        let times = times(row);
        let _ = write!(text, "  {label:labels$}  {:>9}  |{bar}|  {note:notes$}  {times}", at(from));
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    if line.left_out > 0 {
        let _ = writeln!(text, "  and {} more", line.left_out);
    }
    let _ = writeln!(text, "  {:labels$}  {:>9}   # attempt  . wait, {} in all", "", "", said(end));
    text
}

/// How long the attempts took, and the waits behind them.
fn times(row: &Row) -> String {
    let sum = |wanted: fn(Kind) -> bool| {
        let spans = row.spans.iter().filter(|span| wanted(span.kind));
        spans.map(|span| span.until.saturating_sub(span.from)).sum::<Duration>()
    };
    let (work, wait) = (sum(|kind| kind != Kind::Wait), sum(|kind| kind == Kind::Wait));
    match wait.is_zero() {
        true => format!("took {}", said(work)),
        false => format!("took {}, then waited {}", said(work), said(wait)),
    }
}

/// Cells of equal time; an attempt shows even where it is shorter than a cell.
fn bar(row: &Row, end: Duration) -> String {
    let mut cells = [' '; CELLS];
    let cell = |at: Duration| {
        if end.is_zero() { 0.0 } else { at.as_secs_f64() / end.as_secs_f64() * CELLS as f64 }
    };
    for span in row.spans.iter().filter(|span| span.kind == Kind::Wait) {
        let (from, until) = (cell(span.from).floor() as usize, cell(span.until).ceil() as usize);
        cells[from.min(CELLS)..until.min(CELLS)].fill('.');
    }
    for span in row.spans.iter().filter(|span| span.kind != Kind::Wait) {
        let from = (cell(span.from).floor() as usize).min(CELLS - 1);
        let until = (cell(span.until).ceil() as usize).clamp(from + 1, CELLS);
        cells[from..until].fill('#');
    }
    cells.iter().collect()
}

fn at(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}

const CELLS: usize = 40;
