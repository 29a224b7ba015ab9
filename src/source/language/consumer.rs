//! Consumers: who may hold credentials for the gateway.

use crate::source::values::ProjectPath;
use crate::source::{List, OneOrMany};
use crate::{choice, table};

table! {
    /// Somebody who may hold credentials for the gateway.
    pub struct ConsumerTable("a consumer") {
        /// The key that the consumer's tokens are signed with.
        jwt: CredentialTable;
        /// The names of the secrets that hold the keys which the consumer may show. More than one lets a new key take over from an old one.
        key_auth: OneOrMany<String>;
        /// The groups that the consumer is in, which routes let in or keep out.
        groups: List<String>;
    }
}

table! {
    /// What a consumer's tokens are verified with.
    pub struct CredentialTable("a credential") {
        /// The value of the token's `iss` claim, by which the gateway finds this credential.
        key: String => required;
        /// The signature's algorithm.
        algorithm: JwtAlgorithm = JwtAlgorithm::Hs256;
        /// For `HS256`, `HS384` and `HS512`: the name of the secret that signs. Its value enters the gateway when its container starts.
        secret: String;
        /// For `RS256` and `ES256`: the file that holds the public key in PEM. It becomes part of the gateway's config.
        public_key: ProjectPath;
    }
}

choice! {
    /// The signature algorithms (RFC 7518, section 3.1).
    pub enum JwtAlgorithm {
        /// HMAC with SHA-256: one secret signs and verifies.
        Hs256 = "HS256",
        /// HMAC with SHA-384.
        Hs384 = "HS384",
        /// HMAC with SHA-512.
        Hs512 = "HS512",
        /// RSA with SHA-256: a private key signs, which the gateway never sees.
        Rs256 = "RS256",
        /// ECDSA on the curve P-256 with SHA-256.
        Es256 = "ES256",
    }
}

impl JwtAlgorithm {
    /// Whether what verifies a signature could also make one.
    #[must_use]
    pub fn is_symmetric(self) -> bool {
        matches!(self, Self::Hs256 | Self::Hs384 | Self::Hs512)
    }
}
