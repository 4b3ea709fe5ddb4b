//! `Resource` and `NotResource`.
//!
//! Rule: ARNs compare field by field, by the colons outside of variables, so that a `*` never reaches into the next field but
//! in the sixth, which has colons of its own. `*` alone is every resource, also where an action has none
//! (facts/account.md section 2.3).

use crate::Context;
use crate::document::{ResourceElement, Version};
use crate::template::{Syntax, Template, fields};

/// The resource of a request, cut once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resource<'a> {
    /// `None` for what is no ARN, such as `*`.
    fields: Option<[&'a str; FIELDS]>,
}

const FIELDS: usize = 6;

impl<'a> Resource<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { fields: arn_fields(text) }
    }
}

/// The six fields of an ARN.
pub(crate) fn arn_fields(text: &str) -> Option<[&str; FIELDS]> {
    let mut fields = text.splitn(FIELDS, ':');
    let six =
        [fields.next()?, fields.next()?, fields.next()?, fields.next()?, fields.next()?, fields.next()?];
    (six[0] == "arn").then_some(six)
}

#[derive(Clone, Debug)]
pub(crate) struct Resources {
    negated: bool,
    every: bool,
    arns: Box<[ArnTemplate]>,
}

/// The six fields, those that differ most often compared first.
#[derive(Clone, Debug)]
struct ArnTemplate([Template; FIELDS]);

impl Resources {
    pub(crate) fn new(element: &ResourceElement, version: Version) -> Self {
        let (negated, texts) = match element {
            ResourceElement::Only(texts) => (false, texts),
            ResourceElement::Not(texts) => (true, texts),
        };
        let syntax = Syntax { wildcards: true, variables: version == Version::V2012 };
        let every = texts.iter().any(|text| !text.is_empty() && text.bytes().all(|byte| byte == b'*'));
        let arns = texts.iter().filter_map(|text| ArnTemplate::new(text, syntax)).collect();
        Self { negated, every, arns }
    }

    pub(crate) fn matches(&self, resource: &Resource<'_>, context: &Context) -> bool {
        let listed = self.every
            || resource
                .fields
                .is_some_and(|fields| self.arns.iter().any(|arn| arn.matches(&fields, context)));
        listed != self.negated
    }
}

impl ArnTemplate {
    /// `None` for what can match no ARN.
    fn new(text: &str, syntax: Syntax) -> Option<Self> {
        let fields = fields(text, syntax, FIELDS);
        let templates: Vec<Template> = fields.iter().map(|field| Template::new(field, syntax)).collect();
        templates.try_into().ok().map(Self)
    }

    fn matches(&self, fields: &[&str; FIELDS], context: &Context) -> bool {
        [2, 5, 4, 3, 1, 0].into_iter().all(|at| self.0[at].matches(fields[at], context) == Some(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: &[(&str, &str, bool)] = &[
        ("*", "*", true),
        ("*", "arn:aws:s3:::b/k", true),
        ("arn:aws:s3:::*", "*", false),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a:b/c", true),
        ("arn:aws:s3:::b*", "arn:aws:s3:::b:x/y", true),
        ("arn:aws:s3:::b", "arn:aws:s3:::B", false),
        ("arn:aws:s3:*:b", "arn:aws:s3:::b", false),
        ("arn:*:iam::*:user/*", "arn:aws-cn:iam::1:user/a/b", true),
        ("arn:aws:iam::*:user/a", "arn:aws:iam::1:x:user/a", false),
        ("arn:aws:iam::111111111111:*", "arn:aws:iam::111111111111:role/r", true),
        ("arn:aws:iam::11111111111?:role/r", "arn:aws:iam::111111111112:role/r", true),
        ("arn:aws:logs:*:*:log-group:*:log-stream:x", "arn:aws:logs:r:1:log-group:g:log-stream:x", true),
        // Fewer fields than an ARN has.
        ("arn:aws:iam::*", "arn:aws:iam::1:user/a", false),
        ("arn:aws:s3*", "arn:aws:s3:::b", false),
        ("arn:aws:iam::1:user/${aws:username}", "arn:aws:iam::1:user/ann", true),
        ("arn:aws:iam::1:user/${AWS:UserName}", "arn:aws:iam::1:user/bob", false),
        ("arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}", "arn:aws:iam::1:user/ann", true),
        ("arn:aws:s3:::b/${aws:PrincipalTag/none}/*", "arn:aws:s3:::b//x", false),
        ("arn:aws:s3:::b/${aws:PrincipalTag/none, 'all'}/*", "arn:aws:s3:::b/all/x", true),
        ("arn:aws:s3:::b/${aws:TagKeys, 'all'}", "arn:aws:s3:::b/all", false),
        // What a tag holds is no pattern and reaches into no other field.
        ("arn:aws:s3:::b/${aws:PrincipalTag/star}", "arn:aws:s3:::b/x", false),
        ("arn:aws:s3:::b/${aws:PrincipalTag/star}", "arn:aws:s3:::b/*", true),
        ("arn:aws:s3:${aws:PrincipalTag/colons}:b", "arn:aws:s3:::b:b", false),
        ("arn:aws:ec2:*::snapshot/${*}", "arn:aws:ec2:r::snapshot/*", true),
        ("arn:aws:ec2:*::snapshot/${*}", "arn:aws:ec2:r::snapshot/s", false),
        ("arn:aws:s3:::b/${?}${$}{x}", "arn:aws:s3:::b/?${x}", true),
        ("arn:aws:s3:::b/${open", "arn:aws:s3:::b/${open", true),
    ];

    fn matches(pattern: &str, resource: &str, version: Version) -> bool {
        let mut context = Context::new();
        for (key, value) in [
            ("aws:username", "ann"),
            ("aws:PrincipalAccount", "1"),
            ("aws:PrincipalTag/star", "*"),
            ("aws:PrincipalTag/colons", "::b"),
        ] {
            context.set(key, value);
        }
        context.set_many("aws:TagKeys", vec!["all".to_owned()]);
        let resources = Resources::new(&ResourceElement::Only(vec![pattern.to_owned()]), version);
        resources.matches(&Resource::of(resource), &context)
    }

    #[test]
    fn field_by_field() {
        for (pattern, resource, expected) in CASES {
            assert_eq!(matches(pattern, resource, Version::V2012), *expected, "{pattern} on {resource}");
        }
    }

    #[test]
    fn old_documents_have_no_variables() {
        let pattern = "arn:aws:iam::1:user/${aws:username}";
        assert!(!matches(pattern, "arn:aws:iam::1:user/ann", Version::V2008));
        assert!(matches(pattern, "arn:aws:iam::1:user/${aws:username}", Version::V2008));
    }

    #[test]
    fn all_but() {
        let but = Resources::new(&ResourceElement::Not(vec!["arn:aws:s3:::b/*".to_owned()]), Version::V2012);
        let context = Context::new();
        assert!(but.matches(&Resource::of("arn:aws:s3:::c/k"), &context));
        assert!(but.matches(&Resource::of("*"), &context));
        assert!(!but.matches(&Resource::of("arn:aws:s3:::b/k"), &context));
        let none = Resources::new(&ResourceElement::Not(vec!["*".to_owned()]), Version::V2012);
        assert!(!none.matches(&Resource::of("*"), &context));
    }
}
