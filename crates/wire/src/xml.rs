//! The text of a document's innermost elements. Answers of the query protocol and errors in XML are shallow, and few names
//! stand in one twice.

use std::fmt;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, Event};
use quick_xml::reader::Reader;
use types::Secret;

/// Elements that hold text and nothing else, in order. Texts are wiped: some are credentials.
pub struct Leaves {
    root: String,
    leaves: Vec<Leaf>,
}

struct Leaf {
    /// The element around it; empty for the root.
    parent: String,
    name: String,
    text: Secret<String>,
}

/// The body is no document in XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not XML from byte {0} on")]
pub struct XmlError(u64);

/// What has been read so far.
#[derive(Default)]
struct Reading {
    root: Option<String>,
    /// The elements that are open, from the root on.
    open: Vec<String>,
    /// The text of the innermost, as long as nothing was opened in it.
    text: Option<String>,
    leaves: Vec<Leaf>,
}

impl Leaves {
    /// Reads a whole document. Elements without content, `<A/>`, are passed over; a document that is one says nothing and is
    /// refused. Names lose their prefixes. A document type is refused: it declares entities, which no answer
    /// of AWS has.
    pub fn read(body: &[u8]) -> Result<Self, XmlError> {
        let text = std::str::from_utf8(body).map_err(|error| XmlError(error.valid_up_to() as u64))?;
        let mut reader = Reader::from_str(text);
        let mut reading = Reading::default();
        loop {
            let at = XmlError(reader.buffer_position());
            match reader.read_event().map_err(|_| XmlError(reader.error_position()))? {
                Event::Start(start) => {
                    reading.start(start.local_name().as_ref().to_owned()).map_err(|()| at)?;
                }
                Event::End(_) => reading.end(),
                Event::Text(text) => reading.add(&text.xml_content(XmlVersion::Implicit1_0)),
                Event::CData(text) => reading.add(&text.xml_content(XmlVersion::Implicit1_0)),
                Event::GeneralRef(reference) => reading.add(character(&reference).ok_or(at)?.as_str()),
                Event::Eof => return reading.finish().ok_or(at),
                Event::DocType(_) => return Err(at),
                _ => {}
            }
        }
    }

    /// The name of the document's element.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The first element of this name that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.first(|leaf| leaf.name == name)
    }

    /// The same among those that stand directly in `parent`.
    pub fn get_in(&self, parent: &str, name: &str) -> Option<&str> {
        self.first(|leaf| leaf.name == name && leaf.parent == parent)
    }

    /// The texts of all elements of this name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.leaves.iter().filter(move |leaf| leaf.name == name).map(Leaf::text)
    }

    fn first(&self, wanted: impl Fn(&Leaf) -> bool) -> Option<&str> {
        Some(self.leaves.iter().find(|leaf| wanted(leaf))?.text()).filter(|text| !text.is_empty())
    }
}

impl Leaf {
    /// Without the blanks around it.
    fn text(&self) -> &str {
        self.text.expose().trim()
    }
}

impl fmt::Debug for Leaves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaves").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Reading {
    fn start(&mut self, name: String) -> Result<(), ()> {
        if self.open.len() == MAX_DEPTH {
            return Err(());
        }
        self.root.get_or_insert_with(|| name.clone());
        self.open.push(name);
        self.text = Some(String::new());
        Ok(())
    }

    fn end(&mut self) {
        let name = self.open.pop().unwrap_or_default();
        if let Some(text) = self.text.take() {
            let parent = self.open.last().cloned().unwrap_or_default();
            self.leaves.push(Leaf { parent, name, text: Secret::new(text) });
        }
    }

    fn add(&mut self, text: &str) {
        if let Some(collected) = &mut self.text {
            collected.push_str(text);
        }
    }

    fn finish(self) -> Option<Leaves> {
        let root = self.root.filter(|_| self.open.is_empty())?;
        Some(Leaves { root, leaves: self.leaves })
    }
}

/// The five entities of XML itself, and characters by number.
pub(crate) fn character(reference: &BytesRef<'_>) -> Option<String> {
    if let Some(character) = reference.resolve_char_ref().ok()? {
        return Some(character.to_string());
    }
    quick_xml::escape::resolve_predefined_entity(reference).map(str::to_owned)
}

/// Answers of AWS have less than ten.
const MAX_DEPTH: usize = 64;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn leaves_are_read_with_entities_and_namespaces() {
        let body = br#"<?xml version="1.0"?><a:R xmlns:a="https://x/"><Result><SessionToken>
            a&amp;b&#x3d;<![CDATA[<c>]]></SessionToken><Empty/></Result><!-- no --></a:R>"#;
        let leaves = Leaves::read(body).unwrap();
        assert_eq!((leaves.root(), leaves.get("SessionToken")), ("R", Some("a&b=<c>")));
        assert_eq!((leaves.get("Result"), leaves.get("Empty"), leaves.get("None")), (None, None, None));
        assert_eq!(leaves.get_in("Result", "SessionToken"), Some("a&b=<c>"));
        assert_eq!(leaves.get_in("R", "SessionToken"), None);
        assert_eq!(format!("{leaves:?}"), "Leaves { root: \"R\", .. }");
        assert_eq!(
            Leaves::read(b"<a><b>1</b><b>2</b></a>").unwrap().all("b").collect::<Vec<_>>(),
            ["1", "2"]
        );
    }

    #[test]
    fn what_is_not_xml_is_refused_with_its_place() {
        for (body, at) in [
            (&b""[..], 0),
            (b"{\"a\":1}", 7),
            (b"<a><b></a>", 6),
            (b"<a><b>x</b>", 11),
            (b"<a>&x;</a>", 3),
            (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", 0),
            (b"<a>\xff</a>", 3),
            (b"<a/>", 4),
        ] {
            assert_eq!(Leaves::read(body).err(), Some(XmlError(at)), "{body:?}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth| format!("{}x{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert_eq!(Leaves::read(nested(MAX_DEPTH).as_bytes()).unwrap().get("a"), Some("x"));
        assert_eq!(
            Leaves::read(nested(MAX_DEPTH + 1).as_bytes()).err(),
            Some(XmlError(3 * MAX_DEPTH as u64))
        );
    }

    proptest! {
        #[test]
        fn escaped_text_comes_back(text in "[^\u{0}-\u{1f}]*") {
            let body = format!("<A><B>{}</B></A>", quick_xml::escape::escape(text.as_str()));
            let leaves = Leaves::read(body.as_bytes()).unwrap();
            prop_assert_eq!(leaves.get("B").unwrap_or_default(), text.trim());
        }

        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200), tag in "[<>/&;!\\[\\]?a-]{0,30}") {
            let _ = Leaves::read(&bytes);
            let _ = Leaves::read(tag.as_bytes());
        }
    }
}
