//! `linklocal sign`: adds a signature to a request and prints what came of it. Nothing is sent.

mod again;
mod payload;
mod print;
mod refused;
mod subject;

use sigv4::FieldChoice;
use sys::{Clock, Env};

use self::payload::ChosenPayload;
use self::print::SignedRequest;
use self::subject::Subject;
use super::credentials::Snapshot;
use super::signing::{Moment, Place, Plan, Told, host, sign_header};
use crate::arguments::{Global, SignArguments};
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(
    global: &Global,
    env: &Env,
    output: Output,
    arguments: &SignArguments,
) -> Result<(), Failure> {
    if global.data.is_some() {
        return Err(Failure::usage("--data is the data directory of a server, which `sign` has no use for")
            .hint("the body is -d or --data-raw"));
    }
    if arguments.answer.as_deref() == Some("-") && subject::reads_stdin(arguments) {
        return Err(Failure::usage("stdin cannot hold both the request and the answer")
            .hint("name a file with the answer: --answer FILE"));
    }
    let snapshot = Snapshot::of_keys(env, &arguments.keys);
    let mut payload = ChosenPayload::of(arguments)?;
    let mut subject = Subject::read(arguments)?;
    if arguments.sign_again {
        again::unsigned(&mut subject.message, &mut payload)?;
    }
    let explains = arguments.answer.is_some();
    if explains && refused::is_signed(&subject.message) {
        return refused::explain_signed(&subject, payload, &snapshot, output, arguments);
    }
    let plan = plan(arguments, &subject, &snapshot)?;
    plan.warn();
    let never: Vec<&str> = arguments.no_sign_header.iter().map(String::as_str).collect();
    let fields = FieldChoice { never: &never, only: None, content_length: arguments.sign_content_length };
    let message = &subject.message;
    let (headers, texts) = sign_header(message, payload.payload(message), &plan, fields)?;
    let signed = SignedRequest::new(message, headers, &texts, &plan);
    match explains {
        true => refused::explain(signed.message(), payload, Some(&plan.keys), &plan.rules, output, arguments),
        false => signed.print(output, arguments),
    }
}

fn plan(arguments: &SignArguments, subject: &Subject, snapshot: &Snapshot) -> Result<Plan, Failure> {
    let keys = subject.keys(arguments, snapshot)?;
    let moment = Moment::of(&arguments.scope, Clock::system().now());
    let told = Told::by(&host(&subject.message), &subject.message.target);
    let place = Place::find(&arguments.scope, &subject.hint, &told, snapshot)?;
    Ok(Plan::new(keys, moment, place, &subject.message, &arguments.scope))
}
