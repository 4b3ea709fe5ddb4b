//! Codes that are used once, at a script in place of STS and on a clock that is moved.

use std::sync::Arc;
use std::time::Duration;

use profile::Place;
use profile::plan::{MfaCommand, MfaKeep, MfaSession, MfaSource, Provider, StaticKeys, StsTarget};
use profile::settings::Found;
use sys::{Env, FakeClock};
use totp::{Seed, Step};
use types::{Secret, Timestamp};
use vault::{Cost, Settings, Vault};

use super::{NewSession, UsedCodes, new_session, seed_name};
use crate::rehearsal::{Person, Script, context};
use crate::{Context, ResolveError, resolve};

const SERIAL: &str = "arn:aws:iam::123456789012:mfa/me";
const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const WRONG: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>MultiFactorAuthentication \
                     failed with invalid MFA one time pass code. </Message></Error></ErrorResponse>";
const SESSION: &str = "<R><Credentials><AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
                       <SessionToken>t</SessionToken><Expiration>2026-11-22T22:00:00Z</Expiration></Credentials></R>";

struct Stage {
    home: tempfile::TempDir,
    script: Arc<Script>,
    person: Arc<Person>,
    clock: FakeClock,
    context: Context,
}

impl Stage {
    fn new(answers: &[(u16, &str)], types: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let script = Script::new(answers);
        let person = Arc::new(Person { there: true, ..Person::default() });
        person.types.lock().unwrap().extend(types.iter().map(|line| (*line).to_owned()));
        let (context, clock) = context(home.path(), now(), &script, &person);
        Self { home, script, person, clock, context }
    }

    /// The seed of the device in an encrypted file, whose passphrase stands in another.
    fn with_seed(mut self) -> Self {
        let path = |name: &str| self.home.path().join(name).display().to_string();
        sys::fs::replace(path("passphrase").as_ref(), b"open sesame", 0o600).unwrap();
        let env = Env::from_pairs([
            ("LINKLOCAL_VAULT", "file".to_owned()),
            ("LINKLOCAL_VAULT_FILE", path("vault")),
            ("LINKLOCAL_VAULT_PASSPHRASE_FILE", path("passphrase")),
        ]);
        let settings = Settings { cost: Cost::LEAST, ..Settings::from_env(&env, None).unwrap() };
        let vault = Vault::open(&settings).unwrap();
        vault.put(&seed_name(SERIAL).unwrap(), &Secret::new(SEED.as_bytes().to_vec())).unwrap();
        self.context.env = env;
        self
    }

    fn used(&self) -> UsedCodes {
        UsedCodes::of(&self.context.aws_directory, SERIAL)
    }

    /// The codes that were sent.
    fn sent(&self) -> Vec<String> {
        let bodies = self.script.asked().into_iter();
        bodies.map(|(_, body)| body.rsplit("TokenCode=").next().unwrap().to_owned()).collect()
    }

    async fn login(&self, source: MfaSource) -> Result<(), ResolveError> {
        // Whatever is kept is older.
        let new = NewSession { session: session(source), since: Timestamp::MAX };
        new_session(&self.context, &new).await.map(drop)
    }
}

/// Ten seconds into a half minute.
fn now() -> Timestamp {
    "2026-11-22T10:00:10Z".parse().unwrap()
}

fn session(source: MfaSource) -> MfaSession {
    let keys = StaticKeys {
        access_key_id: "AKIAX".to_owned(),
        secret_access_key: Secret::new("s".to_owned()),
        session_token: None,
        account_id: None,
        expiration: None,
    };
    MfaSession {
        base: Provider::Static(keys),
        profile: "me".to_owned(),
        serial: SERIAL.to_owned(),
        source,
        duration_seconds: None,
        keep: MfaKeep::File,
        sts: StsTarget {
            region: Found::by_default("us-east-1".to_owned()),
            endpoint_url: Found::by_default("https://sts.us-east-1.amazonaws.com".to_owned()),
        },
    }
}

fn code_at(step: Step) -> String {
    Seed::from_base32(SEED).unwrap().code_at(step).expose().clone()
}

#[tokio::test]
async fn what_is_asked_is_what_the_aws_cli_asks() {
    let stage = Stage::new(&[(200, SESSION)], &["123456"]);
    let provider = Provider::MfaSession(Box::new(session(MfaSource::Prompt)));
    let found = resolve(&stage.context, &provider).await.unwrap();
    assert_eq!(found.account_id.as_deref(), Some("123456789012"));
    assert_eq!(
        stage.script.asked()[0].1,
        "Action=GetSessionToken&Version=2011-06-15&DurationSeconds=43200\
         &SerialNumber=arn%3Aaws%3Aiam%3A%3A123456789012%3Amfa%2Fme&TokenCode=123456"
    );
    assert_eq!(stage.person.heard(), ["Enter MFA code for arn:aws:iam::123456789012:mfa/me: "]);
    // Kept: nobody is asked again.
    assert_eq!(resolve(&stage.context, &provider).await.unwrap(), found);
    assert_eq!(stage.script.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn codes_of_a_seed_wait_for_the_next_half_minute_where_one_was_used() {
    let stage = Stage::new(&[(200, SESSION), (200, SESSION)], &[]).with_seed();
    let step = Step::at(now());
    stage.login(MfaSource::Totp).await.unwrap();
    // The same process asks for another session in the same half minute.
    stage.clock.advance(Duration::from_secs(5));
    let began = tokio::time::Instant::now();
    let new = NewSession { session: session(MfaSource::Any), since: Timestamp::MAX };
    new_session(&stage.context, &new).await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 15, "15 seconds are left of the half minute");
    assert_eq!(stage.sent(), [code_at(step), code_at(step.next())]);
    assert_eq!(stage.used().last(now()), Some(step.next()));
    let heard = stage.person.heard().join("\n");
    assert!(heard.contains("waiting 16 s for the next"), "{heard}");
}

#[tokio::test(start_paused = true)]
async fn a_code_of_a_seed_that_was_used_elsewhere_is_tried_again_once() {
    let stage = Stage::new(&[(403, WRONG), (200, SESSION)], &[]).with_seed();
    let step = Step::at(now());
    stage.login(MfaSource::Totp).await.unwrap();
    assert_eq!(stage.sent(), [code_at(step), code_at(step.next())]);

    let stage = Stage::new(&[(403, WRONG), (403, WRONG)], &[]).with_seed();
    let error = stage.login(MfaSource::Totp).await.unwrap_err();
    assert!(error.remedy.contains("another device's"), "{error:?}");
    assert_eq!(stage.sent().len(), 2);
}

#[tokio::test]
async fn a_seed_that_is_not_there_is_missed_where_it_is_configured_and_else_somebody_is_asked() {
    let stage = Stage::new(&[(200, SESSION)], &["123456"]).with_seed();
    let other =
        |source| MfaSession { serial: "arn:aws:iam::123456789012:mfa/you".to_owned(), ..session(source) };
    let ask = async |source| {
        let new = NewSession { session: other(source), since: now() };
        new_session(&stage.context, &new).await
    };
    let error = ask(MfaSource::Totp).await.unwrap_err();
    assert!(
        error.what.contains("none is kept for the device") && error.remedy.contains("linklocal mfa add"),
        "{error:?}"
    );
    ask(MfaSource::Any).await.unwrap();
    assert_eq!(stage.sent(), ["123456"]);
}

#[tokio::test]
async fn a_code_that_was_used_is_not_sent_again() {
    let stage = Stage::new(&[(200, SESSION), (200, SESSION)], &["123456", "123456", "654321"]);
    stage.login(MfaSource::Prompt).await.unwrap();
    stage.person.heard();
    let new = NewSession { session: session(MfaSource::Prompt), since: Timestamp::MAX };
    new_session(&stage.context, &new).await.unwrap();
    assert_eq!(stage.sent(), ["123456", "654321"]);
    let heard = stage.person.heard().join("\n");
    assert!(heard.contains("was used already") && heard.contains("comes in 21 s"), "{heard}");
    // Given beforehand, there is no second.
    let given = MfaSource::Given(Secret::new("654321".to_owned()));
    let new = NewSession { session: session(given), since: Timestamp::MAX };
    let error = new_session(&stage.context, &new).await.unwrap_err();
    assert!(error.what.contains("used already") && error.remedy.contains("wait 21 s"), "{error:?}");
    assert_eq!(stage.sent().len(), 2);
}

#[tokio::test]
async fn people_mistype_three_times_at_most() {
    let stage =
        Stage::new(&[(403, WRONG), (403, WRONG), (403, WRONG)], &["111 111", "222222", "333333", "444444"]);
    let error = stage.login(MfaSource::Prompt).await.unwrap_err();
    assert_eq!(error.aws_code.as_deref(), Some("AccessDenied"));
    assert_eq!(stage.sent(), ["111111", "222222", "333333"]);
    assert_eq!(stage.used().last(now()), None, "what AWS did not take was not used");
}

#[tokio::test]
async fn a_command_prints_six_digits_or_is_told_off() {
    let command = |line: &str| {
        MfaSource::Command(MfaCommand {
            command: line.to_owned(),
            place: Place::variable("LINKLOCAL_MFA_COMMAND"),
        })
    };
    let mut stage = Stage::new(&[(200, SESSION)], &[]);
    stage.context.env = Env::from_pairs([("PATH", "/usr/bin:/bin")]);
    for (line, words) in [
        ("echo hunter2", "prints something else than a code"),
        ("sh -c 'exit 3'", "ended with status 3"),
        ("/nonexistent/x", "cannot be started"),
    ] {
        let error = stage.login(command(line)).await.unwrap_err();
        assert!(
            error.what.contains("mfa_command at LINKLOCAL_MFA_COMMAND") && error.what.contains(words),
            "{error:?}"
        );
        assert!(!format!("{error:?}").contains("hunter2"));
    }
    stage
        .login(command(
            "sh -c 'test $LINKLOCAL_MFA_SERIAL = arn:aws:iam::123456789012:mfa/me && echo 123456'",
        ))
        .await
        .unwrap();
    assert_eq!(stage.sent(), ["123456"]);
}

#[tokio::test]
async fn codes_are_made_for_the_time_at_aws() {
    let stage = Stage::new(&[(200, SESSION)], &[]).with_seed();
    let ahead = now() + Duration::from_secs(600);
    stage.context.skew.observe(now(), ahead);
    stage.login(MfaSource::Totp).await.unwrap();
    assert_eq!(stage.sent(), [code_at(Step::at(ahead))]);
}

#[tokio::test]
async fn sessions_of_the_vault_are_kept_there_alone() {
    let stage = Stage::new(&[(200, SESSION)], &["123456"]).with_seed();
    let kept = MfaSession { keep: MfaKeep::Vault, ..session(MfaSource::Prompt) };
    let provider = Provider::MfaSession(Box::new(kept));
    let found = resolve(&stage.context, &provider).await.unwrap();
    assert_eq!(resolve(&stage.context, &provider).await.unwrap(), found);
    assert_eq!(stage.sent().len(), 1);
    assert!(!stage.context.aws_directory.join("cli").exists());
}

#[tokio::test]
async fn long_term_keys_alone_are_taken() {
    let stage = Stage::new(&[], &[]);
    let Provider::Static(keys) = session(MfaSource::Prompt).base else { unreachable!() };
    let keys = StaticKeys { session_token: Some(Secret::new("t".to_owned())), ..keys };
    let session = MfaSession { base: Provider::Static(keys), ..session(MfaSource::Prompt) };
    let error = resolve(&stage.context, &Provider::MfaSession(Box::new(session))).await.unwrap_err();
    assert!(error.what.contains("long-term keys alone"), "{error:?}");
    assert!(stage.person.heard().is_empty() && stage.script.asked().is_empty());
}
