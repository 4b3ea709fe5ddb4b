//! Lists in pages: `MaxItems`, `Marker` and `IsTruncated`.
//!
//! Rule: a marker says behind which name a page begins, not how many items went before, so a list that changes between two pages
//! neither repeats what stayed nor leaves it out. Markers are opaque and give no access: whoever makes one up begins elsewhere.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::refusal;
use crate::ServiceError;

/// What part of a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct PageRequest<'a> {
    /// As a page before this one gave it.
    pub marker: Option<&'a str>,
    /// 1 to 1000; 100 where it is missing.
    pub max_items: Option<i64>,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub marker: Option<String>,
}

/// Where a page begins.
#[derive(Debug, PartialEq, Eq)]
enum Position {
    /// Behind this key.
    Behind(String),
    /// Behind the key that starts so and has this digest: a key that is too long for a marker.
    BehindDigest(String, Vec<u8>),
}

impl PageRequest<'_> {
    /// Cuts the page out of `items`, which are in the order of their keys in lower case. Keys are names, or what is unique.
    pub fn cut<T>(
        &self,
        items: impl IntoIterator<Item = T>,
        key: impl Fn(&T) -> &str,
    ) -> Result<Page<T>, ServiceError> {
        let items: Vec<T> = items.into_iter().collect();
        let start = match self.marker {
            Some(marker) => position(marker)?.index(&items, &key),
            None => 0,
        };
        let limit = self.max_items.and_then(|max| usize::try_from(max).ok()).unwrap_or(DEFAULT_ITEMS);
        let mut rest = items.into_iter().skip(start);
        let items: Vec<T> = rest.by_ref().take(limit.clamp(1, MAX_ITEMS)).collect();
        let more = rest.next().is_some();
        let marker = items.last().filter(|_| more).map(|last| marker(key(last)));
        Ok(Page { items, marker })
    }
}

impl Position {
    /// Where the page begins in `items`. A long key that was deleted since is made up for by all that share its start: some come
    /// twice, none is left out.
    fn index<T>(&self, items: &[T], key: &impl Fn(&T) -> &str) -> usize {
        let folded = |item: &T| key(item).to_ascii_lowercase();
        match self {
            Self::Behind(name) => items.partition_point(|item| folded(item) <= *name),
            Self::BehindDigest(start, digest) => {
                let first = items.partition_point(|item| folded(item) < *start);
                // They are few that share it: it is most of the length that a key may have.
                let mut alike = items[first..].iter().take_while(|item| folded(item).starts_with(start));
                let met = alike.position(|item| short_digest(&folded(item)) == *digest);
                first + met.map_or(0, |place| place + 1)
            }
        }
    }
}

fn marker(key: &str) -> String {
    let key = key.to_ascii_lowercase();
    let mut bytes = vec![WHOLE];
    if key.len() <= MAX_KEY {
        bytes.extend_from_slice(key.as_bytes());
    } else {
        let start = &key[..key.floor_char_boundary(MAX_KEY - DIGEST)];
        bytes[0] = CUT;
        bytes.extend_from_slice(&short_digest(&key));
        bytes.extend_from_slice(start.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

fn position(marker: &str) -> Result<Position, ServiceError> {
    let bytes = URL_SAFE_NO_PAD.decode(marker).ok().filter(|bytes| bytes.len() <= MAX_KEY + 1);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let read = match bytes.as_deref() {
        Some([WHOLE, key @ ..]) => text(key).map(Position::Behind),
        Some([CUT, rest @ ..]) => rest
            .split_at_checked(DIGEST)
            .and_then(|(digest, start)| Some(Position::BehindDigest(text(start)?, digest.to_vec()))),
        _ => None,
    };
    read.ok_or_else(|| refusal::validation_error("Invalid Marker."))
}

fn short_digest(key: &str) -> Vec<u8> {
    Sha256::digest(key.as_bytes())[..DIGEST].to_vec()
}

const DEFAULT_ITEMS: usize = 100;
const MAX_ITEMS: usize = 1000;

/// Bytes of a key that a marker holds: with the byte before them, 320 characters of Base64 hold 239.
const MAX_KEY: usize = 238;
const DIGEST: usize = 16;

/// What the first byte of a marker says: a whole key follows, or a digest and the start of a key.
const WHOLE: u8 = 1;
const CUT: u8 = 2;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page<'a>(
        names: &[&'a str],
        marker: Option<&str>,
        max_items: Option<i64>,
    ) -> Result<Page<&'a str>, ServiceError> {
        PageRequest { marker, max_items }.cut(names.iter().copied(), |name| name)
    }

    #[test]
    fn hundred_are_the_default_and_thousand_the_most() {
        let names: Vec<String> = (0..1500).map(|number| format!("{number:04}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for (max_items, count) in
            [(None, 100), (Some(1), 1), (Some(1000), 1000), (Some(9999), 1000), (Some(-1), 100)]
        {
            let page = page(&names, None, max_items).unwrap();
            assert_eq!((page.items.len(), page.marker.is_some()), (count, true), "{max_items:?}");
        }
        assert_eq!(page(&names[..100], None, None).unwrap().marker, None);
    }

    #[test]
    fn items_that_come_and_go_between_pages_do_no_harm() {
        let first = page(&["a", "B", "c", "d"], None, Some(2)).unwrap();
        let marker = first.marker.as_deref();
        assert_eq!(first.items, ["a", "B"]);
        assert_eq!(page(&["a", "aa", "c", "d"], marker, Some(2)).unwrap().items, ["c", "d"]);
        assert!(page(&["a"], marker, None).unwrap().items.is_empty());
    }

    #[test]
    fn long_keys_share_a_start_and_none_is_left_out() {
        let names: Vec<String> = (0..6).map(|number| format!("{}{number}", "x".repeat(600))).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let first = page(&names, None, Some(3)).unwrap();
        let marker = first.marker.unwrap();
        assert!(marker.len() <= 320);
        assert_eq!(page(&names, Some(&marker), None).unwrap().items, names[3..]);
    }

    #[test]
    fn made_up_markers_are_refused_in_words() {
        for marker in ["", "x", "AAAA", "AQ==", "Ag", &"A".repeat(320), "\u{e9}"] {
            let refused = page(&["a"], Some(marker), None).unwrap_err();
            assert_eq!(refused, ServiceError::new("ValidationError", 400, "Invalid Marker."), "{marker}");
        }
    }

    proptest! {
        #[test]
        fn pages_join_to_the_whole(
            mut names in proptest::collection::btree_set("[a-zA-Z]{1,3}|x{236}[a-c]{1,9}", 0..40),
            max_items in 1i64..9,
        ) {
            let mut seen = std::collections::BTreeSet::new();
            names.retain(|name| seen.insert(name.to_ascii_lowercase()));
            let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
            names.sort_by_key(|name| name.to_ascii_lowercase());
            let (mut joined, mut marker) = (Vec::new(), None::<String>);
            loop {
                let next = page(&names, marker.as_deref(), Some(max_items)).unwrap();
                joined.extend(next.items);
                marker = next.marker;
                if marker.is_none() {
                    break;
                }
            }
            prop_assert_eq!(joined, names);
        }
    }
}
