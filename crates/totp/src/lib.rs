//! One-time codes of virtual MFA devices (RFC 4226, RFC 6238), and how a seed travels: Base32 and the otpauth URI.
//!
//! Rule: time is an argument, a seed is a secret, and a code is checked in constant time.
