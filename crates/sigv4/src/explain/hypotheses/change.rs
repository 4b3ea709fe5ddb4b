//! One change of what is signed.

use zeroize::Zeroizing;

use crate::explain::view::{Chain, Shape, View};

/// What replaces a part of a [`View`].
#[derive(Clone)]
pub(in crate::explain) enum Change {
    Method(Vec<u8>),
    Path(Vec<u8>),
    Query(Vec<u8>),
    /// A field with another value, or one more.
    Header(String, Vec<u8>),
    /// A field neither in the block nor in the list.
    Without(String),
    /// A field in the list that is not in the block.
    WithoutValue(String),
    /// The block and the list as a whole.
    Block(Vec<(String, Vec<u8>)>, Vec<String>),
    List(Vec<u8>),
    Payload(Vec<u8>),
    Shape(Shape),
    Algorithm(String),
    Date(String),
    Scope(ScopePart, Place, String),
    Secret(Zeroizing<Vec<u8>>),
    Chain(Chain),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum ScopePart {
    Day,
    Region,
    Service,
    Terminator,
}

/// Where a part of the scope is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum Place {
    Everywhere,
    Key,
    StringToSign,
}

/// Changes of the same slot exclude each other.
#[derive(PartialEq, Eq)]
pub(in crate::explain) enum Slot<'a> {
    Method,
    Path,
    Query,
    Header(&'a str),
    Block,
    Payload,
    Shape,
    Algorithm,
    Date,
    Scope(ScopePart),
    Secret,
    Chain,
}

impl Change {
    pub(super) fn slot(&self) -> Slot<'_> {
        match self {
            Self::Method(_) => Slot::Method,
            Self::Path(_) => Slot::Path,
            Self::Query(_) => Slot::Query,
            Self::Header(name, _) | Self::Without(name) | Self::WithoutValue(name) => Slot::Header(name),
            Self::Block(..) | Self::List(_) => Slot::Block,
            Self::Payload(_) => Slot::Payload,
            Self::Shape(_) => Slot::Shape,
            Self::Algorithm(_) => Slot::Algorithm,
            Self::Date(_) => Slot::Date,
            Self::Scope(part, ..) => Slot::Scope(*part),
            Self::Secret(_) => Slot::Secret,
            Self::Chain(_) => Slot::Chain,
        }
    }

    pub(super) const fn touches_text(&self) -> bool {
        !matches!(
            self,
            Self::Algorithm(_) | Self::Date(_) | Self::Scope(..) | Self::Secret(_) | Self::Chain(_)
        )
    }

    pub(super) const fn touches_key(&self) -> bool {
        matches!(self, Self::Scope(_, Place::Everywhere | Place::Key, _) | Self::Secret(_) | Self::Chain(_))
    }

    /// Whether the view is another one with it.
    pub(super) fn alters(&self, view: &View<'_>) -> bool {
        match self {
            Self::Method(new) => view.method != new,
            Self::Path(new) => view.path != new,
            Self::Query(new) => view.query != new,
            Self::Header(name, value) => !view.headers.iter().any(|(n, v)| n == name && v == value),
            Self::Without(name) => view.names.iter().any(|n| n == name) || view.header(name).is_some(),
            Self::WithoutValue(name) => view.header(name).is_some(),
            Self::Block(..) => true,
            Self::List(new) => view.written_list() != *new,
            Self::Payload(new) => view.payload != new,
            Self::Shape(new) => view.shape != *new,
            Self::Algorithm(new) => view.algorithm != new,
            Self::Date(new) => view.date != new,
            Self::Scope(part, place, new) => {
                let text = *place != Place::Key && part.of(&view.scope) != new;
                text || (*place != Place::StringToSign && part.of(&view.key_scope) != new)
            }
            Self::Secret(new) => view.secret != &new[..],
            Self::Chain(new) => view.chain != *new,
        }
    }

    pub(super) fn apply<'a>(&'a self, view: &mut View<'a>) {
        match self {
            Self::Method(new) => view.method = new,
            Self::Path(new) => view.path = new,
            Self::Query(new) => view.query = new,
            Self::Header(name, value) => view.set_header(name, value),
            Self::Without(name) => {
                view.headers.retain(|(n, _)| n != name);
                view.names.retain(|n| n != name);
            }
            Self::WithoutValue(name) => view.headers.retain(|(n, _)| n != name),
            Self::Block(headers, names) => {
                view.headers = headers.iter().map(|(name, value)| (name.as_str(), &value[..])).collect();
                view.names = names.iter().map(String::as_str).collect();
            }
            Self::List(new) => view.list = Some(new),
            Self::Payload(new) => view.payload = new,
            Self::Shape(new) => view.shape = *new,
            Self::Algorithm(new) => view.algorithm = new,
            Self::Date(new) => view.date = new,
            Self::Scope(part, place, new) => {
                if *place != Place::Key {
                    *part.slot(&mut view.scope) = new;
                }
                if *place != Place::StringToSign {
                    *part.slot(&mut view.key_scope) = new;
                }
            }
            Self::Secret(new) => view.secret = new,
            Self::Chain(new) => view.chain = *new,
        }
    }
}

impl ScopePart {
    pub(super) const fn of<'a>(self, parts: &crate::explain::view::Parts<'a>) -> &'a str {
        match self {
            Self::Day => parts.day,
            Self::Region => parts.region,
            Self::Service => parts.service,
            Self::Terminator => parts.terminator,
        }
    }

    const fn slot<'v, 'a>(self, parts: &'v mut crate::explain::view::Parts<'a>) -> &'v mut &'a str {
        match self {
            Self::Day => &mut parts.day,
            Self::Region => &mut parts.region,
            Self::Service => &mut parts.service,
            Self::Terminator => &mut parts.terminator,
        }
    }
}
