//! `linklocal sign`: adds a signature to a request and prints what came of it. Nothing is sent.

mod again;
mod payload;
mod print;
mod signature;
mod subject;

use sigv4::FieldChoice;
use sys::{Clock, Env};

use self::payload::ChosenPayload;
use self::print::SignedRequest;
use self::signature::Signature;
use self::subject::Subject;
use super::signing::{Moment, Place, Plan, Told, host};
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
    if arguments.sigv4a {
        return Err(Failure::usage("--sigv4a is not there yet"));
    }
    let mut payload = ChosenPayload::of(arguments)?;
    let mut subject = Subject::read(arguments)?;
    if arguments.sign_again {
        again::unsigned(&mut subject.message, &mut payload)?;
    }
    let plan = plan(arguments, &subject, env)?;
    plan.warn();
    let never: Vec<&str> = arguments.no_sign_header.iter().map(String::as_str).collect();
    let fields = FieldChoice { never: &never, only: None, content_length: arguments.sign_content_length };
    let message = &subject.message;
    let signature = Signature::symmetric(message, payload.payload(message), &plan, fields)?;
    SignedRequest::new(message, &signature, &plan).print(output, arguments)
}

fn plan(arguments: &SignArguments, subject: &Subject, env: &Env) -> Result<Plan, Failure> {
    let keys = subject.keys(arguments, env)?;
    let moment = Moment::of(&arguments.scope, Clock::system().now());
    let told = Told::by(&host(&subject.message), &subject.message.target);
    let place = Place::find(&arguments.scope, &subject.hint, &told, env)?;
    Ok(Plan::new(keys, moment, place))
}
