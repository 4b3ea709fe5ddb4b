//! Listing uploads in progress.

use crate::list::{Listing, Met, Walk};
use crate::names::{self, Bound};
use crate::record;
use crate::{ObjectError, Objects, Upload, UploadId};

use super::UploadRecord;

/// What is to be listed.
#[derive(Clone, Copy, Debug, Default)]
pub struct UploadListing<'a> {
    pub prefix: &'a str,
    /// As in [`Listing`].
    pub delimiter: &'a str,
    /// Uploads of keys behind this one. Empty is from the start.
    pub key_marker: &'a str,
    /// With it, also those of the key that is the marker which were begun after this one.
    pub upload_id_marker: Option<&'a UploadId>,
    pub limit: usize,
}

/// Some uploads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UploadPage {
    /// In the order of their keys' bytes, and those of a key in the order in which they were begun.
    pub uploads: Vec<Upload>,
    pub common_prefixes: Vec<String>,
    /// The last of both, key and, unless it is a common prefix, id: the markers for what is left. `None` where nothing is.
    pub next: Option<(String, Option<UploadId>)>,
}

impl Objects {
    /// # Errors
    /// [`ObjectError::NoSuchBucket`], what the store says.
    pub fn uploads(&self, bucket: &str, listing: UploadListing<'_>) -> Result<UploadPage, ObjectError> {
        let marker = self.marker(bucket)?;
        let root = names::uploads_of(marker.generation());
        let UploadListing { prefix, delimiter, key_marker, upload_id_marker, limit } = listing;
        let range = match upload_id_marker {
            Some(id) => names::range(&root, prefix, Bound::From("")).after(&names::upload(
                marker.generation(),
                key_marker,
                id,
            )),
            None if key_marker.is_empty() => names::range(&root, prefix, Bound::From("")),
            None => names::range(&root, prefix, Bound::After(key_marker)),
        };
        let walk = Walk { root: &root, listing: Listing { prefix, delimiter, after: key_marker, limit } };
        let mut page = UploadPage::default();
        let mut last = None;
        let more = self.walk(&walk, range, |met| {
            match met {
                Met::Entry(key, entry) => {
                    let id = entry.key.name().and_then(|name| name.parse::<UploadId>().ok());
                    let id = id.ok_or_else(|| ObjectError::Damaged(entry.key.to_string()))?;
                    last = Some((key.clone(), Some(id.clone())));
                    page.uploads.push(record::decode::<UploadRecord>(&entry)?.upload(key, id));
                }
                Met::CommonPrefix(prefix) => {
                    last = Some((prefix.clone(), None));
                    page.common_prefixes.push(prefix);
                }
            }
            Ok(())
        })?;
        page.next = if more { last } else { None };
        Ok(page)
    }
}
