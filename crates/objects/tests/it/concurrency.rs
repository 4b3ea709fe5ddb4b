//! Many at once: readers see one object or another, never parts of both; no object is left in a bucket that is gone.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use objects::{CompletedPart, Completion, NewObject, ObjectError, PutCondition, RemoveCondition};

use crate::uploads::eventually;
use crate::world::{BUCKET, NOW, World, bytes, drafted, whole};

#[test]
fn readers_during_overwrites_see_one_or_the_other_whole() {
    let world = World::new();
    let sizes = [10, 64, 1000, 100_000];
    let versions: Vec<Vec<u8>> = sizes.iter().enumerate().map(|(seed, size)| bytes(seed, *size)).collect();
    world.put("key", &versions[0]);
    let (done, seen) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let (object, mut content) = world.objects.open(BUCKET, "key").unwrap();
                    let found = whole(&mut content);
                    assert!(versions.contains(&found), "{} bytes", found.len());
                    assert_eq!(object.size, found.len() as u64);
                    seen.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let _ends = Ends(&done);
        for round in 0..120 {
            // Every third comes in parts.
            let version = &versions[round % versions.len()];
            if round % 3 == 0 { uploaded(&world, version) } else { drop(world.put("key", version)) }
        }
    });
    assert!(seen.load(Ordering::Relaxed) > 0);
    world.put("key", b"");
    eventually(|| world.files().is_empty() && world.records().len() == 1);
}

/// Sets it when it goes, by a panic as well: who goes on until then would else go on for ever.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn uploaded(world: &World, bytes: &[u8]) {
    let upload = world.objects.begin_upload(BUCKET, "key", Default::default(), NOW).unwrap();
    let middle = if bytes.len() > 200 { 150 } else { bytes.len() };
    let parts = [(1, &bytes[..middle]), (2, &bytes[middle..])].map(|(number, bytes)| {
        let part = world.objects.put_part(BUCKET, "key", &upload.id, number, world.body(bytes), NOW).unwrap();
        CompletedPart { number, etag: Some(part.etag), checksum: None }
    });
    let parts = if middle == bytes.len() { parts[..1].to_vec() } else { parts.to_vec() };
    let completion = Completion { parts, ..Default::default() };
    world.objects.complete_upload(BUCKET, "key", &upload.id, &completion, NOW).unwrap();
}

#[test]
fn of_many_that_may_replace_nothing_one_puts() {
    let world = World::new();
    for round in 0..20 {
        let key = round.to_string();
        let winners = AtomicUsize::new(0);
        thread::scope(|scope| {
            for seed in 0..6 {
                let (world, key, winners) = (&world, &key, &winners);
                scope.spawn(move || {
                    let condition = PutCondition { absent: true, etag: None };
                    match world.put_if(key, &bytes(seed, 100), condition) {
                        Ok(_) => drop(winners.fetch_add(1, Ordering::Relaxed)),
                        Err(error) => assert!(matches!(error, ObjectError::PreconditionFailed(_))),
                    }
                });
            }
        });
        assert_eq!(winners.load(Ordering::Relaxed), 1);
    }
    assert_eq!(world.files().len(), 20, "the bodies of the others are gone");
}

#[test]
fn no_object_is_left_in_a_bucket_that_is_gone() {
    let world = World::new();
    let acknowledged = AtomicUsize::new(0);
    thread::scope(|scope| {
        for writer in 0..3 {
            let (world, acknowledged) = (&world, &acknowledged);
            scope.spawn(move || {
                for round in 0..150 {
                    let key = format!("{writer}/{round}");
                    let body = drafted(&world.objects, &bytes(round, 70));
                    match world.objects.put(BUCKET, &key, body, NewObject::default(), NOW) {
                        // Whoever has put it finds it: the bucket cannot go before it is removed.
                        Ok(_) => {
                            acknowledged.fetch_add(1, Ordering::Relaxed);
                            let was = world.objects.remove(BUCKET, &key, &RemoveCondition::default());
                            assert!(was.unwrap(), "{key}");
                        }
                        Err(ObjectError::NoSuchBucket) => {
                            world.objects.create_bucket(BUCKET).unwrap();
                        }
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
        scope.spawn(|| {
            let mut removed = 0;
            for _ in 0..300 {
                match world.objects.remove_bucket(BUCKET) {
                    Ok(()) => removed += 1,
                    Err(ObjectError::NoSuchBucket | ObjectError::BucketNotEmpty) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            assert!(removed > 0);
        });
    });
    assert!(acknowledged.load(Ordering::Relaxed) > 0);
    assert_eq!((world.records(), world.files().len()), (Vec::new(), 0));
}

#[test]
fn parts_are_put_and_completed_at_once_and_none_is_lost() {
    let world = World::new();
    for _ in 0..10 {
        let upload = world.objects.begin_upload(BUCKET, "key", Default::default(), NOW).unwrap();
        let put = |number, size| {
            let body = world.body(&bytes(number as usize, size));
            let part = world.objects.put_part(BUCKET, "key", &upload.id, number, body, NOW)?;
            Ok::<_, ObjectError>(CompletedPart { number, etag: Some(part.etag), checksum: None })
        };
        let parts: Vec<CompletedPart> = thread::scope(|scope| {
            let threads: Vec<_> =
                (1..=8).map(|number| scope.spawn(move || put(number, 200).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let completion = Completion { parts, ..Default::default() };
        thread::scope(|scope| {
            // A part that comes late is refused, or left out, or makes the completion fail; it is never half there.
            scope.spawn(|| match put(8, 300) {
                Ok(_) | Err(ObjectError::NoSuchUpload) => {}
                Err(error) => panic!("{error}"),
            });
            match world.objects.complete_upload(BUCKET, "key", &upload.id, &completion, NOW) {
                Ok(object) => assert_eq!(object.size, 1600),
                Err(ObjectError::InvalidPart { number: 8, .. }) => {
                    world.objects.abort_upload(BUCKET, "key", &upload.id).unwrap();
                }
                Err(error) => panic!("{error}"),
            }
        });
        world.objects.remove(BUCKET, "key", &RemoveCondition::default()).unwrap();
        assert_eq!((world.records(), world.files().len()), (Vec::new(), 0));
    }
}
