//! Which credentials and region the Rust SDK's default chain finds, with the profile of its first word: as JSON.

use aws_config::BehaviorVersion;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut loader = aws_config::defaults(BehaviorVersion::latest());
    if let Some(profile) = std::env::args().nth(1) {
        loader = loader.profile_name(profile);
    }
    let config = loader.load().await;
    let found = match config.credentials_provider() {
        Some(provider) => provider.provide_credentials().await,
        None => Err(CredentialsError::not_loaded("no provider")),
    };
    let region = config.region().map(ToString::to_string);
    let seen = match found {
        Ok(found) => {
            json!({"akid": found.access_key_id(), "token": found.session_token(), "error": null, "region": region})
        }
        Err(error) => json!({"akid": null, "token": null, "error": format!("{error:?}"), "region": region}),
    };
    println!("{seen}");
}
