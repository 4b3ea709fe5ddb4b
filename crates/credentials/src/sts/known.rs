//! Who holds a key, asked of STS once: what a key id stands for does not change.
//!
//! Rule: kept beside the locks in `~/.aws/linklocal`, in files of mode 0600 that hold no secret; where nothing can be kept,
//! STS is asked each time. A file that others may have written is passed over.

use std::path::PathBuf;

use profile::Place;
use profile::plan::StsTarget;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sys::fs::{names, owner, private_directory, read_owned, remove, replace, user};

use super::{CallerIdentity, caller_identity};
use crate::{Context, ResolveError, Resolved};

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    access_key_id: String,
    account: String,
    arn: String,
    user_id: String,
}

/// Whose `keys` are, as STS says now or has said before.
pub async fn known_identity(
    context: &Context,
    target: &StsTarget,
    keys: &Resolved,
) -> Result<CallerIdentity, ResolveError> {
    let shelf = Shelf::of(context, target, &keys.access_key_id);
    if let Some(known) = shelf.as_ref().and_then(Shelf::look) {
        return Ok(known);
    }
    let caller = caller_identity(context, target, keys).await?;
    if let Some(shelf) = shelf {
        shelf.keep(&caller);
    }
    Ok(caller)
}

/// One key's place.
struct Shelf<'a> {
    directory: PathBuf,
    path: PathBuf,
    access_key_id: &'a str,
}

impl<'a> Shelf<'a> {
    /// Another endpoint may know the same id as somebody else's.
    fn of(context: &Context, target: &StsTarget, access_key_id: &'a str) -> Option<Self> {
        let directory = context.aws_directory.join("linklocal").join("identities");
        if !context.aws_directory.is_absolute() || owner(&directory) != Some(user()) {
            return None;
        }
        let url = &target.endpoint_url;
        let endpoint = if url.place == Place::Default { "" } else { url.value.as_str() };
        let digest = Sha256::digest(format!("{access_key_id}\n{endpoint}"));
        let path = directory.join(format!("{}.json", crate::cache::hex(&digest[..16])));
        Some(Self { directory, path, access_key_id })
    }

    fn look(&self) -> Option<CallerIdentity> {
        let file = read_owned(&self.path, LARGEST).ok().filter(sys::fs::OwnedFile::is_own)?;
        let entry: Entry = serde_json::from_slice(&file.bytes).ok()?;
        (entry.access_key_id == self.access_key_id).then_some(CallerIdentity {
            account: entry.account,
            arn: entry.arn,
            user_id: entry.user_id,
        })
    }

    /// Keys of sessions come and go: once there are many files, all make room.
    fn keep(&self, caller: &CallerIdentity) {
        let kept = || {
            private_directory(&self.directory).ok()?;
            let names = names(&self.directory).ok()?;
            if names.len() >= MOST {
                names.iter().for_each(|name| drop(remove(&self.directory.join(name))));
            }
            let entry = Entry {
                access_key_id: self.access_key_id.to_owned(),
                account: caller.account.clone(),
                arn: caller.arn.clone(),
                user_id: caller.user_id.clone(),
            };
            replace(&self.path, &serde_json::to_vec(&entry).ok()?, 0o600).ok()
        };
        if kept().is_none() {
            tracing::debug!("{} is not kept", self.path.display());
        }
    }
}

const LARGEST: usize = 16 * 1024;
const MOST: usize = 200;
