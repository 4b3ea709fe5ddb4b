//! Redirects, where somebody asks for them to be followed: never for a document with credentials, never for a signed request.
//!
//! Rule: what was meant for one host is not told to another, nor without encryption what was asked with it (RFC 9110 section 15.4).

use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE,
    COOKIE, HOST, LOCATION, PROXY_AUTHORIZATION,
};
use http::{HeaderMap, HeaderName, Method, Request, Uri};

use crate::{Body, Client, ClientError, Limits, Streaming, origin};

impl Client {
    /// The answer at the end of at most `hops` redirects, and where it came from. At another scheme, host or port, headers with
    /// credentials are left behind.
    pub async fn follow(
        &self,
        mut request: Request<Body>,
        limits: &Limits,
        hops: usize,
    ) -> Result<(Streaming, Uri), ClientError> {
        for _ in 0..hops {
            let answer = self.stream(request.clone(), limits).await?;
            let at = request.uri().clone();
            let Some(target) = target(&answer, &at)? else { return Ok((answer, at)) };
            let refused = || refused(&at, answer.status(), &target);
            if is_signed(request.headers()) || at.scheme_str() == Some("https") && !is_https(&target) {
                return Err(refused());
            }
            redirect(&mut request, answer.status(), target);
        }
        let answer = self.stream(request.clone(), limits).await?;
        match target(&answer, request.uri())? {
            None => Ok((answer, request.uri().clone())),
            Some(target) => Err(refused(request.uri(), answer.status(), &target)),
        }
    }
}

/// Where the answer sends its reader; `None` where it is the answer.
fn target(answer: &Streaming, at: &Uri) -> Result<Option<Uri>, ClientError> {
    let Some(location) = answer.headers().get(LOCATION) else { return Ok(None) };
    if !matches!(answer.status(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let target = location.to_str().ok().and_then(|location| resolved(at, location));
    target.map(Some).ok_or_else(|| ClientError::Redirect {
        origin: origin(at),
        status: answer.status(),
        to: "something that is no URL".to_owned(),
    })
}

fn redirect(request: &mut Request<Body>, status: u16, target: Uri) {
    if origin(request.uri()) != origin(&target) {
        leave_behind(request.headers_mut());
    }
    request.headers_mut().remove(HOST);
    let turns = status == 303 && request.method() != Method::HEAD
        || matches!(status, 301 | 302) && request.method() == Method::POST;
    if turns {
        *request.method_mut() = Method::GET;
        *request.body_mut() = Body::empty();
        for name in OF_THE_BODY {
            request.headers_mut().remove(name);
        }
    }
    *request.uri_mut() = target;
}

/// What is marked as sensitive, what is known to be, and all that AWS and its metadata services read.
fn leave_behind(headers: &mut HeaderMap) {
    let is_private = |name: &HeaderName, is_sensitive: bool| {
        let name_is = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name);
        is_sensitive || name_is || ["x-amz-", "x-aws-"].iter().any(|start| name.as_str().starts_with(start))
    };
    let names = headers.iter().filter(|(name, value)| is_private(name, value.is_sensitive()));
    let names: Vec<HeaderName> = names.map(|(name, _)| name.clone()).collect();
    for name in names {
        headers.remove(name);
    }
}

/// A signature is one of the host and the path: for another it is worth nothing, and still told.
fn is_signed(headers: &HeaderMap) -> bool {
    headers.get_all(AUTHORIZATION).iter().any(|value| value.as_bytes().starts_with(b"AWS4-"))
}

fn is_https(uri: &Uri) -> bool {
    uri.scheme_str() == Some("https")
}

fn refused(at: &Uri, status: u16, target: &Uri) -> ClientError {
    ClientError::Redirect { origin: origin(at), status, to: origin(target) }
}

/// A reference as seen from `base` (RFC 3986 section 5.2), without its fragment.
fn resolved(base: &Uri, location: &str) -> Option<Uri> {
    let location = location.split('#').next().unwrap_or_default();
    let scheme = base.scheme_str()?;
    if location.contains("://") {
        return location.parse().ok();
    }
    if let Some(rest) = location.strip_prefix("//") {
        return format!("{scheme}://{rest}").parse().ok();
    }
    let authority = base.authority()?;
    let (path, query) = match location.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (location, None),
    };
    let path = match path {
        "" => base.path().to_owned(),
        path if path.starts_with('/') => without_dots(path),
        path => {
            let above = base.path().rsplit_once('/').map_or("", |(above, _)| above);
            without_dots(&format!("{above}/{path}"))
        }
    };
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    format!("{scheme}://{authority}{path}{query}").parse().ok()
}

/// RFC 3986 section 5.2.4, of a path that begins with a slash.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            segment => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}

const OF_THE_BODY: [HeaderName; 5] =
    [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved() {
        let base = "http://a:1/b/c/d?q".parse().unwrap();
        for (location, expected) in [
            ("https://x/y?z#f", "https://x/y?z"),
            ("//x/y", "http://x/y"),
            ("/y", "http://a:1/y"),
            ("y?z", "http://a:1/b/c/y?z"),
            ("?z", "http://a:1/b/c/d?z"),
            ("../y", "http://a:1/b/y"),
            ("../../../y/.", "http://a:1/y/"),
            ("./", "http://a:1/b/c/"),
            ("#f", "http://a:1/b/c/d"),
        ] {
            assert_eq!(resolved(&base, location).unwrap().to_string(), expected, "{location}");
        }
        assert_eq!(resolved(&base, "http://"), None);
    }

    #[test]
    fn what_was_meant_for_one_host_stays_there() {
        let mut headers = HeaderMap::new();
        for name in ["authorization", "cookie", "x-amz-security-token", "x-aws-ec2-metadata-token", "accept"]
        {
            headers.insert(HeaderName::from_static(name), "hunter2".parse().unwrap());
        }
        let mut marked: http::HeaderValue = "hunter2".parse().unwrap();
        marked.set_sensitive(true);
        headers.insert("x-api-key", marked);
        leave_behind(&mut headers);
        assert_eq!(headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["accept"]);
    }
}
