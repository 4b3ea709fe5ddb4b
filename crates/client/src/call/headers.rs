//! What SDKs tell services about retries: `amz-sdk-invocation-id`, the same for all attempts of a call, and
//! `amz-sdk-request`.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use types::Timestamp;

use crate::retry::Mode;

/// Puts both on an attempt. `ttl` is when its sender stops waiting, by the service's clock.
pub(super) fn put(headers: &mut HeaderMap, id: Option<&HeaderValue>, request: &str) {
    if let Some(id) = id {
        headers.insert(HeaderName::from_static(INVOCATION), id.clone());
    }
    if let Ok(request) = HeaderValue::from_str(request) {
        headers.insert(HeaderName::from_static(REQUEST), request);
    }
}

/// `ttl=20261122T121530Z; attempt=2; max=3`: the time where it is known, the number, and how many there may be. The SDKs before
/// the revision of 2026 say that from the second attempt on.
pub(super) fn request(mode: Mode, attempt: u32, max: u32, ttl: Option<Timestamp>) -> String {
    let is_silent = attempt == 1 && matches!(mode, Mode::Standard | Mode::Adaptive | Mode::Legacy);
    let mut text =
        ttl.map_or_else(String::new, |ttl| format!("ttl={}; ", String::from_utf8_lossy(&ttl.basic())));
    text.push_str(&format!("attempt={attempt}"));
    if !is_silent {
        text.push_str(&format!("; max={max}"));
    }
    text
}

/// When an attempt that is sent at `now` is given up, by the clock of a service that is `ahead` by so many milliseconds.
pub(super) fn ttl(now: Timestamp, patience: Duration, ahead: i64) -> Timestamp {
    Timestamp::from_millis((now + patience).millis().saturating_add(ahead))
}

/// A random UUID (RFC 9562 section 5.4).
pub(super) fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let parts = [&bytes[..4], &bytes[4..6], &bytes[6..8], &bytes[8..10], &bytes[10..]];
    parts.map(digits).join("-")
}

const INVOCATION: &str = "amz-sdk-invocation-id";
const REQUEST: &str = "amz-sdk-request";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_those_of_the_recorded_sdks() {
        let now = Timestamp::from_utc((2026, 11, 22), (12, 15, 0)).unwrap();
        let ttl = Some(ttl(now, Duration::from_secs(60), -30_000));
        assert_eq!(request(Mode::Standard21, 1, 3, None), "attempt=1; max=3");
        assert_eq!(request(Mode::Standard, 1, 3, None), "attempt=1");
        assert_eq!(request(Mode::Standard, 2, 3, ttl), "ttl=20261122T121530Z; attempt=2; max=3");
        assert_eq!(request(Mode::Exponential, 1, 6, None), "attempt=1; max=6");
    }

    #[test]
    fn invocation_is_a_random_uuid() {
        assert_eq!(uuid([0; 16]), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
