//! What is in user data, as cloud-init tells it apart (cloud-init's documentation, "User data formats"; EC2 user guide, "Run commands
//! when you launch an EC2 instance with user data input").
//!
//! Rule: what is no script is cloud-init's. User data has at most 16 KiB, so that nothing here takes long.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A piece of user data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Begins with `#!`.
    Script(Vec<u8>),
    /// What only cloud-init runs, by its type.
    CloudInit(String),
    /// What cloud-init passes over, too.
    Unhandled(String),
}

/// The pieces in their order.
pub(super) fn parts(user_data: &[u8]) -> Vec<Part> {
    if user_data.starts_with(GZIP) {
        return vec![Part::CloudInit("gzip".to_owned())];
    }
    let text = String::from_utf8_lossy(user_data);
    let head: String = text.chars().take(LONGEST_HEAD).collect::<String>().to_ascii_lowercase();
    if head.starts_with("mime-version:") || head.starts_with("content-type:") {
        return multipart(&text, 0);
    }
    vec![part("", user_data.to_vec())]
}

/// By its declared type, or by how it begins.
fn part(content_type: &str, bytes: Vec<u8>) -> Part {
    let begins = |prefix: &str| bytes.starts_with(prefix.as_bytes());
    if content_type == "text/x-shellscript" || begins("#!") {
        return Part::Script(bytes);
    }
    if let Some((_, kind)) = MARKS.iter().find(|(mark, _)| begins(mark)) {
        return Part::CloudInit((*kind).to_owned());
    }
    match content_type {
        "" | "text/plain" | "text/x-not-multipart" => Part::Unhandled(first_line(&bytes)),
        other => Part::CloudInit(other.to_owned()),
    }
}

/// The parts of a MIME document, those of its parts in their place.
fn multipart(text: &str, depth: usize) -> Vec<Part> {
    let text = text.replace("\r\n", "\n");
    let (head, body) = match text.strip_prefix('\n') {
        Some(body) => ("", body),
        None => text.split_once("\n\n").unwrap_or((&text, "")),
    };
    let headers = headers(head);
    let content_type = value(&headers, "content-type");
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !kind.starts_with("multipart/") {
        return vec![decoded(&kind, value(&headers, "content-transfer-encoding"), body)];
    }
    let Some(boundary) = boundary(content_type).filter(|_| depth < DEEPEST) else {
        return vec![Part::Unhandled(kind)];
    };
    let opening = format!("--{boundary}");
    let mut parts = Vec::new();
    // What stands before the first boundary is no part; what stands after the last one begins with two hyphens.
    for piece in format!("\n{body}").split(&format!("\n{opening}")).skip(1) {
        if piece.starts_with("--") {
            break;
        }
        let piece = piece.split_once('\n').map_or("", |(_, piece)| piece);
        parts.extend(multipart(piece, depth + 1));
    }
    parts
}

fn decoded(kind: &str, encoding: &str, body: &str) -> Part {
    if !encoding.trim().eq_ignore_ascii_case("base64") {
        return part(kind, body.as_bytes().to_vec());
    }
    let packed: String = body.split_whitespace().collect();
    match STANDARD.decode(packed) {
        Ok(bytes) => part(kind, bytes),
        Err(_) => Part::Unhandled(format!("{kind}, which is not the Base64 that it is said to be")),
    }
}

/// Names in lower case; lines that go on are put together.
fn headers(head: &str) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.lines() {
        match (line.starts_with([' ', '\t']), headers.last_mut()) {
            (true, Some((_, value))) => value.push_str(line),
            _ => {
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
    }
    headers
}

fn value<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    headers.iter().find(|(held, _)| held == name).map_or("", |(_, value)| value)
}

fn boundary(content_type: &str) -> Option<String> {
    let parameters = content_type.split(';').skip(1);
    let given = parameters.filter_map(|parameter| parameter.split_once('='));
    let mut given = given.filter(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"));
    let (_, value) = given.next()?;
    Some(value.trim().trim_matches('"').to_owned()).filter(|value| !value.is_empty())
}

fn first_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.lines().next().unwrap_or_default().chars().take(LONGEST_HEAD).collect()
}

const GZIP: &[u8] = &[0x1f, 0x8b];
const MARKS: [(&str, &str); 9] = [
    ("#cloud-config-archive", "text/cloud-config-archive"),
    ("#cloud-config", "text/cloud-config"),
    ("#cloud-boothook", "text/cloud-boothook"),
    ("#include-once", "text/x-include-once-url"),
    ("#include", "text/x-include-url"),
    ("#part-handler", "text/part-handler"),
    ("#upstart-job", "text/upstart-job"),
    ("## template: jinja", "text/jinja2"),
    ("## template:jinja", "text/jinja2"),
];

/// Characters that are looked at, or shown, of what is not known.
const LONGEST_HEAD: usize = 60;

/// Documents within documents.
const DEEPEST: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(user_data: &str) -> Vec<String> {
        let told = parts(user_data.as_bytes()).into_iter().map(|part| match part {
            Part::Script(bytes) => format!("script {}", String::from_utf8(bytes).unwrap().trim_end()),
            Part::CloudInit(kind) => kind,
            Part::Unhandled(what) => format!("unhandled {what}"),
        });
        told.collect()
    }

    #[test]
    fn the_first_line_says_what_it_is() {
        for (text, kind) in [
            ("#!/bin/sh\nid\n", "script #!/bin/sh\nid"),
            ("#cloud-config\nruncmd: [id]\n", "text/cloud-config"),
            ("#cloud-config-archive\n[]\n", "text/cloud-config-archive"),
            ("#include\nhttp://x/\n", "text/x-include-url"),
            ("## template: jinja\n#cloud-config\n", "text/jinja2"),
            ("key=value\n", "unhandled key=value"),
            ("", "unhandled "),
        ] {
            assert_eq!(kinds(text), [kind], "{text}");
        }
        assert_eq!(parts(&[0x1f, 0x8b, 8, 0]), [Part::CloudInit("gzip".to_owned())]);
    }

    #[test]
    fn parts_of_a_document_come_in_their_order() {
        let document = "Content-Type: multipart/mixed;\r\n boundary=\"==B==\"\r\nMIME-Version: 1.0\r\n\r\nnobody reads this\r\n\
            --==B==\r\nContent-Type: text/x-shellscript; charset=\"utf-8\"\r\n\r\n#!/bin/sh\r\necho 1\r\n\
            --==B==\r\nContent-Type: text/x-shellscript\r\nContent-Transfer-Encoding: base64\r\n\r\nIyEvYmluL3NoCmVj\r\naG8gMgo=\r\n\
            --==B==\r\nContent-Type: text/plain\r\n\r\n#!/bin/sh\necho 3\r\n\
            --==B==\r\nContent-Type: text/cloud-config\r\n\r\nruncmd: [id]\r\n\
            --==B==--\r\n#!/bin/sh\nnobody runs this\n";
        let scripts = ["script #!/bin/sh\necho 1", "script #!/bin/sh\necho 2", "script #!/bin/sh\necho 3"];
        assert_eq!(kinds(document), [&scripts[..], &["text/cloud-config"]].concat());
    }

    #[test]
    fn documents_without_end_or_bottom_end_all_the_same() {
        let open = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n#!/bin/sh\n";
        assert_eq!(kinds(open), ["script #!/bin/sh"]);
        assert_eq!(kinds("Content-Type: multipart/mixed\n\nx"), ["unhandled multipart/mixed"]);
        let mut nested = String::from("#!/bin/sh\n");
        for level in 0..40 {
            nested = format!(
                "Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n{nested}\n--b{level}--\n"
            );
        }
        assert_eq!(kinds(&nested), ["unhandled multipart/mixed"]);
    }
}
