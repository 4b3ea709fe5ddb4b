//! The text of an answer's innermost elements; answers of the query protocol are shallow, and no name stands in one twice
//! with two meanings.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, Event};
use quick_xml::reader::Reader;
use types::Secret;

/// Names and texts, in order. Texts are wiped: some are credentials.
pub(crate) struct Leaves(Vec<(String, Secret<String>)>);

/// The body is no answer in XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not XML from byte {0} on")]
pub(crate) struct XmlError(u64);

impl Leaves {
    /// Reads a whole document.
    pub(crate) fn read(body: &[u8]) -> Result<Self, XmlError> {
        let text = std::str::from_utf8(body).map_err(|error| XmlError(error.valid_up_to() as u64))?;
        let mut reader = Reader::from_str(text);
        let mut leaves = Vec::new();
        // The element that was opened last, as long as nothing was opened in it.
        let mut open: Option<(String, String)> = None;
        let (mut depth, mut any) = (0_u32, false);
        loop {
            let at = XmlError(reader.buffer_position());
            match reader.read_event().map_err(|_| XmlError(reader.error_position()))? {
                Event::Start(start) => {
                    (depth, any) = (depth.saturating_add(1), true);
                    open = Some((start.local_name().as_ref().to_owned(), String::new()));
                }
                Event::End(_) => {
                    depth = depth.saturating_sub(1);
                    if let Some((name, text)) = open.take() {
                        leaves.push((name, Secret::new(text)));
                    }
                }
                Event::Text(text) => add(&mut open, &text.xml_content(XmlVersion::Implicit1_0)),
                Event::CData(text) => add(&mut open, &text.xml_content(XmlVersion::Implicit1_0)),
                Event::GeneralRef(reference) => add(&mut open, character(&reference).ok_or(at)?.as_str()),
                Event::Eof if any && depth == 0 => return Ok(Self(leaves)),
                Event::Eof => return Err(at),
                // A document type declares entities, which no answer of AWS has.
                Event::DocType(_) => return Err(at),
                _ => {}
            }
        }
    }

    /// Every element of this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, text)| text.expose().trim())
    }

    /// The first element of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, text) = self.0.iter().find(|(found, _)| found == name)?;
        Some(text.expose().trim()).filter(|text| !text.is_empty())
    }
}

fn add(open: &mut Option<(String, String)>, text: &str) {
    if let Some((_, collected)) = open {
        collected.push_str(text);
    }
}

/// The five entities of XML itself, and characters by number.
fn character(reference: &BytesRef<'_>) -> Option<String> {
    if let Some(character) = reference.resolve_char_ref().ok()? {
        return Some(character.to_string());
    }
    quick_xml::escape::resolve_predefined_entity(reference).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn leaves_are_read_with_entities_and_namespaces() {
        let body = br#"<?xml version="1.0"?><a:R xmlns:a="https://x/"><Result><SessionToken>
            a&amp;b&#x3d;<![CDATA[<c>]]></SessionToken><Empty/></Result><!-- no --></a:R>"#;
        let leaves = Leaves::read(body).unwrap();
        assert_eq!(leaves.get("SessionToken"), Some("a&b=<c>"));
        assert_eq!((leaves.get("Result"), leaves.get("Empty"), leaves.get("None")), (None, None, None));
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
        ] {
            assert_eq!(Leaves::read(body).err(), Some(XmlError(at)), "{body:?}");
        }
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
