//! Wording, sealing and shortening.
