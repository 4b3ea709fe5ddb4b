//! Writes a JSON object in EC2's layout: one member per line, `"Key" : value`.
//!
//! serde_json's pretty printer puts no space before a colon and breaks arrays over lines, so the layout is made here;
//! strings are escaped by serde_json.

/// An object that is being written.
pub(super) struct Object {
    text: String,
}

impl Object {
    pub(super) fn new() -> Self {
        Self { text: String::from("{") }
    }

    pub(super) fn string(mut self, key: &str, value: &str) -> Self {
        self.key(key);
        self.text.push_str(&quoted(value));
        self
    }

    pub(super) fn string_or_null(mut self, key: &str, value: Option<&str>) -> Self {
        self.key(key);
        self.text.push_str(&value.map_or_else(|| "null".to_owned(), quoted));
        self
    }

    /// `[ "a", "b" ]` on one line; `null` for none.
    pub(super) fn strings_or_null(mut self, key: &str, values: &[String]) -> Self {
        self.key(key);
        if values.is_empty() {
            self.text.push_str("null");
        } else {
            let items: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            self.text.push_str(&format!("[ {} ]", items.join(", ")));
        }
        self
    }

    pub(super) fn finish(mut self) -> String {
        self.text.push_str("\n}");
        self.text
    }

    fn key(&mut self, key: &str) {
        let separator = if self.text.len() == 1 { "\n  " } else { ",\n  " };
        self.text.push_str(separator);
        self.text.push_str(&quoted(key));
        self.text.push_str(" : ");
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string has a JSON form")
}
