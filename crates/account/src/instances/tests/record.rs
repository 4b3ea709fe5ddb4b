//! The stored form.

use proptest::prelude::*;

use super::*;
use crate::instances::record::{declaration, json};

fn records() -> Vec<Record> {
    let (one, mut two) = (instance(0), instance(0));
    two.monitoring = true;
    let pending = Pending { change: MetadataOptionsChange::default(), applies_at: NOW };
    vec![
        Record { declared: Some(json(&one)), current: Some(one.clone()), launched: false, pending: None },
        Record { declared: Some(json(&one)), current: Some(two), launched: true, pending: Some(pending) },
        Record { declared: Some(json(&one)), current: None, launched: false, pending: None },
        Record { declared: None, current: Some(one), launched: true, pending: None },
    ]
}

#[test]
fn record_survives_the_round_trip() {
    let id = instance(0).instance_id;
    for record in records() {
        let bytes = record.encode();
        assert_eq!(declaration(&bytes), record.declared.as_deref());
        assert_eq!(Record::decode(&id, &bytes).unwrap(), record);
    }
}

#[test]
fn instance_that_is_as_declared_is_stored_once() {
    let record = &records()[0];
    assert!(record.encode().len() < record.declared.as_ref().unwrap().len() + 20);
}

#[test]
fn what_is_no_record_is_named() {
    let (instances, id) = launched();
    for bytes in
        [&b""[..], b"\x02\0\0\0\0{}", b"\x01\0\0", b"\x01\0\0\0\x09{}", b"\x01\0\0\0\0{}", b"\x01\0\0\0\0{"]
    {
        let put = Transaction::new().put(record_key(&id), bytes);
        assert!(instances.store.commit(put).unwrap().is_committed());
        let error = instances.describe(&id).unwrap_err();
        assert_eq!(error.code(), "InternalError");
        assert!(error.to_string().contains(id.as_str()), "{error}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        let _ = Record::decode(&instance(0).instance_id, &bytes);
    }
}
