//! What was asked of S3: bucket, key, the host that was addressed, the query and the headers that S3's model names, and small documents.
//!
//! Rule: names are those on the wire, but for `bucketName` and `key`; a part of the path that names a sub-resource is told with an empty
//! text, as it stood in the query.

use serde_json::{Map, Value as Json};
use wire::model::Part;
use wire::{Structure, Value};

use super::secret::{Cover, cover};
use super::{insert, scalar};

pub(super) fn request(
    structure: &Structure,
    part: Option<Part>,
    uri: &str,
    host: Option<&str>,
) -> Map<String, Json> {
    let mut object = Map::new();
    insert(&mut object, "Host".to_owned(), host.map(Json::from));
    for sub_resource in sub_resources(uri) {
        object.insert(sub_resource.to_owned(), "".into());
    }
    for (name, value) in structure.members() {
        let part = part.and_then(|part| part.member(name));
        if cover(name, part) != Cover::None {
            continue;
        }
        let place = match name {
            "Bucket" => "bucketName".to_owned(),
            "Key" => "key".to_owned(),
            "Policy" => "bucketPolicy".to_owned(),
            _ => part.map(Part::wire_name).filter(|name| !name.is_empty()).unwrap_or(name).to_owned(),
        };
        let shown = match (name, value) {
            ("Policy", Value::String(text)) => {
                serde_json::from_str(text).ok().or_else(|| Some(text.as_str().into()))
            }
            _ => document(value, part),
        };
        insert(&mut object, place, shown);
    }
    object
}

/// Of the template of path and query, such as `/{Bucket}?tagging`.
fn sub_resources(uri: &str) -> impl Iterator<Item = &str> {
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    query
        .split('&')
        .filter(|name| !name.is_empty() && !name.starts_with("x-id="))
        .map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name))
}

fn document(value: &Value, part: Option<Part>) -> Option<Json> {
    Some(match value {
        Value::Structure(structure) => {
            let mut object = Map::new();
            for (name, value) in structure.members() {
                let part = part.and_then(|part| part.member(name));
                if cover(name, part) == Cover::None {
                    let name = part.map(Part::wire_name).filter(|name| !name.is_empty()).unwrap_or(name);
                    insert(&mut object, name.to_owned(), document(value, part));
                }
            }
            Json::Object(object)
        }
        Value::List(items) => {
            let item = part.and_then(Part::item);
            items.iter().filter_map(|value| document(value, item)).collect()
        }
        Value::Map(entries) => {
            let entries = entries.iter().filter_map(|(key, value)| Some((key.clone(), scalar(value)?)));
            Json::Object(entries.collect())
        }
        Value::Timestamp(time) => time.iso8601().into(),
        other => return scalar(other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sub_resources_are_the_query_of_the_template() {
        let all = |uri| sub_resources(uri).collect::<Vec<_>>();
        assert_eq!(all("/{Bucket}/{Key+}?tagging"), ["tagging"]);
        assert_eq!(all("/{Bucket}?list-type=2"), ["list-type"]);
        assert_eq!(all("/{Bucket}/{Key+}?x-id=GetObject"), [""; 0]);
        assert_eq!(all("/"), [""; 0]);
    }
}
