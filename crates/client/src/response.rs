//! An answer, read to its end.

use std::fmt;

use http::HeaderMap;
use types::{Secret, Timestamp};

/// Status, headers and body. The body is wiped on drop: answers of these endpoints are credentials.
#[derive(Clone)]
pub struct Response {
    status: u16,
    headers: HeaderMap,
    body: Secret<Vec<u8>>,
}

impl Response {
    pub fn new(status: u16, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { status, headers, body: Secret::new(body) }
    }

    pub const fn status(&self) -> u16 {
        self.status
    }

    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The first field of this name, if it is visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn body(&self) -> &[u8] {
        self.body.expose()
    }

    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Status, headers and body.
    pub fn into_parts(self) -> (u16, HeaderMap, Secret<Vec<u8>>) {
        (self.status, self.headers, self.body)
    }

    /// The server's time, to the second, when it wrote the answer.
    pub fn date(&self) -> Option<Timestamp> {
        http_date(self.header("date")?)
    }
}

/// The body is a secret, and headers may be: status only.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7). The two older forms are not written by anybody who is asked here.
pub(crate) fn http_date(text: &str) -> Option<Timestamp> {
    let (_, rest) = text.split_once(", ")?;
    let parts: Vec<&str> = rest.split(' ').collect();
    let [day, month, year, time, "GMT"] = parts[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let clock: Vec<i64> = time.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hour, minute, second] = clock[..] else { return None };
    let date = (year.parse().ok()?, i64::try_from(month).ok()?, day.parse().ok()?);
    Timestamp::from_utc(date, (hour, minute, second))
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_is_read_as_it_is_written() {
        let time = Timestamp::from_secs(1_548_061_243);
        assert_eq!(http_date(&time.http_date()), Some(time));
        for text in [
            "",
            "Sunday",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 6 X 1994 0:0:0 GMT",
        ] {
            assert_eq!(http_date(text), None, "{text}");
        }
    }

    #[test]
    fn debug_shows_neither_headers_nor_body() {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-token", "hunter2".parse().unwrap());
        let response = Response::new(200, headers, b"hunter2".to_vec());
        assert_eq!(format!("{response:?}"), "Response { status: 200, .. }");
    }
}
