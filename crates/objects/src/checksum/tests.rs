//! Values that other programs computed: `testdata/checksums.txt`.

use super::*;

#[test]
fn values_are_those_of_other_programs() {
    let mut rows = 0;
    for row in rows_of("whole") {
        let [algorithm, length, value] = row.as_slice() else { panic!("{row:?}") };
        let algorithm: ChecksumAlgorithm = algorithm.parse().unwrap();
        let body = body(length.parse().unwrap());
        // In one piece, and in pieces that end nowhere in particular.
        for piece in [body.len().max(1), 37] {
            let mut hasher = Hasher::new(algorithm);
            body.chunks(piece).for_each(|piece| hasher.update(piece));
            assert_eq!(hasher.value(), *value, "{row:?}");
        }
        assert!(algorithm.accepts(value) && !algorithm.accepts(&value[4..]), "{row:?}");
        rows += 1;
    }
    assert_eq!(rows, 70);
}

#[test]
fn those_of_parts_become_that_of_the_whole() {
    let mut rows = 0;
    for row in rows_of("parts") {
        let [algorithm, kind, sizes, value] = row.as_slice() else { panic!("{row:?}") };
        // The ETag is the upload's matter.
        let Ok(algorithm) = algorithm.parse::<ChecksumAlgorithm>() else { continue };
        let kind = kind.parse().unwrap();
        let mut combined = Combined::new(algorithm, kind);
        let sizes: Vec<usize> = sizes.split(',').map(|size| size.parse().unwrap()).collect();
        let body = body(sizes.iter().sum());
        let mut at = 0;
        for size in sizes {
            let mut hasher = Hasher::new(algorithm);
            hasher.update(&body[at..at + size]);
            combined.push(&hasher.value(), size as u64).unwrap();
            at += size;
        }
        assert_eq!(combined.finish(), Checksum { algorithm, value: (*value).to_owned(), kind }, "{row:?}");
        assert!(algorithm.allows(kind));
        rows += 1;
    }
    assert_eq!(rows, 36);
}

#[test]
fn what_is_no_checksum_is_not_combined() {
    let mut combined = Combined::new(ChecksumAlgorithm::Crc32, ChecksumType::FullObject);
    for wrong in ["", "AAA", "AAAAAAA=", "*"] {
        assert_eq!(combined.push(wrong, 1), None, "{wrong}");
    }
}

#[test]
fn names_are_the_models() {
    for algorithm in ChecksumAlgorithm::ALL {
        assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
        assert_eq!(algorithm.as_str().to_lowercase().parse(), Ok(algorithm));
        assert!(algorithm.allows(algorithm.default_type()));
        assert_eq!(Hasher::new(algorithm).bytes().len(), algorithm.width());
    }
    assert!("CRC16".parse::<ChecksumAlgorithm>().is_err() && "full_object".parse::<ChecksumType>().is_err());
}

fn rows_of(kind: &str) -> impl Iterator<Item = Vec<&'static str>> {
    let rows = include_str!("../../testdata/checksums.txt").lines();
    rows.filter_map(move |row| Some(row.strip_prefix(kind)?.split_whitespace().collect()))
}

fn body(length: usize) -> Vec<u8> {
    (0..length).map(|at| ((at * 7 + at / 251) % 256) as u8).collect()
}
