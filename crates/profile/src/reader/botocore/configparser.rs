//! Python's `configparser.RawConfigParser` with its defaults, as of Python 3.11.
//!
//! Rule: the indentation of a line decides whether it continues the value above; `=` and `:` part key from value;
//! comments are whole lines only; a repeated section or key is a fault.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use super::super::input::{Input, shown, universal_lines};
use super::super::{Profile, ReadError, Setting, Value};
use super::python;

pub(super) struct Parsed<'a> {
    pub sections: Vec<RawSection<'a>>,
    /// The keys of `[DEFAULT]`.
    pub defaults: BTreeMap<String, Setting>,
}

pub(super) struct RawSection<'a> {
    /// The text between the brackets.
    pub name: &'a str,
    pub line: usize,
    pub profile: Profile,
}

pub(super) fn parse<'a>(input: &Input<'_>, text: &'a str) -> Result<Parsed<'a>, ReadError> {
    let mut parser = Parser::new(input);
    for (index, line) in universal_lines(text).enumerate() {
        parser.line(index + 1, line)?;
    }
    parser.finish()
}

struct Parser<'a, 'i> {
    input: &'i Input<'i>,
    parsed: Parsed<'a>,
    names: HashSet<&'a str>,
    current: Current,
    open: Option<Open>,
    /// How far the line is indented that began what is being read.
    indent: usize,
    /// The first line that is neither header nor option; Python goes on reading and fails in the end.
    bad_line: Option<ReadError>,
    /// The first line of a block that is not `key = value`: botocore's own complaint, after all of Python's.
    bad_block: Option<ReadError>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Current {
    None,
    Defaults,
    Section(usize),
}

/// An option whose value may go on.
struct Open {
    key: String,
    value: String,
    line: usize,
    /// The lines on which it goes on.
    more: Vec<usize>,
}

impl<'a, 'i> Parser<'a, 'i> {
    fn new(input: &'i Input<'i>) -> Self {
        Self {
            input,
            parsed: Parsed { sections: Vec::new(), defaults: BTreeMap::new() },
            names: HashSet::new(),
            current: Current::None,
            open: None,
            indent: 0,
            bad_line: None,
            bad_block: None,
        }
    }

    fn line(&mut self, number: usize, line: &'a str) -> Result<(), ReadError> {
        let value = python::strip(line);
        if value.starts_with(['#', ';']) {
            return Ok(());
        }
        if value.is_empty() {
            self.continue_with(number, "");
            return Ok(());
        }
        let indent = line.len() - line.trim_start_matches(python::is_space).len();
        // Python counts characters; blanks of several bytes matter to nobody but must compare alike.
        let indent = if line.is_ascii() { indent } else { line[..indent].chars().count() };
        if indent > self.indent && self.open.is_some() {
            self.continue_with(number, value);
            return Ok(());
        }
        self.indent = indent;
        match header(value) {
            Some(name) => self.header(number, name),
            None => self.option(number, value),
        }
    }

    fn continue_with(&mut self, number: usize, value: &str) {
        if let Some(open) = &mut self.open {
            open.more.push(number);
            open.value.push('\n');
            open.value.push_str(value);
        }
    }

    fn header(&mut self, number: usize, name: &'a str) -> Result<(), ReadError> {
        self.close();
        if name == "DEFAULT" {
            self.current = Current::Defaults;
            return Ok(());
        }
        if !self.names.insert(name) {
            let what = format!("the section {} is there a second time", shown(name));
            return Err(self.input.fault(number, what, "put the keys of both under one header"));
        }
        self.current = Current::Section(self.parsed.sections.len());
        let profile = Profile::at(self.input.line(number));
        self.parsed.sections.push(RawSection { name, line: number, profile });
        Ok(())
    }

    fn option(&mut self, number: usize, value: &str) -> Result<(), ReadError> {
        if self.current == Current::None {
            return Err(self.input.fault(
                number,
                "stands before the first section",
                "put a header such as [default] above it",
            ));
        }
        let Some(at) = value.find(['=', ':']) else {
            // The option above stays open, as in Python.
            self.bad(number, "has no `=` between a key and a value");
            return Ok(());
        };
        let key = python::strip_end(&value[..at]);
        self.close();
        if key.is_empty() {
            self.bad(number, "has nothing before its `=`");
            return self.check_repeated(number, "");
        }
        let key = lower(key);
        self.check_repeated(number, &key)?;
        let value = python::strip(&value[at + 1..]).to_owned();
        self.open = Some(Open { key: key.into_owned(), value, line: number, more: Vec::new() });
        Ok(())
    }

    fn bad(&mut self, number: usize, what: &str) {
        let remedy = "write `key = value`, or make it a comment with `#` in front";
        self.bad_line.get_or_insert_with(|| self.input.fault(number, what, remedy));
    }

    fn check_repeated(&mut self, number: usize, key: &str) -> Result<(), ReadError> {
        let settings = match self.current {
            Current::None => return Ok(()),
            Current::Defaults => &self.parsed.defaults,
            Current::Section(at) => &self.parsed.sections[at].profile.settings,
        };
        match settings.get(key) {
            None => Ok(()),
            Some(earlier) => {
                let what = format!("the key {} is there already, at {}", shown(key), earlier.place);
                Err(self.input.fault(number, what, "remove one of them; upper and lower case are alike"))
            }
        }
    }

    fn close(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        open.value.truncate(python::strip_end(&open.value).len());
        let place = self.input.line(open.line);
        let value = match open.value.starts_with('\n') {
            true => Value::Nested(self.block(&open)),
            false => Value::Text(open.value),
        };
        let settings = match self.current {
            Current::None => return,
            Current::Defaults => &mut self.parsed.defaults,
            Current::Section(at) => &mut self.parsed.sections[at].profile.settings,
        };
        settings.insert(open.key, Setting { value, place });
    }

    /// A value that begins with a line end is a block of `key = value`.
    fn block(&mut self, open: &Open) -> BTreeMap<String, Setting> {
        let mut block = BTreeMap::new();
        let physical = open.value[1..].split('\n').zip(&open.more);
        let lines = physical
            .flat_map(|(text, number)| python::lines(text).map(move |line| (python::strip(line), *number)));
        for (line, number) in lines.filter(|(line, _)| !line.is_empty()) {
            match line.split_once('=') {
                Some((key, value)) => {
                    let setting = Setting::text(python::strip(value), self.input.line(number));
                    block.insert(python::strip(key).to_owned(), setting);
                }
                None => {
                    let what = "is a line of a block and has no `=`";
                    let remedy = "write `key = value` on each indented line of the block";
                    self.bad_block.get_or_insert_with(|| self.input.fault(number, what, remedy));
                }
            }
        }
        block
    }

    fn finish(mut self) -> Result<Parsed<'a>, ReadError> {
        self.close();
        // A block of [DEFAULT] is read once a section inherits it.
        let read = !self.parsed.sections.is_empty();
        match self.bad_line.or_else(|| self.bad_block.filter(|_| read)) {
            Some(bad) => Err(bad),
            None => Ok(self.parsed),
        }
    }
}

/// The text from the first bracket to the last one, whatever follows it.
fn header(value: &str) -> Option<&str> {
    let rest = value.strip_prefix('[')?;
    let name = &rest[..rest.rfind(']')?];
    (!name.is_empty()).then_some(name)
}

fn lower(key: &str) -> Cow<'_, str> {
    match key.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        true => Cow::Borrowed(key),
        false => Cow::Owned(key.to_lowercase()),
    }
}
