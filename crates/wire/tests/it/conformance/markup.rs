//! Documents in XML, compared as trees: blanks between elements, the order of differently named elements, and ways to write the same
//! time or number are nothing.

use std::cmp::Ordering;
use std::fmt;

use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// An element.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Self>,
    text: String,
}

impl Element {
    pub(super) fn read(text: &str) -> Self {
        let mut reader = Reader::from_str(text);
        let mut open = vec![Self::default()];
        let begin = |start: &quick_xml::events::BytesStart<'_>| Self {
            name: start.name().as_ref().to_owned(),
            attributes: start
                .attributes()
                .flatten()
                .map(|attribute| (attribute.key.as_ref().to_owned(), attribute.value.to_string()))
                .collect(),
            ..Self::default()
        };
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => open.push(begin(&start)),
                Event::Empty(start) => open.last_mut().unwrap().children.push(begin(&start)),
                Event::End(_) => {
                    let element = open.pop().unwrap();
                    open.last_mut().unwrap().children.push(element);
                }
                Event::Text(text) => open.last_mut().unwrap().text += &text,
                Event::CData(text) => open.last_mut().unwrap().text += &text,
                Event::GeneralRef(reference) => {
                    let character = match reference.resolve_char_ref().unwrap() {
                        Some(character) => character.to_string(),
                        None => quick_xml::escape::resolve_predefined_entity(&reference).unwrap().to_owned(),
                    };
                    open.last_mut().unwrap().text += &character;
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let mut root = open.pop().unwrap().children.pop().unwrap();
        root.settle("");
        root
    }

    /// Brings what means the same into one form.
    fn settle(&mut self, around: &str) {
        if self.children.is_empty() {
            let text = self.text.trim().to_owned();
            if let Ok(time) = text.parse::<types::Timestamp>() {
                self.text = time.to_string();
            } else if let Ok(number) = text.parse::<f64>() {
                self.text = number.to_string();
            }
            if text.is_empty() {
                self.text.clear();
            }
        } else {
            self.text.clear();
        }
        self.attributes.sort();
        let own = self.attributes.iter().find(|(name, _)| name == "xmlns").map(|(_, space)| space.clone());
        let space = own.unwrap_or_else(|| around.to_owned());
        // A namespace that holds already need not be said again.
        self.attributes.retain(|(name, said)| name != "xmlns" || said != around);
        self.children.iter_mut().for_each(|child| child.settle(&space));
        // Stable: items of a list keep their order. Entries of maps, which look like structures of two, have none.
        let is_entry = |child: &Self| child.children.len() == 2 && child.children[0].children.is_empty();
        self.children.sort_by(|one, other| {
            let entries = is_entry(one) && is_entry(other);
            one.name.cmp(&other.name).then_with(|| if entries { one.cmp(other) } else { Ordering::Equal })
        });
    }

    /// Without the request's id, wherever it stands.
    pub(super) fn without_id(mut self) -> Self {
        self.children
            .retain(|child| !matches!(child.name.as_str(), "ResponseMetadata" | "requestId" | "RequestId"));
        self.children = self.children.into_iter().map(Self::without_id).collect();
        self
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}", self.name)?;
        for (name, value) in &self.attributes {
            write!(f, " {name}={value:?}")?;
        }
        write!(f, ">{}", self.text)?;
        for child in &self.children {
            write!(f, "{child:?}")?;
        }
        write!(f, "</>")
    }
}

impl Element {
    /// Without the namespace of the root, which the cases' services do not have, and for rest-xml without the root's name, which
    /// no client looks at.
    pub(super) fn bare(mut self, protocol: wire::model::Protocol) -> Self {
        self.attributes.retain(|(name, _)| name != "xmlns");
        if protocol == wire::model::Protocol::RestXml {
            self.name.clear();
        }
        self
    }
}
