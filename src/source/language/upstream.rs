//! Upstreams: how the gateway shares requests out among the containers of a service, and how it sees which of them are well.

use serde_json::{Value as Json, json};

use crate::source::language::GatewayProtocol;
use crate::source::tree::{Node, NodeValue};
use crate::source::values::Duration;
use crate::source::{Definitions, List, Named, OneOrMany, OrTruth, Reader, Shape};
use crate::{choice, table};

table! {
    /// How the gateway reaches a service.
    pub struct UpstreamTable("an upstream") {
        /// What the gateway speaks to it. Where nothing says it, `https` where the kind's URLs are, else `http`.
        protocol: GatewayProtocol;
        /// Whether the certificate of an https service has to come from an authority that the gateway's image trusts, and be for the service's host.
        verify_tls: bool = false;
        /// How requests are shared out.
        algorithm: Algorithm = Algorithm::RoundRobin;
        /// What stays with one container under `consistent-hashing`: requests with the same of this.
        hash_on: HashOn;
        /// What is taken where a request does not have that.
        hash_fallback: HashOn;
        /// The share of the service's own containers, each of them. 0 sends them nothing.
        weight: u16 = 100;
        /// Further places that get requests, in the stack and elsewhere.
        targets: List<UpstreamTargetTable>;
        /// The host that the targets are told, instead of their own.
        host_header: String;
        /// How the gateway asks each target whether it is well.
        active: ActiveTable;
        /// What the gateway learns from the answers to requests: `true`, or how. Asking it actively brings a target back.
        passive: OrTruth<PassiveTable>;
        /// How much of the whole weight has to be well for any request to be passed on, in percent.
        threshold: u16 = 0;
    }
}

choice! {
    /// How requests are shared out.
    pub enum Algorithm {
        /// In turn.
        RoundRobin = "round-robin",
        /// To whoever has the fewest open.
        LeastConnections = "least-connections",
        /// To the same one for the same `hash_on`.
        ConsistentHashing = "consistent-hashing",
        /// To whoever has been the quickest.
        Latency = "latency",
    }
}

table! {
    /// A further place that gets requests.
    pub struct UpstreamTargetTable("an upstream's target") {
        /// A service of the stack, at its main port.
        service: String, names Service;
        /// A host outside of the stack.
        host: String;
        /// The port on that host.
        port: u16;
        /// Its share.
        weight: u16 = 100;
    }
}

table! {
    /// How the gateway asks each target whether it is well.
    pub struct ActiveTable("active health checks") {
        /// What it asks over. Where nothing says it, what the gateway speaks to the service; a gRPC service is asked only where this is said, for
        /// the gateway asks by HTTP/1 alone.
        r#type: CheckType;
        /// The path. Where nothing says it, that of the service's own health check.
        path: String;
        /// Headers to ask with.
        headers: Named<OneOrMany<String>>;
        /// How long between two questions to one that is well. Where nothing says it, as in the service's own health check.
        interval: Duration;
        /// How long between two questions to one that is not well. Where nothing says it, `interval`.
        unhealthy_interval: Duration;
        /// How long an answer may take. Where nothing says it, as in the service's own health check.
        timeout: Duration;
        /// How many targets are asked at once.
        concurrency: u16 = 10;
        /// How many good answers in a row make it well.
        successes: u16 = 1;
        /// How many bad answers in a row make it unwell. Where nothing says it, as many as the service's own health check says.
        http_failures: u16;
        /// How many failed connections in a row do.
        tcp_failures: u16;
        /// How many missing answers in a row do.
        timeouts: u16;
        /// The statuses of a good answer. Where nothing says it, 2xx.
        healthy_statuses: List<u16>;
        /// The statuses of a bad answer. Others say nothing.
        unhealthy_statuses: List<u16>;
    }
}

choice! {
    /// What a health check asks over. Kong 3.9 takes more words than these, and then asks nothing.
    pub enum CheckType {
        /// A request.
        Http = "http",
        /// A request over TLS.
        Https = "https",
    }
}

table! {
    /// What the gateway learns from the answers to requests.
    pub struct PassiveTable("passive health checks") {
        /// How many good answers in a row make a target well.
        successes: u16 = 5;
        /// How many bad answers in a row make it unwell.
        http_failures: u16 = 5;
        /// How many failed connections in a row do.
        tcp_failures: u16 = 2;
        /// How many missing answers in a row do.
        timeouts: u16 = 5;
        /// The statuses of a good answer. Where nothing says it, 2xx and 3xx.
        healthy_statuses: List<u16>;
        /// The statuses of a bad answer. Where nothing says it, 500, 502, 503 and 504.
        unhealthy_statuses: List<u16>;
    }
}

/// What requests are told apart by: `"ip"`, or `{ header = "X-User" }`.
#[derive(Debug, Clone)]
pub enum HashOn {
    Word(HashWord),
    Table(HashTable),
}

choice! {
    /// What requests are told apart by.
    pub enum HashWord {
        /// Who sends them.
        Consumer = "consumer",
        /// The address that they come from.
        Ip = "ip",
        /// Their path.
        Path = "path",
    }
}

table! {
    /// What requests are told apart by, where it has a name.
    pub struct HashTable("what requests are told apart by") {
        /// The value of this header.
        header: String;
        /// The value of this cookie, which the gateway sets where it is missing.
        cookie: String;
        /// The value of this query parameter.
        query: String;
        /// What this named group of the route's regular expression has matched.
        capture: String;
    }
}

impl Shape for HashOn {
    fn expected() -> String {
        format!(
            "{}, `{{ header = \"…\" }}`, `{{ cookie = \"…\" }}`, `{{ query = \"…\" }}` or `{{ capture = \"…\" }}`",
            HashWord::expected()
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let NodeValue::Table(_) = &node.value else {
            return HashWord::read(node, reader).map(Self::Word);
        };
        let table = HashTable::read(node, reader)?;
        let said = [&table.header, &table.cookie, &table.query, &table.capture];
        if table.unread.is_empty() && said.into_iter().flatten().count() != 1 {
            reader.invalid(
                node.span,
                "this table",
                "one of `{ header = \"…\" }`, `{ cookie = \"…\" }`, `{ query = \"…\" }` and `{ capture = \"…\" }`",
            );
            return None;
        }
        Some(Self::Table(table))
    }

    fn schema(definitions: &mut Definitions) -> Json {
        json!({ "anyOf": [HashWord::schema(definitions), HashTable::schema(definitions)] })
    }
}
