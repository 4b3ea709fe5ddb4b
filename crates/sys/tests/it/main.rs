//! Changes of files under the conditions that only other processes can make.

mod crashes;
mod writers;
