//! What a call asks of buckets beside its one token, as far as its parameters tell.
//!
//! Rule: names are compared as they came; whoever encodes one of them is counted as if it were not there. Values are bounded.

/// What buckets want to know of a call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Demand<'a> {
    /// A form: the URI's query, and the body.
    Form(&'a str, &'a [u8]),
    /// An object, or a bucket where the key is empty.
    Object { bucket: &'a str, key: &'a str },
    /// Nothing that matters.
    #[default]
    Plain,
}

impl Demand<'_> {
    /// Whether neither filters nor pages are asked for. EC2 calls it unfiltered and unpaginated; ids are neither.
    pub(super) fn is_bare(self) -> bool {
        !self.names().any(|(name, value)| {
            name.starts_with(b"Filter.")
                || ((name == b"MaxResults" || name == b"NextToken") && !value.is_empty())
        })
    }

    /// How many resources are asked for: the number of this name, or the entries of the list of this name. At least one.
    pub(super) fn resources(self, member: &str) -> u32 {
        let (mut number, mut entries) = (None, 0_u32);
        for (name, value) in self.names() {
            let Some(rest) = name.strip_prefix(member.as_bytes()) else { continue };
            match rest {
                [] => number = number.or_else(|| str::from_utf8(value).ok()?.parse::<u32>().ok()),
                [b'.', ..] => entries = entries.saturating_add(1),
                _ => {}
            }
        }
        number.unwrap_or(entries).clamp(1, MOST)
    }

    fn names(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let (query, body): (&[u8], &[u8]) = match self {
            Self::Form(query, body) => (query.as_bytes(), body),
            _ => (&[], &[]),
        };
        let pairs = query.split(|byte| *byte == b'&').chain(body.split(|byte| *byte == b'&'));
        pairs.map(|pair| {
            let end = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            (&pair[..end], pair.get(end + 1..).unwrap_or_default().trim_ascii_end())
        })
    }
}

/// More than any bucket holds.
const MOST: u32 = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_and_pages_are_seen_in_query_and_body() {
        for (query, body, bare) in [
            ("", "Action=DescribeInstances&Version=2016-11-15", true),
            ("", "Action=DescribeInstances&InstanceId.1=i-1", true),
            ("", "Action=DescribeInstances&MaxResults=", true),
            ("", "Action=DescribeInstances&MaxResults=5", false),
            ("", "Action=DescribeInstances&NextToken=abc\r\n", false),
            ("", "Filter.1.Name=tag%3AName&Filter.1.Value.1=x", false),
            ("Action=DescribeInstances&MaxResults=5", "", false),
        ] {
            assert_eq!(Demand::Form(query, body.as_bytes()).is_bare(), bare, "{query} {body}");
        }
    }

    #[test]
    fn resources_are_counted_or_read_and_bounded() {
        for (member, body, expected) in [
            ("MaxCount", "MinCount=1&MaxCount=20", 20),
            ("MaxCount", "MaxCount=0", 1),
            ("MaxCount", "MaxCount=many", 1),
            ("MaxCount", "MaxCount=4294967295", MOST),
            ("MaxCount", "", 1),
            ("InstanceId", "InstanceId.1=i-1&InstanceId.2=i-2&Force=true", 2),
            ("InstanceId", "InstanceIdx=3", 1),
        ] {
            assert_eq!(Demand::Form("", body.as_bytes()).resources(member), expected, "{member} in {body}");
        }
    }
}
