//! Layers, trust and keys.
