//! The host table against published hosts.
