//! The crate from outside: instances as JSON go in, trees and answers come out.

#![allow(clippy::unwrap_used, reason = "clippy exempts test functions and not what they call")]

mod crawl;
mod document;
mod instances;
mod memory;
mod menus;
mod origin;
mod requests;
mod trees;
