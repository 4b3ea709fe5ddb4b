//! The reader of the AWS SDK for Java 2.x, as in the source of `ProfileFileReader` with sections; it was not run.
//!
//! Rule: the reference grammar, keys in the case in which they are written. What stands in a section or under a key
//! that is passed over is not looked at, so that a fault there is none.

use std::borrow::Cow;

use super::input::{Input, shown, universal_lines};
use super::sections::Builder;
use super::{FileKind, Profile, Profiles, ReadError, Sections, Setting, Value};

pub(super) fn read(config: &Input<'_>, credentials: &Input<'_>) -> Result<Profiles, ReadError> {
    let mut profiles = Profiles::default();
    // The credentials file is read first: its fault is the one that is told.
    profiles.credentials = file(credentials, &mut profiles)?;
    profiles.config = file(config, &mut profiles)?;
    profiles.merged = profiles.config.clone();
    profiles.merged.overlay(&profiles.credentials);
    Ok(profiles)
}

fn file(input: &Input<'_>, profiles: &mut Profiles) -> Result<Sections, ReadError> {
    let Some(bytes) = input.bytes(&mut profiles.dropped)? else { return Ok(Sections::default()) };
    let text: Cow<'_, str> = String::from_utf8_lossy(bytes);
    let mut parser = Parser {
        input,
        profiles,
        own: Builder::default(),
        sso_sessions: Builder::default(),
        services: Builder::default(),
        section: None,
        property: Property::None,
        prefixed_default: false,
    };
    for (index, line) in universal_lines(&text).enumerate() {
        parser.line(index + 1, line)?;
    }
    parser.close();
    let Parser { own, sso_sessions, services, profiles, .. } = parser;
    profiles.sso_sessions.overlay(&sso_sessions.finish());
    profiles.services.overlay(&services.finish());
    Ok(own.finish())
}

struct Parser<'p> {
    input: &'p Input<'p>,
    profiles: &'p mut Profiles,
    /// The profiles of this file.
    own: Builder,
    sso_sessions: Builder,
    services: Builder,
    section: Option<Section>,
    property: Property,
    prefixed_default: bool,
}

/// What the lines belong to.
enum Section {
    Ignored,
    /// By its number in the group.
    Kept(Group, usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Profiles,
    SsoSessions,
    Services,
}

/// What continuations belong to.
enum Property {
    None,
    Ignored,
    /// The last member: its lines must be sub-properties.
    Open(String, Setting, bool),
}

impl Parser<'_> {
    fn line(&mut self, number: usize, line: &str) -> Result<(), ReadError> {
        if line.trim_matches([' ', '\t']).is_empty() || line.starts_with(['#', ';']) {
            return Ok(());
        }
        match line.as_bytes()[0] {
            b'[' => self.header(number, line),
            b' ' | b'\t' => self.continuation(number, line),
            _ => self.property(number, line),
        }
    }

    fn header(&mut self, number: usize, line: &str) -> Result<(), ReadError> {
        self.close();
        let text = trim(&line[..line.find(['#', ';']).unwrap_or(line.len())]);
        let Some(name) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
            let remedy = "close the bracket, and put nothing but a comment after it";
            let fault = self.input.fault(number, "a section's header must end with `]`", remedy);
            return Err(says(fault, "Profile definition must end with ']'", number));
        };
        self.section = Some(match self.named(trim(name)) {
            Err(why) => {
                self.profiles.dropped.push(self.input.dropped(number, why));
                Section::Ignored
            }
            Ok((group, name)) => {
                let header = self.input.line(number);
                let (at, _) = self.group(group).open(name, || Profile::at(header.clone()));
                self.group(group).section(at).header.get_or_insert(header);
                Section::Kept(group, at)
            }
        });
        Ok(())
    }

    /// What the header's text names in this file, or why it names nothing.
    fn named<'t>(&mut self, text: &'t str) -> Result<(Group, &'t str), String> {
        let config = self.input.kind == FileKind::Config;
        let after = |prefix: &str| Some(trim(text.strip_prefix(prefix)?.strip_prefix([' ', '\t'])?));
        let sections = [(Group::SsoSessions, "sso-session"), (Group::Services, "services")];
        for (group, prefix) in sections {
            match after(prefix) {
                Some(_) if !config => return Err(format!("[{prefix} …] belongs into the config file")),
                Some(name) => return identifier(name).map(|name| (group, name)),
                None => {}
            }
        }
        let prefixed = after("profile");
        let name = match prefixed {
            Some(name) if config => name,
            None if config && text != DEFAULT => {
                return Err(format!("a section of the config file needs a prefix: [profile {text}]"));
            }
            _ => text,
        };
        let name = identifier(name)?;
        if config && name == DEFAULT {
            self.default(prefixed.is_some())?;
        }
        Ok((Group::Profiles, name))
    }

    /// `[profile default]` pushes `[default]` aside, whichever is first.
    fn default(&mut self, prefixed: bool) -> Result<(), String> {
        if !prefixed && self.prefixed_default {
            return Err("[default] is ignored where there is a [profile default]".to_owned());
        }
        if prefixed && !self.prefixed_default {
            let place = self.own.clear(DEFAULT).and_then(|earlier| earlier.header);
            self.profiles.dropped.extend(place.map(|place| super::Dropped {
                place,
                why: "[default] is ignored where there is a [profile default]".to_owned(),
            }));
        }
        self.prefixed_default |= prefixed;
        Ok(())
    }

    fn property(&mut self, number: usize, line: &str) -> Result<(), ReadError> {
        match &self.section {
            Some(Section::Ignored) => return Ok(()),
            None => {
                let remedy = "put a header such as [default] above it";
                let fault = self.input.fault(number, "stands before the first section", remedy);
                return Err(says(fault, "Expected a profile definition", number));
            }
            Some(Section::Kept(..)) => self.close(),
        }
        let (key, value) = key_and_value(self.input, number, trim(before_comment(line)))?;
        self.property = match identifier(key) {
            Ok(key) => {
                let setting = Setting::text(value, self.input.line(number));
                Property::Open(key.to_owned(), setting, value.is_empty())
            }
            Err(why) => {
                self.profiles.dropped.push(self.input.dropped(number, why));
                Property::Ignored
            }
        };
        Ok(())
    }

    fn continuation(&mut self, number: usize, line: &str) -> Result<(), ReadError> {
        if matches!(self.section, Some(Section::Ignored)) {
            return Ok(());
        }
        let line = trim(line);
        match &mut self.property {
            Property::Ignored => Ok(()),
            Property::None => {
                let what = "is indented and continues no property";
                let fault = self.input.fault(number, what, "remove the blanks before it");
                Err(says(fault, "Expected a profile or property definition", number))
            }
            Property::Open(_, setting, block) => {
                if *block {
                    key_and_value(self.input, number, line)?;
                }
                if let Value::Text(text) = &mut setting.value {
                    text.push('\n');
                    text.push_str(line);
                }
                Ok(())
            }
        }
    }

    fn close(&mut self) {
        let open = std::mem::replace(&mut self.property, Property::None);
        if let (Property::Open(key, setting, _), Some(Section::Kept(group, at))) = (open, &self.section) {
            let (group, at) = (*group, *at);
            self.group(group).section(at).settings.insert(key, setting);
        }
    }

    fn group(&mut self, group: Group) -> &mut Builder {
        match group {
            Group::Profiles => &mut self.own,
            Group::SsoSessions => &mut self.sso_sessions,
            Group::Services => &mut self.services,
        }
    }
}

fn key_and_value<'t>(
    input: &Input<'_>,
    number: usize,
    line: &'t str,
) -> Result<(&'t str, &'t str), ReadError> {
    let remedy = "write `key = value`, or make it a comment with `#` in front";
    let (key, value) = line.split_once('=').ok_or_else(|| {
        let fault = input.fault(number, "has no `=` between a key and a value", remedy);
        says(fault, "Expected an '=' sign defining a property", number)
    })?;
    match trim(key) {
        "" => {
            let fault = input.fault(number, "has nothing before its `=`", remedy);
            Err(says(fault, "Property did not have a name", number))
        }
        key => Ok((key, trim(value))),
    }
}

fn says(fault: ReadError, said: &str, number: usize) -> ReadError {
    ReadError { said: Some(format!("{said} on line {number}")), ..fault }
}

/// What is before a `#` or `;` that follows a space or a tab.
fn before_comment(line: &str) -> &str {
    let bytes = line.as_bytes();
    let comment = bytes.windows(2).position(|pair| matches!(pair, [b' ' | b'\t', b'#' | b';']));
    &line[..comment.unwrap_or(line.len())]
}

fn identifier(name: &str) -> Result<&str, String> {
    let known = |letter: char| {
        letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '/' | '.' | '%' | '@' | ':' | '+')
    };
    match name.chars().all(known) {
        true => Ok(name),
        false => Err(format!("{} has characters that names may not have", shown(name))),
    }
}

/// As `String.trim`: everything up to the space.
fn trim(text: &str) -> &str {
    text.trim_matches(|letter| letter <= ' ')
}

const DEFAULT: &str = "default";
