//! JSON with positions: what a policy's text says, and where.
//!
//! Rule: strict JSON (RFC 8259) in bounded space and time. Positions count as AWS's simulator does: lines and columns from 1,
//! columns in UTF-16 units, lines ended by LF, CR or CRLF; a span ends one column behind its last character.

use std::collections::HashSet;

use super::{Position, Span};

/// The longest text that is read, in bytes. AWS takes 131,072 characters from callers, and its own managed policies are longer.
pub(super) const LONGEST: usize = 512 * 1024;
/// A policy nests six deep.
const DEEPEST: usize = 16;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// As written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Object(Vec<Member>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) node: Node,
    /// Of the name and the value.
    pub(super) span: Span,
}

/// The text is no JSON, or has a name twice in one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JsonError {
    pub(super) position: Position,
    pub(super) duplicate: bool,
}

/// Reads the one value that `text` holds.
pub(super) fn read(text: &str) -> Result<Node, JsonError> {
    let mut reader = Reader { text, at: 0, mark: 0, position: Position { line: 1, column: 1 } };
    if text.len() > LONGEST {
        return Err(reader.fault());
    }
    reader.skip_space();
    let node = reader.node(0)?;
    reader.skip_space();
    if reader.at < text.len() { Err(reader.fault()) } else { Ok(node) }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// How far `position` has counted.
    mark: usize,
    position: Position,
}

impl Reader<'_> {
    fn node(&mut self, depth: usize) -> Result<Node, JsonError> {
        let start = self.here();
        let value = match self.peek() {
            Some(b'{') if depth < DEEPEST => self.object(depth)?,
            Some(b'[') if depth < DEEPEST => self.list(depth)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.fault()),
        };
        Ok(Node { value, span: Span { start, end: self.here() } })
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        let mut members = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            members.push(self.member(depth)?);
            self.skip_space();
            if self.take(b'}') {
                break;
            }
            self.expect(b',')?;
            self.skip_space();
        }
        match twice(&members) {
            Some(position) => Err(JsonError { position, duplicate: true }),
            None => Ok(Value::Object(members)),
        }
    }

    fn member(&mut self, depth: usize) -> Result<Member, JsonError> {
        let start = self.here();
        if self.peek() != Some(b'"') {
            return Err(self.fault());
        }
        let name = self.string()?;
        self.skip_space();
        self.expect(b':')?;
        self.skip_space();
        let node = self.node(depth + 1)?;
        let span = Span { start, end: node.span.end };
        Ok(Member { name, node, span })
    }

    fn list(&mut self, depth: usize) -> Result<Value, JsonError> {
        let mut nodes = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.take(b']') {
            return Ok(Value::List(nodes));
        }
        loop {
            nodes.push(self.node(depth + 1)?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Value::List(nodes));
            }
            self.expect(b',')?;
            self.skip_space();
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let mut value = String::new();
        self.at += 1;
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
            let Some(plain) = plain else { return Err(self.fault()) };
            value.push_str(&self.text[self.at..self.at + plain]);
            self.at += plain;
            match rest[plain] {
                b'"' => {
                    self.at += 1;
                    return Ok(value);
                }
                b'\\' => value.push(self.escape()?),
                _ => return Err(self.fault()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let letter = self.text.as_bytes().get(self.at + 1).copied();
        let character = match letter {
            Some(letter @ (b'"' | b'\\' | b'/')) => letter.into(),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.fault()),
        };
        self.at += 2;
        Ok(character)
    }

    /// `\uXXXX`, or two of them for a character beyond the first plane.
    fn unicode(&mut self) -> Result<char, JsonError> {
        let first = self.unit()?;
        let units = match first {
            0xd800..=0xdbff if self.peek() == Some(b'\\') => [first, self.unit()?],
            _ => [first, 0],
        };
        let mut decoded = char::decode_utf16(units.into_iter().take(if units[1] == 0 { 1 } else { 2 }));
        decoded.next().and_then(Result::ok).ok_or_else(|| self.fault())
    }

    fn unit(&mut self) -> Result<u16, JsonError> {
        let digits = self.text.get(self.at..self.at + 6).and_then(|escape| escape.strip_prefix("\\u"));
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or_else(|| self.fault())?;
        self.at += 6;
        Ok(unit)
    }

    fn number(&mut self) -> Result<String, JsonError> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'+') {
                self.take(b'-');
            }
            self.digits()?;
        }
        Ok(self.text[start..self.at].to_owned())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let rest = &self.text.as_bytes()[self.at..];
        match rest.iter().take_while(|byte| byte.is_ascii_digit()).count() {
            0 => Err(self.fault()),
            count => {
                self.at += count;
                Ok(())
            }
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.fault());
        }
        self.at += word.len();
        Ok(value)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        self.at += usize::from(taken);
        taken
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.take(byte) { Ok(()) } else { Err(self.fault()) }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn fault(&mut self) -> JsonError {
        JsonError { position: self.here(), duplicate: false }
    }

    /// Counts on from where it was asked last, so that all positions together cost one pass.
    fn here(&mut self) -> Position {
        let bytes = self.text.as_bytes();
        for at in self.mark..self.at {
            match bytes[at] {
                b'\r' if bytes.get(at + 1) == Some(&b'\n') => {}
                b'\n' | b'\r' => self.position = Position { line: self.position.line + 1, column: 1 },
                // Four bytes of UTF-8 are two units of UTF-16.
                0xf0.. => self.position.column += 2,
                0x80..=0xbf => {}
                _ => self.position.column += 1,
            }
        }
        self.mark = self.at;
        self.position
    }
}

/// Where a name stands for the second time.
fn twice(members: &[Member]) -> Option<Position> {
    let mut seen = HashSet::with_capacity(members.len());
    let again = members.iter().find(|member| !seen.insert(member.name.as_str()))?;
    Some(again.span.start)
}

/// The characters of `text` without white space between tokens: how AWS measures policies against its quotas.
pub(super) fn size(text: &str) -> usize {
    let (mut count, mut inside, mut escaped) = (0, false, false);
    for character in text.chars() {
        match character {
            ' ' | '\t' | '\n' | '\r' if !inside => continue,
            '"' if !escaped => inside = !inside,
            _ => {}
        }
        escaped = inside && character == '\\' && !escaped;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_utf16_units_and_every_kind_of_line_end() {
        for (text, start, end) in [
            ("  []", (1, 3), (1, 5)),
            ("\n\n []", (3, 2), (3, 4)),
            ("\r\n\r []", (3, 2), (3, 4)),
            ("[\"\u{1f600}é\"]", (1, 1), (1, 8)),
            ("[1,\n2\n]\n", (1, 1), (3, 2)),
        ] {
            let span = read(text).unwrap().span;
            assert_eq!((span.start.line, span.start.column), start, "{text:?}");
            assert_eq!((span.end.line, span.end.column), end, "{text:?}");
        }
    }

    #[test]
    fn strings_are_unescaped() {
        let text = r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#;
        assert_eq!(read(text).unwrap().value, Value::Text("\"\\/\u{8}\u{c}\n\r\té\u{1f600}".to_owned()));
    }

    #[test]
    fn only_strict_json_is_read() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{'a':1}",
            "[01]",
            "[1.]",
            "[.5]",
            "[+1]",
            "[1e]",
            "nul",
            "[] []",
            "\"\t\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\\ud83d\"",
            "\"\\ud83d\\n\"",
            "\"\\udc00\"",
            "\u{feff}[]",
            "[1//2\n]",
            "\"a",
            "\"\\u+123\"",
            "[NaN]",
        ] {
            let error = read(text).expect_err(text);
            assert!(!error.duplicate, "{text}");
        }
        for text in ["0", "-0.5e+10", "[]", "{}", " null\n", "[[],{}]"] {
            assert!(read(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn names_stand_once_in_an_object() {
        let error = read("{\"a\": 1,\n \"b\": {\"c\": 1, \"c\": 2}}").unwrap_err();
        assert_eq!(error, JsonError { position: Position { line: 2, column: 16 }, duplicate: true });
        read(r#"{"a": 1, "A": 2, "b": {"a": 1}}"#).unwrap();
    }

    #[test]
    fn depth_and_length_are_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        read(&nested(DEEPEST)).unwrap();
        read(&nested(DEEPEST + 1)).unwrap_err();
        read(&nested(200_000)).unwrap_err();
        read(&format!("\"{}\"", "a".repeat(LONGEST))).unwrap_err();
    }

    #[test]
    fn white_space_between_tokens_is_not_counted() {
        assert_eq!(size("{ \"a b\" :\r\n\t[ 1 ] }"), "{\"a b\":[1]}".len());
        assert_eq!(size(r#"{ "a\" b\\" : 1 }"#), r#"{"a\" b\\":1}"#.len());
        assert_eq!(size("\"é\u{1f600}\""), 4);
    }
}
