//! What is written for a request, to the letter.

use super::*;
use crate::Scheme;
use crate::raw::{self, Options};

fn written(text: &str) -> Result<String, String> {
    let message = raw::read(text.as_bytes(), &Options::new(1 << 21)).unwrap().message;
    write(&message).map_err(|error| error.problem)
}

#[test]
fn requests_are_written_to_the_letter() {
    let table = [
        (
            "GET / HTTP/1.1\nHost: h\nUser-Agent: a\nAccept: */*\n\n",
            "curl https://h/ \\\n  -H 'User-Agent: a' \\\n  -H 'Accept: */*'",
        ),
        (
            "GET http://h:8080/a?b=1&c=[] HTTP/1.1\nhost: h:8080\nx-a: it's\n\n",
            "curl -g 'http://h:8080/a?b=1&c=[]' \\\n  -H 'x-a: it'\\''s' \\\n  -H User-Agent: \\\n  -H Accept:",
        ),
        (
            "HEAD /../b HTTP/1.0\nHost: h\nUser-Agent:\nAccept: b\n\n",
            "curl -I --http1.0 --path-as-is https://h/../b \\\n  -H 'User-Agent;' \\\n  -H 'Accept: b'",
        ),
        (
            "PUT /a b HTTP/1.1\nHost: h:443\nUser-Agent: a\nAccept: b\nContent-Type: c\nContent-Length: 4\n\na\n%'",
            "curl -X PUT --request-target '/a b' https://h:443/ \\\n  -H 'Host: h:443' \\\n  -H 'User-Agent: a' \\\n  -H 'Accept: b' \\\n  -H 'Content-Type: c' \\\n  --data-raw 'a\n%'\\'''",
        ),
        (
            "POST / HTTP/1.1\nHost: h\nUser-Agent: a\nAccept: b\nContent-Length: 6\n\n-%\\\0\r\n",
            "printf '\\055%%\\\\\\000\\015\\n' | curl https://h/ \\\n  -H 'User-Agent: a' \\\n  -H 'Accept: b' \\\n  -H Content-Type: \\\n  --data-binary @-",
        ),
        (
            "DELETE / HTTP/1.1\nHost: h\nUser-Agent: a\nAccept: b\nContent-Type: c\nContent-Length: 0\n\n",
            "curl -X DELETE https://h/ \\\n  -H 'User-Agent: a' \\\n  -H 'Accept: b' \\\n  -H 'Content-Type: c' \\\n  --data-raw ''",
        ),
    ];
    for (text, line) in table {
        assert_eq!(written(text).as_deref(), Ok(line), "{text:?}");
    }
}

/// What makes a good request a bad one.
type Change = fn(&mut Message);

#[test]
fn what_curl_cannot_send_is_refused() {
    let good = raw::read(b"PUT / HTTP/1.1\nHost: h\n\nbody", &Options::new(9)).unwrap().message;
    let bad: [(Change, &str); 12] = [
        (|m| m.authority = None, "the request does not say its host; add the field Host"),
        (|m| m.authority = Some("u:p@h".to_owned()), "the authority must be host or host:port"),
        (|m| m.authority = Some("h:#1".to_owned()), "the authority must be host or host:port"),
        (
            |m| m.authority = Some("h;x".to_owned()),
            "URL, column 10: the name of a host has letters, digits, '-', '.' and '_'",
        ),
        (|m| m.method = "a b".to_owned(), "the method is no word"),
        (|m| m.target = b"\xff".to_vec(), "target is not UTF-8 text; write the request as raw HTTP"),
        (|m| m.target = b"/\n".to_vec(), "the target must begin with / and hold no control character"),
        (
            |m| m.headers.push(("A b".to_owned(), Vec::new())),
            "the name of a field holds a byte that no name may hold",
        ),
        (
            |m| m.headers.push(("A".to_owned(), b"b\nC: d".to_vec())),
            "A holds a line end, a NUL byte, or white space around its value",
        ),
        (
            |m| m.headers.push(("A".to_owned(), b"\xff".to_vec())),
            "A is not UTF-8 text; write the request as raw HTTP",
        ),
        (|m| m.headers.push(("host".to_owned(), b"i".to_vec())), "Host stands twice; keep one"),
        (
            |m| m.headers.push(("Content-Length".to_owned(), b"3".to_vec())),
            "Content-Length is not the length of the body",
        ),
    ];
    for (change, problem) in bad {
        let mut message = good.clone();
        change(&mut message);
        assert_eq!(write(&message).unwrap_err().problem, problem);
    }
}

#[test]
fn large_bodies_go_round_the_limits_of_a_word() {
    let head = "PUT / HTTP/1.1\nHost: h\nUser-Agent: a\nAccept: b\nContent-Type: c\n\n";
    for (count, start) in
        [(64 * 1024, "curl -X PUT"), (64 * 1024 + 1, "printf aaa"), ((1 << 20) + 1, "printf aaa")]
    {
        let line = written(&format!("{head}{}", "a".repeat(count))).unwrap();
        assert!(line.starts_with(start), "{count}: {}", &line[..20]);
        let message = read_line(&line).unwrap().message(&BTreeMap::new()).unwrap();
        assert_eq!((message.body.len(), message.header("expect")), (count, None));
        assert_eq!(message.scheme, Some(Scheme::Https));
    }
}

#[test]
fn standard_input_is_asked_for_unless_the_line_says_what_it_holds() {
    let file = |name: &str| Source::File(name.to_owned());
    let table = [
        ("curl -d @- http://h/", vec![Source::StandardInput]),
        (
            "curl -d @- -d @a -d @a --data-urlencode n@b -H @c http://h/",
            vec![file("c"), Source::StandardInput, file("a"), file("b")],
        ),
        ("curl -T a http://h/", vec![file("a")]),
        ("curl -F a=@- -F 'b=<c' http://h/", vec![Source::StandardInput, file("c")]),
        ("printf x | curl -d @- http://h/", vec![]),
        ("cat a | curl -d @- -d @a http://h/", vec![file("a")]),
        ("curl -d @- http://h/ < a", vec![file("a")]),
    ];
    for (line, sources) in table {
        assert_eq!(read_line(line).unwrap().sources(), sources, "{line}");
    }
}
