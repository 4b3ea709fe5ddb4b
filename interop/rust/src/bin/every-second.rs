//! An application on the Rust SDK that makes a signed call once a second, until it is ended.
//!
//! The call goes to a port at which nobody listens: what matters is that its credentials come as any client's do, from the
//! default chain through the client's identity cache.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::error::DisplayErrorContext;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let shared =
        aws_config::defaults(BehaviorVersion::latest()).region(Region::new("us-east-1")).load().await;
    let config = aws_sdk_sts::config::Builder::from(&shared)
        .endpoint_url("http://127.0.0.1:9")
        .retry_config(RetryConfig::disabled())
        .build();
    let client = aws_sdk_sts::Client::from_conf(config);
    loop {
        match client.get_caller_identity().send().await {
            Err(error) if error.as_service_error().is_none() && is_signed(&error) => eprintln!("signed"),
            Err(error) => eprintln!("{}", DisplayErrorContext(error)),
            Ok(_) => eprintln!("somebody answers at port 9"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// A call that had credentials fails at the connection, and one without before.
fn is_signed<E>(error: &aws_sdk_sts::error::SdkError<E>) -> bool {
    matches!(error, aws_sdk_sts::error::SdkError::DispatchFailure(failure) if failure.is_io())
}
