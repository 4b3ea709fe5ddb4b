//! `Content-Disposition: form-data; name="…"; filename="…"`.

/// What it says.
pub(super) struct Disposition {
    pub(super) name: String,
    pub(super) filename: Option<String>,
}

/// Reads the value of the field. Within quotes `\"` is a quote; other backslashes stand for themselves, as browsers send them.
pub(super) fn read(value: &[u8]) -> Result<Disposition, &'static str> {
    let text = std::str::from_utf8(value).map_err(|_| "Content-Disposition is not UTF-8 text")?;
    let (kind, mut rest) = text.split_once(';').unwrap_or((text, ""));
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return Err("the Content-Disposition of a field must be form-data");
    }
    let (mut name, mut filename) = (None, None);
    while !rest.trim().is_empty() {
        let (key, after) =
            rest.split_once('=').ok_or("a parameter of Content-Disposition must read name=\"value\"")?;
        let (value, behind) = value_of(after.trim_start())?;
        let slot = match key.trim().to_ascii_lowercase().as_str() {
            "name" => Some(&mut name),
            "filename" => Some(&mut filename),
            // Another encoding of a file's name; forms do not use it.
            _ => None,
        };
        if slot.is_some_and(|slot| slot.replace(value).is_some()) {
            return Err("Content-Disposition says a name twice");
        }
        rest = behind;
    }
    let name = name.ok_or("the Content-Disposition of a field has no name")?;
    Ok(Disposition { name, filename })
}

/// A value in quotes or without, and what follows its semicolon.
fn value_of(text: &str) -> Result<(String, &str), &'static str> {
    let Some(inner) = text.strip_prefix('"') else {
        let (value, behind) = text.split_once(';').unwrap_or((text, ""));
        return Ok((value.trim().to_owned(), behind));
    };
    let (mut end, mut is_escaped) = (None, false);
    for (at, c) in inner.char_indices() {
        match c {
            '"' if !is_escaped => {
                end = Some(at);
                break;
            }
            _ => is_escaped = c == '\\' && !is_escaped,
        }
    }
    let end = end.ok_or("a quote in Content-Disposition is not closed")?;
    let behind = inner[end + 1..].trim_start();
    let behind = match behind.strip_prefix(';') {
        Some(behind) => behind,
        None if behind.is_empty() => behind,
        None => return Err("a semicolon is missing in Content-Disposition"),
    };
    Ok((inner[..end].replace("\\\"", "\""), behind))
}
