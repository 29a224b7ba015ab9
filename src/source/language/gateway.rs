//! The gateway: the one door to the stack's services.

use crate::source::language::{Cors, Method, OptionValue, PluginTable, PolicyTable};
use crate::source::values::{Duration, PortSpec};
use crate::source::{List, Named};
use crate::{choice, table};

table! {
    /// The API gateway. stackgen makes the service that runs it.
    pub struct GatewayTable("`[gateway]`") {
        /// The name of the gateway's service.
        name: String = "kong".to_owned();
        /// The kind of the gateway's service.
        kind: String = "kong".to_owned(), names Kind;
        /// The host port of the proxy.
        port: PortSpec => required;
        /// The host port of the admin API. Without one it stays closed to everything but its own container.
        admin: PortSpec;
        /// The image to run, with its tag, instead of the kind's.
        image: String;
        /// Settings of the kind.
        options: Named<OptionValue>;
        /// The path at which the gateway itself says that it is well.
        health: String = "/health".to_owned();
        /// Which pages of other origins may ask, on every route that says nothing else.
        cors: Cors;
        /// What holds for every route that says nothing else.
        defaults: PolicyTable;
        /// Who may hold credentials, by name.
        consumers: Named<ConsumerTable>;
        /// Gateway plugins for every route, that stackgen does not model.
        plugins: List<PluginTable>;
    }
}

table! {
    /// Somebody who may hold credentials for the gateway.
    pub struct ConsumerTable("a consumer") {
        /// The key that the consumer's tokens are signed with.
        jwt: CredentialTable;
    }
}

table! {
    /// What a consumer's tokens are verified with.
    pub struct CredentialTable("a credential") {
        /// The value of the token's `iss` claim, by which the gateway finds this credential.
        key: String => required;
        /// The signature's algorithm.
        algorithm: JwtAlgorithm = JwtAlgorithm::Hs256;
        /// The name of the secret that signs. Its value enters the gateway when its container starts.
        secret: String => required, names Secret;
    }
}

choice! {
    /// The signature algorithms that sign and verify with one shared secret (RFC 7518, section 3.2).
    pub enum JwtAlgorithm {
        /// HMAC with SHA-256.
        Hs256 = "HS256",
        /// HMAC with SHA-384.
        Hs384 = "HS384",
        /// HMAC with SHA-512.
        Hs512 = "HS512",
    }
}

table! {
    /// Which pages of other origins may ask (the Fetch standard's CORS protocol).
    pub struct CorsTable("a cors policy") {
        /// The origins, such as `"https://app.example.com"`.
        origins: List<String> => required;
        /// Whether browsers may send cookies and tokens.
        credentials: bool = false;
        /// How long browsers may keep a preflight's answer.
        max_age: Duration = Duration::from_seconds(3600);
        /// The methods allowed. Without any, all.
        methods: List<Method>;
        /// The request headers allowed. Without any, those that the browser asks for.
        headers: List<String>;
        /// The response headers that pages may read.
        exposed_headers: List<String>;
    }
}
