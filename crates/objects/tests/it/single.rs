//! Objects that come in one request.

use std::collections::{BTreeMap, BTreeSet};

use objects::{Attributes, ChecksumAlgorithm, NewObject, ObjectError, PutCondition, RemoveCondition, Swept};

use crate::world::{BUCKET, NOW, World, bytes, whole};

#[test]
fn what_was_put_is_read_whole_and_in_ranges() {
    let world = World::new();
    for length in [0, 1, 64, 65, 65_536, 65_537, 200_000] {
        let bytes = bytes(length, length);
        let object = world.put("key", &bytes);
        assert_eq!((object.size, object.parts), (length as u64, None));
        assert_eq!(world.objects.head(BUCKET, "key").unwrap(), object);
        let (read, mut content) = world.objects.open(BUCKET, "key").unwrap();
        assert_eq!(read, object);
        assert_eq!(whole(&mut content), bytes);
        assert_eq!(content.memory().is_some(), length <= 64, "{length}");
        for (at, most) in [(0, 10), (60, 10), (65_530, 100), (199_999, 2), (1 << 40, 1)] {
            let end = bytes.len().min(at + most);
            let wanted = bytes.get(at.min(end)..end).unwrap_or_default();
            assert_eq!(content.read_at(at as u64, most).unwrap(), wanted, "{length} {at}");
        }
        let span = content.part(1).unwrap();
        assert_eq!((span.start, span.size, content.part(2)), (0, length as u64, None));
        assert_eq!(world.objects.object_parts(BUCKET, "key", 0, 10).unwrap(), None);
        // Of all that was there before, nothing is left.
        assert_eq!(world.files().len(), usize::from(length > 64), "{length}");
        assert_eq!(world.records().len(), 1 + world.files().len());
    }
}

#[test]
fn what_its_writer_said_is_kept() {
    let world = World::new();
    let attributes = Attributes {
        content_type: Some("text/plain; charset=utf-8".to_owned()),
        content_encoding: Some("gzip".to_owned()),
        content_language: Some("de".to_owned()),
        content_disposition: Some("attachment".to_owned()),
        cache_control: Some("no-cache".to_owned()),
        expires: Some("Thu, 01 Dec 1994 16:00:00 GMT".to_owned()),
        website_redirect_location: Some("/other".to_owned()),
        storage_class: Some("STANDARD_IA".to_owned()),
        server_side_encryption: Some("aws:kms".to_owned()),
        metadata: BTreeMap::from([("name".to_owned(), "välue \u{0}".to_owned())]),
        tags: vec![("z".to_owned(), "1".to_owned()), ("a".to_owned(), String::new())],
        owner: "111122223333".to_owned(),
        acl: Some(serde_json::json!({ "grants": [1] })),
    };
    let new = NewObject {
        attributes: attributes.clone(),
        checksum: Some(ChecksumAlgorithm::Crc32),
        condition: PutCondition::default(),
    };
    let object = world.objects.put(BUCKET, "key", world.body(b"hello"), new, NOW).unwrap();
    assert_eq!(object.attributes, attributes);
    assert_eq!(object.last_modified, NOW);
    assert_eq!(object.checksum.as_ref().unwrap().value, "NhCmhg==");

    let changed = world
        .objects
        .update(BUCKET, "key", |attributes| {
            attributes.tags.clear();
            Ok::<(), ObjectError>(())
        })
        .unwrap();
    assert_eq!(changed.attributes, Attributes { tags: Vec::new(), ..attributes });
    assert_eq!((changed.last_modified, &changed.etag), (NOW, &object.etag));
    assert_eq!(world.objects.head(BUCKET, "key").unwrap(), changed);
    assert_eq!(world.read("key"), b"hello");
    let none = world.objects.update(BUCKET, "other", |_| Ok::<(), ObjectError>(()));
    assert!(matches!(none, Err(ObjectError::NoSuchKey)));
}

#[test]
fn conditions_hold_or_nothing_happens() {
    let world = World::new();
    let absent = || PutCondition { absent: true, etag: None };
    let etag = |etag: &str| PutCondition { absent: false, etag: Some(etag.to_owned()) };
    assert!(matches!(world.put_if("key", b"0", etag("*")), Err(ObjectError::NoSuchKey)));
    let first = world.put_if("key", &bytes(1, 100), absent()).unwrap();
    let refused = |answer| matches!(answer, Err(ObjectError::PreconditionFailed(_)));
    assert!(refused(world.put_if("key", &bytes(2, 100), absent())));
    assert!(refused(world.put_if("key", &bytes(2, 100), etag("x"))));
    assert_eq!(world.read("key"), bytes(1, 100));
    assert_eq!(world.files().len(), 1, "a refused body is gone");
    let second = world.put_if("key", b"2", etag(&format!("\"{}\"", first.etag))).unwrap();
    world.put_if("key", b"3", etag("*")).unwrap();
    assert!(refused(world.put_if("key", b"4", etag(&second.etag))));

    let third = world.objects.head(BUCKET, "key").unwrap();
    let remove = |condition: &RemoveCondition| world.objects.remove(BUCKET, "key", condition);
    let other = RemoveCondition { etag: Some(first.etag) };
    assert!(matches!(remove(&other), Err(ObjectError::PreconditionFailed(_))));
    let holds = RemoveCondition { etag: Some(third.etag) };
    assert!(remove(&holds).unwrap());
    assert!(matches!(remove(&holds), Err(ObjectError::NoSuchKey)));
    assert!(!remove(&RemoveCondition::default()).unwrap());
    assert_eq!(world.records(), [""; 0]);
}

#[test]
fn several_are_removed_at_once() {
    let world = World::new();
    ["a", "b", "c"].iter().for_each(|key| drop(world.put(key, &bytes(1, 100))));
    let wrong = RemoveCondition { etag: Some("0".repeat(32)) };
    let wanted = [
        ("a", Default::default()),
        ("a", Default::default()),
        ("b", wrong.clone()),
        ("x", Default::default()),
        ("y", wrong),
    ];
    let wanted = wanted.map(|(key, condition)| (key.to_owned(), condition));
    let answers = world.objects.remove_all(BUCKET, &wanted).unwrap();
    let told: Vec<String> = answers
        .into_iter()
        .map(|answer| answer.map_or_else(|e| e.to_string(), |was| was.to_string()))
        .collect();
    assert_eq!(told, ["true", "false", "condition If-Match does not hold", "false", "object does not exist"]);
    assert_eq!(world.files().len(), 2);
}

#[test]
fn bounds_are_kept() {
    let world = World::new();
    let long = "k".repeat(1024);
    world.put(&long, b"");
    let refused = world.put_if(&format!("{long}k"), b"", PutCondition::default());
    assert!(matches!(refused, Err(ObjectError::KeyTooLong { length: 1025, most: 1024 })));
    let mut draft = world.objects.draft(&[]);
    draft.write(&vec![0; 300_000]).unwrap();
    let refused = draft.write(b"1");
    assert!(matches!(refused, Err(ObjectError::EntityTooLarge { limit: 300_000, proposed: 300_001 })));
    drop(draft);
    assert_eq!(world.files().len(), 0);
    // A body that was drafted without what is to be kept is the caller's mistake.
    let new = NewObject { checksum: Some(ChecksumAlgorithm::Sha256), ..Default::default() };
    let refused = world.objects.put(BUCKET, "key", world.body(b""), new, NOW);
    assert!(matches!(refused, Err(ObjectError::ForeignChecksum)));
}

#[test]
fn a_bucket_goes_when_it_is_empty_and_takes_its_uploads_along() {
    let world = World::new();
    let objects = &world.objects;
    assert!(!objects.create_bucket(BUCKET).unwrap());
    world.put("key", b"1");
    assert!(matches!(objects.remove_bucket(BUCKET), Err(ObjectError::BucketNotEmpty)));
    world.put("key", b"2");
    objects.remove(BUCKET, "key", &RemoveCondition::default()).unwrap();
    let upload = objects.begin_upload(BUCKET, "key", Default::default(), NOW).unwrap();
    objects.put_part(BUCKET, "key", &upload.id, 1, world.body(&bytes(1, 1000)), NOW).unwrap();
    assert!(objects.is_empty(BUCKET).unwrap());
    objects.remove_bucket(BUCKET).unwrap();
    assert_eq!((world.records(), world.files().len()), (Vec::new(), 0));

    for answer in [
        objects.remove_bucket(BUCKET),
        objects.head(BUCKET, "key").map(drop),
        objects.open(BUCKET, "key").map(drop),
        world.put_if("key", b"", PutCondition::default()).map(drop),
        objects.list(BUCKET, Default::default()).map(drop),
        objects.remove(BUCKET, "key", &RemoveCondition::default()).map(drop),
        objects.upload(BUCKET, "key", &upload.id).map(drop),
    ] {
        assert!(matches!(answer, Err(ObjectError::NoSuchBucket)), "{answer:?}");
    }
    // Under its old name it is another one.
    objects.create_bucket(BUCKET).unwrap();
    assert!(matches!(objects.upload(BUCKET, "key", &upload.id), Err(ObjectError::NoSuchUpload)));
}

#[test]
fn buckets_follow_the_account_and_what_was_in_the_others_goes() {
    let world = World::new();
    world.objects.create_bucket("other").unwrap();
    (0..600).for_each(|number| {
        drop(world.put(&number.to_string(), &bytes(number, if number % 50 == 0 { 100 } else { 10 })))
    });
    let upload = world.objects.begin_upload("other", "key", Default::default(), NOW).unwrap();
    world.objects.put_part("other", "key", &upload.id, 9, world.body(&bytes(1, 1000)), NOW).unwrap();
    assert_eq!(world.objects.buckets().unwrap(), [BUCKET, "other"]);
    world.objects.settle(&BTreeSet::from(["new".to_owned(), "other".to_owned()])).unwrap();
    assert_eq!(world.objects.buckets().unwrap(), ["new", "other"]);
    assert!(world.objects.upload("other", "key", &upload.id).is_ok(), "what stays keeps what is in it");
    world.objects.settle(&BTreeSet::new()).unwrap();
    assert_eq!(world.objects.buckets().unwrap(), [""; 0]);
    assert_eq!(world.objects.sweep().unwrap(), Swept { unfinished: 3, strays: 0 });
    assert_eq!((world.records(), world.files().len()), (Vec::new(), 0));
}

#[cfg(target_os = "linux")]
#[test]
#[allow(clippy::disallowed_methods, reason = "what the kernel counts")]
fn memory_does_not_grow_with_an_object() {
    let world = World::new();
    let bodies = sys::fs::Bodies::new(world.directory.path().join("objects"));
    let objects =
        objects::Objects::with(std::sync::Arc::clone(&world.store), bodies, objects::ObjectLimits::AWS);
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().to_owned();
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap()
    };
    let piece = vec![7; 1 << 20];
    let before = peak();
    let mut draft = objects.draft(&[ChecksumAlgorithm::Crc64Nvme]);
    (0..128).for_each(|_| draft.write(&piece).unwrap());
    objects.put(BUCKET, "key", draft.finish().unwrap(), NewObject::default(), NOW).unwrap();
    let (object, mut content) = objects.open(BUCKET, "key").unwrap();
    let mut at = 0;
    while at < object.size {
        at += content.read_at(at, 256 << 10).unwrap().len() as u64;
    }
    // Other tests may run beside it.
    let grown = peak() - before;
    assert!(grown < 32 << 10, "{grown} KiB for an object of 128 MiB");
}
