//! Documents of the json protocols: whatever the bytes, an input or a refusal.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::{ErrorAnswer, Request};

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, body)) = bytes.split_first() else { return };
    for name in ["servicequotas", "cloudtrail"] {
        let service = wire::model::service(name).expect("has a table");
        let operations = service.operations();
        let operation = &operations[usize::from(*choice) % operations.len()];
        if let Err(error) = wire::decode(service, operation, &Request { body, ..Request::default() }) {
            let answer = ErrorAnswer {
                status: error.status,
                code: &error.code,
                message: &error.message,
                ..ErrorAnswer::default()
            };
            let answer = wire::encode_error(service, &answer, "id");
            let read = wire::AwsError::read(error.status, &|_| None, &answer.body).expect("we wrote it");
            assert_eq!(read.code, error.code);
        }
    }
});
