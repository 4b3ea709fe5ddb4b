//! Whose behaviour: ours, or that of one of AWS's own tools as it was measured (facts/credentials.md, "How to read this").

use std::fmt;
use std::str::FromStr;

/// A program that reads `~/.aws` and looks for credentials in its own order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sdk {
    /// This program: the AWS CLI v2's order, with every doubt reported.
    Linklocal,
    /// AWS CLI v2, 2.36.7.
    Cli2,
    /// boto3 with botocore 1.44.5.
    Boto3,
    /// aws-config 1.13.0.
    Rust,
    /// `@aws-sdk/credential-provider-node` 3.972.97.
    Js,
    /// AWS SDK for Java 2.x, read from its source.
    Java,
    /// AWS SDK for Go v2, release of November 2022 (config 1.17.10).
    Go,
}

/// The text names no SDK.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no SDK is called {0:?}; take linklocal, cli2, boto3, rust, js, java or go")]
pub struct SdkError(String);

impl Sdk {
    /// Those whose choice can be predicted beside our own, in the order in which tables show them.
    pub const OTHERS: [Self; 6] = [Self::Cli2, Self::Boto3, Self::Rust, Self::Js, Self::Java, Self::Go];

    /// The name on the command line and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Linklocal => "linklocal",
            Self::Cli2 => "cli2",
            Self::Boto3 => "boto3",
            Self::Rust => "rust",
            Self::Js => "js",
            Self::Java => "java",
            Self::Go => "go",
        }
    }

    /// The name in sentences.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Linklocal => "linklocal",
            Self::Cli2 => "AWS CLI v2",
            Self::Boto3 => "boto3",
            Self::Rust => "AWS SDK for Rust",
            Self::Js => "AWS SDK for JavaScript v3",
            Self::Java => "AWS SDK for Java 2.x",
            Self::Go => "AWS SDK for Go v2 (2022)",
        }
    }
}

impl fmt::Display for Sdk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Sdk {
    type Err = SdkError;

    fn from_str(text: &str) -> Result<Self, SdkError> {
        let all = [Self::Linklocal].into_iter().chain(Self::OTHERS);
        all.into_iter().find(|sdk| sdk.name() == text).ok_or_else(|| SdkError(text.to_owned()))
    }
}
