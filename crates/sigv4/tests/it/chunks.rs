//! Bodies in chunks, as a whole.

use proptest::prelude::*;
use sigv4::chunks::{
    ChunkError, ChunkLayout, ChunkReader, ChunkSigner, MIN_CHUNK, SigningChain, Trailer, TrailerNames,
    VerifyingChain,
};
use sigv4::v4a::{EcdsaKey, EcdsaScope, EcdsaSignature};
use sigv4::{PayloadKeyword, Scope, Signature, SigningKey};
use types::Secret;

use super::suites;

const DATE: &[u8] = b"20130524T000000Z";
const SCOPE: Scope<'_> = Scope { date: *b"20130524", region: "us-east-1", service: "s3" };
const ECDSA_SCOPE: EcdsaScope<'_> = EcdsaScope { date: *b"20130524", service: "s3" };
const KEYWORDS: [PayloadKeyword; 5] = [
    PayloadKeyword::StreamingHmac,
    PayloadKeyword::StreamingHmacTrailer,
    PayloadKeyword::StreamingEcdsa,
    PayloadKeyword::StreamingEcdsaTrailer,
    PayloadKeyword::StreamingUnsignedTrailer,
];

/// The CRT's chain, which is that of S3's documentation, and its trailer.
#[test]
fn published_chains_hold() {
    let Some(file) = suites::find("aws-c-auth/extra/vectors.json") else { return };
    let vectors: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let chain = &vectors["chunked_v4"];
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let key = SigningKey::derive(&Secret::new(text(&chain["secret_key"])), &SCOPE);
    let seed = Signature::read(text(&chain["seed_signature"]).as_bytes()).unwrap();
    assert_eq!(key.sign(text(&chain["seed_string_to_sign"]).as_bytes()), seed);

    let signing = SigningChain::hmac(key.clone(), &SCOPE, DATE, &seed);
    let mut signer = ChunkSigner::signed_with_trailer(signing);
    let mut wire = Vec::new();
    let mut checked = 0;
    for (chunk, size) in chain["chunks"].as_array().unwrap().iter().zip([65536, 1024, 0]) {
        assert_eq!(text(&chunk["data"]), if size > 0 { format!("'a' x {size}") } else { String::new() });
        if size > 0 {
            let head = signer.head(&vec![b'a'; size]).unwrap();
            assert_eq!(head, format!("{size:x};chunk-signature={}\r\n", text(&chunk["signature"])));
            wire.extend_from_slice(head.as_bytes());
            wire.extend(vec![b'a'; size]);
            wire.extend_from_slice(b"\r\n");
            checked += 1;
        }
    }
    let trailers = [("first", "1st"), ("second", "2nd"), ("third", "3rd")];
    let end = String::from_utf8(signer.finish(&trailers).unwrap()).unwrap();
    let last = text(&chain["chunks"][2]["signature"]);
    let trailer = text(&vectors["chunked_v4_trailer"]["signature"]);
    let lines = "first:1st\r\nsecond:2nd\r\nthird:3rd\r\n";
    let wanted = format!("0;chunk-signature={last}\r\n{lines}x-amz-trailer-signature:{trailer}\r\n\r\n");
    assert_eq!(end, wanted);
    checked += 2;
    wire.extend_from_slice(end.as_bytes());

    let names = TrailerNames::read(b"first, second,third").unwrap();
    let verifying = VerifyingChain::hmac("AKIAIOSFODNN7EXAMPLE", key, &SCOPE, DATE, &seed);
    let (data, trailer) =
        read(ChunkReader::signed_with_trailer(verifying, 66560, names), &wire, 4096).unwrap();
    assert_eq!((data.len(), trailer.get("second")), (66560, Some("2nd")));
    println!("chunk chains: {checked} published signatures hold");
}

/// The length that the documentation gives for its example.
#[test]
fn published_length_is_computed_ahead() {
    let layout = ChunkLayout { keyword: PayloadKeyword::StreamingHmac, chunk: 65536, trailer: &[] };
    assert_eq!(layout.encoded_length(66560), Ok(66824));
}

/// The CRT's strings to sign for SigV4a: what it signs is what we sign.
#[test]
fn published_ecdsa_chain_is_signed_alike() {
    let Some(file) = suites::find("aws-c-auth/extra/vectors.json") else { return };
    let vectors: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let chain = &vectors["chunked_v4a"];
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let key = ecdsa_key();
    let mut previous = key.sign(b"seed");
    let mut signer =
        ChunkSigner::signed_with_trailer(SigningChain::ecdsa(key.clone(), &ECDSA_SCOPE, DATE, &previous));
    let mut checked = 0;
    for (suffix, size) in chain["chunk_suffixes"].as_array().unwrap().iter().zip([65536, 1024]) {
        let head = signer.head(&vec![b'a'; size]).unwrap();
        let (_, sent) = head.trim_end().split_once('=').unwrap();
        assert_eq!(sent.len(), 144);
        previous = holds(&key, &text(&chain["chunk_string_to_sign_prefix"]), &previous, &text(suffix), sent);
        checked += 1;
    }
    let fields = [("first", "1st"), ("second", "2nd"), ("third", "3rd")];
    let end = String::from_utf8(signer.finish(&fields).unwrap()).unwrap();
    let sent = |name: &str| end.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
    let suffix = text(&chain["chunk_suffixes"][2]);
    let prefix = text(&chain["chunk_string_to_sign_prefix"]);
    previous = holds(&key, &prefix, &previous, &suffix, &sent("0;chunk-signature="));
    let (prefix, suffix) = (text(&chain["trailer_prefix"]), text(&chain["trailer_suffix"]));
    holds(&key, &prefix, &previous, &suffix, &sent("x-amz-trailer-signature:"));
    println!("ECDSA chunk chains: {} published strings to sign are signed", checked + 2);
}

fn holds(
    key: &EcdsaKey,
    prefix: &str,
    previous: &EcdsaSignature,
    suffix: &str,
    sent: &str,
) -> EcdsaSignature {
    let signature = EcdsaSignature::read_padded(sent.as_bytes()).unwrap();
    let string_to_sign = format!("{prefix}{}{suffix}", previous.hex());
    assert!(key.verifying_key().verify(string_to_sign.as_bytes(), &signature), "{string_to_sign}");
    signature
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is written is read, in any pieces, and as long as was said.
    #[test]
    fn round_trip_in_any_pieces(
        form in 0..KEYWORDS.len(),
        sizes in prop::collection::vec(MIN_CHUNK as usize..MIN_CHUNK as usize + 200, 0..3),
        last in 0..300_usize,
        pieces in prop::collection::vec(1..9000_usize, 1..8),
    ) {
        let body = Body::make(KEYWORDS[form], &sizes, last);
        let mut out = Vec::new();
        let mut reader = body.reader();
        let mut rest = &body.wire[..];
        for size in pieces.iter().cycle() {
            let (piece, after) = rest.split_at((*size).min(rest.len()));
            reader.push(piece, |data| out.extend_from_slice(data)).unwrap();
            rest = after;
            if rest.is_empty() { break; }
        }
        let trailer = reader.finish().unwrap();
        prop_assert_eq!(&out, &body.data);
        prop_assert_eq!(trailer.get("x-amz-checksum-crc32"), body.trailer().then_some("AAAAAA=="));
    }

    /// A byte flipped anywhere in a signed body fails, and nothing of the chunk it is in comes out.
    #[test]
    fn flipped_byte_fails(form in 0..4_usize, at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let body = Body::make(KEYWORDS[form], &[MIN_CHUNK as usize, MIN_CHUNK as usize], 100);
        let at = at.index(body.wire.len());
        let mut wire = body.wire.clone();
        wire[at] ^= 1 << bit;
        prop_assume!(!is_same_text(body.wire[at], wire[at], &body, at));
        let mut out = Vec::new();
        let mut reader = body.reader();
        let pushed = reader.push(&wire, |data| out.extend_from_slice(data));
        prop_assert!(pushed.is_err() || reader.finish().is_err());
        prop_assert!(body.data.starts_with(&out));
        // A chunk whose own bytes are untouched may be out.
        prop_assert!(out.len() <= chunks_before(&body, at) * MIN_CHUNK as usize);
    }

    /// A body cut off anywhere is no body, and gives nothing but whole chunks.
    #[test]
    fn cut_off_body_fails(form in 0..KEYWORDS.len(), at in any::<prop::sample::Index>()) {
        let body = Body::make(KEYWORDS[form], &[MIN_CHUNK as usize], 50);
        let cut = at.index(body.wire.len());
        let signed = KEYWORDS[form] != PayloadKeyword::StreamingUnsignedTrailer;
        let mut out = Vec::new();
        let mut reader = body.reader();
        reader.push(&body.wire[..cut], |data| out.extend_from_slice(data)).unwrap();
        prop_assert_eq!(reader.finish(), Err(ChunkError::Truncated));
        prop_assert!(!signed || [0, MIN_CHUNK as usize, body.data.len()].contains(&out.len()));
    }

    /// No bytes whatever make it panic, or give out anything that was not signed.
    #[test]
    fn any_bytes_are_refused(wire in prop::collection::vec(any::<u8>(), 0..400), declared in any::<u64>()) {
        let reader = ChunkReader::signed(verifying(), declared);
        prop_assert!(read(reader, &wire, 7).is_err());
    }
}

/// Whether the change is one that the format allows: the case of a digit, or of a name.
fn is_same_text(old: u8, new: u8, body: &Body, at: usize) -> bool {
    let data = body.starts.iter().zip(&body.sizes).any(|(start, size)| (*start..start + size).contains(&at));
    !data && old.eq_ignore_ascii_case(&new)
}

/// How many whole chunks stand before this byte.
fn chunks_before(body: &Body, at: usize) -> usize {
    body.starts.iter().zip(&body.sizes).filter(|(start, size)| *start + **size <= at).count()
}

/// A body on the wire, and what it holds.
struct Body {
    keyword: PayloadKeyword,
    wire: Vec<u8>,
    data: Vec<u8>,
    /// Where the data of each chunk begins.
    starts: Vec<usize>,
    sizes: Vec<usize>,
}

impl Body {
    fn make(keyword: PayloadKeyword, sizes: &[usize], last: usize) -> Self {
        let mut signer = match keyword {
            PayloadKeyword::StreamingUnsignedTrailer => ChunkSigner::unsigned_with_trailer(),
            PayloadKeyword::StreamingHmac => ChunkSigner::signed(hmac_chain()),
            PayloadKeyword::StreamingHmacTrailer => ChunkSigner::signed_with_trailer(hmac_chain()),
            PayloadKeyword::StreamingEcdsa => ChunkSigner::signed(ecdsa_chain()),
            _ => ChunkSigner::signed_with_trailer(ecdsa_chain()),
        };
        let (mut wire, mut data, mut starts) = (Vec::new(), Vec::new(), Vec::new());
        let sizes: Vec<usize> = sizes.iter().copied().chain((last > 0).then_some(last)).collect();
        for (index, size) in sizes.iter().enumerate() {
            let chunk: Vec<u8> = (0..*size).map(|at| (at * 7 + index) as u8).collect();
            signer.chunk(&chunk, &mut wire).unwrap();
            starts.push(wire.len() - 2 - chunk.len());
            data.extend(chunk);
        }
        let mut body = Self { keyword, wire, data, starts, sizes };
        let fields: &[(&str, &str)] =
            if body.trailer() { &[("x-amz-checksum-crc32", "AAAAAA==")] } else { &[] };
        body.wire.extend(signer.finish(fields).unwrap());
        body
    }

    fn trailer(&self) -> bool {
        !matches!(self.keyword, PayloadKeyword::StreamingHmac | PayloadKeyword::StreamingEcdsa)
    }

    fn reader(&self) -> ChunkReader {
        let names = TrailerNames::read(b"x-amz-checksum-crc32").unwrap();
        let length = self.data.len() as u64;
        match self.keyword {
            PayloadKeyword::StreamingUnsignedTrailer => ChunkReader::unsigned_with_trailer(length, names),
            PayloadKeyword::StreamingHmac => ChunkReader::signed(verifying(), length),
            PayloadKeyword::StreamingHmacTrailer => {
                ChunkReader::signed_with_trailer(verifying(), length, names)
            }
            PayloadKeyword::StreamingEcdsa => ChunkReader::signed(verifying_ecdsa(), length),
            _ => ChunkReader::signed_with_trailer(verifying_ecdsa(), length, names),
        }
    }
}

/// The length is known ahead, whatever the form and the size.
#[test]
fn lengths_are_computed_ahead() {
    for keyword in KEYWORDS {
        for (full, last) in [(0, 0), (0, 1), (1, 0), (1, 15), (2, 16), (2, 4095), (3, 0)] {
            let body = Body::make(keyword, &vec![MIN_CHUNK as usize; full], last);
            let trailer: &[(&str, u64)] = if body.trailer() { &[("x-amz-checksum-crc32", 8)] } else { &[] };
            let layout = ChunkLayout { keyword, chunk: MIN_CHUNK, trailer };
            let length = layout.encoded_length(body.data.len() as u64);
            assert_eq!(length, Ok(body.wire.len() as u64), "{keyword:?} {full} {last}");
        }
    }
}

fn read(mut reader: ChunkReader, wire: &[u8], piece: usize) -> Result<(Vec<u8>, Trailer), ChunkError> {
    let mut out = Vec::new();
    for piece in wire.chunks(piece) {
        reader.push(piece, |data| out.extend_from_slice(data))?;
    }
    Ok((out, reader.finish()?))
}

fn hmac_key() -> SigningKey {
    SigningKey::derive(&Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned()), &SCOPE)
}

fn seed() -> Signature {
    Signature::from_bytes([7; 32])
}

fn hmac_chain() -> SigningChain {
    SigningChain::hmac(hmac_key(), &SCOPE, DATE, &seed())
}

fn verifying() -> VerifyingChain {
    VerifyingChain::hmac("AKIAIOSFODNN7EXAMPLE", hmac_key(), &SCOPE, DATE, &seed())
}

fn ecdsa_key() -> EcdsaKey {
    let secret = Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned());
    EcdsaKey::derive("AKIAIOSFODNN7EXAMPLE", &secret)
}

fn ecdsa_chain() -> SigningChain {
    let key = ecdsa_key();
    let seed = key.sign(b"seed");
    SigningChain::ecdsa(key, &ECDSA_SCOPE, DATE, &seed)
}

fn verifying_ecdsa() -> VerifyingChain {
    let key = ecdsa_key();
    let (id, seed) = ("AKIAIOSFODNN7EXAMPLE", key.sign(b"seed"));
    VerifyingChain::ecdsa(id, key.verifying_key(), &ECDSA_SCOPE, DATE, &seed)
}
