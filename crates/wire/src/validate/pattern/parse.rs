//! Reads a pattern's text.

use std::iter::Peekable;
use std::str::Chars;

use super::Class;

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Empty,
    Class(Class),
    /// What follows may not begin with one of these.
    Unless(Class),
    Sequence(Vec<Self>),
    Either(Vec<Self>),
    /// At least, at most; no bound where there is none.
    Repeat(Box<Self>, usize, Option<usize>),
}

pub(super) fn parse(text: &str) -> Result<Node, String> {
    let mut parser = Parser { rest: text.chars().peekable(), depth: 0 };
    let node = parser.either()?;
    match parser.rest.next() {
        None => Ok(node),
        Some(extra) => Err(format!("{extra:?} has no beginning")),
    }
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
    depth: usize,
}

impl Parser<'_> {
    fn either(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("groups lie too deep in one another".to_owned());
        }
        let mut nodes = vec![self.sequence()?];
        while self.rest.next_if_eq(&'|').is_some() {
            nodes.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Either(nodes) })
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let mut nodes = Vec::new();
        while self.rest.peek().is_some_and(|next| !matches!(next, '|' | ')')) {
            let node = self.part()?;
            let node = self.repeated(node)?;
            if node != Node::Empty {
                nodes.push(node);
            }
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.remove(0),
            _ => Node::Sequence(nodes),
        })
    }

    fn part(&mut self) -> Result<Node, String> {
        match self.next()? {
            // A match is of the whole text anyway.
            '^' | '$' => Ok(Node::Empty),
            '(' => self.group(),
            '[' => Ok(Node::Class(self.class()?)),
            '.' => Ok(Node::Class(Class::any())),
            '\\' => {
                let mut class = Class::default();
                if let Some(character) = self.escape(&mut class)? {
                    class.add(character, character);
                }
                Ok(Node::Class(class))
            }
            character @ ('*' | '+' | '?' | '{') => Err(format!("{character:?} repeats nothing")),
            character => Ok(Node::Class(Class::one(character))),
        }
    }

    fn group(&mut self) -> Result<Node, String> {
        if self.rest.next_if_eq(&'?').is_some() {
            match self.next()? {
                ':' => {}
                '!' => return self.unless(),
                other => return Err(format!("a group that begins with ?{other} is not known")),
            }
        }
        let node = self.either()?;
        self.expect(')')?;
        Ok(node)
    }

    fn unless(&mut self) -> Result<Node, String> {
        match self.part()? {
            Node::Class(class) => {
                self.expect(')')?;
                Ok(Node::Unless(class))
            }
            _ => Err("only one character may be looked at ahead".to_owned()),
        }
    }

    fn repeated(&mut self, node: Node) -> Result<Node, String> {
        let (min, max) = match self.rest.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.rest.next();
                let counts = self.counts()?;
                return Ok(Node::Repeat(Box::new(node), counts.0, counts.1));
            }
            _ => return Ok(node),
        };
        self.rest.next();
        Ok(Node::Repeat(Box::new(node), min, max))
    }

    fn counts(&mut self) -> Result<(usize, Option<usize>), String> {
        let mut text = String::new();
        while let Some(character) = self.rest.next_if(|next| *next != '}') {
            text.push(character);
        }
        self.expect('}')?;
        let count = |text: &str| match text.parse() {
            Ok(count) if count <= MAX_COUNT => Ok(count),
            _ => Err(format!("{text:?} is no count")),
        };
        let (min, max) = match text.split_once(',') {
            None => (count(&text)?, Some(count(&text)?)),
            Some((min, "")) => (count(min)?, None),
            Some((min, max)) => (count(min)?, Some(count(max)?)),
        };
        Ok((min, max))
    }

    fn class(&mut self) -> Result<Class, String> {
        let mut class = Class::default();
        if self.rest.next_if_eq(&'^').is_some() {
            class.negate();
        }
        loop {
            let from = match self.next()? {
                ']' => return Ok(class),
                '\\' => match self.escape(&mut class)? {
                    Some(character) => character,
                    None => continue,
                },
                '[' => return Err("a class in a class is not known".to_owned()),
                character => character,
            };
            let to = self.range_end(&mut class, from)?;
            class.add(from, to);
        }
    }

    /// The end of a range that begins with `from`; that itself where there is none.
    fn range_end(&mut self, class: &mut Class, from: char) -> Result<char, String> {
        if self.rest.next_if_eq(&'-').is_none() {
            return Ok(from);
        }
        let to = match self.rest.peek() {
            // A minus at the end is one.
            Some(']') | None => {
                class.add('-', '-');
                return Ok(from);
            }
            Some('\\') => {
                self.rest.next();
                self.escape(class)?.ok_or("a range ends in a class")?
            }
            Some(_) => self.next()?,
        };
        if to < from { Err(format!("the range {from:?} to {to:?} is empty")) } else { Ok(to) }
    }

    /// A character, or none where the class took what was named.
    fn escape(&mut self, class: &mut Class) -> Result<Option<char>, String> {
        let letter = self.next()?;
        match letter {
            'u' => {
                let digits: String = self.rest.by_ref().take(4).collect();
                let number =
                    u32::from_str_radix(&digits, 16).map_err(|_| format!("\\u{digits} is no character"))?;
                // Java counts halves of pairs as characters; no range of AWS's ends in one but at the last before, or after.
                Ok(Some(char::from_u32(number).unwrap_or('\u{d7ff}')))
            }
            'p' => {
                self.expect('{')?;
                let mut name = String::new();
                while let Some(character) = self.rest.next_if(|next| *next != '}') {
                    name.push(character);
                }
                self.expect('}')?;
                if class.add_category(&name) { Ok(None) } else { Err(format!("\\p{{{name}}} is not known")) }
            }
            't' => Ok(Some('\t')),
            'n' => Ok(Some('\n')),
            'r' => Ok(Some('\r')),
            _ if class.add_named(letter) => Ok(None),
            _ if letter.is_ascii_alphanumeric() => Err(format!("\\{letter} is not known")),
            _ => Ok(Some(letter)),
        }
    }

    fn next(&mut self) -> Result<char, String> {
        self.rest.next().ok_or_else(|| "the pattern breaks off".to_owned())
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        match self.next()? {
            character if character == wanted => Ok(()),
            character => Err(format!("{character:?} stands where {wanted:?} should")),
        }
    }
}

const MAX_DEPTH: usize = 32;
const MAX_COUNT: usize = 1000;
