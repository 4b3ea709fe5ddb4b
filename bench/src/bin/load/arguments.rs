//! What the load is asked for.

use std::net::SocketAddr;

use crate::signed::Keys;

pub(crate) struct Arguments {
    pub(crate) address: SocketAddr,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) token: Option<String>,
    pub(crate) connections: usize,
    pub(crate) requests: usize,
    /// A connection per request.
    pub(crate) close: bool,
    /// Requests from that many addresses, instead.
    pub(crate) sources: usize,
    /// `service:Action` of a query service, signed with the keys.
    pub(crate) call: Option<String>,
    pub(crate) keys: Option<Keys>,
    /// A program to start, instead: the time to its first answer counts.
    pub(crate) program: Vec<String>,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let address = words.next().ok_or("the first argument is ADDRESS:PORT")?;
        let mut arguments = Self {
            address: address.parse().map_err(|_| format!("{address:?} is not ADDRESS:PORT"))?,
            method: "GET".to_owned(),
            path: "/latest/meta-data/instance-id".to_owned(),
            token: None,
            connections: 32,
            requests: 1,
            close: false,
            sources: 0,
            call: None,
            keys: None,
            program: Vec::new(),
        };
        while let Some(flag) = words.next() {
            if flag == "--close" {
                arguments.close = true;
                continue;
            }
            if flag == "--start" {
                arguments.program = words.collect();
                break;
            }
            let value = words.next().ok_or_else(|| format!("{flag} wants a value"))?;
            arguments.take(&flag, value)?;
        }
        Ok(arguments)
    }

    fn take(&mut self, flag: &str, value: String) -> Result<(), String> {
        let number = || value.parse::<usize>().map_err(|_| format!("{flag} wants a number, not {value:?}"));
        match flag {
            "--method" => self.method = value,
            "--path" => self.path = value,
            "--token" => self.token = Some(value),
            "--connections" => self.connections = number()?,
            "--requests" => self.requests = number()?,
            "--sources" => self.sources = number()?,
            "--call" => self.call = Some(value),
            "--keys" => self.keys = Some(Keys::parse(&value).ok_or("--keys wants ID:SECRET")?),
            _ => return Err(format!("no flag {flag}")),
        }
        Ok(())
    }

    /// The bytes of one request, as SDKs write them.
    pub(crate) fn request(&self) -> Vec<u8> {
        let mut text = format!("{} {} HTTP/1.1\r\nHost: {}\r\n", self.method, self.path, self.address);
        if self.method == "PUT" {
            text.push_str("X-aws-ec2-metadata-token-ttl-seconds: 21600\r\nContent-Length: 0\r\n");
        }
        if let Some(token) = &self.token {
            text.push_str(&format!("X-aws-ec2-metadata-token: {token}\r\n"));
        }
        if !self.close && self.sources == 0 {
            text.push_str("Connection: keep-alive\r\n");
        }
        text.push_str("\r\n");
        text.into_bytes()
    }
}
