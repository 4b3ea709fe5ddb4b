//! Bodies of `multipart/form-data`.
