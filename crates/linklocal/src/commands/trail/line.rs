//! An entry of the trail on one line for people.
//!
//! Rule: what clients made up cannot leave its line or move the cursor.

use std::fmt::Write as _;

use trail::{Kept, Program};

use crate::server::trail::{CallerRecord, Event, Record};

/// The line, with its end.
pub(super) fn text(record: &Record) -> String {
    let mut line = format!("{}  ", record.time);
    let instance = record.instance_id.as_ref().map(ToString::to_string).unwrap_or_default();
    match &record.event {
        Event::HandOut { principal, access_key_id, expiration, delivery, source, profile } => {
            if !instance.is_empty() {
                let _ = write!(line, "{instance}  ");
            }
            let _ = write!(line, "{access_key_id} of {}", plain(principal));
            if let Some(expiration) = expiration {
                let _ = write!(line, " until {expiration}");
            }
            let _ = write!(line, ", {}, to {}", by(delivery), whom(record));
            for (what, text) in [("profile", profile), ("from", source)] {
                if let Some(text) = text {
                    let _ = write!(line, ", {what} {}", plain(text));
                }
            }
        }
        Event::Denial { rule, host, page } => {
            if !instance.is_empty() {
                let _ = write!(line, "{instance}  ");
            }
            let _ = write!(line, "denied by {rule}: {}", whom(record));
            if let Some(host) = host {
                let _ = write!(line, ", Host {}", quoted(host));
            }
            if let Some(page) = page {
                let _ = write!(line, ", page {}", quoted(page));
            }
        }
        Event::Lost => {
            let _ = write!(line, "{} entries came too fast and were not kept", record.times);
            return line + "\n";
        }
    }
    if let (true, Some(since)) = (record.times > 1, record.since) {
        let _ = write!(line, ", {} times since {since}", record.times);
    }
    line + "\n"
}

/// A call of the account, with its end.
pub(super) fn call(kept: &Kept) -> String {
    let Kept { event, aside } = kept;
    let service = event.event_source.trim_end_matches(".amazonaws.com");
    let mut line = format!(
        "{}  {}:{} by {}",
        aside.time.unwrap_or(event.event_time),
        plain(service),
        plain(&event.event_name),
        who(kept)
    );
    if let Some(key) = &event.user_identity.access_key_id {
        let _ = write!(line, " with {}", plain(key));
    }
    let _ = write!(line, " from {}", plain(&event.source_ip_address));
    if let Some(program) = aside.program.as_ref().and_then(program) {
        let _ = write!(line, ", {program}");
    }
    if let Some(agent) = event.user_agent.as_deref().and_then(|agent| agent.split(' ').next()) {
        let _ = write!(line, ", {}", quoted(agent));
    }
    match (&event.error_code, &event.error_message) {
        (Some(code), Some(message)) => {
            let _ = write!(line, ": {}, {}", plain(code), plain(message));
        }
        (Some(code), None) => {
            let _ = write!(line, ": {}", plain(code));
        }
        (None, _) => {}
    }
    if let Some(hint) = &aside.hint {
        let _ = write!(line, " ({})", plain(hint));
    }
    line + "\n"
}

/// By name where there is one.
fn who(kept: &Kept) -> String {
    let identity = &kept.event.user_identity;
    let role = identity
        .session_context
        .as_ref()
        .and_then(|context| context.session_issuer.as_ref()?.user_name.as_ref());
    match (&*identity.kind, role, &kept.aside.user_name) {
        ("AssumedRole" | "FederatedUser", Some(issuer), Some(session)) => {
            format!("{}/{}", plain(issuer), plain(session))
        }
        (_, _, Some(name)) => plain(name),
        ("AWSAccount", ..) => "anybody".to_owned(),
        _ => "somebody unknown".to_owned(),
    }
}

fn program(program: &Program) -> Option<String> {
    let mut text = match (program.name(), program.process_id) {
        (Some(name), Some(id)) => format!("{} (process {id})", plain(name)),
        (None, Some(id)) => format!("process {id}"),
        (name, None) => plain(name?),
    };
    if let Some(user) = &program.user_name {
        let _ = write!(text, " of user {}", plain(user));
    }
    Some(text)
}

/// How credentials were asked for.
fn by(delivery: &str) -> String {
    match delivery {
        "1.0" => "IMDSv1".to_owned(),
        "2.0" => "IMDSv2".to_owned(),
        "container" => "container endpoint".to_owned(),
        other => plain(other),
    }
}

fn whom(record: &Record) -> String {
    let Some(caller) = &record.caller else { return "somebody".to_owned() };
    let mut text = match (&caller.program, caller.process_id) {
        (Some(program), Some(id)) => format!("{} (process {id})", plain(program)),
        (None, Some(id)) => format!("process {id}"),
        (Some(program), None) => plain(program),
        (None, None) => caller.address.map_or_else(|| "somebody".to_owned(), |address| address.to_string()),
    };
    if let Some(user) = user(caller) {
        let _ = write!(text, " of user {user}");
    }
    if let Some(container) = &caller.container_id {
        let _ = write!(text, " in container {}", plain(container.get(..12).unwrap_or(container)));
    }
    if let Some(directory) = &caller.working_directory {
        let _ = write!(text, " in {}", plain(directory));
    }
    if caller.run {
        text.push_str(" under run");
    }
    if let Some(agent) = &record.user_agent {
        let _ = write!(text, ", {}", quoted(agent));
    }
    text
}

fn user(caller: &CallerRecord) -> Option<String> {
    caller.user_name.as_deref().map(plain).or_else(|| caller.user_id.map(|id| id.to_string()))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", plain(text))
}

/// Without what a terminal takes for an order, or draws in another direction.
pub(super) fn plain(text: &str) -> String {
    let is_order = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let escaped = |c: char| if is_order(c) { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(json: &str) -> String {
        text(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn hand_outs_say_what_and_to_whom() {
        let json = r#"{"Time":"2026-11-21T08:22:00Z","Event":"HandOut","Principal":"arn:aws:iam::111122223333:role/app",
            "AccessKeyId":"ASIAX","Expiration":"2026-11-21T14:00:00Z","Delivery":"2.0","InstanceId":"i-0123456789abcdef0",
            "Caller":{"Address":"127.0.0.1","ProcessId":7,"Program":"/usr/bin/curl","UserId":1000,"UserName":"alice",
            "ContainerId":"0123456789abcdef","Run":true},"UserAgent":"curl/8","Times":3,"Since":"2026-11-21T08:21:00Z"}"#;
        assert_eq!(
            shown(json),
            "2026-11-21T08:22:00Z  i-0123456789abcdef0  ASIAX of arn:aws:iam::111122223333:role/app until \
             2026-11-21T14:00:00Z, IMDSv2, to /usr/bin/curl (process 7) of user alice in container 0123456789ab \
             under run, \"curl/8\", 3 times since 2026-11-21T08:21:00Z\n"
        );
    }

    #[test]
    fn denials_say_the_rule_and_cannot_leave_their_line() {
        let json = r#"{"Time":"2026-11-21T08:22:00Z","Event":"Denial","Rule":"hosts","Host":"evil\u001b[2Jé\n.example",
            "Page":"http://x","Caller":{"Address":"127.0.0.1","UserId":1000}}"#;
        assert_eq!(
            shown(json),
            "2026-11-21T08:22:00Z  denied by hosts: 127.0.0.1 of user 1000, Host \"evil\\u{1b}[2Jé\\n.example\", page \
             \"http://x\"\n"
        );
    }

    #[test]
    fn losses_are_said() {
        assert_eq!(
            shown(r#"{"Time":"2026-11-21T08:22:00Z","Event":"Lost","Times":5}"#),
            "2026-11-21T08:22:00Z  5 entries came too fast and were not kept\n"
        );
    }
}
