//! Bodies in chunks: `aws-chunked`, signed and unsigned, with trailers.
