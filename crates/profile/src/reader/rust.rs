//! The reader of the AWS SDK for Rust: aws-runtime 1.10.2, `env_config`.
//!
//! Rule: the reference grammar, and one error anywhere is an error of everything. Where that SDK merges sections in
//! random order (headers that differ in white space only), this model takes the order of the file and says so.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use super::input::{self, Input, shown};
use super::{Dropped, FileKind, Profile, Profiles, ReadError, Sections, Setting, Value};

pub(super) fn read(config: &Input<'_>, credentials: &Input<'_>) -> Result<Profiles, ReadError> {
    let mut profiles = Profiles::default();
    for input in [config, credentials] {
        let Some(bytes) = input.bytes(&mut profiles.dropped)? else { continue };
        let text = input::strict_text(bytes).unwrap_or_else(|_| {
            let why = format!("{}: the whole file is taken for empty", input::encoding(bytes));
            profiles.dropped.push(input.whole_dropped(why));
            ""
        });
        let raw = parse(input, text)?;
        let own = normalize(input, raw, &mut profiles);
        match input.kind {
            FileKind::Config => {
                profiles.merged = own.clone();
                profiles.config = own;
            }
            FileKind::Credentials => {
                profiles.merged.overlay(&own);
                profiles.credentials = own;
            }
        }
    }
    Ok(profiles)
}

/// A section by the text between its brackets.
struct RawSection<'a> {
    header: &'a str,
    line: usize,
    settings: BTreeMap<String, Setting>,
}

/// The property that a continuation continues; it joins its section when another line ends it.
struct Open {
    key: String,
    setting: Setting,
    /// Its first line had no value: the others must be sub-properties.
    block: bool,
}

/// Where the next line belongs.
struct Current {
    section: usize,
    open: Option<Open>,
}

fn parse<'a>(input: &Input<'_>, text: &'a str) -> Result<Vec<RawSection<'a>>, ReadError> {
    let mut sections: Vec<RawSection<'a>> = Vec::new();
    let mut by_header: HashMap<&'a str, usize> = HashMap::new();
    let mut current: Option<Current> = None;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if trim(line).is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with('[') {
            let header = header(input, number, line)?;
            close(&mut sections, current.as_mut());
            let section = *by_header.entry(header).or_insert_with(|| {
                sections.push(RawSection { header, line: number, settings: BTreeMap::new() });
                sections.len() - 1
            });
            current = Some(Current { section, open: None });
            continue;
        }
        let Some(current) = &mut current else {
            let fault = input.fault(number, "stands before the first section", BEFORE_SECTION);
            return Err(says(fault, "Expected a profile definition"));
        };
        if line.starts_with(BLANKS) {
            continuation(input, number, line, current.open.as_mut())?;
        } else {
            let next = property(input, number, line)?;
            close(&mut sections, Some(current));
            current.open = Some(next);
        }
    }
    close(&mut sections, current.as_mut());
    Ok(sections)
}

fn close(sections: &mut [RawSection<'_>], current: Option<&mut Current>) {
    let Some(current) = current else { return };
    if let Some(Open { key, setting, .. }) = current.open.take() {
        sections[current.section].settings.insert(key, setting);
    }
}

fn header<'a>(input: &Input<'_>, number: usize, line: &'a str) -> Result<&'a str, ReadError> {
    let line = without_comment(line, false);
    line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).ok_or_else(|| {
        let remedy = "close the bracket, and put nothing but a comment after it";
        let fault = input.fault(number, "a section's header must end with `]`", remedy);
        says(fault, "Profile definition must end with ']'")
    })
}

fn property(input: &Input<'_>, number: usize, line: &str) -> Result<Open, ReadError> {
    let (key, value) = key_and_value(input, number, line, "property")?;
    Ok(Open { key, setting: Setting::text(value, input.line(number)), block: value.is_empty() })
}

fn continuation(
    input: &Input<'_>,
    number: usize,
    line: &str,
    open: Option<&mut Open>,
) -> Result<(), ReadError> {
    let Some(open) = open else {
        let what = "is indented and continues no property";
        let fault = input.fault(number, what, "remove the blanks before it");
        return Err(says(fault, "Expected a property definition, found continuation"));
    };
    if open.block {
        key_and_value(input, number, line, "sub-property")?;
    }
    if let Value::Text(text) = &mut open.setting.value {
        text.push('\n');
        text.push_str(trim(line));
    }
    Ok(())
}

fn key_and_value<'a>(
    input: &Input<'_>,
    number: usize,
    line: &'a str,
    called: &str,
) -> Result<(String, &'a str), ReadError> {
    let line = without_comment(line, true);
    let Some((key, value)) = line.split_once('=') else {
        let fault = input.fault(number, "has no `=` between a key and a value", NO_EQUALS);
        return Err(says(fault, &format!("Expected an '=' sign defining a {called}")));
    };
    match trim(key) {
        "" => {
            let called =
                called.replacen(|first: char| first.is_ascii_lowercase(), &called[..1].to_uppercase(), 1);
            let fault = input.fault(number, "has nothing before its `=`", NO_KEY);
            Err(says(fault, &format!("{called} did not have a name")))
        }
        key => Ok((key.to_ascii_lowercase(), trim(value))),
    }
}

fn says(fault: ReadError, said: &str) -> ReadError {
    ReadError { said: Some(said.to_owned()), ..fault }
}

/// A line as it is read: without blanks around, and without a comment behind.
fn without_comment(line: &str, needs_blank: bool) -> &str {
    let line = trim(line);
    let mut after_blank = false;
    let comment = line.char_indices().find_map(|(at, letter)| {
        let found = matches!(letter, '#' | ';') && (after_blank || !needs_blank);
        after_blank = letter.is_whitespace();
        found.then_some(at)
    });
    comment.map_or(line, |at| trim(&line[..at]))
}

fn trim(text: &str) -> &str {
    text.trim_matches(BLANKS)
}

/// `[prefix name]`, or `[name]`.
#[derive(Clone, Copy)]
struct Header<'a> {
    prefix: Option<&'a str>,
    name: &'a str,
}

impl<'a> Header<'a> {
    fn parse(raw: &'a str) -> Self {
        let raw = trim(raw);
        match raw.split_once(BLANKS) {
            Some((prefix, name)) => Self { prefix: Some(prefix.trim()), name: name.trim() },
            None => Self { prefix: None, name: raw.trim() },
        }
    }

    /// Why this SDK passes a section over.
    fn refused(&self, kind: FileKind) -> Option<String> {
        match (kind, self.prefix) {
            (FileKind::Config, None) if self.name == DEFAULT => None,
            (FileKind::Config, None) => {
                Some(format!("a section of the config file needs a prefix: [profile {}]", self.name))
            }
            (FileKind::Credentials, Some(_)) => {
                Some("names in the credentials file have no prefix and no blanks".to_owned())
            }
            _ if !is_identifier(self.name) => {
                Some(format!("{} has characters that names may not have", shown(self.name)))
            }
            _ => None,
        }
    }
}

fn normalize(input: &Input<'_>, raw: Vec<RawSection<'_>>, profiles: &mut Profiles) -> Sections {
    let prefixed_default = input.kind == FileKind::Config
        && raw
            .iter()
            .map(|section| Header::parse(section.header))
            .any(|header| header.prefix == Some("profile") && header.name == DEFAULT);
    let mut own = Sections::default();
    for section in raw {
        let header = Header::parse(section.header);
        let plain_default = header.prefix.is_none() && header.name == DEFAULT;
        let refused = header.refused(input.kind).or_else(|| {
            (prefixed_default && plain_default)
                .then(|| "[default] is ignored where there is a [profile default]".to_owned())
        });
        if let Some(why) = refused {
            profiles.dropped.push(input.dropped(section.line, why));
            continue;
        }
        let target = match header.prefix {
            None | Some("profile") => &mut own,
            Some("sso-session") => &mut profiles.sso_sessions,
            Some("services") => {
                merge_services(input, section, profiles.services.entry(header.name, Profile::default));
                continue;
            }
            // Kept by that SDK, and asked for by nobody.
            Some(_) => continue,
        };
        merge(input, section, header.name, target, &mut profiles.dropped);
    }
    own
}

fn merge(
    input: &Input<'_>,
    section: RawSection<'_>,
    name: &str,
    target: &mut Sections,
    dropped: &mut Vec<Dropped>,
) {
    let header = input.line(section.line);
    let profile = target.entry(name, || Profile::at(header));
    for (key, setting) in section.settings {
        if !is_identifier(&key) {
            let why = format!("the key {} has characters that keys may not have", shown(&key));
            dropped.push(Dropped { place: setting.place, why });
            continue;
        }
        match profile.settings.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(setting);
            }
            Entry::Occupied(mut entry) => {
                if entry.get().value != setting.value {
                    dropped.push(random(entry.get(), &setting, entry.key()));
                }
                entry.insert(setting);
            }
        }
    }
}

fn random(earlier: &Setting, later: &Setting, key: &str) -> Dropped {
    Dropped {
        place: earlier.place.clone(),
        why: format!(
            "{} is set here and at {} in sections whose headers differ in blanks only; this SDK takes one at random at \
             each start",
            shown(key),
            later.place
        ),
    }
}

/// Every property of such a section is a block.
fn merge_services(input: &Input<'_>, section: RawSection<'_>, target: &mut Profile) {
    target.header.get_or_insert_with(|| input.line(section.line));
    for (key, setting) in section.settings {
        let Value::Text(text) = &setting.value else { continue };
        let block = text
            .split('\n')
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (trim(key).to_owned(), Setting::text(trim(value), setting.place.clone())));
        if is_identifier(&key) {
            let place = setting.place.clone();
            let entry = target.settings.entry(key);
            let kept = entry.or_insert_with(|| Setting { value: Value::Nested(BTreeMap::new()), place });
            if let Value::Nested(kept) = &mut kept.value {
                kept.extend(block);
            }
        }
    }
}

fn is_identifier(name: &str) -> bool {
    name.chars().all(|letter| {
        letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '/' | '.' | '%' | '@' | ':' | '+')
    })
}

const BLANKS: [char; 2] = [' ', '\t'];
const DEFAULT: &str = "default";
const BEFORE_SECTION: &str = "put a header such as [default] above it";
const NO_KEY: &str = "write the key, or make it a comment with `#` in front";
const NO_EQUALS: &str = "write `key = value`, or make it a comment with `#` in front";
