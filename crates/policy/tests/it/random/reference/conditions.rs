//! Conditions, an operator after the other.

use policy::document::{Condition, Version};
use policy::{Context, ContextValue};

use super::literals::{self, Ip};
use super::patterns::{Token, expand, fits};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    /// It cannot be evaluated.
    Broken,
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

pub(super) fn truth(condition: &Condition, version: Version, context: &Context) -> Truth {
    let (qualifier, rest) = match condition.operator.split_once(':') {
        Some((qualifier, rest)) => (qualifier, rest),
        None => ("", condition.operator.as_str()),
    };
    let (base, optional) = match rest.strip_suffix("IfExists") {
        Some(base) => (base, true),
        None => (rest, false),
    };
    let key = condition.key.to_ascii_lowercase();
    let had = context.iter().find(|(held, _)| held.to_ascii_lowercase() == key).map(|(_, value)| value);
    let had: Option<(bool, Vec<&str>)> = match had {
        None => None,
        Some(ContextValue::One(value)) => Some((false, vec![value])),
        Some(ContextValue::Many(values)) if values.is_empty() => None,
        Some(ContextValue::Many(values)) => Some((true, values.iter().map(String::as_str).collect())),
    };
    if base == "Null" {
        let says = |value: &String| value.eq_ignore_ascii_case("true") == had.is_none();
        return condition.values.iter().any(says).into();
    }
    let negated = base.contains("Not");
    let variables = version == Version::V2012;
    let one = |text: &str| of_value(base, negated, &condition.values, text, variables, context);
    match (had, qualifier) {
        (None, "ForAllValues") => Truth::True,
        (None, "ForAnyValue") => optional.into(),
        (None, _) => (negated || optional).into(),
        (Some((true, _)), "") => Truth::False,
        (Some((_, values)), "ForAllValues") => {
            for value in values {
                match one(value) {
                    Truth::True => {}
                    other => return other,
                }
            }
            Truth::True
        }
        (Some((_, values)), _) => {
            for value in values {
                match one(value) {
                    Truth::False => {}
                    other => return other,
                }
            }
            Truth::False
        }
    }
}

fn of_value(
    base: &str,
    negated: bool,
    wanted: &[String],
    had: &str,
    variables: bool,
    context: &Context,
) -> Truth {
    let same = base.replace("Not", "");
    if same.starts_with("Arn") {
        return of_arn(negated, wanted, had, variables, context);
    }
    if same == "IpAddress" {
        let Some(had) = literals::ip(had) else { return Truth::False };
        return (wanted.iter().any(|wanted| in_network(wanted, had)) != negated).into();
    }
    let text = |wanted: &str, wild: bool| expand(wanted, wild, variables, context);
    let plain = |wanted: &str| {
        text(wanted, false).map(|tokens| {
            let units: Vec<u16> = tokens
                .iter()
                .map(|token| match token {
                    Token::Unit(unit) => *unit,
                    Token::One | Token::Any => unreachable!("no wildcards were asked for"),
                })
                .collect();
            String::from_utf16(&units).unwrap()
        })
    };
    let found = wanted.iter().any(|wanted| match same.as_str() {
        "StringEquals" => plain(wanted).is_some_and(|wanted| wanted == had),
        "StringEqualsIgnoreCase" => {
            plain(wanted).is_some_and(|wanted| literals::lower(&wanted) == literals::lower(had))
        }
        "StringLike" => text(wanted, true).is_some_and(|tokens| fits(&tokens, had)),
        "Bool" => wanted.eq_ignore_ascii_case("true") == had.eq_ignore_ascii_case("true"),
        "BinaryEquals" => wanted == had,
        number if number.starts_with("Numeric") => {
            compare(&number["Numeric".len()..], literals::number(had), literals::number(wanted))
        }
        date if date.starts_with("Date") => {
            compare(&date["Date".len()..], literals::date(had), literals::date(wanted))
        }
        other => panic!("operator {other}"),
    });
    (found != negated).into()
}

fn compare<T: PartialOrd>(order: &str, had: Option<T>, wanted: Option<T>) -> bool {
    let (Some(had), Some(wanted)) = (had, wanted) else { return false };
    match order {
        "Equals" => had == wanted,
        "LessThan" => had < wanted,
        "LessThanEquals" => had <= wanted,
        "GreaterThan" => had > wanted,
        "GreaterThanEquals" => had >= wanted,
        other => panic!("order {other}"),
    }
}

fn of_arn(negated: bool, wanted: &[String], had: &str, variables: bool, context: &Context) -> Truth {
    let parts: Vec<&str> = had.splitn(6, ':').collect();
    if parts.len() < 6 || parts[0] != "arn" {
        return Truth::False;
    }
    for wanted in wanted {
        let Some(tokens) = expand(wanted, true, variables, context) else { continue };
        if !tokens.is_empty() && tokens.iter().all(|token| *token == Token::Any) && !wanted.contains('$') {
            return (!negated).into();
        }
        let colon = Token::Unit(u16::from(b':'));
        let fields: Vec<&[Token]> = tokens.splitn(6, |token| *token == colon).collect();
        if fields.len() < 6 || !fits(fields[0], "arn") {
            return Truth::Broken;
        }
        if fields.iter().zip(&parts).all(|(field, part)| fits(field, part)) {
            return (!negated).into();
        }
    }
    negated.into()
}

fn in_network(text: &str, had: Ip) -> bool {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let Some(network) = literals::ip_of_policy(address) else { return false };
    let (most, network_bits) = match network {
        Ip::Four(bits) => (32, bits.to_vec()),
        Ip::Six(bits) => (128, bits.to_vec()),
    };
    let length = match length.map(str::parse::<usize>) {
        None => most,
        Some(Ok(length)) if length <= most => length,
        Some(_) => return false,
    };
    match (network, had) {
        (Ip::Four(_), Ip::Four(bits)) => network_bits[..length] == bits[..length],
        (Ip::Six(_), Ip::Six(bits)) => {
            network_bits[length..].iter().all(|bit| !bit) && network_bits[..length] == bits[..length]
        }
        _ => false,
    }
}
