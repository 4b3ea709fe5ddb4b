//! The parts of which SSH's keys are made (RFC 4251 section 5): texts and numbers behind their lengths.

/// Bytes that are written one after the other.
#[derive(Debug, Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn string(mut self, bytes: &[u8]) -> Self {
        let length = u32::try_from(bytes.len()).expect("keys have at most a few kilobytes");
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(bytes);
        self
    }

    /// A positive number, big-endian, without leading zeros.
    pub(super) fn mpint(self, number: &[u8]) -> Self {
        match number.first() {
            Some(0x80..) => self.string(&[&[0], number].concat()),
            _ => self.string(number),
        }
    }

    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Bytes that are read from their start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        let (value, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        self.0 = rest;
        Some(value)
    }

    /// A positive number, without leading zeros.
    pub(super) fn mpint(&mut self) -> Option<&'a [u8]> {
        let bytes = self.string()?;
        match bytes.first_chunk() {
            Some([0, 0x80..=0xff]) => Some(&bytes[1..]),
            Some([0 | 0x80..=0xff, _]) => None,
            _ => bytes.first().filter(|first| (1..0x80).contains(*first)).map(|_| bytes),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
