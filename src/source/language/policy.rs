//! Policies: what holds for the requests of a route. Each can be said at the route, for all routes of a service, and for all routes of the
//! gateway.

use serde_json::{Value as Json, json};

use crate::source::language::{GatewayProtocol, Method, PluginTable, RequestTable, ResponseTable};
use crate::source::tree::{Node, NodeValue};
use crate::source::values::{Duration, Rate, Size};
use crate::source::{Definitions, List, OneOrMany, OrFalse, OrTruth, Reader, Shape};
use crate::{choice, table};

table! {
    /// What holds for the requests of a route. A service says it for all its routes under `route_defaults`, the gateway for all routes under
    /// `[gateway.defaults]`.
    ///
    /// Each key is taken whole from the nearest place that says it: the route, else its service, else the gateway. Lists and tables are not
    /// mixed with those further out, but for `plugins`, of which the nearest of each name holds.
    pub struct PolicyTable("a policy") {
        /// Who may come in, by one way or by any of several: `["jwt", "key-auth"]`.
        auth: OneOrMany<Auth>;
        /// How tokens are looked for and verified, where `auth` asks for one.
        jwt: JwtTable;
        /// How keys are looked for, where `auth` asks for one.
        key_auth: KeyAuthTable;
        /// The groups of consumers that are let in, or kept out. Needs `auth`.
        groups: OrFalse<GroupsTable>;
        /// The addresses that are let in, or kept out.
        ip: OrFalse<IpTable>;
        /// How many requests are let through, as one rate or several: `"100/minute"`.
        rate_limit: OrFalse<OneOrMany<Rate>>;
        /// Whose requests are counted together. Where nothing says it, by consumer on a route that asks for credentials, else by address.
        limit_by: LimitBy;
        /// Which pages of other origins may ask.
        cors: OrFalse<CorsTable>;
        /// Whether the path of the route is taken off before the request is passed on: its prefix, or what its regular expression matches.
        strip_path: bool = false;
        /// Whether the service is told the host that the client asked for, instead of its own.
        preserve_host: bool = false;
        /// What clients may speak. Where nothing says it, `http` and `https`, or for a gRPC service `grpc` and `grpcs`.
        protocols: List<GatewayProtocol>;
        /// The largest body that is let through.
        max_body: OrFalse<Size>;
        /// How long the service may take between two reads of its answer, and between two writes of the request.
        timeout: Duration = Duration::from_seconds(60);
        /// How long a connection to the service may take. Where nothing says it, 2 seconds, or `timeout` if that is less.
        connect_timeout: Duration;
        /// Between two reads of the answer alone, instead of `timeout`.
        read_timeout: Duration;
        /// Between two writes of the request alone, instead of `timeout`.
        write_timeout: Duration;
        /// How often a request that did not reach the service is sent again. Where nothing says it, 5, or 0 for a service on the host.
        retries: u16;
        /// What is changed about requests before they are passed on.
        request: OrFalse<RequestTable>;
        /// What is changed about answers before they are sent back.
        response: OrFalse<ResponseTable>;
        /// Whether each request gets a number of its own, in a header: `true`, or how.
        correlation_id: OrTruth<CorrelationTable>;
        /// Gateway plugins that stackgen does not model.
        plugins: List<PluginTable>;
    }
}

choice! {
    /// Who may come in.
    pub enum Auth {
        /// Everybody.
        None = "none",
        /// Who shows a valid token of one of the gateway's consumers.
        Jwt = "jwt",
        /// Who shows a key of one of the gateway's consumers.
        KeyAuth = "key-auth",
    }
}

table! {
    /// How tokens are looked for and verified.
    pub struct JwtTable("a jwt policy") {
        /// The claims about time that must be there and right.
        claims: List<Claim>;
        /// The claim that names the credential.
        key_claim: String = "iss".to_owned();
        /// The headers that a token may be in, behind `Bearer`. Where nothing says it, `authorization`.
        headers: List<String>;
        /// The cookies that a token may be in.
        cookies: List<String>;
        /// The query parameters that a token may be in. They end up in logs.
        query: List<String>;
        /// How far in the future a token may expire, up to 365 days. Without it, any time.
        max_expiration: Duration;
        /// Whether secrets are written in base64.
        base64_secret: bool = false;
    }
}

choice! {
    /// A claim about time (RFC 7519, section 4.1).
    pub enum Claim {
        /// The token has not expired.
        Exp = "exp",
        /// The token is valid already.
        Nbf = "nbf",
    }
}

table! {
    /// How keys are looked for.
    pub struct KeyAuthTable("a key policy") {
        /// The names of the header, and of whatever else is looked at, that a key may be in. Where nothing says it, `apikey`.
        names: List<String>;
        /// Whether a header may hold it.
        header: bool = true;
        /// Whether a query parameter may hold it. Those end up in logs.
        query: bool = false;
        /// Whether a form or a JSON body may hold it.
        body: bool = false;
        /// Whether the key is taken out before the request is passed on.
        hide: bool = true;
    }
}

table! {
    /// Groups of consumers: either those that are let in, or those that are kept out.
    pub struct GroupsTable("a group policy") {
        /// The only groups that are let in.
        allow: List<String>;
        /// The groups that are kept out.
        deny: List<String>;
        /// Whether the service is told the groups, in the header `X-Consumer-Groups`.
        forward: bool = true;
    }
}

table! {
    /// Addresses, and ranges of them such as `"10.0.0.0/8"`. What is kept out stays out, whatever is let in.
    pub struct IpTable("an address policy") {
        /// The only addresses that are let in.
        allow: List<String>;
        /// The addresses that are kept out.
        deny: List<String>;
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

table! {
    /// How each request gets a number of its own.
    pub struct CorrelationTable("a correlation id") {
        /// The header that holds it. A number that the client sends stays.
        header: String = "X-Request-ID".to_owned();
        /// How it is made.
        generator: Generator = Generator::Uuid;
        /// Whether the client is told it as well.
        echo: bool = true;
    }
}

choice! {
    /// How a request's number is made.
    pub enum Generator {
        /// A random one.
        Uuid = "uuid",
        /// A random one for each process, and a count.
        Counter = "uuid#counter",
        /// Of address, port, process, connection and time.
        Tracker = "tracker",
    }
}

/// Whose requests are counted together: `"ip"`, or `{ header = "X-Tenant" }`.
#[derive(Debug, Clone)]
pub enum LimitBy {
    Word(LimitWord),
    Table(LimitTable),
}

choice! {
    /// Whose requests are counted together.
    pub enum LimitWord {
        /// Those of one consumer; of one address where nobody has said who he is.
        Consumer = "consumer",
        /// Those with one credential.
        Credential = "credential",
        /// Those from one address.
        Ip = "ip",
        /// All to the service.
        Service = "service",
    }
}

table! {
    /// Requests that are counted together by something that they hold.
    pub struct LimitTable("what requests are counted by") {
        /// Those with one value of this header.
        header: String;
        /// Those to this path.
        path: String;
    }
}

impl Shape for LimitBy {
    fn expected() -> String {
        format!("{}, `{{ header = \"…\" }}` or `{{ path = \"…\" }}`", LimitWord::expected())
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let NodeValue::Table(_) = &node.value else {
            return LimitWord::read(node, reader).map(Self::Word);
        };
        let table = LimitTable::read(node, reader)?;
        if table.unread.is_empty() && table.header.is_some() == table.path.is_some() {
            reader.invalid(node.span, "this table", "one of `{ header = \"…\" }` and `{ path = \"…\" }`");
            return None;
        }
        Some(Self::Table(table))
    }

    fn schema(definitions: &mut Definitions) -> Json {
        json!({ "anyOf": [LimitWord::schema(definitions), LimitTable::schema(definitions)] })
    }
}
