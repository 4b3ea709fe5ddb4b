//! A command line cut into words without a shell, as botocore cuts it: POSIX words (XCU section 2.2) by the rules of
//! Python's `shlex`, and those of Microsoft's C run-time on Windows.

/// The line is not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WordsError {
    #[error("has a quotation that is not closed")]
    OpenQuotation,
    #[error("ends with an escape of nothing")]
    OpenEscape,
}

/// Quotes join, a backslash takes the next character as it is; in double quotes only where that is one of `"` and `\`.
/// Nothing is expanded.
pub(crate) fn posix(line: &str) -> Result<Vec<String>, WordsError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(characters.next().ok_or(WordsError::OpenEscape)?),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next().ok_or(WordsError::OpenQuotation)? {
                        '\'' => break,
                        other => word.push(other),
                    }
                }
            }
            '"' => double_quoted(&mut characters, word.get_or_insert_default())?,
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Ok(words)
}

fn double_quoted(characters: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), WordsError> {
    loop {
        match characters.next().ok_or(WordsError::OpenQuotation)? {
            '"' => return Ok(()),
            '\\' => match characters.next().ok_or(WordsError::OpenEscape)? {
                plain @ ('"' | '\\') => word.push(plain),
                other => word.extend(['\\', other]),
            },
            other => word.push(other),
        }
    }
}

/// Backslashes stand for themselves but before a double quote, where two are one and an odd one escapes the quote.
pub(super) fn windows(line: &str) -> Result<Vec<String>, WordsError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut backslashes = 0;
    for character in line.chars() {
        match character {
            '\\' => backslashes += 1,
            '"' => {
                let word = word.get_or_insert_default();
                word.extend(std::iter::repeat_n('\\', backslashes / 2));
                match backslashes % 2 {
                    1 => word.push('"'),
                    _ => quoted = !quoted,
                }
                backslashes = 0;
            }
            ' ' | '\t' if !quoted => {
                put_backslashes(&mut word, &mut backslashes);
                words.extend(word.take());
            }
            other => {
                put_backslashes(&mut word, &mut backslashes);
                word.get_or_insert_default().push(other);
            }
        }
    }
    put_backslashes(&mut word, &mut backslashes);
    if quoted {
        return Err(WordsError::OpenQuotation);
    }
    words.extend(word);
    Ok(words)
}

fn put_backslashes(word: &mut Option<String>, count: &mut usize) {
    if *count > 0 {
        word.get_or_insert_default().extend(std::iter::repeat_n('\\', std::mem::take(count)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Expected words as Python's `shlex.split` gives them.
    #[test]
    fn posix_words_are_those_of_shlex() {
        let cases: &[(&str, Result<&[&str], WordsError>)] = &[
            ("", Ok(&[])),
            ("  /bin/x  a\tb ", Ok(&["/bin/x", "a", "b"])),
            ("a'b c'\"d e\"f", Ok(&["ab cd ef"])),
            ("x '' \"\"", Ok(&["x", "", ""])),
            (r#"a\ b "c\d\"e\\" '\'"#, Ok(&["a b", r#"c\d"e\"#, r"\"])),
            ("$HOME/x ~ | y #z", Ok(&["$HOME/x", "~", "|", "y", "#z"])),
            ("é\u{a0}b", Ok(&["é\u{a0}b"])),
            ("a 'b", Err(WordsError::OpenQuotation)),
            ("a \"b", Err(WordsError::OpenQuotation)),
            ("a\\", Err(WordsError::OpenEscape)),
            ("\"a\\", Err(WordsError::OpenEscape)),
        ];
        for (line, expected) in cases {
            let expected =
                expected.map(|words| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
            assert_eq!(posix(line), expected, "{line}");
        }
    }

    #[test]
    fn windows_words_keep_their_backslashes() {
        let cases: &[(&str, Result<&[&str], WordsError>)] = &[
            (r"C:\a\b.exe c\ d", Ok(&[r"C:\a\b.exe", r"c\", "d"])),
            (r#""C:\Program Files\x.exe" "a\\" b\"c"#, Ok(&[r"C:\Program Files\x.exe", r"a\", r#"b"c"#])),
            (r#"a""b "" 'c d'"#, Ok(&["ab", "", "'c", "d'"])),
            (r#"a "b"#, Err(WordsError::OpenQuotation)),
        ];
        for (line, expected) in cases {
            let expected =
                expected.map(|words| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
            assert_eq!(windows(line), expected, "{line}");
        }
    }

    proptest! {
        /// As `shlex.quote` quotes.
        #[test]
        fn words_that_were_quoted_come_back(words in proptest::collection::vec(".*", 0..5)) {
            let quoted: Vec<String> =
                words.iter().map(|word| format!("'{}'", word.replace('\'', "'\"'\"'"))).collect();
            prop_assert_eq!(posix(&quoted.join(" ")), Ok(words));
        }
    }
}
