//! S3: its requests by method, path and query; objects as streams.
