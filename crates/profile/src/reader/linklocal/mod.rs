//! Our own reader.
//!
//! Rule: what most SDKs refuse as a whole is an error here too, with its line and its remedy; what most read is read;
//! and whatever some SDK reads otherwise is said. So no value is used in silence that most programs would not see.

mod header;

use std::collections::BTreeMap;

use super::input::{self, Input, shown};
use super::sections::Builder;
use super::{Dropped, FileKind, Profile, Profiles, ReadError, Sections, Setting, Value};
use crate::Place;
use header::{Group, Header};

pub(super) fn read(config: &Input<'_>, credentials: &Input<'_>) -> Result<Profiles, ReadError> {
    let mut profiles = Profiles::default();
    profiles.config = file(config, &mut profiles)?;
    profiles.credentials = file(credentials, &mut profiles)?;
    profiles.merged = profiles.config.clone();
    profiles.merged.overlay(&profiles.credentials);
    Ok(profiles)
}

fn file(input: &Input<'_>, profiles: &mut Profiles) -> Result<Sections, ReadError> {
    let Some(bytes) = input.demanded_bytes(&mut profiles.dropped)? else { return Ok(Sections::default()) };
    let text = text(input, bytes)?;
    let mut parser = Parser {
        input,
        profiles,
        own: Builder::default(),
        sso_sessions: Builder::default(),
        services: Builder::default(),
        other: Builder::default(),
        section: Section::None,
        open: None,
        indent: 0,
        prefixed_default: false,
    };
    for (index, line) in text.lines().enumerate() {
        parser.line(index + 1, line)?;
    }
    parser.close();
    let Parser { own, sso_sessions, services, other, profiles, .. } = parser;
    profiles.sso_sessions.overlay(&sso_sessions.finish());
    profiles.services.overlay(&services.finish());
    profiles.other.overlay(&other.finish());
    Ok(own.finish())
}

/// The text, if it is one that most SDKs can read.
fn text<'t>(input: &Input<'_>, bytes: &'t [u8]) -> Result<&'t str, ReadError> {
    let text = input::strict_text(bytes)
        .map_err(|line| input.fault(line, input::encoding(bytes), "save the file as UTF-8"))?;
    if text.starts_with('\u{feff}') {
        let what = "begins with a byte order mark, on which most SDKs fail";
        return Err(input.fault(1, what, "save the file as UTF-8 without a byte order mark"));
    }
    let line_of = |at: usize| 1 + text[..at].bytes().filter(|byte| *byte == b'\n').count();
    if let Some(at) = text.find('\0') {
        let what = "holds a byte 0 and is no text";
        return Err(input.fault(line_of(at), what, format!("name the right file in {}", input.variable())));
    }
    let lone = text.match_indices('\r').find(|(at, _)| !text[*at..].starts_with("\r\n"));
    match lone {
        Some((at, _)) => {
            let what =
                "has a carriage return without a line feed, which only some SDKs take for the end of a line";
            Err(input.fault(line_of(at), what, "save the file with line feeds"))
        }
        None => Ok(text),
    }
}

struct Parser<'p> {
    input: &'p Input<'p>,
    profiles: &'p mut Profiles,
    /// The profiles of this file.
    own: Builder,
    sso_sessions: Builder,
    services: Builder,
    other: Builder,
    section: Section,
    open: Option<Open>,
    /// How far the line is indented that began what is being read.
    indent: usize,
    prefixed_default: bool,
}

/// What the lines belong to.
enum Section {
    None,
    Ignored,
    /// By its number in the group.
    Kept(Group, usize),
}

/// A property whose value may go on.
struct Open {
    key: String,
    line: usize,
    value: String,
    /// The lines of a block, where the first line had no value.
    block: Option<BTreeMap<String, Setting>>,
    continued: bool,
}

impl Parser<'_> {
    fn line(&mut self, number: usize, line: &str) -> Result<(), ReadError> {
        let trimmed = trim(line);
        let indent = line.len() - line.trim_start_matches(BLANKS).len();
        if trimmed.is_empty() {
            return Ok(());
        }
        if trimmed.starts_with(['#', ';']) {
            if indent > 0 && (self.open.is_some() || matches!(self.section, Section::Kept(..))) {
                self.say(number, INDENTED_COMMENT);
            }
            return Ok(());
        }
        if indent > self.indent && self.open.is_some() {
            return self.continuation(number, trimmed);
        }
        self.indent = indent;
        match trimmed.starts_with('[') {
            true => self.header(number, trimmed),
            false => self.property(number, trimmed),
        }
    }

    fn header(&mut self, number: usize, text: &str) -> Result<(), ReadError> {
        self.close();
        if self.indent > 0 {
            self.say(number, "is indented: only some SDKs take it for a header");
        }
        let header = Header::parse(text, self.input.kind).map_err(|what| {
            self.input.fault(
                number,
                what,
                "write [default] or [profile NAME], and nothing but a comment after it",
            )
        })?;
        for remark in header.remarks {
            self.say(number, &remark);
        }
        self.section = match header.group {
            None => Section::Ignored,
            Some(Group::Profiles) if self.pushed_aside(number, &header.name, header.prefixed) => {
                Section::Ignored
            }
            Some(group) => {
                let place = self.input.line(number);
                let (at, repeated) = self.group(group).open(&header.name, || Profile::at(place.clone()));
                match self.group(group).section(at).header.clone() {
                    Some(earlier) if repeated => self.say(number, &repeats(&earlier)),
                    Some(_) => {}
                    None => self.group(group).section(at).header = Some(place),
                }
                Section::Kept(group, at)
            }
        };
        Ok(())
    }

    /// Whether this is a `[default]` that a `[profile default]` has pushed aside; one that came earlier is, too.
    fn pushed_aside(&mut self, number: usize, name: &str, prefixed: bool) -> bool {
        if self.input.kind == FileKind::Credentials || name != "default" {
            return false;
        }
        if !prefixed && self.prefixed_default {
            self.say(number, BOTH_DEFAULTS);
            return true;
        }
        if prefixed && !self.prefixed_default {
            let place = self.own.clear(name).and_then(|earlier| earlier.header);
            let dropped = place.map(|place| Dropped { place, why: BOTH_DEFAULTS.to_owned() });
            self.profiles.dropped.extend(dropped);
        }
        self.prefixed_default |= prefixed;
        false
    }

    fn property(&mut self, number: usize, text: &str) -> Result<(), ReadError> {
        self.close();
        if matches!(self.section, Section::None) {
            let remedy = "put a header such as [default] above it";
            return Err(self.input.fault(number, "stands before the first section", remedy));
        }
        let (key, value) = self.key_and_value(number, text)?;
        let lower = key.to_lowercase();
        if matches!(self.section, Section::Kept(..)) {
            self.remark(number, key, &lower, value);
        }
        let block = value.is_empty().then(BTreeMap::new);
        self.open = Some(Open { key: lower, line: number, value: value.to_owned(), block, continued: false });
        Ok(())
    }

    /// What other SDKs make of this line.
    fn remark(&mut self, number: usize, key: &str, lower: &str, value: &str) {
        if self.indent > 0 {
            self.say(number, "is indented: the SDKs for Rust and Java fail on it");
        }
        if key != lower {
            self.say(number, "has capitals in its key: the SDKs for JavaScript and Java do not find it");
        }
        if !key.chars().all(header::is_identifier_letter) {
            let why = format!(
                "the key {} has characters for which the SDKs for Rust and Java pass it over",
                shown(key)
            );
            self.say(number, &why);
        }
        if value.len() > 1 && value.starts_with('"') && value.ends_with('"') {
            self.say(number, "the quotes are part of the value, except for the SDK for Go");
        }
    }

    fn continuation(&mut self, number: usize, text: &str) -> Result<(), ReadError> {
        let in_block = self.open.as_ref().is_some_and(|open| open.block.is_some());
        if !in_block {
            if let Some(open) = &mut self.open {
                open.continued = true;
                open.value.push('\n');
                open.value.push_str(text);
            }
            return Ok(());
        }
        let (key, value) = self.key_and_value(number, text)?;
        let setting = Setting::text(value, self.input.line(number));
        if let Some(block) = self.open.as_mut().and_then(|open| open.block.as_mut()) {
            block.insert(key.to_owned(), setting);
        }
        Ok(())
    }

    fn key_and_value<'t>(&mut self, number: usize, text: &'t str) -> Result<(&'t str, &'t str), ReadError> {
        let bytes = text.as_bytes();
        let comment = bytes.windows(2).position(|pair| matches!(pair, [b' ' | b'\t', b'#' | b';']));
        if comment.is_some() && matches!(self.section, Section::Kept(..)) {
            self.say(number, "the comment at its end is part of the value for the AWS CLI and boto3");
        }
        let text = trim(&text[..comment.unwrap_or(text.len())]);
        let remedy = "write `key = value`, or make it a comment with `#` in front";
        let parts = text.split_once('=').or_else(|| {
            let parts = text.split_once(':')?;
            self.say(
                number,
                "has `:` for `=`: the SDKs for Rust and Java fail on it, that for JavaScript passes it over",
            );
            Some(parts)
        });
        let Some((key, value)) = parts else {
            return Err(self.input.fault(number, "has no `=` between a key and a value", remedy));
        };
        match trim(key) {
            "" => Err(self.input.fault(number, "has nothing before its `=`", remedy)),
            key => Ok((key, trim(value))),
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        if open.continued {
            self.say(
                open.line,
                "goes on over several lines: the SDKs for JavaScript and Go read the first only",
            );
        }
        let Section::Kept(group, at) = self.section else { return };
        let value = match open.block {
            Some(block) if !block.is_empty() => Value::Nested(block),
            _ => Value::Text(open.value),
        };
        let setting = Setting { value, place: self.input.line(open.line) };
        let earlier = self.group(group).section(at).settings.insert(open.key, setting);
        if let Some(earlier) = earlier {
            self.say(
                open.line,
                &format!("replaces the same key at {}: the AWS CLI and boto3 fail on it", earlier.place),
            );
        }
    }

    fn group(&mut self, group: Group) -> &mut Builder {
        match group {
            Group::Profiles => &mut self.own,
            Group::SsoSessions => &mut self.sso_sessions,
            Group::Services => &mut self.services,
            Group::Other => &mut self.other,
        }
    }

    fn say(&mut self, number: usize, why: &str) {
        self.profiles.dropped.push(self.input.dropped(number, why));
    }
}

fn repeats(earlier: &Place) -> String {
    format!(
        "is the same section as at {earlier}: the AWS CLI and boto3 fail if both headers are alike, and if they differ in blanks the SDK for Rust merges them at random"
    )
}

fn trim(text: &str) -> &str {
    text.trim_matches(BLANKS)
}

const BLANKS: [char; 2] = [' ', '\t'];
const BOTH_DEFAULTS: &str =
    "[default] is ignored where there is a [profile default]; boto3 and the AWS CLI take the later one";
const INDENTED_COMMENT: &str =
    "is an indented comment: the SDKs for Rust and Java take it for a part of the value above";
