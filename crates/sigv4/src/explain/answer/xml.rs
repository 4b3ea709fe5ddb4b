//! Answers in XML: S3, query, EC2.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::Theirs;

/// Takes in the text of each element that holds no other. A fault of the syntax ends the reading, what was read is kept.
pub(super) fn read(text: &str, theirs: &mut Theirs) {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut open: Option<(String, String)> = None;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let name = start.local_name().as_ref().to_owned();
                open = Some((name, String::new()));
            }
            Ok(Event::Text(part)) => append(&mut open, &part),
            Ok(Event::CData(part)) => append(&mut open, &part),
            Ok(Event::GeneralRef(name)) => append(&mut open, &resolved(&name)),
            Ok(Event::End(_)) => {
                if let Some((name, value)) = open.take() {
                    theirs.take(&name, &value);
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    // A text that was cut ends in an open element.
    if let Some((name, value)) = open {
        theirs.take(&name, &value);
    }
}

fn append(open: &mut Option<(String, String)>, text: &str) {
    if let Some((_, value)) = open {
        value.push_str(text);
    }
}

/// A reference as its character; one that is not known stays as it was written.
fn resolved(name: &str) -> String {
    let code = name.strip_prefix("#x").map(|hex| u32::from_str_radix(hex, 16));
    let code = code.or_else(|| name.strip_prefix('#').map(str::parse));
    match code.and_then(Result::ok).and_then(char::from_u32) {
        Some(character) => character.to_string(),
        None => quick_xml::escape::resolve_predefined_entity(name)
            .map_or_else(|| format!("&{name};"), str::to_owned),
    }
}
