//! What the Rust SDK finds on an instance, given nothing, or as `container` in one of its containers: printed as JSON.

use aws_config::BehaviorVersion;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds::Client;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::imds::region::ImdsRegionProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_types::date_time::{DateTime, Format};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seen = match std::env::args().nth(1).as_deref() {
        Some("container") => in_container().await?,
        _ => on_instance().await?,
    };
    println!("{seen}");
    Ok(())
}

async fn on_instance() -> Result<Value, Box<dyn std::error::Error>> {
    let client = Client::builder().build();
    let instance_id = client.get("/latest/meta-data/instance-id").await?;
    let found = ImdsCredentialsProvider::builder().build().provide_credentials().await?;
    let region = ImdsRegionProvider::builder().build().region().await;
    let chain = aws_config::defaults(BehaviorVersion::latest()).load().await;
    let provider = chain.credentials_provider().ok_or("the default chain has no credentials")?;
    let chain_found = provider.provide_credentials().await?;
    let mut seen = members(&found)?;
    seen["InstanceId"] = instance_id.as_ref().into();
    seen["ProviderRegion"] = region.map(|region| region.to_string()).into();
    seen["ChainRegion"] = chain.region().map(ToString::to_string).into();
    seen["ChainAccessKeyId"] = chain_found.access_key_id().into();
    Ok(seen)
}

async fn in_container() -> Result<Value, Box<dyn std::error::Error>> {
    members(&EcsCredentialsProvider::builder().build().provide_credentials().await?)
}

fn members(found: &Credentials) -> Result<Value, Box<dyn std::error::Error>> {
    let expiry = found.expiry().ok_or("credentials without expiry")?;
    Ok(json!({
        "AccessKeyId": found.access_key_id(),
        "SecretAccessKey": found.secret_access_key(),
        "Token": found.session_token(),
        "Expiration": DateTime::from(expiry).fmt(Format::DateTime)?,
    }))
}
