//! Event frames: whatever the bytes, frames that are written as they were read, or an error.
//!
//! An input is read as it is, and once more as the headers of a frame (its first byte says how many) and its payload, with the
//! lengths and checksums that a fuzzer does not guess.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sigv4::events::{Message, MessageError, MessageReader};

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    if let Some((headers, rest)) = bytes.split_first() {
        check(&frame(usize::from(*headers).min(rest.len()), rest));
    }
});

fn check(wire: &[u8]) {
    let (whole, messages) = read(wire, usize::MAX);
    let (pieces, in_pieces) = read(wire, 3);
    assert_eq!(whole, pieces, "the cut changes nothing");
    assert_eq!(messages, in_pieces);
    let written: Vec<u8> =
        messages.iter().flat_map(|message| message.encode().expect("it was read from a frame")).collect();
    assert!(wire.starts_with(&written), "a frame is written in one way");
    assert!(whole.is_err() || written.len() == wire.len());
}

fn read(wire: &[u8], piece: usize) -> (Result<(), MessageError>, Vec<Message>) {
    let (mut reader, mut messages) = (MessageReader::new(), Vec::new());
    for piece in wire.chunks(piece) {
        if let Err(error) = reader.push(piece, |message| messages.push(message)) {
            return (Err(error), messages);
        }
    }
    (reader.finish(), messages)
}

/// A frame of these headers and what follows them.
fn frame(headers: usize, rest: &[u8]) -> Vec<u8> {
    let total = (12 + rest.len() + 4) as u32;
    let mut out = [total.to_be_bytes(), (headers as u32).to_be_bytes()].concat();
    out.extend(crc32(&out).to_be_bytes());
    out.extend_from_slice(rest);
    out.extend(crc32(&out).to_be_bytes());
    out
}

/// Bit by bit, so that it is another than the one under test.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}
