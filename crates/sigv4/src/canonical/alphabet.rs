//! Which bytes stand for themselves, by table.

/// The lower-case form of a byte that may stand in a token (RFC 9110 section 5.6.2), 0 for all others.
pub(super) static TOKEN: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let marks = b"!#$%&'*+-.^_`|~";
        let mut mark = 0;
        while mark < marks.len() {
            table[marks[mark] as usize] = marks[mark];
            mark += 1;
        }
        if (byte as u8).is_ascii_alphanumeric() {
            table[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// The escape of every byte.
pub(super) static ESCAPES: [[u8; 3]; 256] = {
    let digits = b"0123456789ABCDEF";
    let mut table = [[b'%'; 3]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte][1] = digits[byte >> 4];
        table[byte][2] = digits[byte & 15];
        byte += 1;
    }
    table
};

/// RFC 3986 section 2.3: bytes that are never encoded. Bit 0 is set for them, bit 1 for the slash.
static CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let unreserved =
            (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'-' | b'.' | b'_' | b'~');
        table[byte] = unreserved as u8;
        byte += 1;
    }
    table[b'/' as usize] = 2;
    table
};

pub(super) fn is_unreserved(byte: u8) -> bool {
    CLASSES[usize::from(byte)] == 1
}

/// How many bytes at the start are unreserved, or, where `slash` says so, slashes.
pub(super) fn clean(text: &[u8], slash: bool) -> usize {
    let marks = if slash { 3 } else { 2 };
    // Without branches sixteen bytes are checked at once: session tokens are a thousand bytes long.
    let stays = |byte: u8| {
        ((byte | 0x20).wrapping_sub(b'a') < 26)
            | (byte.wrapping_sub(b'0') < 10)
            | (byte.wrapping_sub(b'-') < marks)
            | (byte == b'_')
            | (byte == b'~')
    };
    let whole = |chunk: &&[u8; 16]| chunk.iter().fold(true, |all, byte| all & stays(*byte));
    let start = text.as_chunks::<16>().0.iter().take_while(whole).count() * 16;
    let mask = if slash { 3 } else { 1 };
    let rest = text[start..].iter().position(|byte| CLASSES[usize::from(*byte)] & mask == 0);
    rest.map_or(text.len(), |at| start + at)
}

/// Whether any byte is one of these. Without branches sixteen bytes are looked at at once; the last sixteen may be looked at again.
pub(crate) fn has(text: &[u8], these: impl Fn(u8) -> bool + Copy) -> bool {
    let has = |part: &[u8]| part.iter().fold(false, |any, byte| any | these(*byte));
    match text.last_chunk::<16>() {
        Some(last) => text.as_chunks::<16>().0.iter().fold(has(last), |any, chunk| any | has(chunk)),
        None => has(text),
    }
}

/// Whether any byte is a control character.
pub(crate) fn has_control(text: &[u8]) -> bool {
    has(text, |byte| (byte < b' ') | (byte == 0x7f))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_tokens_and_escapes() {
        let token: Vec<u8> = (0..=255).filter(|byte| TOKEN[usize::from(*byte)] != 0).collect();
        assert_eq!(token, b"!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");
        assert_eq!((TOKEN[usize::from(b'X')], &ESCAPES[0xaf]), (b'x', b"%AF"));
        assert!((0..=127).all(|byte: u8| has_control(&[b'a', byte]) == byte.is_ascii_control()));
    }

    #[test]
    fn counts_what_stays_around_chunks() {
        for length in 0..70 {
            let text: Vec<u8> = b"aZ09-._~".iter().copied().cycle().take(length).collect();
            assert_eq!(clean(&text, false), length);
            for at in 0..length {
                let mut text = text.clone();
                text[at] = b'/';
                assert_eq!((clean(&text, false), clean(&text, true)), (at, length));
            }
        }
    }
}
