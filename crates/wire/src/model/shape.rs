//! Shapes of values, as tables say them: what kind, which bounds, and how each member stands on the wire.
//!
//! Rule: facts of AWS's service models and nothing else; names are slices of the table's own text.

/// Where a shape stands in its service's table.
pub(crate) type ShapeIndex = u16;

/// One kind of value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    /// Members `start..end` of the service's list of members.
    Structure {
        start: u16,
        end: u16,
    },
    /// One member: the item.
    List {
        item: u16,
        flat: bool,
        limits: Limits,
        sparse: Nulls,
    },
    /// Two members, one after the other: key and value.
    Map {
        key: u16,
        flat: bool,
        limits: Limits,
    },
    String(Text),
    Blob {
        limits: Limits,
        sensitive: bool,
    },
    Boolean,
    /// 32 bits.
    Integer(Limits),
    /// 64 bits.
    Long(Limits),
    Float,
    Double,
    Timestamp(Option<TimestampFormat>),
}

/// Bounds, both included: of a length, a count, or a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
}

/// What a text must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) limits: Limits,
    /// Among the service's patterns.
    pub(crate) pattern: Option<u16>,
    /// Among the service's sets of choices.
    pub(crate) choices: Option<u16>,
    /// AWS does not repeat it in errors.
    pub(crate) sensitive: bool,
}

/// Whether AWS names an item that is missing as a constraint of its list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Nulls {
    #[default]
    Unnamed,
    Named,
}

/// A use of a shape: a structure's member, a list's item, a map's key or value, an operation's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// The member's own name; empty for items, keys and values.
    pub(crate) name: &'static str,
    /// Its name on the wire where that is another; else empty.
    pub(crate) location_name: &'static str,
    /// Its name in requests of the ec2 protocol where that is another; else empty.
    pub(crate) query_name: &'static str,
    pub(crate) shape: ShapeIndex,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) flat: bool,
    /// It stands as an attribute of the element around it.
    pub(crate) attribute: bool,
    /// Filled in by clients where their caller does not.
    pub(crate) token: bool,
    pub(crate) format: Option<TimestampFormat>,
    /// Among the service's namespaces.
    pub(crate) namespace: Option<u8>,
}

impl Member {
    /// The name on the wire.
    pub(crate) fn wire_name(&self) -> &'static str {
        if self.location_name.is_empty() { self.name } else { self.location_name }
    }

    /// The name on the wire, or this one where the member has none.
    pub(crate) fn wire_name_or(&self, other: &'static str) -> &'static str {
        match self.wire_name() {
            "" => other,
            name => name,
        }
    }
}

/// Which part of a message bears a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the document, among the others.
    #[default]
    Body,
    /// It is the whole body.
    Payload,
    Header,
    /// All headers whose names begin so.
    Headers,
    Query,
    /// A segment of the path.
    Uri,
    Status,
    /// The document's element holds its text and nothing else.
    Root,
}

/// How a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimestampFormat {
    /// `2026-11-21T08:22:00Z`
    Iso8601,
    /// `Sat, 21 Nov 2026 08:22:00 GMT`
    HttpDate,
    /// Seconds since the epoch.
    Epoch,
}

/// Whether times have fractions of seconds where ISO 8601 writes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fractions {
    /// Where they are not zero.
    #[default]
    Where,
    Never,
    /// Three digits.
    Always,
}
