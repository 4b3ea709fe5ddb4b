//! Session tokens and encoded authorization messages: whatever was sealed comes back the same, and nothing else opens.

#![no_main]

use account::denial::{self, DenialRecord};
use account::{Keyring, MasterKey, SessionClaims, SessionIssuer, SessionPrincipal, SessionTag};
use libfuzzer_sys::fuzz_target;
use types::Timestamp;

fuzz_target!(|bytes: &[u8]| {
    let sessions = SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32])));
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mut claims = SessionClaims::new(
        "111122223333".parse().expect("twelve digits"),
        SessionPrincipal::Root,
        "",
        Timestamp::EPOCH,
        Timestamp::from_secs(3600),
    );
    claims.tags = text
        .split('\n')
        .skip(1)
        .map(|line| SessionTag { key: line.to_owned(), value: line.chars().rev().collect() })
        .collect();
    claims.policy = Some(text.clone());
    if let Ok(issued) = sessions.issue(&claims, bytes.len(), [9; 10]) {
        assert!(issued.token_size <= SessionIssuer::MAX_TOKEN);
        let id = &issued.credentials.access_key_id;
        let token = issued.credentials.session_token.as_ref().expect("a session has one");
        let opened = sessions.open(token.expose(), id, Timestamp::EPOCH).expect("it was just sealed");
        assert_eq!(opened.claims, claims);
        assert!(sessions.open(&text, id, Timestamp::EPOCH).is_err());
    }
    assert!(denial::decode(&sessions, &text).is_err());
    let context = text.split(' ').map(|word| (word.to_owned(), vec![text.clone()])).take(64).collect();
    let record = DenialRecord { resource: text.clone(), context, ..DenialRecord::default() };
    let message = denial::encode(&sessions, &record);
    assert!(message.len() <= 10_240 && denial::decode(&sessions, &message).is_ok());
});
