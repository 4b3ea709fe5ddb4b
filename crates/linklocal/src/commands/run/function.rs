//! What a Lambda function finds in its environment (AWS Lambda Developer Guide, "Using Lambda environment variables").
//!
//! Rule: what says of the function what it is may be set by the user and stays then; who it is, where and when may not. `PATH`
//! is the user's, because CMD is not in Lambda's directories, and there is no runtime API: CMD is the handler itself.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use sys::{Clock, Entropy, Env};
use types::{Secret, Timestamp};

use super::Changes;
use crate::failure::Failure;

/// Credentials as a function has them: nobody renews them.
pub(super) struct Keys {
    pub(super) access_key_id: String,
    pub(super) secret_access_key: Secret<String>,
    pub(super) session_token: Option<Secret<String>>,
}

/// A function, as far as its environment tells of it.
pub(super) struct Function<'a> {
    env: &'a Env,
    /// What `AWS_EXECUTION_ENV` names; a runtime of the function's own has none.
    runtime: Option<&'static str>,
    /// The file that is called, without its ending.
    module: String,
}

impl<'a> Function<'a> {
    /// That CMD is.
    pub(super) fn of(env: &'a Env, command: &[OsString]) -> Self {
        let program = command.first().map(|program| stem(program)).unwrap_or_default();
        let runtime =
            RUNTIMES.iter().find(|(name, _)| program.starts_with(name)).map(|(_, runtime)| *runtime);
        let script = || command.get(1).filter(|word| !word.as_encoded_bytes().starts_with(b"-"));
        let module = match runtime {
            Some(_) => script().map_or_else(|| UNNAMED.to_owned(), |script| stem(script)),
            None => program,
        };
        Self { env, runtime, module }
    }

    /// Its variables, the time and the randomness in them taken from the system.
    pub(super) fn variables(&self, keys: &Keys, region: Option<&str>) -> Result<Changes, Failure> {
        let random = Entropy::system().bytes().map_err(|error| Failure::of(&error))?;
        Ok(self.variables_at(keys, region, Clock::system().now(), random))
    }

    fn variables_at(&self, keys: &Keys, region: Option<&str>, now: Timestamp, random: [u8; 36]) -> Changes {
        let mut changes = self.own(now, &hex(&random[..16]));
        let trace = &random[16..];
        let trace =
            format!("Root=1-{:08x}-{};Parent={};Sampled=0", now.secs(), hex(&trace[..12]), hex(&trace[12..]));
        let token = keys.session_token.as_ref().map(|token| token.expose().as_str());
        let fixed = [
            ("AWS_ACCESS_KEY_ID", Some(keys.access_key_id.as_str())),
            ("AWS_SECRET_ACCESS_KEY", Some(keys.secret_access_key.expose())),
            ("AWS_SESSION_TOKEN", token),
            ("AWS_XRAY_CONTEXT_MISSING", Some("LOG_ERROR")),
            ("LANG", Some("en_US.UTF-8")),
            ("TZ", Some(":UTC")),
            ("_X_AMZN_TRACE_ID", Some(&trace)),
        ];
        changes.extend(fixed.map(|(name, value)| (name.into(), value.map(Into::into))));
        let regions = region.iter().flat_map(|region| REGIONS.map(|name| (name.into(), Some(region.into()))));
        changes.extend(regions);
        changes
    }

    /// What the user may say otherwise.
    fn own(&self, now: Timestamp, log_id: &str) -> Changes {
        let set = |name: &str| self.env.var(name).filter(|value| !value.is_empty());
        let name = set("AWS_LAMBDA_FUNCTION_NAME").unwrap_or(&self.module).to_owned();
        let version = set("AWS_LAMBDA_FUNCTION_VERSION").unwrap_or("$LATEST").to_owned();
        let day = now.iso8601()[..10].replace('-', "/");
        let defaults = [
            ("AWS_EXECUTION_ENV", self.runtime.map(str::to_owned)),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Some("128".to_owned())),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", Some("on-demand".to_owned())),
            ("AWS_LAMBDA_LOG_GROUP_NAME", Some(format!("/aws/lambda/{name}"))),
            ("AWS_LAMBDA_LOG_STREAM_NAME", Some(format!("{day}/[{version}]{log_id}"))),
            ("LAMBDA_RUNTIME_DIR", Some("/var/runtime".to_owned())),
            ("LAMBDA_TASK_ROOT", std::env::current_dir().ok().map(|here| here.display().to_string())),
            ("_HANDLER", Some(format!("{}.handler", self.module))),
            ("AWS_LAMBDA_FUNCTION_NAME", Some(name)),
            ("AWS_LAMBDA_FUNCTION_VERSION", Some(version)),
        ];
        let unset = defaults.into_iter().filter(|(name, _)| set(name).is_none());
        unset.map(|(name, value)| (name.into(), value.map(Into::into))).collect()
    }
}

/// The name of a file without its ending, as far as a function's name may have it (`CreateFunction`, `FunctionName`).
fn stem(file: &OsStr) -> String {
    let stem = Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
    let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let name: String = stem.chars().take(LONGEST_NAME).map(allowed).collect();
    if name.is_empty() { UNNAMED.to_owned() } else { name }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
const UNNAMED: &str = "function";
const LONGEST_NAME: usize = 64;
/// Programs that Lambda has runtimes for, and what those are called today. For a program of another kind Lambda sets no
/// `AWS_EXECUTION_ENV`.
const RUNTIMES: [(&str, &str); 5] = [
    ("python", "AWS_Lambda_python3.13"),
    ("node", "AWS_Lambda_nodejs22.x"),
    ("java", "AWS_Lambda_java21"),
    ("ruby", "AWS_Lambda_ruby3.4"),
    ("dotnet", "AWS_Lambda_dotnet8"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)], command: &[&str]) -> Vec<(String, Option<String>)> {
        let env = Env::from_pairs(pairs.iter().copied());
        let command: Vec<OsString> = command.iter().map(OsString::from).collect();
        let keys = Keys {
            access_key_id: "ASIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: Secret::new("secret".to_owned()),
            session_token: Some(Secret::new("token".to_owned())),
        };
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let changes = Function::of(&env, &command).variables_at(&keys, Some("eu-west-1"), now, [0xab; 36]);
        let text = |text: OsString| text.into_string().unwrap();
        changes.into_iter().map(|(name, value)| (text(name), value.map(text))).collect()
    }

    fn of(name: &str, pairs: &[(&str, &str)], command: &[&str]) -> Option<String> {
        let variables = variables(pairs, command);
        variables.into_iter().find(|(known, _)| known == name).and_then(|(_, value)| value)
    }

    #[test]
    fn a_function_knows_who_and_where_it_is() {
        for (name, expected) in [
            ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"),
            ("AWS_SESSION_TOKEN", "token"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
            ("AWS_EXECUTION_ENV", "AWS_Lambda_nodejs22.x"),
            ("AWS_LAMBDA_FUNCTION_NAME", "app-v1"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/app-v1"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/22/[$LATEST]abababababababababababababababab"),
            ("_HANDLER", "app-v1.handler"),
            ("TZ", ":UTC"),
            (
                "_X_AMZN_TRACE_ID",
                "Root=1-6b02d940-abababababababababababab;Parent=abababababababab;Sampled=0",
            ),
        ] {
            let found = of(name, &[("TZ", "Europe/Vienna")], &["/usr/bin/node", "src/app.v1.js"]);
            assert_eq!(found.as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn it_is_named_after_what_is_run() {
        for (command, name, runtime) in [
            (&["./target/debug/my.app"][..], "my", None),
            (&["python3.12", "-m", "app"], "function", Some("AWS_Lambda_python3.13")),
            (&["python3", "lambda_function.py"], "lambda_function", Some("AWS_Lambda_python3.13")),
            (&["sh", "-c", "env"], "sh", None),
        ] {
            assert_eq!(of("AWS_LAMBDA_FUNCTION_NAME", &[], command).as_deref(), Some(name));
            assert_eq!(of("AWS_EXECUTION_ENV", &[], command).as_deref(), runtime);
        }
    }

    #[test]
    fn what_the_user_says_of_it_stays() {
        let pairs = [("AWS_LAMBDA_FUNCTION_NAME", "orders"), ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")];
        let variables = variables(&pairs, &["sh"]);
        assert!(!variables.iter().any(|(name, _)| pairs.iter().any(|(set, _)| set == name)));
        assert_eq!(of("AWS_LAMBDA_LOG_GROUP_NAME", &pairs, &["sh"]).as_deref(), Some("/aws/lambda/orders"));
    }
}
