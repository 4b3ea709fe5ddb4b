//! A call becomes an event.

use std::borrow::Cow;

use gateway::Outcome;
use serde_json::{Value, json};
use types::Partition;
use wire::model::{self, Service};

use super::parameters::{Half, shown, without_secrets};
use super::resources::{named_by_aws, touched};
use super::{Aside, Event, Kept, Resource, TlsDetails, UserIdentity};
use crate::call::{Call, Taken};
use crate::read_only::{event_name, is_data, is_read_only};

/// The account whose trail it is.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    pub(crate) account_id: String,
    /// Of those who sign for none.
    pub(crate) region: String,
    pub(crate) partition: Partition,
}

/// The record of `call` under a fresh id.
pub(crate) fn made(call: &Call, home: &Home, event_id: String) -> Kept {
    let operation = call.operation.as_deref().unwrap_or(UNKNOWN);
    let service = &*call.service;
    let read_only = is_read_only(service, operation);
    let is_data = is_data(service, operation);
    let modelled = model::service(service);
    let request_parameters = half(call, modelled, Half::Input, &call.input);
    let response_elements = match call.outcome {
        Outcome::Done => half(call, modelled, Half::Output, &call.output),
        _ => Value::Null,
    };
    let resources = named_by_aws(service, operation, &request_parameters, home);
    let mut about = resources.clone();
    if !read_only || operation.starts_with("AssumeRole") {
        about = touched(service, &request_parameters, &response_elements, home);
    }
    let event = Event {
        event_version: VERSION.to_owned(),
        user_identity: UserIdentity::of(call),
        event_time: call.time.trunc_secs(),
        event_source: source(service),
        event_name: event_name(service, operation).to_owned(),
        aws_region: region(call, home),
        source_ip_address: call.source_address.to_canonical().to_string(),
        user_agent: call.user_agent.clone(),
        error_code: call.error.as_ref().map(|(code, _)| error_code(call, modelled, code)),
        error_message: call
            .error
            .as_ref()
            .map(|(_, message)| without_secrets(message))
            .filter(|text| !text.is_empty()),
        request_parameters,
        response_elements,
        additional_event_data: additional(call),
        request_id: call.s3_ids.as_ref().map_or_else(|| call.request_id.clone(), |(id, _)| id.clone()),
        event_id,
        read_only,
        resources,
        event_type: "AwsApiCall".to_owned(),
        management_event: !is_data,
        recipient_account_id: home.account_id.clone(),
        event_category: if is_data { "Data" } else { "Management" }.to_owned(),
        tls_details: tls(call),
    };
    Kept { event, aside: Aside::of(call, about) }
}

fn half(call: &Call, service: Option<&'static Service>, half: Half, taken: &Taken) -> Value {
    match taken {
        Taken::Nothing => Value::Null,
        Taken::TooLarge(size) => {
            let which = match half {
                Half::Input => "requestParameters",
                Half::Output => "responseElements",
            };
            json!({ "omitted": true, "originalSize": size, "reason": format!("{which} too large") })
        }
        Taken::Whole(structure) => {
            let operation = call.operation.as_deref().unwrap_or_default();
            shown(service, operation, half, structure, call)
        }
    }
}

/// `iam.amazonaws.com`. What is no name of a service is the client's word, and not repeated.
fn source(service: &str) -> String {
    let plain = (1..=32).contains(&service.len())
        && service.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    format!("{}.amazonaws.com", if plain { service } else { "unknown" })
}

/// IAM is one for the whole partition, and told in one region.
fn region(call: &Call, home: &Home) -> String {
    if call.service == "iam" {
        return global_region(home.partition).to_owned();
    }
    call.region.clone().unwrap_or_else(|| home.region.clone())
}

fn global_region(partition: Partition) -> &'static str {
    match partition {
        Partition::AwsCn => "cn-north-1",
        Partition::AwsUsGov => "us-gov-west-1",
        _ => "us-east-1",
    }
}

/// EC2 tells whose fault it is; IAM and STS are told by the names of their models, not by those on the wire.
fn error_code(call: &Call, service: Option<&'static Service>, code: &str) -> String {
    match &*call.service {
        "ec2" if is_of_server(code, call.status) => format!("Server.{code}"),
        "ec2" => format!("Client.{code}"),
        "iam" | "sts" => {
            let declared = service.and_then(|service| service.error(code));
            declared.map_or(Cow::Borrowed(code), |error| error.name.into()).into_owned()
        }
        _ => code.to_owned(),
    }
}

/// Whether EC2 blames itself (EC2 API reference, "Error codes for the Amazon EC2 API", server errors). Who asks too often is told so with
/// 503, and is blamed himself.
fn is_of_server(code: &str, status: u16) -> bool {
    match code {
        "RequestLimitExceeded" => false,
        "InternalError" | "InternalFailure" | "ServiceUnavailable" | "Unavailable" => true,
        _ => status >= 500 || (code.starts_with("Insufficient") && code.contains("Capacity")),
    }
}

/// What S3 tells of signature and bytes.
fn additional(call: &Call) -> Value {
    let Some((_, host_id)) = &call.s3_ids else { return Value::Null };
    let mut data = json!({
        "bytesTransferredIn": call.transferred.received,
        "bytesTransferredOut": call.transferred.sent,
        "x-amz-id-2": host_id,
    });
    if let Some(form) = call.signature {
        data["SignatureVersion"] = form.version.as_str().into();
        data["AuthenticationMethod"] = form.method.as_str().into();
    }
    if let Some(suite) = call.security.and_then(|security| security.cipher_suite) {
        data["CipherSuite"] = suite.into();
    }
    data
}

fn tls(call: &Call) -> Option<TlsDetails> {
    let security = call.security?;
    Some(TlsDetails {
        tls_version: security.version.to_owned(),
        cipher_suite: security.cipher_suite.map(str::to_owned),
        client_provided_host_header: call.host.clone(),
    })
}

impl Home {
    pub(super) fn own(&self, kind: &str, name: String) -> Resource {
        Resource { account_id: Some(self.account_id.clone()), kind: kind.to_owned(), arn: name }
    }
}

const VERSION: &str = "1.11";

/// The operation of a request that could not be routed.
const UNKNOWN: &str = "Unknown";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ec2_tells_whose_fault_it_is() {
        for (code, status, of_server) in [
            ("RequestLimitExceeded", 503, false),
            ("UnauthorizedOperation", 403, false),
            ("InsufficientFreeAddressesInSubnet", 400, false),
            ("InsufficientInstanceCapacity", 400, true),
            ("InsufficientCapacityOnHost", 400, true),
            ("InternalError", 500, true),
            ("Unavailable", 503, true),
        ] {
            assert_eq!(is_of_server(code, status), of_server, "{code}");
        }
    }
}
