//! A document in XML as a tree. Requests are shallow; a document type is refused, and with it every entity of its own.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::xml::character;

/// An element with all that it holds. Texts between children are joined.
#[derive(Debug, Default)]
pub(super) struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Self>,
    pub(super) text: String,
}

impl Element {
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        let mut reader = Reader::from_str(text);
        // The first stands for the document itself.
        let mut open = vec![Self::default()];
        let mut elements = 0;
        loop {
            let event = reader.read_event().ok()?;
            elements += usize::from(matches!(event, Event::Start(_) | Event::Empty(_)));
            if elements > MAX_ELEMENTS {
                return None;
            }
            match event {
                Event::Start(start) => {
                    if open.len() > MAX_DEPTH {
                        return None;
                    }
                    open.push(Self::begin(&start)?);
                }
                Event::Empty(start) => open.last_mut()?.children.push(Self::begin(&start)?),
                Event::End(_) => {
                    let element = open.pop()?;
                    open.last_mut()?.children.push(element);
                }
                Event::Text(text) => open.last_mut()?.text += &text.xml_content(XmlVersion::Implicit1_0),
                Event::CData(text) => open.last_mut()?.text += &text.xml_content(XmlVersion::Implicit1_0),
                Event::GeneralRef(reference) => open.last_mut()?.text += &character(&reference)?,
                Event::DocType(_) => return None,
                Event::Eof => break,
                _ => {}
            }
        }
        let mut document = open.pop().filter(|_| open.is_empty())?;
        let single = document.children.len() == 1 && document.text.trim().is_empty();
        document.children.pop().filter(|_| single)
    }

    fn begin(start: &BytesStart<'_>) -> Option<Self> {
        let mut attributes = Vec::new();
        // The check for names that come twice looks at all before, for each.
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.ok().filter(|_| attributes.len() < MAX_ATTRIBUTES)?;
            let name = attribute.key.as_ref().to_owned();
            attributes.push((name, attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned()));
        }
        Some(Self { name: start.name().as_ref().to_owned(), attributes, ..Self::default() })
    }

    /// With or without a prefix.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name == name || self.name.split_once(':').is_some_and(|(_, local)| local == name)
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
    }
}

const MAX_DEPTH: usize = 64;
/// Twelve for each of ten thousand parts. An empty element takes four bytes of a document, and thirty times as many of memory.
const MAX_ELEMENTS: usize = 120_010;
const MAX_ATTRIBUTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_bounded() {
        let of = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count));
        let read = Element::read(of(MAX_ELEMENTS - 1).as_bytes()).unwrap();
        assert_eq!(read.children.len(), MAX_ELEMENTS - 1);
        assert!(Element::read(of(MAX_ELEMENTS).as_bytes()).is_none());
        let pairs = format!("<a>{}</a>", "<b></b>".repeat(MAX_ELEMENTS));
        assert!(Element::read(pairs.as_bytes()).is_none());
    }
}
