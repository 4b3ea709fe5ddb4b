//! STS's operations: sessions asked for, and what is refused in AWS's words.
