//! Documents: AWS's own, those that AWS is known to refuse, and random ones.

mod random;
mod suites;
mod tables;

use policy::document::{Document, Span};

/// The same document wherever its parts stand.
fn placeless(mut document: Document) -> Document {
    for statement in &mut document.statements {
        statement.span = Span::default();
        statement.conditions.iter_mut().for_each(|condition| condition.span = Span::default());
    }
    document
}
