//! From a signed request through its verification to the body that was signed piece by piece.

use std::time::Duration;

use sigv4::chunks::{ChunkLayout, ChunkReader, ChunkSigner, SigningChain};
use sigv4::events::{EventSigner, EventVerifier, Message, MessageReader, SignedEvent};
use sigv4::v4a::{EcdsaKey, EcdsaParams, RegionSet};
use sigv4::verify::{Body, Caller, Endpoint, KeyRing, RingEntry, Scratch, Verified, verify};
use sigv4::{
    FieldChoice, Payload, PayloadKeyword, Request, Scope, ServiceRules, SigningKey, SigningParams, sign, v4a,
};
use types::{Secret, Timestamp};

const KEY_ID: &str = "AKIDEXAMPLE";
const NOW: Timestamp = Timestamp::from_secs(1_795_249_320);

/// Who signs, for one service.
struct Signer {
    rules: ServiceRules,
    scope: Scope<'static>,
    key: SigningKey,
    pair: EcdsaKey,
}

impl Signer {
    fn new(service: &'static str) -> Self {
        let scope = Scope::new(NOW, "us-east-1", service);
        let key = SigningKey::derive(&secret(), &scope);
        let pair = EcdsaKey::derive(KEY_ID, &secret());
        Self { rules: ServiceRules::of(service), scope, key, pair }
    }

    fn params(&self) -> SigningParams<'_> {
        SigningParams {
            access_key_id: KEY_ID,
            session_token: None,
            key: &self.key,
            scope: self.scope,
            time: NOW,
            rules: &self.rules,
            fields: FieldChoice::default(),
        }
    }

    fn ecdsa_params(&self) -> EcdsaParams<'_> {
        EcdsaParams {
            access_key_id: KEY_ID,
            session_token: None,
            key: &self.pair,
            region_set: RegionSet::new("*"),
            service: self.scope.service,
            time: NOW,
            rules: &self.rules,
            fields: FieldChoice::default(),
            random: None,
        }
    }

    /// Verifies the request with these added headers, and gives the outcome to `use_it`.
    fn verify<T>(
        &self,
        request: &Request<'_>,
        added: &[(String, String)],
        use_it: impl FnOnce(&Verified<'_>, &Request<'_>) -> T,
    ) -> T {
        let added = added.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let headers: Vec<_> = request.headers.iter().copied().chain(added).collect();
        let request = Request { headers: &headers, ..*request };
        let endpoint = Endpoint::new(self.scope.service, Some("us-east-1"), &self.rules, NOW).strict();
        let entry = RingEntry {
            access_key_id: KEY_ID.to_owned(),
            secret_access_key: secret(),
            session_token: None,
            expires: None,
        };
        let mut scratch = Scratch::default();
        let caller = verify(&request, Body::Unread, &endpoint, &KeyRing::new([entry]), &mut scratch).unwrap();
        let Caller::Signed(verified) = caller else { panic!("somebody signed") };
        use_it(&verified, &request)
    }
}

fn secret() -> Secret<String> {
    Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned())
}

fn owned<'a>(headers: impl Iterator<Item = (&'static str, &'a str)>) -> Vec<(String, String)> {
    headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn uploads_in_chunks_are_read_as_they_were_signed() {
    let keywords = [
        PayloadKeyword::StreamingHmac,
        PayloadKeyword::StreamingHmacTrailer,
        PayloadKeyword::StreamingEcdsa,
        PayloadKeyword::StreamingEcdsaTrailer,
        PayloadKeyword::StreamingUnsignedTrailer,
    ];
    for keyword in keywords {
        upload(keyword);
    }
}

fn upload(keyword: PayloadKeyword) {
    let signer = Signer::new("s3");
    let trailer = keyword.as_str().ends_with("-TRAILER");
    let fields: &[(&str, &str)] =
        if trailer { &[("x-amz-checksum-crc32", "AAAAAA=="), ("b", "2")] } else { &[] };
    let lengths: Vec<_> = fields.iter().map(|(name, value)| (*name, value.len() as u64)).collect();
    let layout = ChunkLayout { keyword, chunk: 8192, trailer: &lengths };
    let length = layout.encoded_length(20_000).unwrap().to_string();
    let mut headers: Vec<(&str, &[u8])> = vec![
        ("Host", b"bucket.s3.us-east-1.amazonaws.com"),
        ("Content-Encoding", b"aws-chunked"),
        ("Content-Length", length.as_bytes()),
        ("x-amz-decoded-content-length", b"20000"),
    ];
    headers.extend(fields.iter().map(|(name, _)| ("x-amz-trailer", name.as_bytes())));
    let request = Request { method: "PUT", target: b"/key", headers: &headers };

    let payload = Payload::Keyword(keyword);
    let (added, chain) = if keyword.as_str().contains("ECDSA") {
        let (params, signed);
        params = signer.ecdsa_params();
        signed = v4a::sign(&request, payload, &params).unwrap();
        (owned(signed.headers()), SigningChain::of_ecdsa(&params, &signed))
    } else {
        let params = signer.params();
        let signed = sign(&request, payload, &params).unwrap();
        (owned(signed.headers()), SigningChain::of(&params, &signed))
    };
    let mut chunks = match (keyword, trailer) {
        (PayloadKeyword::StreamingUnsignedTrailer, _) => ChunkSigner::unsigned_with_trailer(),
        (_, true) => ChunkSigner::signed_with_trailer(chain),
        (_, false) => ChunkSigner::signed(chain),
    };
    let data: Vec<u8> = (0..20_000_u32).map(|n| n as u8).collect();
    let mut wire = Vec::new();
    for chunk in data.chunks(8192) {
        chunks.chunk(chunk, &mut wire).unwrap();
    }
    wire.extend(chunks.finish(fields).unwrap());
    assert_eq!(wire.len().to_string(), length, "{keyword:?}");

    signer.verify(&request, &added, |verified, request| {
        let mut reader = ChunkReader::of(verified, request).unwrap().expect("it comes in chunks");
        let mut read = Vec::new();
        for piece in wire.chunks(1000) {
            reader.push(piece, |data| read.extend_from_slice(data)).unwrap();
        }
        let trailer = reader.finish().unwrap();
        assert_eq!(read, data);
        assert_eq!(trailer.iter().collect::<Vec<_>>(), fields);
    });
}

#[test]
fn events_are_read_as_they_were_signed() {
    let signer = Signer::new("transcribe");
    let headers: [(&str, &[u8]); 2] = [
        ("Host", b"transcribestreaming.us-east-1.amazonaws.com"),
        ("Content-Type", b"application/vnd.amazon.eventstream"),
    ];
    let request = Request { method: "POST", target: b"/stream-transcription", headers: &headers };
    let params = signer.params();
    // Services other than S3 do not ask for the field, but streams announce themselves in it.
    let rules = ServiceRules { content_sha256: sigv4::ContentSha256::Required, ..signer.rules };
    let params = SigningParams { rules: &rules, ..params };
    let payload = Payload::Keyword(PayloadKeyword::StreamingHmacEvents);
    let signed = sign(&request, payload, &params).unwrap();
    let mut events = EventSigner::of(secret(), &params, &signed);
    let mut wire = events.sign(&Message::new("audio"), NOW).unwrap().encode().unwrap();
    wire.extend(events.finish(NOW).encode().unwrap());

    signer.verify(&request, &owned(signed.headers()), |verified, _| {
        let mut verifier = EventVerifier::of(verified, Duration::from_secs(300)).expect("it is a stream");
        let (mut frames, mut read) = (MessageReader::new(), Vec::new());
        frames.push(&wire, |frame| read.push(frame)).unwrap();
        let mut check =
            |frame| verifier.verify(frame, NOW, |scope| Some(SigningKey::derive(&secret(), scope))).unwrap();
        let outcomes: Vec<_> = read.into_iter().map(&mut check).collect();
        let [SignedEvent::Event(event), SignedEvent::End] = &outcomes[..] else { panic!("{outcomes:?}") };
        assert_eq!(Message::decode(event), Ok(Message::new("audio")));
        verifier.finish().unwrap();
    });
}
