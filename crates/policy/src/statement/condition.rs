//! One key under one operator.
//!
//! Rule: captures of AWS beat its documentation (facts/account.md section 2.4). What the table there does not say is told at
//! the place: a malformed ARN in a policy fails a condition rather than leave it unmet, and values are tried in their order.

use super::operator::{Operator, Qualifier, Test};
use super::resource::arn_fields;
use crate::document::{self, Version};
use crate::literal::address::{Address, Network};
use crate::literal::number::Number;
use crate::literal::{case, date, is_true};
use crate::pattern::{Pattern, wild};
use crate::template::{Syntax, Template};
use crate::{Context, ContextValue, Rules};

#[derive(Clone, Debug)]
pub(crate) struct Condition {
    /// In lower case.
    key: Box<str>,
    /// `None` for one that AWS does not have: it fails.
    operator: Option<Operator>,
    values: Values,
}

/// What a condition came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Met,
    Unmet,
    /// It could not be evaluated: an `Allow` does not apply, a `Deny` does.
    Failed,
}

/// The values of a policy, read once. Those that can match nothing are left out.
#[derive(Clone, Debug)]
enum Values {
    Texts(Box<[Template]>),
    Folded(Box<[Folded]>),
    Numbers(Box<[Box<str>]>),
    Dates(Box<[i64]>),
    Bools(Box<[bool]>),
    Exact(Box<[Box<str>]>),
    Networks(Box<[Network]>),
    Arns(Box<[Arn]>),
}

#[derive(Clone, Debug)]
enum Folded {
    /// In lower case.
    Fixed(Box<str>),
    Variable(Template),
}

#[derive(Clone, Debug)]
enum Arn {
    Anything,
    Fixed(Box<[Pattern; 6]>),
    Malformed,
    Variable(Template),
}

/// What one value of a request is to the values of a policy.
enum Found {
    One,
    None,
    /// The request's value is not of the operator's type, which nothing matches, negated or not.
    Unfit,
    /// A value of the policy is malformed.
    Failed,
}

impl Condition {
    pub(crate) fn new(condition: &document::Condition, version: Version) -> Self {
        let operator = Operator::read(&condition.operator);
        let variables = version == Version::V2012;
        let values = Values::new(
            operator.map_or(Test::Binary, |operator| operator.test),
            &condition.values,
            variables,
        );
        Self { key: condition.key.to_ascii_lowercase().into(), operator, values }
    }

    pub(crate) fn outcome(&self, context: &Context, rules: Rules) -> Outcome {
        let Some(operator) = self.operator else { return Outcome::Failed };
        let value = context.present(&self.key);
        if operator.test == Test::Null {
            return Outcome::of(self.values.has_bool(value.is_none()));
        }
        let one = |text: &str| self.compare(operator, text, context, rules);
        match (value, operator.qualifier) {
            (None, None) => Outcome::of(operator.negated || operator.if_exists),
            (None, Some(Qualifier::ForAllValues)) => Outcome::Met,
            (None, Some(Qualifier::ForAnyValue)) => Outcome::of(operator.if_exists),
            (Some(ContextValue::One(text)), None) => one(text),
            (Some(ContextValue::Many(_)), None) => Outcome::Unmet,
            // Of a single value all that is to be said is said of itself.
            (Some(ContextValue::One(text)), Some(_)) => one(text),
            (Some(ContextValue::Many(texts)), Some(Qualifier::ForAllValues)) => {
                until(texts, one, Outcome::Unmet, Outcome::Met)
            }
            (Some(ContextValue::Many(texts)), Some(Qualifier::ForAnyValue)) => {
                until(texts, one, Outcome::Met, Outcome::Unmet)
            }
        }
    }

    fn compare(&self, operator: Operator, text: &str, context: &Context, rules: Rules) -> Outcome {
        match self.values.find(operator.test, text, context) {
            Found::One => Outcome::of(!operator.negated),
            Found::None if rules.numbers_must_be_numbers && self.is_unreadable(text) => Outcome::Unmet,
            Found::None => Outcome::of(operator.negated),
            Found::Unfit => Outcome::Unmet,
            Found::Failed => Outcome::Failed,
        }
    }

    fn is_unreadable(&self, text: &str) -> bool {
        matches!(self.values, Values::Numbers(_)) && Number::read(text).is_none()
    }
}

impl Outcome {
    fn of(met: bool) -> Self {
        if met { Self::Met } else { Self::Unmet }
    }
}

/// The first outcome that decides or fails, else `otherwise`.
fn until(texts: &[String], one: impl Fn(&str) -> Outcome, deciding: Outcome, otherwise: Outcome) -> Outcome {
    let mut outcomes = texts.iter().map(|text| one(text));
    outcomes.find(|outcome| *outcome == deciding || *outcome == Outcome::Failed).unwrap_or(otherwise)
}

impl Values {
    /// Variables stand in texts and ARNs alone.
    fn new(test: Test, texts: &[String], variables: bool) -> Self {
        let template = |wildcards: bool, text: &str| Template::new(text, Syntax { wildcards, variables });
        let all = texts.iter();
        match test {
            Test::StringEquals => Self::Texts(all.map(|text| template(false, text)).collect()),
            Test::StringLike => Self::Texts(all.map(|text| template(true, text)).collect()),
            Test::StringEqualsIgnoreCase => {
                Self::Folded(all.map(|text| Folded::new(template(false, text))).collect())
            }
            Test::Numeric(_) => {
                let numbers = all.filter(|text| Number::read(text).is_some());
                Self::Numbers(numbers.map(|text| text.as_str().into()).collect())
            }
            Test::Date(_) => Self::Dates(all.filter_map(|text| date::read(text)).collect()),
            Test::Bool | Test::Null => Self::Bools(all.map(|text| is_true(text)).collect()),
            Test::Binary => Self::Exact(all.map(|text| text.as_str().into()).collect()),
            Test::IpAddress => Self::Networks(all.filter_map(|text| Network::read(text)).collect()),
            Test::Arn => Self::Arns(all.map(|text| Arn::new(template(true, text))).collect()),
        }
    }

    fn has_bool(&self, wanted: bool) -> bool {
        matches!(self, Self::Bools(bools) if bools.contains(&wanted))
    }

    fn find(&self, test: Test, text: &str, context: &Context) -> Found {
        match self {
            Self::Texts(texts) => {
                Found::of(texts.iter().any(|template| template.matches(text, context) == Some(true)))
            }
            Self::Folded(folded) => Found::of(folded.iter().any(|folded| folded.matches(text, context))),
            Self::Numbers(numbers) => find_number(numbers, test, text),
            Self::Dates(dates) => find_date(dates, test, text),
            Self::Bools(bools) => Found::of(bools.contains(&is_true(text))),
            Self::Exact(texts) => Found::of(texts.iter().any(|held| **held == *text)),
            Self::Networks(networks) => match Address::read(text) {
                Some(address) => Found::of(networks.iter().any(|network| network.contains(address))),
                None => Found::Unfit,
            },
            Self::Arns(arns) => find_arn(arns, text, context),
        }
    }
}

impl Found {
    fn of(found: bool) -> Self {
        if found { Self::One } else { Self::None }
    }
}

fn find_number(numbers: &[Box<str>], test: Test, text: &str) -> Found {
    let Test::Numeric(order) = test else { return Found::Unfit };
    let Some(had) = Number::read(text) else { return Found::None };
    let mut wanted = numbers.iter().filter_map(|number| Number::read(number));
    Found::of(wanted.any(|wanted| order.holds(had.compare(wanted))))
}

fn find_date(dates: &[i64], test: Test, text: &str) -> Found {
    let Test::Date(order) = test else { return Found::Unfit };
    let Some(had) = date::read(text) else { return Found::None };
    Found::of(dates.iter().any(|wanted| order.holds(had.cmp(wanted))))
}

/// In their order up to the first that matches; a malformed one before it fails.
fn find_arn(arns: &[Arn], text: &str, context: &Context) -> Found {
    let Some(fields) = arn_fields(text) else { return Found::Unfit };
    for arn in arns {
        match arn.find(&fields, context) {
            Found::None => {}
            found => return found,
        }
    }
    Found::None
}

impl Folded {
    fn new(template: Template) -> Self {
        match template {
            Template::Fixed(Pattern::Exactly(text)) => Self::Fixed(case::lower(&text).into()),
            template => Self::Variable(template),
        }
    }

    fn matches(&self, text: &str, context: &Context) -> bool {
        match self {
            Self::Fixed(lowered) => case::equals(lowered, text),
            Self::Variable(template) => {
                let equals = |bytes: &[u8]| case::equals(&case::lower(&String::from_utf8_lossy(bytes)), text);
                template.with(context, equals) == Some(true)
            }
        }
    }
}

impl Arn {
    fn new(template: Template) -> Self {
        match &template {
            Template::Fixed(Pattern::Anything) => Self::Anything,
            Template::Variable(_) => Self::Variable(template),
            Template::Fixed(_) => template
                .with(&Context::new(), |bytes| {
                    split(bytes)
                        .map_or(Self::Malformed, |fields| Self::Fixed(Box::new(fields.map(Pattern::new))))
                })
                .unwrap_or(Self::Malformed),
        }
    }

    fn find(&self, fields: &[&str; 6], context: &Context) -> Found {
        match self {
            Self::Anything => Found::One,
            Self::Malformed => Found::Failed,
            Self::Fixed(patterns) => {
                Found::of(patterns.iter().zip(fields).all(|(pattern, field)| pattern.matches(field)))
            }
            Self::Variable(template) => {
                let compare = |bytes: &[u8]| match split(bytes) {
                    None => Found::Failed,
                    Some(patterns) => {
                        Found::of(patterns.iter().zip(fields).all(|(pattern, field)| wild(pattern, field)))
                    }
                };
                template.with(context, compare).unwrap_or(Found::None)
            }
        }
    }
}

/// The six fields of a pattern of ARNs; `None` where it can be none.
fn split(bytes: &[u8]) -> Option<[&[u8]; 6]> {
    let mut fields = bytes.splitn(6, |byte| *byte == b':');
    let six =
        [fields.next()?, fields.next()?, fields.next()?, fields.next()?, fields.next()?, fields.next()?];
    wild(six[0], "arn").then_some(six)
}
