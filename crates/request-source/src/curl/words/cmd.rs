//! Words as cmd.exe hands them over, and as programs of Windows take them apart.
//!
//! Two readers follow each other: cmd.exe undoes carets, outside of quotes alone; the C runtime splits at white space and
//! undoes quotes and backslashes. A quote behind a caret is one to the second reader only.

use super::{Line, Word, WordError, name_of};

/// A byte that cmd.exe passes on, and where it stood.
type Passed = (u8, usize);

pub(super) fn read(text: &[u8]) -> Result<Line, WordError> {
    let mut line = Line::default();
    let passed = carets(text, &mut line)?;
    line.words = split(&passed)?;
    Ok(line)
}

/// What cmd.exe passes on.
fn carets(text: &[u8], line: &mut Line) -> Result<Vec<Passed>, WordError> {
    let mut out = Vec::with_capacity(text.len());
    let (mut at, mut is_quoted) = (text.len() - text.trim_ascii_start().len(), false);
    while let Some(byte) = text.get(at).copied() {
        match byte {
            b'%' => variable(text, at)?,
            b'"' => is_quoted = !is_quoted,
            b'\n' => {
                end(text, at)?;
                break;
            }
            b'^' if !is_quoted => {
                at = escaped(text, at, &mut out);
                continue;
            }
            b'|' if !is_quoted => {
                line.ignored.push("| (what reads the answer)".to_owned());
                break;
            }
            b'&' | b'<' | b'>' if !is_quoted => {
                let problem =
                    format!("an unquoted {} ends the command; put quotes around the URL", char::from(byte));
                return Err(WordError::new(at, problem));
            }
            _ => {}
        }
        if !(byte == b'\r' && matches!(text.get(at + 1), None | Some(b'\n'))) {
            out.push((byte, at));
        }
        at += 1;
    }
    Ok(out)
}

/// The byte behind a caret as it is; behind the end of a line, the first of the next one. Answers where to go on.
fn escaped(text: &[u8], caret: usize, out: &mut Vec<Passed>) -> usize {
    let newline = |at: usize| match text.get(at..).unwrap_or_default() {
        [b'\r', b'\n', ..] => 2,
        [b'\n', ..] => 1,
        _ => 0,
    };
    let behind = caret + 1 + newline(caret + 1);
    // The carriage return of an escaped line end is dropped by the terminal that it was pasted into.
    let at = if newline(behind) == 2 { behind + 1 } else { behind };
    out.extend(text.get(at).map(|byte| (*byte, at)));
    at + 1
}

/// `%NAME%` would be replaced, quotes or not; other percent signs stay.
fn variable(text: &[u8], at: usize) -> Result<(), WordError> {
    let rest = text.get(at + 1..).unwrap_or_default();
    let name = name_of(rest);
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if is_name && rest.get(name.len()) == Some(&b'%') {
        return Err(WordError::new(at, format!("%{name}% is not expanded here; put its value in its place")));
    }
    Ok(())
}

fn end(text: &[u8], at: usize) -> Result<(), WordError> {
    let rest = text.get(at..).unwrap_or_default();
    match rest.iter().position(|byte| !byte.is_ascii_whitespace()) {
        None => Ok(()),
        Some(more) => {
            let problem = "a second command; give one, and end each of its lines but the last with ^";
            Err(WordError::new(at + more, problem))
        }
    }
}

/// Words as the C runtime finds them: white space splits outside of quotes, `\"` is a quote, `""` within quotes is one too.
fn split(passed: &[Passed]) -> Result<Vec<Word>, WordError> {
    let (mut words, mut word, mut quote, mut at) = (Vec::new(), None::<Word>, None, 0);
    while let Some((byte, place)) = passed.get(at).copied() {
        at += 1;
        if quote.is_none() && matches!(byte, b' ' | b'\t') {
            words.extend(word.take());
            continue;
        }
        let text = &mut word.get_or_insert_with(|| Word { at: place, text: Vec::new() }).text;
        match byte {
            b'\\' => at = backslashes(passed, at - 1, text),
            b'"' if quote.is_some() && passed.get(at).is_some_and(|next| next.0 == b'"') => {
                text.push(b'"');
                at += 1;
            }
            b'"' => quote = if quote.is_some() { None } else { Some(place) },
            _ => text.push(byte),
        }
    }
    if let Some(place) = quote {
        return Err(WordError::new(place, "the quote \" is not closed"));
    }
    words.extend(word);
    Ok(words)
}

/// Backslashes stand for themselves, except before a quote: there two are one, and an odd one makes the quote plain.
fn backslashes(passed: &[Passed], start: usize, text: &mut Vec<u8>) -> usize {
    let count = passed[start..].iter().take_while(|(byte, _)| *byte == b'\\').count();
    let before_quote = passed.get(start + count).is_some_and(|next| next.0 == b'"');
    let kept = if before_quote { count / 2 } else { count };
    text.extend(std::iter::repeat_n(b'\\', kept));
    if before_quote && count % 2 == 1 {
        text.push(b'"');
        return start + count + 1;
    }
    start + count
}
