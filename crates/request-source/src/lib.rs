//! HTTP requests as people have them: captured bytes, curl command lines, a method and a URL.
//!
//! Rule: what is read is kept as it would be on the wire; nothing is decoded, sorted or mended in silence.
