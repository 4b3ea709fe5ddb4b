//! Words by the rules of a POSIX shell, and of bash where it goes further.

use super::{Feed, Line, Word, WordError, ansi_c, feed, name_of};

/// The command of a line, behind what feeds it.
pub(super) fn read(text: &[u8]) -> Result<Line, WordError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut first = lexer.command()?;
    // A prompt was copied along.
    if first.line.words.first().is_some_and(|word| word.text == b"$" || word.text == b"%") {
        first.line.words.remove(0);
    }
    if !first.is_piped || !feed::is_feeder(&first.line.words) {
        return Ok(first.finish());
    }
    let fed = feed::read(&first.line)?;
    let mut second = lexer.command()?;
    second.line.feed.get_or_insert(fed);
    Ok(second.finish())
}

/// A command up to the pipe, or to the end.
struct Command {
    line: Line,
    is_piped: bool,
}

impl Command {
    fn finish(mut self) -> Line {
        if self.is_piped {
            self.line.ignored.push("| (what reads the answer)".to_owned());
        }
        self.line
    }
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, prefix: &[u8]) -> bool {
        let found = self.rest().starts_with(prefix);
        self.at += if found { prefix.len() } else { 0 };
        found
    }

    fn command(&mut self) -> Result<Command, WordError> {
        let mut line = Line::default();
        loop {
            self.blanks(line.words.is_empty());
            let at = self.at;
            match self.peek() {
                None => return Ok(Command { line, is_piped: false }),
                Some(b'|') if !matches!(self.text.get(at + 1), Some(b'|' | b'&')) => {
                    self.at += 1;
                    return Ok(Command { line, is_piped: true });
                }
                Some(b'\n' | b';') => {
                    self.end()?;
                    return Ok(Command { line, is_piped: false });
                }
                Some(b'>') => self.output(&mut line)?,
                Some(b'&') if self.rest().starts_with(b"&>") => {
                    self.at += 1;
                    self.output(&mut line)?;
                }
                Some(b'<') => line.feed = Some(self.input()?),
                Some(b'&') => {
                    return Err(WordError::new(
                        at,
                        "an unquoted & ends the command; put quotes around the URL",
                    ));
                }
                Some(odd @ (b'|' | b'(' | b')')) => {
                    let problem = format!("an unquoted {} is not part of a curl command", char::from(odd));
                    return Err(WordError::new(at, problem));
                }
                Some(_) => {
                    let word = self.word()?;
                    // The number of a descriptor belongs to what follows it.
                    let is_descriptor =
                        word.text.len() == 1 && self.at == at + 1 && word.text[0].is_ascii_digit();
                    if !(is_descriptor && matches!(self.peek(), Some(b'>'))) {
                        line.words.push(word);
                    }
                }
            }
        }
    }

    /// Skips white space, comments and continued lines; `newlines` too where nothing stands before them.
    fn blanks(&mut self, newlines: bool) {
        loop {
            match self.rest() {
                [b' ' | b'\t', ..] => self.at += 1,
                [b'\r', b'\n', ..] if newlines => self.at += 2,
                [b'\n', ..] if newlines => self.at += 1,
                [b'\r', b'\n', ..] | [b'\r'] => self.at += 1,
                [b'\\', b'\n', ..] => self.at += 2,
                [b'\\', b'\r', b'\n', ..] => self.at += 3,
                [b'#', rest @ ..] => {
                    self.at += 1 + rest.iter().take_while(|byte| **byte != b'\n').count();
                }
                _ => return,
            }
        }
    }

    /// Behind a newline or a semicolon nothing may follow.
    fn end(&mut self) -> Result<(), WordError> {
        self.at += 1;
        self.blanks(true);
        match self.peek() {
            None => Ok(()),
            Some(_) => {
                let problem = "a second command; give one, and end each of its lines but the last with \\";
                Err(WordError::new(self.at, problem))
            }
        }
    }

    /// `>` and the file behind it: where the answer goes.
    fn output(&mut self, line: &mut Line) -> Result<(), WordError> {
        let at = self.at;
        let _ = self.take(b">>") || self.take(b">&") || self.take(b">|") || self.take(b">");
        self.operand(at)?;
        if line.ignored.is_empty() {
            line.ignored.push("> (where the answer goes)".to_owned());
        }
        Ok(())
    }

    /// `<` and the file behind it.
    fn input(&mut self) -> Result<Feed, WordError> {
        let at = self.at;
        if self.rest().starts_with(b"<<") || self.rest().starts_with(b"<&") || self.rest().starts_with(b"<(")
        {
            return Err(WordError::new(
                at,
                "documents within the command line are not read; use --data-binary @FILE",
            ));
        }
        self.at += 1;
        let file = self.operand(at)?;
        String::from_utf8(file.text)
            .map(Feed::File)
            .map_err(|_| WordError::new(file.at, "the name of the file is not UTF-8 text"))
    }

    fn operand(&mut self, at: usize) -> Result<Word, WordError> {
        self.blanks(false);
        match self.peek() {
            None | Some(b'\n' | b'|' | b'&' | b';' | b'<' | b'>' | b'(' | b')') => {
                Err(WordError::new(at, "the name of a file is missing after < or >"))
            }
            Some(_) => self.word(),
        }
    }

    fn word(&mut self) -> Result<Word, WordError> {
        let (start, mut text, mut braces) = (self.at, Vec::new(), Braces::default());
        while let Some(byte) = self.peek() {
            let at = self.at;
            match byte {
                b' ' | b'\t' | b'\n' | b'|' | b'&' | b';' | b'<' | b'>' | b'(' | b')' => break,
                b'\r' if matches!(self.text.get(at + 1), None | Some(b'\n')) => break,
                b'\'' => self.single(&mut text)?,
                b'"' => self.double(&mut text)?,
                b'\\' => self.escaped(&mut text)?,
                b'$' if self.take(b"$'") => self.at = ansi_c::read(self.text, at, &mut text)?,
                b'$' if self.rest().starts_with(b"$\"") => self.at += 1,
                b'$' | b'`' => self.literal_dollar(&mut text)?,
                _ => {
                    if braces.closes(byte) {
                        let problem = "unquoted braces with a comma are taken apart by the shell; put quotes around them";
                        return Err(WordError::new(at, problem));
                    }
                    text.push(byte);
                    self.at += 1;
                }
            }
        }
        match text.contains(&0) {
            true => Err(WordError::new(
                start,
                "no word of a command line can hold a NUL byte; use --data-binary @FILE",
            )),
            false => Ok(Word { at: start, text }),
        }
    }

    fn single(&mut self, text: &mut Vec<u8>) -> Result<(), WordError> {
        let at = self.at;
        self.at += 1;
        let end = self.rest().iter().position(|byte| *byte == b'\'').ok_or_else(|| unclosed(at, '\''))?;
        text.extend_from_slice(&self.rest()[..end]);
        self.at += end + 1;
        Ok(())
    }

    fn double(&mut self, text: &mut Vec<u8>) -> Result<(), WordError> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.rest() {
                [] => return Err(unclosed(start, '"')),
                [b'"', ..] => {
                    self.at += 1;
                    return Ok(());
                }
                [b'\\', b'\n', ..] => self.at += 2,
                [b'\\', escaped @ (b'$' | b'`' | b'"' | b'\\'), ..] => {
                    text.push(*escaped);
                    self.at += 2;
                }
                [b'$' | b'`', ..] => self.literal_dollar(text)?,
                [byte, ..] => {
                    text.push(*byte);
                    self.at += 1;
                }
            }
        }
    }

    fn escaped(&mut self, text: &mut Vec<u8>) -> Result<(), WordError> {
        match self.rest() {
            [_, b'\n', ..] => self.at += 2,
            [_, b'\r', b'\n', ..] => self.at += 3,
            [_, byte, ..] => {
                text.push(*byte);
                self.at += 2;
            }
            _ => return Err(WordError::new(self.at, "a backslash with nothing behind it")),
        }
        Ok(())
    }

    /// A `$` that no name follows stands for itself.
    fn literal_dollar(&mut self, text: &mut Vec<u8>) -> Result<(), WordError> {
        let problem = match self.rest() {
            [b'`', ..] => {
                "a backquote runs a command (or, in PowerShell, continues a line); nothing is run here, put the value in its place"
                    .to_owned()
            }
            [b'$', b'(', ..] => "$( runs a command; nothing is run here, put the value in its place".to_owned(),
            [b'$', b'{', rest @ ..] => not_expanded(&name_of(rest)),
            [_, rest @ ..] if rest.first().is_some_and(|next| next.is_ascii_alphabetic() || *next == b'_') => {
                not_expanded(&name_of(rest))
            }
            [_, next, ..] if next.is_ascii_digit() || b"@*#?-$!".contains(next) => {
                not_expanded(&char::from(*next).to_string())
            }
            _ => {
                text.push(b'$');
                self.at += 1;
                return Ok(());
            }
        };
        Err(WordError::new(self.at, problem))
    }
}

/// Braces outside of quotes that a shell would take apart.
#[derive(Default)]
struct Braces {
    is_open: bool,
    has_comma: bool,
    last: u8,
}

impl Braces {
    fn closes(&mut self, byte: u8) -> bool {
        match byte {
            b'{' => (self.is_open, self.has_comma) = (true, false),
            b',' => self.has_comma |= self.is_open,
            b'.' => self.has_comma |= self.is_open && self.last == b'.',
            _ => {}
        }
        self.last = byte;
        byte == b'}' && self.is_open && self.has_comma
    }
}

fn not_expanded(name: &str) -> String {
    format!(
        "${name} is not expanded here; put its value in its place, or let your shell hand the words over as arguments"
    )
}

fn unclosed(at: usize, quote: char) -> WordError {
    WordError::new(at, format!("the quote {quote} is not closed"))
}
