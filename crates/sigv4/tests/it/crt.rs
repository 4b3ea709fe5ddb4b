//! The CRT's suite.
