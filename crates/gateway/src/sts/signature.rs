//! Signatures of identity providers' tokens: RSA (RFC 8017) and ECDSA (FIPS 186-5).

use account::sts::web_identity::{Algorithm, VerificationKey};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, EcdsaVerificationAlgorithm,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey,
};

/// Whether the holder of `key` signed `message`. A key of another kind than the algorithm's verifies nothing.
pub(super) fn is_of(algorithm: Algorithm, key: &VerificationKey, message: &[u8], signature: &[u8]) -> bool {
    match key {
        VerificationKey::Rsa { modulus, exponent } => rsa(algorithm).is_some_and(|parameters| {
            RsaPublicKeyComponents { n: modulus, e: exponent }.verify(parameters, message, signature).is_ok()
        }),
        VerificationKey::Ec { curve, point } => ecdsa(algorithm).is_some_and(|parameters| {
            algorithm.curve() == Some(*curve)
                && UnparsedPublicKey::new(parameters, point).verify(message, signature).is_ok()
        }),
    }
}

fn rsa(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    match algorithm {
        Algorithm::Rs256 => Some(&RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Rs384 => Some(&RSA_PKCS1_2048_8192_SHA384),
        Algorithm::Rs512 => Some(&RSA_PKCS1_2048_8192_SHA512),
        _ => None,
    }
}

fn ecdsa(algorithm: Algorithm) -> Option<&'static EcdsaVerificationAlgorithm> {
    match algorithm {
        Algorithm::Es256 => Some(&ECDSA_P256_SHA256_FIXED),
        Algorithm::Es384 => Some(&ECDSA_P384_SHA384_FIXED),
        Algorithm::Es512 => Some(&ECDSA_P521_SHA512_FIXED),
        _ => None,
    }
}
