//! Tokens, and who forges them.
