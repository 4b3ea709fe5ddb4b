//! Why two sides came to different signatures.
