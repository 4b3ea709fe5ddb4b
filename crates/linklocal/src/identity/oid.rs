//! The object identifiers that certificates and signatures use, each with where it is defined.

/// `rsaEncryption` (RFC 8017 appendix A.1)
pub(super) const RSA_ENCRYPTION: &[u64] = &[1, 2, 840, 113_549, 1, 1, 1];
/// `sha256WithRSAEncryption` (RFC 8017 appendix A.2.4)
pub(super) const SHA256_WITH_RSA_ENCRYPTION: &[u64] = &[1, 2, 840, 113_549, 1, 1, 11];
/// `id-dsa-with-sha1` (RFC 3279 section 2.2.2)
pub(super) const DSA_WITH_SHA1: &[u64] = &[1, 2, 840, 10_040, 4, 3];
/// `id-sha1` (RFC 3279 section 2.1)
pub(super) const SHA1: &[u64] = &[1, 3, 14, 3, 2, 26];
/// `id-sha256` (RFC 5754 section 2.2)
pub(super) const SHA256: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 1];
/// `id-data` (RFC 5652 section 4)
pub(super) const DATA: &[u64] = &[1, 2, 840, 113_549, 1, 7, 1];
/// `id-signedData` (RFC 5652 section 5.1)
pub(super) const SIGNED_DATA: &[u64] = &[1, 2, 840, 113_549, 1, 7, 2];
/// `id-contentType` (RFC 5652 section 11.1)
pub(super) const CONTENT_TYPE: &[u64] = &[1, 2, 840, 113_549, 1, 9, 3];
/// `id-messageDigest` (RFC 5652 section 11.2)
pub(super) const MESSAGE_DIGEST: &[u64] = &[1, 2, 840, 113_549, 1, 9, 4];
/// `id-signingTime` (RFC 5652 section 11.3)
pub(super) const SIGNING_TIME: &[u64] = &[1, 2, 840, 113_549, 1, 9, 5];
/// `id-aa-cmsAlgorithmProtect` (RFC 6211)
pub(super) const CMS_ALGORITHM_PROTECT: &[u64] = &[1, 2, 840, 113_549, 1, 9, 52];
/// `id-at-commonName` (RFC 5280 appendix A.1)
pub(super) const COMMON_NAME: &[u64] = &[2, 5, 4, 3];
/// `id-at-organizationName` (RFC 5280 appendix A.1)
pub(super) const ORGANIZATION: &[u64] = &[2, 5, 4, 10];
/// `id-at-organizationalUnitName` (RFC 5280 appendix A.1)
pub(super) const ORGANIZATIONAL_UNIT: &[u64] = &[2, 5, 4, 11];
/// `id-ce-subjectKeyIdentifier` (RFC 5280 section 4.2.1.2)
pub(super) const SUBJECT_KEY_IDENTIFIER: &[u64] = &[2, 5, 29, 14];
/// `id-ce-keyUsage` (RFC 5280 section 4.2.1.3)
pub(super) const KEY_USAGE: &[u64] = &[2, 5, 29, 15];
/// `id-ce-basicConstraints` (RFC 5280 section 4.2.1.9)
pub(super) const BASIC_CONSTRAINTS: &[u64] = &[2, 5, 29, 19];
/// `id-ce-authorityKeyIdentifier` (RFC 5280 section 4.2.1.1)
pub(super) const AUTHORITY_KEY_IDENTIFIER: &[u64] = &[2, 5, 29, 35];
