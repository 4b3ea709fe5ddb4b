//! Pictures of two colours as PNG (W3C, "Portable Network Graphics", third edition).
//!
//! Rule: one bit a pixel, not compressed (RFC 1950 with the stored blocks of RFC 1951): a QR code of a device takes some five
//! kilobytes so, and no compressor has to be carried.

/// A PNG of `size` by `size` pixels, where `is_dark` says which are black.
pub(super) fn write(size: u32, is_dark: impl Fn(u32, u32) -> bool) -> Vec<u8> {
    let mut header = Vec::with_capacity(13);
    header.extend_from_slice(&size.to_be_bytes());
    header.extend_from_slice(&size.to_be_bytes());
    // One bit, grey; deflate, the standard's filters, not interlaced.
    header.extend_from_slice(&[1, 0, 0, 0, 0]);
    let mut file = SIGNATURE.to_vec();
    chunk(&mut file, b"IHDR", &header);
    chunk(&mut file, b"IDAT", &stored(&rows(size, is_dark)));
    chunk(&mut file, b"IEND", &[]);
    file
}

/// Each row behind a byte that says that it is not filtered; of a pixel's bit, 1 is white.
fn rows(size: u32, is_dark: impl Fn(u32, u32) -> bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity((size * (size.div_ceil(8) + 1)) as usize);
    for row in 0..size {
        bytes.push(0);
        for start in (0..size).step_by(8) {
            let bit = |at| u8::from(start + at < size && !is_dark(row, start + at)) << (7 - at);
            bytes.push((0..8).map(bit).sum());
        }
    }
    bytes
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    file.extend_from_slice(&(data.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend_from_slice(kind);
    file.extend_from_slice(data);
    let sum = crc32(&file[start..]);
    file.extend_from_slice(&sum.to_be_bytes());
}

/// A zlib stream that holds `data` as it is.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = data.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend_from_slice(&length.to_le_bytes());
        stream.extend_from_slice(&(!length).to_le_bytes());
        stream.extend_from_slice(block);
    }
    stream.extend_from_slice(&adler32(data).to_be_bytes());
    stream
}

/// The checksum of chunks: the polynomial of ISO 3309, bits reversed.
fn crc32(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
        }
    }
    !sum
}

fn adler32(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1u32, 0u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    b << 16 | a
}

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b"IEND"), 0xae42_6082, "as every PNG ends");
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    /// Also wider than one stored block: 900 rows of 114 bytes.
    #[test]
    fn a_picture_is_read_back() {
        for size in [1, 7, 8, 9, 900] {
            let is_dark = |row: u32, column: u32| (row * 7 + column * 3).is_multiple_of(5);
            let picture = super::super::picture::tests::read(&write(size, is_dark));
            assert_eq!(picture.size, size as usize);
            for row in 0..size {
                for column in 0..size {
                    let dark = picture.is_dark(row as usize, column as usize);
                    assert_eq!(dark, is_dark(row, column), "{size}: {row} {column}");
                }
            }
        }
    }
}
