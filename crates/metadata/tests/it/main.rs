//! The crate from outside: instances as JSON go in, trees and answers come out.

mod crawl;
mod document;
mod instances;
mod memory;
mod menus;
mod origin;
mod requests;
mod trees;
