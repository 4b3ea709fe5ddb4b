//! Command lines of curl.
