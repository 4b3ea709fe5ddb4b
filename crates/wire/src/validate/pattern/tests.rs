use proptest::prelude::*;

use super::*;

#[test]
fn texts_match_from_end_to_end() {
    for (pattern, yes, no) in [
        (r"[\w+=,.@-]+", &["a", "a-b", "A_9@x.y+=,"][..], &["", "a b", "é", "a\n", "a/b"][..]),
        (r"[\w+=,.@-]*", &["", "a"], &[" "]),
        (r"[\u0009\u000A\u000D\u0020-\u00FF]+", &["{\"a\": \"é\"}\r\n\t"], &["", "\u{1}", "\u{100}"]),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", &["ключ 1", "a\u{3000}b", "Ⅷ", "-"], &["a#b", "\u{93e}", "Ⓐ", "\t"]),
        (
            r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)",
            &["/", "/a/", "/a//b/"],
            &["", "//", "/a", "/ /", "/a/\n"],
        ),
        (r"((/[A-Za-z0-9\.,\+@=_-]+)*)/", &["/", "/a/", "/a/b/"], &["", "//", "/a", "/a b/"]),
        (r"\u002F[\u0021-\u007F]*", &["/", "/team", "/~/"], &["", "team", "/ "]),
        (r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?", &["v1", "v10", "v1.", "v1.a-b"], &["v0", "v01", "1", "v1.a.b"]),
        (
            r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
            &["abc", "a-c", "a-b-c"],
            &["ab", "a--c", "-bc", "ab-"],
        ),
        (r"^[a-zA-Z0-9/+]*={0,2}$", &["", "a", "YQ=="], &["a===", "=a", "a b"]),
        (r"(Sum|Maximum)", &["Sum", "Maximum"], &["SumMaximum", "sum", ""]),
        (r"^.{0,3}$", &["", "abc"], &["abcd", "a\nb"]),
        (
            r"arn:[^:]+:(s3|s3express):.*",
            &["arn:aws:s3:::b", "arn:x:s3express:"],
            &["arn::s3:", "arn:aws:ec2:"],
        ),
        (r"[\w|\d|\.|_]+", &["a|b.c"], &["-"]),
        (r"a{2}b?", &["aa", "aab"], &["a", "aaa", "aabb"]),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+", &["a", "é"], &["\u{1f600}", "\n"]),
    ] {
        let compiled = Pattern::compile(pattern).unwrap();
        for text in yes {
            assert!(compiled.matches(text), "{pattern} is not {text:?}");
        }
        for text in no {
            assert!(!compiled.matches(text), "{pattern} is {text:?}");
        }
    }
}

#[test]
fn what_is_not_known_is_said() {
    for (pattern, what) in [
        ("(a", "the pattern breaks off"),
        ("a)", "')' has no beginning"),
        ("+", "'+' repeats nothing"),
        (r"\W", r"\W is not known"),
        (r"\p{Lu}", r"\p{Lu} is not known"),
        ("(?=a)", "a group that begins with ?= is not known"),
        ("(?!ab)", "'b' stands where ')' should"),
        ("[b-a]", "the range 'b' to 'a' is empty"),
        ("a{1001}", "\"1001\" is no count"),
        ("((a{99}){99}){99}", "the pattern is too long"),
    ] {
        assert_eq!(Pattern::compile(pattern).err().as_deref(), Some(what), "{pattern}");
    }
}

#[test]
fn a_hostile_text_costs_no_more_than_its_length() {
    let pattern = Pattern::compile("((a|a)*)*b").unwrap();
    assert!(!pattern.matches(&"a".repeat(100_000)));
}

proptest! {
    #[test]
    fn no_pattern_is_too_strange(pattern in r"[\[\]()|*+?{}\\a-cpuLw0-9,^$.!:-]{0,20}", text in "[a-c-]{0,20}") {
        if let Ok(pattern) = Pattern::compile(&pattern) {
            let _ = pattern.matches(&text);
        }
    }
}
