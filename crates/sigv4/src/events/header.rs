//! Headers of a frame: a name and a value of one of ten types.

use types::Timestamp;

use super::MessageError;

/// One header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// 1 to 255 bytes of UTF-8.
    pub name: String,
    pub value: HeaderValue,
}

/// The value of a header; true and false are types of their own on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderValue {
    Bool(bool),
    Byte(i8),
    Short(i16),
    Int(i32),
    Long(i64),
    /// At most 32,767 bytes.
    Bytes(Vec<u8>),
    /// At most 32,767 bytes of UTF-8.
    String(String),
    /// Milliseconds since 1970, of any sign.
    Timestamp(i64),
    Uuid([u8; 16]),
}

impl Header {
    pub fn new(name: impl Into<String>, value: HeaderValue) -> Self {
        Self { name: name.into(), value }
    }

    /// Appends the header as the wire bears it: length of the name, name, type, value.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> Result<(), MessageError> {
        let length = u8::try_from(self.name.len()).ok().filter(|length| *length > 0);
        out.push(length.ok_or(MessageError::Name(self.name.len()))?);
        out.extend_from_slice(self.name.as_bytes());
        self.value.write(out)
    }

    /// Takes one header off the front.
    pub(super) fn read(bytes: &mut &[u8]) -> Result<Self, MessageError> {
        let [length] = take_array(bytes)?;
        let name = take(bytes, usize::from(length))?;
        if name.is_empty() {
            return Err(MessageError::Name(0));
        }
        let name = utf8(name)?;
        let [kind] = take_array(bytes)?;
        Ok(Self { name, value: HeaderValue::read(kind, bytes)? })
    }
}

impl HeaderValue {
    /// The time, where it is one that a date can be written of.
    pub(super) fn time(&self) -> Option<Timestamp> {
        match self {
            Self::Timestamp(millis) if (0..=Timestamp::MAX.millis()).contains(millis) => {
                Some(Timestamp::from_millis(*millis))
            }
            _ => None,
        }
    }

    fn write(&self, out: &mut Vec<u8>) -> Result<(), MessageError> {
        match self {
            Self::Bool(value) => out.push(if *value { TRUE } else { FALSE }),
            Self::Byte(value) => put(out, BYTE, &value.to_be_bytes()),
            Self::Short(value) => put(out, SHORT, &value.to_be_bytes()),
            Self::Int(value) => put(out, INT, &value.to_be_bytes()),
            Self::Long(value) => put(out, LONG, &value.to_be_bytes()),
            Self::Bytes(value) => put_long(out, BYTES, value)?,
            Self::String(value) => put_long(out, STRING, value.as_bytes())?,
            Self::Timestamp(value) => put(out, TIMESTAMP, &value.to_be_bytes()),
            Self::Uuid(value) => put(out, UUID, value),
        }
        Ok(())
    }

    fn read(kind: u8, bytes: &mut &[u8]) -> Result<Self, MessageError> {
        Ok(match kind {
            TRUE => Self::Bool(true),
            FALSE => Self::Bool(false),
            BYTE => Self::Byte(i8::from_be_bytes(take_array(bytes)?)),
            SHORT => Self::Short(i16::from_be_bytes(take_array(bytes)?)),
            INT => Self::Int(i32::from_be_bytes(take_array(bytes)?)),
            LONG => Self::Long(i64::from_be_bytes(take_array(bytes)?)),
            BYTES => Self::Bytes(take_long(bytes)?.to_vec()),
            STRING => Self::String(utf8(take_long(bytes)?)?),
            TIMESTAMP => Self::Timestamp(i64::from_be_bytes(take_array(bytes)?)),
            UUID => Self::Uuid(take_array(bytes)?),
            other => return Err(MessageError::Type(other)),
        })
    }
}

fn put(out: &mut Vec<u8>, kind: u8, value: &[u8]) {
    out.push(kind);
    out.extend_from_slice(value);
}

fn put_long(out: &mut Vec<u8>, kind: u8, value: &[u8]) -> Result<(), MessageError> {
    let length = u16::try_from(value.len()).ok().filter(|length| *length <= MAX_VALUE);
    out.push(kind);
    out.extend_from_slice(&length.ok_or(MessageError::Value(value.len()))?.to_be_bytes());
    out.extend_from_slice(value);
    Ok(())
}

fn take_long<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], MessageError> {
    let length = u16::from_be_bytes(take_array(bytes)?);
    if length > MAX_VALUE {
        return Err(MessageError::Value(usize::from(length)));
    }
    take(bytes, usize::from(length))
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8], MessageError> {
    let (taken, rest) = bytes.split_at_checked(length).ok_or(MessageError::HeadersEnd)?;
    *bytes = rest;
    Ok(taken)
}

fn take_array<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], MessageError> {
    let (taken, rest) = bytes.split_first_chunk().ok_or(MessageError::HeadersEnd)?;
    *bytes = rest;
    Ok(*taken)
}

fn utf8(bytes: &[u8]) -> Result<String, MessageError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| MessageError::Utf8)
}

const TRUE: u8 = 0;
const FALSE: u8 = 1;
const BYTE: u8 = 2;
const SHORT: u8 = 3;
const INT: u8 = 4;
const LONG: u8 = 5;
const BYTES: u8 = 6;
const STRING: u8 = 7;
const TIMESTAMP: u8 = 8;
const UUID: u8 = 9;

/// The length field has sixteen bits; AWS's own codecs take fifteen.
const MAX_VALUE: u16 = i16::MAX as u16;
