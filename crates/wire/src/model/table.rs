//! The tables' text: one fact a line, fields between tabs, things named by their place among their kind.
//!
//! ```text
//! service     NAME PROTOCOL VERSION SIGNING-NAME NAMESPACE TARGET-PREFIX [seconds|milliseconds]
//! pattern     TEXT
//! choices     A B C…
//! namespace   PREFIX URI
//! KIND        [min=N] [max=N] [pattern=N] [choices=N] [sensitive] [flat] [format=F]     a shape
//! .NAME       SHAPE [at=PLACE] [as=WIRE-NAME] [required] …                              a member of the shape above
//! error       NAME CODE STATUS SHAPE [fault]
//! operation   NAME METHOD URI STATUS
//! <  >        SHAPE …                                                                   its input, its output
//! other       NAME METHOD URI                                                           an operation without a table
//! names       A B C…
//! ```
//!
//! Rule: what is read has no index that leads nowhere.

use std::sync::OnceLock;

use super::shape::{Fractions, Limits, Member, Nulls, Place, Shape, Text, TimestampFormat};
use super::{DeclaredError, Operation, Other, Protocol, Service};
use crate::validate::Pattern;

/// The text is no table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("table line {line}: {what}")]
pub struct TableError {
    line: usize,
    what: String,
}

impl Service {
    /// Reads a table. The text stays, so that names need no memory of their own.
    pub fn read(text: &'static str) -> Result<Self, TableError> {
        let mut service = Self::empty();
        for (number, line) in text.lines().enumerate() {
            service.take(line).map_err(|what| TableError { line: number + 1, what })?;
        }
        service.check().map_err(|what| TableError { line: 0, what })?;
        Ok(service)
    }

    fn empty() -> Self {
        Self {
            name: "",
            protocol: Protocol::Query,
            version: "",
            namespace: "",
            signing_name: "",
            target_prefix: "",
            fractions: Fractions::Where,
            operations: Vec::new(),
            names: Vec::new(),
            others: Vec::new(),
            errors: Vec::new(),
            shapes: Vec::new(),
            members: Vec::new(),
            patterns: Vec::new(),
            choices: Vec::new(),
            namespaces: Vec::new(),
        }
    }

    fn take(&mut self, line: &'static str) -> Result<(), String> {
        let mut fields = line.split('\t');
        let head = fields.next().unwrap_or_default();
        match head {
            "service" => self.take_service(fields)?,
            "pattern" => self.patterns.push((field(&mut fields, "a pattern")?, OnceLock::new())),
            "choices" => self.choices.push(fields.collect()),
            "namespace" => {
                self.namespaces.push((field(&mut fields, "a prefix")?, field(&mut fields, "a name")?));
            }
            "error" => self.take_error(fields)?,
            "operation" => self.take_operation(fields)?,
            "<" | ">" => self.take_side(head, fields)?,
            "other" => self.others.push(Other {
                name: field(&mut fields, "a name")?,
                method: field(&mut fields, "a method")?,
                uri: field(&mut fields, "a template")?,
            }),
            "names" => self.names = fields.collect(),
            _ => match head.strip_prefix('.') {
                Some(name) => self.take_member(name, fields)?,
                None => self.take_shape(head, fields)?,
            },
        }
        Ok(())
    }

    fn take_service(&mut self, mut fields: Fields) -> Result<(), String> {
        self.name = field(&mut fields, "a name")?;
        self.protocol = match field(&mut fields, "a protocol")? {
            "query" => Protocol::Query,
            "ec2" => Protocol::Ec2,
            "json 1.0" => Protocol::Json10,
            "json 1.1" => Protocol::Json11,
            "rest-xml" => Protocol::RestXml,
            other => return Err(format!("{other:?} is no protocol")),
        };
        self.version = field(&mut fields, "a version")?;
        self.signing_name = field(&mut fields, "a signing name")?;
        self.namespace = field(&mut fields, "a namespace")?;
        self.target_prefix = field(&mut fields, "a target prefix")?;
        self.fractions = match fields.next() {
            None => Fractions::Where,
            Some("seconds") => Fractions::Never,
            Some("milliseconds") => Fractions::Always,
            Some(other) => return Err(format!("{other:?} is no form of times")),
        };
        Ok(())
    }

    fn take_shape(&mut self, kind: &str, fields: Fields) -> Result<(), String> {
        let facts = Facts::read(fields)?;
        let next = u16::try_from(self.members.len()).map_err(|_| "too many members")?;
        self.shapes.push(match kind {
            "structure" => Shape::Structure { start: next, end: next },
            "list" => Shape::List { item: next, flat: facts.flat, limits: facts.limits, sparse: facts.nulls },
            "map" => Shape::Map { key: next, flat: facts.flat, limits: facts.limits },
            "string" => Shape::String(facts.text()),
            "blob" => Shape::Blob { limits: facts.limits, sensitive: facts.sensitive },
            "boolean" => Shape::Boolean,
            "integer" => Shape::Integer(facts.limits),
            "long" => Shape::Long(facts.limits),
            "float" => Shape::Float,
            "double" => Shape::Double,
            "timestamp" => Shape::Timestamp(facts.format),
            other => return Err(format!("{other:?} is neither a fact nor a shape")),
        });
        Ok(())
    }

    fn take_member(&mut self, name: &'static str, fields: Fields) -> Result<(), String> {
        let member = read_member(name, fields)?;
        self.members.push(member);
        if let Some(Shape::Structure { end, .. }) = self.shapes.last_mut() {
            *end = u16::try_from(self.members.len()).map_err(|_| "too many members")?;
        }
        Ok(())
    }

    fn take_error(&mut self, mut fields: Fields) -> Result<(), String> {
        self.errors.push(DeclaredError {
            name: field(&mut fields, "a name")?,
            code: field(&mut fields, "a code")?,
            status: number(field(&mut fields, "a status")?)?,
            shape: number(field(&mut fields, "a shape")?)?,
            fault: fields.next() == Some("fault"),
        });
        Ok(())
    }

    fn take_operation(&mut self, mut fields: Fields) -> Result<(), String> {
        self.operations.push(Operation {
            name: field(&mut fields, "a name")?,
            method: field(&mut fields, "a method")?,
            uri: field(&mut fields, "a template")?,
            status: number(field(&mut fields, "a status")?)?,
            wrapper: field(&mut fields, "a wrapper")?,
            errors: fields.collect(),
            input: None,
            output: None,
        });
        Ok(())
    }

    fn take_side(&mut self, side: &str, fields: Fields) -> Result<(), String> {
        let member = read_member("", fields)?;
        let operation = self.operations.last_mut().ok_or("no operation stands above")?;
        match side {
            "<" => operation.input = Some(member),
            _ => operation.output = Some(member),
        }
        Ok(())
    }

    /// Holds every index to what it points at.
    fn check(&self) -> Result<(), String> {
        let sides = self.operations.iter().flat_map(|operation| [operation.input, operation.output]);
        for member in self.members.iter().copied().chain(sides.flatten()) {
            let known = usize::from(member.shape) < self.shapes.len()
                && member.namespace.is_none_or(|index| usize::from(index) < self.namespaces.len());
            if !known {
                return Err(format!("member {:?} points nowhere", member.name));
            }
        }
        for shape in &self.shapes {
            self.check_shape(*shape)?;
        }
        let ordered =
            self.operations.is_sorted_by(|one, other| one.name < other.name) && self.names.is_sorted();
        let mut errors = self.errors.iter();
        if !ordered || errors.any(|error| usize::from(error.shape) >= self.shapes.len()) {
            return Err("operations are out of order, or an error has no shape".to_owned());
        }
        self.patterns.iter().try_for_each(|(text, _)| Pattern::compile(text).map(drop))
    }

    fn check_shape(&self, shape: Shape) -> Result<(), String> {
        let (last_member, text) = match shape {
            Shape::Structure { .. } | Shape::Boolean | Shape::Float | Shape::Double => return Ok(()),
            Shape::List { item, .. } => (Some(item), None),
            Shape::Map { key, .. } => (Some(key + 1), None),
            Shape::String(text) => (None, Some(text)),
            _ => (None, None),
        };
        let members = last_member.is_none_or(|index| usize::from(index) < self.members.len());
        let patterns =
            text.and_then(|text| text.pattern).is_none_or(|at| usize::from(at) < self.patterns.len());
        let choices =
            text.and_then(|text| text.choices).is_none_or(|at| usize::from(at) < self.choices.len());
        if members && patterns && choices { Ok(()) } else { Err(format!("{shape:?} points nowhere")) }
    }
}

type Fields = std::str::Split<'static, char>;

fn field(fields: &mut Fields, what: &str) -> Result<&'static str, String> {
    fields.next().ok_or_else(|| format!("{what} is missing"))
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text:?} is no such number"))
}

fn format(text: &str) -> Result<TimestampFormat, String> {
    match text {
        "iso8601" => Ok(TimestampFormat::Iso8601),
        "rfc822" => Ok(TimestampFormat::HttpDate),
        "unixTimestamp" => Ok(TimestampFormat::Epoch),
        other => Err(format!("{other:?} is no form of times")),
    }
}

/// What a shape's line says after its kind.
#[derive(Default)]
struct Facts {
    limits: Limits,
    pattern: Option<u16>,
    choices: Option<u16>,
    sensitive: bool,
    flat: bool,
    nulls: Nulls,
    format: Option<TimestampFormat>,
}

impl Facts {
    fn read(fields: Fields) -> Result<Self, String> {
        let mut facts = Self::default();
        for field in fields {
            match field.split_once('=').unwrap_or((field, "")) {
                ("min", value) => facts.limits.min = Some(number(value)?),
                ("max", value) => facts.limits.max = Some(number(value)?),
                ("pattern", value) => facts.pattern = Some(number(value)?),
                ("choices", value) => facts.choices = Some(number(value)?),
                ("format", value) => facts.format = Some(format(value)?),
                ("sensitive", _) => facts.sensitive = true,
                ("flat", _) => facts.flat = true,
                ("nulls", _) => facts.nulls = Nulls::Named,
                _ => return Err(format!("{field:?} is no fact of a shape")),
            }
        }
        Ok(facts)
    }

    fn text(&self) -> Text {
        Text { limits: self.limits, pattern: self.pattern, choices: self.choices, sensitive: self.sensitive }
    }
}

fn read_member(name: &'static str, mut fields: Fields) -> Result<Member, String> {
    let mut member = Member {
        name,
        location_name: "",
        query_name: "",
        shape: number(field(&mut fields, "a shape")?)?,
        place: Place::Body,
        required: false,
        flat: false,
        attribute: false,
        token: false,
        format: None,
        namespace: None,
    };
    for field in fields {
        match field.split_once('=').unwrap_or((field, "")) {
            ("as", value) => member.location_name = value,
            ("query", value) => member.query_name = value,
            ("at", value) => member.place = place(value)?,
            ("namespace", value) => member.namespace = Some(number(value)?),
            ("format", value) => member.format = Some(format(value)?),
            ("required", _) => member.required = true,
            ("flat", _) => member.flat = true,
            ("attribute", _) => member.attribute = true,
            ("token", _) => member.token = true,
            _ => return Err(format!("{field:?} is no fact of a member")),
        }
    }
    Ok(member)
}

fn place(text: &str) -> Result<Place, String> {
    match text {
        "payload" => Ok(Place::Payload),
        "header" => Ok(Place::Header),
        "headers" => Ok(Place::Headers),
        "querystring" => Ok(Place::Query),
        "uri" => Ok(Place::Uri),
        "statusCode" => Ok(Place::Status),
        "root" => Ok(Place::Root),
        other => Err(format!("{other:?} is no place of a member")),
    }
}
