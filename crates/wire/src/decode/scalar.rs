//! Texts into numbers, truths, times and bytes.
//!
//! Rule: numbers and truths as AWS was seen to read them in query requests (2026-09): a sign and leading zeros are digits' own,
//! blanks, fractions and exponents are none; truths are `true`, `false`, `1` and `0`, in that case only.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use types::Timestamp;

use crate::model::{Shape, TimestampFormat};
use crate::timestamp;
use crate::value::Value;

/// Why a text is no value of its shape; in AWS's words.
pub(super) type Refusal = &'static str;

/// Reads a text as the shape has it. `format` is the one that the place gives times, where neither member nor shape names one.
pub(super) fn read(shape: Shape, text: &str, format: TimestampFormat) -> Result<Value, Refusal> {
    match shape {
        Shape::String(_) => Ok(Value::String(text.to_owned())),
        Shape::Boolean => boolean(text).map(Value::Boolean),
        Shape::Integer(_) => integer(text, i64::from(i32::MIN), i64::from(i32::MAX)).map(Value::Integer),
        Shape::Long(_) => integer(text, i64::MIN, i64::MAX).map(Value::Integer),
        Shape::Float | Shape::Double => double(text).map(Value::Double),
        Shape::Timestamp(own) => time(text, own.unwrap_or(format)).map(Value::Timestamp),
        Shape::Blob { .. } => blob(text).map(Value::Blob),
        Shape::Structure { .. } | Shape::List { .. } | Shape::Map { .. } => {
            Err("Value found where not expected")
        }
    }
}

fn boolean(text: &str) -> Result<bool, Refusal> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        "" => Err("missing value for boolean type"),
        _ => Err("boolean must follow xsd1.1 definition"),
    }
}

fn integer(text: &str, min: i64, max: i64) -> Result<i64, Refusal> {
    if text.is_empty() {
        return Err("missing value for decimal type");
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("decimal must follow xsd1.1 definition");
    }
    match text.parse() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err("decimal is out of range"),
    }
}

/// Fractions may have exponents; `NaN` and the infinities are as XML Schema writes them.
fn double(text: &str) -> Result<f64, Refusal> {
    match text {
        "" => Err("missing value for double type"),
        "NaN" => Ok(f64::NAN),
        "Infinity" | "INF" => Ok(f64::INFINITY),
        "-Infinity" | "-INF" => Ok(f64::NEG_INFINITY),
        _ if text.bytes().any(|byte| !matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) => {
            Err("double must follow xsd1.1 definition")
        }
        _ => text.parse().map_err(|_| "double must follow xsd1.1 definition"),
    }
}

pub(super) fn time(text: &str, format: TimestampFormat) -> Result<Timestamp, Refusal> {
    timestamp::read(text, format).ok_or("timestamp must follow ISO8601")
}

pub(super) fn blob(text: &str) -> Result<Vec<u8>, Refusal> {
    LENIENT.decode(text.as_bytes()).map_err(|_| "blob must follow base64")
}

/// With or without the filling at the end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Limits;

    #[test]
    fn numbers_and_truths_are_read_as_aws_reads_them() {
        let read_as = |shape, text| read(shape, text, TimestampFormat::Iso8601).ok();
        let integer = Shape::Integer(Limits::default());
        for (text, number) in [
            ("900", Some(900)),
            ("0900", Some(900)),
            ("+900", Some(900)),
            ("-1", Some(-1)),
            ("2147483647", Some(2_147_483_647)),
            ("2147483648", None),
            (" 900", None),
            ("900.0", None),
            ("9e2", None),
            ("+", None),
            ("", None),
            ("٣", None),
        ] {
            assert_eq!(read_as(integer, text), number.map(Value::Integer), "{text:?}");
        }
        assert_eq!(
            read_as(Shape::Long(Limits::default()), "2147483648"),
            Some(Value::Integer(2_147_483_648))
        );
        assert_eq!(read_as(Shape::Boolean, "TRUE"), None);
        assert_eq!(read_as(Shape::Double, "1.5e3"), Some(Value::Double(1500.0)));
        assert_eq!(read_as(Shape::Double, "inf"), None);
        assert_eq!(blob("YQ"), blob("YQ=="));
    }
}
