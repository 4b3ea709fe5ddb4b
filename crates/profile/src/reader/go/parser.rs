//! The table of states over tokens.
//!
//! Rule: each token either begins, continues or completes what is being read; a pair of state and token that the table
//! does not have fails the file. Lines matter only as tokens, so that a header may go on over several of them.

use super::super::input::Input;
use super::super::sections::Builder;
use super::super::{Dropped, Profile, ReadError, Sections, Setting};
use super::lexer::{Kind, Token};

pub(super) fn parse(
    input: &Input<'_>,
    tokens: Vec<Token<'_>>,
    dropped: &mut Vec<Dropped>,
) -> Result<Sections, ReadError> {
    let mut parser =
        Parser { input, dropped, sections: Builder::default(), scope: None, skipping: None, line: 1 };
    let mut frame = Frame::Start;
    for token in &tokens {
        parser.line = token.line;
        if !parser.skips(token.kind) {
            frame = parser.step(frame, token)?;
        }
    }
    parser.end(frame)?;
    Ok(parser.sections.finish())
}

/// What is being read.
enum Frame {
    Start,
    Comment,
    /// A line is passed over, or was.
    Skip,
    /// Words before an operator.
    Words {
        text: String,
        line: usize,
    },
    /// A key and its operator.
    Key {
        key: String,
        line: usize,
    },
    /// A key and its value so far.
    Assignment {
        key: String,
        line: usize,
        value: Literal,
    },
    /// A bracket is open.
    Bracket,
    /// Words behind an open bracket.
    Header {
        text: String,
        line: usize,
    },
    /// A bracket was closed.
    Section {
        text: Option<String>,
        line: usize,
    },
}

struct Literal {
    text: String,
    quoted: bool,
    integer: Option<i64>,
}

struct Parser<'p> {
    input: &'p Input<'p>,
    dropped: &'p mut Vec<Dropped>,
    sections: Builder,
    /// The section to which assignments belong.
    scope: Option<usize>,
    /// While tokens are passed over: the kind of the last one.
    skipping: Option<Kind>,
    line: usize,
}

impl Parser<'_> {
    /// Whether a token is passed over: all are, up to a line that is not indented.
    fn skips(&mut self, kind: Kind) -> bool {
        match self.skipping {
            None => false,
            Some(Kind::NewLine) if kind != Kind::Blank => {
                self.skipping = None;
                false
            }
            Some(_) => {
                self.skipping = Some(kind);
                true
            }
        }
    }

    fn step(&mut self, frame: Frame, token: &Token<'_>) -> Result<Frame, ReadError> {
        match frame {
            Frame::Start | Frame::Comment | Frame::Skip => self.begin(frame, token),
            Frame::Section { .. } => match token.kind {
                Kind::Blank | Kind::NewLine => Ok(frame),
                _ => {
                    self.complete(frame)?;
                    self.begin(Frame::Start, token)
                }
            },
            Frame::Words { text, line } => self.words(text, line, token),
            Frame::Key { key, line } => self.key(key, line, token),
            Frame::Assignment { key, line, value } => self.assignment(key, line, value, token),
            Frame::Bracket => match token.kind {
                Kind::Literal => Ok(Frame::Header { text: token.text.to_owned(), line: token.line }),
                Kind::Separator => self.close_bracket(None, token),
                Kind::Blank | Kind::NewLine => Ok(frame),
                Kind::Comment => Err(self.fault("has a comment within the brackets of a header")),
                Kind::Operator | Kind::Comma => Err(self.unexpected()),
            },
            Frame::Header { text, line } => self.header(text, line, token),
        }
    }

    /// Nothing is half read.
    fn begin(&mut self, frame: Frame, token: &Token<'_>) -> Result<Frame, ReadError> {
        match token.kind {
            Kind::Literal => Ok(Frame::Words { text: token.text.to_owned(), line: token.line }),
            Kind::Separator if token.text == "[" => Ok(Frame::Bracket),
            Kind::Separator => Err(self.fault("begins with a closing bracket")),
            Kind::Blank | Kind::NewLine => Ok(frame),
            Kind::Comment => Ok(Frame::Comment),
            Kind::Operator => Err(self.fault("has nothing before its `=`")),
            Kind::Comma => Err(self.unexpected()),
        }
    }

    fn words(&mut self, mut text: String, line: usize, token: &Token<'_>) -> Result<Frame, ReadError> {
        match token.kind {
            Kind::Operator => Ok(Frame::Key { key: lower(trim(&text)), line }),
            Kind::Literal | Kind::Blank => {
                text.push_str(token.text);
                Ok(Frame::Words { text, line })
            }
            Kind::NewLine => {
                self.dropped.push(self.input.dropped(line, "has no `=` between a key and a value"));
                Ok(self.skip(Kind::NewLine))
            }
            Kind::Separator | Kind::Comment | Kind::Comma => {
                self.complete(Frame::Words { text, line })?;
                Err(self.unexpected())
            }
        }
    }

    fn key(&mut self, key: String, line: usize, token: &Token<'_>) -> Result<Frame, ReadError> {
        match token.kind {
            Kind::Literal | Kind::Separator | Kind::Operator => {
                let value =
                    Literal { text: token.text.to_owned(), quoted: token.quoted, integer: token.integer };
                Ok(Frame::Assignment { key, line, value })
            }
            Kind::Blank => Ok(Frame::Key { key, line }),
            Kind::NewLine => {
                let why = "a key without a value is passed over, with the indented lines below it";
                self.dropped.push(self.input.dropped(line, why));
                Ok(self.skip(Kind::NewLine))
            }
            Kind::Comment => Err(self.fault("has a comment where a value is expected")),
            Kind::Comma => Err(self.unexpected()),
        }
    }

    fn assignment(
        &mut self,
        key: String,
        line: usize,
        mut value: Literal,
        token: &Token<'_>,
    ) -> Result<Frame, ReadError> {
        match token.kind {
            Kind::Literal | Kind::Separator | Kind::Operator | Kind::Blank => {
                if !value.quoted {
                    value.text.push_str(token.text);
                    value.integer = None;
                }
                Ok(Frame::Assignment { key, line, value })
            }
            Kind::NewLine => {
                self.complete(Frame::Assignment { key, line, value })?;
                Ok(Frame::Start)
            }
            Kind::Comment => {
                self.complete(Frame::Assignment { key, line, value })?;
                Ok(Frame::Comment)
            }
            Kind::Comma => {
                let why =
                    "a comma after a blank makes this SDK pass over the line and the indented ones below it";
                self.dropped.push(self.input.dropped(line, why));
                Ok(self.skip(Kind::Comma))
            }
        }
    }

    fn header(&mut self, mut text: String, line: usize, token: &Token<'_>) -> Result<Frame, ReadError> {
        match token.kind {
            Kind::Literal | Kind::Operator | Kind::Blank => {
                text.push_str(token.text);
                Ok(Frame::Header { text, line })
            }
            Kind::Separator => self.close_bracket(Some((text, line)), token),
            Kind::NewLine => Ok(Frame::Header { text, line }),
            Kind::Comment => Err(self.fault("has a comment within the brackets of a header")),
            Kind::Comma => Err(self.unexpected()),
        }
    }

    fn close_bracket(&self, header: Option<(String, usize)>, token: &Token<'_>) -> Result<Frame, ReadError> {
        if token.text != "]" {
            return Err(self.fault("opens a bracket before the one above is closed"));
        }
        let (text, line) = header.map_or((None, token.line), |(text, line)| (Some(text), line));
        Ok(Frame::Section { text, line })
    }

    fn skip(&mut self, last: Kind) -> Frame {
        self.skipping = Some(last);
        Frame::Skip
    }

    fn complete(&mut self, frame: Frame) -> Result<(), ReadError> {
        match frame {
            Frame::Words { line, .. } => {
                self.line = line;
                Err(self.fault("has no `=` between a key and a value"))
            }
            Frame::Section { text: None, line } => {
                self.line = line;
                Err(self.fault("has nothing between its brackets"))
            }
            Frame::Section { text: Some(text), line } => {
                let name = section_name(&text);
                let place = self.input.line(line);
                let (at, _) = self.sections.open(&name, || Profile::at(place));
                self.scope = Some(at);
                Ok(())
            }
            Frame::Assignment { key, line, value } => {
                let place = self.input.line(line);
                let text = match key == DURATION {
                    true => value.integer.unwrap_or_default().to_string(),
                    false => value.into_text(),
                };
                // What stands before the first header is in a section without a name.
                let at = self.scope.unwrap_or_else(|| self.sections.open("", Profile::default).0);
                self.sections.section(at).settings.insert(key, Setting::text(text, place));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// No more tokens come.
    fn end(&mut self, frame: Frame) -> Result<(), ReadError> {
        match frame {
            Frame::Key { .. } => Err(self.fault("the file ends after `=`, without a value and a line end")),
            Frame::Header { .. } => Err(self.fault("the file ends within the brackets of a header")),
            Frame::Bracket => Err(self.fault("the file ends after an open bracket")),
            // Left behind while its line was passed over.
            Frame::Skip | Frame::Start | Frame::Comment => Ok(()),
            whole => self.complete(whole),
        }
    }

    fn unexpected(&self) -> ReadError {
        self.fault("has a comma or a bracket that this SDK does not expect there")
    }

    fn fault(&self, what: &str) -> ReadError {
        self.input.fault(self.line, what, "write headers as [profile NAME] and lines as `key = value`")
    }
}

impl Literal {
    /// Quotes are taken off and their escapes read; else blanks around are, but not tabs.
    fn into_text(self) -> String {
        if !self.quoted {
            return self.text.trim_matches([' ', '\n']).to_owned();
        }
        let mut text = String::with_capacity(self.text.len());
        for letter in self.text[1..self.text.len() - 1].chars() {
            let escaped = match letter {
                'n' => '\n',
                't' => '\t',
                '\'' | '"' | '\\' => letter,
                _ => {
                    text.push(letter);
                    continue;
                }
            };
            match text.ends_with('\\') {
                true => {
                    text.pop();
                    text.push(escaped);
                }
                false => text.push(letter),
            }
        }
        text
    }
}

/// The name of a section: of blanks after `profile` one is left.
fn section_name(text: &str) -> String {
    let name = trim(text).trim();
    match name.strip_prefix("profile ") {
        Some(rest) => format!("profile {}", rest.trim_start_matches(' ')),
        None => name.to_owned(),
    }
}

/// Letter by letter, as Go does: no letter becomes two, and none looks at its neighbours.
fn lower(text: &str) -> String {
    text.chars().map(|letter| letter.to_lowercase().next().unwrap_or(letter)).collect()
}

fn trim(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() && !matches!(letter, '\n' | '\r'))
}

/// Read as a number by that SDK; anything else is 0 to it.
const DURATION: &str = "duration_seconds";
