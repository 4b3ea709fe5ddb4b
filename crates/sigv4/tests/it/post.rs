//! Browser forms.
