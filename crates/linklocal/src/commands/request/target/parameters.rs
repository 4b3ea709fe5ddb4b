//! Parameters of an action: from `-p Name=Value`, `-p Name:=JSON` and `-d` to a form or a JSON object.
//!
//! Rule: lists and structures are written as the protocol has them (AWS query: `Name.member.1`; EC2: `Name.1`); a service that
//! has names of its own for members gets them spelled out, `-p Filters.Filter.1.Name=…`.

use serde_json::{Map, Value};

use super::super::content::{Content, form_encoded};
use super::{Protocol, Service};
use crate::arguments::RequestArguments;
use crate::failure::Failure;

/// As they were given.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    typed: Vec<(String, Value)>,
    /// Of `-d`.
    document: Option<Vec<u8>>,
}

impl Parameters {
    pub(super) fn read(arguments: &RequestArguments) -> Result<Self, Failure> {
        let message = &arguments.message;
        if message.upload_file.is_some() || message.get || message.content_type.is_some() {
            return Err(Failure::usage("-T, -G and --content-type go with a URL")
                .hint("an action takes its parameters with -p, or as JSON with -d"));
        }
        let typed = arguments.parameter.iter().map(|text| parameter(text)).collect::<Result<_, _>>()?;
        Ok(Self { typed, document: Content::of(message)?.document()? })
    }

    /// The body that asks for an action.
    pub(super) fn content(self, service: &Service, action: &str) -> Result<Content, Failure> {
        let name = service.name;
        match service.protocol {
            Protocol::Query { version, of_ec2 } => {
                let mut form = format!("Action={action}&Version={version}");
                self.write_form(if of_ec2 { "" } else { "member." }, &mut form)?;
                let content = Content::bytes(form.into_bytes());
                Ok(content.typed("application/x-www-form-urlencoded; charset=utf-8"))
            }
            Protocol::Json { version, target } => {
                let content =
                    Content::bytes(self.into_json()?).typed(&format!("application/x-amz-json-{version}"));
                Ok(content.with_header("X-Amz-Target", &format!("{target}.{action}")))
            }
            _ => Err(Failure::usage(format!("{name} has no actions"))),
        }
    }

    fn write_form(&self, member: &str, form: &mut String) -> Result<(), Failure> {
        let of_document = match &self.document {
            None => None,
            Some(bytes) if bytes.trim_ascii_start().starts_with(b"{") => Some(object(bytes)?),
            Some(bytes) => {
                let text = std::str::from_utf8(bytes).map_err(|error| Failure::of(&error).named("-d"))?;
                form.push('&');
                form.push_str(text.trim_end());
                None
            }
        };
        for (name, value) in of_document.iter().flatten() {
            flatten(name, value, member, form);
        }
        for (name, value) in &self.typed {
            flatten(name, value, member, form);
        }
        Ok(())
    }

    fn into_json(self) -> Result<Vec<u8>, Failure> {
        let bytes = match self.document {
            // As it stands, numbers and order included.
            Some(bytes) if self.typed.is_empty() => {
                object(&bytes)?;
                return Ok(bytes);
            }
            other => other,
        };
        let mut members = bytes.map_or_else(|| Ok(Map::new()), |bytes| object(&bytes))?;
        members.extend(self.typed);
        Ok(Value::Object(members).to_string().into_bytes())
    }
}

/// `Name=text` or `Name:=JSON`.
fn parameter(text: &str) -> Result<(String, Value), Failure> {
    let Some((name, value)) = text.split_once('=').filter(|(name, _)| !matches!(*name, "" | ":")) else {
        // What stands there may be a secret.
        return Err(Failure::usage("-p: what is typed is neither NAME=VALUE nor NAME:=JSON")
            .hint("such as -p RoleName=web or -p Limit:=10"));
    };
    match name.strip_suffix(':') {
        None => Ok((name.to_owned(), Value::String(value.to_owned()))),
        Some(name) => match serde_json::from_str(value) {
            Ok(value) => Ok((name.to_owned(), value)),
            Err(error) => Err(Failure::usage(format!("-p {name}:= holds no JSON: {error}"))
                .hint(format!("a text goes without the colon: -p {name}=…"))),
        },
    }
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, Failure> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Failure::usage("-d: an action takes a JSON object")
            .hint("such as -d '{\"TableName\": \"t\"}', or -p TableName=t")),
        Err(error) => Err(Failure::usage(format!("-d: no JSON object: {error}"))),
    }
}

fn flatten(name: &str, value: &Value, member: &str, form: &mut String) {
    match value {
        Value::Null => {}
        Value::String(text) => push(name, text, form),
        Value::Bool(_) | Value::Number(_) => push(name, &value.to_string(), form),
        Value::Array(items) if items.is_empty() => push(name, "", form),
        Value::Array(items) => {
            for (number, item) in (1..).zip(items) {
                flatten(&format!("{name}.{member}{number}"), item, member, form);
            }
        }
        Value::Object(members) => {
            for (key, item) in members {
                flatten(&format!("{name}.{key}"), item, member, form);
            }
        }
    }
}

fn push(name: &str, value: &str, form: &mut String) {
    form.push('&');
    form_encoded(name, form);
    form.push('=');
    form_encoded(value, form);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_written_as_the_protocol_has_them() {
        let value =
            json!({"Names": ["a b", "c"], "Filter": [{"Name": "n", "Value": ["v"]}], "Max": 5, "Dry": true});
        let written = |member| {
            let mut form = String::new();
            for (name, value) in value.as_object().unwrap() {
                flatten(name, value, member, &mut form);
            }
            form
        };
        assert_eq!(
            written("member."),
            "&Dry=true&Filter.member.1.Name=n&Filter.member.1.Value.member.1=v&Max=5&Names.member.1=a%20b&Names.member.2=c"
        );
        assert_eq!(written(""), "&Dry=true&Filter.1.Name=n&Filter.1.Value.1=v&Max=5&Names.1=a%20b&Names.2=c");
    }

    #[test]
    fn parameters_are_texts_or_json() {
        let read = |text| parameter(text).map(|(name, value)| format!("{name} {value}"));
        assert_eq!(read("Limit=10").unwrap(), "Limit \"10\"");
        assert_eq!(read("Limit:=10").unwrap(), "Limit 10");
        assert_eq!(read("A.1.B=c=d").unwrap(), "A.1.B \"c=d\"");
        for (text, problem) in [
            ("s3cret", "-p: what is typed is neither"),
            ("=x", "-p: what is typed is neither"),
            (":=1", "-p: what is typed is neither"),
            ("A:=s3cret", "-p A:= holds no JSON: expected value at line 1 column 1"),
        ] {
            let message = read(text).unwrap_err().message;
            assert!(message.starts_with(problem) && !message.contains("s3cret"), "{message}");
        }
    }
}
