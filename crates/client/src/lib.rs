//! HTTP to AWS endpoints: connect, TLS, deadlines.
//!
//! Rule: what was signed is what is sent. No redirect is followed: credentials go to the host they were meant for.
