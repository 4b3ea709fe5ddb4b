//! Which policies are public (S3 User Guide, "Blocking public access to your Amazon S3 storage", the meaning of "public").
//!
//! Rule: a statement that allows is public unless it is known not to be: it names whom it allows, or asks for a fixed value of a key
//! that tells one account from another. A value with a wildcard or a variable is not fixed.

use std::net::{IpAddr, Ipv6Addr};

use policy::document::{Condition, Document, Effect, PrincipalElement, Statement};

/// Whether somebody whom nobody has named may do something.
pub fn is_public(document: &Document) -> bool {
    document.statements.iter().any(|statement| statement.effect == Effect::Allow && is_open(statement))
}

fn is_open(statement: &Statement) -> bool {
    let names_all = match &statement.principal {
        Some(PrincipalElement::Only(set)) => set.everyone || set.aws.iter().any(|named| !is_fixed(named)),
        Some(PrincipalElement::Not(_)) | None => true,
    };
    names_all && !statement.conditions.iter().any(narrows)
}

/// Whether a condition lets through none but some whom its author knows.
fn narrows(condition: &Condition) -> bool {
    let Some(operator) = operator(&condition.operator) else { return false };
    let key = condition.key.to_ascii_lowercase();
    let each = |fixed: fn(&str) -> bool| {
        !condition.values.is_empty() && condition.values.iter().all(|value| fixed(value))
    };
    match operator {
        Operator::Address => key == "aws:sourceip" && each(is_narrow),
        Operator::Text if key == "aws:userid" => each(|value| is_fixed(value) && !value.is_empty()),
        Operator::Text if key == "s3:dataaccesspointarn" => each(is_of_one_account),
        Operator::Text => KEYS.contains(&&*key) && each(is_fixed),
    }
}

enum Operator {
    Text,
    Address,
}

/// Operators that a request without the key does not meet.
fn operator(name: &str) -> Option<Operator> {
    let name = name.strip_prefix("ForAnyValue:").unwrap_or(name);
    match name {
        "StringEquals" | "StringEqualsIgnoreCase" | "StringLike" | "ArnEquals" | "ArnLike" => {
            Some(Operator::Text)
        }
        "IpAddress" => Some(Operator::Address),
        _ => None,
    }
}

fn is_fixed(value: &str) -> bool {
    !value.contains(['*', '?']) && !value.contains("${")
}

/// An access point's name may be left open; its account may not.
fn is_of_one_account(arn: &str) -> bool {
    let account = arn.split(':').nth(4).unwrap_or_default();
    account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())
}

/// Not broader than /8 of IPv4 and /32 of IPv6, but for networks that nobody outside has.
fn is_narrow(range: &str) -> bool {
    let (address, bits) =
        range.split_once('/').map_or((range, None), |(address, bits)| (address, Some(bits)));
    let bits = |all: u8| bits.map_or(Some(all), |bits| bits.parse::<u8>().ok().filter(|bits| *bits <= all));
    match address.parse() {
        // All of RFC 1918's networks are of 8 bits at least.
        Ok(IpAddr::V4(_)) => bits(32).is_some_and(|bits| bits >= 8),
        Ok(IpAddr::V6(address)) => bits(128).is_some_and(|bits| bits >= 32 || is_local(address, bits)),
        Err(_) => false,
    }
}

/// RFC 4193.
fn is_local(address: Ipv6Addr, bits: u8) -> bool {
    bits >= 7 && address.is_unique_local()
}

/// In lower case.
const KEYS: [&str; 14] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "s3:dataaccesspointaccount",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

#[cfg(test)]
mod tests {
    use policy::DocumentKind;

    use super::*;

    fn public(principal: &str, condition: &str) -> bool {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{principal},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"{condition}}}]}}"#
        );
        is_public(&Document::parse(&text, DocumentKind::Resource).unwrap())
    }

    #[test]
    fn who_is_named_is_not_the_public() {
        for (principal, expected) in [
            (r#""Principal":"*""#, true),
            (r#""Principal":{"AWS":"*"}"#, true),
            (r#""Principal":{"AWS":["111122223333","*"]}"#, true),
            (r#""Principal":{"AWS":"111122223333"}"#, false),
            (r#""Principal":{"Service":"cloudtrail.amazonaws.com"}"#, false),
            (r#""NotPrincipal":{"AWS":"111122223333"}"#, true),
        ] {
            assert_eq!(public(principal, ""), expected, "{principal}");
        }
    }

    #[test]
    fn a_condition_narrows_by_fixed_values_alone() {
        for (operator, key, value, expected) in [
            ("StringEquals", "aws:SourceVpc", "vpc-91237329", false),
            ("StringLike", "aws:SourceVpc", "vpc-*", true),
            ("StringLike", "aws:SourceVpc", "vpc-9", false),
            ("StringEqualsIfExists", "aws:SourceVpc", "vpc-91237329", true),
            ("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", "o-1/r/x/", true),
            ("ForAnyValue:StringEquals", "aws:PrincipalOrgPaths", "o-1/r/x/", false),
            ("StringNotEquals", "aws:SourceVpc", "vpc-91237329", true),
            ("StringEquals", "aws:PrincipalOrgID", "o-1", false),
            ("ArnLike", "aws:SourceArn", "arn:aws:s3:::other", false),
            ("ArnLike", "aws:SourceArn", "arn:aws:s3:::*", true),
            ("StringEquals", "aws:username", "andrew", true),
            ("StringEquals", "aws:userid", "AIDAEXAMPLE", false),
            ("StringLike", "aws:userid", "AROAEXAMPLE:*", true),
            ("StringEquals", "aws:PrincipalArn", "${aws:PrincipalArn}", true),
            ("StringLike", "s3:DataAccessPointArn", "arn:aws:s3:us-west-2:111122223333:*", false),
            ("StringLike", "s3:DataAccessPointArn", "arn:aws:s3:us-west-2:*:accesspoint/a", true),
            ("StringEquals", "aws:Referer", "http://example.com", true),
            ("IpAddress", "aws:SourceIp", "203.0.113.0/24", false),
            ("IpAddress", "aws:SourceIp", "0.0.0.0/1", true),
            ("IpAddress", "aws:SourceIp", "0.0.0.0/0", true),
            ("IpAddress", "aws:SourceIp", "10.0.0.0/8", false),
            ("IpAddress", "aws:SourceIp", "2001:db8::/32", false),
            ("IpAddress", "aws:SourceIp", "2000::/3", true),
            ("IpAddress", "aws:SourceIp", "fd00::/8", false),
            ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24", true),
            ("Bool", "aws:SecureTransport", "true", true),
        ] {
            let condition = format!(r#","Condition":{{"{operator}":{{"{key}":"{value}"}}}}"#);
            assert_eq!(public(r#""Principal":"*""#, &condition), expected, "{operator} {key} {value}");
        }
    }

    #[test]
    fn one_open_statement_is_enough_and_denials_do_not_matter() {
        let text = |effect: &str| {
            format!(
                r#"{{"Version":"2012-10-17","Statement":[
                {{"Effect":"Allow","Principal":{{"AWS":"111122223333"}},"Action":"s3:*","Resource":"arn:aws:s3:::b"}},
                {{"Effect":"{effect}","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b"}}]}}"#
            )
        };
        let of = |text: String| is_public(&Document::parse(&text, DocumentKind::Resource).unwrap());
        assert!(of(text("Allow")) && !of(text("Deny")));
    }
}
