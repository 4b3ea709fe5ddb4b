//! Listing what is in a bucket.
//!
//! Rule: what a listing costs is counted in what it shows: keys that a common prefix stands for are gone over in one step, and a page of
//! the store holds no more records than may still be shown.

use store::{Entry, Key, KeyRange};

use crate::names::{self, Bound};
use crate::record::{self, ObjectRecord};
use crate::{Object, ObjectError, Objects};

/// What is to be listed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listing<'a> {
    /// Keys that start so.
    pub prefix: &'a str,
    /// Keys that hold it behind the prefix are shown as one, up to it. Empty is none.
    pub delimiter: &'a str,
    /// What comes behind this in the order of bytes, keys and common prefixes alike. Empty is from the start.
    pub after: &'a str,
    /// Keys and common prefixes together.
    pub limit: usize,
}

/// A part of a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectPage {
    /// In the order of their keys' bytes.
    pub objects: Vec<Object>,
    pub common_prefixes: Vec<String>,
    /// The last of both: pass it as [`Listing::after`] for what is left. `None` where nothing is.
    pub next: Option<String>,
}

/// What a walk meets.
#[derive(Debug)]
pub(crate) enum Met {
    Entry(String, Entry),
    CommonPrefix(String),
}

/// Goes over the children of a key.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    pub(crate) root: &'a Key,
    pub(crate) listing: Listing<'a>,
}

impl Objects {
    /// # Errors
    /// [`ObjectError::NoSuchBucket`], what the store says.
    pub fn list(&self, bucket: &str, listing: Listing<'_>) -> Result<ObjectPage, ObjectError> {
        let root = names::objects_of(self.marker(bucket)?.generation());
        let mut page = ObjectPage::default();
        let mut last = None;
        let start = names::range(&root, listing.prefix, Bound::After(listing.after));
        let start = if listing.after.is_empty() {
            names::range(&root, listing.prefix, Bound::From(""))
        } else {
            start
        };
        let more = self.walk(&Walk { root: &root, listing }, start, |met| {
            match met {
                Met::Entry(key, entry) => {
                    last = Some(key.clone());
                    page.objects.push(record::decode::<ObjectRecord>(&entry)?.object(key));
                }
                Met::CommonPrefix(prefix) => {
                    last = Some(prefix.clone());
                    page.common_prefixes.push(prefix);
                }
            }
            Ok(())
        })?;
        page.next = if more { last } else { None };
        Ok(page)
    }

    /// Calls `each` with the first of what is in `range`, as many as the listing asks for, and says whether there is more.
    pub(crate) fn walk(
        &self,
        walk: &Walk<'_>,
        range: KeyRange,
        mut each: impl FnMut(Met) -> Result<(), ObjectError>,
    ) -> Result<bool, ObjectError> {
        let mut left = walk.listing.limit;
        if left == 0 {
            return Ok(false);
        }
        let mut rest = walk.beyond_after(range);
        let mut batch = FIRST_BATCH;
        while let Some(range) = rest {
            let page = self.store.range(&range, batch.min(left.saturating_add(1)))?;
            rest = page.rest;
            batch = (batch * 2).min(MOST_BATCH);
            for entry in page.entries {
                let damaged = || ObjectError::Damaged(entry.key.to_string());
                let key = names::object_key(walk.root, &entry.key).ok_or_else(damaged)?;
                let common = walk.common_prefix(&key).map(str::to_owned);
                if left == 0 {
                    return Ok(true);
                }
                left -= 1;
                let Some(prefix) = common else {
                    each(Met::Entry(key, entry))?;
                    continue;
                };
                // What it stands for is not looked at.
                rest = Some(names::range(walk.root, walk.listing.prefix, Bound::Past(&prefix)));
                batch = FIRST_BATCH;
                each(Met::CommonPrefix(prefix))?;
                break;
            }
        }
        Ok(false)
    }
}

impl Walk<'_> {
    /// The key up to the first delimiter behind the prefix.
    fn common_prefix<'k>(&self, key: &'k str) -> Option<&'k str> {
        let Listing { prefix, delimiter, .. } = self.listing;
        if delimiter.is_empty() {
            return None;
        }
        let at = key.get(prefix.len()..)?.find(delimiter)?;
        Some(&key[..prefix.len() + at + delimiter.len()])
    }

    /// Where a listing goes on that stopped within, or at, a common prefix: behind all that it stands for.
    fn beyond_after(&self, range: KeyRange) -> Option<KeyRange> {
        let Listing { prefix, after, .. } = self.listing;
        let within = after.starts_with(prefix).then(|| self.common_prefix(after)).flatten();
        let range = match within {
            Some(common) => names::range(self.root, prefix, Bound::Past(common)),
            None => range,
        };
        (!range.is_empty()).then_some(range)
    }
}

/// Records read before it is known whether they are one common prefix.
const FIRST_BATCH: usize = 4;

/// Small bodies stand in records, so this bounds memory.
const MOST_BATCH: usize = 128;
