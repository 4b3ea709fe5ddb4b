//! Bodies in chunks: whatever the bytes, and however they are cut, data that was signed or an error.
//!
//! Inputs are a line and a body. The line says `unsigned`, `signed` or `trailer`, how long the data is said to be, and into
//! pieces of how many bytes the body is cut.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sigv4::chunks::{
    ChunkError, ChunkReader, ChunkSigner, SigningChain, Trailer, TrailerNames, VerifyingChain,
};
use sigv4::verify::Refusal;
use sigv4::{Scope, Signature, SigningKey};
use types::Secret;

fuzz_target!(|bytes: &[u8]| {
    let Some((setting, wire)) = Setting::read(bytes) else { return };
    let (whole, released) = setting.read_body(wire, usize::MAX);
    let (pieces, in_pieces) = setting.read_body(wire, setting.piece);
    assert_eq!(whole, pieces, "the cut changes nothing");
    assert_eq!(released.concat(), in_pieces.concat());
    if setting.signed {
        check_signed(&released, wire);
    }
    match whole {
        Ok(_) => assert_eq!(released.concat().len() as u64, setting.declared, "the length was checked"),
        Err(error) => {
            let refusal = Refusal::from(error);
            assert!([400, 403].contains(&refusal.status) && !refusal.message.is_empty());
        }
    }
});

/// What came out is what somebody signed: each chunk's own signature stands in the body.
fn check_signed(released: &[Vec<u8>], wire: &[u8]) {
    let wire = String::from_utf8_lossy(wire).to_ascii_lowercase();
    let mut signer = ChunkSigner::signed(SigningChain::hmac(KEY.clone(), &SCOPE, DATE, &SEED));
    for chunk in released {
        let head = signer.head(chunk).expect("the reader takes no small chunk before another");
        let (_, signature) = head.trim_end().split_once('=').expect("a head bears a signature");
        assert!(wire.contains(signature), "{} bytes came out unsigned", chunk.len());
    }
}

/// The first line.
struct Setting {
    signed: bool,
    trailer: bool,
    declared: u64,
    piece: usize,
}

impl Setting {
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let mut words = std::str::from_utf8(&bytes[..end]).ok()?.split(' ');
        let (signed, trailer) = match words.next()? {
            "unsigned" => (false, true),
            "signed" => (true, false),
            "trailer" => (true, true),
            _ => return None,
        };
        let (declared, piece) = (words.next()?.parse().ok()?, words.next()?.parse::<usize>().ok()?.max(1));
        Some((Self { signed, trailer, declared, piece }, &bytes[end + 1..]))
    }

    fn read_body(&self, wire: &[u8], piece: usize) -> (Result<Trailer, ChunkError>, Vec<Vec<u8>>) {
        let chain = || VerifyingChain::hmac("AKIDEXAMPLE", KEY.clone(), &SCOPE, DATE, &SEED);
        let names = TrailerNames::read(b"x-amz-checksum-crc32,b").expect("these are names");
        let mut reader = match (self.signed, self.trailer) {
            (false, _) => ChunkReader::unsigned_with_trailer(self.declared, names),
            (true, false) => ChunkReader::signed(chain(), self.declared),
            (true, true) => ChunkReader::signed_with_trailer(chain(), self.declared, names),
        };
        let mut released = Vec::new();
        for piece in wire.chunks(piece) {
            if let Err(error) = reader.push(piece, |data| released.push(data.to_vec())) {
                return (Err(error), released);
            }
        }
        (reader.finish(), released)
    }
}

const DATE: &[u8] = b"20261121T082200Z";
const SCOPE: Scope<'_> = Scope { date: *b"20261121", region: "us-east-1", service: "s3" };
const SEED: Signature = Signature::from_bytes([7; 32]);
static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::derive(&Secret::new("secret".to_owned()), &SCOPE));
