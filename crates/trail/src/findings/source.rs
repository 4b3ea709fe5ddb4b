//! From where a program has its keys, as SDKs say it themselves.
//!
//! Rule: the word `m/` in a user agent lists features by short codes, among them the source of the credentials (botocore, `useragent.py`;
//! the other SDKs share the codes). It is the client's word: good for advice, and for nothing else.

/// Where keys came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum KeySource {
    Code,
    Environment,
    Profile,
    Process,
}

pub(super) fn source(user_agent: &str) -> Option<KeySource> {
    let features = user_agent.split(' ').filter_map(|word| word.strip_prefix("m/"));
    features.flat_map(|features| features.split(',')).find_map(|code| match code {
        "e" | "f" => Some(KeySource::Code),
        "g" => Some(KeySource::Environment),
        "n" | "x" | "y" => Some(KeySource::Profile),
        "v" | "w" => Some(KeySource::Process),
        _ => None,
    })
}

impl KeySource {
    pub(super) fn said(self) -> &'static str {
        match self {
            Self::Code => "the program says that it has the keys in its own code or settings",
            Self::Environment => "the program says that it has the keys from variables of its environment",
            Self::Profile => "the program says that it has the keys from a profile in the shared files",
            Self::Process => "the program says that a process of its profile gave it the keys",
        }
    }

    /// Why they won over an instance's role.
    pub(super) fn why(self) -> &'static str {
        match self {
            Self::Code => {
                "Keys that a program is given in code win over every other source; the metadata service is asked last, and was never asked."
            }
            Self::Environment => {
                "Every SDK looks at its environment before it looks at profiles, and at the metadata service last. The variables were set, so \
                 the role was never asked for."
            }
            Self::Profile => {
                "Every SDK looks at profiles before it asks the metadata service. The profile had keys, so the role was never asked for."
            }
            Self::Process => {
                "Every SDK looks at profiles before it asks the metadata service. The profile names a process that gave keys, so the role was \
                 never asked for."
            }
        }
    }

    pub(super) fn cure(self) -> &'static str {
        match self {
            Self::Code => {
                "take the keys out of the program: a client that is made without credentials finds the role by itself"
            }
            Self::Environment => {
                "unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN where the program is started (shell profile, unit file, \
                 compose file, CI settings)"
            }
            Self::Profile => {
                "remove aws_access_key_id and aws_secret_access_key from the profile (`linklocal configure list-profiles` shows where they \
                 are), and unset AWS_PROFILE where the program is started"
            }
            Self::Process => {
                "remove credential_process from the profile, or unset AWS_PROFILE where the program is started"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_from_the_features_alone() {
        for (agent, expected) in [
            ("aws-cli/2.38.1 md/awscrt#0.38.1 ua/2.1 m/n,b,E", Some(KeySource::Profile)),
            ("Boto3/1.44.5 ua/2.1 os/linux m/Z,g,b,D,N cfg/retry-mode#legacy", Some(KeySource::Environment)),
            ("Boto3/1.44.5 m/e,D", Some(KeySource::Code)),
            ("Boto3/1.44.5 m/0,b", None),
            ("Boto3/1.44.5 m/AC,gg", None),
            ("curl/8 g e n", None),
            ("", None),
        ] {
            assert_eq!(source(agent), expected, "{agent}");
        }
    }
}
