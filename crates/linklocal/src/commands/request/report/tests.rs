//! Drawn lines against files that were looked at once: `testdata/request/`. `BLESS=1` writes them.

use std::time::Duration;

use super::{Kind, Row, Span, TimeLine, said};

fn span(kind: Kind, from: u64, until: u64) -> Span {
    Span { kind, from: Duration::from_millis(from), until: Duration::from_millis(until) }
}

/// Two failures of a service that throttles, then an answer.
fn line() -> TimeLine {
    let row = |number: u32, note: &str, spans: Vec<Span>| Row {
        label: format!("attempt {number}"),
        note: note.to_owned(),
        spans,
    };
    TimeLine {
        title: "POST https://sts.amazonaws.com/ <exponential & calm>".to_owned(),
        rows: vec![
            row(1, "503 SlowDown", vec![span(Kind::Failed, 0, 120), span(Kind::Wait, 120, 1120)]),
            row(2, "400 Throttling", vec![span(Kind::Failed, 1120, 1123), span(Kind::Wait, 1123, 3123)]),
            row(3, "200", vec![span(Kind::Answered, 3123, 3600)]),
        ],
        left_out: 0,
    }
}

#[test]
fn drawn_as_it_was_looked_at() {
    let golden = [("report.txt", line().text()), ("report.svg", line().svg())];
    for (name, drawn) in golden {
        let path = format!("{}/testdata/request/{name}", env!("CARGO_MANIFEST_DIR"));
        if sys::Env::system().var("BLESS").is_some() {
            sys::fs::replace(path.as_ref(), drawn.as_bytes(), 0o644).unwrap();
        }
        let expected = sys::fs::read_text(path.as_ref(), 1 << 20).unwrap_or_default();
        assert!(drawn == expected, "{name} is drawn differently now:\n{drawn}");
    }
}

#[test]
fn no_row_is_too_short_to_be_seen_and_no_span_leaves_the_line() {
    let mut line = line();
    line.rows[1].spans[0].until = line.rows[1].spans[0].from;
    line.left_out = 7;
    let text = line.text();
    for row in text.lines().skip(1).take(3) {
        assert!(row.contains('#') && row.matches('|').count() == 2, "{text}");
    }
    assert!(text.contains("and 7 more\n"), "{text}");
    let empty = TimeLine { title: "none".to_owned(), rows: Vec::new(), left_out: 0 };
    assert!(empty.svg().ends_with("</svg>\n") && empty.text().starts_with("none\n"));
}

#[test]
fn spans_are_said_with_the_digits_that_matter() {
    let cases = [
        (0, "0 s"),
        (400, "0.4 ms"),
        (12_000, "12 ms"),
        (999_400, "999 ms"),
        (999_900, "1 s"),
        (1_250_000, "1.25 s"),
        (16_000_000, "16 s"),
        (59_999_000, "1 min"),
        (125_000_000, "2 min 5 s"),
    ];
    for (micros, text) in cases {
        assert_eq!(said(Duration::from_micros(micros)), text);
    }
}
