//! Parts of one side's text in the other's: what was signed differs from what came in by just that part.

use super::{Change, Hypotheses, Place, ScopePart};
use crate::explain::view::View;
use crate::explain::{Cause, redact};

/// Takes over from `other` each part that differs, one by one and then all.
pub(super) fn add(made: &mut Hypotheses<'_>, other: &View<'_>) {
    made.common(Cause::Method, "signed another method than came in", Change::Method(other.method.to_vec()));
    made.common(Cause::PathPrefix, "signed another path than came in", Change::Path(other.path.to_vec()));
    made.common(
        Cause::QueryParameter,
        "signed another query than came in",
        Change::Query(other.query.to_vec()),
    );
    made.common(
        Cause::PayloadChanged,
        "signed another body than came in",
        Change::Payload(other.payload.to_vec()),
    );
    made.common(Cause::DateHeader, "signed another date than came in", Change::Date(other.date.to_owned()));
    fields(made, other);
    for (part, cause) in [
        (ScopePart::Day, Cause::ScopeDay),
        (ScopePart::Region, Cause::Region),
        (ScopePart::Service, Cause::Service),
    ] {
        let change = Change::Scope(part, Place::Everywhere, part.of(&other.scope).to_owned());
        made.common(cause, "signed for another scope than came in", change);
    }
    let headers = other.headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect();
    let names = other.names.iter().map(|name| (*name).to_owned()).collect();
    let whole = vec![
        Change::Method(other.method.to_vec()),
        Change::Path(other.path.to_vec()),
        Change::Query(other.query.to_vec()),
        Change::Block(headers, names),
        Change::Payload(other.payload.to_vec()),
        Change::Date(other.date.to_owned()),
        Change::Scope(ScopePart::Day, Place::Everywhere, other.scope.day.to_owned()),
        Change::Scope(ScopePart::Region, Place::Everywhere, other.scope.region.to_owned()),
        Change::Scope(ScopePart::Service, Place::Everywhere, other.scope.service.to_owned()),
    ];
    made.push(
        Cause::RequestChanged,
        "signed another request than came in, in several parts".to_owned(),
        whole,
        false,
    );
}

fn fields(made: &mut Hypotheses<'_>, other: &View<'_>) {
    let view = made.view;
    let mut fields = Vec::new();
    for (name, value) in &other.headers {
        if view.header(name) == Some(value) {
            continue;
        }
        let said = match (view.header(name), redact::is_sensitive(name)) {
            (None, _) => format!("signed the field {name}, which did not come in as signed"),
            (Some(_), true) => format!("signed another value of {name} than came in"),
            (Some(came), false) => format!(
                "signed {name}: {}, where {name}: {} came in",
                String::from_utf8_lossy(value),
                String::from_utf8_lossy(came)
            ),
        };
        let cause = match (*name, view.header(name)) {
            ("host", _) => Cause::HostName,
            ("x-amz-date" | "date", _) => Cause::DateHeader,
            ("x-amz-content-sha256", _) => Cause::PayloadHeader,
            (_, _) if name.ends_with("-token") => Cause::TokenChanged,
            (_, None) => Cause::HeaderLeftOut,
            (_, Some(_)) => Cause::HeaderChanged,
        };
        let change = Change::Header((*name).to_owned(), value.to_vec());
        fields.push(change.clone());
        made.common(cause, said, change);
    }
    for name in view.names.iter().filter(|name| !other.names.contains(name)) {
        fields.push(Change::Without((*name).to_owned()));
    }
    if fields.len() > 1 {
        let said = "signed several fields with other values than came in".to_owned();
        made.push(Cause::HeaderChanged, said, fields, true);
    }
}
