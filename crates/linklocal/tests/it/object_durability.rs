//! Acknowledged is durable, and what was cut short is not seen: a process is killed while it writes objects into the embedded store, and
//! another one looks at what it left.
//!
//! The writer is this test binary again, told by a variable where to write.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use objects::{
    Body, ChecksumAlgorithm, CompletedPart, Completion, Listing, NewObject, ObjectLimits, Objects,
    RemoveCondition, UploadListing,
};
use store::{KeyRange, Store};
use store_redb::RedbStore;
use sys::fs::Bodies;
use types::Timestamp;

#[test]
fn every_acknowledged_object_is_whole_when_the_process_is_killed() {
    let directory = tempfile::tempdir().unwrap();
    let mut next = 0;
    let mut known = BTreeMap::new();
    for (round, steps) in [3, 0, 1, 17, 40, 8, 61].into_iter().enumerate() {
        let last = write_until_killed(directory.path(), next, steps);
        (next..last).for_each(|step| model(&mut known, step));
        next = last;

        let store = Arc::new(RedbStore::open(&directory.path().join("s.redb")).unwrap());
        let objects = opened(Arc::clone(&store) as Arc<dyn Store>, directory.path());
        objects.create_bucket(BUCKET).unwrap();
        objects.sweep().unwrap();
        // One step more may have been done, or be half done: its key is judged by itself.
        let mut further = known.clone();
        model(&mut further, next);
        for key in 0..KEYS {
            let (found, one, other) = (read(&objects, key), known.get(&key), further.get(&key));
            let holds = [one, other].iter().any(|wanted| wanted.map(|step| content(*step)) == found);
            assert!(holds, "round {round}, key {key}: {one:?} or {other:?}");
        }
        check_files(&objects, &*store, directory.path());
        // The next writer begins with what is there: the step in doubt is done again.
        known = further;
        redo(&objects, next);
        next += 1;
    }
    assert!(next > 120, "{next}");
}

/// No file without a record, no record without its file.
fn check_files(objects: &Objects, store: &dyn Store, directory: &Path) {
    let page = store.range(&KeyRange::all(), 100_000).unwrap();
    let named = page.entries.iter().filter_map(|entry| entry.key.as_str().strip_prefix("object-body/"));
    assert!(named.eq(files(directory)), "the files are those that records name");
    assert!(!page.entries.iter().any(|entry| entry.key.as_str().starts_with("object-doomed/")));
    let uploads = objects.uploads(BUCKET, UploadListing { limit: 100, ..Default::default() }).unwrap();
    for upload in uploads.uploads {
        objects.abort_upload(BUCKET, &upload.key, &upload.id).unwrap();
    }
    let listed = objects.list(BUCKET, Listing { limit: 100, ..Default::default() }).unwrap();
    let parts: u32 = listed.objects.iter().filter_map(|object| object.parts).sum();
    let files_of_one =
        listed.objects.iter().filter(|object| object.parts.is_none() && object.size > 64).count();
    assert_eq!(files(directory).len(), parts as usize + files_of_one, "all files are those of objects");
}

fn write_until_killed(path: &Path, next: u64, steps: usize) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["object_durability::writer", "--exact", "--nocapture", "--ignored"])
        .env(PATH, path)
        .env(NEXT, next.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut numbers = lines.filter_map(|line| line.strip_prefix(MARK)?.parse::<u64>().ok());
    let mut last = numbers.by_ref().take(steps).last();
    child.kill().unwrap();
    // What was written before the kill took effect was acknowledged too.
    last = numbers.last().or(last);
    child.wait().unwrap();
    last.map_or(next, |number| number + 1)
}

/// Not a test of its own: the process that is killed. It ends by itself after some thousand steps.
#[test]
#[ignore = "is run by the test above"]
#[allow(clippy::disallowed_methods, reason = "told by its parent")]
fn writer() {
    let (Ok(path), Ok(next)) = (std::env::var(PATH), std::env::var(NEXT)) else { return };
    let path = Path::new(&path);
    let store = Arc::new(RedbStore::open(&path.join("s.redb")).unwrap());
    let objects = opened(store, path);
    objects.create_bucket(BUCKET).unwrap();
    let next: u64 = next.parse().unwrap();
    for step in next..next + 3000 {
        redo(&objects, step);
        writeln!(std::io::stdout(), "{MARK}{step}").unwrap();
    }
}

/// What a step does, also where it was done before, or in part.
fn redo(objects: &Objects, step: u64) {
    let (key, bytes) = ((step % KEYS).to_string(), content(step));
    match step % 4 {
        0 => drop(objects.remove(BUCKET, &key, &RemoveCondition::default()).unwrap()),
        1 | 2 => {
            let body = drafted(objects, &bytes);
            objects.put(BUCKET, &key, body, NewObject::default(), NOW).unwrap();
        }
        _ => {
            let upload = objects.begin_upload(BUCKET, &key, Default::default(), NOW).unwrap();
            let parts = (1..).zip(bytes.chunks(40_000)).map(|(number, part)| {
                let body = drafted(objects, part);
                let part = objects.put_part(BUCKET, &key, &upload.id, number, body, NOW).unwrap();
                CompletedPart { number, etag: Some(part.etag), checksum: None }
            });
            let completion = Completion { parts: parts.collect(), ..Default::default() };
            objects.complete_upload(BUCKET, &key, &upload.id, &completion, NOW).unwrap();
        }
    }
}

fn model(known: &mut BTreeMap<u64, u64>, step: u64) {
    match step % 4 {
        0 => drop(known.remove(&(step % KEYS))),
        _ => drop(known.insert(step % KEYS, step)),
    }
}

/// Small bodies, large ones, and those that come in parts.
fn content(step: u64) -> Vec<u8> {
    let step = usize::try_from(step).unwrap();
    bytes(step, [0, 30, 90_000, 100_100][step % 4])
}

fn bytes(seed: usize, length: usize) -> Vec<u8> {
    (0..length).map(|at| ((at * 7 + at / 251 + seed * 13) % 256) as u8).collect()
}

fn read(objects: &Objects, key: u64) -> Option<Vec<u8>> {
    let (object, mut content) = objects.open(BUCKET, &key.to_string()).ok()?;
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < object.size {
        bytes.extend_from_slice(&content.read_at(bytes.len() as u64, 7000).unwrap());
    }
    Some(bytes)
}

fn drafted(objects: &Objects, bytes: &[u8]) -> Body {
    let mut draft = objects.draft(&[ChecksumAlgorithm::Crc64Nvme]);
    draft.write(bytes).unwrap();
    draft.finish().unwrap()
}

fn opened(store: Arc<dyn Store>, directory: &Path) -> Objects {
    let limits = ObjectLimits { least_part: 100, inline: 64, ..ObjectLimits::AWS };
    Objects::with(store, Bodies::new(directory.join("objects")), limits)
}

/// Names of the files that are there.
fn files(directory: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    Bodies::new(directory.join("objects")).each(|name| assert!(names.insert(name.to_string()))).unwrap();
    names
}

/// No multiple of 4, so that every key meets every kind of step.
const KEYS: u64 = 7;
const BUCKET: &str = "b";
const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);
const PATH: &str = "LINKLOCAL_OBJECTS_CRASH_TEST_PATH";
const NEXT: &str = "LINKLOCAL_OBJECTS_CRASH_TEST_NEXT";
const MARK: &str = "done ";
