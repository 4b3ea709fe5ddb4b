//! How an instance is stored: `version (1) | length (4) | declaration as JSON | rest as JSON`.
//!
//! The declaration stands apart and as it was, so that a start with an unchanged file compares bytes and parses
//! nothing. An instance that is as declared is stored once.

use serde::{Deserialize, Serialize};
use store::Key;
use types::{Instance, InstanceId, Timestamp};

use super::options::due_key;
use super::{InstanceError, InstanceView, MetadataOptionsChange};

/// What is known of one instance id.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    /// JSON of the instance as the configuration declares it; `None` for one that it does not.
    pub(super) declared: Option<Vec<u8>>,
    /// `None` for a declared instance that is gone.
    pub(super) current: Option<Instance>,
    /// Launched at run time: it stays when the configuration no longer declares it.
    pub(super) launched: bool,
    pub(super) pending: Option<Pending>,
}

/// Metadata options on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Pending {
    pub(super) change: MetadataOptionsChange,
    pub(super) applies_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RestRef<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a Instance>,
    #[serde(skip_serializing_if = "is_not")]
    terminated: bool,
    #[serde(skip_serializing_if = "is_not")]
    launched: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<&'a Pending>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Rest {
    /// With neither this nor `terminated`, the instance is as declared.
    instance: Option<Instance>,
    terminated: bool,
    launched: bool,
    pending: Option<Pending>,
}

/// The bytes hold no record.
#[derive(Debug, thiserror::Error)]
enum FrameError {
    #[error("record has version {0:?}, this program knows {VERSION}")]
    Version(Option<u8>),
    #[error("record is cut short")]
    Short,
    #[error("record has neither an instance nor a declaration")]
    Empty,
}

impl Record {
    pub(super) fn encode(&self) -> Vec<u8> {
        let current = self.current.as_ref().map(json);
        let as_declared = current.is_some() && current == self.declared;
        let rest = RestRef {
            instance: self.current.as_ref().filter(|_| !as_declared),
            terminated: self.current.is_none(),
            launched: self.launched,
            pending: self.pending.as_ref(),
        };
        let declared = self.declared.as_deref().unwrap_or_default();
        let length = u32::try_from(declared.len()).expect("an instance is some kilobytes");
        let mut bytes = vec![VERSION];
        bytes.extend(length.to_be_bytes());
        bytes.extend(declared);
        bytes.extend(serde_json::to_vec(&rest).expect("records are strings and numbers, which JSON holds"));
        bytes
    }

    pub(super) fn decode(id: &InstanceId, bytes: &[u8]) -> Result<Self, InstanceError> {
        Self::read(bytes).map_err(|source| InstanceError::Record { id: id.clone(), source })
    }

    fn read(bytes: &[u8]) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let (declared, rest) = parts(bytes)?;
        let Rest { instance, terminated, launched, pending } = serde_json::from_slice(rest)?;
        let current = match (instance, declared) {
            (Some(instance), _) => Some(instance),
            (None, _) if terminated => None,
            (None, Some(declared)) => Some(serde_json::from_slice(declared)?),
            (None, None) => return Err(FrameError::Empty.into()),
        };
        Ok(Self { declared: declared.map(<[u8]>::to_vec), current, launched, pending })
    }

    /// The marks by which what is due on it is found.
    pub(super) fn marks(&self, id: &InstanceId) -> Vec<Key> {
        let gone_at = self.current.as_ref().and_then(|instance| instance.life.gone_at());
        let applies_at = self.pending.map(|pending| pending.applies_at);
        let mut marks: Vec<Key> =
            gone_at.into_iter().chain(applies_at).map(|time| due_key(time, id)).collect();
        marks.dedup();
        marks
    }

    /// `None` for an instance that is gone.
    pub(super) fn view(self) -> Option<InstanceView> {
        let instance = self.current?;
        let pending_metadata_options = self.pending.map(|pending| pending.view(instance.metadata_options));
        Some(InstanceView { instance, pending_metadata_options })
    }
}

/// The declaration in a record, without reading the rest; `None` where there is none, or no record.
pub(super) fn declaration(bytes: &[u8]) -> Option<&[u8]> {
    parts(bytes).ok()?.0
}

/// An instance as declarations are stored and compared.
pub(super) fn json(instance: &Instance) -> Vec<u8> {
    serde_json::to_vec(instance).expect("instances are strings and numbers, which JSON holds")
}

fn parts(bytes: &[u8]) -> Result<(Option<&[u8]>, &[u8]), FrameError> {
    let (version, rest) = bytes.split_first().ok_or(FrameError::Version(None))?;
    if *version != VERSION {
        return Err(FrameError::Version(Some(*version)));
    }
    let (length, rest) = rest.split_first_chunk().ok_or(FrameError::Short)?;
    let length = u32::from_be_bytes(*length) as usize;
    let (declared, rest) = rest.split_at_checked(length).ok_or(FrameError::Short)?;
    Ok(((!declared.is_empty()).then_some(declared), rest))
}

fn is_not(flag: &bool) -> bool {
    !flag
}

const VERSION: u8 = 1;
