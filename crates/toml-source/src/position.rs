//! Places in the text of a file: byte offset to line and column, key path to offset and back.
//!
//! Asked for only once something is wrong, so the text is parsed again with spans rather than keeping spans all along.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Line and column from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    pub const START: Self = Self { line: 1, column: 1 };

    /// The position of a byte; past the end it is the end.
    pub fn of(text: &str, offset: usize) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self { line: before.matches('\n').count() + 1, column: before[start..].chars().count() + 1 }
    }
}

/// Where the value of a key path such as `instance[2].dns.hostname-type` stands, or the nearest table around it that does.
/// The second value tells whether the path was found to its end.
pub fn offset_of(text: &str, path: &str) -> (usize, bool) {
    let Ok(root) = DeTable::parse(text) else { return (0, false) };
    let mut found = (0, false);
    let mut table = Some(root.get_ref());
    for part in path.split('.') {
        let (name, indices) = part.split_once('[').unwrap_or((part, ""));
        let Some(mut value) = table.and_then(|t| t.get(name)) else { return (found.0, false) };
        for index in indices.trim_end_matches(']').split("][").filter(|i| !i.is_empty()) {
            let item = index.parse::<usize>().ok().and_then(|i| value.get_ref().as_array()?.get(i));
            let Some(item) = item else { return (value.span().start, false) };
            value = item;
        }
        found = (value.span().start, true);
        table = value.get_ref().as_table();
    }
    found
}

/// The keys down to whatever stands at a span: its own key last.
pub(crate) fn path_at(text: &str, span: &Range<usize>) -> Vec<String> {
    let Ok(root) = DeTable::parse(text) else { return Vec::new() };
    let mut path = Vec::new();
    descend(root.get_ref(), span, &mut path);
    path
}

/// Where the item of a list stands that a message quotes. Reading a list reports the list's span for an item that is a
/// text of the wrong form.
pub(crate) fn item_at(text: &str, span: &Range<usize>, message: &str) -> Option<usize> {
    let list = DeValue::parse(text.get(span.clone())?).ok()?;
    let mut items = list.get_ref().as_array()?.iter();
    let item =
        items.find(|item| item.get_ref().as_str().is_some_and(|t| message.contains(&format!("{t:?}"))))?;
    Some(span.start + item.span().start)
}

/// Goes to the deepest key or value that holds the span. Tables written with a header hold only the header in their own
/// span, so they are looked into wherever they stand.
fn descend(table: &DeTable<'_>, span: &Range<usize>, path: &mut Vec<String>) -> bool {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        if key.span() == *span || descend_value(value, span, path) {
            return true;
        }
        path.pop();
    }
    false
}

fn descend_value(value: &Spanned<DeValue<'_>>, span: &Range<usize>, path: &mut Vec<String>) -> bool {
    let deeper = match value.get_ref() {
        DeValue::Table(table) => descend(table, span, path),
        DeValue::Array(items) => items.iter().any(|item| descend_value(item, span, path)),
        _ => false,
    };
    let own = value.span();
    deeper || (own.start <= span.start && span.end <= own.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "seed = \"é\" # é\n[[instance]]\nrole = \"a\"\n[[instance]]\ndns = { hostname-type = 5 }\n";

    #[test]
    fn columns_count_characters() {
        let hash = TEXT.find('#').unwrap();
        assert_eq!(Position::of(TEXT, hash), Position { line: 1, column: 12 });
        assert_eq!(Position::of(TEXT, 9_999), Position { line: 6, column: 1 });
        assert_eq!(Position::of("", 0), Position { line: 1, column: 1 });
    }

    #[test]
    fn paths_lead_to_values_and_back() {
        let five = TEXT.find('5').unwrap();
        assert_eq!(offset_of(TEXT, "instance[1].dns.hostname-type"), (five, true));
        assert_eq!(path_at(TEXT, &(five..five + 1)), ["instance", "dns", "hostname-type"]);
        let (offset, found) = offset_of(TEXT, "instance[1].private-ip");
        assert_eq!((Position::of(TEXT, offset).line, found), (4, false));
    }
}
