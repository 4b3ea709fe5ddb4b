//! The case files, read and filled in from their defaults; `testdata/wire/README.md` explains them.
//!
//! Rule: a key that nobody knows, and a case that says too little, is an error of the file, found before anything runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use crate::files;

/// One case.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) why: String,
    pub(crate) instance: String,
    pub(crate) over: Over,
    /// In turn, on one connection.
    pub(crate) exchanges: Vec<Exchange>,
}

/// One request and what must come back.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// Seconds that pass before it.
    pub(crate) wait: u64,
    /// Template of the bytes.
    pub(crate) request: String,
    pub(crate) expectation: Expectation,
    pub(crate) seconds_left: Option<u64>,
    pub(crate) length: Option<usize>,
    pub(crate) stays: bool,
    /// Whether the client closes its half after the request.
    pub(crate) ends: bool,
}

/// What must come back.
#[derive(Clone, Debug)]
pub(crate) enum Expectation {
    /// Template of all bytes.
    Whole(String),
    /// Nothing at all.
    Silence,
}

/// What cases name instead of repeating it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shared {
    requests: BTreeMap<String, String>,
    heads: BTreeMap<String, String>,
    texts: BTreeMap<String, String>,
}

/// A case's keys, as written or inherited.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Keys {
    name: Option<String>,
    why: Option<String>,
    #[serde(default = "native")]
    instance: String,
    #[serde(default)]
    over: Over,
    request: Option<String>,
    send: Option<String>,
    #[serde(default = "with_token")]
    with: String,
    #[serde(default)]
    more: Vec<String>,
    response: Option<String>,
    #[serde(default = "value_with_token")]
    head: String,
    #[serde(default)]
    body: String,
    length: Option<usize>,
    #[serde(default)]
    silent: bool,
    #[serde(default)]
    connection: Connection,
    #[serde(default)]
    wait: u64,
    seconds_left: Option<u64>,
    #[serde(default)]
    ends: bool,
}

/// By which address a case's requests arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Over {
    #[default]
    Ipv4,
    Ipv6,
    /// An address that answers as the agents of containers do.
    Agent,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Connection {
    #[default]
    Closes,
    Stays,
}

/// All cases, in the order of files and in files; panics with the place of the first mistake.
pub(crate) fn load(shared: &Shared) -> Vec<Case> {
    let cases: Vec<Case> = files::case_files().iter().flat_map(|path| in_file(path, shared)).collect();
    let mut seen = BTreeSet::new();
    for case in &cases {
        let Case { file, name, instance, exchanges, .. } = case;
        let requests: Vec<&str> = exchanges.iter().map(|exchange| exchange.request.as_str()).collect();
        let is_new = seen.insert((file, name, instance, case.over, requests));
        assert!(is_new, "{file}: {name} of {instance} is there twice");
    }
    cases
}

impl Shared {
    pub(crate) fn load() -> Self {
        toml::from_str(&files::text("heads.toml")).expect("heads.toml")
    }

    /// The text that `{name}` stands for.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    fn request(&self, keys: &Keys, at: &str) -> String {
        let line = match (&keys.request, &keys.send) {
            (Some(request), _) => return request.clone(),
            (None, Some(line)) => line,
            (None, None) => panic!("{at}: neither `request` nor `send`"),
        };
        let form = self.requests.get(&keys.with);
        let form = form.unwrap_or_else(|| panic!("{at}: heads.toml has no request {:?}", keys.with));
        let more: String = keys.more.iter().map(|field| format!("{field}\r\n")).collect();
        form.replace("{line}", line).replace("{more}", &more)
    }

    fn expectation(&self, keys: &Keys, at: &str) -> Expectation {
        if keys.silent {
            return Expectation::Silence;
        }
        if let Some(response) = &keys.response {
            return Expectation::Whole(response.clone());
        }
        let head = self.heads.get(&keys.head);
        let head = head.unwrap_or_else(|| panic!("{at}: heads.toml has no head {:?}", keys.head));
        let stays = keys.connection == Connection::Stays;
        let head = if stays { head.replace("Connection: close\r\n", "") } else { head.clone() };
        Expectation::Whole(head + &keys.body)
    }
}

fn in_file(path: &Path, shared: &Shared) -> Vec<Case> {
    let file = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
    let text = files::text(&file);
    let mut defaults: Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
    assert!(defaults.remove("facts").is_some(), "{file}: `facts` names no section");
    let (cases, tables) = (tables_of(&mut defaults, "case"), tables_of(&mut defaults, "table"));
    let of_tables = tables.into_iter().flat_map(|table| rows(&defaults, table, &file));
    let alone = cases.into_iter().map(|case| over(&defaults, case));
    alone.chain(of_tables).map(|case| build(case, shared, &file)).collect()
}

/// The cases of a `[[table]]`: each row is a line to send and a body, or keys of its own.
fn rows(defaults: &Table, mut table: Table, file: &str) -> Vec<Table> {
    let rows = match table.remove("rows") {
        Some(Value::Array(rows)) if !rows.is_empty() => rows,
        _ => panic!("{file}: a table without rows"),
    };
    let defaults = over(defaults, table);
    rows.into_iter().map(|row| over(&defaults, keys_of_row(row, file))).collect()
}

fn keys_of_row(row: Value, file: &str) -> Table {
    let mut keys = match row {
        Value::Table(keys) => keys,
        Value::Array(cells) if (1..=2).contains(&cells.len()) => {
            ["send", "body"].map(str::to_owned).into_iter().zip(cells).collect()
        }
        other => panic!("{file}: a row is [send], [send, body] or a table of keys, not {other}"),
    };
    if !keys.contains_key("name") {
        keys.insert("name".to_owned(), keys["send"].clone());
    }
    keys
}

fn build(mut case: Table, shared: &Shared, file: &str) -> Case {
    let exchanges = tables_of(&mut case, "exchange");
    let keys = parse(case.clone(), file);
    let name = keys.name.unwrap_or_else(|| panic!("{file}: a case without a name"));
    let at = format!("{file}: {name}");
    let why = keys.why.unwrap_or_else(|| panic!("{at}: no `why`"));
    let exchanges = if exchanges.is_empty() { vec![Table::new()] } else { exchanges };
    let exchanges = exchanges.into_iter().map(|keys| exchange(over(&case, keys), shared, &at)).collect();
    Case { file: file.to_owned(), name, why, instance: keys.instance, over: keys.over, exchanges }
}

fn exchange(keys: Table, shared: &Shared, at: &str) -> Exchange {
    let keys = parse(keys, at);
    Exchange {
        wait: keys.wait,
        request: shared.request(&keys, at),
        expectation: shared.expectation(&keys, at),
        seconds_left: keys.seconds_left,
        length: keys.length,
        stays: keys.connection == Connection::Stays,
        ends: keys.ends,
    }
}

fn parse(keys: Table, at: &str) -> Keys {
    keys.try_into().unwrap_or_else(|error| panic!("{at}: {error}"))
}

/// `keys` where they say something, `defaults` elsewhere. Whoever says what to send or to expect in one way takes back
/// what was said in another.
fn over(defaults: &Table, keys: Table) -> Table {
    let mut merged = defaults.clone();
    for (key, others) in ALTERNATIVES {
        if keys.contains_key(*key) {
            merged.retain(|other, _| !others.contains(&other));
        }
    }
    merged.extend(keys);
    merged
}

fn tables_of(table: &mut Table, key: &str) -> Vec<Table> {
    let Some(value) = table.remove(key) else { return Vec::new() };
    value.try_into().unwrap_or_else(|error| panic!("[[{key}]]: {error}"))
}

fn native() -> String {
    "native".to_owned()
}

fn with_token() -> String {
    "v2".to_owned()
}

fn value_with_token() -> String {
    "value-v2".to_owned()
}

const ALTERNATIVES: &[(&str, &[&str])] = &[
    ("request", &["send", "with", "more"]),
    ("send", &["request"]),
    ("response", &["head", "body", "length", "silent"]),
    ("silent", &["head", "body", "length", "response"]),
    ("head", &["response", "silent"]),
];
