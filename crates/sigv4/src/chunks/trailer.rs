//! Fields after the last chunk, and the names that announce them.

use super::{ChunkError, TRAILER_SIGNATURE, TrailerFault};

/// The names in `x-amz-trailer`: lower case, each once, at most sixteen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailerNames(Vec<String>);

/// Fields that came after the last chunk, verified where the body is signed. What a checksum among them says about the
/// data is the service's to check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trailer(Vec<(String, String)>);

impl TrailerNames {
    /// Reads the value of `x-amz-trailer`: names between commas, spaces around them allowed.
    ///
    /// # Errors
    /// There is no name, more than sixteen, one twice, one that is no name of a field, or that of the signature itself.
    pub fn read(value: &[u8]) -> Result<Self, ChunkError> {
        let fault = || ChunkError::Trailer(TrailerFault::Undeclared);
        let mut names = Vec::new();
        for part in value.split(|byte| *byte == b',') {
            let name = field_name(part.trim_ascii()).ok_or_else(fault)?;
            if names.len() == MOST_NAMES || names.contains(&name) || name == TRAILER_SIGNATURE {
                return Err(fault());
            }
            names.push(name);
        }
        Ok(Self(names))
    }

    /// The names in their order of announcement.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl Trailer {
    /// The value of a field; the name in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Names in lower case and values without white space around them, in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a field in, if it was announced. So their number is bounded, and their length with it.
    pub(super) fn push(&mut self, line: &[u8], names: Option<&TrailerNames>) -> Result<(), TrailerFault> {
        let (name, value) = field(line).ok_or(TrailerFault::Line)?;
        if !names.is_some_and(|names| names.iter().any(|n| n == name)) {
            return Err(TrailerFault::Unexpected(name));
        }
        self.add(name, value)
    }

    /// Takes a field in.
    pub(super) fn add(&mut self, name: String, value: String) -> Result<(), TrailerFault> {
        if self.get(&name).is_some() {
            return Err(TrailerFault::Twice(name));
        }
        self.0.push((name, value));
        Ok(())
    }

    /// Fails unless all fields that were announced are there.
    pub(super) fn is_complete(&self, names: Option<&TrailerNames>) -> Result<(), TrailerFault> {
        let missing = names.iter().flat_map(|names| names.iter()).find(|name| self.get(name).is_none());
        missing.map_or(Ok(()), |name| Err(TrailerFault::Missing(name.to_owned())))
    }

    /// `name:value\n` of each, sorted by name: what is hashed and signed. As lines, `a-b:` would come before `a:`.
    pub(super) fn canonical(&self) -> Vec<u8> {
        let mut fields: Vec<_> = self.iter().collect();
        fields.sort_unstable();
        fields.iter().map(|(name, value)| format!("{name}:{value}\n")).collect::<String>().into_bytes()
    }

    /// Appends the fields as the wire bears them.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for (name, value) in &self.0 {
            out.extend_from_slice(name.as_bytes());
            out.push(b':');
            out.extend_from_slice(value.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
    }
}

/// Name in lower case, and value trimmed, of `name:value`.
pub(super) fn field(line: &[u8]) -> Option<(String, String)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = (field_name(line.get(..colon)?)?, line.get(colon + 1..)?.trim_ascii());
    // The values of trailers are checksums and the like: what is not to be seen has no business there.
    value.iter().all(|byte| matches!(byte, b' '..=b'~')).then_some(())?;
    Some((name, String::from_utf8(value.to_vec()).ok()?))
}

fn field_name(text: &[u8]) -> Option<String> {
    let token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    (!text.is_empty() && text.iter().all(token)).then_some(())?;
    String::from_utf8(text.to_ascii_lowercase()).ok()
}

const MOST_NAMES: usize = 16;
