//! The running server.

mod event;
