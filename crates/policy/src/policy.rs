//! A policy compiled for evaluation.

use std::sync::Arc;

use crate::statement::Compiled;
use crate::{Document, DocumentKind, PolicyError};

/// A document with its text and its compiled form.
#[derive(Clone, Debug)]
pub struct Policy {
    text: Arc<str>,
    document: Arc<Document>,
    compiled: Arc<Compiled>,
}

impl Policy {
    /// Reads and compiles `text`.
    pub fn parse(text: &str, kind: DocumentKind) -> Result<Self, PolicyError> {
        Ok(Self::new(text, Document::parse(text, kind)?))
    }

    fn new(text: &str, document: Document) -> Self {
        let compiled = Arc::new(Compiled::new(&document));
        Self { text: text.into(), document: Arc::new(document), compiled }
    }

    /// As given to [`parse`](Self::parse), to the byte.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn document(&self) -> &Document {
        &self.document
    }

    pub(crate) fn compiled(&self) -> &Compiled {
        &self.compiled
    }
}
