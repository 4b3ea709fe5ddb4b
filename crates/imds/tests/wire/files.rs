//! Where the test data lies, and the instances in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};
use types::Instance;

/// An instance that differs from another in a few fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Variant {
    base: String,
    #[serde(default)]
    set: toml::Table,
    /// Paths of fields, with dots.
    #[serde(default)]
    without: Vec<String>,
}

/// `*.toml` files that hold cases, sorted.
pub(crate) fn case_files() -> Vec<PathBuf> {
    let other = ["heads.toml", "variants.toml"];
    let mut files = listing(&directory(), "toml");
    files.retain(|path| !other.iter().any(|name| path.ends_with(name)));
    files
}

/// A text file of the test data.
pub(crate) fn text(name: impl AsRef<Path>) -> String {
    read(&directory().join(name)).unwrap_or_else(|| panic!("test data lacks a file"))
}

/// A text file anywhere; `None` if it is not there.
pub(crate) fn read(path: &Path) -> Option<String> {
    match sys::fs::read_text(path, MAX_FILE) {
        Ok(text) => Some(text),
        Err(sys::fs::ReadError::NotFound { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

/// Every instance that a case can name: the files of `instances/` and the entries of `variants.toml`.
pub(crate) fn instances() -> BTreeMap<String, Instance> {
    let mut whole = BTreeMap::new();
    for path in listing(&directory().join("instances"), "json") {
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let json: Value = serde_json::from_str(&text(&path)).unwrap_or_else(|e| panic!("{name}: {e}"));
        whole.insert(name, json);
    }
    let variants: BTreeMap<String, Variant> = toml::from_str(&text("variants.toml")).expect("variants.toml");
    let names: Vec<String> = whole.keys().chain(variants.keys()).cloned().collect();
    let instance = |name: String| {
        let json = derived(&name, &whole, &variants);
        let instance = serde_json::from_value(json).unwrap_or_else(|e| panic!("instance {name}: {e}"));
        (name, instance)
    };
    names.into_iter().map(instance).collect()
}

fn derived(name: &str, whole: &BTreeMap<String, Value>, variants: &BTreeMap<String, Variant>) -> Value {
    if let Some(json) = whole.get(name) {
        return json.clone();
    }
    let variant = variants.get(name).unwrap_or_else(|| panic!("no instance is called {name}"));
    let mut json = derived(&variant.base, whole, variants);
    merge(&mut json, serde_json::to_value(&variant.set).expect("TOML without dates is JSON"));
    for path in &variant.without {
        let (parents, field) = path.rsplit_once('.').unwrap_or(("", path));
        let parent = parents.split('.').filter(|p| !p.is_empty()).fold(&mut json, |at, p| &mut at[p]);
        let removed = parent.as_object_mut().and_then(|fields| fields.remove(field));
        assert!(removed.is_some(), "instance {name}: {path} is not there to be removed");
    }
    json
}

/// Objects are merged, everything else is replaced.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(fields), Value::Object(more)) => {
            for (key, value) in more {
                merge(fields.entry(key).or_insert_with(|| Value::Object(Map::new())), value);
            }
        }
        (into, from) => *into = from,
    }
}

fn listing(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap_or_else(|e| panic!("{}: {e}", directory.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a listing goes on").path()).collect();
    files.retain(|path| path.extension().is_some_and(|found| found == extension));
    files.sort();
    files
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/wire")
}

/// More than any file here has.
const MAX_FILE: usize = 4 * 1024 * 1024;
