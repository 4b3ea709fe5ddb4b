//! Bytes survive the tree, and lines are what they look like.

use proptest::prelude::*;

use super::*;

#[test]
fn lines_are_what_they_look_like() {
    let text = b"\xEF\xBB\xBFstray = 1\r\n\n# c\n[profile a] # c\nregion : x = y\r  more\n\n; c\ns3 =\n\ta = b # c\n  junk\n\nend\n[open\n[b]\n  indented = 1\n  second=2\n    deeper";
    let document = Document::parse(text);
    assert!(document.byte_order_mark);
    let kinds: Vec<&str> = document.lines.iter().map(|line| word(line.kind())).collect();
    assert_eq!(
        kinds,
        [
            "property",
            "blank",
            "comment",
            "header",
            "property",
            "continuation",
            "blank",
            "comment",
            "property",
            "nested",
            "continuation",
            "blank",
            "garbage",
            "garbage",
            "header",
            "property",
            "property",
            "continuation",
        ]
    );
    let region = &document.lines[4];
    let property = region.property().unwrap();
    assert_eq!(region.slice(&property.key), b"region");
    assert_eq!(region.slice(&property.value), b"x = y");
    assert_eq!(document.lines[3].header_name(), Some(&b"profile a"[..]));
    assert_eq!(document.end_of_value(8), 11);
    let sections: Vec<Section> = document.sections().collect();
    assert_eq!(sections, [Section { header: 3, end: 14 }, Section { header: 14, end: 18 }]);
    let ends: Vec<LineEnd> = document.lines.iter().map(|line| line.end).collect();
    assert_eq!((ends[0], ends[4], ends[17]), (LineEnd::CrLf, LineEnd::Cr, LineEnd::None));
}

#[test]
fn debug_shows_no_content() {
    let shown = format!("{:?}", Document::parse(b"[a]\naws_secret_access_key = hunter2\n"));
    assert!(!shown.contains("hunter2") && !shown.contains("aws_"), "{shown}");
}

proptest! {
    #[test]
    fn any_bytes_survive(bytes: Vec<u8>) {
        prop_assert_eq!(Document::parse(&bytes).print(), bytes);
    }

    #[test]
    fn anything_like_a_file_survives(text in "(\u{feff})?([\\[\\]a-c=:#; \t\r\n\\\\'\"]|profile |default|s3 =\n  ){0,60}") {
        let document = Document::parse(text.as_bytes());
        prop_assert_eq!(document.print(), text.as_bytes());
        let again: Vec<usize> = document.lines.iter().map(|line| line.number).collect();
        prop_assert_eq!(again, (1..=document.lines.len()).collect::<Vec<_>>());
    }
}

fn word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Blank => "blank",
        Kind::Comment => "comment",
        Kind::Header(_) => "header",
        Kind::Property(_) => "property",
        Kind::Continuation => "continuation",
        Kind::Nested(_) => "nested",
        Kind::Garbage => "garbage",
    }
}
