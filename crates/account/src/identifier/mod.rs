//! Identifiers made from a seed: the same seed gives the same ids, MAC and private addresses.
//!
//! Rule: every value is SHA-256 of (seed, kind, owner, ordinal), cut to what the kind holds; nothing is counted or
//! remembered. No key is needed: identifiers are no secrets. Forms are EC2's (EC2 user guide, "Resource IDs"; facts/imds.md section 2).

mod zone;

use std::net::Ipv4Addr;

use sha2::{Digest as _, Sha256};
use types::{AccountId, Arn, InstanceId, UniqueId};

pub use zone::zone_id;

/// What all generated identifiers of an installation follow from. Not a secret: whoever knows it can tell the ids, which
/// give no access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed([u8; 32]);

/// The identifiers of one owner, such as one instance.
#[derive(Clone, Debug)]
pub struct Identifiers {
    seed: Seed,
    owner: String,
}

impl Seed {
    /// A seed of whatever bytes an installation keeps.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The seed that a user wrote.
    pub fn from_text(text: &str) -> Self {
        Self::from_bytes(text.as_bytes())
    }

    /// Identifiers of the instance at this place among all declared and launched ones.
    pub fn instance(&self, index: u32) -> Identifiers {
        self.owner(format!("instance/{index}"))
    }

    /// Identifiers of the owner with this name: an instance that declares its id, an account, a VPC.
    pub fn named(&self, name: &str) -> Identifiers {
        self.owner(format!("name/{name}"))
    }

    /// The account where none is declared. Its first digit is never zero: spreadsheets eat those.
    pub fn account_id(&self) -> AccountId {
        let number = 100_000_000_000 + self.named("account").number("account", 0) % 900_000_000_000;
        AccountId::from_number(number).expect("below 10^12 by the modulus")
    }

    fn owner(&self, owner: String) -> Identifiers {
        Identifiers { seed: *self, owner }
    }
}

impl Identifiers {
    /// Identifiers of another owner under the same seed.
    pub fn peer(&self, name: &str) -> Self {
        self.seed.named(name)
    }

    pub fn instance_id(&self) -> InstanceId {
        self.resource("i").parse().expect("i- and 17 hexadecimal digits")
    }

    /// `<prefix>-` and 17 hexadecimal digits: `ami`, `eni`, `vpc`, `subnet`, `sg`, `r`, `instance-event`. The first digit
    /// is 0, as on nearly all of AWS's own.
    pub fn resource(&self, prefix: &str) -> String {
        self.nth_resource(prefix, 0)
    }

    /// The same for the owner's second, third, … resource of a kind.
    pub fn nth_resource(&self, prefix: &str, ordinal: u32) -> String {
        format!("{prefix}-0{:016x}", self.number(prefix, ordinal))
    }

    /// 32 hexadecimal digits in the form of a UUID that was drawn, such as those of keys.
    pub fn uuid(&self) -> String {
        let [a, b, c, d, e, f, g, h, ..] = self.bytes("uuid", 0);
        let [.., i, j, k, l, m, n, o, p] = self.bytes("uuid", 1);
        let (version, variant) = (g & 0x0f | 0x40, i & 0x3f | 0x80);
        format!(
            "{a:02x}{b:02x}{c:02x}{d:02x}-{e:02x}{f:02x}-{version:02x}{h:02x}-{variant:02x}{j:02x}-\
             {k:02x}{l:02x}{m:02x}{n:02x}{o:02x}{p:02x}"
        )
    }

    /// A MAC address of the owner's interface in a zone. As on EC2 it is locally administered, lower case, and its first
    /// byte is shared by all interfaces of a zone.
    pub fn mac_address(&self, zone: &str, ordinal: u32) -> String {
        const FIRST_BYTES: [u8; 6] = [0x02, 0x06, 0x0a, 0x0e, 0x12, 0x16];
        let shared = self.seed.named(zone).bytes("mac zone", 0)[0];
        let first = FIRST_BYTES[usize::from(shared) % FIRST_BYTES.len()];
        let [a, b, c, d, e, ..] = self.bytes("mac", ordinal);
        format!("{first:02x}:{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}")
    }

    /// The unique id of an instance profile, which follows from its ARN.
    pub fn instance_profile_id(seed: &Seed, account: AccountId, arn: &Arn) -> UniqueId {
        UniqueId::instance_profile(account, seed.named(arn.as_str()).ten_bytes("AIPA"))
    }

    /// The unique id of a role, which follows from its ARN.
    pub fn role_id(seed: &Seed, account: AccountId, arn: &Arn) -> UniqueId {
        UniqueId::role(account, seed.named(arn.as_str()).ten_bytes("AROA"))
    }

    /// A public key in OpenSSH's form, without comment. Nobody has its private half: it is 32 bytes that follow from the
    /// seed, so that a name alone declares a key pair.
    pub fn ssh_public_key(&self) -> String {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let mut blob = Vec::with_capacity(51);
        for part in [b"ssh-ed25519".as_slice(), &self.bytes("ssh-ed25519", 0)] {
            blob.extend_from_slice(&u32::try_from(part.len()).expect("at most 32").to_be_bytes());
            blob.extend_from_slice(part);
        }
        format!("ssh-ed25519 {}", STANDARD.encode(blob))
    }

    /// A public address out of 198.18.0.0/15, which is never routed (RFC 2544): a program that calls its own public
    /// address must not reach a stranger. Network and broadcast look-alikes (`.0`, `.255`) are left out.
    pub fn public_address(seed: &Seed, index: u32) -> Ipv4Addr {
        const PER_NET: u32 = 254;
        let place = seed.named("public").spread(index, 512 * PER_NET);
        Ipv4Addr::from(
            u32::from(Ipv4Addr::new(198, 18, 0, 0)) + (place / PER_NET) * 256 + place % PER_NET + 1,
        )
    }

    /// Where `index` comes to stand among `size` places: a permutation, so the first `size` indices never meet.
    pub fn spread(&self, index: u32, size: u32) -> u32 {
        if size < 2 {
            return 0;
        }
        let size = u64::from(size);
        let start = self.number("spread start", 0) % size;
        let mut step = 1 + self.number("spread step", 0) % (size - 1);
        while gcd(step, size) != 1 {
            step = step % (size - 1) + 1;
        }
        let place = (start + u64::from(index) % size * step) % size;
        u32::try_from(place).expect("below size, which is 32 bits")
    }

    /// A number that follows from seed, owner and kind.
    pub fn number(&self, kind: &str, ordinal: u32) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.bytes(kind, ordinal);
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    fn ten_bytes(&self, kind: &str) -> [u8; 10] {
        let bytes = self.bytes(kind, 0);
        std::array::from_fn(|i| bytes[i])
    }

    fn bytes(&self, kind: &str, ordinal: u32) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(self.seed.0);
        // Zero bytes part what is hashed, so that ("ab", "c") and ("a", "bc") differ.
        for part in [kind.as_bytes(), &[0], self.owner.as_bytes(), &[0], &ordinal.to_be_bytes()] {
            hash.update(part);
        }
        hash.finalize().into()
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn same_seed_same_ids_and_another_seed_others() {
        let ids = |seed: &str| Seed::from_text(seed).instance(3);
        assert_eq!(ids("a").instance_id(), ids("a").instance_id());
        assert_ne!(ids("a").instance_id(), ids("b").instance_id());
        assert_ne!(ids("a").resource("eni"), ids("a").nth_resource("eni", 1));
        assert_ne!(Seed::from_text("a").account_id(), Seed::from_text("b").account_id());
    }

    #[test]
    fn forms_are_those_of_ec2() {
        let ids = Seed::from_text("forms").instance(0);
        let event = ids.resource("instance-event");
        assert_eq!((event.len(), event.starts_with("instance-event-0")), (32, true));
        let mac = ids.mac_address("us-east-1a", 0);
        let first = u8::from_str_radix(&mac[..2], 16).unwrap();
        assert_eq!((mac.len(), first & 0b11), (17, 0b10), "{mac} is a unicast, locally administered address");
        assert_eq!(mac[..2], Seed::from_text("forms").instance(1).mac_address("us-east-1a", 0)[..2]);
        assert!(ids.ssh_public_key().starts_with("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"));
    }

    #[test]
    fn ten_thousand_instances_share_nothing() {
        let seed = Seed::from_text("fleet");
        let mut seen = HashSet::new();
        for index in 0..10_000 {
            let ids = seed.instance(index);
            for prefix in ["i", "eni", "r"] {
                assert!(seen.insert(ids.resource(prefix)), "{prefix} of {index}");
            }
            assert!(seen.insert(ids.mac_address("us-east-1a", 0)), "MAC of {index}");
            assert!(seen.insert(Identifiers::public_address(&seed, index).to_string()), "address of {index}");
        }
    }

    #[test]
    fn spread_is_a_permutation_of_any_size() {
        for size in [1, 2, 11, 59, 4091, 65_024] {
            let ids = Seed::from_text("spread").named("x");
            let places: HashSet<u32> = (0..size).map(|i| ids.spread(i, size)).collect();
            assert_eq!(places.len(), size as usize, "{size}");
            assert!(places.iter().all(|p| *p < size), "{size}");
        }
    }
}
