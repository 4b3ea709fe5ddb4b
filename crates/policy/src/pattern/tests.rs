//! Wildcards by a table, against a slow twin, and against texts made to cost much.

use proptest::prelude::*;

use super::*;

const CASES: &[(&str, &str, bool)] = &[
    ("", "", true),
    ("", "a", false),
    ("*", "", true),
    ("**", "anything:at/all", true),
    ("a", "a", true),
    ("a", "A", false),
    ("a*", "a", true),
    ("a*", "b", false),
    ("*a", "bca", true),
    ("*a", "ab", false),
    ("a*b*c", "a/b:c", true),
    ("a*b*c", "acb", false),
    ("*a*a*", "a", false),
    ("*a*a*", "aa", true),
    ("a*a", "a", false),
    ("?", "", false),
    ("?", "é", true),
    ("a?b", "a€b", true),
    ("*?b", "a€b", true),
    ("*b?", "ab€", true),
    ("a?b", "a:b", true),
    ("a?b", "ab", false),
    ("a??", "ab", false),
    ("*?", "", false),
    ("*?b", "b", false),
    ("?*", "x", true),
    // As AWS was seen to count: a character outside of the basic plane is two units.
    ("?", "\u{10400}", false),
    ("??", "\u{10400}", true),
    ("a?b", "a\u{10400}b", false),
    ("a??b", "a\u{10400}b", true),
    ("a*?b", "a\u{10400}b", true),
    ("a?*b", "a\u{10400}b", true),
    ("\u{10400}?", "\u{10400}x", true),
    ("\u{10400}?", "\u{10400}\u{10428}", false),
    ("*?*é*", "\u{10400}é", true),
    ("a[b]", "ab", false),
    ("a\\*b", "a*b", false),
];

#[test]
fn matches_as_the_table_says() {
    for (pattern, text, expected) in CASES {
        assert_eq!(Pattern::of(pattern).matches(text), *expected, "{pattern} on {text}");
    }
}

#[test]
fn prepared_forms_are_chosen() {
    assert_eq!(Pattern::of("**"), Pattern::Anything);
    assert_eq!(Pattern::of("a"), Pattern::Exactly("a".into()));
    assert_eq!(Pattern::of("a*"), Pattern::StartsWith("a".into()));
    assert!(matches!(Pattern::of("a*b"), Pattern::Wild(_)));
    assert!(matches!(Pattern::of("a?*"), Pattern::Wild(_)));
}

/// Work would be the product of both lengths, or exponential, if places were tried again.
#[test]
fn hostile_patterns_cost_no_more_than_their_length() {
    let text = "a".repeat(200_000);
    let stars = "*a".repeat(3_000) + "*b";
    assert!(!Pattern::of(&stars).matches(&text));
    let long = format!("*{}?{}b*", "a".repeat(3_000), "a".repeat(3_000));
    assert!(!Pattern::of(&long).matches(&text));
    let many = format!("*{}b", "a?*".repeat(2_000));
    assert!(!Pattern::of(&many).matches(&text));
    assert!(Pattern::of(&format!("*{}?{}*", "a".repeat(3_000), "a".repeat(3_000))).matches(&text));
}

proptest! {
    #[test]
    fn agrees_with_a_slow_twin(
        pattern in "[ab*?é€\u{10400}]{0,12}",
        text in "[abé€\u{10400}]{0,12}",
    ) {
        prop_assert_eq!(Pattern::of(&pattern).matches(&text), slow(&pattern, &text));
    }

    #[test]
    fn long_parts_agree_with_short_ones(
        start in "[ab?€\u{10400}]{0,6}",
        text in "[ab€\u{10400}]{0,40}",
    ) {
        let part = bytes_of(&start);
        prop_assume!(!part.is_empty());
        let by_places = (0..=text.len())
            .filter(|at| text.as_bytes().get(*at).is_none_or(|byte| byte & 0xC0 != 0x80 || half(&text, *at)))
            .find_map(|at| fits(&part, &text, at));
        prop_assert_eq!(find_in_parallel(&part, &text, 0), by_places);
    }
}

proptest! {
    /// Texts in which most of a part stands at most places, so that patience ends.
    #[test]
    fn parts_agree_where_patience_ends(
        part in "[a?]{2,12}[b?€]{1,2}",
        text in "(aaaaaaaa){4,12}[ab€\u{10400}]{0,24}",
    ) {
        let pattern = format!("*{part}*");
        prop_assert_eq!(Pattern::of(&pattern).matches(&text), slow(&pattern, &text));
    }
}

/// Whether `at` is the third of four bytes.
fn half(text: &str, at: usize) -> bool {
    at >= 2 && text.is_char_boundary(at - 2) && text.as_bytes()[at - 2] >= 0xF0
}

/// Every way, over code units.
fn slow(pattern: &str, text: &str) -> bool {
    fn fits(pattern: &[u16], text: &[u16]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some((&star, rest)) if star == u16::from(b'*') => {
                (0..=text.len()).any(|skipped| fits(rest, &text[skipped..]))
            }
            Some((first, rest)) => text
                .split_first()
                .is_some_and(|(unit, text)| (*first == u16::from(b'?') || first == unit) && fits(rest, text)),
        }
    }
    let units = |text: &str| text.encode_utf16().collect::<Vec<_>>();
    fits(&units(pattern), &units(text))
}
