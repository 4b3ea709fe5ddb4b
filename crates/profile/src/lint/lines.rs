//! What single lines say to one SDK and not to another.

use std::collections::HashMap;

use super::headers::Headers;
use super::mend::Mend;
use super::{Finding, Source};
use crate::FileState;
use crate::syntax::{Document, Foreign, Kind, Line, LineEnd, Property, foreign};

pub(super) fn check(source: &Source, state: &FileState, findings: &mut Vec<Finding>) {
    let bytes = match state {
        FileState::Bytes(bytes) => bytes,
        FileState::Absent => return,
        FileState::Directory => return findings.push(whole(source, "is a directory", "move it away")),
        FileState::Unreadable(why) => {
            return findings.push(whole(source, why, "make it readable for yourself"));
        }
        FileState::TooLarge { limit } => {
            let text = format!("is larger than {limit} bytes");
            return findings.push(whole(source, &text, "look what it is"));
        }
    };
    if encoding(source, bytes, findings) {
        return;
    }
    let document = Document::parse(bytes);
    if document.byte_order_mark {
        let finding = Finding::new(
            "byte-order-mark",
            source.line(1),
            "the file begins with a byte order mark",
            "save it as UTF-8 without one",
        );
        findings.push(finding.fixed_by(source.fix(Mend::ByteOrderMark)));
    }
    if let Some(line) = document.lines.iter().find(|line| line.end == LineEnd::Cr) {
        let text = "a carriage return stands alone, which only boto3, the AWS CLI and Java take for the end of a line";
        let finding =
            Finding::new("carriage-return", source.line(line.number), text, "save the file with line feeds");
        findings.push(finding.fixed_by(source.fix(Mend::LineEnds)));
    }
    let mut walk = Walk {
        source,
        findings,
        headers: Headers::of(&document),
        keys: HashMap::new(),
        section: None,
        owner: None,
    };
    for line in &document.lines {
        walk.line(line);
    }
}

fn whole(source: &Source, text: &str, remedy: &str) -> Finding {
    Finding::new("unreadable", source.file(), text, remedy)
}

/// Whether the file is none of lines.
fn encoding(source: &Source, bytes: &[u8], findings: &mut Vec<Finding>) -> bool {
    match foreign(bytes) {
        None => false,
        Some(Foreign::Utf16) => {
            let text = "the file is UTF-16, as older versions of PowerShell write it";
            let finding = Finding::new("utf-16", source.file(), text, "save it as UTF-8");
            findings.push(finding.fixed_by(source.fix(Mend::Utf16)));
            true
        }
        Some(Foreign::Binary { line }) => {
            let text = "a byte 0 stands here: this is no text";
            findings.push(Finding::new("binary", source.line(line), text, "name the right file"));
            true
        }
        Some(Foreign::NotUtf8 { line }) => {
            let text = "bytes that are not UTF-8: boto3 and the AWS CLI fail, and the SDK for Rust takes the file for empty";
            findings.push(Finding::new("not-utf-8", source.line(line), text, "save the file as UTF-8"));
            false
        }
    }
}

struct Walk<'a> {
    source: &'a Source,
    findings: &'a mut Vec<Finding>,
    headers: Headers,
    /// Where each key stands, by the line on which its section began first.
    keys: HashMap<(usize, String), usize>,
    section: Option<usize>,
    /// The last property: its line, and whether it begins a block.
    owner: Option<(usize, bool)>,
}

impl Walk<'_> {
    fn line(&mut self, line: &Line<'_>) {
        match line.kind() {
            Kind::Blank => {}
            Kind::Comment => self.comment(line),
            Kind::Header(_) => self.header(line),
            Kind::Property(property) => self.property(line, property),
            Kind::Nested(_) => self.inline_comment(line),
            Kind::Continuation => self.continuation(line),
            Kind::Garbage => self.garbage(line),
        }
    }

    fn say(&mut self, code: &str, line: &Line<'_>, text: &str, remedy: &str) {
        self.findings.push(Finding::new(code, self.source.line(line.number), text, remedy));
    }

    fn say_fixed(&mut self, code: &str, line: &Line<'_>, text: &str, remedy: &str, mend: Mend) {
        let finding = Finding::new(code, self.source.line(line.number), text, remedy);
        self.findings.push(finding.fixed_by(self.source.fix(mend)));
    }

    fn comment(&mut self, line: &Line<'_>) {
        if line.indent().is_empty() {
            return;
        }
        let text = "the comment is indented: the SDKs for Rust and Java take it for a part of the value above, or fail";
        self.say_fixed("comment-indented", line, text, UNINDENT, Mend::Unindent(line.number));
    }

    fn header(&mut self, line: &Line<'_>) {
        self.owner = None;
        self.section = Some(self.headers.check(self.source, line, self.findings));
    }

    fn property(&mut self, line: &Line<'_>, property: &Property) {
        self.owner = Some((line.number, property.value.is_empty()));
        let Some(section) = self.section else {
            self.say(
                "no-section",
                line,
                "the line stands before the first header",
                "put a header such as [default] above it",
            );
            return;
        };
        if !line.indent().is_empty() {
            let text = "the key is indented: the SDKs for Rust and Java fail on it";
            self.say_fixed("key-indented", line, text, UNINDENT, Mend::Unindent(line.number));
        }
        self.delimiter(line, property);
        self.key(section, line, property);
        self.inline_comment(line);
        let value = line.slice(&property.value);
        if value.len() > 1
            && value.starts_with(b"\"")
            && value.ends_with(b"\"")
            && !is_process(line, property)
        {
            let text = "the quotes are part of the value, except for the SDK for Go";
            self.say_fixed("quoted-value", line, text, "take the quotes off", Mend::Unquote(line.number));
        }
    }

    fn delimiter(&mut self, line: &Line<'_>, property: &Property) {
        if line.text()[property.delimiter] != b':' {
            return;
        }
        if line.text()[property.delimiter..].contains(&b'=') {
            let text = "boto3, the AWS CLI and the SDK for Go end the key at its `:`, the others at `=`";
            self.say("colon-in-key", line, text, "take another character");
        } else {
            let text = "`:` in place of `=`: the SDKs for Rust and Java fail, that for JavaScript passes the line over";
            self.say_fixed("colon", line, text, "write `=`", Mend::Equals(line.number));
        }
    }

    fn key(&mut self, section: usize, line: &Line<'_>, property: &Property) {
        let key = String::from_utf8_lossy(line.slice(&property.key)).into_owned();
        let lower = key.to_lowercase();
        if key != lower {
            let text = "the key has capitals: the SDKs for JavaScript and Java do not find it";
            self.say_fixed("key-case", line, text, "write it in lower case", Mend::LowerKey(line.number));
        }
        if !key.chars().all(super::headers::is_identifier_letter) && !key.contains(':') {
            let text = "the key has characters for which the SDKs for Rust and Java pass it over";
            self.say("key-characters", line, text, "keep to letters, digits and `_-/.%@:+`");
        }
        if let Some(earlier) = self.keys.insert((section, lower), line.number) {
            let text = format!(
                "the same key is on line {earlier}: boto3 and the AWS CLI fail, the others take the later one"
            );
            let remedy = "remove one of them";
            self.say_fixed("duplicate-key", line, &text, remedy, Mend::RemoveValue(earlier));
        }
    }

    fn inline_comment(&mut self, line: &Line<'_>) {
        let Some(property) = line.property() else { return };
        let value = line.slice(&property.value);
        let comment = value.windows(2).any(|pair| matches!(pair, [b' ' | b'\t', b'#' | b';']));
        if !comment && !value.starts_with(b"#") && !value.starts_with(b";") {
            return;
        }
        if is_secret(line, property) {
            let text = "what follows the blank before `#` or `;` is a part of the secret for boto3 and the AWS CLI, and a comment for the others";
            let remedy = "remove the comment; if it is a part of the secret, make a new key: most SDKs cannot read this one";
            self.say("hash-in-secret", line, text, remedy);
        } else if comment {
            let text = "the comment behind the value is a part of it for boto3 and the AWS CLI";
            let remedy = "give the comment a line of its own";
            self.say_fixed("inline-comment", line, text, remedy, Mend::MoveComment(line.number));
        }
    }

    fn continuation(&mut self, line: &Line<'_>) {
        match self.owner {
            Some((_, true)) => {
                let text =
                    "a line of a block needs `=`: boto3, the AWS CLI and the SDKs for Rust and Java fail";
                self.say_fixed("block-line", line, text, NO_EQUALS, Mend::CommentOut(line.number));
            }
            Some((owner, false)) => {
                // One finding for the whole value.
                self.owner = Some((owner, false));
                let known = self.findings.last().is_some_and(|last| {
                    last.rule.code == "continued-value" && last.place == self.source.line(owner)
                });
                if !known {
                    let text =
                        "the value goes on below: the SDKs for JavaScript and Go read its first line only";
                    let finding = Finding::new(
                        "continued-value",
                        self.source.line(owner),
                        text,
                        "write it on one line",
                    );
                    self.findings.push(finding);
                }
            }
            None => self.garbage(line),
        }
    }

    fn garbage(&mut self, line: &Line<'_>) {
        if line.text().trim_ascii_start().starts_with(b"[") {
            let text = "the header's bracket is not closed";
            return self.say("open-bracket", line, text, "write [default] or [profile NAME]");
        }
        let (code, text) = match self.section.is_some() {
            true => {
                ("no-equals", "the line has no `=`: boto3, the AWS CLI and the SDKs for Rust and Java fail")
            }
            false => ("no-section", "the line stands before the first header"),
        };
        self.say_fixed(code, line, text, NO_EQUALS, Mend::CommentOut(line.number));
    }
}

fn is_secret(line: &Line<'_>, property: &Property) -> bool {
    let key = line.slice(&property.key).to_ascii_lowercase();
    SECRETS.iter().any(|secret| secret.as_bytes() == key)
}

/// Quotes of a command are the command's own.
fn is_process(line: &Line<'_>, property: &Property) -> bool {
    line.slice(&property.key).eq_ignore_ascii_case(b"credential_process")
}

const UNINDENT: &str = "remove the blanks before it";
const NO_EQUALS: &str = "write `key = value`, or make it a comment with `#` in front";
const SECRETS: [&str; 3] = ["aws_secret_access_key", "aws_session_token", "aws_security_token"];
