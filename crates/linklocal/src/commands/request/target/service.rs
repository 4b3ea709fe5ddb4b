//! Services by name: how they are spoken to, and where.
//!
//! Rule: the table says names and versions, the hosts are those of `sigv4::hosts`. Source: `services.txt`.

use crate::failure::Failure;

/// A service of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands::request) struct Service {
    /// As the AWS CLI has it, such as `logs`.
    pub(in crate::commands::request) name: &'static str,
    pub(in crate::commands::request) protocol: Protocol,
    /// The first label of its hosts, such as `monitoring`.
    pub(in crate::commands::request) endpoint: &'static str,
    pub(in crate::commands::request) signing_name: &'static str,
    /// As settings for endpoints have it, such as `CloudWatch Logs`.
    pub(in crate::commands::request) id: &'static str,
}

/// How an action is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands::request) enum Protocol {
    /// A form with `Action` and the version of the API. In that of EC2 lists are written without `member`.
    Query { version: &'static str, of_ec2: bool },
    /// A JSON object, and the action in `X-Amz-Target` behind this prefix.
    Json { version: &'static str, target: &'static str },
    /// Method and path of each action are its own.
    Rest,
    /// Binary documents, which nobody types.
    Cbor,
    /// Signatures of another kind.
    Foreign,
}

impl Service {
    /// By the name of the AWS CLI, else by the signing name, which IAM policies have too.
    pub(in crate::commands::request) fn named(typed: &str) -> Result<Self, Failure> {
        let name = typed.to_ascii_lowercase();
        if let Some(service) = all().find(|service| service.name == name) {
            return Ok(service);
        }
        let same: Vec<Self> = all().filter(|s| s.signing_name == name || s.endpoint == name).collect();
        match same.as_slice() {
            [one] => Ok(*one),
            [] => Err(unknown(&name)),
            several => {
                let names: Vec<&str> = several.iter().map(|service| service.name).collect();
                Err(Failure::usage(format!("{name} is the signing name of several services"))
                    .hint(format!("write one of {}", names.join(", "))))
            }
        }
    }

    fn read(line: &'static str) -> Option<Self> {
        let mut words = line.splitn(6, ' ');
        let (name, protocol, detail) = (words.next()?, words.next()?, words.next()?);
        let mut or_name = || words.next().map(|word| if word == "=" { name } else { word });
        let (endpoint, signing_name) = (or_name()?, or_name()?);
        let protocol = match protocol {
            "query" => Protocol::Query { version: detail, of_ec2: false },
            "ec2" => Protocol::Query { version: detail, of_ec2: true },
            "json-1.0" => Protocol::Json { version: "1.0", target: detail },
            "json-1.1" => Protocol::Json { version: "1.1", target: detail },
            "rest-json" | "rest-xml" => Protocol::Rest,
            "cbor" => Protocol::Cbor,
            _ => Protocol::Foreign,
        };
        Some(Self { name, protocol, endpoint, signing_name, id: words.next()? })
    }
}

fn all() -> impl Iterator<Item = Service> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(Service::read)
}

fn unknown(name: &str) -> Failure {
    let nearest = all().map(|service| (strsim::damerau_levenshtein(service.name, name), service.name));
    let failure = Failure::usage(format!("{name:?} is no service of the table"));
    failure.hint(match nearest.min() {
        Some((distance, near)) if distance <= 2 => format!("did you mean {near}:…?"),
        _ => "a service that is not there is reached by its URL, with its signing name in --service: \
              linklocal request POST https://host/ --service NAME"
            .to_owned(),
    })
}

const TABLE: &str = include_str!("services.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_nearly_all_have_a_host() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        let services: Vec<Service> = all().collect();
        assert_eq!(services.len(), lines);
        assert!(services.is_sorted_by_key(|service| service.name));
        let homeless =
            |service: &&Service| sigv4::hosts::endpoint_of(service.endpoint, "us-east-1").is_none();
        // The models are newer than the endpoint data.
        let homeless: Vec<&str> = services.iter().filter(homeless).map(|service| service.name).collect();
        assert!(homeless.len() <= 11, "{homeless:?}");
    }

    #[test]
    fn services_go_by_the_name_of_the_cli_or_by_one_that_signs() {
        let cases =
            [("sts", "sts"), ("STS", "sts"), ("states", "stepfunctions"), ("monitoring", "cloudwatch")];
        for (typed, name) in cases {
            assert_eq!(Service::named(typed).map(|service| service.name), Ok(name));
        }
        let told = |typed| Service::named(typed).unwrap_err().hint.unwrap();
        assert_eq!(told("elasticloadbalancing"), "write one of elb, elbv2");
        assert_eq!(told("dynamo-db"), "did you mean dynamodb:…?");
        assert!(told("something-else").contains("--service NAME"));
    }

    #[test]
    fn names_and_versions_are_those_of_the_models() {
        let named = |name| Service::named(name).map(|service| (service.protocol, service.id)).unwrap();
        let json = |version, target| Protocol::Json { version, target };
        assert_eq!(named("sts"), (Protocol::Query { version: "2011-06-15", of_ec2: false }, "STS"));
        assert_eq!(named("ec2"), (Protocol::Query { version: "2016-11-15", of_ec2: true }, "EC2"));
        assert_eq!(named("dynamodb"), (json("1.0", "DynamoDB_20120810"), "DynamoDB"));
        assert_eq!(named("logs"), (json("1.1", "Logs_20140328"), "CloudWatch Logs"));
        assert_eq!(named("lambda"), (Protocol::Rest, "Lambda"));
    }
}
