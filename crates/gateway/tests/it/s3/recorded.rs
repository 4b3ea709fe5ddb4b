//! Errors that S3 answered when it was recorded: each is provoked here over the wire, and must say the same.
//!
//! The recordings are read in place; without them the test says so and passes.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::{ask, draft, send, with_bucket};
use crate::client::Reply;
use crate::s3_cases::RECORDED;
use crate::world::World;

#[tokio::test]
async fn errors_about_objects_are_those_recorded() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites/aws-recorded/errors.json");
    if !path.exists() {
        println!("0 recorded errors about objects compared: the recordings are absent");
        return;
    }
    let recorded: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let (mut compared, mut elsewhere) = (0, Elsewhere::read());
    for case in recorded.as_array().unwrap().iter().filter(|case| case["service"] == "s3") {
        let (code, message) = (case["code"].as_str().unwrap(), case["message"].as_str().unwrap_or_default());
        let Some(reply) = provoked(code, message, &case["extra"]).await else {
            elsewhere.note(code, message);
            continue;
        };
        assert_eq!(
            (reply.code().as_str(), reply.element("Message").as_deref()),
            (code, Some(message)),
            "{reply:?}"
        );
        if let Some(status) = case["http_status"].as_u64() {
            assert_eq!(u64::from(reply.status), status, "{reply:?}");
        }
        for (name, value) in case["extra"].as_object().unwrap() {
            let Some(value) = value.as_str().filter(|value| !value.starts_with('<')) else { continue };
            if MASKED.contains(&name.as_str()) {
                assert!(reply.element(name).is_some(), "{name}: {reply:?}");
            } else {
                assert_eq!(reply.element(name).as_deref(), Some(value), "{name}: {reply:?}");
            }
        }
        compared += 1;
    }
    println!("{compared} recorded errors of S3 compared about objects, {}", elsewhere.told());
    assert!(compared >= 50, "{compared}");
}

/// Where the others are compared, or why they are not.
struct Elsewhere {
    /// Code, the text or how it starts, and why: `testdata/s3_cases/recorded_elsewhere.json`.
    rows: Vec<Value>,
    /// All texts of the cases that are sent, as JSON.
    cases: String,
    counts: BTreeMap<String, u32>,
}

impl Elsewhere {
    fn read() -> Self {
        let rows = include_str!("../../../testdata/s3_cases/recorded_elsewhere.json");
        Self {
            rows: serde_json::from_str(rows).unwrap(),
            cases: RECORDED.to_owned(),
            counts: BTreeMap::new(),
        }
    }

    fn note(&mut self, code: &str, message: &str) {
        let is_this = |row: &&Value| {
            let starts = row["starts"].as_str().is_some_and(|start| message.starts_with(start));
            row["code"] == code && (starts || row["is"] == message)
        };
        let row = self.rows.iter().find(is_this).map(|row| row["why"].as_str().unwrap());
        let sent = Value::from(message.replace("<us_east_1_region>", "us-east-1")).to_string();
        // Of a HEAD the status is the code.
        let is_sent = self.cases.contains(&sent) || self.cases.contains(&format!("\"answer\": [{code}]"));
        let why = row.or_else(|| is_sent.then_some("cases")).map(str::to_owned);
        let why = why.unwrap_or_else(|| panic!("{code} is compared nowhere, without a reason: {message}"));
        *self.counts.entry(why).or_default() += 1;
    }

    fn told(&self) -> String {
        let of = |why: &str| self.counts.get(why).copied().unwrap_or_default();
        let left_out: u32 = self.counts.values().sum::<u32>() - of("buckets") - of("cases");
        let reasons = self.counts.iter().filter(|(why, _)| !matches!(why.as_str(), "buckets" | "cases"));
        let reasons: Vec<String> = reasons.map(|(why, count)| format!("{count}: {why}")).collect();
        format!(
            "{} in cases, {} where buckets are, {left_out} left out ({})",
            of("cases"),
            of("buckets"),
            reasons.join("; ")
        )
    }
}

/// The answer where S3 answered with this text.
async fn provoked(code: &str, message: &str, extra: &Value) -> Option<Reply> {
    // Those of forms are provoked where forms are verified.
    if code == "EntityTooSmall" && extra["PartNumber"].is_null() {
        return None;
    }
    let world = with_bucket().await;
    let put = |with: &[(&str, &str)]| {
        let put = draft(&world, "PUT", "/bucket/my-key").saying("test data");
        with.iter().fold(put, |put, (name, value)| put.with(name, value)).signed()
    };
    let get = |with: &[(&str, &str)]| {
        with.iter()
            .fold(draft(&world, "GET", "/bucket/my-key"), |get, (name, value)| get.with(name, value))
            .signed()
    };
    if let Some(header) =
        message.strip_prefix("Value for ").and_then(|rest| rest.strip_suffix(" header is invalid."))
    {
        return Some(send(&world, put(&[(header, "invalid")])).await);
    }
    if let Some(algorithm) = message
        .strip_prefix("The ")
        .and_then(|rest| rest.strip_suffix(" you specified did not match the calculated checksum."))
        && algorithm.chars().all(|character| !character.is_ascii_lowercase())
    {
        let header = format!("x-amz-checksum-{}", algorithm.to_ascii_lowercase());
        let other = algorithm.parse::<objects::ChecksumAlgorithm>().unwrap().of(b"other");
        return Some(send(&world, put(&[(header.as_str(), other.as_str())])).await);
    }
    if message.starts_with("The COMPOSITE checksum type")
        || message.starts_with("The FULL_OBJECT checksum type")
    {
        let words: Vec<&str> = message.split(' ').collect();
        let create = draft(&world, "POST", "/bucket/my-key?uploads");
        let create = create.with("x-amz-checksum-type", words[1]).with("x-amz-checksum-algorithm", words[9]);
        return Some(send(&world, create.signed()).await);
    }
    Some(match (code, message) {
        ("ConditionalRequestConflict", _) => return conflict(&world).await,
        ("BadDigest", "The sha256 you specified for part 1 did not match what we received.") => {
            let of_part = format!("<ChecksumSHA256>{}</ChecksumSHA256>", sum("SHA256", b"other"));
            return complete_with(&world, &[("x-amz-checksum-algorithm", "SHA256")], "test", &[], &of_part)
                .await;
        }
        ("BadDigest", "The crc32c you specified did not match the calculated checksum.") => {
            let begun = [("x-amz-checksum-algorithm", "CRC32C"), ("x-amz-checksum-type", "FULL_OBJECT")];
            let other = sum("CRC32C", b"other");
            return complete_with(&world, &begun, "test", &[("x-amz-checksum-crc32c", &other)], "").await;
        }
        ("InvalidRequest", text) if text.starts_with("Checksum Type mismatch occurred") => {
            let expected = text.split([' ', ',']).nth(8).unwrap().to_ascii_uppercase();
            let id = upload(&world, &[("x-amz-checksum-algorithm", &expected)]).await;
            let part = draft(&world, "PUT", &format!("/bucket/my-key?partNumber=1&uploadId={id}"));
            let crc = sum("CRC32", b"test");
            send(&world, part.with("x-amz-checksum-crc32", &crc).saying("test").signed()).await
        }
        ("NoSuchBucket", _) => ask(&world, "GET", "/nowhere/key", "").await,
        ("NoSuchKey", _) => send(&world, get(&[])).await,
        ("InvalidRange", _) => {
            ask(&world, "PUT", "/bucket/my-key", "12345678").await;
            send(&world, get(&[("range", "bytes=1024-4096")])).await
        }
        ("PreconditionFailed", "At least one of the pre-conditions you specified did not hold") => {
            return precondition(&world, extra).await;
        }
        ("InvalidDigest", _) => send(&world, put(&[("content-md5", "__invalid__")])).await,
        ("BadDigest", "The Content-MD5 you specified did not match what we received.") => {
            let put = draft(&world, "PUT", "/bucket/my-key").saying("test-md5");
            send(&world, put.with("content-md5", "CYketZBSTjX8czcs3cXVlg==").signed()).await
        }
        ("InvalidStorageClass", _) => send(&world, put(&[("x-amz-storage-class", "OUTPOSTS")])).await,
        ("InvalidObjectState", _) => {
            send(&world, put(&[("x-amz-storage-class", "DEEP_ARCHIVE")])).await;
            send(&world, get(&[])).await
        }
        ("NoSuchUpload", _) => ask(&world, "GET", "/bucket/my-key?uploadId=none", "").await,
        ("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive") => {
            let id = upload(&world, &[]).await;
            let document = "<CompleteMultipartUpload><Part><PartNumber>-1</PartNumber><ETag>e</ETag></Part></CompleteMultipartUpload>";
            ask(&world, "POST", &format!("/bucket/my-key?uploadId={id}"), document).await
        }
        ("InvalidPartOrder" | "InvalidPart" | "EntityTooSmall", _) => return completion(&world, code).await,
        ("InvalidRequest", "You must specify at least one part") => {
            let id = upload(&world, &[]).await;
            ask(&world, "POST", &format!("/bucket/my-key?uploadId={id}"), "<CompleteMultipartUpload/>").await
        }
        ("InvalidPartNumber", _) => return part_number(&world).await,
        ("InvalidRequest", "Cannot specify both Range header and partNumber query parameter") => {
            send(&world, put(&[])).await;
            let both = draft(&world, "GET", "/bucket/my-key?partNumber=1").with("range", "bytes=0-1");
            send(&world, both.signed()).await
        }
        ("InvalidRequest", text) if text.starts_with("This copy request is illegal") => {
            send(&world, put(&[])).await;
            send(
                &world,
                draft(&world, "PUT", "/bucket/my-key").with("x-amz-copy-source", "bucket/my-key").signed(),
            )
            .await
        }
        (
            "InvalidRequest",
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
        ) => {
            send(&world, put(&[("x-amz-checksum-crc32", "NhCmhg=="), ("x-amz-checksum-crc32c", "NhCmhg==")]))
                .await
        }
        ("InvalidRequest", text) if text.starts_with("Checksum algorithm provided is unsupported") => {
            let create =
                draft(&world, "POST", "/bucket/my-key?uploads").with("x-amz-checksum-algorithm", "TEST");
            send(&world, create.signed()).await
        }
        ("InvalidRequest", text) if text.starts_with("The x-amz-checksum-type header can only") => {
            let create =
                draft(&world, "POST", "/bucket/my-key?uploads").with("x-amz-checksum-type", "COMPOSITE");
            send(&world, create.signed()).await
        }
        ("InvalidRequest", text) if text.starts_with("The provided 'x-amz-mp-object-size'") => {
            return complete_with(&world, &[], "test", &[("x-amz-mp-object-size", "5")], "").await;
        }
        ("InvalidRequest", text) if text.starts_with("The upload was created using the ") => {
            let mode = text.split(' ').nth(6).unwrap();
            let begun: &[(&str, &str)] = match mode {
                "COMPOSITE" => &[("x-amz-checksum-algorithm", "SHA256")],
                "FULL_OBJECT" => {
                    &[("x-amz-checksum-algorithm", "CRC32C"), ("x-amz-checksum-type", "FULL_OBJECT")]
                }
                _ => &[],
            };
            let asked = if mode == "COMPOSITE" { "FULL_OBJECT" } else { "COMPOSITE" };
            return complete_with(&world, begun, "test", &[("x-amz-checksum-type", asked)], "").await;
        }
        ("InvalidRequest", text) if text.starts_with("The upload was created using a ") => {
            let algorithm = text.split(' ').nth(6).unwrap();
            return complete_with(
                &world,
                &[("x-amz-checksum-algorithm", &algorithm.to_ascii_uppercase())],
                "test",
                &[],
                "",
            )
            .await;
        }
        ("InvalidArgument", text) if text.starts_with("The x-amz-copy-source-range value") => {
            return range_of_copy(&world, "0-8").await;
        }
        ("InvalidArgument", text) if text.starts_with("Range specified is not valid for source") => {
            return range_of_copy(&world, "bytes=0-100").await;
        }
        ("InvalidRequest", "The specified copy range is invalid for the source object size") => {
            return range_of_copy(&world, "bytes=100-200").await;
        }
        ("InvalidArgument", text) if text.starts_with("x-amz-bypass-governance-retention") => {
            let delete =
                draft(&world, "DELETE", "/bucket/my-key").with("x-amz-bypass-governance-retention", "true");
            send(&world, delete.signed()).await
        }
        ("NotImplemented", "A header you provided implies functionality that is not implemented") => {
            send(&world, put(&[("if-none-match", "e")])).await
        }
        (
            "AccessDenied",
            "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
        ) => send(&world, draft(&world, "GET", "/bucket/my-key?AWSAccessKeyId=AKIA&Expires=1")).await,
        ("AuthorizationQueryParametersError", text)
            if text.starts_with("Query-string authentication version 4 requires") =>
        {
            send(
                &world,
                draft(&world, "GET", "/bucket/my-key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=5"),
            )
            .await
        }
        _ => return None,
    })
}

async fn precondition(world: &World, extra: &Value) -> Option<Reply> {
    if extra["Condition"].as_str().is_some_and(|condition| condition.starts_with("Bucket POST")) {
        return Some(send(world, draft(world, "POST", "/bucket").saying("a=b")).await);
    }
    ask(world, "PUT", "/bucket/my-key", "x").await;
    Some(send(world, draft(world, "GET", "/bucket/my-key").with("if-match", "\"none\"").signed()).await)
}

async fn upload(world: &World, with: &[(&str, &str)]) -> String {
    let create = draft(world, "POST", "/bucket/my-key?uploads");
    let create = with.iter().fold(create, |create, (name, value)| create.with(name, value)).signed();
    send(world, create).await.element("UploadId").unwrap()
}

/// Two small parts, and what completes them wrongly.
async fn completion(world: &World, code: &str) -> Option<Reply> {
    let id = upload(world, &[]).await;
    let etag = "8d777f385d3dfec8815d20f7496026dc";
    for number in 1..=2 {
        if code != "InvalidPart" || number == 1 {
            ask(world, "PUT", &format!("/bucket/my-key?partNumber={number}&uploadId={id}"), "data").await;
        }
    }
    let order = if code == "InvalidPartOrder" { [2, 1] } else { [1, 2] };
    let order = if code == "InvalidPart" { vec![2] } else { order.to_vec() };
    let parts: String = order
        .iter()
        .map(|number| format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"))
        .collect();
    let document = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    Some(ask(world, "POST", &format!("/bucket/my-key?uploadId={id}"), &document).await)
}

/// One part of an upload that was begun so, completed so.
async fn complete_with(
    world: &World,
    begun: &[(&str, &str)],
    body: &str,
    with: &[(&str, &str)],
    of_part: &str,
) -> Option<Reply> {
    let id = upload(world, begun).await;
    let algorithm =
        begun.iter().find(|(name, _)| *name == "x-amz-checksum-algorithm").map(|(_, value)| *value);
    let mut part = draft(world, "PUT", &format!("/bucket/my-key?partNumber=1&uploadId={id}"));
    if let Some(algorithm) = algorithm {
        let sum = algorithm.parse::<objects::ChecksumAlgorithm>().unwrap().of(body.as_bytes());
        part = part.with(&format!("x-amz-checksum-{}", algorithm.to_ascii_lowercase()), &sum);
    }
    let put = send(world, part.saying(body).signed()).await;
    let etag = put.header("etag").unwrap_or_else(|| panic!("{put:?}"));
    let document = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag>{of_part}</Part></CompleteMultipartUpload>"
    );
    let complete = draft(world, "POST", &format!("/bucket/my-key?uploadId={id}")).saying(&document);
    Some(
        send(
            world,
            with.iter().fold(complete, |complete, (name, value)| complete.with(name, value)).signed(),
        )
        .await,
    )
}

/// An object that went while its upload was under way.
async fn conflict(world: &World) -> Option<Reply> {
    let target = "/bucket/test-precondition";
    ask(world, "PUT", target, "x").await;
    let id = ask(world, "POST", &format!("{target}?uploads"), "").await.element("UploadId").unwrap();
    let part = ask(world, "PUT", &format!("{target}?partNumber=1&uploadId={id}"), "test").await;
    ask(world, "DELETE", target, "").await;
    let etag = part.header("etag").unwrap();
    let document = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
    );
    let complete = draft(world, "POST", &format!("{target}?uploadId={id}")).saying(&document);
    Some(send(world, complete.with("if-none-match", "*").signed()).await)
}

fn sum(algorithm: &str, bytes: &[u8]) -> String {
    algorithm.parse::<objects::ChecksumAlgorithm>().unwrap().of(bytes)
}

async fn part_number(world: &World) -> Option<Reply> {
    let id = upload(world, &[]).await;
    let first = "x".repeat(5 << 20);
    let mut parts = String::new();
    for (number, body) in [(1, first.as_str()), (2, "x")] {
        let put = ask(world, "PUT", &format!("/bucket/my-key?partNumber={number}&uploadId={id}"), body).await;
        parts += &format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>{}</ETag></Part>",
            put.header("etag").unwrap()
        );
    }
    let document = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    ask(world, "POST", &format!("/bucket/my-key?uploadId={id}"), &document).await;
    Some(ask(world, "GET", "/bucket/my-key?partNumber=10", "").await)
}

async fn range_of_copy(world: &World, range: &str) -> Option<Reply> {
    ask(world, "PUT", "/bucket/source", "0123456789").await;
    let id = upload(world, &[]).await;
    let copy = draft(world, "PUT", &format!("/bucket/my-key?partNumber=1&uploadId={id}"));
    let copy = copy.with("x-amz-copy-source", "bucket/source").with("x-amz-copy-source-range", range);
    Some(send(world, copy.signed()).await)
}

/// What differs from one run to the next.
const MASKED: [&str; 7] =
    ["StorageClassRequested", "HostId", "RequestId", "ETag", "Expires", "ServerTime", "CalculatedDigest"];
