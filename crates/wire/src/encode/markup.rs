//! Writes XML.
//!
//! Rule: what was text stays text. `\r`, the ends of lines that Unicode adds and, in attributes, tabs and ends of lines are written
//! by number, because readers would change them. XML 1.0 has no name for controls: S3 writes them by number all the same, and readers
//! break off there; the other services only ever repeat what a request said, and a mark stands in their place.

/// A document that is being written.
#[derive(Debug, Default)]
pub(super) struct Markup {
    text: String,
    /// Controls are written by number.
    numbers_controls: bool,
}

impl Markup {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), numbers_controls: false }
    }

    /// As S3 writes it.
    pub(super) fn with_controls(bytes: usize) -> Self {
        Self { numbers_controls: true, ..Self::with_capacity(bytes) }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    /// Markup that is known as such.
    pub(super) fn raw(&mut self, markup: &str) {
        self.text.push_str(markup);
    }

    pub(super) fn open(&mut self, name: &str) {
        self.begin(name);
        self.text.push('>');
    }

    /// The name of an element whose attributes follow.
    pub(super) fn begin(&mut self, name: &str) {
        self.text.push('<');
        self.text.push_str(name);
    }

    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        self.text.push(' ');
        self.text.push_str(name);
        self.text.push_str("=\"");
        self.escaped(value, true);
        self.text.push('"');
    }

    pub(super) fn namespace(&mut self, (prefix, name): (&str, &str)) {
        if name.is_empty() {
            return;
        }
        if prefix.is_empty() {
            self.attribute("xmlns", name);
        } else {
            self.attribute(&format!("xmlns:{prefix}"), name);
        }
    }

    pub(super) fn end_of_begin(&mut self) {
        self.text.push('>');
    }

    pub(super) fn close(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    /// An element that holds a text.
    pub(super) fn leaf(&mut self, name: &str, text: &str) {
        self.open(name);
        self.text(text);
        self.close(name);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.escaped(text, false);
    }

    fn escaped(&mut self, text: &str, in_attribute: bool) {
        if text.bytes().all(is_plain) {
            return self.text.push_str(text);
        }
        let mut plain = 0;
        for (at, character) in text.char_indices() {
            let Some(escape) = escape(character, in_attribute) else { continue };
            self.text.push_str(&text[plain..at]);
            match escape {
                Escape::Named(name) => self.text.push_str(name),
                Escape::Control if !self.numbers_controls => self.text.push('\u{fffd}'),
                Escape::Control | Escape::Numbered => {
                    self.text.push_str(&format!("&#x{:X};", u32::from(character)))
                }
            }
            plain = at + character.len_utf8();
        }
        self.text.push_str(&text[plain..]);
    }
}

/// Whether no escape begins with the byte, wherever it stands. Most texts have none.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'<' | b'>' | b'"')
}

enum Escape {
    Named(&'static str),
    Numbered,
    /// By number, though no reader knows it.
    Control,
}

fn escape(character: char, in_attribute: bool) -> Option<Escape> {
    match character {
        '&' => Some(Escape::Named("&amp;")),
        '<' => Some(Escape::Named("&lt;")),
        '>' => Some(Escape::Named("&gt;")),
        '"' => Some(Escape::Named("&quot;")),
        '\t' | '\n' => in_attribute.then_some(Escape::Numbered),
        // No number stands for these.
        '\0' | '\u{fffe}' | '\u{ffff}' => Some(Escape::Named("\u{fffd}")),
        '\r' | '\u{7f}'..='\u{9f}' | '\u{2028}' => Some(Escape::Numbered),
        '\0'..='\u{1f}' => Some(Escape::Control),
        _ => None,
    }
}
