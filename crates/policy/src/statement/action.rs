//! `Action` and `NotAction`, by vendor.
//!
//! Rule: an action compares in lower case; its vendor is literal, behind the colon `*` and `?` stand anywhere, and `*` alone is
//! every action (facts/account.md section 2.3).

use crate::document::ActionElement;
use crate::pattern::Pattern;

/// The action of a request in lower case, with its vendor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Action<'a> {
    pub(crate) whole: &'a str,
    pub(crate) vendor: &'a str,
    pub(crate) name: &'a str,
}

impl<'a> Action<'a> {
    /// `whole` is in lower case.
    pub(crate) fn of(whole: &'a str) -> Self {
        let (vendor, name) = whole.split_once(':').unwrap_or(("", whole));
        Self { whole, vendor, name }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Actions {
    negated: bool,
    every: bool,
    /// Sorted by vendor.
    vendors: Box<[Vendor]>,
    /// Those whose vendor is no literal, which the parser lets pass for none but session policies.
    odd: Box<[Pattern]>,
}

#[derive(Clone, Debug)]
struct Vendor {
    name: Box<str>,
    every: bool,
    /// Sorted.
    names: Box<[Box<str>]>,
    patterns: Box<[Pattern]>,
}

impl Actions {
    pub(crate) fn new(element: &ActionElement) -> Self {
        let (negated, texts) = match element {
            ActionElement::Only(texts) => (false, texts),
            ActionElement::Not(texts) => (true, texts),
        };
        let mut every = false;
        let (mut pairs, mut odd) = (Vec::new(), Vec::new());
        for text in texts {
            let text = text.to_ascii_lowercase();
            match text.split_once(':') {
                Some((vendor, name)) if !vendor.contains(['*', '?']) => {
                    pairs.push((vendor.to_owned(), name.to_owned()));
                }
                _ if Pattern::of(&text) == Pattern::Anything => every = true,
                _ => odd.push(Pattern::of(&text)),
            }
        }
        pairs.sort();
        let vendors = pairs.chunk_by(|left, right| left.0 == right.0).map(Vendor::new).collect();
        Self { negated, every, vendors, odd: odd.into() }
    }

    pub(crate) fn matches(&self, action: &Action<'_>) -> bool {
        let listed = self.every
            || self
                .vendors
                .binary_search_by(|vendor| (*vendor.name).cmp(action.vendor))
                .is_ok_and(|at| self.vendors[at].matches(action.name))
            || self.odd.iter().any(|pattern| pattern.matches(action.whole));
        listed != self.negated
    }

    /// The vendors whose actions can match; `None` where those of any can.
    pub(crate) fn vendors(&self) -> Option<impl Iterator<Item = &str>> {
        let any = self.negated || self.every || !self.odd.is_empty();
        (!any).then(|| self.vendors.iter().map(|vendor| &*vendor.name))
    }
}

impl Vendor {
    /// Of pairs of this vendor alone, sorted.
    fn new(pairs: &[(String, String)]) -> Self {
        let (mut names, mut patterns) = (Vec::new(), Vec::new());
        let mut every = false;
        for (_, name) in pairs {
            match Pattern::of(name) {
                Pattern::Anything => every = true,
                Pattern::Exactly(name) => names.push(name),
                pattern => patterns.push(pattern),
            }
        }
        Self { name: pairs[0].0.as_str().into(), every, names: names.into(), patterns: patterns.into() }
    }

    fn matches(&self, name: &str) -> bool {
        self.every
            || self.names.binary_search_by(|held| (**held).cmp(name)).is_ok()
            || self.patterns.iter().any(|pattern| pattern.matches(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(texts: &[&str]) -> Actions {
        Actions::new(&ActionElement::Only(texts.iter().map(|text| (*text).to_owned()).collect()))
    }

    fn matches(actions: &Actions, action: &str) -> bool {
        actions.matches(&Action::of(&action.to_ascii_lowercase()))
    }

    #[test]
    fn by_vendor_and_name_ignoring_case() {
        let actions = only(&["IAM:GetUser", "iam:List*", "s3:Get?bject", "sts:*", "ec2:*Tags"]);
        for action in ["iam:getuser", "iam:ListUsers", "S3:GetObject", "sts:AssumeRole", "ec2:CreateTags"] {
            assert!(matches(&actions, action), "{action}");
        }
        for action in [
            "iam:GetUsers",
            "s3:GetUser",
            "s3:ListUsers",
            "iam",
            "iam:",
            "ec2:CreateTag",
            "sts",
            "list:users",
        ] {
            assert!(!matches(&actions, action), "{action}");
        }
    }

    #[test]
    fn everything_and_all_but() {
        assert!(matches(&only(&["*"]), "any:Thing"));
        let but = Actions::new(&ActionElement::Not(vec!["iam:*".to_owned(), "sts:AssumeRole".to_owned()]));
        assert!(!matches(&but, "iam:GetUser"));
        assert!(!matches(&but, "sts:AssumeRole"));
        assert!(matches(&but, "sts:GetCallerIdentity"));
        assert!(but.vendors().is_none());
        assert_eq!(
            only(&["s3:*", "iam:*", "s3:GetObject"]).vendors().unwrap().collect::<Vec<_>>(),
            ["iam", "s3"]
        );
    }

    #[test]
    fn a_vendor_with_wildcards_still_matches() {
        let actions = only(&["s*:Get*"]);
        assert!(matches(&actions, "sts:GetCallerIdentity"));
        assert!(!matches(&actions, "iam:GetUser"));
        assert!(actions.vendors().is_none());
    }
}
