//! Tables of URLs: what becomes of them, and what is said of those that are refused.

use super::*;

#[test]
fn urls_become_authority_and_target() {
    let table = [
        ("https://example.com", "https", "example.com", "/"),
        ("HTTPS://Example.com:443/A?b#c", "https", "Example.com", "/A?b"),
        ("http://example.com:443/", "http", "example.com:443", "/"),
        ("http://example.com:080/", "http", "example.com", "/"),
        ("http://example.com:?x", "http", "example.com", "/?x"),
        ("http://example.com/p?", "http", "example.com", "/p?"),
        ("http://example.com#f?x", "http", "example.com", "/"),
        ("http://u:p@example.com:8080//a/../b", "http", "example.com:8080", "//a/../b"),
        ("http://a@b@example.com/", "http", "example.com", "/"),
        ("http://[2001:db8::1]:9000/x", "http", "[2001:db8::1]:9000", "/x"),
        ("http://[::1]/", "http", "[::1]", "/"),
        ("http://127.0.0.1:1338/latest", "http", "127.0.0.1:1338", "/latest"),
        (
            "https://bucket_1.s3.amazonaws.com./k?a=http://x",
            "https",
            "bucket_1.s3.amazonaws.com.",
            "/k?a=http://x",
        ),
        ("https://h/%7Ea%2fb+c;d='e'\"<>{}|\\^`[]", "https", "h", "/%7Ea%2fb+c;d='e'\"<>{}|\\^`[]"),
    ];
    for (text, scheme, authority, target) in table {
        let url = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let found = (url.scheme.as_str(), url.authority.as_str(), String::from_utf8_lossy(&url.target));
        assert_eq!(found, (scheme, authority, target.into()), "{text}");
    }
}

#[test]
fn refusals_say_where_and_what_would_do() {
    let table = [
        ("", "URL, column 1: the scheme is missing; begin with https:// or http://"),
        ("example.com/?u=http://x", "URL, column 1: the scheme is missing; begin with https:// or http://"),
        ("ftp://example.com/", "URL, column 1: only http:// and https:// are requests that can be signed"),
        ("http:///x", "URL, column 8: the name of the host is missing"),
        ("http://:80/", "URL, column 8: the name of the host is missing"),
        ("http://a b/", "URL, column 9: a space ends a URL; write %20, and put quotes around the URL"),
        ("http://h/a\tb", "URL, column 11: a control character; write %09"),
        (
            "http://h/ü",
            "URL, column 10: clients differ in how they send 'ü'; write %C3%BC, or xn-- in the name of a host",
        ),
        ("http://h:65536/", "URL, column 10: a port is a number up to 65535"),
        ("http://h:+1/", "URL, column 10: a port is a number up to 65535"),
        ("http://h%41/", "URL, column 9: the name of a host has letters, digits, '-', '.' and '_'"),
        ("http://127.1/", "URL, column 8: an IPv4 address has four decimal parts, such as 127.0.0.1"),
        ("http://0x7f000001/", "URL, column 8: an IPv4 address has four decimal parts, such as 127.0.0.1"),
        (
            "http://[fe80::1%25eth0]/",
            "URL, column 8: no IPv6 address in brackets, such as [2001:db8::1]; zones cannot be signed",
        ),
        ("http://[::1]x/", "URL, column 13: only a port can follow ]; write [address]:port"),
        ("http://%zz@h/", "URL, column 8: name and password before @ are not decodable; use -u"),
    ];
    for (text, message) in table {
        assert_eq!(read(text).unwrap_err().to_string(), message, "{text}");
    }
    read(&format!("http://h/{}", "a".repeat(MOST_BYTES))).unwrap_err();
}

#[test]
fn user_information_is_decoded_and_kept_out_of_debug() {
    let user = read("https://na%6de:p%40ss:word@h/").unwrap().user.unwrap();
    assert_eq!(user.name, "name");
    assert_eq!(user.password.as_ref().map(|p| p.expose().as_str()), Some("p@ss:word"));
    assert!(!format!("{user:?}").contains("p@ss"));
    assert_eq!(read("https://only@h/").unwrap().user.unwrap().password, None);
}

#[test]
fn dots_leave_the_path_alone() {
    let table = [
        ("/", "/"),
        ("/.", "/"),
        ("/..", "/"),
        ("/../../a", "/a"),
        ("/a/../b/./c?x=../y", "/b/c?x=../y"),
        ("/a/b/.", "/a/b/"),
        ("/a/b/..", "/a/"),
        ("/a/..", "/"),
        ("//a///b/../c/..", "//a///"),
        ("/.../..a/a..", "/.../..a/a.."),
    ];
    for (path, expected) in table {
        let url = read_with(&format!("http://h{path}"), None, true).unwrap();
        assert_eq!(String::from_utf8_lossy(&url.target), expected, "{path}");
    }
    for (path, column) in [("/a/%2e/b", 12), ("/%2E%2e", 10), ("/.%2e/x", 10)] {
        let error = read_with(&format!("http://h{path}"), None, true).unwrap_err();
        assert!(error.problem.contains("--path-as-is") && error.column == column, "{path}: {error}");
    }
}
