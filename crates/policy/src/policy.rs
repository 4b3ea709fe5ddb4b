//! A policy compiled for evaluation.

use std::sync::Arc;

use crate::{Document, DocumentKind, PolicyError};

/// A document with its text and its compiled form.
#[derive(Clone, Debug)]
pub struct Policy {
    text: Arc<str>,
    document: Arc<Document>,
}

impl Policy {
    /// Reads and compiles `text`.
    pub fn parse(text: &str, kind: DocumentKind) -> Result<Self, PolicyError> {
        let document = Arc::new(Document::parse(text, kind)?);
        Ok(Self { text: text.into(), document })
    }

    /// As given to [`parse`](Self::parse), to the byte.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn document(&self) -> &Document {
        &self.document
    }
}
