//! Lists in pages.
//!
//! Rule: a token is good for the list that it was given with: the same operation with the same parameters.

use account::ServiceError;
use account::quotas::refusal;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wire::{Structure, Value};

use crate::Ask;

/// The part of `items` that is asked for, under `member`; `list` names the list.
pub(super) fn page<T>(
    ask: &Ask<'_>,
    member: &'static str,
    list: &str,
    items: &[T],
    shown: impl Fn(&T) -> Structure,
) -> Result<Structure, ServiceError> {
    let from = match ask.input.text("NextToken") {
        Some(token) => {
            let left = left(token, list).ok_or_else(refusal::invalid_page)?;
            items.len().checked_sub(left).ok_or_else(refusal::invalid_page)?
        }
        None => 0,
    };
    let most = ask.input.integer("MaxResults").and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST);
    let end = from.saturating_add(most).min(items.len());
    let part = items.get(from..end).ok_or_else(refusal::invalid_page)?;
    let values: Vec<Value> = part.iter().map(|item| shown(item).into()).collect();
    let left = items.len() - end;
    let next = (left > 0).then(|| STANDARD.encode(format!("{list} {left}")));
    Ok(Structure::new().with_some("NextToken", next).with(member, values))
}

/// How many items are left: counted from the end, since what is new in a list comes first.
fn left(token: &str, list: &str) -> Option<usize> {
    let text = String::from_utf8(STANDARD.decode(token).ok()?).ok()?;
    text.strip_prefix(list)?.strip_prefix(' ')?.parse().ok()
}

/// Items in a page where nobody says how many.
const MOST: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_good_for_their_list_alone() {
        let token = STANDARD.encode("ListServiceQuotas ec2 20");
        assert_eq!(left(&token, "ListServiceQuotas ec2"), Some(20));
        for (token, list) in [
            (token.as_str(), "ListServiceQuotas iam"),
            (token.as_str(), "ListServiceQuotas"),
            ("AAAA", "ListServiceQuotas ec2"),
            ("no token", "ListServiceQuotas ec2"),
            ("", "ListServiceQuotas ec2"),
        ] {
            assert_eq!(left(token, list), None, "{token} {list}");
        }
    }
}
