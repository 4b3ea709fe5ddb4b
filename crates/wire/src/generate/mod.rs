//! Tables from AWS's service models (botocore's `service-2.json`).
//!
//! Rule: facts only, no prose. Whatever a table cannot say is an error here, never passed over in silence. Where AWS itself was seen
//! to differ from its models, `corrections` says how.

mod corrections;
mod shapes;

use crate::json::Json;
use shapes::Shapes;

/// The model holds what tables cannot say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct GenerateError(String);

impl GenerateError {
    fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

/// The table of a model: of the operations named, or of all. `name` is what the service is called here.
pub fn table(name: &str, model: &[u8], operations: Option<&[String]>) -> Result<String, GenerateError> {
    let model = Json::read(model).ok_or_else(|| GenerateError::new("the model is no JSON"))?;
    let known = model.member("operations").map(Json::members).unwrap_or_default();
    let mut chosen: Vec<&(String, Json)> =
        known.iter().filter(|(name, _)| operations.is_none_or(|list| list.contains(name))).collect();
    if let Some(missing) =
        operations.and_then(|list| list.iter().find(|name| !chosen.iter().any(|(held, _)| held == *name)))
    {
        return Err(GenerateError::new(format!("the model has no operation {missing}")));
    }
    chosen.sort_by(|one, other| one.0.cmp(&other.0));
    let mut writer = Writer { service: name, model: &model, shapes: Shapes::new(name, &model) };
    let mut lines = vec![writer.service_line()?];
    let mut operation_lines = Vec::new();
    for (operation, facts) in &chosen {
        writer.operation_lines(operation, facts, &mut operation_lines)?;
    }
    let errors = writer.error_lines(&chosen)?;
    lines.extend(writer.shapes.lines()?);
    lines.extend(errors);
    lines.extend(operation_lines);
    let mut names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if writer.protocol() == "rest-xml" {
        // What a request is for shows only beside all that it might be for.
        // What is deprecated stands at the line of what came after it.
        let others = known.iter().filter(|(name, facts)| {
            !chosen.iter().any(|(held, _)| held == name) && facts.member("deprecated").is_none()
        });
        lines.extend(others.map(|(name, facts)| other_line(name, facts)));
    }
    lines.push(format!("names\t{}", names.join("\t")));
    Ok(lines.join("\n") + "\n")
}

struct Writer<'a> {
    service: &'a str,
    model: &'a Json,
    shapes: Shapes<'a>,
}

impl Writer<'_> {
    fn protocol(&self) -> &str {
        self.model.member("metadata").and_then(|metadata| text(metadata, "protocol")).unwrap_or_default()
    }

    fn service_line(&self) -> Result<String, GenerateError> {
        let metadata = self.model.member("metadata").ok_or_else(|| GenerateError::new("no metadata"))?;
        let fact = |name: &str| text(metadata, name).unwrap_or_default();
        let protocol = match fact("protocol") {
            "json" => {
                format!("json {}", if fact("jsonVersion").is_empty() { "1.1" } else { fact("jsonVersion") })
            }
            other => other.to_owned(),
        };
        let signing = [fact("signingName"), fact("endpointPrefix"), self.service];
        let signing = signing.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
        let namespace = corrections::namespace(self.service).unwrap_or_else(|| fact("xmlNamespace"));
        Ok(format!(
            "service\t{}\t{protocol}\t{}\t{signing}\t{namespace}\t{}{}",
            self.service,
            fact("apiVersion"),
            fact("targetPrefix"),
            corrections::fractions(self.service),
        ))
    }

    fn operation_lines(
        &mut self,
        name: &str,
        facts: &Json,
        lines: &mut Vec<String>,
    ) -> Result<(), GenerateError> {
        let http = facts.member("http");
        let (method, uri) = line_of(facts);
        let status = match http.and_then(|http| http.member("responseCode")) {
            Some(Json::Integer(status)) => *status,
            _ => 200,
        };
        let status = corrections::status(self.service, name).unwrap_or(status);
        let output = facts.member("output");
        let wrapper = match output {
            Some(output) if self.protocol() == "query" => {
                text(output, "resultWrapper").map_or_else(|| format!("{name}Result"), str::to_owned)
            }
            _ => String::new(),
        };
        let mut line = format!("operation\t{name}\t{method}\t{uri}\t{status}\t{wrapper}");
        for error in array(facts, "errors") {
            line += "\t";
            line += text(error, "shape").unwrap_or_default();
        }
        lines.push(line);
        for (side, mark) in [("input", '<'), ("output", '>')] {
            if let Some(used) = facts.member(side) {
                let root = corrections::root(self.service, name).filter(|_| side == "output");
                let root = root.map(|root| format!("\tas={root}")).unwrap_or_default();
                lines.push(format!("{mark}\t{}{root}", self.shapes.usage(used, None)?));
            }
        }
        Ok(())
    }

    fn error_lines(&mut self, chosen: &[&(String, Json)]) -> Result<Vec<String>, GenerateError> {
        let mut names: Vec<&str> = chosen
            .iter()
            .flat_map(|(_, facts)| array(facts, "errors"))
            .filter_map(|error| text(error, "shape"))
            .collect();
        names.sort_unstable();
        names.dedup();
        let mut lines = Vec::new();
        for name in names {
            let shape = self.shapes.definition(name)?;
            let error = shape.member("error");
            let code = error.and_then(|error| text(error, "code")).unwrap_or(name);
            let fault = matches!(shape.member("fault"), Some(Json::Boolean(true)));
            let status = match error.and_then(|error| error.member("httpStatusCode")) {
                Some(Json::Integer(status)) => *status,
                _ if fault => 500,
                _ => 400,
            };
            let index = self.shapes.index(name)?;
            let mark = if fault { "\tfault" } else { "" };
            lines.push(format!("error\t{name}\t{code}\t{status}\t{index}{mark}"));
        }
        Ok(lines)
    }
}

/// Method and template.
fn line_of(facts: &Json) -> (&str, &str) {
    let word = |name: &str| facts.member("http").and_then(|http| text(http, name));
    (word("method").unwrap_or("POST"), word("requestUri").unwrap_or("/"))
}

fn other_line(name: &str, facts: &Json) -> String {
    let (method, uri) = line_of(facts);
    format!("other\t{name}\t{method}\t{uri}")
}

fn text<'a>(value: &'a Json, name: &str) -> Option<&'a str> {
    match value.member(name)? {
        Json::String(text) => Some(text),
        _ => None,
    }
}

fn array<'a>(value: &'a Json, name: &str) -> &'a [Json] {
    match value.member(name) {
        Some(Json::Array(items)) => items,
        _ => &[],
    }
}
