//! What templates see of the gateway, its routes and its upstreams. Stable: a field is only ever added.

use super::context::{PluginView, SharedRoute, SharedService};
use crate::view;

view! {
    /// A route with every policy that holds for it.
    pub struct RouteView {
        /// Unique in the stack: `identity-1`.
        name: String,
        /// The service that takes its requests.
        service: String,
        /// The first of its paths.
        path: String,
        /// The paths that it takes: prefixes, and regular expressions behind `~`.
        paths: Vec<String>,
        /// The methods that it takes; empty for all.
        methods: Vec<String>,
        /// The host names that it takes; empty for all.
        hosts: Vec<String>,
        /// The headers that a request must have.
        headers: Vec<HeaderView>,
        /// What clients may speak: `http`, `https`, or `grpc`, `grpcs`.
        protocols: Vec<String>,
        /// Which of several regular expressions comes first: the one with the greater number.
        priority: u16,
        /// Who may come in: `none` for everybody, else `jwt`, `key-auth`, or both with ` or ` between.
        auth: String,
        /// The ways to come in, each of which will do; empty for everybody.
        ways_in: Vec<String>,
        /// How tokens are looked for and verified, or none where nobody needs one.
        jwt: Option<JwtPolicyView>,
        /// How keys are looked for, or none where nobody needs one.
        key_auth: Option<KeyPolicyView>,
        /// The groups that are let in or kept out, or none.
        groups: Option<GroupsView>,
        /// The addresses that are let in or kept out, or none.
        ip: Option<AddressesView>,
        /// How many requests are let through.
        rate_limits: Vec<RateView>,
        /// Whose requests are counted together: `consumer`, `credential`, `ip`, `service`, `header`, `path`.
        limit_by: String,
        /// The header's name or the path for the last two, else none.
        limit_by_name: Option<String>,
        /// Which pages of other origins may ask, or none.
        cors: Option<CorsView>,
        /// Whether what the path matches is taken off before the request is passed on.
        strip_path: bool,
        /// Whether the service is told the host that the client asked for.
        preserve_host: bool,
        /// The largest body in bytes, or none.
        max_body: Option<u64>,
        /// How long the service may take to answer, in milliseconds.
        timeout: u64,
        /// What is changed about requests, or none.
        request: Option<TransformView>,
        /// What is changed about answers, or none.
        response: Option<TransformView>,
        /// How each request gets a number of its own, or none.
        correlation_id: Option<CorrelationView>,
        /// Further plugins.
        plugins: Vec<PluginView>,
    }
}

view! {
    /// A header that a request must have.
    pub struct HeaderView {
        /// Its name.
        name: String,
        /// One of these it has to be; behind `~*` stands a regular expression.
        values: Vec<String>,
    }
}

view! {
    /// How tokens are looked for and verified.
    pub struct JwtPolicyView {
        /// The claims about time that must be right: `exp`, `nbf`.
        claims: Vec<String>,
        /// The claim that names the credential.
        key_claim: String,
        /// The headers that a token may be in.
        headers: Vec<String>,
        /// The cookies that a token may be in.
        cookies: Vec<String>,
        /// The query parameters that a token may be in.
        query: Vec<String>,
        /// How far in the future a token may expire, in seconds, or none.
        max_expiration: Option<u64>,
        /// Whether secrets are written in base64.
        base64_secret: bool,
    }
}

view! {
    /// How keys are looked for.
    pub struct KeyPolicyView {
        /// The names that a key may be under.
        names: Vec<String>,
        /// Whether a header may hold it.
        header: bool,
        /// Whether a query parameter may hold it.
        query: bool,
        /// Whether a body may hold it.
        body: bool,
        /// Whether it is taken out before the request is passed on.
        hide: bool,
    }
}

view! {
    /// Groups of consumers; one of the two lists is empty.
    pub struct GroupsView {
        /// The only ones that are let in.
        allow: Vec<String>,
        /// Those that are kept out.
        deny: Vec<String>,
        /// Whether the service is told them.
        forward: bool,
    }
}

view! {
    /// Addresses and ranges of them.
    pub struct AddressesView {
        /// The only ones that are let in; empty for all.
        allow: Vec<String>,
        /// Those that are kept out.
        deny: Vec<String>,
    }
}

view! {
    /// A rate limit.
    pub struct RateView {
        /// How many requests.
        limit: u32,
        /// In which period: `second`, `minute`, `hour`, `day`, `month`, `year`.
        period: String,
    }
}

view! {
    /// Which pages of other origins may ask.
    pub struct CorsView {
        /// The origins.
        origins: Vec<String>,
        /// Whether browsers may send cookies and tokens.
        credentials: bool,
        /// How long a preflight's answer may be kept, in seconds.
        max_age: u64,
        /// The methods allowed; empty for all.
        methods: Vec<String>,
        /// The request headers allowed; empty for those asked for.
        headers: Vec<String>,
        /// The response headers that pages may read.
        exposed_headers: Vec<String>,
    }
}

view! {
    /// What is changed about a request or an answer.
    pub struct TransformView {
        /// The method that the service sees, or none for the client's.
        method: Option<String>,
        /// The path that the service sees, or none for the route's.
        path: Option<String>,
        /// What is changed, in this order; steps that change nothing are left out.
        steps: Vec<StepView>,
    }
}

view! {
    /// One sort of change.
    pub struct StepView {
        /// `remove`, `rename`, `replace`, `add` or `append`.
        name: String,
        /// Headers.
        headers: Vec<PairView>,
        /// Query parameters; of an answer none.
        query: Vec<PairView>,
        /// Fields of the body.
        body: Vec<PairView>,
    }
}

view! {
    /// A name, and what it is to be.
    pub struct PairView {
        /// The name.
        name: String,
        /// The value or the new name, or none where it is removed.
        value: Option<String>,
        /// Both as the gateway writes them: `name`, or `name:value`.
        text: String,
        /// For a field of an answer: `string`, `number` or `boolean`.
        kind: String,
    }
}

view! {
    /// How each request gets a number of its own.
    pub struct CorrelationView {
        /// The header that holds it.
        header: String,
        /// How it is made: `uuid`, `uuid#counter` or `tracker`.
        generator: String,
        /// Whether the client is told it as well.
        echo: bool,
    }
}

view! {
    /// How the gateway reaches a service.
    pub struct UpstreamView {
        /// `identity.upstream`: never the DNS name of a container.
        name: String,
        /// What the gateway speaks to it: `http`, `https`, `grpc`, `grpcs`.
        protocol: String,
        /// Whether its certificate has to be one that the gateway trusts.
        verify_tls: bool,
        /// How requests are shared out: `round-robin`, `least-connections`, `consistent-hashing`, `latency`.
        algorithm: String,
        /// What requests are told apart by, or none.
        hash_on: Option<HashView>,
        /// What they are told apart by where they do not have that, or none.
        hash_fallback: Option<HashView>,
        /// The places that get them.
        targets: Vec<UpstreamTargetView>,
        /// The host that the targets are told, or none for their own.
        host_header: Option<String>,
        /// How each target is asked whether it is well, or none.
        active: Option<ActiveView>,
        /// What is learned from answers, or none.
        passive: Option<PassiveView>,
        /// How much of the whole weight has to be well, in percent.
        threshold: u16,
        /// The service's routes by how long they may take and how often they are tried: the settings that Kong knows for a service alone.
        backends: Vec<BackendView>,
    }
}

view! {
    /// What requests are told apart by.
    pub struct HashView {
        /// `consumer`, `ip`, `path`, `header`, `cookie`, `query_arg` or `uri_capture`.
        by: String,
        /// The name of the last four, or none.
        name: Option<String>,
    }
}

view! {
    /// A place that gets requests.
    pub struct UpstreamTargetView {
        /// Its DNS name as the gateway's container sees it, or its address.
        host: String,
        /// Its port.
        port: u16,
        /// Its share.
        weight: u16,
    }
}

view! {
    /// How each target is asked whether it is well. Times are in seconds.
    pub struct ActiveView {
        /// `http` or `https`.
        check: String,
        /// The path that is asked for.
        path: String,
        /// Headers to ask with.
        headers: Vec<HeaderView>,
        /// Between two questions to one that is well.
        interval: u64,
        /// Between two questions to one that is not.
        unhealthy_interval: u64,
        /// For an answer.
        timeout: u64,
        /// How many are asked at once.
        concurrency: u16,
        /// How many good answers in a row make it well.
        successes: u16,
        /// How many bad answers in a row make it unwell.
        http_failures: u16,
        /// How many failed connections in a row do.
        tcp_failures: u16,
        /// How many missing answers in a row do.
        timeouts: u16,
        /// The statuses of a good answer.
        healthy_statuses: Vec<u16>,
        /// The statuses of a bad one.
        unhealthy_statuses: Vec<u16>,
    }
}

view! {
    /// What is learned from answers to requests.
    pub struct PassiveView {
        /// How many good answers in a row make a target well.
        successes: u16,
        /// How many bad answers in a row make it unwell.
        http_failures: u16,
        /// How many failed connections in a row do.
        tcp_failures: u16,
        /// How many missing answers in a row do.
        timeouts: u16,
        /// The statuses of a good answer.
        healthy_statuses: Vec<u16>,
        /// The statuses of a bad one.
        unhealthy_statuses: Vec<u16>,
    }
}

view! {
    /// The routes of a service that may take equally long. Times are in milliseconds.
    pub struct BackendView {
        /// Unique in the stack: the service's name for the first, `identity.120000ms` for another.
        name: String,
        /// For a connection.
        connect_timeout: u64,
        /// Between two reads of the answer.
        read_timeout: u64,
        /// Between two writes of the request.
        write_timeout: u64,
        /// How often a request that did not arrive is sent again.
        retries: u16,
        /// The routes.
        routes: Vec<SharedRoute>,
    }
}

view! {
    /// The gateway.
    pub struct GatewayView {
        /// Its service.
        service: SharedService,
        /// The path at which it says that it is well itself.
        health: String,
        /// How it answers for itself and for the services that it routes to.
        health_routes: Vec<HealthRouteView>,
        /// The published port of the admin API, or none where it is closed.
        admin: Option<u16>,
        /// Where the developer's machine reaches the proxy.
        url: String,
        /// Its listener for https, or none.
        tls: Option<TlsView>,
        /// What it counts, or none.
        metrics: Option<MetricsView>,
        /// The redis that rate limits are counted in, or none.
        rate_limit_store: Option<StoreView>,
        /// Whether some route takes gRPC without TLS, which needs HTTP/2 without TLS.
        plain_http2: bool,
        /// Whether the certificate of some service has to be one that the gateway trusts.
        verifies_tls: bool,
        /// Whether some route can be entered in more ways than one.
        several_ways_in: bool,
        /// Every route of every service, in the order of the source.
        routes: Vec<SharedRoute>,
        /// Who may hold credentials.
        consumers: Vec<ConsumerView>,
        /// Plugins for every route.
        plugins: Vec<PluginView>,
    }
}

view! {
    /// A path of the gateway's at which somebody can see whether something works.
    pub struct HealthRouteView {
        /// `gateway.health`, or `identity.health`.
        name: String,
        /// As clients see it.
        path: String,
        /// A regular expression that matches this path and no other.
        pattern: String,
        /// The service that answers, or none where the gateway does itself.
        service: Option<SharedService>,
        /// The path that the service is asked for, or none.
        answers_at: Option<String>,
        /// How long it may take, in milliseconds.
        timeout: u64,
    }
}

view! {
    /// The gateway's listener for https.
    pub struct TlsView {
        /// The host port.
        port: u16,
        /// Its certificates.
        certificates: Vec<CertificateView>,
    }
}

view! {
    /// A certificate, by the names of the secrets that hold it and its key.
    pub struct CertificateView {
        /// Of the certificate.
        certificate: String,
        /// Of its private key.
        key: String,
        /// The names that it is shown for; empty for all that no other has.
        snis: Vec<String>,
    }
}

view! {
    /// What the gateway counts.
    pub struct MetricsView {
        /// The host port of the status API, or none.
        port: Option<u16>,
        /// Requests by status.
        status_codes: bool,
        /// How long they took.
        latency: bool,
        /// How many bytes they moved.
        bandwidth: bool,
        /// Which targets are well.
        upstream_health: bool,
        /// All of it by consumer.
        per_consumer: bool,
    }
}

view! {
    /// The redis that rate limits are counted in.
    pub struct StoreView {
        /// The service.
        service: String,
        /// Its host as the gateway's container sees it.
        host: String,
        /// Its port there.
        port: u16,
        /// The name of the secret that holds its password, or none.
        password: Option<String>,
    }
}

view! {
    /// Somebody who may hold credentials.
    pub struct ConsumerView {
        /// The consumer's name.
        name: String,
        /// What its tokens are verified with, or none.
        jwt: Option<JwtView>,
        /// The names of the secrets that hold its keys.
        key_auth: Vec<String>,
        /// The groups that it is in.
        groups: Vec<String>,
    }
}

view! {
    /// What a consumer's tokens are verified with.
    pub struct JwtView {
        /// The value of the token's `iss` claim.
        key: String,
        /// `HS256`, `HS384`, `HS512`, `RS256` or `ES256`.
        algorithm: String,
        /// The name of the secret, or none where a public key verifies.
        secret: Option<String>,
        /// The public key in PEM, or none where a secret verifies.
        public_key: Option<String>,
    }
}
