//! Shapes as they are used: each once, those that say the same together.

use std::collections::HashMap;

use super::{GenerateError, array, corrections, text};
use crate::json::Json;

/// The shapes used so far, in the order in which they were met.
pub(super) struct Shapes<'a> {
    service: &'a str,
    definitions: HashMap<&'a str, &'a Json>,
    protocol: String,
    indices: HashMap<String, usize>,
    /// A line for the shape, and one for each member.
    blocks: Vec<Vec<String>>,
    /// Leaves that say the same are one.
    leaves: HashMap<String, usize>,
    patterns: Vec<String>,
    choices: Vec<String>,
    namespaces: Vec<String>,
}

impl<'a> Shapes<'a> {
    pub(super) fn new(service: &'a str, model: &'a Json) -> Self {
        let shapes = model.member("shapes").map(Json::members).unwrap_or_default();
        let protocol = model.member("metadata").and_then(|metadata| text(metadata, "protocol"));
        Self {
            service,
            definitions: shapes.iter().map(|(name, shape)| (name.as_str(), shape)).collect(),
            protocol: protocol.unwrap_or_default().to_owned(),
            indices: HashMap::new(),
            blocks: Vec::new(),
            leaves: HashMap::new(),
            patterns: Vec::new(),
            choices: Vec::new(),
            namespaces: Vec::new(),
        }
    }

    pub(super) fn definition(&self, name: &str) -> Result<&'a Json, GenerateError> {
        self.definitions
            .get(name)
            .copied()
            .ok_or_else(|| GenerateError::new(format!("the model has no shape {name}")))
    }

    /// The whole table of shapes.
    pub(super) fn lines(&self) -> Result<Vec<String>, GenerateError> {
        let facts = self.patterns.iter().map(|pattern| format!("pattern\t{pattern}"));
        let facts = facts.chain(self.choices.iter().map(|choices| format!("choices\t{choices}")));
        let facts = facts.chain(self.namespaces.iter().map(|namespace| format!("namespace\t{namespace}")));
        let lines: Vec<String> = facts.chain(self.blocks.iter().flatten().cloned()).collect();
        match lines.iter().find(|line| line.contains(['\n', '\r'])) {
            Some(line) => Err(GenerateError::new(format!("{line:?} breaks its line"))),
            None => Ok(lines),
        }
    }

    pub(super) fn index(&mut self, name: &str) -> Result<usize, GenerateError> {
        if let Some(index) = self.indices.get(name) {
            return Ok(*index);
        }
        let shape = self.definition(name)?;
        let head = self.head(name, shape)?;
        let leaf = !matches!(text(shape, "type"), Some("structure" | "list" | "map"));
        if let Some(index) = self.leaves.get(&head).filter(|_| leaf) {
            self.indices.insert(name.to_owned(), *index);
            return Ok(*index);
        }
        let index = self.blocks.len();
        self.indices.insert(name.to_owned(), index);
        self.blocks.push(vec![head.clone()]);
        if leaf {
            self.leaves.insert(head, index);
        } else {
            let members = self.members(name, shape)?;
            self.blocks[index].extend(members);
        }
        Ok(index)
    }

    /// The shape's own line.
    fn head(&mut self, name: &str, shape: &Json) -> Result<String, GenerateError> {
        let kind = text(shape, "type").unwrap_or_default();
        let known = match kind {
            "character" => "string",
            "structure" | "list" | "map" | "string" | "blob" | "boolean" | "integer" | "long" | "float"
            | "double" | "timestamp" => kind,
            _ => return Err(GenerateError::new(format!("shape {name} is a {kind:?}"))),
        };
        for unknown in ["eventstream", "document"] {
            if shape.member(unknown).is_some() {
                return Err(GenerateError::new(format!("shape {name} is a {unknown}")));
            }
        }
        let mut line = known.to_owned();
        let list_max = corrections::list_max(self.service, name);
        for bound in ["min", "max"] {
            // Bounds of fractions say nothing that a whole number could not.
            match shape.member(bound) {
                Some(Json::Integer(number)) => line += &format!("\t{bound}={number}"),
                Some(Json::Double(number)) => line += &format!("\t{bound}={}", *number as i64),
                _ if bound == "max" => {
                    line += &list_max.map(|number| format!("\tmax={number}")).unwrap_or_default();
                }
                _ => {}
            }
        }
        if let Some(pattern) = text(shape, "pattern") {
            let pattern = corrections::pattern(self.service, pattern).to_owned();
            line += &format!("\tpattern={}", place_of(&mut self.patterns, pattern));
        }
        if !array(shape, "enum").is_empty() {
            line += &format!("\tchoices={}", place_of(&mut self.choices, choices(shape)));
        }
        if let Some(format) = text(shape, "timestampFormat") {
            line += &format!("\tformat={format}");
        }
        if is_true(shape, "sensitive") {
            line += "\tsensitive";
        }
        if is_true(shape, "flattened") {
            line += "\tflat";
        }
        if corrections::names_nulls(self.service, name) {
            line += "\tnulls";
        }
        Ok(line)
    }

    fn members(&mut self, of: &str, shape: &Json) -> Result<Vec<String>, GenerateError> {
        let mut lines = Vec::new();
        for part in ["member", "key", "value"] {
            if let Some(used) = shape.member(part) {
                lines.push(format!(".\t{}", self.usage(used, None)?));
            }
        }
        for (name, used) in shape.member("members").map(Json::members).unwrap_or_default() {
            let root = if corrections::is_root(self.service, name, of) { "\tat=root" } else { "" };
            lines.push(format!(".{name}\t{}{root}", self.usage(used, Some((name, shape)))?));
        }
        Ok(lines)
    }

    /// What follows a member's name: its shape, and how it stands on the wire. `of` is its name and its structure.
    pub(super) fn usage(&mut self, used: &Json, of: Option<(&str, &Json)>) -> Result<String, GenerateError> {
        let shape = text(used, "shape").ok_or_else(|| GenerateError::new("a member has no shape"))?;
        let mut line = self.index(shape)?.to_string();
        let definition = self.definition(shape)?;
        let (name, around) = of.map_or(("", None), |(name, around)| (name, Some(around)));
        let is_payload = around.and_then(|around| text(around, "payload")) == Some(name);
        let place = text(used, "location").or_else(|| text(definition, "location"));
        match place {
            Some(place) => line += &format!("\tat={place}"),
            None if is_payload && around.is_some() => line += "\tat=payload",
            None => {}
        }
        // A body bears its own shape's name where that has one.
        let is_body = self.protocol == "rest-xml" && (is_payload || around.is_none());
        let own = text(definition, "locationName").filter(|_| is_body || place.is_some());
        let renamed = if around.is_none() {
            own.or_else(|| text(used, "locationName"))
        } else {
            text(used, "locationName").or(own)
        };
        if let Some(renamed) = renamed.filter(|renamed| *renamed != name) {
            line += &format!("\tas={renamed}");
        }
        if let Some(renamed) = text(used, "queryName") {
            line += &format!("\tquery={renamed}");
        }
        let own = definition.member("xmlNamespace").filter(|_| self.protocol == "rest-xml");
        if let Some(namespace) = used.member("xmlNamespace").or(own) {
            line += &format!("\tnamespace={}", self.namespace(namespace));
        }
        if let Some(format) = text(used, "timestampFormat") {
            line += &format!("\tformat={format}");
        }
        if around.is_some_and(|around| array(around, "required").contains(&Json::String(name.to_owned()))) {
            line += "\trequired";
        }
        for (fact, word) in
            [("flattened", "flat"), ("xmlAttribute", "attribute"), ("idempotencyToken", "token")]
        {
            if is_true(used, fact) {
                line += &format!("\t{word}");
            }
        }
        if is_true(used, "jsonvalue") && place.is_some() {
            return Err(GenerateError::new(format!("member {name} is JSON in a header")));
        }
        Ok(line)
    }

    fn namespace(&mut self, namespace: &Json) -> usize {
        let line = match namespace {
            Json::String(uri) => format!("\t{uri}"),
            other => format!(
                "{}\t{}",
                text(other, "prefix").unwrap_or_default(),
                text(other, "uri").unwrap_or_default()
            ),
        };
        place_of(&mut self.namespaces, line)
    }
}

fn is_true(value: &Json, name: &str) -> bool {
    matches!(value.member(name), Some(Json::Boolean(true)))
}

fn choices(shape: &Json) -> String {
    let texts = array(shape, "enum").iter().filter_map(|choice| match choice {
        Json::String(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\t")
}

fn place_of(held: &mut Vec<String>, line: String) -> usize {
    if let Some(place) = held.iter().position(|one| *one == line) {
        return place;
    }
    held.push(line);
    held.len() - 1
}
