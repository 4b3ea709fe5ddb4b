//! Zone ids such as `use1-az4`: the region shortened, and a number that is the same in all accounts.
//!
//! Source: AWS RAM user guide, "Availability Zone IDs for your AWS resources". Which letter is which id differs by
//! account, so here it follows from the account number.

use types::{AccountId, Region};

/// The id of an availability zone, or local zone, of an account.
///
/// The shortened region is made by rule, which gives the published names of all commercial, China and GovCloud regions:
/// the first word stays, compass words become their initials (`southeast` → `se`), any other word its first letter, the
/// number stays: `ap-southeast-2` → `apse2`, `us-gov-west-1` → `usgw1`. The account turns the letters round the region's
/// zones: six in `us-east-1`, three elsewhere; letters past those keep their place (`d` → `az4`).
pub fn zone_id(region: &Region, zone: &str, account: AccountId) -> String {
    let short = short_region(region);
    let letter = match zone.strip_prefix(region.as_str()).map(str::as_bytes) {
        Some([letter @ b'a'..=b'z']) => u64::from(letter - b'a'),
        // Local and Wavelength Zones: `us-west-2-lax-1a` → `usw2-lax1-az1`.
        _ => return local_zone_id(&short, region, zone),
    };
    let zones = if region.as_str() == "us-east-1" { 6 } else { 3 };
    let number = if letter < zones { (letter + account.number()) % zones } else { letter };
    format!("{short}-az{}", number + 1)
}

fn short_region(region: &Region) -> String {
    let mut words = region.as_str().split('-');
    let mut short = words.next().unwrap_or_default().to_owned();
    words.for_each(|word| short.push_str(shortened(word)));
    short
}

fn shortened(word: &str) -> &str {
    match word {
        "northeast" => "ne",
        "northwest" => "nw",
        "southeast" => "se",
        "southwest" => "sw",
        _ if word.bytes().all(|b| b.is_ascii_digit()) => word,
        _ => &word[..1],
    }
}

fn local_zone_id(short: &str, region: &Region, zone: &str) -> String {
    let rest = zone.strip_prefix(region.as_str()).unwrap_or(zone);
    let place: String = rest.chars().filter(|c| *c != '-').collect();
    let (place, letter) = match place.char_indices().last() {
        Some((at, letter @ 'a'..='z')) => (&place[..at], u32::from(letter) - u32::from('a')),
        _ => (place.as_str(), 0),
    };
    format!("{short}-{place}-az{}", letter + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_is_shortened_as_aws_does() {
        let cases = [
            ("us-east-1", "use1"),
            ("eu-central-1", "euc1"),
            ("ap-southeast-2", "apse2"),
            ("ap-northeast-3", "apne3"),
            ("us-gov-west-1", "usgw1"),
            ("cn-northwest-1", "cnnw1"),
            ("me-central-1", "mec1"),
            ("sa-east-1", "sae1"),
        ];
        for (region, short) in cases {
            assert_eq!(short_region(&region.parse().unwrap()), short);
        }
    }

    #[test]
    fn letters_turn_by_account_and_never_meet() {
        let region: Region = "us-east-1".parse().unwrap();
        let account = AccountId::from_number(111_122_223_333).unwrap();
        let mut ids: Vec<String> =
            ('a'..='h').map(|z| zone_id(&region, &format!("us-east-1{z}"), account)).collect();
        assert_eq!(ids[0], "use1-az4");
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 8);
    }

    #[test]
    fn local_zones_keep_their_place() {
        let region: Region = "us-west-2".parse().unwrap();
        let account = AccountId::from_number(0).unwrap();
        assert_eq!(zone_id(&region, "us-west-2-lax-1a", account), "usw2-lax1-az1");
    }
}
