//! Forms of browsers and of curl, and what is no form.

use super::*;

const TYPE: &[u8] = b"multipart/form-data; boundary=B";

/// Name, name of the file, type and value of each field.
type Shown = (String, Option<String>, Option<String>, Vec<u8>);

fn fields(body: &[u8]) -> Vec<Shown> {
    let form = read(TYPE, body).unwrap_or_else(|error| panic!("{error}"));
    let field =
        |f: &FormField| (f.name.clone(), f.filename.clone(), f.content_type.clone(), f.value(body).to_vec());
    form.fields.iter().map(field).collect()
}

#[test]
fn fields_come_in_order_with_their_values() {
    let body = b"--B\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na\r\n--Other\r\n\r\n--B \r\ncontent-disposition:form-data;name=\"file\"; filename=\"C:\\x \\\"y\\\"; z.txt\"\r\nContent-Type: text/plain\r\nX-Other: 1\r\n\r\n\x00\r\xff\r\n--B--\r\n";
    assert_eq!(
        fields(body),
        [
            ("key".to_owned(), None, None, b"a\r\n--Other\r\n".to_vec()),
            (
                "file".to_owned(),
                Some("C:\\x \"y\"; z.txt".to_owned()),
                Some("text/plain".to_owned()),
                b"\x00\r\xff".to_vec()
            ),
        ]
    );
}

#[test]
fn a_form_can_be_empty_and_a_value_too() {
    assert_eq!(fields(b"--B--"), []);
    let body = b"\r\n--B\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--B--\r\n";
    assert_eq!(fields(body), [("a".to_owned(), None, None, Vec::new())]);
    let form = read(TYPE, body).unwrap();
    assert!(form.field("A").is_some() && form.field("b").is_none());
}

#[test]
fn boundaries_are_read_from_the_content_type() {
    for kind in [
        "Multipart/Form-Data; charset=x; Boundary=\"B\"",
        "multipart/form-data;boundary=B ",
        "multipart/form-data; boundary=B;x",
    ] {
        assert!(read(kind.as_bytes(), b"--B--").is_ok(), "{kind}");
    }
    let refused = [
        ("text/plain; boundary=B", "form, byte 0: the Content-Type must be multipart/form-data"),
        ("multipart/form-data", "form, byte 0: the Content-Type names no boundary"),
        (
            "multipart/form-data; boundary=B; boundary=C",
            "form, byte 0: the Content-Type names two boundaries",
        ),
        (
            "multipart/form-data; boundary=",
            "form, byte 0: a boundary has 1 to 70 letters, digits or '()+_,-./:=?",
        ),
        (
            "multipart/form-data; boundary=a\"b",
            "form, byte 0: a boundary has 1 to 70 letters, digits or '()+_,-./:=?",
        ),
    ];
    for (kind, message) in refused {
        assert_eq!(read(kind.as_bytes(), b"--B--").unwrap_err().to_string(), message);
    }
}

#[test]
fn what_is_no_form_is_refused_with_its_place() {
    let head = "Content-Disposition: form-data; name=\"a\"";
    let table = [
        ("".to_owned(), "byte 0: the body does not begin with the boundary of its Content-Type"),
        ("x--B--".to_owned(), "byte 0: the body does not begin with the boundary of its Content-Type"),
        ("--B".to_owned(), "byte 3: the form ends without its last boundary"),
        ("--B\n".to_owned(), "byte 3: lines of a form end in CRLF; the body was changed by an editor"),
        (
            "--Bx\r\n".to_owned(),
            "byte 3: other bytes follow the boundary; choose one that stands in no value",
        ),
        ("--B--\r\nmore".to_owned(), "byte 5: 6 bytes stand behind the end of the form"),
        ("--B\r\n\r\n".to_owned(), "byte 5: a field has no Content-Disposition"),
        (
            format!("--B\r\n{head}\r\n"),
            "byte 5: the head of a field does not end within 16384 bytes with an empty line",
        ),
        (
            format!("--B\r\n{head}\r\n\r\nvalue\r\n--"),
            "byte 49: the form ends within a value, without its last boundary",
        ),
        (
            format!("--B\r\n{head}\r\n{head}\r\n\r\n"),
            "byte 47: Content-Disposition and Content-Type stand once in the head of a field",
        ),
        ("--B\r\nfoo\r\n\r\n".to_owned(), "byte 5: a line in the head of a field must read Name: value"),
        ("--B\r\nX: y\r\n\r\n".to_owned(), "byte 14: a field has no Content-Disposition"),
        (
            "--B\r\nContent-Disposition: attachment; name=a\r\n\r\n".to_owned(),
            "byte 5: the Content-Disposition of a field must be form-data",
        ),
        (
            "--B\r\nContent-Disposition: form-data; filename=a\r\n\r\n".to_owned(),
            "byte 5: the Content-Disposition of a field has no name",
        ),
        (
            "--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\n".to_owned(),
            "byte 5: a quote in Content-Disposition is not closed",
        ),
        (
            "--B\r\nContent-Disposition: form-data; name=\"a\"b\r\n\r\n".to_owned(),
            "byte 5: a semicolon is missing in Content-Disposition",
        ),
        (
            "--B\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n".to_owned(),
            "byte 5: Content-Disposition says a name twice",
        ),
    ];
    for (body, message) in table {
        let error = read(TYPE, body.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), format!("form, {message}"), "{body:?}");
    }
    let field = format!("\r\n{head}\r\n\r\n\r\n--B");
    let many = format!("--B{}--", field.repeat(1001));
    assert!(read(TYPE, many.as_bytes()).unwrap_err().problem.contains("1000 fields"));
}
