//! Why a request is denied, in AWS's words (IAM User Guide, "Troubleshoot access denied error messages").

use super::Layer;
use crate::document::Span;

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// A statement denies; otherwise `layer` is the first that lacks an allow.
    pub explicit: bool,
    pub layer: Layer,
    /// The statement that denies.
    pub statement: Option<StatementRef>,
}

/// A statement and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementRef {
    /// [`Attached::name`](super::Attached::name)
    pub policy: String,
    pub sid: Option<String>,
    pub span: Span,
}

impl Denial {
    /// The end of AWS's message, from "because" or "with" on. A managed policy that denies is named by its ARN.
    pub fn reason(&self, action: &str) -> String {
        if !self.explicit {
            // Nobody is told that a role does not trust him, but that no policy of the resource does.
            let lacking = if self.layer == Layer::Trust { Layer::Resource } else { self.layer };
            return format!("because no {} allows the {action} action", lacking.as_str());
        }
        let article = self.layer.article();
        let words = self.layer.as_str();
        let arn =
            self.statement.as_ref().map(|statement| &statement.policy).filter(|_| self.layer.has_arns());
        match arn.filter(|name| name.starts_with("arn:")) {
            Some(arn) => format!("with an explicit deny in {article} {words}: {arn}"),
            None => format!("with an explicit deny in {article} {words}"),
        }
    }
}

impl Layer {
    /// What AWS's messages call its policies, such as `identity-based policy`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ResourceControl => "resource control policy",
            Self::ServiceControl => "service control policy",
            Self::Endpoint => "VPC endpoint policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Resource => "resource-based policy",
            Self::Trust => "role trust policy",
            Self::Identity => "identity-based policy",
        }
    }

    /// What stands before the words of [`Layer::as_str`].
    pub(crate) fn article(self) -> &'static str {
        match self {
            Self::Identity => "an",
            Self::Trust => "the",
            _ => "a",
        }
    }

    /// Whether its policies are things of their own: a resource's policy has no ARN but the resource's.
    fn has_arns(self) -> bool {
        !matches!(self, Self::Resource | Self::Trust | Self::Endpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denial(explicit: bool, layer: Layer, policy: &str) -> Denial {
        let statement = StatementRef { policy: policy.to_owned(), sid: None, span: Span::default() };
        Denial { explicit, layer, statement: explicit.then_some(statement) }
    }

    #[test]
    fn lacking_allows_in_aws_words() {
        for (layer, words) in [
            (Layer::Identity, "identity-based policy"),
            (Layer::Resource, "resource-based policy"),
            (Layer::Trust, "resource-based policy"),
            (Layer::Boundary, "permissions boundary"),
            (Layer::Session, "session policy"),
            (Layer::ServiceControl, "service control policy"),
            (Layer::ResourceControl, "resource control policy"),
            (Layer::Endpoint, "VPC endpoint policy"),
        ] {
            let expected = format!("because no {words} allows the iam:GetUser action");
            assert_eq!(denial(false, layer, "").reason("iam:GetUser"), expected);
        }
    }

    #[test]
    fn denials_in_aws_words() {
        let arn = "arn:aws:iam::111111111111:policy/x";
        for (layer, policy, words) in [
            (Layer::Identity, "inline", "an identity-based policy"),
            (Layer::Identity, arn, "an identity-based policy: arn:aws:iam::111111111111:policy/x"),
            (Layer::Boundary, arn, "a permissions boundary: arn:aws:iam::111111111111:policy/x"),
            (Layer::Session, "", "a session policy"),
            (Layer::Resource, arn, "a resource-based policy"),
            (Layer::Trust, arn, "the role trust policy"),
            (Layer::ServiceControl, "p-1", "a service control policy"),
            (Layer::ResourceControl, "p-1", "a resource control policy"),
            (Layer::Endpoint, "vpce-1", "a VPC endpoint policy"),
        ] {
            let expected = format!("with an explicit deny in {words}");
            assert_eq!(denial(true, layer, policy).reason("s3:GetObject"), expected);
        }
    }
}
