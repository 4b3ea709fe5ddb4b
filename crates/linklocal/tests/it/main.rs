//! The binary as its users see it: processes, files, sockets and signals, each test in a directory of its own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod account;
mod account_durability;
mod attacks;
mod audit;
mod callers;
mod commands;
mod configure;
mod container;
mod credentials;
mod denial;
mod doctor;
mod durability;
mod environment;
mod get;
mod instance;
mod introductions;
mod memory;
mod mfa;
mod object_durability;
mod policy;
mod refusals;
mod reload;
mod request;
mod run;
mod scenario;
mod secrets;
mod signing;
mod trail;
mod vault;
mod world;
