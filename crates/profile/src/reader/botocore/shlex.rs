//! Words as Python's `shlex.split` finds them: quotes and backslashes of a POSIX shell, no comments.

/// The words; nothing where a quote stays open or a backslash ends the text.
pub(in crate::reader) fn split(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(letters.next()?),
            '\'' => quoted(&mut letters, word.get_or_insert_default())?,
            '"' => double_quoted(&mut letters, word.get_or_insert_default())?,
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

fn quoted(letters: &mut std::str::Chars<'_>, word: &mut String) -> Option<()> {
    loop {
        match letters.next()? {
            '\'' => return Some(()),
            other => word.push(other),
        }
    }
}

/// Within double quotes a backslash escapes itself and the quote only.
fn double_quoted(letters: &mut std::str::Chars<'_>, word: &mut String) -> Option<()> {
    loop {
        match letters.next()? {
            '"' => return Some(()),
            '\\' => match letters.next()? {
                escaped @ ('"' | '\\') => word.push(escaped),
                other => word.extend(['\\', other]),
            },
            other => word.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn words_are_pythons() {
        let cases: [(&str, Option<&[&str]>); 9] = [
            ("profile a", Some(&["profile", "a"])),
            ("profile  \"a b\"", Some(&["profile", "a b"])),
            ("profile 'a\\'", Some(&["profile", "a\\"])),
            ("profile a\\ b", Some(&["profile", "a b"])),
            ("profile \"a\\\"b\\c\"", Some(&["profile", "a\"b\\c"])),
            ("profile ''", Some(&["profile", ""])),
            ("profile a#b", Some(&["profile", "a#b"])),
            ("profile \"a", None),
            ("profile a\\", None),
        ];
        for (text, words) in cases {
            let found = split(text);
            let found = found.as_ref().map(|words| words.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(found.as_deref(), words, "{text}");
        }
    }
}
