//! Uploads in parts.

use objects::{
    ChecksumAlgorithm, ChecksumType, CompletedPart, Completion, NewUpload, Object, ObjectError, PutCondition,
    RemoveCondition, Upload, UploadChecksum,
};

use crate::world::{BUCKET, NOW, World, bytes, whole};

#[test]
fn etags_and_checksums_are_those_of_other_programs() {
    let mut rows = 0;
    for row in include_str!("../../testdata/checksums.txt").lines() {
        let Some(row) = row.strip_prefix("parts ") else { continue };
        let [algorithm, kind, sizes, value] = row.split(' ').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let sizes: Vec<usize> = sizes.split(',').map(|size| size.parse().unwrap()).collect();
        let checksum = algorithm
            .parse()
            .ok()
            .map(|algorithm: ChecksumAlgorithm| UploadChecksum { algorithm, kind: kind.parse().unwrap() });
        let object = uploaded(checksum, &sizes);
        let found = match checksum {
            Some(_) => object.checksum.unwrap().value,
            None => object.etag,
        };
        assert_eq!(found, value, "{row}");
        rows += 1;
    }
    assert_eq!(rows, 39);
}

fn uploaded(checksum: Option<UploadChecksum>, sizes: &[usize]) -> Object {
    let world = World::new();
    let limits = objects::ObjectLimits { least_part: 1, ..crate::world::LIMITS };
    let bodies = sys::fs::Bodies::new(world.directory.path().join("objects"));
    let objects = objects::Objects::with(std::sync::Arc::clone(&world.store), bodies, limits);
    let new = NewUpload { checksum, ..Default::default() };
    let upload = objects.begin_upload(BUCKET, "key", new, NOW).unwrap();
    let whole = bytes(0, sizes.iter().sum());
    let mut at = 0;
    let mut parts = Vec::new();
    for (number, size) in (1..).zip(sizes) {
        let mut draft = objects.draft(&[upload.part_checksum()]);
        draft.write(&whole[at..at + size]).unwrap();
        let part = objects.put_part(BUCKET, "key", &upload.id, number, draft.finish().unwrap(), NOW).unwrap();
        parts.push(CompletedPart { number, etag: Some(part.etag), checksum: part.checksum.map(|c| c.value) });
        at += size;
    }
    let completion = Completion { parts, size: Some(whole.len() as u64), ..Default::default() };
    let object = objects.complete_upload(BUCKET, "key", &upload.id, &completion, NOW).unwrap();
    assert_eq!(self::whole(&mut objects.open(BUCKET, "key").unwrap().1), whole);
    object
}

#[test]
fn parts_become_an_object_that_is_read_by_ranges_and_parts() {
    let world = World::new();
    let upload = begun(&world);
    let sizes = [(1, 100), (3, 100), (4, 100), (5, 70_000), (10_000, 30)];
    let parts: Vec<CompletedPart> =
        sizes.iter().map(|(number, size)| put(&world, &upload, *number, *size)).collect();
    // One more is uploaded and not named.
    put(&world, &upload, 2, 150);
    assert_eq!(world.files().len(), 5);
    let completion = Completion { parts, ..Default::default() };
    let object = world.objects.complete_upload(BUCKET, "key", &upload.id, &completion, NOW).unwrap();
    assert_eq!((object.size, object.parts), (70_330, Some(5)));
    assert_eq!(object.attributes.owner, "o");
    assert_eq!(object.checksum.as_ref().unwrap().kind, ChecksumType::FullObject);
    assert_eq!(world.files().len(), 4, "what was left out is gone");
    assert!(matches!(world.objects.upload(BUCKET, "key", &upload.id), Err(ObjectError::NoSuchUpload)));

    let wanted: Vec<u8> = sizes.iter().flat_map(|(number, size)| bytes(*number as usize, *size)).collect();
    let (_, mut content) = world.objects.open(BUCKET, "key").unwrap();
    assert_eq!(whole(&mut content), wanted);
    let mut start = 0;
    for (number, size) in sizes {
        let span = content.part(number).unwrap();
        assert_eq!((span.start, span.size), (start, size as u64));
        start += size as u64;
    }
    assert_eq!(content.part(2), None);
    assert_eq!(content.read_at(99, 5).unwrap().len(), 1, "a block is of one part");

    let page = world.objects.object_parts(BUCKET, "key", 1, 2).unwrap().unwrap();
    assert_eq!(
        (page.parts.iter().map(|part| part.number).collect::<Vec<_>>(), page.next),
        (vec![3, 4], Some(4))
    );

    // Whoever did not hear the answer may ask again.
    let again = world.objects.complete_upload(BUCKET, "key", &upload.id, &completion, NOW).unwrap();
    assert_eq!(again, object);
    world.put("key", b"");
    let late = world.objects.complete_upload(BUCKET, "key", &upload.id, &completion, NOW);
    assert!(matches!(late, Err(ObjectError::NoSuchUpload)));
    // What is still being read stays.
    assert_eq!(whole(&mut content), wanted);
    assert_eq!(world.files().len(), 4);
    drop(content);
    eventually(|| world.files().is_empty() && world.records().len() == 1);
}

#[test]
fn a_part_takes_the_place_of_the_one_before() {
    let world = World::new();
    let upload = begun(&world);
    put(&world, &upload, 1, 1000);
    let old = put(&world, &upload, 2, 1000);
    let mut parts = vec![put(&world, &upload, 1, 2000), old];
    assert_eq!(world.files().len(), 2);
    let page = world.objects.parts(BUCKET, "key", &upload.id, 0, 1).unwrap();
    assert_eq!((page.parts[0].size, page.next), (2000, Some(1)));
    let page = world.objects.parts(BUCKET, "key", &upload.id, 1, 1).unwrap();
    assert_eq!((page.parts.len(), page.next), (1, None));
    parts[0].etag = parts[1].etag.clone();
    let completion = Completion { parts, ..Default::default() };
    let refused = world.objects.complete_upload(BUCKET, "key", &upload.id, &completion, NOW);
    assert!(matches!(refused, Err(ObjectError::InvalidPart { number: 1, .. })));
    world.objects.abort_upload(BUCKET, "key", &upload.id).unwrap();
    assert_eq!((world.records(), world.files().len()), (Vec::new(), 0));
    let gone = world.objects.abort_upload(BUCKET, "key", &upload.id);
    assert!(matches!(gone, Err(ObjectError::NoSuchUpload)));
    let late = world.objects.put_part(BUCKET, "key", &upload.id, 1, world.body(&bytes(1, 100)), NOW);
    assert!(matches!(late, Err(ObjectError::NoSuchUpload)));
    assert_eq!(world.files().len(), 0);
}

#[test]
fn what_is_wrong_with_a_completion_is_told_and_the_upload_goes_on() {
    let world = World::new();
    let upload = begun(&world);
    let (one, two, small) =
        (put(&world, &upload, 1, 200), put(&world, &upload, 2, 200), put(&world, &upload, 3, 99));
    let last = put(&world, &upload, 4, 1);
    let complete = |parts: &[&CompletedPart], change: &dyn Fn(&mut Completion)| {
        let parts = parts.iter().map(|part| (*part).clone()).collect();
        let mut completion = Completion { parts, ..Default::default() };
        change(&mut completion);
        world.objects.complete_upload(BUCKET, "key", &upload.id, &completion, NOW)
    };
    let told = |answer: Result<Object, ObjectError>| answer.unwrap_err().to_string();
    let as_is = |_: &mut Completion| {};
    assert_eq!(told(complete(&[], &as_is)), "no part is named");
    assert_eq!(told(complete(&[&two, &one], &as_is)), "parts are not in ascending order");
    assert_eq!(told(complete(&[&one, &one], &as_is)), "parts are not in ascending order");
    assert_eq!(told(complete(&[&one, &small, &last], &as_is)), "part 3 has 99 bytes, fewer than 100");
    let missing = CompletedPart { number: 7, ..one.clone() };
    assert_eq!(told(complete(&[&one, &missing], &as_is)), "part 7 is not there as it is named");
    let none = CompletedPart { number: 0, ..one.clone() };
    assert_eq!(told(complete(&[&none], &as_is)), "part number 0 is not from 1 to 10000");
    let other = CompletedPart { checksum: two.checksum.clone(), ..one.clone() };
    assert_eq!(told(complete(&[&other], &as_is)), "part 1 is not there as it is named");
    assert_eq!(
        told(complete(&[&one], &|completion| completion.size = Some(7))),
        "object has 200 bytes, not 7"
    );
    assert!(
        told(complete(&[&one], &|completion| completion.checksum = Some("AAAAAAAAAAA=".to_owned())))
            .starts_with("checksum of the object is ")
    );
    assert_eq!(
        told(complete(&[&one], &|completion| completion.condition.etag = Some("x".to_owned()))),
        "object does not exist"
    );
    let whole = complete(&[&one, &two, &small], &|completion| completion.condition.absent = true).unwrap();
    assert_eq!(whole.size, 499);
    assert_eq!(world.files().len(), 3, "what was left out is gone");
}

#[test]
fn a_composite_checksum_takes_those_of_all_parts() {
    let world = World::new();
    let checksum = UploadChecksum { algorithm: ChecksumAlgorithm::Crc32, kind: ChecksumType::Composite };
    let new = NewUpload { checksum: Some(checksum), ..Default::default() };
    let upload = world.objects.begin_upload(BUCKET, "key", new, NOW).unwrap();
    let part = put(&world, &upload, 1, 200);
    let bare = CompletedPart { checksum: None, ..part.clone() };
    let completion = |part: &CompletedPart, checksum: Option<&str>| Completion {
        parts: vec![part.clone()],
        checksum: checksum.map(str::to_owned),
        ..Default::default()
    };
    let complete = |completion| world.objects.complete_upload(BUCKET, "key", &upload.id, &completion, NOW);
    let refused = complete(completion(&bare, None));
    assert!(matches!(refused, Err(ObjectError::MissingPartChecksum { number: 1 })));
    let Err(ObjectError::BadDigest { computed }) = complete(completion(&part, Some("AAAAAA=="))) else {
        panic!("another checksum is none")
    };
    let (value, count) = computed.split_once('-').unwrap();
    assert_eq!(count, "1");
    assert_eq!(complete(completion(&part, Some(value))).unwrap().checksum.unwrap().value, computed);
    // A body without the checksum is refused before anything is kept.
    let upload = world
        .objects
        .begin_upload(BUCKET, "key", NewUpload { checksum: Some(checksum), ..Default::default() }, NOW)
        .unwrap();
    let body = world.objects.draft(&[]).finish().unwrap();
    let refused = world.objects.put_part(BUCKET, "key", &upload.id, 1, body, NOW);
    assert!(matches!(refused, Err(ObjectError::ForeignChecksum)));
}

#[test]
fn an_upload_that_may_replace_nothing_conflicts_with_what_went_on() {
    let world = World::new();
    let absent = || PutCondition { absent: true, etag: None };
    world.put("key", b"there");
    let upload = begun(&world);
    let completion =
        Completion { parts: vec![put(&world, &upload, 1, 200)], condition: absent(), ..Default::default() };
    let complete =
        |upload: &Upload| world.objects.complete_upload(BUCKET, "key", &upload.id, &completion, NOW);
    assert!(matches!(complete(&upload), Err(ObjectError::PreconditionFailed("If-None-Match"))));
    world.objects.remove(BUCKET, "key", &RemoveCondition::default()).unwrap();
    assert!(matches!(complete(&upload), Err(ObjectError::ConditionalRequestConflict)));
    let upload = begun(&world);
    put(&world, &upload, 1, 200);
    complete(&upload).unwrap();
}

#[test]
fn an_object_has_a_greatest_size() {
    let world = World::new();
    let upload = begun(&world);
    let parts = vec![put(&world, &upload, 1, 299_000), put(&world, &upload, 2, 299_000)];
    let completion = Completion { parts, ..Default::default() };
    let refused = world.objects.complete_upload(BUCKET, "key", &upload.id, &completion, NOW);
    assert!(matches!(refused, Err(ObjectError::EntityTooLarge { limit: 500_000, proposed: 598_000 })));
}

#[test]
fn ten_thousand_parts_are_one_object() {
    let world = World::new();
    let limits = objects::ObjectLimits { least_part: 1, ..crate::world::LIMITS };
    let bodies = sys::fs::Bodies::new(world.directory.path().join("objects"));
    let objects = objects::Objects::with(std::sync::Arc::clone(&world.store), bodies, limits);
    let upload = objects.begin_upload(BUCKET, "key", Default::default(), NOW).unwrap();
    let mut parts = Vec::new();
    for number in 1..=10_000 {
        let mut draft = objects.draft(&[upload.part_checksum()]);
        draft.write(&bytes(number as usize, 3)).unwrap();
        let part = objects.put_part(BUCKET, "key", &upload.id, number, draft.finish().unwrap(), NOW).unwrap();
        parts.push(CompletedPart { number, etag: Some(part.etag), checksum: None });
    }
    let body = objects.draft(&[upload.part_checksum()]).finish().unwrap();
    let refused = objects.put_part(BUCKET, "key", &upload.id, 10_001, body, NOW);
    assert!(matches!(refused, Err(ObjectError::PartNumber(10_001))));
    let completion = Completion { parts, ..Default::default() };
    let object = objects.complete_upload(BUCKET, "key", &upload.id, &completion, NOW).unwrap();
    assert_eq!((object.size, object.parts), (30_000, Some(10_000)));
    let (_, mut content) = objects.open(BUCKET, "key").unwrap();
    assert_eq!(content.read_at(29_997, 10).unwrap(), bytes(10_000, 3));
    drop(content);
    objects.remove(BUCKET, "key", &RemoveCondition::default()).unwrap();
    assert_eq!(world.records(), [""; 0]);
}

fn begun(world: &World) -> Upload {
    let attributes = objects::Attributes { owner: "o".to_owned(), ..Default::default() };
    let new = NewUpload { attributes, checksum: None };
    world.objects.begin_upload(BUCKET, "key", new, NOW).unwrap()
}

fn put(world: &World, upload: &Upload, number: u32, size: usize) -> CompletedPart {
    let body = world.body(&bytes(number as usize, size));
    let part = world.objects.put_part(BUCKET, "key", &upload.id, number, body, NOW).unwrap();
    CompletedPart { number, etag: Some(part.etag), checksum: part.checksum.map(|checksum| checksum.value) }
}

/// For what a thread of its own does.
pub(crate) fn eventually(holds: impl Fn() -> bool) {
    let (_keep, never) = std::sync::mpsc::channel::<()>();
    for _ in 0..1000 {
        if holds() {
            return;
        }
        let _ = never.recv_timeout(std::time::Duration::from_millis(5));
    }
    panic!("it never came to it");
}
