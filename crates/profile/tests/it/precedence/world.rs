//! What answered in the recording: STS, a container agent and a program, and nobody else.

use profile::plan::{AssumeRole, Container, ContainerToken, Outcome, Plan, Provider, StsTarget};

use super::Request;

/// Where the fake endpoint of the recording listened.
pub(super) const ENDPOINT: &str = "http://127.0.0.1:18999";

/// Credentials as the fakes gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) id: String,
    pub(super) token: Option<String>,
}

/// The fakes, and what was asked of them.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) requests: Vec<Request>,
}

impl World {
    /// Carries the plan out: the winner, and those behind it where the SDK goes on.
    pub(super) fn find(&mut self, plan: &Plan) -> Option<Answer> {
        let Outcome::Resolved(first) = plan.outcome else {
            return None;
        };
        for step in &plan.steps[first..] {
            let answer = step.provider.as_ref().map(|provider| self.ask(provider));
            match answer {
                Some(Some(answer)) => return Some(answer),
                Some(None) if !step.goes_on => return None,
                _ => {}
            }
        }
        None
    }

    fn ask(&mut self, provider: &Provider) -> Option<Answer> {
        match provider {
            Provider::Static(keys) => Some(Answer {
                id: keys.access_key_id.clone(),
                token: keys.session_token.as_ref().map(|token| token.expose().clone()),
            }),
            Provider::AssumeRole(role) => self.assume(role),
            Provider::WebIdentity(role) => {
                let name = role.role_arn.rsplit('/').next()?;
                let mut request = Request::default();
                let mut add =
                    |name: &str, value: &str| request.parameters.insert(name.to_owned(), value.to_owned());
                add("Action", "AssumeRoleWithWebIdentity");
                add("RoleArn", &role.role_arn);
                add("WebIdentityToken", "JWT.TOK.EN");
                if let Some(session) = &role.role_session_name {
                    add("RoleSessionName", session);
                }
                self.called(request, &role.sts).then(|| temporary(&format!("AKIDWEBID:{name}")))
            }
            Provider::Process(process) => {
                process.command.ends_with("/proc").then(|| Answer { id: "AKIDPROC".to_owned(), token: None })
            }
            Provider::Container(container) => self.agent(container),
            Provider::Sso(_) | Provider::Login(_) | Provider::Imds(_) | Provider::MfaSession(_) => None,
        }
    }

    fn assume(&mut self, role: &AssumeRole) -> Option<Answer> {
        let base = self.ask(&role.base)?;
        let name = role.role_arn.rsplit('/').next()?;
        let authorization = format!("{} {}", base.id, role.sts.region.value);
        let mut request = Request { authorization, ..Request::default() };
        let mut add = |name: &str, value: Option<String>| {
            request.parameters.extend(value.map(|value| (name.to_owned(), value)));
        };
        add("Action", Some("AssumeRole".to_owned()));
        add("RoleArn", Some(role.role_arn.clone()));
        add("RoleSessionName", role.role_session_name.clone());
        add("ExternalId", role.external_id.clone());
        add("DurationSeconds", role.duration_seconds.map(|seconds| seconds.to_string()));
        // Nobody is there to type a code.
        let asked = role.mfa_serial.is_none() && self.called(request, &role.sts);
        asked.then(|| temporary(&format!("AKIDROLE:{name}")))
    }

    /// Whether the fake answers at the place where STS is called.
    fn called(&mut self, request: Request, sts: &StsTarget) -> bool {
        let here = sts.endpoint_url.value.trim_end_matches('/') == ENDPOINT;
        if here {
            self.requests.push(request);
        }
        here
    }

    fn agent(&mut self, container: &Container) -> Option<Answer> {
        let rest = container.url.value.strip_prefix("http://")?;
        let path = rest.strip_prefix("127.0.0.1:18999").or_else(|| rest.strip_prefix("localhost:18999"))?;
        let authorization = match &container.token {
            None => String::new(),
            Some(ContainerToken::Value(token)) => token.expose().clone(),
            Some(ContainerToken::File(path)) if path.ends_with("/tok") => "JWT.TOK.EN".to_owned(),
            // The file is not there, or cannot be sent.
            Some(ContainerToken::File(_)) => return None,
        };
        self.requests.push(Request { path: Some(path.to_owned()), authorization, ..Request::default() });
        (path == "/ecs").then(|| temporary("AKIDECS"))
    }
}

/// As the fakes' query strings are escaped.
pub(super) fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn temporary(id: &str) -> Answer {
    Answer { id: id.to_owned(), token: Some("t".to_owned()) }
}
