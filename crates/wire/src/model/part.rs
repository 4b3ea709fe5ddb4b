//! What a part of a message is called on the wire, for whoever writes it down in a form of his own.
//!
//! Rule: names and marks of the model, and nothing of how a protocol frames them.

use super::shape::{Member, Place, Shape};
use super::{Operation, Service};

/// The shape of a structure, a list, or a plain value.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    service: &'static Service,
    member: &'static Member,
}

impl Part {
    /// The input of an operation.
    pub fn input(service: &'static Service, operation: &'static Operation) -> Option<Self> {
        operation.input.as_ref().map(|member| Self { service, member })
    }

    /// Its output.
    pub fn output(service: &'static Service, operation: &'static Operation) -> Option<Self> {
        operation.output.as_ref().map(|member| Self { service, member })
    }

    /// A structure's member by its own name.
    pub fn member(self, name: &str) -> Option<Self> {
        let members = self.service.members(self.member.shape);
        members.iter().find(|member| member.name == name).map(|member| Self { member, ..self })
    }

    /// What a list holds.
    pub fn item(self) -> Option<Self> {
        match self.service.shape(self.member.shape) {
            Shape::List { item, .. } => Some(Self { member: self.service.member(item), ..self }),
            _ => None,
        }
    }

    /// Its name on the wire; of an item that of its element.
    pub fn wire_name(self) -> &'static str {
        self.member.wire_name()
    }

    /// Its name in requests of the ec2 protocol.
    pub fn query_name(self) -> &'static str {
        if self.member.query_name.is_empty() { self.wire_name() } else { self.member.query_name }
    }

    /// Whether it is said outside of the body: in the path, the query or a header.
    pub fn is_outside(self) -> bool {
        matches!(self.member.place, Place::Header | Place::Headers | Place::Query | Place::Uri)
    }

    /// Whether a segment of the path bears it.
    pub fn is_in_path(self) -> bool {
        self.member.place == Place::Uri
    }

    /// Whether AWS's model marks it as nothing to be written down.
    pub fn is_sensitive(self) -> bool {
        match self.service.shape(self.member.shape) {
            Shape::String(text) => text.sensitive,
            Shape::Blob { sensitive, .. } => sensitive,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    #[test]
    fn names_and_marks_are_those_of_the_model() {
        let ec2 = model::service("ec2").unwrap();
        let run = ec2.operation("RunInstances").unwrap();
        let input = Part::input(ec2, run).unwrap();
        assert!(input.member("UserData").unwrap().is_sensitive());
        assert_eq!(input.member("TagSpecifications").unwrap().query_name(), "TagSpecification");
        let instances = Part::output(ec2, run).unwrap().member("Instances").unwrap();
        assert_eq!(instances.wire_name(), "instancesSet");
        assert_eq!(instances.item().unwrap().member("InstanceId").unwrap().wire_name(), "instanceId");
        let s3 = model::service("s3").unwrap();
        let list = Part::input(s3, s3.operation("ListObjectsV2").unwrap()).unwrap();
        assert!(list.member("Bucket").unwrap().is_in_path() && list.member("Prefix").unwrap().is_outside());
    }
}
