//! Reports of made-up clients.
