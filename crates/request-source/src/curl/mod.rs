//! Command lines of curl: from what people paste to the request that curl would send, and back.
//!
//! Rule: nothing is run, expanded or opened. Files are named for the caller to read; options that do not shape the request are
//! listed; what cannot be followed is refused by name. Sources: the manual of curl, and what 7.88 puts on the wire.

mod data;
mod multipart;
mod options;
mod request;
mod settings;
mod words;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::url::User;
use crate::{Message, Place};
use settings::{Problem, Settings};
use words::{Feed, Line, Word};

pub use write::{CurlWriteError, write};

/// A command line that was read.
#[derive(Clone)]
pub struct CurlCommand {
    /// Of `--aws-sigv4`: with it, [`CurlCommand::user`] holds an access key, and no `Authorization` is made of it.
    pub sigv4: Option<SigV4Option>,
    /// Of `-u`, else of the URL.
    pub user: Option<User>,
    /// Options and parts of the line that do not change the request, such as `--silent`, each once.
    pub ignored: Vec<String>,
    settings: Settings,
    url: crate::url::Url,
    /// What a pipe or `<` puts on standard input, where the line says so.
    feed: Option<Feed>,
}

/// Bytes that the caller reads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A file, by the name in the command.
    File(String),
    /// What stands on the command's standard input.
    StandardInput,
}

/// `--aws-sigv4 aws:amz[:REGION[:SERVICE]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigV4Option {
    pub region: Option<String>,
    pub service: Option<String>,
}

/// The shell that a line is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// sh and bash: `'…'`, `"…"`, `$'…'`, and `\` at the ends of lines.
    Posix,
    /// cmd.exe: `^"…^"`, and `^` at the ends of lines.
    Cmd,
}

/// Why a command line gives no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct CurlError {
    pub place: CurlPlace,
    /// What is wrong there and what would do. Holds names of options, variables and files, never values.
    pub problem: String,
}

/// Where in a command something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CurlPlace {
    /// In a line that was read as a text.
    Line(Place),
    /// The argument with this number, from 1.
    Argument(usize),
    /// In what was read for it.
    Source(Source),
    /// In the command as a whole.
    Command,
}

/// Reads arguments as a shell hands them over, with or without `curl` in front.
pub fn read(arguments: &[String]) -> Result<CurlCommand, CurlError> {
    let words = (1..).zip(arguments).map(|(at, text)| Word { at, text: text.clone().into_bytes() }).collect();
    let mut line = Line { words, ..Line::default() };
    if line.words.first().is_some_and(|word| is_curl(&word.text)) {
        line.words.remove(0);
    }
    command(line).map_err(|problem| CurlError {
        place: if problem.at == 0 { CurlPlace::Command } else { CurlPlace::Argument(problem.at) },
        problem: problem.text,
    })
}

/// Reads a line as pasted, of at most 16 MiB, and finds out for which shell it was written.
pub fn read_line(text: &str) -> Result<CurlCommand, CurlError> {
    read_line_in(text, words::dialect(text))
}

/// Reads a line as pasted, written for a shell.
pub fn read_line_in(text: &str, dialect: Dialect) -> Result<CurlCommand, CurlError> {
    let located = |at: usize, problem: String| CurlError {
        place: CurlPlace::Line(Place::of(text.as_bytes(), at)),
        problem,
    };
    if text.len() > MOST_LINE {
        return Err(located(
            0,
            format!("the command is longer than {MOST_LINE} bytes; name the body with @FILE"),
        ));
    }
    let mut line = words::read(text, dialect).map_err(|error| located(error.at, error.problem))?;
    match line.words.first() {
        Some(word) if is_curl(&word.text) => line.words.remove(0),
        word => {
            return Err(located(
                word.map_or(0, |word| word.at),
                "the command must begin with curl".to_owned(),
            ));
        }
    };
    command(line).map_err(|problem| located(problem.at, problem.text))
}

fn is_curl(word: &[u8]) -> bool {
    let name = word.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
    name == b"curl" || name.eq_ignore_ascii_case(b"curl.exe")
}

fn command(mut line: Line) -> Result<CurlCommand, Problem> {
    let mut settings = settings::read(&mut line.words)?;
    let url = request::url(&settings)?;
    request::check(&settings, line.words.first().map_or(0, |word| word.at))?;
    let user = settings.user.take().or_else(|| url.user.clone());
    let mut ignored = std::mem::take(&mut settings.ignored);
    ignored.extend(line.ignored);
    Ok(CurlCommand { sigv4: settings.sigv4.take(), user, ignored, settings, url, feed: line.feed })
}

impl CurlCommand {
    /// What must be read before there is a request, each once. Standard input is not among them where the line itself says
    /// what it holds.
    pub fn sources(&self) -> Vec<Source> {
        let (mut sources, mut seen) = (Vec::new(), BTreeSet::new());
        for source in self.settings.sources() {
            let source = match (source, &self.feed) {
                (Source::StandardInput, Some(Feed::File(name))) => Source::File(name.clone()),
                (Source::StandardInput, Some(Feed::Bytes(_))) => continue,
                (source, _) => source.clone(),
            };
            if seen.insert(source.clone()) {
                sources.push(source);
            }
        }
        sources
    }

    /// The request that curl would send over HTTP/1.1, with the fields that it adds: `Host`, `User-Agent`, `Accept`, and those of
    /// a body. `contents` holds the bytes of every one of [`CurlCommand::sources`].
    pub fn message(&self, contents: &BTreeMap<Source, Vec<u8>>) -> Result<Message, CurlError> {
        match &self.feed {
            None => request::build(self, contents),
            Some(feed) => {
                let mut contents = contents.clone();
                let bytes = match feed {
                    Feed::Bytes(bytes) => Some(bytes.clone()),
                    Feed::File(name) => contents.get(&Source::File(name.clone())).cloned(),
                };
                contents.extend(bytes.map(|bytes| (Source::StandardInput, bytes)));
                request::build(self, &contents)
            }
        }
    }
}

impl Source {
    /// A name, or `-`.
    fn named(name: &[u8]) -> Result<Self, &'static str> {
        match name {
            b"" => Err("the name of the file is missing"),
            b"-" => Ok(Self::StandardInput),
            _ if name.contains(&0) => Err("the name of a file holds a NUL byte"),
            _ => String::from_utf8(name.to_vec())
                .map(Self::File)
                .map_err(|_| "the name of a file is not UTF-8 text"),
        }
    }

    /// The source that a value names with `@`, if it does.
    fn behind_at(value: &[u8]) -> Result<Option<Self>, &'static str> {
        value.strip_prefix(b"@").map(Self::named).transpose()
    }
}

impl SigV4Option {
    fn read(text: &str) -> Result<Self, &'static str> {
        let mut parts = text.split(':');
        let provider = (parts.next().unwrap_or_default(), parts.next().unwrap_or("amz"));
        if !(provider.0.eq_ignore_ascii_case("aws") && provider.1.eq_ignore_ascii_case("amz")) {
            return Err("the only provider of --aws-sigv4 that is signed for is aws:amz");
        }
        let mut named = || parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
        let option = Self { region: named(), service: named() };
        if parts.next().is_some() {
            Err("--aws-sigv4 takes aws:amz:REGION:SERVICE and no more")
        } else {
            Ok(option)
        }
    }
}

/// Values bear secrets: method, host and options alone.
impl fmt::Debug for CurlCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CurlCommand")
            .field("sigv4", &self.sigv4)
            .field("user", &self.user)
            .field("ignored", &self.ignored)
            .field("authority", &self.url.authority)
            .field("sources", &self.sources())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for CurlPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(place) => write!(f, "{place}"),
            Self::Argument(number) => write!(f, "argument {number}"),
            Self::Source(Source::File(name)) => write!(f, "{}", name.escape_debug()),
            Self::Source(Source::StandardInput) => f.write_str("standard input"),
            Self::Command => f.write_str("the curl command"),
        }
    }
}

/// Bodies in command lines are small; what a shell takes is less.
const MOST_LINE: usize = 16 * 1024 * 1024;

#[cfg(test)]
mod tests;
