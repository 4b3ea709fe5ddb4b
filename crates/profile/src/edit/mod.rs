//! Edits of a file's text that touch nothing but what they name.
