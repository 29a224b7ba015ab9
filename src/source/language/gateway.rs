//! The gateway: the one door to the stack's services.

use crate::source::language::{ConsumerTable, CorsTable, OptionValue, PluginTable, PolicyTable};
use crate::source::values::PortSpec;
use crate::source::{List, Named, OrFalse, OrTruth};
use crate::table;

table! {
    /// The API gateway. stackgen makes the service that runs it.
    pub struct GatewayTable("`[gateway]`") {
        /// The name of the gateway's service.
        name: String = "kong".to_owned();
        /// The kind of the gateway's service.
        kind: String = "kong".to_owned();
        /// The host port of the proxy.
        port: PortSpec => required;
        /// The host port of the admin API. Without one it stays closed to everything but its own container.
        admin: PortSpec;
        /// The image to run, with its tag, instead of the kind's.
        image: String;
        /// Settings of the kind.
        options: Named<OptionValue>;
        /// The path at which the gateway itself says that it is well; below it stands each routed service: `/health/identity`.
        health: String = "/health".to_owned();
        /// The listener for https.
        tls: TlsTable;
        /// Whether the gateway counts requests, for Prometheus to fetch from its status port: `true`, or what to count.
        metrics: OrTruth<MetricsTable>;
        /// The redis service that all of the gateway's containers count rate limits in. Without one, each container counts for itself.
        rate_limit_store: String;
        /// Which pages of other origins may ask, on every route that says nothing else.
        cors: OrFalse<CorsTable>;
        /// What holds for every route that neither says something else nor whose service does.
        defaults: PolicyTable;
        /// Who may hold credentials, by name.
        consumers: Named<ConsumerTable>;
        /// Gateway plugins for every request, that stackgen does not model.
        plugins: List<PluginTable>;
    }
}

table! {
    /// How the gateway speaks https.
    pub struct TlsTable("a tls listener") {
        /// The host port of the proxy for https.
        port: PortSpec => required;
        /// The certificates that it shows. Without one that fits, it shows one that it has signed itself.
        certificates: List<CertificateTable>;
    }
}

table! {
    /// A certificate of the gateway's, and the names that it is for.
    pub struct CertificateTable("a certificate") {
        /// The name of the secret that holds the certificate in PEM, with those that vouch for it behind it.
        certificate: String => required;
        /// The name of the secret that holds its private key in PEM.
        key: String => required;
        /// The host names that it is shown for, such as `"shop.example.com"` or `"*.example.com"`. Without any, it is shown for every name that
        /// no other certificate has.
        snis: List<String>;
    }
}

table! {
    /// What the gateway counts.
    pub struct MetricsTable("metrics") {
        /// The host port of the status API, which has `/metrics`. Without one, only the stack reaches it.
        port: PortSpec;
        /// How many requests were answered with which status.
        status_codes: bool = true;
        /// How long they took.
        latency: bool = true;
        /// How many bytes they moved.
        bandwidth: bool = true;
        /// Which targets of which upstreams are well.
        upstream_health: bool = true;
        /// All of it by consumer as well. Makes many more series.
        per_consumer: bool = false;
    }
}
