//! Forms of the query and ec2 protocols: whatever the bytes, an input or a refusal, and neither is larger than they account for.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::{Parameters, Request, route};

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, body)) = bytes.split_first() else { return };
    if let Ok(parameters) = Parameters::read("", body) {
        let _ = route::query(&parameters);
    }
    for name in ["sts", "iam", "ec2"] {
        let service = wire::model::service(name).expect("has a table");
        let operations = service.operations();
        let operation = &operations[usize::from(*choice) % operations.len()];
        let request = Request { body, ..Request::default() };
        match wire::decode(service, operation, &request) {
            Ok(input) => assert!(wire::validate_input(service, operation, &input).is_ok()),
            Err(error) => {
                assert!(!error.code.is_empty() && error.message.len() <= 1024 * 1024 + 16 * body.len());
            }
        }
    }
});
