//! Whether somebody chose the keys, and how much a shadow weighs then.
//!
//! Rule: a profile that counts only where it is named was named by somebody: that he did not mean the role is likely, and more than
//! the same SDK or the same machine must speak against it.

use super::super::{KeyHome, KeyPlace, Severity};
use super::reason::Reason;
use crate::findings::source::KeySource;

/// How the keys came to be taken, as far as anybody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// They lay where a program finds them unasked: in its code, in its environment, in the default profile.
    Found,
    Unknown,
    /// They stand in a profile that counts where it is named; whether they came from there nobody says.
    PerhapsNamed,
    /// From a profile that somebody named.
    Named,
}

impl Choice {
    /// By what the program says, and by where this key stands on its machine.
    pub(super) fn of(source: Option<KeySource>, places: &[&KeyPlace]) -> Self {
        let lies_open =
            places.iter().any(|place| matches!(place.home, KeyHome::Environment | KeyHome::DefaultProfile));
        match source {
            Some(KeySource::Code | KeySource::Environment) => Self::Found,
            Some(KeySource::Process) => Self::Unknown,
            _ if places.is_empty() => Self::Unknown,
            _ if lies_open => Self::Found,
            Some(KeySource::Profile) => Self::Named,
            None => Self::PerhapsNamed,
        }
    }

    /// Whether the key may well be where it belongs.
    pub(super) fn is_deliberate(self) -> bool {
        matches!(self, Self::Named | Self::PerhapsNamed)
    }
}

/// How much it weighs; `None` where there is nothing to tell.
pub(super) fn severity(reason: Reason, choice: Choice, is_tool: bool) -> Option<Severity> {
    use Choice::{Found, Named, PerhapsNamed, Unknown};
    use Severity::{High, Low, Medium};
    let severity = match (reason, choice) {
        (Reason::SameProcess | Reason::SameContainer, Named) => Medium,
        (Reason::SameProcess | Reason::SameContainer, _) => High,
        (Reason::SameProgram | Reason::SameAddress, Named | PerhapsNamed) if is_tool => Low,
        (Reason::SameProgram | Reason::SameAddress, Named | PerhapsNamed) => Medium,
        (Reason::SameProgram, Unknown) if is_tool => Low,
        (Reason::SameProgram | Reason::SameAddress, _) => High,
        (Reason::SameProduct | Reason::Beside, Named) => return None,
        (Reason::SameProduct, Found) => Medium,
        (Reason::SameProduct | Reason::Beside, _) => Low,
    };
    Some(severity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(home: KeyHome) -> KeyPlace {
        KeyPlace { access_key_id: "AKIAALICE".to_owned(), home, told: String::new() }
    }

    #[test]
    fn a_profile_is_chosen_where_nothing_else_has_the_key() {
        let (named, default) = (at(KeyHome::NamedProfile), at(KeyHome::DefaultProfile));
        let environment = at(KeyHome::Environment);
        for (source, places, choice) in [
            (Some(KeySource::Environment), &[&named][..], Choice::Found),
            (Some(KeySource::Profile), &[&named], Choice::Named),
            (Some(KeySource::Profile), &[&named, &default], Choice::Found),
            (Some(KeySource::Profile), &[], Choice::Unknown),
            (Some(KeySource::Process), &[&named], Choice::Unknown),
            (None, &[&named], Choice::PerhapsNamed),
            (None, &[&named, &environment], Choice::Found),
            (None, &[], Choice::Unknown),
        ] {
            assert_eq!(Choice::of(source, places), choice, "{source:?} {places:?}");
        }
    }
}
