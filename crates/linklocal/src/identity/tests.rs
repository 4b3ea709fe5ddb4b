//! The openssl command is the witness: the commands are those of the EC2 user guide ("Verify the instance identity
//! document for an Amazon EC2 instance").

use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Barrier};

use tempfile::TempDir;

use super::*;

#[test]
fn openssl_verifies_all_three_with_the_certificate() {
    let site = Site::new();
    site.put("document", DOCUMENT);
    let dsa = "smime -verify -in pkcs7 -inform PEM -certfile dsa.pem -noverify";
    let rsa = "smime -verify -in rsa2048 -inform PEM -certfile rsa-2048.pem -noverify";
    let with_content = "smime -verify -in pkcs7 -inform PEM -content document -certfile dsa.pem -noverify";
    // `cms` also compares the algorithms with those that the signature covers.
    let dsa_cms = "cms -verify -in pkcs7 -inform PEM -certfile dsa.pem -noverify -binary";
    let rsa_cms = "cms -verify -in rsa2048 -inform PEM -certfile rsa-2048.pem -CAfile ca.pem -binary";
    for command in [dsa, rsa, with_content, dsa_cms, rsa_cms] {
        let found = site.openssl(command);
        assert_eq!(found.stdout, DOCUMENT.as_bytes(), "{command}: {found:?}");
        assert!(talk(&found).contains("erification successful"), "{command}: {found:?}");
    }
    let key = site.openssl("x509 -pubkey -noout -in rsa-1024.pem").stdout;
    site.put("key", std::str::from_utf8(&key).unwrap());
    let found = site.openssl("dgst -sha256 -verify key -signature signature document");
    assert_eq!(found.stdout, b"Verified OK\n");
}

#[test]
fn openssl_verifies_the_chain_up_to_the_authority() {
    let site = Site::new();
    for (body, certificate) in [("pkcs7", "dsa.pem"), ("rsa2048", "rsa-2048.pem")] {
        let chain = format!("smime -verify -in {body} -inform PEM -certfile {certificate} -CAfile ca.pem");
        assert_eq!(site.openssl(&chain).stdout, DOCUMENT.as_bytes());
    }
    for certificate in ["ca.pem", "rsa-1024.pem", "dsa.pem", "rsa-2048.pem"] {
        let found = site.openssl(&format!("verify -x509_strict -CAfile ca.pem {certificate}"));
        assert_eq!(talk(&found), format!("{certificate}: OK\n"));
    }
    let other = Site::new_with(&new_keys(2));
    site.put("other.pem", &other.text("ca.pem"));
    let found = site.openssl_fails("smime -verify -in pkcs7 -inform PEM -certfile dsa.pem -CAfile other.pem");
    assert!(talk(&found).contains("Verify error"), "{found:?}");
}

#[test]
fn openssl_refuses_a_document_that_was_changed() {
    let site = Site::new();
    let changed = DOCUMENT.replace("t3.micro", "t3.large");
    site.put("changed", &changed);
    let key = site.openssl("x509 -pubkey -noout -in rsa-1024.pem").stdout;
    site.put("key", std::str::from_utf8(&key).unwrap());
    let found = site.openssl_fails("dgst -sha256 -verify key -signature signature changed");
    assert!(talk(&found).contains("Verification failure"), "{found:?}");

    for (body, kind, certificate) in
        [("pkcs7", SignatureKind::Pkcs7, "dsa.pem"), ("rsa2048", SignatureKind::Rsa2048, "rsa-2048.pem")]
    {
        let mut der = site.der(kind);
        let at = der.windows(8).position(|window| window == b"t3.micro").unwrap();
        der[at..at + 8].copy_from_slice(b"t3.large");
        site.put("changed", &pem::block("PKCS7", &der));
        let verify = format!("smime -verify -in changed -inform PEM -certfile {certificate} -noverify");
        let found = site.openssl_fails(&verify);
        assert!(talk(&found).contains("digest failure"), "{body}: {found:?}");
    }
}

#[test]
fn keys_and_certificates_are_well_formed() {
    let site = Site::new();
    for (at, key) in pem::blocks("PRIVATE KEY", &site.text("keys.pem")).unwrap().iter().enumerate() {
        site.put("key", &pem::block("PRIVATE KEY", key));
        let check = site.openssl("pkey -in key -check -noout");
        assert!(talk(&check).contains("Key is valid"), "key {at}: {check:?}");
    }
    let root = talk(&site.openssl("x509 -in ca.pem -noout -text"));
    for line in ["O = linklocal, OU = Instance identity, CN = linklocal CA ", "CA:TRUE", "Certificate Sign"] {
        assert!(root.contains(line), "{root}");
    }
    let sizes = [("rsa-1024.pem", "(1024 bit)"), ("dsa.pem", "(1024 bit)"), ("rsa-2048.pem", "(2048 bit)")];
    for (certificate, size) in sizes {
        let text = talk(&site.openssl(&format!("x509 -in {certificate} -noout -text")));
        for line in
            [size, "Version: 3 (0x2)", "CA:FALSE", "Digital Signature", "Not Before: Jan  1 00:00:00 1970"]
        {
            assert!(text.contains(line), "{certificate}: {line}: {text}");
        }
    }
}

#[test]
fn bodies_have_the_form_and_length_seen_on_ec2() {
    let site = Site::new();
    assert_eq!(DOCUMENT.len(), 474);
    // A DSA signature is a byte longer for each half that has its top bit set, and shorter when one starts with zeros.
    let cases = [
        (SignatureKind::Signature, 174..=174),
        (SignatureKind::Pkcs7, 1163..=1171),
        (SignatureKind::Rsa2048, 1487..=1487),
    ];
    for (kind, lengths) in cases {
        let body = site.body(kind);
        assert!(lengths.contains(&body.len()), "{kind:?}: {}", body.len());
        let lines: Vec<&str> = body.split('\n').collect();
        let (last, full) = lines.split_last().unwrap();
        assert!(full.iter().all(|line| line.len() == 76) && (1..=76).contains(&last.len()), "{body}");
    }
    // The start of both is the same on every instance: sizes are not written, and the document follows.
    assert!(
        site.body(SignatureKind::Pkcs7)
            .starts_with("MIAGCSqGSIb3DQEHAqCAMIACAQExCzAJBgUrDgMCGgUAMIAGCSqGSIb3DQEHAaCAJIAE")
    );
}

#[test]
fn signed_data_holds_what_ec2_puts_there() {
    let site = Site::new();
    for body in ["pkcs7", "rsa2048"] {
        let text = talk(&site.openssl(&format!("asn1parse -in {body} -inform PEM")));
        let mut rest = text.as_str();
        // In this order, whatever stands between. Names of newer attributes depend on openssl's version.
        for part in [
            "l=inf  cons: SEQUENCE",
            ":pkcs7-signedData",
            "l=inf  cons: OCTET STRING",
            "l= 474 prim: OCTET STRING",
            ":linklocal CA ",
            ":contentType",
            ":signingTime",
            ":261121082200Z",
        ] {
            let (_, after) = rest.split_once(part).unwrap_or_else(|| panic!("{part}: {text}"));
            rest = after;
        }
        assert!(rest.contains(":messageDigest"), "{text}");
        assert!(
            rest.contains(":1.2.840.113549.1.9.52") || rest.contains("id-aa-CMSAlgorithmProtection"),
            "{text}"
        );
        assert!(!text.contains("X509v3"), "the certificate is not inside: {text}");
    }
}

#[test]
fn long_documents_and_late_launches_are_signed() {
    let site = Site::new();
    let late = DOCUMENT.replace("2026-", "2051-").replace("null", &format!("[ \"{}\" ]", "x".repeat(1500)));
    for (kind, certificate) in [(SignatureKind::Pkcs7, "dsa.pem"), (SignatureKind::Rsa2048, "rsa-2048.pem")] {
        let body = site.authority.sign(late.as_bytes(), kind).unwrap();
        site.put("late", &armoured(&body));
        let verify = format!("smime -verify -in late -inform PEM -certfile {certificate} -CAfile ca.pem");
        assert_eq!(site.openssl(&verify).stdout, late.as_bytes());
    }
}

#[test]
fn same_document_gets_the_same_bytes_after_a_restart() {
    let site = Site::new();
    let restarted = Authority::open(site.path().to_owned(), Entropy::seeded(99));
    for kind in KINDS {
        let again = restarted.sign(DOCUMENT.as_bytes(), kind).unwrap();
        assert_eq!(again, site.body(kind), "{kind:?}");
        assert_eq!(again, site.body(kind), "{kind:?}, second reading");
    }
}

#[test]
fn certificates_come_back_when_removed() {
    let site = Site::new();
    let before = site.text("dsa.pem");
    sys::fs::remove(&site.path().join("dsa.pem")).unwrap();
    site.put("ca.pem", "not a certificate");
    Authority::open(site.path().to_owned(), Entropy::system()).prepare().unwrap();
    assert_eq!(site.text("dsa.pem"), before);
    site.openssl("verify -CAfile ca.pem dsa.pem");
}

#[test]
fn document_without_a_launch_time_is_refused() {
    let site = Site::new();
    let error = site.authority.sign(b"{}", SignatureKind::Pkcs7).unwrap_err();
    assert!(error.0.starts_with("its pendingTime cannot be read: missing field"), "{error}");
    site.authority.sign(b"{}", SignatureKind::Signature).unwrap();
}

#[test]
fn damaged_key_file_is_named() {
    let site = Site::new();
    let good = site.text("keys.pem");
    let middle = good.len() / 2;
    let flipped = if &good[middle..=middle] == "A" { "B" } else { "A" };
    let wrong_bit = [&good[..middle], flipped, &good[middle + 1..]].concat();
    let fewer = KeyRing::from_text(&good).unwrap().to_text().replacen("PRIVATE KEY", "PUBLIC KEY", 2);
    let (_, fewer) = fewer.split_once('\n').unwrap();
    let cases = [
        ("", "the first line is not `linklocal identity keys, sha256` and a checksum"),
        (good.split_once('\n').unwrap().1, "the first line is not"),
        (&good[..middle], "does not match its checksum"),
        (&wrong_bit, "does not match its checksum"),
        (&with_checksum(fewer), "the keys are not those of this version"),
    ];
    for (text, reason) in cases {
        site.put("keys.pem", text);
        let error = Authority::open(site.path().to_owned(), Entropy::system())
            .sign(DOCUMENT.as_bytes(), SignatureKind::Signature)
            .unwrap_err()
            .to_string();
        let file = format!("key file {} is damaged: ", site.path().join("keys.pem").display());
        assert!(error.contains(&file) && error.contains(reason), "{error}");
        assert!(error.ends_with("remove it to start with a new authority"), "{error}");
        assert_eq!(site.text("keys.pem"), text, "a damaged file is left as it is");
    }
}

#[test]
fn those_who_start_together_share_one_authority() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("data/identity");
    let start = Arc::new(Barrier::new(2));
    // Two authorities stand for two processes; each is asked by two threads at once.
    let asked: Vec<_> = (0..2)
        .flat_map(|seed| {
            let authority = Arc::new(Authority::open(path.clone(), Entropy::seeded(seed)));
            [authority.clone(), authority]
        })
        .collect();
    let bodies: Vec<_> = std::thread::scope(|scope| {
        let ask = |authority: Arc<Authority>| {
            let start = start.clone();
            scope.spawn(move || {
                start.wait();
                KINDS.map(|kind| authority.sign(DOCUMENT.as_bytes(), kind).unwrap())
            })
        };
        let threads: Vec<_> = asked.into_iter().map(ask).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    let mut names: Vec<_> = path.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["ca.pem", "dsa.pem", "keys.pem", "rsa-1024.pem", "rsa-2048.pem"]);
    assert_eq!((mode(&path), mode(&path.join("keys.pem"))), (0o700, 0o600));
}

#[test]
fn opening_touches_nothing_and_debug_shows_no_key() {
    let dir = TempDir::new().unwrap();
    let authority = Authority::open(dir.path().join("identity"), Entropy::seeded(0));
    assert_eq!(format!("{authority:?}"), format!("Authority {{ directory: {:?}, .. }}", authority.directory));
    assert_eq!(dir.path().read_dir().unwrap().count(), 0);
}

#[test]
fn unwritable_directory_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let authority = Authority::open(file.path().join("identity"), Entropy::seeded(0));
    let error = with_causes(&authority.prepare().unwrap_err());
    assert!(error.contains("identity cannot be made; check that this user may write above it"), "{error}");
}

/// A directory with an authority in it and the three bodies as the user guide has them saved.
struct Site {
    dir: TempDir,
    authority: Authority,
}

impl Site {
    fn new() -> Self {
        static KEYS: OnceLock<String> = OnceLock::new();
        Self::new_with(KEYS.get_or_init(|| new_keys(1)))
    }

    fn new_with(keys: &str) -> Self {
        let dir = TempDir::new().unwrap();
        sys::fs::replace(&dir.path().join("keys.pem"), keys.as_bytes(), 0o600).unwrap();
        let site = Self { authority: Authority::open(dir.path().to_owned(), Entropy::seeded(0)), dir };
        sys::fs::replace(&site.path().join("signature"), &site.der(SignatureKind::Signature), 0o600).unwrap();
        site.put("pkcs7", &armoured(site.body(SignatureKind::Pkcs7).as_bytes()));
        site.put("rsa2048", &armoured(site.body(SignatureKind::Rsa2048).as_bytes()));
        site
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn put(&self, name: &str, text: &str) {
        sys::fs::replace(&self.path().join(name), text.as_bytes(), 0o600).unwrap();
    }

    fn text(&self, name: &str) -> String {
        sys::fs::read_text(&self.path().join(name), 1 << 20).unwrap()
    }

    fn body(&self, kind: SignatureKind) -> String {
        let body = self.authority.sign(DOCUMENT.as_bytes(), kind).unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    fn der(&self, kind: SignatureKind) -> Vec<u8> {
        let block = format!("-----BEGIN X-----\n{}\n-----END X-----\n", self.body(kind));
        pem::blocks("X", &block).unwrap()[0].to_vec()
    }

    fn openssl(&self, command: &str) -> Output {
        let output = self.run(command);
        assert!(output.status.success(), "openssl {command}: {output:?}");
        output
    }

    fn openssl_fails(&self, command: &str) -> Output {
        let output = self.run(command);
        assert!(!output.status.success(), "openssl {command}: {output:?}");
        output
    }

    fn run(&self, command: &str) -> Output {
        let mut openssl = Command::new("openssl");
        openssl.args(command.split(' ')).current_dir(self.path()).output().expect("openssl is installed")
    }
}

/// The user guide's way of saving a body: between the lines that IMDS leaves out.
fn armoured(body: &[u8]) -> String {
    format!("-----BEGIN PKCS7-----\n{}\n-----END PKCS7-----\n", std::str::from_utf8(body).unwrap())
}

fn new_keys(seed: u64) -> String {
    KeyRing::generate(&Entropy::seeded(seed)).unwrap().to_text().to_string()
}

fn with_checksum(blocks: &str) -> String {
    format!("linklocal identity keys, sha256 {}\n{blocks}", key_ring::checksum(blocks))
}

fn talk(output: &Output) -> String {
    [&*output.stdout, &*output.stderr].map(String::from_utf8_lossy).concat()
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().unwrap().permissions().mode() & 0o777
}

const KINDS: [SignatureKind; 3] = [SignatureKind::Signature, SignatureKind::Pkcs7, SignatureKind::Rsa2048];

/// As long as the one seen on EC2.
const DOCUMENT: &str = r#"{
  "accountId" : "111122223333",
  "architecture" : "x86_64",
  "availabilityZone" : "us-east-1a",
  "billingProducts" : null,
  "devpayProductCodes" : null,
  "marketplaceProductCodes" : null,
  "imageId" : "ami-0fef201115eefe936",
  "instanceId" : "i-0123456789abcdef0",
  "instanceType" : "t3.micro",
  "kernelId" : null,
  "pendingTime" : "2026-11-21T08:22:00Z",
  "privateIp" : "10.0.12.10",
  "ramdiskId" : null,
  "region" : "us-east-1",
  "version" : "2017-09-30"
}"#;
