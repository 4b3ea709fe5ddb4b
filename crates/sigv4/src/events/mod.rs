//! Event streams: frames, and the chain of their signatures.
