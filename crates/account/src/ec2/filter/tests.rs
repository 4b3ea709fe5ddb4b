//! Filters by examples, and against a matcher that tries everything.

use proptest::prelude::*;

use super::*;

struct Thing {
    state: &'static str,
    addresses: Vec<String>,
    tags: BTreeMap<String, String>,
}

impl Filtered for Thing {
    const FILTERS: &'static [&'static str] = &["state", "address", "tag", "tag-key"];

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        match name {
            "state" => vec![self.state.into()],
            _ => self.addresses.iter().map(Into::into).collect(),
        }
    }

    fn tags(&self) -> Tags<'_> {
        Tags::Map(&self.tags)
    }
}

fn thing() -> Thing {
    let tags = [("Name", "web-1"), ("Empty", ""), ("a:b", "c")];
    Thing {
        state: "running",
        addresses: vec!["10.0.0.1".to_owned(), "10.0.0.2".to_owned()],
        tags: tags.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
    }
}

fn filters(given: &[(&str, &[&str])]) -> Result<Filters, ServiceError> {
    Filters::new::<Thing>(given.iter().map(|(name, values)| (Some(*name), values.to_vec())))
}

#[test]
fn values_are_alternatives_and_filters_all_hold() {
    for (given, holds) in [
        (&[][..], true),
        (&[("state", &["running"][..])], true),
        (&[("state", &["stopped", "running"])], true),
        (&[("state", &["Running"])], false),
        (&[("state", &["running"]), ("address", &["10.0.0.2"])], true),
        (&[("state", &["running"]), ("address", &["10.0.0.3"])], false),
        (&[("state", &["running"]), ("state", &["stopped"])], false),
        (&[("state", &[])], false),
        (&[("state", &[""])], false),
        (&[("address", &["10.0.?.1"])], true),
        (&[("tag:Name", &["web-*"])], true),
        (&[("tag:name", &["web-*"])], false),
        (&[("tag:Empty", &[""])], true),
        (&[("tag:Empty", &["?*"])], false),
        (&[("tag:a:b", &["c"])], true),
        (&[("tag-key", &["Em*"])], true),
        (&[("tag-key", &["none"])], false),
    ] {
        assert_eq!(filters(given).unwrap().hold(&thing()), holds, "{given:?}");
    }
}

#[test]
fn escapes_take_what_is_special() {
    for (pattern, text, matches) in [
        ("", "", true),
        ("*", "", true),
        ("a*b*c", "a-b-c", true),
        ("a*b*c", "a-c-b", false),
        ("*ab", "aab", true),
        ("ab*ba", "aba", false),
        (r"\*", "*", true),
        (r"\*", "x", false),
        (r"a\?b", "a?b", true),
        (r"a\?b", "axb", false),
        (r"\\", r"\", true),
        (r"\", r"\", true),
        (r"\x", "x", true),
        (r"\*amazon\?\\", r"*amazon?\", true),
        ("?", "ä", true),
    ] {
        assert_eq!(Pattern::new(pattern).matches(text), matches, "{pattern} on {text}");
    }
}

#[test]
fn refusals_are_those_of_ec2() {
    let long = "x".repeat(256);
    let many = vec!["x"; 201];
    for (name, values, code, message) in [
        ("colour", &["x"][..], "InvalidParameterValue", "The filter 'colour' is invalid"),
        ("State", &["x"], "InvalidParameterValue", "The filter 'State' is invalid"),
        ("tag:", &["x"], "InvalidParameterValue", "The filter 'tag:' is invalid"),
        ("tag", &["x"], "InvalidParameterValue", "The filter 'tag' is invalid"),
        ("", &["x"], "InvalidParameterValue", "The filter 'null' is invalid"),
        ("state", &[&long], "FilterLimitExceeded", "The maximum length for a filter value is 255 characters"),
        (
            "state",
            &many,
            "FilterLimitExceeded",
            "The maximum number of filter values specified on a single call is 200",
        ),
    ] {
        assert_eq!(filters(&[(name, values)]).unwrap_err(), ServiceError::new(code, 400, message));
    }
    filters(&[("state", &many[..200])]).unwrap();
}

/// Stars that find much and end in nothing.
#[test]
fn no_pattern_is_slow() {
    let (pattern, text) = (format!("{}b", "*a".repeat(120)), "a".repeat(100_000));
    assert!(!Pattern::new(&pattern).matches(&text));
    let (pattern, text) = (format!("*{}b*", "a".repeat(250)), "a".repeat(10_000));
    assert!(!Pattern::new(&pattern).matches(&text));
}

/// By the words of the user guide: a star takes every length in turn.
fn reference(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|taken| reference(rest, &text[taken..])),
        ['?', rest @ ..] => !text.is_empty() && reference(rest, &text[1..]),
        ['\\', one, rest @ ..] => text.first() == Some(one) && reference(rest, &text[1..]),
        [one, rest @ ..] => text.first() == Some(one) && reference(rest, &text[1..]),
    }
}

proptest! {
    #[test]
    fn matches_as_one_that_tries_everything(
        pattern in r"[ab*?\\]{0,8}",
        text in r"[ab*?\\]{0,10}",
    ) {
        let characters = |text: &str| text.chars().collect::<Vec<_>>();
        prop_assert_eq!(
            Pattern::new(&pattern).matches(&text),
            reference(&characters(&pattern), &characters(&text)),
        );
    }

    #[test]
    fn what_is_escaped_matches_itself_alone(text in any::<String>(), other in any::<String>()) {
        let escaped: String = text.chars().flat_map(|one| ['\\', one]).collect();
        prop_assert!(Pattern::new(&escaped).matches(&text));
        prop_assert_eq!(Pattern::new(&escaped).matches(&other), text == other);
    }
}
