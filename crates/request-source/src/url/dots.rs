//! Dot segments of a path, taken out as RFC 3986 section 5.2.4 says.

use super::UrlError;

/// The target without `.` and `..` in its path; empty segments count as segments.
pub(super) fn remove(target: &[u8]) -> Result<Vec<u8>, UrlError> {
    let end = target.iter().position(|byte| *byte == b'?').unwrap_or(target.len());
    let (path, query) = target.split_at(end);
    let segments: Vec<&[u8]> = path.split(|byte| *byte == b'/').skip(1).collect();
    let mut kept: Vec<&[u8]> = Vec::with_capacity(segments.len());
    for (at, segment) in segments.iter().enumerate() {
        let is_last = at + 1 == segments.len();
        match dots(segment)? {
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
    }
    let mut whole = Vec::with_capacity(target.len());
    for segment in kept {
        whole.push(b'/');
        whole.extend_from_slice(segment);
    }
    whole.extend_from_slice(query);
    Ok(whole)
}

/// How many dots a segment is made of; 0 where it is something else.
fn dots(segment: &[u8]) -> Result<u8, UrlError> {
    match segment {
        b"." => return Ok(1),
        b".." => return Ok(2),
        _ => {}
    }
    let plain = String::from_utf8_lossy(segment).to_ascii_lowercase().replace("%2e", ".");
    if plain == "." || plain == ".." {
        let problem = "curl's versions differ on a path segment of encoded dots; write the path without it, or add --path-as-is";
        return Err(UrlError { column: 1, problem: problem.to_owned() });
    }
    Ok(0)
}
