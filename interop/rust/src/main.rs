//! What the Rust SDK finds on an instance, given nothing: printed as JSON.

use aws_config::BehaviorVersion;
use aws_config::imds::Client;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::ProvideRegion;
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_types::date_time::{DateTime, Format};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::builder().build();
    let instance_id = client.get("/latest/meta-data/instance-id").await?;
    let found = ImdsCredentialsProvider::builder().build().provide_credentials().await?;
    let region = ImdsRegionProvider::builder().build().region().await;
    let chain = aws_config::defaults(BehaviorVersion::latest()).load().await;
    let provider = chain.credentials_provider().ok_or("the default chain has no credentials")?;
    let chain_found = provider.provide_credentials().await?;
    let expiry = found.expiry().ok_or("credentials without expiry")?;
    let seen = serde_json::json!({
        "InstanceId": instance_id.as_ref(),
        "ProviderRegion": region.map(|region| region.to_string()),
        "ChainRegion": chain.region().map(ToString::to_string),
        "ChainAccessKeyId": chain_found.access_key_id(),
        "AccessKeyId": found.access_key_id(),
        "SecretAccessKey": found.secret_access_key(),
        "Token": found.session_token(),
        "Expiration": DateTime::from(expiry).fmt(Format::DateTime)?,
    });
    println!("{seen}");
    Ok(())
}
