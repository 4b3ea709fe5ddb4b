//! Texts with a form of their own: whatever these types hold is valid.
//!
//! Forms follow EC2 (API reference, EC2 user guide "Resource IDs") and IAM (quotas for names). Deserializing checks, so
//! that a wrong text is reported at its place in the file.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text that is not of its form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{noun} {text:?} is not {form}")]
pub struct TextError {
    noun: &'static str,
    /// The first 60 characters of what was given.
    text: String,
    form: &'static str,
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $noun:literal, $check:expr, $form:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                let valid: fn(&str) -> bool = $check;
                if valid(&text) {
                    return Ok(Self(text));
                }
                Err(TextError { noun: $noun, text: text.chars().take(60).collect(), form: $form })
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                Self::try_from(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

texts! {
    ImageId: "image id", |t| is_resource(t, "ami-"), "ami- and 17 (or 8) lower-case hexadecimal digits";
    KernelId: "kernel id", |t| is_resource(t, "aki-"), "aki- and 17 (or 8) lower-case hexadecimal digits";
    RamdiskId: "RAM disk id", |t| is_resource(t, "ari-"), "ari- and 17 (or 8) lower-case hexadecimal digits";
    ReservationId: "reservation id", |t| is_resource(t, "r-"), "r- and 17 (or 8) lower-case hexadecimal digits";
    HostId: "host id", |t| is_resource(t, "h-"), "h- and 17 (or 8) lower-case hexadecimal digits";
    InterfaceId: "network interface id", |t| is_resource(t, "eni-"),
        "eni- and 17 (or 8) lower-case hexadecimal digits";
    SubnetId: "subnet id", |t| is_resource(t, "subnet-"), "subnet- and 17 (or 8) lower-case hexadecimal digits";
    VpcId: "VPC id", |t| is_resource(t, "vpc-"), "vpc- and 17 (or 8) lower-case hexadecimal digits";
    GroupId: "security group id", |t| is_resource(t, "sg-"), "sg- and 17 (or 8) lower-case hexadecimal digits";
    EventId: "event id", |t| is_resource(t, "instance-event-"),
        "instance-event- and 17 (or 8) lower-case hexadecimal digits";
    /// A family, a point and a size.
    InstanceType: "instance type", is_instance_type, "a family, a point and a size, like t3.micro";
    /// A zone, local zone or Wavelength zone.
    AvailabilityZone: "availability zone", is_zone, "a region and a letter, like us-east-1a";
    ZoneId: "availability zone id", is_zone_id, "like use1-az4";
    /// A MAC address, lower case: capitals are accepted nowhere, because EC2 never writes them.
    MacAddress: "MAC address", is_mac, "six pairs of lower-case hexadecimal digits with colons, like 0e:49:61:0f:c3:11";
    /// A device, with or without `/dev/`.
    DeviceName: "device name", is_device, "a device like /dev/xvda or sdb: letters and digits, /dev/ optional";
    /// 1 to 255 characters that are not blank at the ends; printed on one line.
    GroupName: "security group name", is_group_name,
        "1 to 255 printable characters without sg- at the start (write { group-name = …, group-id = \"sg-…\" } for an id)";
    PlacementGroupName: "placement group name", |t| is_line(t, 255), "1 to 255 printable characters";
    KeyName: "key pair name", |t| is_line(t, 255), "1 to 255 printable characters";
    HostName: "host name", is_host_name, "labels of letters, digits and hyphens with points between, at most 253 characters";
    /// One line of a listing.
    Line: "value", |t| is_line(t, 1024), "1 to 1024 printable characters on one line";
    /// A build of the metadata service.
    MetadataVersion: "metadata version", is_version, "a build like 2021-03-23 or 1.0";
    UserName: "user name", |t| is_line(t, 64) && !t.contains('/'), "1 to 64 printable characters without /";
    /// A name that becomes a path segment.
    AssociationId: "association id", |t| is_line(t, 64) && !t.contains('/'), "1 to 64 printable characters without /";
    /// SHA-1 in hexadecimal digits.
    Fingerprint: "certificate fingerprint", |t| t.len() == 40 && is_hex(t), "40 lower-case hexadecimal digits";
}

/// Whether the text is a prefix and 17 or 8 hexadecimal digits.
pub(super) fn is_resource(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|hex| matches!(hex.len(), 8 | 17) && is_hex(hex))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_instance_type(text: &str) -> bool {
    let part = |p: &str| {
        !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.split_once('.').is_some_and(|(family, size)| part(family) && part(size))
}

fn is_zone(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').collect();
    let spelled = |w: &&str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = text.as_bytes();
    let lettered =
        matches!(bytes, [.., digit, letter] if digit.is_ascii_digit() && letter.is_ascii_lowercase());
    text.len() <= 64 && words.len() >= 3 && words.iter().all(spelled) && lettered
}

fn is_zone_id(text: &str) -> bool {
    let spelled = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let number = text.rsplit_once("-az").map(|(_, number)| number);
    text.len() <= 64
        && text.split('-').all(spelled)
        && number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

fn is_mac(text: &str) -> bool {
    text.len() == 17 && text.split(':').filter(|pair| pair.len() == 2 && is_hex(pair)).count() == 6
}

fn is_device(text: &str) -> bool {
    let name = text.strip_prefix("/dev/").unwrap_or(text);
    let lettered = name.starts_with(|c: char| c.is_ascii_lowercase());
    lettered && name.len() <= 32 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

fn is_group_name(text: &str) -> bool {
    is_line(text, 255) && !text.starts_with("sg-")
}

fn is_host_name(text: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(label)
}

fn is_version(text: &str) -> bool {
    let shape =
        |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    text == "1.0" || (text.len() == 10 && text.bytes().enumerate().all(shape))
}

fn is_line(text: &str, most: usize) -> bool {
    !text.is_empty()
        && text.chars().count() <= most
        && text.trim() == text
        && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_ec2_writes() {
        for text in ["t3.micro", "u-6tb1.metal", "mac2-m2pro.metal", "c7gn.16xlarge"] {
            assert!(is_instance_type(text), "{text}");
        }
        for text in ["us-east-1a", "us-west-2-lax-1a", "us-east-1-wl1-bos-wlz-1", "eusc-de-east-1a"] {
            assert_eq!(is_zone(text), text.ends_with('a'), "{text}");
        }
        for text in ["use1-az4", "usw2-lax1-az1", "usgw1-az3"] {
            assert!(is_zone_id(text), "{text}");
        }
        for text in ["/dev/xvda", "sdb", "/dev/nvme0n1", "sda3"] {
            assert!(is_device(text), "{text}");
        }
        for text in ["1.0", "2021-03-23"] {
            assert!(is_version(text), "{text}");
        }
    }

    #[test]
    fn refuses_what_has_another_form() {
        for text in ["", "t3", "T3.micro", ".micro", "t3.", "3t.micro", "t3.micro.x y"] {
            assert!(!is_instance_type(text), "{text}");
        }
        for text in [
            "0E:49:61:0f:c3:11",
            "0e-49-61-0f-c3-11",
            "0e:49:61:0f:c3",
            "0e:49:61:0f:c3:1",
            "0e:4961:0f:c3:11:",
        ] {
            assert!(!is_mac(text), "{text}");
        }
        for text in ["vpc-", "vpc-0123456789abcdef", "vpc-0123456789ABCDEF0", "subnet-0123456789abcdef0"] {
            assert!(!is_resource(text, "vpc-"), "{text}");
        }
        for text in ["/dev/", "xvda/", "C:", "/DEV/sda", " sdb"] {
            assert!(!is_device(text), "{text}");
        }
        for text in ["use1", "us-east-1a", "use1-az", "az1"] {
            assert!(!is_zone_id(text), "{text}");
        }
    }
}
