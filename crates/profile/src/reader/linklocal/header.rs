//! What a header names, and who reads it otherwise.

use super::super::FileKind;
use super::super::botocore::split_words;
use super::super::input::shown;

/// A kind of section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Profiles,
    SsoSessions,
    Services,
    /// Sections of the AWS CLI beside profiles.
    Other,
}

#[derive(Debug)]
pub(super) struct Header {
    /// Nothing for a section that is passed over.
    pub group: Option<Group>,
    pub name: String,
    /// `[profile …]`.
    pub prefixed: bool,
    pub remarks: Vec<String>,
}

impl Header {
    /// Reads a line that begins with a bracket, or says what is wrong with it.
    pub(super) fn parse(line: &str, kind: FileKind) -> Result<Self, &'static str> {
        let end = line.find(['#', ';']).map_or(line.len(), |comment| match line[..comment].contains(']') {
            true => comment,
            false => line.len(),
        });
        let line = line[..end].trim_end_matches(BLANKS);
        let close = line.rfind(']').ok_or("a section's header must end with `]`")?;
        let inner = &line[1..close];
        let mut remarks = Vec::new();
        if close + 1 < line.len() {
            remarks.push("has words after its bracket: the SDKs for Rust and Java fail on it".to_owned());
        }
        let trimmed = inner.trim_matches(BLANKS);
        if trimmed.is_empty() {
            return Err("has nothing between its brackets");
        }
        if trimmed.len() < inner.len() {
            remarks.push(
                "has blanks within its brackets: boto3, the AWS CLI and JavaScript do not find it".to_owned(),
            );
        }
        let mut header = match kind {
            FileKind::Config => config(trimmed, &mut remarks),
            FileKind::Credentials => credentials(trimmed),
        };
        match header.refusal(trimmed, kind) {
            Some(why) => remarks = vec![why],
            None if !header.name.chars().all(is_identifier_letter) => {
                remarks.push(format!(
                    "the name {} is not read by all SDKs: keep to letters, digits and `_-/.%@:+`",
                    shown(&header.name)
                ));
            }
            None => {}
        }
        header.remarks = remarks;
        Ok(header)
    }

    fn refusal(&self, text: &str, kind: FileKind) -> Option<String> {
        if self.group.is_some() {
            return None;
        }
        Some(match kind {
            FileKind::Config if text == "DEFAULT" => {
                "[DEFAULT] is passed over; boto3 and the AWS CLI give its keys to every profile".to_owned()
            }
            FileKind::Config => {
                format!("{} is no section of a config file: write [profile NAME]", shown(text))
            }
            FileKind::Credentials => "names in the credentials file have no prefix: write [NAME]".to_owned(),
        })
    }
}

fn config(text: &str, remarks: &mut Vec<String>) -> Header {
    let header =
        |group, name: &str, prefixed| Header { group, name: name.to_owned(), prefixed, remarks: Vec::new() };
    let Some((prefix, rest)) = text.split_once(BLANKS) else {
        let group = match text {
            "default" => Some(Group::Profiles),
            "plugins" | "preview" => Some(Group::Other),
            _ => None,
        };
        return header(group, text, false);
    };
    let group = match prefix {
        "profile" => Some(Group::Profiles),
        "sso-session" => Some(Group::SsoSessions),
        "services" => Some(Group::Services),
        _ => None,
    };
    let name = rest.trim_matches(BLANKS);
    if group.is_some() && (name.len() < rest.len() || text.as_bytes()[prefix.len()] != b' ') {
        remarks.push("has more than a space before the name: JavaScript or Go do not find it".to_owned());
    }
    if !name.contains(['"', '\'', '\\', ' ', '\t']) {
        return header(group, name, prefix == "profile");
    }
    match split_words(name).as_deref() {
        Some([word]) => {
            remarks.push("has quotes around its name: most SDKs do not find it".to_owned());
            header(group, word, prefix == "profile")
        }
        _ => header(None, name, false),
    }
}

fn credentials(text: &str) -> Header {
    let prefixed = text
        .split_once(BLANKS)
        .is_some_and(|(prefix, _)| matches!(prefix, "profile" | "sso-session" | "services"));
    let group = (!prefixed && text != "DEFAULT").then_some(Group::Profiles);
    Header { group, name: text.to_owned(), prefixed: false, remarks: Vec::new() }
}

pub(super) fn is_identifier_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '/' | '.' | '%' | '@' | ':' | '+')
}

const BLANKS: [char; 2] = [' ', '\t'];
