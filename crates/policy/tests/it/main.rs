//! Policies against public cases and random ones.

mod documents;
