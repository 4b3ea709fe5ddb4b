//! Patterns as AWS's models have them: a small part of Java's regular expressions, matched against a whole text.
//!
//! Rule: time in proportion to the text times the pattern, whatever both are; no step is ever taken back. A crate would bring
//! tables of all of Unicode for three classes, and automata built for searching; these patterns only ever match from end to end.
//!
//! Known: classes with ranges, `\w \d \s`, `\p{L} \p{N} \p{Z}`, `\uXXXX`, `.`, groups, `|`, `* + ? {m,n}`, `(?!x)` for one
//! character, and `^` and `$` where they change nothing.

mod class;
mod letters;
mod parse;

pub(crate) use class::Class;
use parse::Node;

/// A pattern, ready to match.
#[derive(Debug)]
pub(crate) struct Pattern {
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    /// The whole pattern is so many or more of one class, as most are.
    All(Class, usize),
    One(Class),
    /// Go on at both places.
    Split(usize, usize),
    Jump(usize),
    /// Go on unless the next character is one of these.
    Unless(Class),
    Match,
}

impl Pattern {
    /// Errors name what is not known of a pattern.
    pub(crate) fn compile(text: &str) -> Result<Self, String> {
        let node = parse::parse(text)?;
        if let Node::Repeat(inner, min, None) = &node
            && let Node::Class(class) = &**inner
        {
            return Ok(Self { steps: vec![Step::All(class.clone().settled(), *min)] });
        }
        let mut pattern = Self { steps: Vec::new() };
        pattern.add(&node)?;
        pattern.steps.push(Step::Match);
        Ok(pattern)
    }

    /// Whether all of the text is what the pattern says.
    pub(crate) fn matches(&self, text: &str) -> bool {
        if let [Step::All(class, min)] = self.steps.as_slice() {
            return text.chars().all(|character| class.has(character))
                && text.chars().take(*min).count() == *min;
        }
        let mut characters = text.chars().peekable();
        let mut places = Places::new(self.steps.len());
        let mut following = Places::new(self.steps.len());
        self.reach(&mut places, 0, characters.peek().copied());
        while let Some(character) = characters.next() {
            following.clear();
            for &place in &places.list {
                if let Step::One(class) = &self.steps[place]
                    && class.has(character)
                {
                    self.reach(&mut following, place + 1, characters.peek().copied());
                }
            }
            std::mem::swap(&mut places, &mut following);
            if places.list.is_empty() {
                return false;
            }
        }
        places.list.iter().any(|place| matches!(self.steps[*place], Step::Match))
    }

    /// Adds a place and all that it leads to without a character.
    fn reach(&self, places: &mut Places, place: usize, next: Option<char>) {
        places.open.push(place);
        while let Some(place) = places.open.pop() {
            if !places.add(place) {
                continue;
            }
            match &self.steps[place] {
                Step::Split(one, other) => places.open.extend([*one, *other]),
                Step::Jump(to) => places.open.push(*to),
                Step::Unless(class) if !next.is_some_and(|next| class.has(next)) => {
                    places.open.push(place + 1)
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, node: &Node) -> Result<(), String> {
        if self.steps.len() > MAX_STEPS {
            return Err("the pattern is too long".to_owned());
        }
        match node {
            Node::Empty => {}
            Node::Class(class) => self.steps.push(Step::One(class.clone().settled())),
            Node::Unless(class) => self.steps.push(Step::Unless(class.clone().settled())),
            Node::Sequence(nodes) => nodes.iter().try_for_each(|node| self.add(node))?,
            Node::Either(nodes) => self.add_either(nodes)?,
            Node::Repeat(node, min, max) => self.add_repeat(node, *min, *max)?,
        }
        Ok(())
    }

    fn add_either(&mut self, nodes: &[Node]) -> Result<(), String> {
        let Some((last, others)) = nodes.split_last() else { return Ok(()) };
        let mut ends = Vec::new();
        for node in others {
            let split = self.steps.len();
            self.steps.push(Step::Match);
            self.add(node)?;
            ends.push(self.steps.len());
            self.steps.push(Step::Match);
            self.steps[split] = Step::Split(split + 1, self.steps.len());
        }
        self.add(last)?;
        for end in ends {
            self.steps[end] = Step::Jump(self.steps.len());
        }
        Ok(())
    }

    fn add_repeat(&mut self, node: &Node, min: usize, max: Option<usize>) -> Result<(), String> {
        for _ in 0..min {
            self.add(node)?;
        }
        let Some(max) = max else {
            let start = self.steps.len();
            self.steps.push(Step::Match);
            self.add(node)?;
            self.steps.push(Step::Jump(start));
            self.steps[start] = Step::Split(start + 1, self.steps.len());
            return Ok(());
        };
        let mut splits = Vec::new();
        for _ in min..max {
            splits.push(self.steps.len());
            self.steps.push(Step::Match);
            self.add(node)?;
        }
        for split in splits {
            self.steps[split] = Step::Split(split + 1, self.steps.len());
        }
        Ok(())
    }
}

/// Where a match may stand; each place once.
#[derive(Debug)]
struct Places {
    list: Vec<usize>,
    held: Vec<bool>,
    /// Those that are yet to be followed.
    open: Vec<usize>,
}

impl Places {
    fn new(count: usize) -> Self {
        Self { list: Vec::with_capacity(count), held: vec![false; count], open: Vec::new() }
    }

    fn add(&mut self, place: usize) -> bool {
        let new = !std::mem::replace(&mut self.held[place], true);
        if new {
            self.list.push(place);
        }
        new
    }

    fn clear(&mut self) {
        for place in self.list.drain(..) {
            self.held[place] = false;
        }
    }
}

/// The longest of AWS's have some hundred.
const MAX_STEPS: usize = 4096;

#[cfg(test)]
mod tests;
