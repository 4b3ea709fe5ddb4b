//! Secrets at rest: the system's keyring, or an encrypted file where there is none.
//!
//! Rule: a secret leaves only to whoever asks for it by name; nothing of it is in an error, a log or a listing.
