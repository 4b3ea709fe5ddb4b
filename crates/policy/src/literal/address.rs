//! Internet addresses and the networks that policies name.
//!
//! Rule: AWS's reader, as far as it was seen. In octets, groups and lengths leading zeros mean nothing. An address of IPv4
//! written as one of IPv6 (`::ffff:…`) is one of IPv4, in requests only. A network of IPv4 may have bits behind its length; one
//! of IPv6 that has any matches nothing.

/// An address as requests bear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    V4(u32),
    V6(u128),
}

/// A network of a policy, without a length a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Network {
    V4 { network: u32, mask: u32 },
    V6 { network: u128, mask: u128 },
}

impl Address {
    pub(crate) fn read(text: &str) -> Option<Self> {
        if !text.contains(':') {
            return v4(text).map(Self::V4);
        }
        let mapped = text.rsplit_once(':').filter(|(_, last)| last.contains('.'));
        if let Some((before, last)) = mapped {
            // Only behind `::ffff:` are octets taken.
            return before.eq_ignore_ascii_case("::ffff").then(|| v4(last).map(Self::V4)).flatten();
        }
        let address = v6(text)?;
        Some(if address >> 32 == 0xFFFF { Self::V4(address as u32) } else { Self::V6(address) })
    }
}

impl Network {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (address, length) =
            text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        if address.contains(':') {
            let (network, mask) = (v6(address)?, u128::MAX);
            let mask =
                length.map_or(Some(mask), |text| mask.checked_shl(128 - bits(text, 128)?).or(Some(0)))?;
            return (network & !mask == 0).then_some(Self::V6 { network, mask });
        }
        let (network, mask) = (v4(address)?, u32::MAX);
        let mask = length.map_or(Some(mask), |text| mask.checked_shl(32 - bits(text, 32)?).or(Some(0)))?;
        Some(Self::V4 { network: network & mask, mask })
    }

    pub(crate) fn contains(self, address: Address) -> bool {
        match (self, address) {
            (Self::V4 { network, mask }, Address::V4(address)) => address & mask == network,
            (Self::V6 { network, mask }, Address::V6(address)) => address & mask == network,
            _ => false,
        }
    }
}

/// A length of at most `most` bits; a plus sign is taken.
fn bits(text: &str, most: u32) -> Option<u32> {
    text.parse().ok().filter(|bits| *bits <= most)
}

/// Four octets in decimal.
fn v4(text: &str) -> Option<u32> {
    let mut octets = text.split('.');
    let mut address = 0;
    for _ in 0..4 {
        let octet = octets.next()?;
        let plain = octet.len() <= 3 && octet.bytes().all(|byte| byte.is_ascii_digit());
        address = address << 8 | u32::from(plain.then(|| octet.parse::<u8>().ok()).flatten()?);
    }
    octets.next().is_none().then_some(address)
}

/// Groups of hexadecimal digits. An empty group is zero, and one behind the last colon is left out, so that `a:::1` is `a::1`
/// and `a::1:` too.
fn v6(text: &str) -> Option<u128> {
    let Some((before, behind)) = text.split_once("::") else {
        return groups(text).filter(|(_, count)| *count == 8).map(|(address, _)| address);
    };
    let has_second = behind.contains("::") && !behind.trim_end_matches(':').is_empty();
    let ((high, above), (low, below)) = (groups(before)?, groups(behind)?);
    if has_second || above + below > 8 {
        return None;
    }
    // Shifting by all 128 bits leaves nothing.
    Some(high.checked_shl(128 - 16 * above).unwrap_or(0) | low)
}

/// The value of groups with colons between them, and how many there are.
fn groups(text: &str) -> Option<(u128, u32)> {
    let text = text.trim_end_matches(':');
    if text.is_empty() {
        return Some((0, 0));
    }
    let (mut address, mut count) = (0, 0);
    for group in text.split(':') {
        let plain = group.len() <= 4 && group.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !plain || count == 8 {
            return None;
        }
        let value = if group.is_empty() { 0 } else { u128::from_str_radix(group, 16).ok()? };
        address = address << 16 | value;
        count += 1;
    }
    Some((address, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Network, address, whether `IpAddress` matches, whether `NotIpAddress` does: as AWS answered.
    const SEEN: &[(&str, &str, bool, bool)] = &[
        ("192.0.2.0/24", "192.0.2.255", true, false),
        ("192.0.2.0/24", "192.0.3.1", false, true),
        ("192.0.2.5/24", "192.0.2.1", true, false),
        ("192.0.2.0/31", "192.0.2.2", false, true),
        ("192.0.2.1", "192.0.2.1", true, false),
        ("192.0.2.1", "192.0.2.2", false, true),
        ("192.0.2.0/0", "203.0.113.1", true, false),
        ("192.0.2.0/0", "2001:db8::1", false, true),
        ("192.000.002.0/24", "192.0.2.1", true, false),
        ("192.0.2.0/024", "192.0.2.1", true, false),
        ("192.0.2.0/+24", "192.0.2.1", true, false),
        ("192.0.2.0/24", "192.000.002.1", true, false),
        ("192.0.2.0/24", "192.0.513", false, false),
        ("192.0.2.0/24", "3221225985", false, false),
        ("192.0.2.0/24", "192.0.2.1/32", false, false),
        ("192.0.2.0/24", "", false, false),
        ("192.0.2.0/24", "::ffff:192.0.2.1", true, false),
        ("192.0.2.0/24", "::FFFF:c000:201", true, false),
        ("::ffff:192.0.2.0/120", "192.0.2.1", false, true),
        ("::ffff:c000:200/120", "::ffff:c000:201", false, true),
        ("::192.0.2.0/120", "::192.0.2.1", false, false),
        ("::/0", "::ffff:192.0.2.1", false, true),
        ("::/0", "192.0.2.1", false, true),
        ("::/0", "2001:db8::1", true, false),
        ("2001:db8::1", "2001:db8::1", true, false),
        ("2001:db8::1", "2001:db8::2", false, true),
        ("2001:db8::/64", "2001:db8:0:0:ffff:ffff:ffff:ffff", true, false),
        ("2001:db8::/64", "2001:db8:0:1::", false, true),
        ("2001:db8::5/64", "2001:db8::5", false, true),
        ("2001:db8::4/127", "2001:db8::5", true, false),
        ("2001:db8::1/0", "2001:db8::1", false, true),
        ("2001:DB8::/064", "2001:0db8:0000:0000:0000:0000:0000:0001", true, false),
        ("2001:db8::/64", "2001:db8::192.0.2.1", false, false),
        ("2001:db8::192.0.2.0/120", "2001:db8::c000:201", false, true),
        ("192.0.2.0/33", "192.0.2.1", false, true),
        ("2001:db8::/129", "2001:db8::1", false, true),
        ("2001:db8::1/128", "2001:db8:::1", true, false),
        ("2001:db8::1/128", "2001:db8::1:", true, false),
        ("2001:db8::1/128", ":2001:db8::1", false, true),
        ("2001:db8::1/128", "2001:db8::::1", false, false),
        ("::/0", ":::", true, false),
        ("::/0", "2001::db8::1", false, false),
        ("::/0", "2001::db8:::1", false, false),
        ("::/0", "::ffff:::192.0.2.1", false, false),
        ("not-an-ip", "192.0.2.1", false, true),
        ("not-an-ip", "not-an-ip", false, false),
    ];

    #[test]
    fn networks_and_addresses_as_aws_reads_them() {
        for (network, address, inside, outside) in SEEN {
            let read = Address::read(address);
            let found = read.is_some_and(|read| Network::read(network).is_some_and(|net| net.contains(read)));
            assert_eq!((found, read.is_some() && !found), (*inside, *outside), "{network} {address}");
        }
    }

    #[test]
    fn refuses_what_is_no_address() {
        for text in [
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.256",
            "1.2.3.0004",
            "1.2..4",
            "1.2.3.-4",
            "+1.2.3.4",
            ":",
            "g::",
            "12345::",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1::2:3:4:5:6:7:8:9",
            "fe80::1%eth0",
            "[::1]",
            "::ffff:1.2.3",
        ] {
            assert_eq!(Address::read(text), None, "{text}");
        }
        for text in ["1.2.3.4/", "1.2.3.4/-1", "::1/", "/8", "1.2.3.4/8/8"] {
            assert_eq!(Network::read(text), None, "{text}");
        }
    }
}
