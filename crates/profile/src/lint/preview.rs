//! A change of a file as people read changes: lines that go, lines that come, and a few around them.
//!
//! Rule: values are shown of keys only that cannot hold a secret; everything else is stars.

use crate::syntax::{Document, Kind, Line};

/// What `after` changes of `before`, in the form of `diff -u`; empty where they are the same.
pub fn preview(path: &str, before: &[u8], after: &[u8]) -> String {
    let (old, new) = (shown(before), shown(after));
    let rows = rows(&old, &new);
    if rows.iter().all(|row| row.mark == ' ') {
        return String::new();
    }
    let mut text = format!("--- {path}\n+++ {path}\n");
    let near = |at: usize| {
        let around = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(rows.len());
        rows[around].iter().any(|row| row.mark != ' ')
    };
    let mut at = 0;
    while at < rows.len() {
        if !near(at) {
            at += 1;
            continue;
        }
        let end = (at..rows.len()).find(|row| !near(*row)).unwrap_or(rows.len());
        let hunk = &rows[at..end];
        let count = |other: char| hunk.iter().filter(|row| row.mark != other).count();
        let start = |other: char| 1 + rows[..at].iter().filter(|row| row.mark != other).count();
        text.push_str(&format!("@@ -{},{} +{},{} @@\n", start('+'), count('+'), start('-'), count('-')));
        hunk.iter().for_each(|row| text.push_str(&format!("{}{}\n", row.mark, row.text.shown)));
        at = end;
    }
    text
}

/// A line: as it is, to be compared, and as it may be seen.
#[derive(Clone, PartialEq, Eq)]
struct Text {
    bytes: Vec<u8>,
    shown: String,
}

struct Row<'a> {
    mark: char,
    text: &'a Text,
}

fn shown(bytes: &[u8]) -> Vec<Text> {
    let document = Document::parse(bytes);
    let text =
        |line: &Line<'_>| Text { bytes: [line.text(), line.end.bytes()].concat(), shown: masked(line) };
    document.lines.iter().map(text).collect()
}

fn masked(line: &Line<'_>) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match line.kind() {
        Kind::Blank => String::new(),
        Kind::Header(_) => text(line.text()),
        Kind::Property(property) | Kind::Nested(property) => {
            let key = text(line.slice(&property.key)).to_lowercase();
            match OPEN.contains(&key.as_str()) {
                true => text(line.text()),
                false if property.value.is_empty() => text(line.text()),
                false => text(&line.text()[..property.value.start]) + STARS,
            }
        }
        // A comment may be an old key, and a line that is nothing may be half of one.
        Kind::Comment => text(line.indent()) + "# " + STARS,
        Kind::Continuation | Kind::Garbage => text(line.indent()) + STARS,
    }
}

/// The shortest way from one to the other, as far as that is cheap to find.
fn rows<'a>(old: &'a [Text], new: &'a [Text]) -> Vec<Row<'a>> {
    let same = |(one, other): &(&Text, &Text)| one.bytes == other.bytes;
    let head = old.iter().zip(new).take_while(same).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(same).count();
    let (gone, come) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let kept = |text| Row { mark: ' ', text };
    let mut rows: Vec<Row<'a>> = old[..head].iter().map(kept).collect();
    middle(gone, come, &mut rows);
    rows.extend(old[old.len() - tail..].iter().map(kept));
    rows
}

fn middle<'a>(gone: &'a [Text], come: &'a [Text], rows: &mut Vec<Row<'a>>) {
    if gone.len().saturating_mul(come.len()) > MOST_COMPARED {
        rows.extend(gone.iter().map(|text| Row { mark: '-', text }));
        rows.extend(come.iter().map(|text| Row { mark: '+', text }));
        return;
    }
    let lengths = common_lengths(gone, come);
    let (mut i, mut j) = (0, 0);
    while i < gone.len() || j < come.len() {
        if i < gone.len() && j < come.len() && gone[i].bytes == come[j].bytes {
            rows.push(Row { mark: ' ', text: &gone[i] });
            (i, j) = (i + 1, j + 1);
        } else if j == come.len() || (i < gone.len() && lengths[i + 1][j] >= lengths[i][j + 1]) {
            rows.push(Row { mark: '-', text: &gone[i] });
            i += 1;
        } else {
            rows.push(Row { mark: '+', text: &come[j] });
            j += 1;
        }
    }
}

/// How many lines both have in common from each pair of places on.
fn common_lengths(gone: &[Text], come: &[Text]) -> Vec<Vec<u32>> {
    let mut lengths = vec![vec![0; come.len() + 1]; gone.len() + 1];
    for i in (0..gone.len()).rev() {
        for j in (0..come.len()).rev() {
            lengths[i][j] = match gone[i].bytes == come[j].bytes {
                true => lengths[i + 1][j + 1] + 1,
                false => lengths[i + 1][j].max(lengths[i][j + 1]),
            };
        }
    }
    lengths
}

const STARS: &str = "***";
/// Lines around a change.
const CONTEXT: usize = 2;
/// Pairs of lines: beyond that a change is shown as all lines gone and all come.
const MOST_COMPARED: usize = 4_000_000;

/// Keys whose values are no secrets.
const OPEN: [&str; 19] = [
    "region",
    "output",
    "role_arn",
    "source_profile",
    "credential_source",
    "mfa_serial",
    "mfa_session",
    "mfa_source",
    "duration_seconds",
    "role_session_name",
    "sso_session",
    "sso_start_url",
    "sso_region",
    "sso_account_id",
    "sso_role_name",
    "sso_registration_scopes",
    "services",
    "endpoint_url",
    "web_identity_token_file",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_lines_that_change_and_no_secret() {
        let before = b"[a]\nx = 1\nRegion = r\ny = 2\nz = 3\nv = 6\nw = 4\nq = 5\nAWS_SECRET_ACCESS_KEY = hidden\n# hidden\n";
        let after = b"[a]\nx = 1\nregion = r\ny = 2\nz = 3\nv = 6\nw = 4\nq = 5\naws_secret_access_key = hidden\n# hidden\n";
        let text = preview("config", before, after);
        let expected = "--- config\n+++ config\n@@ -1,5 +1,5 @@\n [a]\n x = ***\n-Region = r\n+region = r\n y = ***\n z = ***\n\
                        @@ -7,4 +7,4 @@\n w = ***\n q = ***\n-AWS_SECRET_ACCESS_KEY = ***\n+aws_secret_access_key = ***\n # ***\n";
        assert_eq!(text, expected);
        assert!(!text.contains("hidden"));
        assert_eq!(preview("config", before, before), "");
    }
}
