//! Signs many requests with this product and with the `aws-sigv4` crate, and verifies what they and botocore made of them.
//!
//!     sign-requests REQUESTS BOTOCORE
//!
//! Both files hold one JSON object a line, in the same order: `interop/programs/random_requests.py` writes the first,
//! `interop/programs/botocore_signs.py` the second. The answer is one object a line: who signed or why not, and whether our
//! verifier takes the signature.

mod ours;
mod request;
mod theirs;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};

use serde_json::{Value, json};

use crate::ours::Ours;
use crate::request::{Sent, Unsigned};

type Fault = Box<dyn std::error::Error>;

fn main() -> Result<(), Fault> {
    let mut words = std::env::args().skip(1);
    let (requests, botocore) = (lines(words.next())?, lines(words.next())?);
    let mut ours = Ours::default();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (request, botocore) in requests.zip(botocore) {
        let unsigned: Unsigned = serde_json::from_str(&request?)?;
        let answer = json!({
            "ours": judged(&mut ours, &unsigned, |ours| ours.sign(&unsigned)),
            "aws-sigv4": judged(&mut ours, &unsigned, |_| theirs::sign(&unsigned)),
            "botocore": judged(&mut ours, &unsigned, |_| botocores(&botocore?)),
        });
        writeln!(out, "{answer}")?;
    }
    Ok(out.flush()?)
}

/// What came of one signer: its signature and our verifier's word, or why it did not sign.
fn judged(
    ours: &mut Ours,
    unsigned: &Unsigned,
    sign: impl FnOnce(&mut Ours) -> Result<Sent, Fault>,
) -> Value {
    match sign(ours) {
        Ok(sent) => json!({"signature": sent.signature, "verified": ours.verify(unsigned, &sent)}),
        Err(fault) => json!({"refused": reasons(fault.as_ref())}),
    }
}

fn botocores(line: &str) -> Result<Sent, Fault> {
    let value: Value = serde_json::from_str(line)?;
    match value["refused"].as_str() {
        Some(reason) => Err(reason.into()),
        None => Ok(serde_json::from_value(value)?),
    }
}

fn reasons(fault: &dyn std::error::Error) -> String {
    let mut text = fault.to_string();
    let mut next = fault.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

fn lines(name: Option<String>) -> Result<impl Iterator<Item = std::io::Result<String>>, Fault> {
    let name = name.ok_or("two files are wanted: requests, and what botocore made of them")?;
    Ok(BufReader::new(File::open(name)?).lines())
}
