//! The lossless syntax tree of a config or credentials file.
//!
//! Rule: `print(parse(bytes)) == bytes` for any bytes. What a line means to which SDK is `reader`'s matter.
