//! What tools that others made say of private keys as they are told: `ssh-keygen` and `openssl`, where there are any.

use std::path::Path;
use std::process::Command;

use super::catalogue::ask;
use super::world::World;

#[test]
fn ssh_keygen_and_openssl_take_the_keys() {
    let world = World::new();
    let directory = tempfile::tempdir().unwrap();
    for kind in ["rsa", "ed25519"] {
        let made = ask(&world, "CreateKeyPair", &[("KeyName", kind), ("KeyType", kind)]).unwrap();
        let (material, fingerprint) =
            (made.text("KeyMaterial").unwrap(), made.text("KeyFingerprint").unwrap());
        let key = directory.path().join(kind);
        let text = format!("{}\n", material.trim_end());
        sys::fs::replace(&key, text.as_bytes(), 0o600).unwrap();
        let described = [("KeyName.1", kind), ("IncludePublicKey", "true")];
        let described = ask(&world, "DescribeKeyPairs", &described).unwrap();
        let pair = described.structures("KeyPairs").next().unwrap();
        assert_eq!((pair.text("KeyType"), pair.text("KeyFingerprint")), (Some(kind), Some(fingerprint)));
        let public = pair.text("PublicKey").unwrap().rsplit_once(' ').unwrap().0;

        if let Some(told) = run("ssh-keygen", &["-y", "-P", "", "-f"], &key) {
            let told: Vec<&str> = told.split_whitespace().take(2).collect();
            assert_eq!(told.join(" "), public, "{kind}");
        }
        let expected = if kind == "rsa" { openssl_fingerprint(&key) } else { ssh_fingerprint(&key) };
        if let Some(expected) = expected {
            assert_eq!(fingerprint, expected, "{kind}");
        }
    }
}

/// Of the same key in PuTTY's form the lines are as PuTTY writes them; `puttygen` itself is asked where there is one.
#[test]
fn putty_keys_are_whole() {
    let world = World::new();
    let directory = tempfile::tempdir().unwrap();
    for (kind, algorithm) in [("rsa", "ssh-rsa"), ("ed25519", "ssh-ed25519")] {
        let with = [("KeyName", kind), ("KeyType", kind), ("KeyFormat", "ppk")];
        let made = ask(&world, "CreateKeyPair", &with).unwrap();
        let material = made.text("KeyMaterial").unwrap();
        let mut lines = material.split("\r\n");
        assert_eq!(lines.next(), Some(format!("PuTTY-User-Key-File-2: {algorithm}").as_str()));
        for kept in ["Public-Lines: ", "Private-Lines: "] {
            let count = lines.find_map(|line| line.strip_prefix(kept)).unwrap().parse::<usize>().unwrap();
            let body: Vec<&str> = lines.by_ref().take(count).collect();
            assert!(
                body.iter().all(|line| !line.is_empty() && line.len() <= 64 && !line.contains(':')),
                "{body:?}"
            );
        }
        assert!(lines.next().unwrap().starts_with("Private-MAC: "));
        let key = directory.path().join(kind);
        sys::fs::replace(&key, material.as_bytes(), 0o600).unwrap();
        if let Some(public) = run("puttygen", &["-O", "public-openssh"], &key) {
            assert!(public.starts_with(algorithm), "{public}");
        }
    }
}

fn openssl_fingerprint(key: &Path) -> Option<String> {
    let der = key.with_extension("der");
    let out = der.to_str().unwrap();
    run("openssl", &["pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-out", out, "-in"], key)?;
    let digest = run("openssl", &["sha1", "-c"], &der)?;
    Some(digest.trim().rsplit_once("= ")?.1.to_owned())
}

fn ssh_fingerprint(key: &Path) -> Option<String> {
    let told = run("ssh-keygen", &["-l", "-f"], key)?;
    let digest = told.split_whitespace().find_map(|word| word.strip_prefix("SHA256:"))?;
    Some(format!("{digest}="))
}

/// What a tool says of a file; `None` where there is no such tool.
fn run(tool: &str, arguments: &[&str], file: &Path) -> Option<String> {
    let output = match Command::new(tool).args(arguments).arg(file).output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => panic!("{tool}: {error}"),
    };
    assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}
