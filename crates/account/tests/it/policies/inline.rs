//! Inline policies: names by their first spelling, sizes that add up, refusals.

use account::iam::inline;
use account::iam::policy::Holder;

use super::*;
use crate::world::told;

const HOLDERS: [(Holder<'static>, usize); 3] =
    [(Holder::User("alice"), 2048), (Holder::Group("team"), 5120), (Holder::Role("worker"), 10_240)];

#[test]
fn first_spelling_stays_and_any_spelling_finds() {
    for (holder, _) in HOLDERS {
        let mut directory = people();
        for name in ["MixedName", "MIXEDNAME", "another"] {
            inline::put(&mut directory, holder, name, DOCUMENT).unwrap();
        }
        inline::put(&mut directory, holder, "mixedname", &document_of(150)).unwrap();
        assert_eq!(inline::names(&directory, holder).unwrap(), ["another", "MixedName"]);
        assert_eq!(inline::get(&directory, holder, "mIXEDnAME").unwrap().text(), document_of(150));
        inline::delete(&mut directory, holder, "mixedNAME").unwrap();
        assert_eq!(inline::names(&directory, holder).unwrap(), ["another"]);
    }
}

#[test]
fn all_of_a_holder_fit_its_quota_together() {
    for (holder, quota) in HOLDERS {
        let mut directory = people();
        let half = quota / 2;
        inline::put(&mut directory, holder, "one", &document_of(half)).unwrap();
        inline::put(&mut directory, holder, "two", &document_of(half)).unwrap();
        let text =
            format!("Maximum policy size of {quota} bytes exceeded for {} {}", holder.kind(), holder.name());
        let refused = ("LimitExceeded".to_owned(), 409, text);
        assert_eq!(told(inline::put(&mut directory, holder, "three", DOCUMENT)), refused);
        assert_eq!(told(inline::put(&mut directory, holder, "ONE", &document_of(half + 1))), refused);
        assert_eq!(inline::get(&directory, holder, "one").unwrap().text(), document_of(half));
        // What is replaced does not count.
        inline::put(&mut directory, holder, "ONE", &document_of(half)).unwrap();
    }
}

#[test]
fn what_is_missing_is_refused_in_words() {
    for (holder, _) in HOLDERS {
        let mut directory = people();
        let text = format!("The {} policy with name none cannot be found.", holder.kind());
        let refused = ("NoSuchEntity".to_owned(), 404, text);
        assert_eq!(told(inline::get(&directory, holder, "none")), refused);
        assert_eq!(told(inline::delete(&mut directory, holder, "none")), refused);
        let (code, _, text) = told(inline::put(&mut directory, holder, "none", "{}"));
        assert_eq!((&*code, &*text), ("MalformedPolicyDocument", "Syntax errors in policy."));
    }
    for (holder, kind) in
        [(Holder::User("x"), "user"), (Holder::Group("x"), "group"), (Holder::Role("x"), "role")]
    {
        let mut directory = people();
        let refused = ("NoSuchEntity".to_owned(), 404, format!("The {kind} with name x cannot be found."));
        assert_eq!(told(inline::put(&mut directory, holder, "p", DOCUMENT)), refused);
        assert_eq!(told(inline::get(&directory, holder, "p")), refused);
        assert_eq!(told(inline::delete(&mut directory, holder, "p")), refused);
        assert_eq!(told(inline::names(&directory, holder)), refused);
    }
}
