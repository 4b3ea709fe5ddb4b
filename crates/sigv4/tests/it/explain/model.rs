//! A signer of few lines in which every part can be wrong: it knows nothing of the crate.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// What is signed, line by line.
#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) list: String,
    pub(crate) payload: String,
    pub(crate) blank: &'static str,
    pub(crate) line_end: &'static str,
    pub(crate) last: &'static str,
    pub(crate) date: String,
    /// Day, region, service, terminator.
    pub(crate) scope: [String; 4],
    pub(crate) key_scope: [String; 4],
    pub(crate) prefix: &'static str,
    pub(crate) chain: fn(&[u8]) -> Vec<u8>,
    pub(crate) secret: Vec<u8>,
}

/// The request on the wire.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

pub(crate) const KEY: &str = "ASIAIOSFODNN7EXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
pub(crate) const TOKEN: &str = "IQoJb3JpZ2luX2VjEXAMPLE+token/of//a+session==0123456789";
pub(crate) const DATE: &str = "20261121T082200Z";

impl Model {
    pub(crate) fn canonical(&self) -> String {
        let mut lines = vec![self.method.clone(), self.path.clone(), self.query.clone()];
        lines.extend(self.headers.iter().map(|(name, value)| format!("{name}:{value}")));
        let end = self.line_end;
        let block = lines.join(end);
        format!("{block}{end}{}{}{end}{}{}", self.blank, self.list, self.payload, self.last)
    }

    pub(crate) fn string_to_sign(&self) -> String {
        let hash = hex(&Sha256::digest(self.canonical()));
        format!("AWS4-HMAC-SHA256\n{}\n{}\n{hash}", self.date, self.scope.join("/"))
    }

    pub(crate) fn signature(&self) -> String {
        hex(&mac(&self.key(), self.string_to_sign().as_bytes()))
    }

    pub(crate) fn key(&self) -> Vec<u8> {
        let mut key = [self.prefix.as_bytes(), &self.secret].concat();
        for part in &self.key_scope {
            key = (self.chain)(&mac(&key, part.as_bytes()));
        }
        key
    }

    pub(crate) fn header(&mut self, name: &str, value: &str) {
        match self.headers.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => value.clone_into(old),
            None => {
                self.headers.push((name.to_owned(), value.to_owned()));
                self.headers.sort();
                self.relist();
            }
        }
    }

    pub(crate) fn without(&mut self, name: &str) {
        self.headers.retain(|(n, _)| n != name);
        self.relist();
    }

    pub(crate) fn body(&mut self, body: impl AsRef<[u8]>) {
        self.payload = hex(&Sha256::digest(body));
    }

    pub(crate) fn scope_part(&mut self, index: usize, value: &str) {
        value.clone_into(&mut self.scope[index]);
        value.clone_into(&mut self.key_scope[index]);
    }

    fn relist(&mut self) {
        self.list = self.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
    }
}

impl Wire {
    pub(crate) fn header(&mut self, name: &str, value: &str) {
        match self.headers.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
            Some((_, old)) => value.clone_into(old),
            None => self.headers.push((name.to_owned(), value.to_owned())),
        }
    }

    pub(crate) fn authorize(&mut self, scope: &str, list: &str, signature: &str) {
        let value =
            format!("AWS4-HMAC-SHA256 Credential={KEY}/{scope}, SignedHeaders={list}, Signature={signature}");
        self.header("Authorization", &value);
    }
}

/// A POST to a service that encodes the path once more, and its canonical form.
pub(crate) fn most() -> (Wire, Model) {
    let body = b"{\"name\": \"a b\",\r\n \"list\": [1, 2]}\n".to_vec();
    let wire = Wire {
        method: "POST".to_owned(),
        target: "/stage/a%20b/c%3Ad/%7Bx%7D?b=1&a=x%20y%2Bz&a-1=%2F&flag&c=~%2A".to_owned(),
        headers: [
            ("Host", "api.example.com"),
            ("X-Amz-Date", DATE),
            ("Content-Type", "application/json"),
            ("X-Amz-Meta-Words", "  two   words "),
            ("Accept-Encoding", "gzip"),
            ("User-Agent", "model/1"),
            ("X-Amz-Security-Token", TOKEN),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
        body: body.clone(),
    };
    let mut model = Model {
        method: "POST".to_owned(),
        path: "/stage/a%2520b/c%253Ad/%257Bx%257D".to_owned(),
        query: "a=x%20y%2Bz&a-1=%2F&b=1&c=~%2A&flag=".to_owned(),
        headers: Vec::new(),
        list: String::new(),
        payload: String::new(),
        blank: "\n",
        line_end: "\n",
        last: "",
        date: DATE.to_owned(),
        scope: ["20261121", "eu-west-1", "execute-api", "aws4_request"].map(str::to_owned),
        key_scope: ["20261121", "eu-west-1", "execute-api", "aws4_request"].map(str::to_owned),
        prefix: "AWS4",
        chain: <[u8]>::to_vec,
        secret: SECRET.as_bytes().to_vec(),
    };
    model.body(&body);
    for (name, value) in [
        ("accept-encoding", "gzip"),
        ("content-type", "application/json"),
        ("host", "api.example.com"),
        ("x-amz-date", DATE),
        ("x-amz-meta-words", "two words"),
        ("x-amz-security-token", TOKEN),
    ] {
        model.header(name, value);
    }
    (wire, model)
}

/// A PUT to S3.
pub(crate) fn s3() -> (Wire, Model) {
    let (mut wire, mut model) = most();
    wire.method = "PUT".to_owned();
    model.method = "PUT".to_owned();
    wire.target = "/photos/a%20b//c/../d%3Ae".to_owned();
    model.path = "/photos/a%20b//c/../d%3Ae".to_owned();
    model.query = String::new();
    wire.header("Host", "bucket.s3.eu-west-1.amazonaws.com");
    model.header("host", "bucket.s3.eu-west-1.amazonaws.com");
    model.scope_part(2, "s3");
    let hash = model.payload.clone();
    model.header("x-amz-content-sha256", &hash);
    wire.header("x-amz-content-sha256", &hash);
    (wire, model)
}

pub(crate) fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
