//! A form that a browser posts: PutObject, whose head is the fields before the file.
//!
//! Rule: the policy that was signed is met before a byte of the file is read, but for its length, which is held to as it comes.

use std::sync::Arc;

use account::directory::Directory;
use account::s3::refusal;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use net::Upload;
use objects::{ChecksumAlgorithm, Draft};
use sigv4::chunks::Trailer;
use sigv4::post::{PostCaller, PostError, PostField};
use sigv4::verify::Refusal;
use wire::{Answer, Structure};

use super::admit::Task;
use super::perform::authorise;
use super::s3::region_of;
use super::story::Story;
use crate::Gateway;
use crate::answer::{Content, Reply};
use crate::authenticate::{BodyPlan, Poster};
use crate::fault::Fault;
use crate::s3::form::{FormError, FormFileReader, FormHead, received};
use crate::s3::pour::Writer;
use crate::s3::promise::Promise;
use crate::s3::{self, Posting, Target, refused};

/// A form whose fields were read, and whose sender may.
#[derive(Debug)]
struct Posted {
    task: Task<&'static Posting>,
    form: PostCaller,
    promise: Promise,
    file: FormFileReader,
    kept: ChecksumAlgorithm,
    draft: Draft,
}

impl Gateway {
    pub(super) async fn post(
        self: &Arc<Self>,
        mut story: Story,
        target: Target,
        directory: Arc<Directory>,
        mut upload: Upload,
    ) -> (Reply, bool) {
        story.operation = Some("PutObject".into());
        let head = read_head(&story, &mut upload).await;
        let admitted = head.and_then(|head| self.admit_form(&mut story, &target, directory, head));
        let Posted { task, form, promise, file, kept, draft } = match admitted {
            Ok(posted) => posted,
            Err(fault) => return (self.refuse(&story, None, &fault), story.ends_connection),
        };
        let poured = pour_file(&mut upload, file, &form, draft).await;
        let (draft, received) = match poured {
            Ok(poured) => poured,
            Err(fault) => return (self.refuse(&story, Some(&task.input), &fault), true),
        };
        story.received = received;
        let closed = self.blocking(move |gateway| {
            let ask = gateway.ask(&story, &task);
            let body = draft.finish().map_err(refused::objects);
            let body = body.and_then(|body| promise.check(&body, &Trailer::default()).map(|()| body));
            let result = body.and_then(|body| (task.operation.close)(&ask, body, kept)).map_err(Fault::from);
            match result {
                Ok(output) => gateway.thank(&story, &task, &output, fields_of(&form).1),
                Err(fault) => gateway.refuse(&story, Some(&task.input), &fault),
            }
        });
        (closed.await.unwrap_or_else(Reply::broken), false)
    }

    /// Authenticate, throttle, decode, authorise.
    fn admit_form(
        &self,
        story: &mut Story,
        target: &Target,
        directory: Arc<Directory>,
        head: FormHead,
    ) -> Result<Posted, Fault> {
        let bucket = target.bucket.as_deref().unwrap_or_default();
        let region = region_of(&directory, target, "PutObject");
        let (fields, file) = head.form();
        let poster = self.authenticator.poster(
            &received(&fields, file),
            bucket,
            region.as_ref(),
            self.register(&directory),
            story.call.now,
        )?;
        drop(fields);
        let Poster { caller, region: signed, signing, form } = poster;
        story.caller = Some(caller.clone());
        story.region.clone_from(&signed);
        story.signing = signing;
        self.throttled_s3(story, target, "PutObject", region.as_ref())?;
        let (key, fields) = fields_of(&form);
        let headers = spoken(fields)?;
        let input = input(bucket, key, &headers)?;
        let promise = Promise::read(&header_map(&headers), &BodyPlan::Plain { sha256: None }, None)?;
        let region = signed.or(region).unwrap_or_else(|| self.settings.region.clone());
        let arrival = self.arrival_s3(story, region);
        let model = s3::s3().operation("PutObject").expect("S3 has it");
        let task =
            Task { service: s3::s3(), model, operation: &s3::POSTING, directory, caller, arrival, input };
        let ask = self.ask(story, &task);
        authorise(&ask, task.operation.checks)?;
        let kept = (task.operation.open)(&ask, &promise)?;
        let draft = s3::draft(&ask, &promise.algorithms(Some(kept)))?;
        Ok(Posted { task, form, promise, file: head.into_file(), kept, draft })
    }

    /// The answer that the form wants.
    fn thank(
        &self,
        story: &Story,
        task: &Task<&'static Posting>,
        output: &Structure,
        fields: &[PostField],
    ) -> Reply {
        let ask = self.ask(story, task);
        let (bucket, key) =
            (task.input.text("Bucket").unwrap_or_default(), task.input.text("Key").unwrap_or_default());
        let etag = output.text("ETag").unwrap_or_default();
        let location = s3::location(&ask, bucket, key);
        let mut answer = task.encode(output, story.id());
        let status = field(fields, "success_action_status");
        let redirect = field(fields, "success_action_redirect").or_else(|| field(fields, "redirect"));
        let mut target = location.clone();
        match (redirect.and_then(|url| redirected(url, bucket, key, etag)), status) {
            (Some(url), _) => {
                answer.status = 303;
                target = url;
            }
            (None, Some("200")) => answer.status = 200,
            (None, Some("201")) => {
                answer = Answer { status: 201, content_type: "application/xml", ..answer };
                answer.body = s3::post_response(&location, bucket, key, etag).into_bytes();
            }
            (None, _) => answer.status = 204,
        }
        let body = Bytes::from(std::mem::take(&mut answer.body));
        let mut reply = Reply::of_content(&story.call, &story.face, answer, Content::Whole(body));
        reply.add("Location", &target);
        self.record(story, Some(&task.input), Ok(output), &reply);
        reply
    }
}

/// Reads the form up to its file.
async fn read_head(story: &Story, upload: &mut Upload) -> Result<FormHead, Fault> {
    let refused = |error: FormError| Fault::from(error.answer());
    let kind = story.call.header(&header::CONTENT_TYPE).unwrap_or_default();
    let mut head = FormHead::new(kind).map_err(refused)?;
    loop {
        match upload.part().await.map_err(Fault::upload)? {
            Some(part) if head.push(&part).map_err(refused)? => return Ok(head),
            Some(_) => {}
            None => return Err(refused(FormError::Malformed)),
        }
    }
}

/// Reads the file into a draft, no further than the form allows.
async fn pour_file(
    upload: &mut Upload,
    mut file: FormFileReader,
    form: &PostCaller,
    draft: Draft,
) -> Result<(Draft, u64), Fault> {
    let mut writer = Writer::new(draft);
    let mut next = Some(Bytes::new());
    while let Some(part) = next {
        writer.take(file.push(&part).into()).await?;
        if let Err(error @ PostError::TooLarge { .. }) = check_length(form, writer.received()) {
            return Err(of_post(error));
        }
        next = upload.part().await.map_err(Fault::upload)?;
    }
    if !file.is_over() {
        return Err(FormError::Malformed.answer().into());
    }
    check_length(form, writer.received()).map_err(of_post)?;
    writer.finish().await
}

fn check_length(form: &PostCaller, bytes: u64) -> Result<(), PostError> {
    match form {
        PostCaller::Anonymous(_) => Ok(()),
        PostCaller::Signed(form) => form.check_length(bytes),
    }
}

fn of_post(error: PostError) -> Fault {
    Fault::Signature(Box::new(Refusal::from(error)), None)
}

fn fields_of(form: &PostCaller) -> (&str, &[PostField]) {
    match form {
        PostCaller::Anonymous(form) => (&form.key, &form.fields),
        PostCaller::Signed(form) => (&form.key, &form.fields),
    }
}

fn field<'a>(fields: &'a [PostField], name: &str) -> Option<&'a str> {
    let found = fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))?;
    Some(found.value.as_str()).filter(|value| !value.is_empty())
}

/// The fields as a PutObject has them in its head.
fn spoken(fields: &[PostField]) -> Result<Vec<(String, String)>, Fault> {
    let mut headers = Vec::with_capacity(fields.len());
    for PostField { name, value } in fields {
        let name = match name.to_ascii_lowercase().as_str() {
            "acl" => "x-amz-acl".to_owned(),
            // It is XML here, and no header.
            "tagging" => continue,
            "x-amz-tagging" => continue,
            other => other.to_owned(),
        };
        // A field's value may have line ends; a header holds none.
        if HEADERS.contains(&name.as_str()) && value.chars().any(char::is_control) {
            let message = "Header value cannot be represented using ISO-8859-1.";
            return Err(refusal::invalid_argument("formField", Some(value), message).into());
        }
        headers.push((name, value.clone()));
    }
    if let Some(tagging) = field(fields, "tagging") {
        headers.push(("x-amz-tagging".to_owned(), s3::tags_of_xml(tagging)?));
    }
    Ok(headers)
}

fn input(bucket: &str, key: &str, headers: &[(String, String)]) -> Result<Structure, Fault> {
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let model = s3::s3().operation("PutObject").expect("S3 has it");
    let request = wire::Request { path: "/bucket/key", query: "", headers: &headers, body: &[] };
    let mut input = wire::read(s3::s3(), model, &request)?;
    input.set("Bucket", bucket);
    if key.is_empty() {
        return Err(refusal::invalid_argument(
            "key",
            Some(""),
            "User key must have a length greater than 0.",
        )
        .into());
    }
    input.set("Key", key);
    Ok(input)
}

fn header_map(headers: &[(String, String)]) -> HeaderMap {
    let fields = headers.iter().filter_map(|(name, value)| {
        Some((HeaderName::try_from(name.as_str()).ok()?, HeaderValue::try_from(value.as_str()).ok()?))
    });
    fields.collect()
}

/// Where the browser goes, which is told what became of its file. What is no address of the web is passed over, as on S3.
fn redirected(url: &str, bucket: &str, key: &str, etag: &str) -> Option<String> {
    let is_web = url.starts_with("http://") || url.starts_with("https://");
    let safe = url.bytes().all(|byte| byte.is_ascii_graphic());
    (is_web && safe).then(|| {
        let (url, fragment) = url.find('#').map_or((url, ""), |at| url.split_at(at));
        let joint = if url.contains('?') { '&' } else { '?' };
        let encoded = |text: &str| s3::encoded(text).replace('/', "%2F");
        let (bucket, key, etag) = (encoded(bucket), encoded(key), encoded(etag));
        format!("{url}{joint}bucket={bucket}&key={key}&etag={etag}{fragment}")
    })
}

/// Fields that answers repeat as headers; of metadata, what is no header is counted there instead.
const HEADERS: [&str; 7] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
    "x-amz-website-redirect-location",
];
