//! Region, service and terminator of the scope.

use super::date::PLACES;
use super::names::{COMMON_SERVICES, regions, services};
use super::{Change, Hypotheses, Place, ScopePart};
use crate::explain::Cause;

pub(super) fn add(made: &mut Hypotheses<'_>) {
    let by_host = from_host(made);
    for (part, cause, value) in by_host {
        place(made, part, cause, &value, true);
    }
    for region in regions() {
        place(made, ScopePart::Region, Cause::Region, region, true);
    }
    for service in services() {
        place(made, ScopePart::Service, Cause::Service, service, COMMON_SERVICES.contains(&service));
    }
    for part in [(ScopePart::Region, Cause::Region), (ScopePart::Service, Cause::Service)] {
        let own = part.0.of(&made.view.scope);
        let (upper, lower) = (own.to_ascii_uppercase(), own.to_ascii_lowercase());
        for value in [upper, lower, String::new(), "\n".to_owned(), format!("{own}\n"), format!("{own} ")] {
            place(made, part.0, part.1, &value, false);
        }
    }
    for value in ["aws4_request", "aws4-request", "AWS4_REQUEST", "aws_request", ""] {
        place(made, ScopePart::Terminator, Cause::KeyChain, value, false);
    }
}

/// What the host says, which may be a region or a service that no list has.
fn from_host(made: &Hypotheses<'_>) -> Vec<(ScopePart, Cause, String)> {
    let Some(host) = made.view.header("host").and_then(|host| std::str::from_utf8(host).ok()) else {
        return Vec::new();
    };
    let labels = host.split(['.', ':']).take(8).filter(|label| !label.is_empty() && label.len() <= 63);
    let both = |label: &str| {
        [(ScopePart::Region, Cause::Region), (ScopePart::Service, Cause::Service)]
            .map(|(part, cause)| (part, cause, label.to_owned()))
    };
    let numbered = |label: &str| label.ends_with(|c: char| c.is_ascii_digit()) && label.contains('-');
    labels
        .flat_map(|label| if numbered(label) { both(label)[..1].to_vec() } else { both(label)[1..].to_vec() })
        .collect()
}

fn place(made: &mut Hypotheses<'_>, part: ScopePart, cause: Cause, value: &str, common: bool) {
    let own = part.of(&made.view.scope);
    if part == ScopePart::Region && made.view.is_asymmetric() {
        return;
    }
    if own == value && made.view.scope == made.view.key_scope {
        return;
    }
    let word = match part {
        ScopePart::Day => "day",
        ScopePart::Region => "region",
        ScopePart::Service => "service",
        ScopePart::Terminator => "terminator",
    };
    for (place, of) in PLACES {
        let said = format!("signed for the {word} {} instead of {own}{of}", shown(value));
        let change = Change::Scope(part, place, value.to_owned());
        made.push(cause, said, vec![change], common && place == Place::Everywhere);
    }
}

fn shown(value: &str) -> String {
    if value.trim().is_empty() { "(empty)".to_owned() } else { value.to_owned() }
}
