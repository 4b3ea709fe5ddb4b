//! The flows of STS and IAM by the Rust SDK: a user with keys, a policy, MFA, a role. One JSON object a line.
//!
//!     account-flows ENDPOINT

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_iam::error::ProvideErrorMetadata as _;
use aws_sdk_iam::types::{Tag, VirtualMfaDevice};
use serde_json::json;

type Fault = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fault> {
    let endpoint = std::env::args().nth(1).ok_or("an endpoint is wanted")?;
    let shared = aws_config::defaults(BehaviorVersion::latest())
        .profile_name("linklocal")
        .region(Region::new("eu-central-1"))
        .endpoint_url(&endpoint)
        .load()
        .await;
    let (iam, sts) = (aws_sdk_iam::Client::new(&shared), aws_sdk_sts::Client::new(&shared));
    let identity = sts.get_caller_identity().send().await?;
    let arn = identity.arn().unwrap_or_default();
    say("the administrator", arn.ends_with(":user/admin"), arn);

    let tag = Tag::builder().key("team").value("rust").build()?;
    let user = iam.create_user().user_name("carol").tags(tag).send().await?.user.ok_or("no user")?;
    let key = iam.create_access_key().user_name("carol").send().await?.access_key.ok_or("no key")?;
    let own = with(&shared, keys(key.access_key_id(), key.secret_access_key(), None));
    let denied = aws_sdk_iam::Client::new(&own).list_users().send().await.err().ok_or("it may list users")?;
    let message = denied.message().unwrap_or_default();
    say("AccessDenied", denied.code() == Some("AccessDenied") && message.contains("iam:ListUsers"), message);
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*",
        "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}"#;
    iam.put_user_policy().user_name("carol").policy_name("with-mfa").policy_document(policy).send().await?;
    let missing = iam.get_user().user_name("nobody").send().await.err().ok_or("there is a nobody")?;
    let is_typed = missing.as_service_error().is_some_and(|error| error.is_no_such_entity_exception());
    say("NoSuchEntity is the SDK's own type", is_typed, missing.message().unwrap_or_default());

    mfa(&iam, &own).await?;
    role(&iam, &own, user.arn()).await
}

async fn mfa(iam: &aws_sdk_iam::Client, own: &SdkConfig) -> Result<(), Fault> {
    let made = iam.create_virtual_mfa_device().virtual_mfa_device_name("carol").send().await?;
    let device: VirtualMfaDevice = made.virtual_mfa_device.ok_or("no device")?;
    let seed = device.base32_string_seed().ok_or("no seed")?;
    let seed = totp::Seed::from_base32(std::str::from_utf8(seed.as_ref())?)?;
    let gone = since_epoch()?.as_millis() % 30_000;
    if gone > 22_000 {
        tokio::time::sleep(Duration::from_millis(30_000 - u64::try_from(gone)?)).await;
    }
    let step = since_epoch()?.as_secs() / 30;
    let code = |step: u64| seed.code_at(totp::Step(step)).expose().clone();
    iam.enable_mfa_device()
        .user_name("carol")
        .serial_number(device.serial_number())
        .authentication_code1(code(step - 1))
        .authentication_code2(code(step))
        .send()
        .await?;
    let sts = aws_sdk_sts::Client::new(own);
    let session = sts
        .get_session_token()
        .serial_number(device.serial_number())
        .token_code(code(step + 1))
        .send()
        .await?;
    let given = session.credentials.ok_or("no credentials")?;
    let session =
        keys(given.access_key_id(), given.secret_access_key(), Some(given.session_token().to_owned()));
    let users = aws_sdk_iam::Client::new(&with(own, session)).list_users().send().await?;
    say("the session with MFA is let in", users.users().iter().any(|user| user.user_name() == "carol"), "");
    let plain = aws_sdk_iam::Client::new(own).list_users().send().await;
    say("the plain keys are not", plain.is_err(), "");
    Ok(())
}

async fn role(iam: &aws_sdk_iam::Client, own: &SdkConfig, user: &str) -> Result<(), Fault> {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": user}, "Action": "sts:AssumeRole"}]});
    let role =
        iam.create_role().role_name("rust").assume_role_policy_document(trust.to_string()).send().await?;
    let role = role.role.ok_or("no role")?;
    let sts = aws_sdk_sts::Client::new(own);
    let assumed = sts.assume_role().role_arn(role.arn()).role_session_name("rust").send().await?;
    let arn = assumed.assumed_role_user().map(|user| user.arn()).unwrap_or_default();
    say("a role's session", arn.ends_with(":assumed-role/rust/rust"), arn);
    let tagged = sts
        .assume_role()
        .role_arn(role.arn())
        .role_session_name("a b")
        .send()
        .await
        .err()
        .ok_or("a name with a space")?;
    let message = tagged.message().unwrap_or_default();
    say(
        "ValidationError",
        message.contains("failed to satisfy constraint: Member must satisfy regular expression pattern"),
        message,
    );
    Ok(())
}

fn with(shared: &SdkConfig, credentials: Credentials) -> SdkConfig {
    let provider = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
    shared.clone().into_builder().credentials_provider(provider).build()
}

fn keys(id: &str, secret: &str, token: Option<String>) -> Credentials {
    Credentials::new(id, secret, token, None, "flows")
}

fn since_epoch() -> Result<Duration, Fault> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?)
}

fn say(what: &str, held: bool, detail: &str) {
    println!("{}", json!({"what": what, "held": held, "detail": detail}));
}
