//! Lists in pages, as requests ask for them and answers show them.

use account::iam::page::{Page, PageRequest};
use wire::{Structure, Value};

use crate::Ask;

pub(super) fn page<'a>(ask: &Ask<'a>) -> PageRequest<'a> {
    PageRequest { marker: ask.input.text("Marker"), max_items: ask.input.integer("MaxItems") }
}

/// A page as an answer, its items under `member`.
pub(super) fn listed<T>(member: &'static str, page: &Page<T>, shown: impl Fn(&T) -> Value) -> Structure {
    let items: Vec<Value> = page.items.iter().map(shown).collect();
    Structure::new()
        .with(member, items)
        .with("IsTruncated", page.marker.is_some())
        .with_some("Marker", page.marker.clone())
}
