//! SDKs that fail on the files for a reason that nothing else has named.

use super::{Finding, Subject, as_read};
use crate::{Place, Sdk};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let mut failures: Vec<(Place, String, String, Vec<Sdk>)> = Vec::new();
    for sdk in Sdk::OTHERS {
        let Err(error) = as_read(subject, sdk) else { continue };
        if findings
            .iter()
            .any(|finding| finding.place == error.place || of_whole_file(&finding.place, &error.place))
        {
            continue;
        }
        match failures.iter_mut().find(|(place, what, _, _)| *place == error.place && *what == error.what) {
            Some((_, _, _, sdks)) => sdks.push(sdk),
            None => failures.push((error.place, error.what, error.remedy, vec![sdk])),
        }
    }
    for (place, what, remedy, sdks) in failures {
        findings.push(Finding::new("fails", place, what, remedy).biting(&sdks));
    }
}

fn of_whole_file(finding: &Place, error: &Place) -> bool {
    matches!((finding, error), (Place::File(file), Place::Line { path, .. }) if file == path)
}
