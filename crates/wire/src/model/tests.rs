use super::*;

#[test]
fn every_table_is_read_and_small() {
    let mut bytes = 0;
    for service in services() {
        assert!(service.operations().len() >= 8, "{}", service.name);
        for operation in service.operations() {
            assert!(service.has(operation.name), "{}", operation.name);
            for error in &operation.errors {
                assert!(service.error(error).is_some(), "{} may answer {error}", operation.name);
            }
        }
        for index in 0..service.patterns.len() {
            let _ = service.pattern(u16::try_from(index).unwrap());
        }
        bytes += size_of_val(service.members.as_slice())
            + size_of_val(service.shapes.as_slice())
            + size_of_val(service.operations.as_slice())
            + size_of_val(service.names.as_slice());
    }
    let operations: usize = services().map(|service| service.operations().len()).sum();
    println!("{operations} operations in {bytes} bytes");
    assert!(operations >= 226, "{operations}");
    assert!(bytes < 512 * 1024, "{bytes}");
}

#[test]
fn operations_are_known_by_name() {
    let iam = service("iam").unwrap();
    assert_eq!(iam.operation("CreateUser").unwrap().wrapper, "CreateUserResult");
    assert_eq!(iam.operation("GetSSHPublicKey"), None);
    assert!(iam.has("GetSSHPublicKey") && !iam.has("CreateFoo"));
    assert_eq!(iam.error("NoSuchEntity").unwrap().status, 404);
    assert_eq!(iam.error("NoSuchEntityException").unwrap().code, "NoSuchEntity");
    assert!(service("lambda").is_none());
}

#[test]
fn what_is_no_table_is_refused_with_its_line() {
    for (text, what) in [
        ("x", "table line 1: \"x\" is neither a fact nor a shape"),
        ("service\ta\tsoap", "table line 1: \"soap\" is no protocol"),
        ("service\ta\tquery\t1", "table line 1: a signing name is missing"),
        ("string\tmin=x", "table line 1: \"x\" is no such number"),
        (
            "string\tpattern=0",
            "table line 0: String(Text { limits: Limits { min: None, max: None }, pattern: Some(0), choices: None, sensitive: false }) points nowhere",
        ),
        (
            "list",
            "table line 0: List { item: 0, flat: false, limits: Limits { min: None, max: None }, sparse: Unnamed } points nowhere",
        ),
        ("structure\n.A\t1", "table line 0: member \"A\" points nowhere"),
        ("pattern\t(", "table line 0: the pattern breaks off"),
        ("<\t0", "table line 1: no operation stands above"),
        ("names\tB\tA", "table line 0: operations are out of order, or an error has no shape"),
    ] {
        assert_eq!(Service::read(text).unwrap_err().to_string(), what);
    }
}
