//! Values of conditions as AWS reads them, each in a file of its own.
//!
//! Rule: what AWS was seen to take is taken and no more (facts/account.md section 2.4). Nothing here allocates: the values of
//! requests are read as they are compared.

pub(crate) mod address;
pub(crate) mod case;
pub(crate) mod date;
pub(crate) mod number;

/// Whether a text is `true` in any case; all else is false, on both sides of `Bool` and `Null`.
pub(crate) fn is_true(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}
