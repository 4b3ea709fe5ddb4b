//! What is asked of whom: a URL, an action or a path of a service, an object of S3.
//!
//! Rule: a service's host is that of the region, unless somebody named an endpoint; what a signature is for follows from the
//! host wherever the host says it.

mod locate;
mod parameters;
mod service;

use super::content::Content;
use crate::arguments::RequestArguments;
use crate::commands::signing::{Place, S3Uri, method};
use crate::failure::Failure;

pub(super) use self::locate::locate;
use self::parameters::Parameters;
use self::service::{Protocol, Service};

/// What was typed, understood.
#[derive(Debug)]
pub(super) struct Target<'a> {
    /// As typed, where it was.
    method: Option<&'a str>,
    aim: Aim<'a>,
}

#[derive(Debug)]
enum Aim<'a> {
    Url(&'a str),
    S3(S3Uri<'a>),
    Path(Service, &'a str),
    Action(Service, &'a str),
}

/// Where a request goes, and what its signature is for.
#[derive(Debug)]
pub(super) struct Located {
    pub(super) url: String,
    /// Nothing where no signature is wanted.
    pub(super) place: Option<Place>,
}

impl<'a> Target<'a> {
    pub(super) fn read(arguments: &'a RequestArguments) -> Result<Self, Failure> {
        let flag = arguments.message.method.as_deref();
        let (verb, text) = match arguments.words.as_slice() {
            [word] if is_verb(word) => {
                return Err(Failure::usage(format!("{word} stands there without a URL"))
                    .hint(format!("linklocal request {word} https://…")));
            }
            [text] => (flag, text),
            [_, _] if flag.is_some() => {
                return Err(Failure::usage("the method is given twice, with -X and before the URL")
                    .hint("leave one out"));
            }
            [verb, text] if verb.contains("://") && !text.contains("://") => {
                return Err(Failure::usage(format!("the method comes first: linklocal request {text} …")));
            }
            [verb, text, ..] => (Some(verb.as_str()), text),
            [] => return Err(Failure::usage("there is nothing to ask: METHOD URL, or service:Action")),
        };
        Ok(Self { method: verb.map(method).transpose()?, aim: Aim::read(text)? })
    }

    /// Whether an answer that refuses is a failure whatever the flags say.
    pub(super) fn is_action(&self) -> bool {
        matches!(self.aim, Aim::Action(..))
    }

    /// Whether AWS wants no signature for this.
    pub(super) fn is_public(&self) -> bool {
        match &self.aim {
            Aim::Action(service, action) => sigv4::hosts::is_unsigned(service.signing_name, action),
            _ => false,
        }
    }

    /// The method, and what is sent with it.
    pub(super) fn content(&self, arguments: &RequestArguments) -> Result<(String, Content), Failure> {
        let Aim::Action(service, action) = &self.aim else {
            if let Some(parameter) = arguments.parameter.first() {
                return Err(Failure::usage(format!("-p {parameter} is a parameter of an action"))
                    .hint("parameters of a query are --url-query NAME=VALUE, a body is -d"));
            }
            let content = Content::of(&arguments.message)?;
            return Ok((self.method.unwrap_or_else(|| content.usual_method()).to_owned(), content));
        };
        if self.method.is_some_and(|method| method != "POST") {
            return Err(Failure::usage(format!("{}:{action} is sent with POST", service.name))
                .hint("leave the method out"));
        }
        Ok(("POST".to_owned(), Parameters::read(arguments)?.content(service, action)?))
    }
}

impl<'a> Aim<'a> {
    fn read(text: &'a str) -> Result<Self, Failure> {
        if let Some(uri) = S3Uri::read(text) {
            return uri.map(Self::S3);
        }
        match text.split_once(':') {
            Some((_, rest)) if rest.starts_with("//") => Ok(Self::Url(text)),
            Some((service, path)) if path.starts_with('/') && !service.contains('.') => {
                Ok(Self::Path(Service::named(service)?, path))
            }
            Some((service, action)) if is_action(action) && !service.contains('.') => {
                Self::action(Service::named(service)?, action)
            }
            _ => Ok(Self::Url(text)),
        }
    }

    fn action(service: Service, action: &'a str) -> Result<Self, Failure> {
        let name = service.name;
        match service.protocol {
            Protocol::Query { .. } | Protocol::Json { .. } => Ok(Self::Action(service, action)),
            Protocol::Rest => Err(Failure::usage(format!(
                "{name} has paths, not actions: {action} is a method and a path of its own"
            ))
            .hint(format!("its API reference has them: linklocal request GET {name}:/path"))),
            Protocol::Cbor => Err(Failure::usage(format!("{name} speaks CBOR, which cannot be typed"))
                .hint(format!("send a body of your own: linklocal request POST {name}:/path -d @FILE"))),
            Protocol::Foreign => Err(Failure::usage(format!("{name} takes no signature of version 4"))
                .hint("send what it takes with --unsigned and a URL")),
        }
    }
}

/// Whether a word can be a method and nothing else.
fn is_verb(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Actions begin with a capital, everywhere.
fn is_action(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
