//! The calls of the account in CloudTrail's form: kept, looked up, delivered in files, and looked through for what stands out.
//!
//! Rule: a call only puts its record in a queue; one thread writes. No record holds a secret, a token, a signature or a body.
