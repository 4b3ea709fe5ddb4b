//! The `Date` header, written once per second.

use arc_swap::ArcSwap;
use http::HeaderValue;
use types::Timestamp;

/// The last second's header value.
#[derive(Debug)]
pub struct DateCache(ArcSwap<(i64, HeaderValue)>);

impl DateCache {
    pub fn new() -> Self {
        Self(ArcSwap::from_pointee((0, http_date(Timestamp::EPOCH))))
    }

    /// The value at this moment.
    pub fn at(&self, now: Timestamp) -> HeaderValue {
        let last = self.0.load();
        if last.0 == now.secs() {
            return last.1.clone();
        }
        let value = http_date(now);
        self.0.store((now.secs(), value.clone()).into());
        value
    }
}

impl Default for DateCache {
    fn default() -> Self {
        Self::new()
    }
}

/// `Sat, 21 Nov 2026 08:22:00 GMT`
pub fn http_date(time: Timestamp) -> HeaderValue {
    HeaderValue::from_maybe_shared(bytes::Bytes::from(time.http_date())).expect("dates are ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_clock_both_ways() {
        let dates = DateCache::new();
        for secs in [0, 1_548_061_243, 1_548_061_243, 5] {
            let now = Timestamp::from_secs(secs);
            assert_eq!(dates.at(now), now.http_date());
        }
    }
}
