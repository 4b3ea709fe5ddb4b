//! SigV4a against the CRT's suite.
