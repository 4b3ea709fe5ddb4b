//! S3: buckets and who may do what in them. What is in a bucket is kept by the crate `objects`.
