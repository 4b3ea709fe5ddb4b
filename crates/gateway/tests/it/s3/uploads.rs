//! Uploads in parts, from their beginning to the object.

use super::{ask, draft, send, with_bucket};
use crate::world::World;

async fn begun(world: &World, with: &[(&str, &str)]) -> String {
    let create = draft(world, "POST", "/bucket/key?uploads");
    let create = with.iter().fold(create, |create, (name, value)| create.with(name, value)).signed();
    let reply = send(world, create).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.element("UploadId").unwrap()
}

fn completing(parts: &[(u32, &str)]) -> String {
    let parts: String = parts
        .iter()
        .map(|(number, etag)| format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"))
        .collect();
    format!(
        "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{parts}</CompleteMultipartUpload>"
    )
}

#[tokio::test]
async fn parts_become_an_object() {
    let world = with_bucket().await;
    let id = begun(&world, &[("x-amz-meta-a", "b")]).await;
    let first = "x".repeat(5 << 20);
    let mut etags = Vec::new();
    for (number, body) in [(1, first.as_str()), (3, "tail")] {
        let put = ask(&world, "PUT", &format!("/bucket/key?partNumber={number}&uploadId={id}"), body).await;
        etags.push(put.header("etag").unwrap().to_owned());
    }
    let listed = ask(&world, "GET", &format!("/bucket/key?uploadId={id}&max-parts=1"), "").await;
    assert_eq!(
        (listed.element("IsTruncated").as_deref(), listed.element("NextPartNumberMarker").as_deref()),
        (Some("true"), Some("1")),
        "{listed:?}"
    );
    let document = completing(&[(1, &etags[0]), (3, &etags[1])]);
    let done = ask(&world, "POST", &format!("/bucket/key?uploadId={id}"), &document).await;
    assert_eq!(done.status, 200, "{done:?}");
    let etag = done.element("ETag").unwrap();
    assert!(etag.ends_with("-2\""), "{etag}");
    assert_eq!(done.element("Location").unwrap(), format!("http://{}/bucket/key", world.address));
    let part = ask(&world, "GET", "/bucket/key?partNumber=3", "").await;
    assert_eq!(
        (part.status, part.body.as_str(), part.header("x-amz-mp-parts-count")),
        (206, "tail", Some("2"))
    );
    let whole = ask(&world, "GET", "/bucket/key", "").await;
    assert!(whole.body == first + "tail" && whole.header("x-amz-meta-a") == Some("b"));
    let attributes = draft(&world, "GET", "/bucket/key?attributes")
        .with("x-amz-object-attributes", "ETag,ObjectParts,ObjectSize")
        .signed();
    let attributes = send(&world, attributes).await;
    assert_eq!(
        (attributes.element("ObjectSize").as_deref(), attributes.element("PartsCount").as_deref()),
        (Some("5242884"), Some("2")),
        "{attributes:?}"
    );
}

#[tokio::test]
async fn parts_are_copied_from_objects() {
    let world = with_bucket().await;
    assert_eq!(ask(&world, "PUT", "/bucket/source", "0123456789").await.status, 200);
    let id = begun(&world, &[]).await;
    let copy = |range: &str| {
        draft(&world, "PUT", &format!("/bucket/key?partNumber=1&uploadId={id}"))
            .with("x-amz-copy-source", "bucket/source")
            .with("x-amz-copy-source-range", range)
            .signed()
    };
    assert_eq!(send(&world, copy("bytes=0-100")).await.verdict(), (400, "InvalidArgument".to_owned()));
    let copied = send(&world, copy("bytes=2-5")).await;
    let etag = copied.element("ETag").unwrap_or_else(|| panic!("{copied:?}"));
    let done = ask(&world, "POST", &format!("/bucket/key?uploadId={id}"), &completing(&[(1, &etag)])).await;
    assert_eq!(done.status, 200, "{done:?}");
    assert_eq!(ask(&world, "GET", "/bucket/key", "").await.body, "2345");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_the_upload_goes_on() {
    let world = with_bucket().await;
    let id =
        begun(&world, &[("x-amz-checksum-algorithm", "CRC32"), ("x-amz-checksum-type", "FULL_OBJECT")]).await;
    let put = |number: i32, name: &str, value: &str| {
        draft(&world, "PUT", &format!("/bucket/key?partNumber={number}&uploadId={id}"))
            .with(name, value)
            .saying("hello")
            .signed()
    };
    for (number, name, value, status, holds) in [
        (
            0,
            "x-amz-checksum-crc32",
            "NhCmhg==",
            400,
            "Part number must be an integer between 1 and 10000, inclusive",
        ),
        (10_001, "x-amz-checksum-crc32", "NhCmhg==", 400, "Part number must be an integer"),
        (
            1,
            "x-amz-checksum-sha1",
            "qvTGHdzF6KLavt4PO0gs2a6pQ00=",
            400,
            "expected checksum Type: crc32, actual checksum Type: sha1",
        ),
        (
            1,
            "x-amz-checksum-crc32",
            "AAAAAA==",
            400,
            "The CRC32 you specified did not match the calculated checksum.",
        ),
        (1, "x-amz-checksum-crc32", "NhCmhg==", 200, ""),
    ] {
        let reply = send(&world, put(number, name, value)).await;
        assert!(reply.status == status && reply.body.contains(holds), "{number} {name}: {reply:?}");
    }
    for (method, number) in [("PUT", "abc"), ("PUT", "-1"), ("PUT", "99999999999"), ("GET", "1%2c")] {
        let upload = if method == "PUT" { format!("&uploadId={id}") } else { String::new() };
        let reply = ask(&world, method, &format!("/bucket/key?partNumber={number}{upload}"), "").await;
        let told = [reply.element("Message"), reply.element("ArgumentValue")];
        let value = number.replace("%2c", ",");
        assert_eq!(told, [Some(NO_PART_NUMBER.to_owned()), Some(value)], "{method} {number}: {reply:?}");
    }
    let other = format!("/bucket/key?uploadId={id}x");
    assert_eq!(ask(&world, "GET", &other, "").await.verdict(), (404, "NoSuchUpload".to_owned()));
    let etag = "5d41402abc4b2a76b9719d911017c592";
    for (document, status, code) in [
        (completing(&[]), 400, "InvalidRequest"),
        (completing(&[(1, "other")]), 400, "InvalidPart"),
        (completing(&[(2, etag)]), 400, "InvalidPart"),
        (completing(&[(2, etag), (1, etag)]), 400, "InvalidPartOrder"),
        ("<a/>".to_owned(), 400, "MalformedXML"),
    ] {
        let reply = ask(&world, "POST", &format!("/bucket/key?uploadId={id}"), &document).await;
        assert_eq!(reply.verdict(), (status, code.to_owned()), "{document}: {reply:?}");
    }
    let complete = |name: &str, value: &str| {
        draft(&world, "POST", &format!("/bucket/key?uploadId={id}"))
            .with(name, value)
            .saying(&completing(&[(1, etag)]))
            .signed()
    };
    for (name, value, status, code) in [
        ("x-amz-checksum-crc32", "AAAAAA==", 400, "BadDigest"),
        ("x-amz-checksum-type", "COMPOSITE", 400, "InvalidRequest"),
        ("x-amz-mp-object-size", "4", 400, "InvalidRequest"),
        ("x-amz-checksum-crc32", "NhCmhg==", 200, ""),
    ] {
        let reply = send(&world, complete(name, value)).await;
        assert_eq!(reply.verdict(), (status, code.to_owned()), "{name}: {value}: {reply:?}");
    }
    assert_eq!(
        ask(&world, "DELETE", &format!("/bucket/key?uploadId={id}"), "").await.verdict(),
        (404, "NoSuchUpload".to_owned())
    );
}

#[tokio::test]
async fn an_upload_that_is_aborted_is_gone() {
    let world = with_bucket().await;
    let id = begun(&world, &[]).await;
    let part = format!("/bucket/key?partNumber=1&uploadId={id}");
    assert_eq!(ask(&world, "PUT", &part, "hello").await.status, 200);
    let mut client = world.connect().await;
    client.write(&draft(&world, "DELETE", &format!("/bucket/key?uploadId={id}")).signed().bytes()).await;
    assert_eq!(client.read_head().await.status, 204);
    assert_eq!(ask(&world, "PUT", &part, "hello").await.verdict(), (404, "NoSuchUpload".to_owned()));
}

/// What is told of the checksums of parts depends on whether they make the object's.
#[tokio::test]
async fn checksums_of_parts_are_told_where_they_make_that_of_the_object() {
    let first = "x".repeat(5 << 20);
    let sum = |text: &str| objects::ChecksumAlgorithm::Crc32.of(text.as_bytes());
    let (of_first, of_last) = (sum(&first), sum("tail"));
    let whole = sum(&format!("{first}tail"));
    let composite: &[(&str, &str)] = &[("x-amz-checksum-algorithm", "CRC32")];
    let full = &[composite[0], ("x-amz-checksum-type", "FULL_OBJECT")];
    for (name, with, of_part, of_object) in [
        ("parts make it", composite, Some(of_last.as_str()), None),
        ("the object's own", full, None, Some(whole.as_str())),
        ("none was asked for", &[], None, None),
    ] {
        let world = with_bucket().await;
        let id = begun(&world, with).await;
        let mut parts = String::new();
        for (number, body, crc) in [(1, first.as_str(), &of_first), (2, "tail", &of_last)] {
            let put = draft(&world, "PUT", &format!("/bucket/key?partNumber={number}&uploadId={id}"));
            let put = send(&world, put.with("x-amz-checksum-crc32", crc).saying(body).signed()).await;
            let etag = put.header("etag").unwrap();
            let crc =
                if with.is_empty() { String::new() } else { format!("<ChecksumCRC32>{crc}</ChecksumCRC32>") };
            parts += &format!("<Part>{crc}<ETag>{etag}</ETag><PartNumber>{number}</PartNumber></Part>");
        }
        let listed = ask(&world, "GET", &format!("/bucket/key?uploadId={id}"), "").await;
        assert_eq!(listed.body.contains("<Checksum"), !with.is_empty(), "{name}: {listed:?}");
        let document = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
        let done = ask(&world, "POST", &format!("/bucket/key?uploadId={id}"), &document).await;
        assert_eq!(done.status, 200, "{name}: {done:?}");
        for method in ["GET", "HEAD"] {
            let get =
                draft(&world, method, "/bucket/key?partNumber=2").with("x-amz-checksum-mode", "ENABLED");
            let part = send(&world, get.signed()).await;
            assert_eq!(part.header("x-amz-checksum-crc32"), of_part, "{name}: {method} {part:?}");
            assert_eq!(part.header("x-amz-checksum-type"), of_part.map(|_| "COMPOSITE"), "{name}");
        }
        let attributes = draft(&world, "GET", "/bucket/key?attributes")
            .with("x-amz-object-attributes", "Checksum,ObjectParts");
        let attributes = send(&world, attributes.signed()).await;
        assert_eq!(attributes.element("PartsCount").as_deref(), Some("2"), "{name}: {attributes:?}");
        assert_eq!(
            attributes.body.contains("<PartNumberMarker>"),
            of_part.is_some(),
            "{name}: {attributes:?}"
        );
        assert_eq!(attributes.body.contains(&of_last), of_part.is_some(), "{name}: {attributes:?}");
        let of_all = attributes.element("ChecksumCRC32");
        assert!(of_all.as_deref().is_none_or(|value| !value.contains('-')), "{name}: {attributes:?}");
        assert!(of_object.is_none() || of_all.as_deref() == of_object, "{name}: {attributes:?}");
    }
}

#[tokio::test]
async fn the_only_part_has_the_checksum_of_the_object() {
    let world = with_bucket().await;
    let id = begun(&world, &[]).await;
    let part = format!("/bucket/key?partNumber=1&uploadId={id}");
    let etag = ask(&world, "PUT", &part, "hello").await.header("etag").unwrap().to_owned();
    let done = ask(&world, "POST", &format!("/bucket/key?uploadId={id}"), &completing(&[(1, &etag)])).await;
    assert_eq!(done.status, 200, "{done:?}");
    assert_eq!(ask(&world, "PUT", "/bucket/plain", "hello").await.status, 200);
    for key in ["key", "plain"] {
        let get = draft(&world, "GET", &format!("/bucket/{key}?partNumber=1"));
        let part = send(&world, get.with("x-amz-checksum-mode", "ENABLED").signed()).await;
        assert_eq!(part.header("x-amz-checksum-crc64nvme"), Some("M3eFcAZSQlc="), "{key}: {part:?}");
    }
}

const NO_PART_NUMBER: &str = "Part number must be an integer between 1 and 10000, inclusive";
