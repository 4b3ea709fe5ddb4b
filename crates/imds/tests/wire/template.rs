//! Text with `{placeholders}`, as the case files write it; `testdata/wire/README.md` lists them.
//!
//! Rule: a brace opens a placeholder only before a lower-case letter, so that JSON stands as it is.

/// One piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Text(&'a str),
    /// `{name:first:rest}`
    Slot {
        name: &'a str,
        arguments: &'a str,
    },
}

/// The pieces of `template` in turn.
pub(crate) fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(at) = slot_start(rest) {
        let end = at + rest[at..].find('}').expect("slot_start found the end");
        pieces.push(Piece::Text(&rest[..at]));
        let (name, arguments) = split(&rest[at + 1..end]);
        pieces.push(Piece::Slot { name, arguments });
        rest = &rest[end + 1..];
    }
    pieces.push(Piece::Text(rest));
    pieces.retain(|piece| *piece != Piece::Text(""));
    pieces
}

/// `first:rest`; what has no colon has no rest.
pub(crate) fn split(text: &str) -> (&str, &str) {
    text.split_once(':').unwrap_or((text, ""))
}

/// The bytes of a slot that stands for bytes: `{hex:00ff}` and `{times:3:ab}`.
pub(crate) fn literal(name: &str, arguments: &str) -> Option<Vec<u8>> {
    match name {
        "hex" => Some(unhex(arguments)),
        "times" => {
            let (count, text) = split(arguments);
            Some(text.repeat(count.parse().expect("{times:COUNT:TEXT} counts in digits")).into_bytes())
        }
        _ => None,
    }
}

fn slot_start(text: &str) -> Option<usize> {
    let opens = |at: &usize| {
        let after = &text[at + 1..];
        after.starts_with(|c: char| c.is_ascii_lowercase()) && after.contains('}')
    };
    text.match_indices('{').map(|(at, _)| at).find(opens)
}

fn unhex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            let pair = str::from_utf8(pair).expect("{hex:…} holds digits");
            u8::from_str_radix(pair, 16).expect("{hex:…} holds pairs of hexadecimal digits")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_of_json_stand_for_themselves() {
        for json in ["{}", "{\n  \"a\" : 1\n}", "{\"a\":{}}", "{", "{a"] {
            assert_eq!(pieces(json), [Piece::Text(json)], "{json}");
        }
        let slot = |name, arguments| Piece::Slot { name, arguments };
        assert_eq!(
            pieces("{\"a\":\"{time}\"}{base64:174:x}"),
            [Piece::Text("{\"a\":\""), slot("time", ""), Piece::Text("\"}"), slot("base64", "174:x")]
        );
    }

    #[test]
    fn literals_are_bytes() {
        assert_eq!(literal("hex", "00fF"), Some(vec![0, 255]));
        assert_eq!(literal("times", "3:a:"), Some(b"a:a:a:".to_vec()));
        assert_eq!(literal("date", ""), None);
    }
}
