//! Denials in rows, and codes that were wrong.

use std::collections::VecDeque;
use std::time::Duration;

use types::Timestamp;

use super::group::{Groups, time};
use super::{Finding, Severity};
use crate::event::Kept;

#[derive(Debug, Default)]
pub(super) struct Rows {
    /// By who it was; the newest denials, and whether there were ever too many at once.
    denied: Groups<String, Row>,
    wrong_codes: Groups<String, ()>,
}

#[derive(Debug, Default)]
struct Row {
    recent: VecDeque<Timestamp>,
    longest: usize,
}

impl Rows {
    pub(super) fn look_at(&mut self, call: &Kept) {
        let event = &call.event;
        let Some(code) = &event.error_code else { return };
        let who = event.user_identity.arn.clone();
        let who = who.unwrap_or_else(|| format!("somebody at {}", event.source_ip_address));
        let message = event.error_message.as_deref().unwrap_or_default();
        if message.starts_with("MultiFactorAuthentication failed")
            || code.starts_with("InvalidAuthenticationCode")
        {
            self.wrong_codes.add(who, call, || ());
        } else if code.contains("AccessDenied") || code.contains("UnauthorizedOperation") {
            let at = time(call);
            if let Some((tally, row)) = self.denied.group(who, at, Row::default) {
                tally.add(call);
                row.add(at);
            }
        }
    }

    pub(super) fn findings(self) -> Vec<Finding> {
        let rows =
            self.denied.into_iter().filter(|(_, _, row)| row.longest >= ENOUGH).map(|(who, tally, row)| {
                let evidence = vec![format!(
                    "{} denials, {} of them within five minutes: {}",
                    tally.times,
                    row.longest,
                    tally.operations()
                )];
                let why =
                    "Somebody tries what he may do, or a program lacks a permission and does not notice."
                        .to_owned();
                let advice = vec![
                    "see what each lacks: `linklocal explain` with the request id of a denial".to_owned(),
                    "see all of them: `linklocal trail --denied --user` with this ARN".to_owned(),
                ];
                let finding = tally.finding(
                    "denials-in-a-row",
                    Severity::Medium,
                    format!("{who} is denied again and again"),
                );
                Finding { evidence, why, advice, ..finding }
            });
        let codes = self.wrong_codes.into_iter().map(|(who, tally, ())| {
            let severity = if tally.times >= 3 { Severity::Medium } else { Severity::Low };
            let evidence = vec![format!("{} times: {}", tally.times, tally.operations())];
            let why = "A code was mistyped, the clock of the device is off, the serial number is another's, or somebody guesses.".to_owned();
            let advice = vec![
                "compare the clocks, then bring the device back in step: `aws iam resync-mfa-device`".to_owned(),
                "the serial number is that of the user's own device: `aws iam list-mfa-devices`".to_owned(),
            ];
            Finding { evidence, why, advice, ..tally.finding("mfa-failure", severity, format!("MFA codes of {who} were refused")) }
        });
        rows.chain(codes).collect()
    }
}

impl Row {
    fn add(&mut self, at: Timestamp) {
        while self.recent.front().is_some_and(|first| at.since(*first) > SPAN) {
            self.recent.pop_front();
        }
        self.recent.push_back(at);
        if self.recent.len() > MOST {
            self.recent.pop_front();
        }
        self.longest = self.longest.max(self.recent.len());
    }
}

/// Denials within the span that make a row.
const ENOUGH: usize = 5;
const SPAN: Duration = Duration::from_secs(300);
const MOST: usize = 10_000;
