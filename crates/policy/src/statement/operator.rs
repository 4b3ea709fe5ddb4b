//! Names of condition operators taken apart (IAM User Guide, "IAM JSON policy elements: Condition operators").

/// An operator with its prefix and suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) qualifier: Option<Qualifier>,
    pub(crate) test: Test,
    pub(crate) negated: bool,
    /// `…IfExists`
    pub(crate) if_exists: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Qualifier {
    ForAllValues,
    ForAnyValue,
}

/// What is compared, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    IpAddress,
    /// `ArnEquals` and `ArnLike` are the same.
    Arn,
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    pub(crate) fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl Operator {
    /// Any case is taken; `None` for a name that AWS does not have.
    pub(crate) fn read(name: &str) -> Option<Self> {
        let (qualifier, rest) = match name.split_once(':') {
            None => (None, name),
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => {
                (Some(Qualifier::ForAllValues), rest)
            }
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => {
                (Some(Qualifier::ForAnyValue), rest)
            }
            Some(_) => return None,
        };
        let cut = rest.len().checked_sub("IfExists".len()).filter(|at| rest.is_char_boundary(*at));
        let (base, if_exists) = match cut {
            Some(at) if rest[at..].eq_ignore_ascii_case("IfExists") => (&rest[..at], true),
            _ => (rest, false),
        };
        let (_, test, negated) = *TESTS.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(base))?;
        // A key that is missing is what `Null` asks for.
        (test != Test::Null || !if_exists).then_some(Self { qualifier, test, negated, if_exists })
    }
}

const TESTS: [(&str, Test, bool); 27] = [
    ("StringEquals", Test::StringEquals, false),
    ("StringNotEquals", Test::StringEquals, true),
    ("StringEqualsIgnoreCase", Test::StringEqualsIgnoreCase, false),
    ("StringNotEqualsIgnoreCase", Test::StringEqualsIgnoreCase, true),
    ("StringLike", Test::StringLike, false),
    ("StringNotLike", Test::StringLike, true),
    ("NumericEquals", Test::Numeric(Order::Equal), false),
    ("NumericNotEquals", Test::Numeric(Order::Equal), true),
    ("NumericLessThan", Test::Numeric(Order::Less), false),
    ("NumericLessThanEquals", Test::Numeric(Order::LessOrEqual), false),
    ("NumericGreaterThan", Test::Numeric(Order::Greater), false),
    ("NumericGreaterThanEquals", Test::Numeric(Order::GreaterOrEqual), false),
    ("DateEquals", Test::Date(Order::Equal), false),
    ("DateNotEquals", Test::Date(Order::Equal), true),
    ("DateLessThan", Test::Date(Order::Less), false),
    ("DateLessThanEquals", Test::Date(Order::LessOrEqual), false),
    ("DateGreaterThan", Test::Date(Order::Greater), false),
    ("DateGreaterThanEquals", Test::Date(Order::GreaterOrEqual), false),
    ("Bool", Test::Bool, false),
    ("BinaryEquals", Test::Binary, false),
    ("IpAddress", Test::IpAddress, false),
    ("NotIpAddress", Test::IpAddress, true),
    ("ArnEquals", Test::Arn, false),
    ("ArnNotEquals", Test::Arn, true),
    ("ArnLike", Test::Arn, false),
    ("ArnNotLike", Test::Arn, true),
    ("Null", Test::Null, false),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let read = |name| Operator::read(name).unwrap();
        let plain = Operator { qualifier: None, test: Test::StringLike, negated: false, if_exists: false };
        assert_eq!(read("StringLike"), plain);
        assert_eq!(read("stringlikeIFEXISTS"), Operator { if_exists: true, ..plain });
        assert_eq!(
            read("ForAnyValue:StringNotLikeIfExists"),
            Operator { qualifier: Some(Qualifier::ForAnyValue), negated: true, if_exists: true, ..plain }
        );
        assert_eq!(read("ForAllValues:ArnEquals").test, read("ArnLike").test);
        assert_eq!(read("NotIpAddressIfExists").test, Test::IpAddress);
        for (name, test, negated) in TESTS {
            assert_eq!((read(name).test, read(name).negated), (test, negated), "{name}");
        }
    }

    #[test]
    fn others_are_unknown() {
        for name in [
            "",
            "IfExists",
            "NullIfExists",
            "StringEqual",
            "ForSome:StringEquals",
            "ForAnyValue",
            "ForAnyValue:",
            "éIfExists",
        ] {
            assert_eq!(Operator::read(name), None, "{name}");
        }
    }
}
