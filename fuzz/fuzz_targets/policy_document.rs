//! Policy documents: whatever the text, a document that survives printing or a refusal with a place in the text.
//!
//! The first letter of an input is the kind: `i`, `t`, `r` or `s`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use policy::document::{Document, DocumentKind, Position, Span};

fuzz_target!(|text: &str| {
    let Some((kind, text)) = split(text) else { return };
    let lines = text.lines().count() as u32 + 2 + text.matches('\r').count() as u32;
    match Document::parse(text, kind) {
        Ok(document) => check(document, kind, lines),
        Err(error) => {
            let position = error.position.expect("every fault has a place");
            assert!(position.line <= lines && position.column >= 1, "{position}");
            assert!(!error.message.is_empty());
        }
    }
    assert!(Document::size(text) <= text.chars().count());
});

fn split(text: &str) -> Option<(DocumentKind, &str)> {
    let kind = match text.chars().next()? {
        'i' => DocumentKind::Identity,
        't' => DocumentKind::Trust,
        'r' => DocumentKind::Resource,
        's' => DocumentKind::Session,
        _ => return None,
    };
    Some((kind, &text[1..]))
}

fn check(document: Document, kind: DocumentKind, lines: u32) {
    let printed = document.to_string();
    let again = Document::parse(&printed, kind).unwrap_or_else(|error| panic!("{error}: {printed}"));
    assert_eq!(Document::size(&printed), printed.chars().count(), "nothing is printed between tokens");
    let mut last = Position { line: 1, column: 1 };
    for statement in &document.statements {
        let Span { start, end } = statement.span;
        assert!(last < start && start < end && end.line <= lines, "statements follow one another");
        last = end;
    }
    assert_eq!(again.context_keys(), document.context_keys());
    assert_eq!(placeless(again), placeless(document));
}

fn placeless(mut document: Document) -> Document {
    for statement in &mut document.statements {
        statement.span = Span::default();
        statement.conditions.iter_mut().for_each(|condition| condition.span = Span::default());
    }
    document
}
