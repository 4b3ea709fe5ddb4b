//! Where a statement stands, as the simulator says it.
//!
//! Rule, from captures: a statement starts where the token before it ends, the `[` of the list or the `}` of the statement before;
//! one that stands alone starts behind its own `{`. It ends behind its `}`. Lines end with LF, CR or both; columns count UTF-16
//! units from 1.

use policy::document::{Document, Position, Span};

/// The places of the statements of `document`, which was read from `text`.
pub(super) fn places(text: &str, document: &Document) -> Vec<Span> {
    let mut places = Vec::with_capacity(document.statements.len());
    let mut start = document.statements.first().map(|first| first_start(text, first.span.start));
    for statement in &document.statements {
        let end = statement.span.end;
        places.push(Span { start: start.unwrap_or(statement.span.start), end });
        start = Some(end);
    }
    places
}

/// Where the first statement, whose `{` stands at `brace`, starts.
fn first_start(text: &str, brace: Position) -> Position {
    let mut at = Position { line: 1, column: 1 };
    let mut behind_token = at;
    let mut characters = text.chars().peekable();
    let mut token = None;
    while let Some(character) = characters.next() {
        if at == brace {
            break;
        }
        at = match character {
            '\r' if characters.peek() == Some(&'\n') => at,
            '\r' | '\n' => Position { line: at.line + 1, column: 1 },
            _ => Position {
                line: at.line,
                column: at.column + u32::try_from(character.len_utf16()).unwrap_or(1),
            },
        };
        if !character.is_ascii_whitespace() {
            (behind_token, token) = (at, Some(character));
        }
    }
    match token {
        Some('[') => behind_token,
        _ => Position { line: brace.line, column: brace.column + 1 },
    }
}

#[cfg(test)]
mod tests {
    use policy::DocumentKind;

    use super::*;

    /// Texts and places as AWS's simulator answered (stackd, simulation.json).
    #[test]
    fn places_are_those_that_aws_gives() {
        let one = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
        let two = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Sid":"First"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Sid":"Second"}]}"#;
        let pretty = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \"s3:GetObject\",\n      \"Resource\": \"*\",\n      \"Sid\": \"First\"\n    },\n    {\n      \"Effect\": \"Deny\",\n      \"Action\": \"s3:PutObject\",\n      \"Resource\": \"*\",\n      \"Sid\": \"Second\"\n    }\n  ]\n}";
        let both = " \r\n{\r\n  \"Version\": \"2012-10-17\",\r\n  \"Statement\": [\r\n    {\r\n      \"Effect\": \"Allow\",\r\n      \"Action\": \"s3:GetObject\",\r\n      \"Resource\": \"*\"\r\n    }\r\n  ]\r\n}\r\n ";
        let alone = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;
        let alone_pretty = "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:GetObject\",\n    \"Resource\": \"*\"\n  }\n}";
        let latin = "{\"Id\": \"caf\u{e9}\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"*\"}]}";
        let returns = "{\r  \"Version\": \"2012-10-17\",\r  \"Statement\": [\r    {\r      \"Effect\": \"Allow\",\r      \"Action\": \"s3:GetObject\",\r      \"Resource\": \"*\"\r    }\r  ]\r}";
        for (text, wanted) in [
            (one, vec![(1, 38, 1, 95)]),
            (two, vec![(1, 38, 1, 109), (1, 109, 1, 182)]),
            (pretty, vec![(3, 17, 9, 6), (9, 6, 15, 6)]),
            (both, vec![(4, 17, 9, 6)]),
            (alone, vec![(1, 16, 1, 77)]),
            (alone_pretty, vec![(2, 17, 6, 4)]),
            (latin, vec![(1, 30, 1, 92)]),
            (returns, vec![(3, 17, 8, 6)]),
        ] {
            let document = Document::parse(text, DocumentKind::Session).unwrap();
            let found = places(text, &document);
            let found: Vec<_> = found
                .iter()
                .map(|span| (span.start.line, span.start.column, span.end.line, span.end.column))
                .collect();
            assert_eq!(found, wanted, "{text}");
        }
    }
}
