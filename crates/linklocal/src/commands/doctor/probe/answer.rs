//! An answer as it came: status line, header lines in their order and spelling, body (RFC 9112).

use super::ProbeError;

#[derive(Clone)]
pub(crate) struct Answer {
    /// `HTTP/1.1`, as in the status line.
    pub(crate) version: String,
    pub(crate) status: u16,
    pub(crate) reason: String,
    /// Names and values in the order and spelling of the wire.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// What came after the end that the head had announced.
    pub(crate) surplus: Vec<u8>,
    /// Whether the service closed the connection after the answer.
    pub(crate) closed: bool,
}

impl Answer {
    /// The answer at the start of `bytes`; `None` where more of it has to come, which it cannot once the connection has
    /// `ended`. What follows it is its surplus.
    pub(crate) fn parse(bytes: &[u8], to_head: bool, ended: bool) -> Result<Option<Self>, ProbeError> {
        let Some(end) = find(bytes, b"\r\n\r\n") else {
            if !bytes.is_empty() && !b"HTTP/".starts_with(&bytes[..bytes.len().min(5)]) {
                return Err(ProbeError::NotHttp);
            }
            return if ended { Err(ProbeError::Closed) } else { Ok(None) };
        };
        let (head, rest) = (&bytes[..end], &bytes[end + 4..]);
        let mut answer = Self::parse_head(head).ok_or(ProbeError::NotHttp)?;
        let Some((body, used)) = answer.framed(rest, to_head, ended) else {
            return if ended { Err(ProbeError::Cut) } else { Ok(None) };
        };
        answer.body = body;
        answer.surplus = rest[used..].to_vec();
        Ok(Some(answer))
    }

    fn parse_head(head: &[u8]) -> Option<Self> {
        let head = String::from_utf8_lossy(head);
        let mut lines = head.split("\r\n");
        let mut first = lines.next()?.splitn(3, ' ');
        let version = first.next().filter(|version| version.starts_with("HTTP/"))?.to_owned();
        let status = first.next()?.parse().ok()?;
        let reason = first.next().unwrap_or_default().to_owned();
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), value.trim().to_owned()))
        };
        let headers = lines.map(header).collect::<Option<_>>()?;
        Some(Self { version, status, reason, headers, body: Vec::new(), surplus: Vec::new(), closed: false })
    }

    /// The body at the start of `rest`, and how many bytes of the wire it took.
    fn framed(&self, rest: &[u8], to_head: bool, ended: bool) -> Option<(Vec<u8>, usize)> {
        if to_head || self.status < 200 || matches!(self.status, 204 | 304) {
            return Some((Vec::new(), 0));
        }
        if self.has("transfer-encoding", "chunked") {
            return dechunked(rest);
        }
        match self.header("content-length").map(str::parse::<usize>) {
            Some(Ok(length)) => Some((rest.get(..length)?.to_vec(), length)),
            Some(Err(_)) | None => ended.then(|| (rest.to_vec(), rest.len())),
        }
    }

    /// The first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Whether a header lists `option`.
    pub(crate) fn has(&self, name: &str, option: &str) -> bool {
        self.header(name)
            .is_some_and(|value| value.split(',').any(|item| item.trim().eq_ignore_ascii_case(option)))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A body in chunks, once its last chunk is there. Extensions and trailers are dropped.
fn dechunked(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut body, mut at) = (Vec::new(), 0);
    loop {
        let line = find(&bytes[at..], b"\r\n")?;
        let size = String::from_utf8_lossy(&bytes[at..at + line]);
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        at += line + 2;
        if size == 0 {
            return Some((body, at + find(&bytes[at - 2..], b"\r\n\r\n")? + 2));
        }
        let end = at.checked_add(size)?;
        body.extend_from_slice(bytes.get(at..end)?);
        at = end + 2;
        bytes.get(..at)?;
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str, to_head: bool, ended: bool) -> Option<(u16, String, String)> {
        let answer = Answer::parse(text.as_bytes(), to_head, ended).unwrap()?;
        Some((answer.status, answer.text(), String::from_utf8(answer.surplus).unwrap()))
    }

    #[test]
    fn bodies_end_where_the_head_says() {
        let is = |status, body: &str, surplus: &str| Some((status, body.to_owned(), surplus.to_owned()));
        let length = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
        assert_eq!(whole(&format!("{length}ab"), false, false), None);
        assert_eq!(whole(&format!("{length}abc"), false, false), is(200, "abc", ""));
        assert_eq!(whole(&format!("{length}abcd"), false, false), is(200, "abc", "d"));
        assert_eq!(whole(length, true, false), is(200, "", ""));
        let endless = "HTTP/1.0 404 \r\n\r\nab";
        assert_eq!(whole(endless, false, false), None);
        assert_eq!(whole(endless, false, true), is(404, "ab", ""));
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
        assert_eq!(whole(&chunked[..chunked.len() - 2], false, false), None);
        assert_eq!(whole(chunked, false, false), is(200, "abcde", ""));
        assert_eq!(whole(&format!("{chunked}z"), false, false), is(200, "abcde", "z"));
    }

    #[test]
    fn what_is_no_answer_is_told_apart() {
        let error =
            |text: &str, ended| Answer::parse(text.as_bytes(), false, ended).err().map(|e| e.to_string());
        assert_eq!(error("SSH-2.0-x\r\n", false), Some(ProbeError::NotHttp.to_string()));
        assert_eq!(error("HT", false), None);
        assert_eq!(error("HTTP/1.1 20", true), Some(ProbeError::Closed.to_string()));
        assert_eq!(error("HTTP/1.1 two OK\r\n\r\n", false), Some(ProbeError::NotHttp.to_string()));
        let cut = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab";
        assert_eq!(error(cut, true), Some(ProbeError::Cut.to_string()));
    }

    #[test]
    fn headers_keep_order_and_spelling() {
        let text = "HTTP/1.1 405 Not Allowed\r\nALLOW:OPTIONS, PUT\r\nx:  y \r\n\r\n";
        let answer = Answer::parse(text.as_bytes(), false, true).unwrap().unwrap();
        assert_eq!(answer.headers, [("ALLOW".into(), "OPTIONS, PUT".into()), ("x".into(), "y".into())]);
        assert_eq!((answer.reason.as_str(), answer.header("allow")), ("Not Allowed", Some("OPTIONS, PUT")));
        assert!(answer.has("Allow", "put") && !answer.has("Allow", "get"));
    }
}
