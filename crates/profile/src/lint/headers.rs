//! Headers: what they name, for whom, and whether another one names the same.

use std::collections::{HashMap, HashSet};

use super::mend::Mend;
use super::{Finding, Source};
use crate::Sdk;
use crate::reader::FileKind;
use crate::syntax::{Document, Kind, Line};

/// The headers of one file so far.
#[derive(Debug)]
pub(super) struct Headers {
    /// All that the file has, by prefix and name.
    all: HashSet<(String, String)>,
    /// By prefix and name: line and the text between the brackets.
    seen: HashMap<(String, String), (usize, String)>,
}

impl Headers {
    pub(super) fn of(document: &Document<'_>) -> Self {
        let names = document.lines.iter().filter_map(Line::header_name).map(|name| {
            let parts = Parts::of(&String::from_utf8_lossy(name));
            (parts.prefix, parts.name)
        });
        Self { all: names.collect(), seen: HashMap::new() }
    }

    /// Looks at one; says on which line the section began first.
    pub(super) fn check(&mut self, source: &Source, line: &Line<'_>, findings: &mut Vec<Finding>) -> usize {
        let Kind::Header(header) = line.kind() else { return line.number };
        let inside = String::from_utf8_lossy(line.slice(&header.inside)).into_owned();
        let behind = String::from_utf8_lossy(&line.text()[header.inside.end + 1..]).into_owned();
        let mut desk = Desk { source, line, findings, all: &self.all };
        if !line.indent().is_empty() {
            let text = "the header is indented: the SDKs for Rust and Java do not take it for one";
            desk.fixed("header-indented", text, "remove the blanks before it", Mend::Unindent(line.number));
        }
        desk.behind(&behind);
        let parts = Parts::of(&inside);
        desk.inside(&inside, &parts);
        desk.name(&parts);
        self.repeats(&mut desk, &inside, &parts);
        self.seen.entry((parts.prefix, parts.name)).or_insert((line.number, inside)).0
    }

    fn repeats(&self, desk: &mut Desk<'_>, inside: &str, parts: &Parts) {
        let number = desk.line.number;
        if let Some((earlier, text)) = self.seen.get(&(parts.prefix.clone(), parts.name.clone())) {
            let mend = Mend::MergeSections { first: *earlier, second: number };
            if text == inside {
                let text = format!(
                    "the section is on line {earlier} already: boto3 and the AWS CLI fail, the others merge both"
                );
                desk.fixed("duplicate-section", &text, "put the keys of both under one header", mend);
            } else {
                let text = format!(
                    "line {earlier} names the same section with other blanks: the SDK for Rust merges both in random order, boto3 and the AWS CLI take one only"
                );
                desk.fixed("header-twins", &text, "put the keys of both under one header", mend);
            }
            return;
        }
        let other = match (parts.prefix.as_str(), desk.source.kind) {
            ("profile", FileKind::Config) => "",
            ("", FileKind::Config) => "profile",
            _ => return,
        };
        if parts.name == "default"
            && let Some((earlier, _)) = self.seen.get(&(other.to_owned(), parts.name.clone()))
        {
            let text = format!(
                "line {earlier} has the other form of it: boto3 and the AWS CLI take the later one, all others [profile default]"
            );
            desk.say("both-defaults", &text, "keep [default] only, with the keys of both");
        }
    }
}

/// The words between the brackets.
struct Parts {
    prefix: String,
    /// Without quotes around it.
    name: String,
    quoted: bool,
}

impl Parts {
    fn of(inside: &str) -> Self {
        let trimmed = inside.trim_matches(BLANKS);
        let (prefix, name) = trimmed.split_once(BLANKS).unwrap_or(("", trimmed));
        let name = name.trim_matches(BLANKS);
        let bare = ['"', '\''].iter().find_map(|quote| name.strip_prefix(*quote)?.strip_suffix(*quote));
        Self { prefix: prefix.to_owned(), name: bare.unwrap_or(name).to_owned(), quoted: bare.is_some() }
    }

    fn text(&self) -> String {
        match self.prefix.as_str() {
            "" => self.name.clone(),
            prefix => format!("{prefix} {}", self.name),
        }
    }

    fn is_plain(&self) -> bool {
        !self.name.is_empty() && self.name.chars().all(is_identifier_letter)
    }
}

/// A header, and where to say what is wrong with it.
struct Desk<'a> {
    source: &'a Source,
    line: &'a Line<'a>,
    findings: &'a mut Vec<Finding>,
    all: &'a HashSet<(String, String)>,
}

impl Desk<'_> {
    /// Mended, unless the file has a section of that name already: whose keys should win is for people to say.
    fn fixed_if_free(&mut self, code: &str, text: &str, remedy: &str, to: (&str, &str)) {
        let new = Parts { prefix: to.0.to_owned(), name: to.1.to_owned(), quoted: false };
        if self.all.contains(&(new.prefix.clone(), new.name.clone())) {
            self.say(code, text, "remove it, or move its keys to the section of that name that is there");
        } else {
            self.fixed(code, text, remedy, Mend::Header(self.line.number, new.text()));
        }
    }

    fn say(&mut self, code: &str, text: &str, remedy: &str) {
        self.findings.push(Finding::new(code, self.source.line(self.line.number), text, remedy));
    }

    fn fixed(&mut self, code: &str, text: &str, remedy: &str, mend: Mend) {
        let finding = Finding::new(code, self.source.line(self.line.number), text, remedy);
        self.findings.push(finding.fixed_by(self.source.fix(mend)));
    }

    fn behind(&mut self, behind: &str) {
        let comment = behind.trim_start_matches(BLANKS).starts_with(['#', ';']);
        let number = self.line.number;
        if behind.starts_with(['#', ';']) {
            let text =
                "the SDK for JavaScript loses the section: a comment after `]` needs a blank before it";
            self.fixed("header-comment", text, "put a blank before the comment", Mend::HeaderComment(number));
        } else if !behind.trim_matches(BLANKS).is_empty() && !comment {
            let text = "words follow the bracket: the SDKs for Rust and Java fail, that for JavaScript loses the section";
            self.fixed("header-junk", text, "make them a comment", Mend::HeaderComment(number));
        }
    }

    fn inside(&mut self, inside: &str, parts: &Parts) {
        let number = self.line.number;
        if parts.quoted {
            let text = "boto3, the AWS CLI and perhaps JavaScript take the quotes off; for the others they are part of the name";
            match parts.is_plain() {
                true => self.fixed(
                    "header-quotes",
                    text,
                    "take the quotes off",
                    Mend::Header(number, parts.text()),
                ),
                false => {
                    self.say("header-quotes", text, "choose a name without blanks, and take the quotes off")
                }
            }
            return;
        }
        if inside != parts.text() && parts.is_plain() {
            let text = "the header has blanks by which not every SDK finds the section";
            let finding = Finding::new(
                "header-blanks",
                self.source.line(number),
                text,
                format!("write [{}]", parts.text()),
            );
            let fix = self.source.fix(Mend::Header(number, parts.text()));
            self.findings.push(finding.biting(&lost_by_blanks(inside, parts)).fixed_by(fix));
        }
    }

    fn name(&mut self, parts: &Parts) {
        if parts.name == "__proto__" {
            let text = "this name makes the SDK for JavaScript refuse the whole file";
            return self.say("prototype", text, "choose another name");
        }
        match self.source.kind {
            FileKind::Config => self.config_name(parts),
            FileKind::Credentials => self.credentials_name(parts),
        }
        if matches!(parts.prefix.as_str(), "profile" | "sso-session" | "services" | "") && !parts.is_plain() {
            let text = "the name has characters that the SDKs for Rust, JavaScript and Java do not read";
            self.say("name-characters", text, "keep to letters, digits and `_-/.%@:+`");
        }
    }

    fn config_name(&mut self, parts: &Parts) {
        match (parts.prefix.as_str(), parts.name.as_str()) {
            ("profile" | "sso-session" | "services", _) | ("", "default" | "plugins" | "preview") => {}
            ("", "DEFAULT") => {
                let text =
                    "boto3 and the AWS CLI give these keys to every profile of the file; no other SDK does";
                self.say(
                    "default-capitals",
                    text,
                    "write [default], or repeat the keys where they are wanted",
                );
            }
            ("", name) if parts.is_plain() => {
                let text = format!("[{name}] is no profile for any SDK in the config file");
                let remedy = format!("write [profile {name}]");
                self.fixed_if_free("missing-prefix", &text, &remedy, ("profile", name));
            }
            ("", _) => {
                self.say("missing-prefix", "the section is no profile for any SDK", "write [profile NAME]")
            }
            _ => self.say(
                "unknown-section",
                "no SDK knows sections of this kind",
                "write [profile NAME], [sso-session NAME] or [services NAME]",
            ),
        }
    }

    fn credentials_name(&mut self, parts: &Parts) {
        match (parts.prefix.as_str(), parts.name.as_str()) {
            ("", "DEFAULT") => {
                let text =
                    "boto3 and the AWS CLI give these keys to every profile of the file; no other SDK does";
                self.say("default-capitals", text, "write [default]");
            }
            ("", _) => {}
            ("profile", name) if parts.is_plain() => {
                let text = "names in the credentials file have no prefix: no SDK finds this profile";
                let remedy = format!("write [{name}]");
                self.fixed_if_free("superfluous-prefix", text, &remedy, ("", name));
            }
            ("profile", _) => {
                let text = "names in the credentials file have no prefix: no SDK finds this profile";
                self.say("superfluous-prefix", text, "write [NAME]");
            }
            ("sso-session" | "services", _) => {
                self.say(
                    "wrong-file",
                    "no SDK looks for this section in the credentials file",
                    "move it to the config file",
                );
            }
            _ => self.say(
                "unknown-section",
                "only boto3 and the AWS CLI read names with blanks here",
                "choose a name without blanks",
            ),
        }
    }
}

/// Who does not find a section whose header has other blanks than one space before its name.
fn lost_by_blanks(inside: &str, parts: &Parts) -> Vec<Sdk> {
    let between = inside.trim_matches(BLANKS).trim_start_matches(parts.prefix.as_str());
    let between = &between[..between.len() - between.trim_start_matches(BLANKS).len()];
    let prefixed = !parts.prefix.is_empty();
    let (before, behind) = (inside.starts_with(BLANKS), inside.ends_with(BLANKS));
    let python = before || (behind && !prefixed);
    let bitten = [
        (Sdk::Cli2, python),
        (Sdk::Boto3, python),
        (Sdk::Js, before || behind || between.len() > 1),
        (Sdk::Go, prefixed && between.contains('\t')),
    ];
    bitten.into_iter().filter(|(_, bites)| *bites).map(|(sdk, _)| sdk).collect()
}

pub(super) fn is_identifier_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '/' | '.' | '%' | '@' | ':' | '+')
}

const BLANKS: [char; 2] = [' ', '\t'];
