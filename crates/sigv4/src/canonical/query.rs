//! The canonical query: decoded, encoded, sorted by name and then by value.

use super::encode::{decoded, write_encoded};

pub(super) fn write(query: &[u8], added: &[u8], out: &mut Vec<u8>) {
    let parts = |text: &'_ [u8]| -> Vec<(Vec<u8>, Vec<u8>)> {
        text.split(|byte| *byte == b'&').filter(|part| !part.is_empty()).map(pair).collect()
    };
    let mut pairs = parts(query);
    pairs.extend(parts(added));
    pairs.retain(|(name, _)| name != b"X-Amz-Signature");
    pairs.sort();
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name);
        out.push(b'=');
        out.extend_from_slice(value);
    }
}

fn pair(part: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (name, value) = match part.iter().position(|byte| *byte == b'=') {
        Some(at) => (&part[..at], &part[at + 1..]),
        None => (part, &[][..]),
    };
    let recoded = |text| {
        let mut out = Vec::new();
        write_encoded(&decoded(text, true), false, &mut out);
        out
    };
    (recoded(name), recoded(value))
}
