//! What is signed verifies; what is changed does not.
