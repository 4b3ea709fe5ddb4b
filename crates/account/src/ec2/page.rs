//! Lists in pages: `MaxResults` and `NextToken`.
//!
//! Rule: a token says behind which item a page begins, and of which list in which region; that of another list, or one that was made
//! up, is refused. It gives no access: whoever could forge one begins elsewhere in a list that is his to read.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use types::{AccountId, Region};

use super::refusal;
use crate::ServiceError;

/// What an operation takes as `MaxResults`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimits {
    pub least: i64,
    pub most: i64,
    /// Whether more than `most` is as good as `most`, not refused.
    pub clamps: bool,
    /// Items of a page where nothing is asked for; `None` is all of them.
    pub default: Option<usize>,
}

impl PageLimits {
    /// 5 to 1000, all where nothing is asked for: most operations.
    pub const USUAL: Self = Self { least: 5, most: 1000, clamps: false, default: None };
}

/// What part of a list is asked for.
#[derive(Clone, Copy, Debug)]
pub struct PageRequest<'a> {
    /// Operation, region and account: tokens of one are none of another.
    pub list: List<'a>,
    /// As a page before this one gave it.
    pub next_token: Option<&'a str>,
    pub max_results: Option<i64>,
    pub limits: PageLimits,
}

/// One list of an account.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    pub operation: &'a str,
    pub region: &'a Region,
    pub account_id: AccountId,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next_token: Option<String>,
}

impl PageRequest<'_> {
    /// Refuses a page of a list whose items are named one by one. `set` is what EC2 calls their parameter, such as `instancesSet`.
    ///
    /// # Errors
    /// `InvalidParameterCombination`
    pub fn refuse_with_ids(&self, set: &str, is_named: bool) -> Result<(), ServiceError> {
        if !is_named || (self.max_results.is_none() && self.next_token.is_none()) {
            return Ok(());
        }
        let parameter = if self.max_results.is_some() { "maxResults" } else { "nextToken" };
        Err(refusal::invalid_combination(format!(
            "The parameter {set} cannot be used with the parameter {parameter}"
        )))
    }

    /// Cuts the page out of `items`, which are in the order of their keys. Keys are unique.
    ///
    /// # Errors
    /// `InvalidParameterValue` for a token of another list, or a number that the operation does not take.
    pub fn cut<T>(
        &self,
        items: impl IntoIterator<Item = T>,
        key: impl Fn(&T) -> &str,
    ) -> Result<Page<T>, ServiceError> {
        let limit = self.limit()?;
        let behind = self.next_token.map(|token| self.position(token)).transpose()?;
        let is_ahead = |item: &T| behind.as_deref().is_none_or(|behind| key(item) > behind);
        let mut rest = items.into_iter().filter(|item| is_ahead(item));
        let items: Vec<T> = rest.by_ref().take(limit).collect();
        let more = rest.next().is_some();
        let next_token = items.last().filter(|_| more).map(|last| self.token(key(last)));
        Ok(Page { items, next_token })
    }

    fn limit(&self) -> Result<usize, ServiceError> {
        let PageLimits { least, most, clamps, default } = self.limits;
        let bound = match self.max_results {
            None => return Ok(default.unwrap_or(usize::MAX)),
            Some(number) if number < least => format!("greater than {least}"),
            Some(number) if number > most && !clamps => format!("less than {most}"),
            Some(number) => return Ok(usize::try_from(number.min(most)).unwrap_or(usize::MAX)),
        };
        Err(refusal::invalid_value(format!(
            "Value ( {} ) for parameter maxResults is invalid. Expecting a value {bound}.",
            self.max_results.unwrap_or_default()
        )))
    }

    fn token(&self, key: &str) -> String {
        let mark = self.mark(key.as_bytes());
        URL_SAFE_NO_PAD.encode([&mark[..], key.as_bytes()].concat())
    }

    fn position(&self, token: &str) -> Result<String, ServiceError> {
        let bytes = Some(token).filter(|token| token.len() <= MAX_TOKEN);
        let bytes = bytes.and_then(|token| URL_SAFE_NO_PAD.decode(token).ok());
        let key = bytes.as_deref().and_then(|bytes| {
            let (mark, key) = bytes.split_first_chunk::<MARK>()?;
            (self.mark(key) == *mark).then(|| String::from_utf8(key.to_vec()).ok())?
        });
        key.ok_or_else(|| {
            let shown = &token[..token.floor_char_boundary(MAX_SHOWN)];
            refusal::invalid_value(format!(
                "Value ( {shown} ) for parameter NextToken is invalid. The token is invalid."
            ))
        })
    }

    /// What only a token of this list has before its key.
    fn mark(&self, key: &[u8]) -> [u8; MARK] {
        let List { operation, region, account_id } = self.list;
        let head = format!("{operation}\0{region}\0{account_id}\0");
        let digest = Sha256::new_with_prefix(head).chain_update(key).finalize();
        std::array::from_fn(|i| digest[i])
    }
}

/// Bytes of a token that say of which list it is.
const MARK: usize = 12;

/// Characters: keys are ids, and names of at most 255 characters of four bytes.
const MAX_TOKEN: usize = 2048;
const MAX_SHOWN: usize = 256;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn page(
        operation: &str,
        names: &[&str],
        next_token: Option<&str>,
        max_results: Option<i64>,
        limits: PageLimits,
    ) -> Result<(Vec<String>, Option<String>), ServiceError> {
        let region = "us-east-1".parse().unwrap();
        let account_id = "111122223333".parse().unwrap();
        let list = List { operation, region: &region, account_id };
        let request = PageRequest { list, next_token, max_results, limits };
        let page = request.cut(names.iter().copied(), |name| name)?;
        Ok((page.items.into_iter().map(str::to_owned).collect(), page.next_token))
    }

    const FROM_ONE: PageLimits = PageLimits { least: 1, ..PageLimits::USUAL };

    #[test]
    fn bounds_are_those_of_the_operation() {
        let clamping = PageLimits { clamps: true, ..PageLimits::USUAL };
        for (max_results, limits, said) in [
            (
                4,
                PageLimits::USUAL,
                "( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5.",
            ),
            (
                1001,
                PageLimits::USUAL,
                "( 1001 ) for parameter maxResults is invalid. Expecting a value less than 1000.",
            ),
            (-1, clamping, "( -1 ) for parameter maxResults is invalid. Expecting a value greater than 5."),
        ] {
            let refused = page("X", &["a"], None, Some(max_results), limits).unwrap_err();
            assert_eq!(refused, refusal::invalid_value(format!("Value {said}")));
        }
        page("X", &["a"], None, Some(5000), clamping).unwrap();
        let few = PageLimits { default: Some(2), ..PageLimits::USUAL };
        let (names, token) = page("X", &["a", "b", "c"], None, None, few).unwrap();
        assert_eq!((names.len(), token.is_some()), (2, true));
        assert_eq!(page("X", &["a", "b", "c"], None, None, PageLimits::USUAL).unwrap().1, None);
    }

    #[test]
    fn tokens_are_those_of_their_list_alone() {
        let (_, token) = page("X", &["a", "b"], None, Some(1), FROM_ONE).unwrap();
        let token = token.unwrap();
        assert_eq!(page("X", &["a", "b"], Some(&token), None, FROM_ONE).unwrap().0, ["b"]);
        let flipped = format!("{}A", &token[..token.len() - 1]);
        for (operation, token) in [("Y", token.as_str()), ("X", ""), ("X", "made up"), ("X", &flipped)] {
            let refused = page(operation, &["a", "b"], Some(token), None, FROM_ONE).unwrap_err();
            let text = format!("Value ( {token} ) for parameter NextToken is invalid. The token is invalid.");
            assert_eq!(refused, refusal::invalid_value(text));
        }
        assert!(page("X", &[], Some(&"ä".repeat(5000)), None, FROM_ONE).unwrap_err().message.len() < 400);
    }

    #[test]
    fn named_items_have_no_pages() {
        let region = "us-east-1".parse().unwrap();
        let list = List { operation: "X", region: &region, account_id: "111122223333".parse().unwrap() };
        let request = PageRequest { list, next_token: None, max_results: Some(5), limits: PageLimits::USUAL };
        request.refuse_with_ids("instancesSet", false).unwrap();
        let text = "The parameter instancesSet cannot be used with the parameter maxResults";
        let refused = request.refuse_with_ids("instancesSet", true).unwrap_err();
        assert_eq!(refused, refusal::invalid_combination(text));
        PageRequest { max_results: None, ..request }.refuse_with_ids("instancesSet", true).unwrap();
    }

    proptest! {
        #[test]
        fn pages_join_to_the_whole(
            names in proptest::collection::btree_set("[a-z]{1,4}", 0..40),
            max_results in 1i64..9,
        ) {
            let names: BTreeSet<String> = names;
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let (mut joined, mut token) = (Vec::new(), None::<String>);
            loop {
                let (found, next) = page("X", &names, token.as_deref(), Some(max_results), FROM_ONE).unwrap();
                joined.extend(found);
                token = next;
                if token.is_none() {
                    break;
                }
            }
            prop_assert_eq!(joined, names);
        }
    }
}
