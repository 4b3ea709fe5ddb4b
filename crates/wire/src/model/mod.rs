//! What services know: protocols, operations, shapes and their bounds.
//!
//! Rule: a service's table is read once, when it is first asked for, and stays. Tables are made by `cargo xtask models` from AWS's
//! own service models.

mod operation;
mod part;
mod shape;
mod table;

use std::fmt;
use std::sync::OnceLock;

pub(crate) use operation::Other;
pub use operation::{DeclaredError, Operation};
pub use part::Part;
pub(crate) use shape::{Fractions, Limits, Member, Nulls, Place, Shape, ShapeIndex, Text, TimestampFormat};
pub use table::TableError;

use crate::validate::Pattern;

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Query,
    Ec2,
    Json10,
    Json11,
    RestXml,
}

/// One service of AWS.
pub struct Service {
    /// As `service` is asked for it: `sts`, `iam`, `ec2`, `s3`, `servicequotas`, `cloudtrail`.
    pub name: &'static str,
    pub protocol: Protocol,
    /// Of the API, such as `2010-05-08`.
    pub version: &'static str,
    /// Of XML documents; empty where there is none.
    pub namespace: &'static str,
    /// In the scope of signatures.
    pub signing_name: &'static str,
    /// Before the dot of `X-Amz-Target`; empty where the protocol has no such header.
    pub target_prefix: &'static str,
    pub(crate) fractions: Fractions,
    /// Ordered by name.
    operations: Vec<Operation>,
    /// All that AWS has, ours or not, ordered.
    names: Vec<&'static str>,
    others: Vec<Other>,
    errors: Vec<DeclaredError>,
    shapes: Vec<Shape>,
    members: Vec<Member>,
    patterns: Vec<(&'static str, OnceLock<Pattern>)>,
    choices: Vec<Vec<&'static str>>,
    /// Prefix, if any, and name.
    namespaces: Vec<(&'static str, &'static str)>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The service of this name: `sts`, `iam`, `ec2`, `s3`, `servicequotas` or `cloudtrail`.
pub fn service(name: &str) -> Option<&'static Service> {
    let (_, text, held) = TABLES.iter().find(|(held, _, _)| *held == name)?;
    Some(held.get_or_init(|| Service::read(text).expect("every table is read by a test")))
}

/// All services that have a table.
pub fn services() -> impl Iterator<Item = &'static Service> {
    TABLES.iter().filter_map(|(name, _, _)| service(name))
}

impl Service {
    /// An operation that has a table here.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        let at = self.operations.binary_search_by(|operation| operation.name.cmp(name)).ok()?;
        self.operations.get(at)
    }

    /// Those that have a table here, by name.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Whether AWS has an operation of this name, be there a table of it or not.
    pub fn has(&self, name: &str) -> bool {
        self.names.binary_search(&name).is_ok()
    }

    pub(crate) fn others(&self) -> &[Other] {
        &self.others
    }

    /// The error of this code, or of this shape's name.
    pub fn error(&self, code: &str) -> Option<&DeclaredError> {
        self.errors.iter().find(|error| error.code == code || error.name == code)
    }

    pub(crate) fn shape(&self, index: ShapeIndex) -> Shape {
        self.shapes[usize::from(index)]
    }

    /// The members of a structure; none of anything else.
    pub(crate) fn members(&self, index: ShapeIndex) -> &[Member] {
        match self.shape(index) {
            Shape::Structure { start, end } => &self.members[usize::from(start)..usize::from(end)],
            _ => &[],
        }
    }

    pub(crate) fn member(&self, index: u16) -> &Member {
        &self.members[usize::from(index)]
    }

    /// A pattern's text, and the pattern, compiled when it is first needed.
    pub(crate) fn pattern(&self, index: u16) -> (&'static str, &Pattern) {
        let (text, compiled) = &self.patterns[usize::from(index)];
        (
            text,
            compiled
                .get_or_init(|| Pattern::compile(text).expect("tables are read with patterns that compile")),
        )
    }

    pub(crate) fn choices(&self, index: u16) -> &[&'static str] {
        &self.choices[usize::from(index)]
    }

    /// Prefix, if any, and name.
    pub(crate) fn namespace(&self, index: u8) -> (&'static str, &'static str) {
        self.namespaces[usize::from(index)]
    }
}

type Table = (&'static str, &'static str, OnceLock<Service>);

static TABLES: [Table; 6] = [
    ("sts", include_str!("../../models/sts.txt"), OnceLock::new()),
    ("iam", include_str!("../../models/iam.txt"), OnceLock::new()),
    ("ec2", include_str!("../../models/ec2.txt"), OnceLock::new()),
    ("s3", include_str!("../../models/s3.txt"), OnceLock::new()),
    ("servicequotas", include_str!("../../models/servicequotas.txt"), OnceLock::new()),
    ("cloudtrail", include_str!("../../models/cloudtrail.txt"), OnceLock::new()),
];

#[cfg(test)]
mod tests;
