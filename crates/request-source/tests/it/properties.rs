//! Whatever is written reads back as it was; whatever is read, nothing panics.

use proptest::prelude::*;
use request_source::curl::{self, Dialect};
use request_source::raw::{self, Options};
use request_source::{Message, Scheme, Version, form, url};

fn options() -> Options {
    Options::new(1 << 16)
}

prop_compose! {
    /// Requests that both forms can carry: fields are sorted, and bodies have their length.
    fn messages()(
        method in "GET|HEAD|PUT|POST|DELETE|[A-Z]{1,8}|[a-z!#$%&'*+.^_`|~-]{1,4}",
        host in "[a-z][a-z0-9-]{0,8}(\\.[a-z]{1,4})?(:[1-9][0-9]{0,3})?",
        target in "/[!-~]{0,20}|/[ -~é]{0,10}[!-~é]|/(\\.|\\.\\.|%2e|a|/){0,8}(\\?[!-~]{0,10})?",
        fields in prop::collection::vec(("[a-zA-Z][a-zA-Z0-9-]{0,10}", "([!-~é]([ -~\\t]{0,10}[!-~])?)?"), 0..6),
        body in prop_oneof![
            Just(Vec::new()),
            "[ -~\\n\\té]{0,40}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..40),
        ],
        framing in 0..3,
        http10 in any::<bool>(),
    ) -> Message {
        let mut headers = vec![("Host".to_owned(), host.clone().into_bytes())];
        let reserved = ["host", "content-length", "transfer-encoding"];
        headers.extend(fields.into_iter()
            .filter(|(name, _)| !reserved.contains(&name.to_lowercase().as_str()))
            .map(|(name, value)| (name, value.into_bytes())));
        match framing {
            0 if !http10 => headers.push(("Transfer-Encoding".to_owned(), b"chunked".to_vec())),
            1 => headers.push(("Content-Length".to_owned(), body.len().to_string().into_bytes())),
            _ => {}
        }
        let version = if http10 { Version::Http10 } else { Version::Http11 };
        let mut message = Message { method, scheme: None, authority: Some(host), target: target.into_bytes(), version, headers, body };
        message.end_body();
        message
    }
}

/// Fields sorted by name, which no signature tells apart; those of one name keep their order.
fn sorted(mut message: Message) -> Message {
    for (name, _) in &mut message.headers {
        name.make_ascii_lowercase();
    }
    message.headers.sort_by(|a, b| a.0.cmp(&b.0));
    message
}

proptest! {
    #[test]
    fn what_is_written_raw_reads_back(message in messages()) {
        let bytes = raw::write(&message).unwrap();
        let capture = raw::read(&bytes, &options()).unwrap();
        prop_assert_eq!(&capture.message.headers, &message.headers);
        prop_assert_eq!(capture.message, message);
        prop_assert_eq!(capture.notes, []);
    }

    #[test]
    fn what_is_written_for_curl_reads_back(message in messages(), https in any::<bool>()) {
        let scheme = if https { Scheme::Https } else { Scheme::Http };
        let default = format!(":{}", scheme.default_port());
        let message = Message { scheme: Some(scheme), ..message };
        prop_assume!(!message.authority.as_ref().unwrap().ends_with(&default));
        let line = curl::write(&message).unwrap();
        let command = curl::read_line_in(&line, Dialect::Posix).map_err(|e| TestCaseError::fail(format!("{e}: {line}")))?;
        prop_assert!(command.sources().is_empty() && command.ignored.is_empty(), "{}", line);
        let read = command.message(&Default::default()).map_err(|e| TestCaseError::fail(format!("{e}: {line}")))?;
        prop_assert_eq!(&read.body, &message.body, "{}", &line);
        prop_assert_eq!(sorted(read.clone()).headers, sorted(message.clone()).headers, "{}", &line);
        prop_assert_eq!(sorted(read), sorted(message), "{}", line);
    }

    #[test]
    fn no_capture_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = raw::read(&bytes, &options());
    }

    #[test]
    fn no_line_makes_it_panic(line in "curl [ -~\\n\\r\\té\0]{0,80}") {
        for dialect in [Dialect::Posix, Dialect::Cmd] {
            if let Ok(command) = curl::read_line_in(&line, dialect) {
                let contents = command.sources().into_iter().map(|source| (source, b"x\ny".to_vec())).collect();
                let _ = command.message(&contents);
            }
        }
    }

    #[test]
    fn no_url_makes_it_panic(text in "(https?://)?[ -~é]{0,60}") {
        let _ = url::read(&text);
    }

    #[test]
    fn forms_of_curl_read_back(values in prop::collection::vec("[ -~\\n]{0,30}", 1..5)) {
        let mut words = vec!["http://h/".to_owned()];
        for (at, value) in values.iter().enumerate() {
            words.extend(["--form-string".to_owned(), format!("field{at}={value}")]);
        }
        let message = curl::read(&words).unwrap().message(&Default::default()).unwrap();
        let form = form::read(message.header("content-type").unwrap(), &message.body).unwrap();
        let read: Vec<_> = form.fields.iter().map(|field| field.value(&message.body).to_vec()).collect();
        prop_assert_eq!(read, values.into_iter().map(String::into_bytes).collect::<Vec<_>>());
    }

    #[test]
    fn no_form_makes_it_panic(body in "(--B|\r\n|Content-Disposition: form-data|; name=|\"|a|--|:){0,30}") {
        let _ = form::read(b"multipart/form-data; boundary=B", body.as_bytes());
    }
}
