//! Dot segments of a path, taken out as RFC 3986 section 5.2.4 says.

/// The target without `.` and `..` in its path; empty segments count as segments. Refused with its offset is a segment that
/// only some versions of curl take for dots.
pub(super) fn remove(target: &[u8]) -> Result<Vec<u8>, usize> {
    let end = target.iter().position(|byte| *byte == b'?').unwrap_or(target.len());
    let (path, query) = target.split_at(end);
    let segments: Vec<&[u8]> = path.split(|byte| *byte == b'/').skip(1).collect();
    let mut kept: Vec<&[u8]> = Vec::with_capacity(segments.len());
    let mut offset = 0;
    for (at, segment) in segments.iter().enumerate() {
        let is_last = at + 1 == segments.len();
        offset += 1;
        match dots(segment).ok_or(offset)? {
            0 => kept.push(segment),
            dots => {
                if dots == 2 {
                    kept.pop();
                }
                // What ends in dots is a directory: its slash stays.
                if is_last {
                    kept.push(b"");
                }
            }
        }
        offset += segment.len();
    }
    let mut whole = Vec::with_capacity(target.len());
    for segment in kept {
        whole.push(b'/');
        whole.extend_from_slice(segment);
    }
    whole.extend_from_slice(query);
    Ok(whole)
}

/// How many dots a segment is made of; 0 where it is something else, nothing where versions differ.
fn dots(segment: &[u8]) -> Option<u8> {
    match segment {
        b"." => return Some(1),
        b".." => return Some(2),
        _ => {}
    }
    let plain = String::from_utf8_lossy(segment).to_ascii_lowercase().replace("%2e", ".");
    (plain != "." && plain != "..").then_some(0)
}
