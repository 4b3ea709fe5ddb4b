//! The gateway over real sockets: what gets in, what does not, and in which words.

mod attacks;
mod client;
mod conversations;
mod draft;
mod errors;
mod records;
mod routes;
mod tls;
mod uploads;
mod world;
