//! Words of both shells, and what has no place among them.

use super::*;

fn words(text: &str, dialect: Dialect) -> Result<Vec<String>, String> {
    let shown = |word: &Word| String::from_utf8_lossy(&word.text).into_owned();
    read(text, dialect).map(|line| line.words.iter().map(shown).collect()).map_err(|error| error.problem)
}

#[test]
fn posix_words() {
    let table: [(&str, &[&str]); 17] = [
        ("", &[]),
        ("a  b\tc", &["a", "b", "c"]),
        ("'' \"\" $''", &["", "", ""]),
        ("a'b c'd\"e f\"\\ g", &["ab cde f g"]),
        (r#""\a\"\\\$\`'""#, &[r#"\a"\$`'"#]),
        ("'\\'", &["\\"]),
        ("a\\\nb \\\r\nc\\\n d", &["ab", "c", "d"]),
        ("\"a\\\nb\"", &["ab"]),
        ("a#b #c d", &["a#b"]),
        ("\n # c\n\n a b\n#c\n", &["a", "b"]),
        ("a b\r\n", &["a", "b"]),
        ("$'\\a\\b\\e\\f\\n\\r\\t\\v\\\\\\'\\\"\\?'", &["\u{7}\u{8}\u{1b}\u{c}\n\r\t\u{b}\\'\"?"]),
        ("$'\\x41\\x4g\\101\\u41\\u00e9z\\U0001F600\\cA'", &["A\u{4}gAAéz😀\u{1}"]),
        ("$\"a\" a$ $", &["a", "a$", "$"]),
        ("{} {a} {a,b a,b} '{a,b}'", &["{}", "{a}", "{a,b", "a,b}", "{a,b}"]),
        ("a 2>&1 >b >> c &>d 2 > e", &["a", "2"]),
        ("a ; # c", &["a"]),
    ];
    for (text, expected) in table {
        let found = words(text, Dialect::Posix).unwrap_or_else(|problem| panic!("{text:?}: {problem}"));
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn posix_refusals() {
    let table = [
        ("'a", "the quote ' is not closed"),
        ("\"a\\\"", "the quote \" is not closed"),
        ("$'a\\'", "the quote $' is not closed"),
        ("a\\", "a backslash with nothing behind it"),
        ("$'\\q'", "an escape that $'…' does not know"),
        ("$'\\ud800'", "an escape that $'…' does not know"),
        ("{1..3}", "unquoted braces with a comma"),
        ("a && b", "an unquoted & ends the command"),
        ("a || b", "an unquoted | is not part"),
        ("(a)", "an unquoted ( is not part"),
        ("a; b", "a second command"),
        ("a >", "the name of a file is missing"),
        ("\"$1\"", "$1 is not expanded here"),
        ("$?", "$? is not expanded here"),
        ("a$b_1-c", "$b_1 is not expanded here"),
    ];
    for (text, problem) in table {
        let found = words(text, Dialect::Posix).unwrap_err();
        assert!(found.starts_with(problem), "{text:?}: {found}");
    }
}

#[test]
fn cmd_words() {
    let table: [(&str, &[&str]); 12] = [
        (" \r\n a  b", &["a", "b"]),
        ("a ^\r\n  b ^\n c", &["a", "b", "c"]),
        ("\"a ^b\" ^\"c d^\" e^^f^&g", &["a ^b", "c d", "e^f&g"]),
        (r#""a\"b" "c""d" "e\\" f\g \\"h""#, &["a\"b", "c\"d", "e\\", "f\\g", "\\h"]),
        ("\"\" ^\"^\"", &["", ""]),
        ("^\"a^\r\n\r\nb^\"", &["a\nb"]),
        ("\"a|b&c>d\" | e", &["a|b&c>d"]),
        ("100% %2F%20 \"%\" %^A%", &["100%", "%2F%20", "%", "%A%"]),
        ("'a b'", &["'a", "b'"]),
        ("a\r\n", &["a"]),
        ("a^", &["a"]),
        ("a\tb", &["a", "b"]),
    ];
    for (text, expected) in table {
        let found = words(text, Dialect::Cmd).unwrap_or_else(|problem| panic!("{text:?}: {problem}"));
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn the_shell_is_found_by_its_quotes_and_line_ends() {
    let table = [
        ("curl http://h/", Dialect::Posix),
        ("curl ^\"http://h/^\"", Dialect::Cmd),
        ("curl \"http://h/\" ^\n -v", Dialect::Cmd),
        ("curl \"http://h/\" ^\r\n -v", Dialect::Cmd),
        ("curl 'http://h/' \\\n -d 'a ^\n'", Dialect::Posix),
        ("curl 'http://h/' -d ' ^\"'", Dialect::Posix),
    ];
    for (text, expected) in table {
        assert_eq!(dialect(text), expected, "{text:?}");
    }
}

#[test]
fn words_know_where_they_stand() {
    let line = read("curl \\\n  -d 'a' b", Dialect::Posix).ok().unwrap();
    assert_eq!(line.words.iter().map(|word| word.at).collect::<Vec<_>>(), [0, 9, 12, 16]);
    let line = read("curl ^\n  ^\"a^\" b", Dialect::Cmd).ok().unwrap();
    assert_eq!(line.words.iter().map(|word| word.at).collect::<Vec<_>>(), [0, 10, 15]);
}
