//! Forms that a browser posts to S3: the policy, its signature, and what it refuses.
