//! The QR code (ISO/IEC 18004) that authenticators scan, as a PNG.

use fast_qr::ECL;
use fast_qr::qr::QRBuilder;

use super::png;

/// A PNG of `text`; `None` where it is too long for any code.
pub(super) fn draw(text: &str) -> Option<Vec<u8>> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let modules = u32::try_from(code.size).ok()?;
    let module = |pixel: u32| (pixel / SCALE).checked_sub(QUIET).filter(|at| *at < modules);
    let is_dark = |row, column| match (module(row), module(column)) {
        (Some(row), Some(column)) => code[row as usize][column as usize].value(),
        _ => false,
    };
    Some(png::write((modules + 2 * QUIET) * SCALE, is_dark))
}

/// Pixels of a module's side.
const SCALE: u32 = 4;
/// Modules around the code, as the standard wants them.
const QUIET: u32 = 4;

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What a PNG shows.
    pub(in super::super) struct Picture {
        pub(in super::super) size: usize,
        rows: Vec<u8>,
    }

    impl Picture {
        pub(in super::super) fn is_dark(&self, row: usize, column: usize) -> bool {
            let width = self.size.div_ceil(8) + 1;
            self.rows[row * width + 1 + column / 8] >> (7 - column % 8) & 1 == 0
        }

        /// What a scanner, which knows nothing of ours, reads.
        pub(in super::super) fn scan(&self) -> String {
            let level = |column, row| if self.is_dark(row, column) { 0 } else { 255 };
            let mut image = rqrr::PreparedImage::prepare_from_greyscale(self.size, self.size, level);
            let found = image.detect_grids();
            assert_eq!(found.len(), 1, "one code");
            found[0].decode().unwrap().1
        }
    }

    /// Reads a PNG with stored blocks, all lengths checked.
    pub(in super::super) fn read(file: &[u8]) -> Picture {
        let mut rest = file.strip_prefix(b"\x89PNG\r\n\x1a\n").unwrap();
        let mut chunks = Vec::new();
        while !rest.is_empty() {
            let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
            chunks.push((rest[4..8].to_vec(), rest[8..8 + length].to_vec()));
            rest = &rest[12 + length..];
        }
        let kinds: Vec<&[u8]> = chunks.iter().map(|(kind, _)| &kind[..]).collect();
        assert_eq!(kinds, [b"IHDR", b"IDAT", b"IEND"]);
        let header = &chunks[0].1;
        let side = |at: usize| u32::from_be_bytes(header[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!((side(0), &header[8..]), (side(4), &[1, 0, 0, 0, 0][..]));
        let rows = inflate(&chunks[1].1);
        assert_eq!(rows.len(), side(0) * (side(0).div_ceil(8) + 1));
        Picture { size: side(0), rows }
    }

    fn inflate(stream: &[u8]) -> Vec<u8> {
        let (mut data, mut rest) = (Vec::new(), &stream[2..]);
        loop {
            let length = usize::from(u16::from_le_bytes([rest[1], rest[2]]));
            assert_eq!([rest[3], rest[4]], [!rest[1], !rest[2]]);
            data.extend_from_slice(&rest[5..5 + length]);
            let is_last = rest[0] == 1;
            rest = &rest[5 + length..];
            if is_last {
                assert_eq!(rest.len(), 4, "the checksum alone is left");
                return data;
            }
        }
    }

    #[test]
    fn what_is_drawn_scans() {
        let longest = format!("otpauth://totp/{}@123456789012?secret={}", "x".repeat(226), "A".repeat(64));
        for text in ["otpauth://totp/phone@111122223333?secret=GEZDGNBVGY3TQOJQ", &longest] {
            assert_eq!(read(&draw(text).unwrap()).scan(), text);
        }
        assert!(draw(&"x".repeat(10_000)).is_none());
    }
}
