//! The reader of the AWS SDK for JavaScript v3: `@smithy/core` 3.41.0, `shared-ini-file-loader`.
//!
//! Rule: nothing is ever an error; a line or a section that is not understood is passed over. Keys keep their case, a
//! key without a value opens a block whose keys are read as `block.key`, and continuations are lost.

use std::borrow::Cow;
use std::sync::Arc;

use super::input::{Input, shown};
use super::sections::Builder;
use super::{Dropped, FileKind, Profile, Profiles, ReadError, Sections, Setting};
use crate::Place;

pub(super) fn read(config: &Input<'_>, credentials: &Input<'_>) -> Result<Profiles, ReadError> {
    let mut profiles = Profiles::default();
    for input in [config, credentials] {
        let Some(bytes) = input.bytes(&mut profiles.dropped)? else { continue };
        let text = String::from_utf8_lossy(bytes);
        let sections = parse(input, &text, &mut profiles.dropped);
        let sections = sections.unwrap_or_else(|dropped| {
            profiles.dropped.push(dropped);
            Sections::default()
        });
        match input.kind {
            FileKind::Config => {
                profiles.sso_sessions = below(&sections, "sso-session.");
                if let Place::Variable(name) = &input.location.named_by
                    && input.location.expanded
                {
                    let why = format!(
                        "{name} begins with `~`, which this SDK does not understand where it looks for [sso-session]"
                    );
                    profiles.dropped.push(input.whole_dropped(why));
                    profiles.sso_sessions = Sections::default();
                }
                profiles.config = config_profiles(input, sections, &mut profiles.dropped);
            }
            FileKind::Credentials => profiles.credentials = sections,
        }
    }
    profiles.merged = profiles.config.clone();
    profiles.merged.overlay(&profiles.credentials);
    profiles.services = below(&profiles.merged, "services.");
    Ok(profiles)
}

/// Sections as `prefix.name`, or by their text where it has no such form.
fn parse(input: &Input<'_>, text: &str, dropped: &mut Vec<Dropped>) -> Result<Sections, Dropped> {
    let mut sections = Builder::default();
    let mut current: Option<Current<'_>> = None;
    let mut block: Option<&str> = None;
    for (index, line) in text.split('\n').enumerate() {
        let number = index + 1;
        let line = line.strip_suffix('\r').unwrap_or(line);
        let trimmed = trim(before_comment(line));
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            block = None;
            current = section_key(name).map(|name| Current { name, header: number, at: None });
            if matches!(name, "__proto__" | "profile __proto__") {
                return Err(input.dropped(number, "makes this SDK refuse the whole file"));
            }
            if current.is_none() {
                dropped.push(input.dropped(number, "is no section that this SDK knows"));
            }
            continue;
        }
        let Some(current) = &mut current else { continue };
        let Some((key, value)) = trimmed.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            dropped.extend(unread(input, number, trimmed, line));
            continue;
        };
        let (key, value) = (trim(key), trim(value));
        if value.is_empty() {
            block = Some(key);
            continue;
        }
        if !line.starts_with(is_space) {
            block = None;
        }
        let key = match block.filter(|block| !block.is_empty()) {
            Some(block) => format!("{block}.{key}"),
            None => key.to_owned(),
        };
        let make = || Profile::at(input.line(current.header));
        let at = *current.at.get_or_insert_with(|| sections.open(&current.name, make).0);
        if key != "__proto__" {
            sections.section(at).settings.insert(key, Setting::text(value, input.line(number)));
        }
    }
    Ok(sections.finish())
}

/// The section that is being read; it is there from its first value on.
struct Current<'t> {
    name: Cow<'t, str>,
    header: usize,
    at: Option<usize>,
}

/// A line that says something and is passed over.
fn unread(input: &Input<'_>, number: usize, trimmed: &str, line: &str) -> Option<Dropped> {
    let why = match trimmed {
        "" => return None,
        _ if line.starts_with(is_space) => "continues a value, and this SDK reads first lines only",
        text if text.starts_with('[') => {
            "begins like a header and is none: nothing but a comment after a blank may follow `]`"
        }
        _ => "has no `=` between a key and a value",
    };
    Some(input.dropped(number, why))
}

/// What is before a `#` or `;` that begins the line or follows a blank.
fn before_comment(line: &str) -> &str {
    let mut before: Option<(usize, char)> = None;
    for (at, letter) in line.char_indices() {
        if matches!(letter, '#' | ';') {
            match before {
                None => return "",
                Some((blank, letter)) if is_space(letter) => return &line[..blank],
                Some(_) => {}
            }
        }
        before = Some((at, letter));
    }
    line
}

/// The key of a section: `prefix.name` for a word, one blank and a name; nothing for an unknown word.
fn section_key(name: &str) -> Option<Cow<'_, str>> {
    let Some((prefix, name)) = prefixed(name) else {
        return (!name.is_empty()).then_some(Cow::Borrowed(name));
    };
    PREFIXES.contains(&prefix).then(|| Cow::Owned(format!("{prefix}.{name}")))
}

fn prefixed(name: &str) -> Option<(&str, &str)> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let end = name.find(|letter| !is_word(letter)).filter(|end| *end > 0)?;
    let mut rest = name[end..].chars();
    rest.next().filter(|letter| is_space(*letter))?;
    let quoted = rest.as_str();
    let quote = quoted.chars().next().filter(|letter| matches!(letter, '"' | '\''));
    let rest = match quote {
        Some(quote) => quoted[1..].strip_suffix(quote)?,
        None => quoted,
    };
    let named = !rest.is_empty()
        && rest.chars().all(|letter| is_word(letter) || matches!(letter, '@' | '+' | '.' | '%' | ':' | '/'));
    named.then_some((&name[..end], rest))
}

/// Sections of the config file with a known prefix, profiles without theirs, and `[default]`.
fn config_profiles(input: &Input<'_>, sections: Sections, dropped: &mut Vec<Dropped>) -> Sections {
    let mut kept = Sections::default();
    let both = sections.contains_key("profile.default");
    for (name, section) in sections.into_entries() {
        let known = name.split_once('.').filter(|(prefix, _)| PREFIXES.contains(prefix));
        let place = section.header.clone().unwrap_or_else(|| input.file());
        match known {
            // Becomes the prototype of that SDK's map, and is no profile.
            Some(("profile", "__proto__")) => {}
            Some(("profile", short)) => kept.insert(short.to_owned(), section),
            Some(_) => kept.insert(name, section),
            None if name == "default" && !both => kept.insert(name, section),
            None => {
                let why = match name.as_str() {
                    "default" => "[default] is ignored where there is a [profile default]".to_owned(),
                    name => format!(
                        "{} is no profile: this SDK wants `profile`, one blank and a name",
                        shown(name)
                    ),
                };
                dropped.push(Dropped { place, why });
            }
        }
    }
    kept
}

/// Sections below a prefix, by the rest of their names.
fn below(sections: &Sections, prefix: &str) -> Sections {
    let named = sections
        .entries()
        .filter_map(|(name, section)| Some((name.strip_prefix(prefix)?.to_owned(), Arc::clone(section))));
    named.collect()
}

/// White space as JavaScript has it, for `trim` and for `\s`.
fn is_space(letter: char) -> bool {
    letter == '\u{feff}' || (letter.is_whitespace() && letter != '\u{85}')
}

fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

const PREFIXES: [&str; 3] = ["profile", "sso-session", "services"];
