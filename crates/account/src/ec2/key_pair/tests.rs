//! Keys that `ssh-keygen` made (`testdata/key_pairs`), fingerprints that `openssl` and `ssh-keygen` tell of them.

use super::*;

const RSA: &str = include_str!("../../../testdata/key_pairs/rsa.pub");
const RSA_RFC4716: &str = include_str!("../../../testdata/key_pairs/rsa.rfc4716");
const RSA_PEM: &str = include_str!("../../../testdata/key_pairs/rsa.pem");
const ED25519: &str = include_str!("../../../testdata/key_pairs/ed25519.pub");
const ED25519_RFC4716: &str = include_str!("../../../testdata/key_pairs/ed25519.rfc4716");

/// `openssl pkey -pubin -in rsa.pem -outform DER | openssl md5 -c`
const RSA_FINGERPRINT: &str = "74:36:4a:69:d6:c2:5c:b0:08:46:56:0c:fe:f9:b1:63";

/// `ssh-keygen -lf ed25519.pub`, padded.
const ED25519_FINGERPRINT: &str = "FaHk7dX1xb6Xe91yyGns/amd8Zg/SBOpCP4cL0F9OHc=";

#[test]
fn every_form_of_a_public_key_is_the_same_key() {
    let der: String = RSA_PEM.lines().filter(|line| !line.starts_with("---")).collect();
    for (form, kind, fingerprint) in [
        (RSA, "rsa", RSA_FINGERPRINT),
        (RSA_RFC4716, "rsa", RSA_FINGERPRINT),
        (RSA_PEM, "rsa", RSA_FINGERPRINT),
        (&der, "rsa", RSA_FINGERPRINT),
        (ED25519, "ed25519", ED25519_FINGERPRINT),
        (ED25519_RFC4716, "ed25519", ED25519_FINGERPRINT),
    ] {
        let key = PublicKey::read(form.as_bytes()).unwrap();
        let original = if kind == "rsa" { RSA } else { ED25519 };
        let body: Vec<&str> = original.split(' ').take(2).map(str::trim).collect();
        assert_eq!(key.openssh(), body.join(" "), "{form}");
        assert_eq!((key.kind(), key.fingerprint().as_str()), (kind, fingerprint), "{form}");
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let body = RSA.split(' ').nth(1).unwrap();
    for (material, code) in [
        (String::new(), "InvalidKey.Format"),
        ("ssh-rsa".to_owned(), "InvalidKey.Format"),
        ("ssh-rsa AAAA".to_owned(), "InvalidKey.Format"),
        (format!("ssh-ed25519 {body}"), "InvalidKey.Format"),
        (format!("ssh-dss {body}"), "InvalidKey.Format"),
        (format!("command=\"id\" ssh-rsa {body}"), "InvalidKey.Format"),
        (format!("{}\n{}", RSA.trim(), ED25519.trim()), "InvalidKey.Format"),
        (format!("ssh-rsa {}", &body[..body.len() - 4]), "InvalidKey.Format"),
        (format!("ssh-rsa {body}AAAA"), "InvalidKey.Format"),
        ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA".to_owned(), "InvalidKey.Format"),
        ("x".repeat(2049), "InvalidParameterValue"),
    ] {
        assert_eq!(PublicKey::read(material.as_bytes()).unwrap_err().code, code, "{material}");
    }
    PublicKey::read(&[0xff; 40]).unwrap_err();
}

/// A key of bytes that all are 7, as `ssh-keygen -y` and PuTTY read it.
#[test]
fn private_keys_are_told_in_each_form() {
    let key = PrivateKey::ed25519([7; 32], [9; 32]);
    let pem = key.material(KeyFormat::Pem, "name", [1; 4]);
    assert!(pem.expose().starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU"));
    assert!(pem.expose().ends_with("-----END OPENSSH PRIVATE KEY-----\n"));
    let ppk = key.material(KeyFormat::Ppk, "name", [1; 4]);
    let lines: Vec<&str> = ppk.expose().split("\r\n").collect();
    assert_eq!(lines[..3], ["PuTTY-User-Key-File-2: ssh-ed25519", "Encryption: none", "Comment: name"]);
    assert_eq!((lines[3], lines[6]), ("Public-Lines: 2", "Private-Lines: 1"));
    assert_eq!((lines[8].len(), lines[8].starts_with("Private-MAC: ")), (53, true));
    assert!(!format!("{key:?}").contains("7, 7"), "{key:?}");
    assert!(PrivateKey::rsa(vec![0x30, 0x00]).is_none());
}

#[test]
fn names_are_unique_in_a_region_by_case() {
    let (east, west): (Region, Region) = ("us-east-1".parse().unwrap(), "us-west-2".parse().unwrap());
    let mut directory = Directory::new(types::Partition::Aws, "111122223333".parse().unwrap());
    let key = PublicKey::read(ED25519.as_bytes()).unwrap();
    let make = |directory: &mut Directory, region: &Region, name: &str, random: u8| {
        let new = NewKeyPair {
            region,
            key_name: name,
            public_key: &key,
            key_fingerprint: key.fingerprint(),
            tags: Vec::new(),
        };
        create(directory, &new, Timestamp::EPOCH, [random; 8])
    };
    let made = make(&mut directory, &east, "web", 1).unwrap();
    assert_eq!(made.key_pair_id, "key-00101010101010101");
    make(&mut directory, &east, "Web", 2).unwrap();
    make(&mut directory, &west, "web", 3).unwrap();
    for (name, code) in [
        ("web", "InvalidKeyPair.Duplicate"),
        ("", "InvalidParameterValue"),
        (" web", "InvalidParameterValue"),
        ("w\u{e4}b", "InvalidParameterValue"),
        ("w\nb", "InvalidParameterValue"),
        (&"x".repeat(256), "InvalidParameterValue"),
    ] {
        assert_eq!(make(&mut directory, &east, name, 4).unwrap_err().code, code, "{name}");
    }
    assert_eq!(named(&directory, &west, "Web").unwrap_err().message, "The key pair 'Web' does not exist");
    assert_eq!(delete(&mut directory, &west, Some("web"), None).as_deref(), Some("key-00303030303030303"));
    assert_eq!(delete(&mut directory, &west, Some("web"), None), None);
    assert_eq!(delete(&mut directory, &west, None, Some("key-00101010101010101")), None);
    assert!(delete(&mut directory, &east, None, Some("key-00101010101010101")).is_some());
    assert_eq!(of_region(&directory, &east).count(), 1);
}
