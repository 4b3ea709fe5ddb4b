//! Edits of texts, by example.
