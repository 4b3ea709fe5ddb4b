//! Values of EC2's filters: whatever a pattern is, it is held against a text in no time, and a short one as a matcher that tries
//! everything holds it.

#![no_main]

use std::borrow::Cow;

use account::ec2::filter::{Filtered, Filters, Pattern};
use libfuzzer_sys::fuzz_target;

struct Named<'a>(&'a str);

impl Filtered for Named<'_> {
    const FILTERS: &'static [&'static str] = &["name", "tag", "tag-key"];

    fn values(&self, _: &str) -> Vec<Cow<'_, str>> {
        vec![self.0.into()]
    }
}

fuzz_target!(|given: (&str, &str, &str)| {
    let (name, pattern, text) = given;
    let matches = Pattern::new(pattern).matches(text);
    if pattern.len() <= 12 && text.len() <= 16 {
        let characters = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(matches, reference(&characters(pattern), &characters(text)), "{pattern:?} on {text:?}");
    }
    if let Ok(filters) = Filters::new::<Named<'_>>([(Some("name"), vec![pattern])]) {
        assert_eq!(filters.hold(&Named(text)), matches);
    }
    match Filters::new::<Named<'_>>([(Some(name), vec![pattern])]) {
        Ok(_) => assert!(name == "name" || name == "tag-key" || name.starts_with("tag:")),
        Err(error) => assert!(!error.code.is_empty() && error.message.len() < 400),
    }
});

/// A star takes every length in turn.
fn reference(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|taken| reference(rest, &text[taken..])),
        ['?', rest @ ..] => !text.is_empty() && reference(rest, &text[1..]),
        ['\\', one, rest @ ..] | [one, rest @ ..] => text.first() == Some(one) && reference(rest, &text[1..]),
    }
}
