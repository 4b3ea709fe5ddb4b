//! Bytes that say what they are: an id, their length, and a stream that follows from both.
//!
//! Rule: whoever reads them needs no memory of them. A changed byte, a missing half and a mixture of two are all told.

use crate::random::Random;

/// At least [`HEAD`] bytes.
pub(crate) fn write(id: u64, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 8);
    bytes.extend_from_slice(&id.to_le_bytes());
    bytes.extend_from_slice(&(length as u64).to_le_bytes());
    let mut stream = Random::new(id, "");
    while bytes.len() < length {
        bytes.extend_from_slice(&stream.next().to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// The id, if all of it is there and unchanged.
pub(crate) fn read(bytes: &[u8]) -> Result<u64, String> {
    let id = read_start(bytes)?;
    let length = length(bytes)?;
    if bytes.len() == length { Ok(id) } else { Err(format!("{} of {length} bytes of {id:x}", bytes.len())) }
}

/// The id, of a part from the first byte on.
pub(crate) fn read_start(bytes: &[u8]) -> Result<u64, String> {
    let id = word(bytes, 0)?;
    let length = length(bytes)?;
    if length > LARGEST || bytes.len() > length {
        return Err(format!("{} bytes that say they are {length}", bytes.len()));
    }
    let whole = write(id, bytes.len());
    match (HEAD..bytes.len()).find(|place| whole[*place] != bytes[*place]) {
        None => Ok(id),
        Some(place) => Err(format!("byte {place} of {length} of {id:x} is changed")),
    }
}

fn length(bytes: &[u8]) -> Result<usize, String> {
    usize::try_from(word(bytes, 8)?).map_err(|error| error.to_string())
}

fn word(bytes: &[u8], at: usize) -> Result<u64, String> {
    let eight = bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok());
    eight.map(u64::from_le_bytes).ok_or_else(|| format!("{} bytes are no object of ours", bytes.len()))
}

pub(crate) const HEAD: usize = 16;
const LARGEST: usize = 64 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_is_not_whole() {
        let whole = write(7, 1000);
        assert_eq!(read(&whole), Ok(7));
        assert_eq!(read_start(&whole[..100]), Ok(7));
        assert!(read(&whole[..999]).is_err());
        let mut changed = whole.clone();
        changed[500] ^= 1;
        assert!(read(&changed).is_err());
        changed[500..].copy_from_slice(&write(8, 1000)[500..]);
        assert!(read(&changed).is_err());
    }
}
