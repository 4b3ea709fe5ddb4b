//! Tables of captures: what is read, what is said of those that are not, and the way back.

use super::*;
use crate::{Scheme, Version};

fn options() -> Options {
    Options::new(1024)
}

fn read_ok(text: &str) -> Capture {
    read(text.as_bytes(), &options()).unwrap_or_else(|error| panic!("{error}: {text:?}"))
}

/// `name=value` of every field.
fn fields(message: &Message) -> String {
    let field = |(name, value): &(String, Vec<u8>)| format!("{name}={}", String::from_utf8_lossy(value));
    message.headers.iter().map(field).collect::<Vec<_>>().join("|")
}

#[test]
fn requests_are_read_as_they_stand() {
    let table: [(&str, &str, &str, &str, &str); 11] = [
        ("* / HTTP/1.1\n\n", "*", "/", "", ""),
        ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET", "/", "Host=h", ""),
        ("\r\n\nGET / HTTP/1.1\nHost:h\nX-A:\n\n", "GET", "/", "Host=h|X-A=", ""),
        ("get /a b/ü?x y HTTP/1.0\nhost: h\n\n", "get", "/a b/ü?x y", "host=h", ""),
        ("GET //a/../%2e?b HTTP/1.1\n\n", "GET", "//a/../%2e?b", "", ""),
        ("OPTIONS * HTTP/1.1\nHost: h\n\n", "OPTIONS", "*", "Host=h", ""),
        ("GET / HTTP/1.1\nA: \t 1  2 \t\n\t 3\n  \n 4\nB: x:y\n\n", "GET", "/", "A=1  2 3 4|B=x:y", ""),
        ("GET / HTTP/1.1\nA:\n 1\n 2\nB: \n\t\nC:\t\n \n 3\n\n", "GET", "/", "A=1 2|B=|C=3", ""),
        ("GET / HTTP/1.1\nX: 2\nx: 1\nX: 2\n\n", "GET", "/", "X=2|x=1|X=2", ""),
        ("PUT / HTTP/1.1\ncontent-length: 3\n\na\nb", "PUT", "/", "content-length=3", "a\nb"),
        (
            "PUT / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\n0002\r\n\r\n\r\n0\r\n\r\n",
            "PUT",
            "/",
            "Transfer-Encoding=Chunked",
            "abc\r\n",
        ),
    ];
    for (text, method, target, headers, body) in table {
        let message = read_ok(text).message;
        let found = (message.method.as_str(), String::from_utf8_lossy(&message.target), fields(&message));
        assert_eq!(found, (method, target.into(), headers.to_owned()), "{text:?}");
        assert_eq!(String::from_utf8_lossy(&message.body), body, "{text:?}");
    }
}

#[test]
fn targets_say_scheme_and_authority() {
    let table = [
        ("GET http://H:80/p?q HTTP/1.1\nHost: h\n\n", Some(Scheme::Http), Some("H"), "/p?q", "Host=h"),
        ("GET https://h:80?q HTTP/1.1\n\n", Some(Scheme::Https), Some("h:80"), "/?q", "Host=h:80"),
        ("GET HTTPS://h HTTP/1.1\nHost: h:443\n\n", Some(Scheme::Https), Some("h"), "/", "Host=h:443"),
        (
            "GET http://[::1]:9/a b HTTP/1.1\nHost: [::1]:9\n\n",
            Some(Scheme::Http),
            Some("[::1]:9"),
            "/a b",
            "Host=[::1]:9",
        ),
        ("GET / HTTP/1.1\nHost: h:443\n\n", None, Some("h:443"), "/", "Host=h:443"),
        ("GET / HTTP/1.1\nHost:\n\n", None, None, "/", "Host="),
    ];
    for (text, scheme, authority, target, headers) in table {
        let message = read_ok(text).message;
        assert_eq!(message.scheme, scheme, "{text:?}");
        assert_eq!(message.authority.as_deref(), authority, "{text:?}");
        assert_eq!(String::from_utf8_lossy(&message.target), target, "{text:?}");
        assert_eq!(fields(&message), headers, "{text:?}");
    }
}

#[test]
fn notes_say_what_may_not_have_been_on_the_wire() {
    let table: [(&str, &[Note]); 8] = [
        ("GET / HTTP/1.1\n\n", &[]),
        ("GET / HTTP/1.1\n", &[Note::HeadWithoutEnd]),
        ("GET / HTTP/1.1", &[Note::HeadWithoutEnd]),
        ("PUT / HTTP/1.1\n\nbody\n", &[Note::BodyToEnd]),
        ("PUT / HTTP/1.1\nContent-Length: 4\n\nbody\n", &[Note::NewlineAfterBody]),
        ("PUT / HTTP/1.1\nTransfer-Encoding: chunked\n\n0\n\n\r\n", &[Note::NewlineAfterBody]),
        ("GET http://h/ HTTP/1.1\n\n", &[Note::HostFromTarget]),
        ("> PUT / HTTP/1.1\n> Content-Length: 4\n> \n", &[Note::BodyNotShown]),
    ];
    for (text, notes) in table {
        assert_eq!(read_ok(text).notes, notes, "{text:?}");
    }
    let capture = read_ok("PUT / HTTP/1.1\nTransfer-Encoding: chunked\n\n0\nX-T: a\n b\n\n");
    assert_eq!(capture.trailers, [("X-T".to_owned(), b"a b".to_vec())]);
}

#[test]
fn traces_are_read_where_asked_for() {
    let verbose =
        "* Trying 1.2.3.4\n> GET /p?q HTTP/2\n> Host: h\n> X-A: b\n> \n< HTTP/2 200\n< \n{ [5 bytes data]\n";
    let pseudo = ":method: GET\n:authority: h\n:scheme: https\n:path: /p?q\nx-a: b\n\n";
    for text in [verbose, pseudo] {
        let message = read_ok(text).message;
        assert_eq!(
            (message.method.as_str(), message.target.as_slice()),
            ("GET", b"/p?q".as_slice()),
            "{text}"
        );
        assert_eq!(fields(&message).to_lowercase(), "host=h|x-a=b", "{text}");
        assert_eq!(message.version, Version::Http2);
        assert!(read(text.as_bytes(), &Options { traces: false, ..options() }).is_err(), "{text}");
    }
    assert_eq!(read_ok(":path: /\n:method: PUT\ncontent-length: 2\n\nhi").message.body, b"hi");
}

/// What is refused, where, and in which words.
#[test]
fn refusals_say_where_and_what_would_do() {
    for (text, message) in [REFUSED_REQUEST_LINES, REFUSED_FIELDS, REFUSED_TRACES].concat() {
        assert_eq!(read(text.as_bytes(), &options()).unwrap_err().to_string(), message, "{text:?}");
    }
    for (chunks, message) in REFUSED_CHUNKS {
        let text = format!("PUT / HTTP/1.1\nTransfer-Encoding: chunked\n\n{chunks}");
        assert_eq!(read(text.as_bytes(), &options()).unwrap_err().to_string(), *message, "{text:?}");
    }
}

#[test]
fn a_head_is_bounded() {
    let long = format!("GET / HTTP/1.1\nX: {}\n\n", "a".repeat(64 * 1024));
    let error = read(long.as_bytes(), &options()).unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 1: the head is longer than 65536 bytes");
    let empty = "\n".repeat(100_000);
    read(empty.as_bytes(), &options()).unwrap_err();
    let traced = format!("> GET / HTTP/1.1\n{}", "> X: y\n".repeat(20_000));
    assert!(read(traced.as_bytes(), &options()).unwrap_err().problem.contains("longer than"));
}

#[test]
fn nothing_is_written_that_would_be_read_as_something_else() {
    let good = read_ok("PUT /a b HTTP/1.1\nHost: h\nX:\n\nbody").message;
    assert_eq!(write(&good).unwrap(), b"PUT /a b HTTP/1.1\r\nHost: h\r\nX:\r\n\r\nbody");
    let bad: [fn(&mut Message); 9] = [
        |m| m.method = "GET /x HTTP/1.1\r\nA: b\r\n\r\n".to_owned(),
        |m| m.method = String::new(),
        |m| m.target = b"/ HTTP/1.1\r\nA: b".to_vec(),
        |m| m.target = Vec::new(),
        |m| m.headers.push(("A".to_owned(), b"b\r\nC: d".to_vec())),
        |m| m.headers.push(("A: b".to_owned(), b"c".to_vec())),
        |m| m.headers.push(("Host".to_owned(), b"h".to_vec())),
        |m| m.headers.push(("Content-Length".to_owned(), b"3".to_vec())),
        |m| m.headers.push(("A".to_owned(), b" b".to_vec())),
    ];
    for (at, change) in bad.iter().enumerate() {
        let mut message = good.clone();
        change(&mut message);
        assert!(write(&message).is_err(), "change {at}");
    }
}

#[test]
fn chunks_and_later_versions_are_written_for_http_1_1() {
    let chunked = read_ok("PUT / HTTP/1.1\nTransfer-Encoding: chunked\n\n1\na\n1\nb\n0\n\n").message;
    let bytes = write(&chunked).unwrap();
    assert!(bytes.ends_with(b"\r\n\r\n2\r\nab\r\n0\r\n\r\n"), "{}", String::from_utf8_lossy(&bytes));
    let later = read_ok(":method: GET\n:path: /\n\n").message;
    assert!(write(&later).unwrap().starts_with(b"GET / HTTP/1.1\r\n"));
}

const REFUSED_REQUEST_LINES: &[(&str, &str)] = &[
    ("", "line 1, column 1: the input is empty; give a request such as GET / HTTP/1.1 and its fields"),
    (
        "\u{feff}GET / HTTP/1.1\n\n",
        "line 1, column 1: the input begins with a byte order mark; save it without",
    ),
    (
        "GET\n\n",
        "line 1, column 4: the request line must read METHOD TARGET HTTP/1.1; the version is missing or unknown",
    ),
    (
        "GET /\n\n",
        "line 1, column 5: the request line must read METHOD TARGET HTTP/1.1; the version is missing or unknown",
    ),
    (
        "GET / HTTP/1.2\n\n",
        "line 1, column 7: the request line must read METHOD TARGET HTTP/1.1; the version is missing or unknown",
    ),
    ("GET HTTP/1.1\n\n", "line 1, column 1: the request line must read METHOD TARGET HTTP/1.1"),
    (" GET / HTTP/1.1\n\n", "line 1, column 1: the request line must read METHOD TARGET HTTP/1.1"),
    ("GET  / HTTP/1.1\n\n", "line 1, column 5: more than one space around the target"),
    ("GET /  HTTP/1.1\n\n", "line 1, column 5: more than one space around the target"),
    ("GET /a\0b HTTP/1.1\n\n", "line 1, column 7: a NUL byte in the target"),
    ("GET /a\tb HTTP/1.1\n\n", "line 1, column 7: a tab in the target"),
    (
        "CONNECT h:443 HTTP/1.1\n\n",
        "line 1, column 9: the target must begin with / or be a URL of http or https",
    ),
    ("GET * HTTP/1.1\n\n", "line 1, column 5: the target must begin with / or be a URL of http or https"),
    ("GET http://u@h/ HTTP/1.1\n\n", "line 1, column 12: the target's authority must be host or host:port"),
    (
        "GET http://h/ HTTP/1.1\nA: b\nHost: i\n\n",
        "line 3, column 1: Host is not the authority that the target names; servers differ in which they believe",
    ),
];

const REFUSED_FIELDS: &[(&str, &str)] = &[
    ("GET / HTTP/1.1\nHost: a\nHost: a\n\n", "line 3, column 1: Host stands twice; keep one"),
    (
        "GET / HTTP/1.1\nContent-Length: 1\ncontent-length: 1\n\n",
        "line 3, column 1: content-length stands twice; keep one",
    ),
    (
        "GET / HTTP/1.1\nContent-Length: 1, 1\n\n",
        "line 2, column 1: Content-Length must be a number of bytes",
    ),
    ("GET / HTTP/1.1\nContent-Length: +1\n\n", "line 2, column 1: Content-Length must be a number of bytes"),
    (
        "GET / HTTP/1.1\nContent-Length: 99999999999999999999\n\n",
        "line 2, column 1: Content-Length must be a number of bytes",
    ),
    ("GET / HTTP/1.1\nContent-Length: 2000\n\n", "line 4, column 1: the body is longer than 1024 bytes"),
    (
        "GET / HTTP/1.1\nContent-Length: 0\nTransfer-Encoding: chunked\n\n",
        "line 3, column 1: Transfer-Encoding and Content-Length cannot both say where the body ends; keep one",
    ),
    (
        "GET / HTTP/1.1\nTransfer-Encoding: gzip, chunked\n\n",
        "line 2, column 1: the only Transfer-Encoding that can be undone is chunked",
    ),
    ("GET / HTTP/1.1\n a: b\n\n", "line 2, column 1: a folded line with no field before it"),
    ("GET / HTTP/1.1\na\n\n", "line 2, column 1: a field must read Name: value"),
    ("GET / HTTP/1.1\n: b\n\n", "line 2, column 1: the name of the field is missing"),
    ("GET / HTTP/1.1\naé: b\n\n", "line 2, column 2: a byte that no name of a field may hold"),
    ("GET / HTTP/1.1\na : b\n\n", "line 2, column 2: white space within or after the name of a field"),
    ("GET / HTTP/1.1\na: b\rc\n\n", "line 2, column 5: a carriage return within a line of the head"),
    ("GET / HTTP/1.1\na: b\0\n\n", "line 2, column 5: a NUL byte within a line of the head"),
    (
        "GET / HTTP/1.1\nContent-Length: 4\n\nabc",
        "line 4, column 1: the body has 3 bytes where Content-Length says 4",
    ),
    (
        "GET / HTTP/1.1\nContent-Length: 4\n\nabcde",
        "line 4, column 5: 1 bytes stand behind the body; give one request, and its length",
    ),
];

const REFUSED_CHUNKS: &[(&str, &str)] = &[
    ("", "line 4, column 1: the input ends without the last chunk, of size 0"),
    ("g\n", "line 4, column 1: a chunk must begin with its size in hexadecimal digits"),
    ("-1\n", "line 4, column 1: a chunk must begin with its size in hexadecimal digits"),
    ("10000000000000000\n", "line 4, column 1: a chunk must begin with its size in hexadecimal digits"),
    ("ffffffffffffffff\n", "line 4, column 1: the body is longer than 1024 bytes"),
    ("3\nab", "line 5, column 1: the input ends within a chunk: 2 of 3 bytes"),
    ("2\nabc\n", "line 5, column 3: a chunk must end with a line end after its bytes"),
    ("0\n", "line 5, column 1: the input ends without the empty line after the last chunk"),
    ("0\n\nGET", "line 6, column 1: 3 bytes stand behind the body; give one request, and its length"),
];

const REFUSED_TRACES: &[(&str, &str)] = &[
    ("* talk\n> \n", "line 1, column 1: the trace has no lines that begin with > and show a request"),
    (
        "> GET / HTTP/1.1\n> \n> GET /\n",
        "line 3, column 1: the trace shows a second request; keep the lines of one, or leave -L out",
    ),
    (":method: GET\n:method: PUT\n\n", "line 2, column 1: :method stands twice; keep one"),
    (":method: GET\n\n", "line 1, column 1: :path is missing"),
    (":path: /\n\n", "line 1, column 1: :method is missing"),
    (":method: GET\n:path: http://h/\n\n", "line 2, column 2: :path must begin with /"),
    (":method: GET\n:status: 200\n\n", "line 2, column 1: a pseudo field that requests do not have"),
    (":method: GET\na: b\n:path: /\n\n", "line 3, column 1: a pseudo field stands after the fields"),
    (":method: GET\n:path: /\n:scheme: ftp\n\n", "line 3, column 2: :scheme must be http or https"),
    (":method: GET\n:path: /\n:authority: a b\n\n", "line 3, column 2: :authority must be host or host:port"),
    (
        ":method: GET\n:path: /\n:authority: a\nhost: b\n\n",
        "line 4, column 1: Host is not the authority that the target names; servers differ in which they believe",
    ),
];
