//! Which tags the metadata service can show (EC2 user guide, "View tags for your EC2 instances using instance
//! metadata").

/// The key stands in the way of access to tags in instance metadata.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "tag key {0:?} cannot be shown in instance metadata: use letters, digits and + - = . , _ : @ alone, and not \
     \".\", \"..\" or \"_index\""
)]
pub struct TagKeyError(String);

/// Checks a key of an instance whose tags are (or are about to be) shown. Keys otherwise valid in EC2 may hold spaces
/// and slashes; turning the option on fails where one does.
pub fn check_tag_key(key: &str) -> Result<(), TagKeyError> {
    let spelled = key.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-=.,_:@".contains(&b));
    let reserved = matches!(key, "" | "." | ".." | "_index");
    if spelled && !reserved { Ok(()) } else { Err(TagKeyError(key.chars().take(128).collect())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_follow_the_user_guide() {
        for key in ["Name", "a+b-c=d.e,f_g:h@i", "aws:autoscaling:groupName", "...", "_Index"] {
            assert_eq!(check_tag_key(key), Ok(()), "{key}");
        }
        for key in ["", ".", "..", "_index", "a b", "a/b", "naïve", "a\nb", "a*"] {
            assert_eq!(check_tag_key(key), Err(TagKeyError(key.to_owned())), "{key}");
        }
    }
}
