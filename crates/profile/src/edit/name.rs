//! How headers name sections, and how a header is written.

use super::{EditError, Section};
use crate::reader::FileKind;
use crate::syntax::trim;

/// Whether some SDK takes a header with this text between its brackets for `section`.
pub(super) fn matches(file: FileKind, inside: &[u8], section: &Section) -> bool {
    let text = trim(inside);
    match (file, section) {
        (FileKind::Credentials, Section::Profile(name)) => text == name.as_bytes(),
        (FileKind::Credentials, _) => false,
        (FileKind::Config, Section::Profile(name)) => {
            named(text, "profile", name) || (name == "default" && text == b"default")
        }
        (FileKind::Config, Section::SsoSession(name)) => named(text, "sso-session", name),
        (FileKind::Config, Section::Services(name)) => named(text, "services", name),
        (FileKind::Config, Section::Other(name)) => text == name.as_bytes(),
    }
}

/// The header of a new section.
pub(super) fn header(file: FileKind, section: &Section) -> Result<Vec<u8>, EditError> {
    let inside = match (file, section) {
        (FileKind::Credentials, Section::Profile(name)) => checked(name, file)?.to_owned(),
        (_, Section::Profile(name)) if name == "default" => name.clone(),
        (_, Section::Profile(name)) => format!("profile {}", quoted(checked(name, file)?)),
        (_, Section::SsoSession(name)) => format!("sso-session {}", quoted(checked(name, file)?)),
        (_, Section::Services(name)) => format!("services {}", quoted(checked(name, file)?)),
        (_, Section::Other(name)) => checked(name, file)?.to_owned(),
    };
    Ok(format!("[{inside}]").into_bytes())
}

/// `text` is `prefix`, blanks, and `name` as it is or in quotes.
fn named(text: &[u8], prefix: &str, name: &str) -> bool {
    // Most headers of a long file are told apart by their ends.
    if !text.ends_with(name.as_bytes()) && !text.iter().any(|byte| matches!(byte, b'\'' | b'"' | b'\\')) {
        return false;
    }
    let Some(rest) = text.strip_prefix(prefix.as_bytes()) else { return false };
    let written = trim(rest);
    written.len() < rest.len()
        && (written == name.as_bytes() || unquoted(written).as_deref() == Some(name.as_bytes()))
}

/// One word of a POSIX shell, as botocore reads names; nothing where it is several or a quote is open.
pub(super) fn unquoted(word: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = word.iter().copied();
    let mut plain = Vec::with_capacity(word.len());
    let mut quote = None;
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b' ' | b'\t') => return None,
            (None, b'\\') => plain.push(bytes.next()?),
            (Some(open), _) if byte == open => quote = None,
            (Some(b'"'), b'\\') => match bytes.next()? {
                escaped @ (b'"' | b'\\') => plain.push(escaped),
                other => plain.extend([b'\\', other]),
            },
            _ => plain.push(byte),
        }
    }
    quote.is_none().then_some(plain)
}

/// A name that botocore reads as one word. Only it reads quotes, so a name that needs none gets none.
fn quoted(name: &str) -> String {
    if !name.contains(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '\\')) {
        return name.to_owned();
    }
    if !name.contains('\'') {
        return format!("'{name}'");
    }
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Refuses names by which a file is lost to some SDK as a whole.
fn checked(name: &str, file: FileKind) -> Result<&str, EditError> {
    let refuse = |what, who| Err(EditError::Name { name: name.to_owned(), what, who });
    match name {
        _ if name.trim() != name || name.is_empty() => refuse("blanks at an end, or nothing", "no SDK reads"),
        _ if name.contains(char::is_control) => refuse("a control character", "no SDK reads"),
        _ if name.contains(['#', ';']) => {
            refuse("a comment sign", "makes the AWS SDKs for Rust and Java refuse the whole file")
        }
        _ if name.contains(['[', ']']) => {
            refuse("a bracket", "makes the AWS SDK for Go refuse the whole file")
        }
        "__proto__" => refuse("a word of JavaScript", "makes the AWS SDK for JavaScript lose every profile"),
        "DEFAULT" if file == FileKind::Credentials => {
            refuse("nothing but capitals", "makes boto3 and the AWS CLI add its keys to every profile")
        }
        _ => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_in_every_spelling() {
        let cases = [
            ("profile a", "a", true),
            (" profile \t a ", "a", true),
            ("profile 'a b'", "a b", true),
            ("profile a b", "a b", true),
            (r#"profile "a\"b""#, "a\"b", true),
            (r"profile a\ b", "a b", true),
            ("profile 'a", "a", false),
            ("profilea", "a", false),
            ("a", "a", false),
            ("default", "default", true),
            ("profile default", "default", true),
            ("DEFAULT", "default", false),
        ];
        for (inside, name, expected) in cases {
            let section = Section::Profile(name.to_owned());
            assert_eq!(matches(FileKind::Config, inside.as_bytes(), &section), expected, "{inside}");
        }
        let section = Section::Profile("a".to_owned());
        assert!(matches(FileKind::Credentials, b" a ", &section));
        assert!(!matches(FileKind::Credentials, b"profile a", &section));
    }

    #[test]
    fn what_is_written_is_found_again() {
        for name in
            ["a", "default", "a b", "a'b", "a\"b", "it's \"x\" \\", "é", "profile a", r"a\b", "a.b/c@d"]
        {
            for file in [FileKind::Config, FileKind::Credentials] {
                let section = Section::Profile(name.to_owned());
                let header = header(file, &section).unwrap();
                assert!(matches(file, &header[1..header.len() - 1], &section), "{name}");
            }
        }
    }

    #[test]
    fn names_that_break_a_file_are_refused() {
        for name in ["", " a", "a\nb", "a#b", "a;b", "a]b", "[a", "__proto__"] {
            header(FileKind::Config, &Section::Profile(name.to_owned())).unwrap_err();
        }
        let upper = Section::Profile("DEFAULT".to_owned());
        header(FileKind::Credentials, &upper).unwrap_err();
        assert_eq!(header(FileKind::Config, &upper).unwrap(), b"[profile DEFAULT]");
    }
}
