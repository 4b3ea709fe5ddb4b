//! Faults in the framing, and how S3 tells of them.

use types::Secret;

use super::*;
use crate::{PayloadKeyword, Request, Scope, Signature, SigningKey};

const SCOPE: Scope<'_> = Scope { date: *b"20130524", region: "us-east-1", service: "s3" };
const DATE: &[u8] = b"20130524T000000Z";

fn key() -> SigningKey {
    SigningKey::derive(&Secret::new("secret".to_owned()), &SCOPE)
}

fn signer() -> ChunkSigner {
    ChunkSigner::signed(SigningChain::hmac(key(), &SCOPE, DATE, &Signature::from_bytes([1; 32])))
}

fn chain() -> VerifyingChain {
    VerifyingChain::hmac("AKIDEXAMPLE", key(), &SCOPE, DATE, &Signature::from_bytes([1; 32]))
}

fn names() -> TrailerNames {
    TrailerNames::read(b"x-amz-checksum-crc32").unwrap()
}

/// Data and trailer of a body that comes byte by byte.
fn read(mut reader: ChunkReader, wire: &[u8]) -> Result<(Vec<u8>, Trailer), ChunkError> {
    let mut out = Vec::new();
    for byte in wire {
        reader.push(&[*byte], |data| out.extend_from_slice(data))?;
    }
    Ok((out, reader.finish()?))
}

/// An unsigned body of `abc`, with this behind its chunk.
fn unsigned(end: &str) -> Result<(Vec<u8>, Trailer), ChunkError> {
    let wire = format!("3\r\nabc\r\n{end}");
    read(ChunkReader::unsigned_with_trailer(3, names()), wire.as_bytes())
}

#[test]
fn framing_is_strict() {
    use ChunkError::{Head, Length, MissingLineEnd, TrailingBytes, Truncated};
    let head = |fault| Head { chunk: 1, fault };
    let long = "0".repeat(300);
    let cases: [(&str, ChunkError); 22] = [
        ("", Truncated),
        ("3", Truncated),
        ("3\r\nab", Truncated),
        ("3\r\nabc\r\n", Truncated),
        ("3\r\nabc\r\n0\r\n", Truncated),
        ("\r\n", head(HeadFault::Size)),
        ("g\r\n", head(HeadFault::Size)),
        (" 3\r\n", head(HeadFault::Size)),
        ("+3\r\n", head(HeadFault::Size)),
        ("-3\r\n", head(HeadFault::Size)),
        ("0x3\r\n", head(HeadFault::Size)),
        ("3 \r\n", head(HeadFault::Size)),
        ("3\nabc\r\n", head(HeadFault::Size)),
        ("00000000000000003\r\n", head(HeadFault::Size)),
        ("3;a=b\r\n", head(HeadFault::Extension)),
        (&long, head(HeadFault::TooLong)),
        ("ffffffffffffffff\r\n", Length { declared: 3, sent: u64::MAX }),
        ("4\r\n", Length { declared: 3, sent: 4 }),
        ("0\r\n", Length { declared: 3, sent: 0 }),
        ("3\r\nabcd", MissingLineEnd { chunk: 1 }),
        ("3\r\nabc\rx", MissingLineEnd { chunk: 1 }),
        ("3\r\nabc\r\n0\r\nx-amz-checksum-crc32:a\r\n\r\nx", TrailingBytes),
    ];
    for (wire, error) in cases {
        let reader = ChunkReader::unsigned_with_trailer(3, names());
        let found = read(reader, wire.as_bytes()).unwrap_err();
        assert_eq!(found, error, "{wire:?}");
        assert_eq!((found.code(), found.status()), ("IncompleteBody", 400));
        assert_eq!(found.message(), "The request body terminated unexpectedly");
        assert!(found.fields().is_empty());
    }
}

#[test]
fn trailers_are_those_announced() {
    use TrailerFault::{Line, Missing, TooLong, Twice, Unexpected};
    let name = || "x-amz-checksum-crc32".to_owned();
    let long = format!("0\r\n{}", "a".repeat(9000));
    let cases: [(&str, TrailerFault); 8] = [
        ("0\r\n\r\n", Missing(name())),
        ("0\r\nx-amz-checksum-sha1:a\r\n\r\n", Unexpected("x-amz-checksum-sha1".to_owned())),
        ("0\r\nx-amz-checksum-crc32:a\r\nx-amz-checksum-crc32:a\r\n\r\n", Twice(name())),
        ("0\r\nx-amz-checksum-crc32\r\n\r\n", Line),
        ("0\r\n:a\r\n\r\n", Line),
        ("0\r\nx-amz-checksum-crc32 :a\r\n\r\n", Line),
        ("0\r\nx-amz-checksum-crc32:\0\r\n\r\n", Line),
        (&long, TooLong),
    ];
    for (end, fault) in cases {
        let found = unsigned(end).unwrap_err();
        assert_eq!(found, ChunkError::Trailer(fault), "{end:?}");
        assert_eq!((found.code(), found.status()), ("MalformedTrailerError", 400));
    }
    let signature = "x-amz-trailer-signature".to_owned();
    let found = unsigned("0\r\nx-amz-checksum-crc32:a\r\nx-amz-trailer-signature:b\r\n\r\n").unwrap_err();
    assert_eq!(found, ChunkError::Trailer(Unexpected(signature)));
}

#[test]
fn clients_ways_with_trailers_are_taken() {
    let ends = [
        "0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
        "0\r\nX-Amz-Checksum-CRC32: AAAAAA== \r\n\r\n",
        // A bare line feed before the line end, as one client has it.
        "0\r\nx-amz-checksum-crc32:AAAAAA==\n\r\n\r\n",
        // A line end too many.
        "0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n\r\n",
        "000\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
    ];
    for end in ends {
        let (data, trailer) = unsigned(end).unwrap();
        assert_eq!((&data[..], trailer.get("x-amz-checksum-crc32")), (&b"abc"[..], Some("AAAAAA==")));
    }
    let more = "0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n\r\n\r\n";
    assert_eq!(unsigned(more).unwrap_err(), ChunkError::TrailingBytes);
}

#[test]
fn names_of_trailers_are_read_strictly() {
    let read = |value: &str| TrailerNames::read(value.as_bytes());
    let names = read(" X-Amz-Checksum-CRC32 ,b").unwrap();
    assert_eq!(names.iter().collect::<Vec<_>>(), ["x-amz-checksum-crc32", "b"]);
    let many = (0..17).map(|n| format!("n{n}")).collect::<Vec<_>>().join(",");
    for value in ["", ",", "a,", "a,a", "a,A", "a b", "a:b", "x-amz-trailer-signature", &many] {
        let error = read(value).unwrap_err();
        assert_eq!(error, ChunkError::Trailer(TrailerFault::Undeclared), "{value:?}");
    }
}

#[test]
fn no_trailer_takes_the_place_of_a_field() {
    let names = |announced: &'static str| {
        let headers: [(&str, &[u8]); 3] =
            [("Host", b"h"), ("X-Amz-Acl", b"private"), ("x-amz-trailer", announced.as_bytes())];
        let request = Request { method: "PUT", target: b"/", headers: &headers };
        reader::announced_names(&request).map(|names| names.iter().count())
    };
    assert_eq!(names("x-amz-checksum-crc32"), Ok(1));
    for name in ["host", "X-AMZ-ACL", "x-amz-checksum-crc32,x-amz-acl", "x-amz-trailer"] {
        assert_eq!(names(name), Err(ChunkError::Trailer(TrailerFault::Undeclared)), "{name}");
    }
}

#[test]
fn signed_bodies_want_signatures() {
    let reader = || ChunkReader::signed(chain(), 3);
    let found = read(reader(), b"3\r\n").unwrap_err();
    assert_eq!(found, ChunkError::Head { chunk: 1, fault: HeadFault::NoSignature });
    for provided in ["", "zz", &"0".repeat(64), &"0".repeat(65)] {
        let wire = format!("3;chunk-signature={provided}\r\nabc\r\n");
        let found = read(reader(), wire.as_bytes()).unwrap_err();
        assert_eq!((found.code(), found.status()), ("SignatureDoesNotMatch", 403));
        let fields = found.fields();
        let named: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
        assert_eq!(named, ["AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes"]);
        assert_eq!((fields[0].1.as_str(), fields[2].1.as_str()), ("AKIDEXAMPLE", provided));
        let text = &fields[1].1;
        assert!(
            text.starts_with(
                "AWS4-HMAC-SHA256-PAYLOAD\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n"
            )
        );
        assert!(fields[3].1.starts_with("41 57 53 34 2d"));
        assert!(!format!("{found:?}{found}").contains("0101"), "no signature of the chain is shown");
    }
}

#[test]
fn failed_readers_stay_failed() {
    let mut reader = ChunkReader::signed(chain(), 3);
    let first = reader.push(b"3\r\n", |_| panic!("nothing is verified")).unwrap_err();
    assert_eq!(reader.push(b"", |_| {}), Err(first.clone()));
    assert_eq!(reader.finish(), Err(first));
}

/// The number is that of the chunk in whose head the fault shows.
#[test]
fn small_chunks_come_last() {
    let wire = b"2\r\nab\r\n1\r\nc\r\n0\r\n";
    let found = read(ChunkReader::unsigned_with_trailer(3, names()), wire).unwrap_err();
    assert_eq!(found, ChunkError::TooSmall { chunk: 2, size: 2 });
    assert_eq!((found.code(), found.status()), ("InvalidChunkSizeError", 400));
    assert_eq!(found.fields(), [("Chunk", "2".to_owned()), ("BadChunkSize", "2".to_owned())]);
    let mut signer = signer();
    signer.head(b"ab").unwrap();
    assert_eq!(signer.head(b"c"), Err(ChunkSignError::TooSmall(2)));
}

#[test]
fn chunks_are_bounded() {
    let mut out = Vec::new();
    let mut made = signer();
    made.chunk(&[0; 9000], &mut out).unwrap();
    let reader = || ChunkReader::signed(chain(), 9000);
    let found = read(reader().with_max_chunk(8999), &out).unwrap_err();
    assert_eq!(found, ChunkError::TooLarge { chunk: 1, size: 9000, most: 8999 });
    assert_eq!(found.code(), "EntityTooLarge");
    out.extend(made.finish(&[]).unwrap());
    assert_eq!(read(reader().with_max_chunk(9000), &out).unwrap().0.len(), 9000);
    // An unsigned chunk is not held, so it may be as long as the body.
    let reader = ChunkReader::unsigned_with_trailer(9000, names()).with_max_chunk(1);
    let wire = [b"2328\r\n", &[0; 9000][..], b"\r\n0\r\nx-amz-checksum-crc32:a\r\n\r\n"].concat();
    assert_eq!(read(reader, &wire).unwrap().0.len(), 9000);
}

#[test]
fn signed_trailers_are_checked() {
    let seed = Signature::from_bytes([1; 32]);
    let make = || {
        let chain = SigningChain::hmac(key(), &SCOPE, DATE, &seed);
        let mut signer = ChunkSigner::signed_with_trailer(chain);
        let mut wire = Vec::new();
        signer.chunk(b"abc", &mut wire).unwrap();
        wire.extend(signer.finish(&[("X-Amz-Checksum-Crc32", " AAAAAA== ")]).unwrap());
        String::from_utf8(wire).unwrap()
    };
    let check = |wire: &str| read(ChunkReader::signed_with_trailer(chain(), 3, names()), wire.as_bytes());
    assert_eq!(check(&make()).unwrap().1.get("x-amz-checksum-crc32"), Some("AAAAAA=="));
    let bare = make().replace("AAAAAA==\r\n", "AAAAAA==\n\r\n");
    assert!(check(&bare).is_ok(), "a line feed before the line end is no part of the value");

    let changed = check(&make().replace("AAAAAA==", "AAAAAB==")).unwrap_err();
    assert!(matches!(changed, ChunkError::Mismatch { chunk: None, .. }));
    assert!(changed.fields()[1].1.starts_with("AWS4-HMAC-SHA256-TRAILER\n"));
    let unsigned: String =
        make().split_inclusive('\n').filter(|line| !line.starts_with("x-amz-tr")).collect();
    assert_eq!(check(&unsigned), Err(ChunkError::Trailer(TrailerFault::NoSignature)));
    let late = make().replace("\r\n\r\n", "\r\na:b\r\n\r\n");
    assert_eq!(check(&late), Err(ChunkError::Trailer(TrailerFault::AfterSignature)));
    // A trailer where the request announces none.
    let wire = make();
    let found = read(ChunkReader::signed(chain(), 3), wire.as_bytes()).unwrap_err();
    assert_eq!(found, ChunkError::Trailer(TrailerFault::Unexpected("x-amz-checksum-crc32".to_owned())));
}

#[test]
fn trailers_are_signed_in_the_order_of_their_names() {
    let mut trailer = Trailer::default();
    for name in ["a1", "a-b", "b", "a"] {
        trailer.add(name.to_owned(), "x".to_owned()).unwrap();
    }
    assert_eq!(trailer.canonical(), b"a:x\na-b:x\na1:x\nb:x\n");
}

#[test]
fn signers_refuse_what_no_reader_takes() {
    assert_eq!(signer().head(b""), Err(ChunkSignError::Empty));
    assert_eq!(signer().finish(&[("a", "b")]), Err(ChunkSignError::Keyword));
    let with = |fields: &[(&str, &str)]| ChunkSigner::unsigned_with_trailer().finish(fields);
    assert_eq!(with(&[]), Err(ChunkSignError::Keyword));
    for field in [("a:b", "c"), ("", "c"), ("a", "b\r\nc:d"), ("a b", "c")] {
        assert_eq!(with(&[field]), Err(ChunkSignError::Trailer(TrailerFault::Line)), "{field:?}");
    }
    let twice = with(&[("a", "b"), ("A", "b")]);
    assert_eq!(twice, Err(ChunkSignError::Trailer(TrailerFault::Twice("a".to_owned()))));
    with(&[("X-Amz-Trailer-Signature", "a")]).unwrap_err();
}

#[test]
fn layouts_are_checked() {
    let layout = |keyword, chunk, trailer| ChunkLayout { keyword, chunk, trailer }.encoded_length(10);
    use ChunkLayoutError::{Keyword, TooLong, TooSmall, Trailer};
    let signed = PayloadKeyword::StreamingHmac;
    assert_eq!(layout(signed, 8191, &[]), Err(TooSmall(8191)));
    assert_eq!(layout(signed, 8192, &[("a", 1)]), Err(Trailer));
    assert_eq!(layout(PayloadKeyword::StreamingHmacTrailer, 8192, &[]), Err(Trailer));
    assert_eq!(layout(PayloadKeyword::Unsigned, 8192, &[]), Err(Keyword(PayloadKeyword::Unsigned)));
    assert_eq!(layout(PayloadKeyword::StreamingHmacTrailer, 8192, &[("a", u64::MAX)]), Err(TooLong));
    assert_eq!(layout(signed, u64::MAX, &[]), Err(TooLong));
    let huge = ChunkLayout { keyword: signed, chunk: 8192, trailer: &[] }.encoded_length(u64::MAX);
    assert_eq!(huge, Err(TooLong));
}

#[test]
fn decoded_length_is_a_number() {
    let of = |value: &'static str| {
        let headers = [("X-Amz-Decoded-Content-Length", value.as_bytes())];
        ChunkReader::decoded_length(&Request { method: "PUT", target: b"/", headers: &headers })
    };
    assert_eq!(of(" 66560 "), Ok(66560));
    assert_eq!(of("9223372036854775807"), Ok(i64::MAX as u64));
    for value in ["", "-1", "+1", "1.0", "0x1", "9223372036854775808", "99999999999999999999"] {
        let error = of(value).unwrap_err();
        assert_eq!((error.code(), error.status()), ("MissingContentLength", 411), "{value:?}");
        assert_eq!(error.message(), "You must provide the Content-Length HTTP header.");
    }
}
