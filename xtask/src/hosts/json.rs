//! A reader of JSON, as much of it as endpoint data needs: trusted files, read once (RFC 8259).

/// A value; objects keep their order.
pub(super) enum Value {
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
    /// Numbers, `true`, `false` and `null`: nothing here asks for one.
    Other,
}

impl Value {
    /// The member of an object.
    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        self.members().iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// All members of an object; none of anything else.
    pub(super) fn members(&self) -> &[(String, Self)] {
        if let Self::Object(members) = self { members } else { &[] }
    }

    /// The elements of an array; none of anything else.
    pub(super) fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// The text of a member.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.member(name) {
            Some(Self::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The texts of an array that is a member.
    pub(super) fn texts<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let items = self.member(name).map_or(&[][..], Self::items);
        items.iter().filter_map(|item| if let Self::Text(text) = item { Some(text.as_str()) } else { None })
    }
}

pub(super) fn read(text: &str) -> Result<Value, String> {
    let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
    let value = reader.value(0)?;
    match reader.next_token() {
        None => Ok(value),
        Some(_) => Err(reader.fault("the end")),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > 64 {
            return Err(self.fault("less nesting"));
        }
        match self.next_token() {
            Some(b'"') => Ok(Value::Text(self.string()?)),
            Some(b'[') => self.list(depth),
            Some(b'{') => self.object(depth),
            Some(byte) if byte.is_ascii_alphanumeric() || byte == b'-' => {
                let rest = &self.bytes[self.at..];
                let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.');
                self.at += rest.iter().take_while(|byte| is_part(byte)).count();
                Ok(Value::Other)
            }
            _ => Err(self.fault("a value")),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, String> {
        let mut items = Vec::new();
        self.at += 1;
        while self.next_token() != Some(b']') {
            if !items.is_empty() {
                self.expect(b',')?;
            }
            items.push(self.value(depth + 1)?);
        }
        self.at += 1;
        Ok(Value::List(items))
    }

    fn object(&mut self, depth: usize) -> Result<Value, String> {
        let mut members = Vec::new();
        self.at += 1;
        while self.next_token() != Some(b'}') {
            if !members.is_empty() {
                self.expect(b',')?;
            }
            self.next_token();
            let name = self.string()?;
            self.expect(b':')?;
            members.push((name, self.value(depth + 1)?));
        }
        self.at += 1;
        Ok(Value::Object(members))
    }

    /// Names of hosts, regions and services hold no escapes; descriptions may, and nobody reads them: an escape stays as it is.
    fn string(&mut self) -> Result<String, String> {
        self.expect(b'"')?;
        let start = self.at;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => {
                    let text = String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned();
                    self.at += 1;
                    return Ok(text);
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        Err(self.fault("the end of a string"))
    }

    fn expect(&mut self, byte: u8) -> Result<(), String> {
        if self.next_token() != Some(byte) {
            return Err(self.fault(&format!("{:?}", byte as char)));
        }
        self.at += 1;
        Ok(())
    }

    /// The next byte that is no white space; it is left to be read.
    fn next_token(&mut self) -> Option<u8> {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    fn fault(&self, wanted: &str) -> String {
        format!("byte {}: this is no JSON; {wanted} was to come", self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_endpoint_data_holds() {
        let value = read(r#" {"a": ["x", 1.5e3, null, {}], "b": {"c": "d"}, "e": []} "#).ok().unwrap();
        assert_eq!(value.texts("a").collect::<Vec<_>>(), ["x"]);
        assert_eq!(value.member("b").and_then(|b| b.text("c")), Some("d"));
        assert_eq!(value.member("a").unwrap().items().len(), 4);
        for broken in ["", "{", "[1 2]", r#"{"a" 1}"#, r#""abc"#, "{} {}", r#""\"#, "[1,]"] {
            assert!(read(broken).is_err(), "{broken}");
        }
    }
}
