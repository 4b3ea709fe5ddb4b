//! What EC2 takes as a tag (EC2 user guide, "Tag your Amazon EC2 resources"), and which keys the metadata service can show
//! ("View tags for your EC2 instances using instance metadata").

/// Tags of an instance, those that AWS sets not counted.
pub const MAX_TAGS: usize = 50;

/// Characters of a key; at least one.
pub const MAX_TAG_KEY: usize = 128;

/// Characters of a value.
pub const MAX_TAG_VALUE: usize = 256;

/// Whether AWS keeps this key for itself (`aws:`, in any case): such tags can be described, not asked for.
pub fn is_reserved_tag_key(key: &str) -> bool {
    key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}

/// Whether the key can be a name in the metadata tree. Keys otherwise valid in EC2 may hold blanks and slashes; showing
/// tags fails where one does.
pub fn is_servable_tag_key(key: &str) -> bool {
    let spelled = key.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-=.,_:@".contains(&b));
    spelled && !matches!(key, "" | "." | ".." | "_index")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servable_keys_follow_the_user_guide() {
        for key in ["Name", "a+b-c=d.e,f_g:h@i", "aws:autoscaling:groupName", "...", "_Index"] {
            assert!(is_servable_tag_key(key), "{key}");
        }
        for key in ["", ".", "..", "_index", "a b", "a/b", "naïve", "a\nb", "a*"] {
            assert!(!is_servable_tag_key(key), "{key}");
        }
    }

    #[test]
    fn the_prefix_of_aws_is_reserved_in_any_case() {
        for (key, reserved) in
            [("aws:x", true), ("AWS:x", true), ("aws", false), ("myaws:", false), ("naïve", false)]
        {
            assert_eq!(is_reserved_tag_key(key), reserved, "{key}");
        }
    }
}
