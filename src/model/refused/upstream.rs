//! Upstreams that Kong would refuse, or take and not use.

use super::{Refused, is_host};
use crate::model::endpoint::Endpoint;
use crate::model::upstream::{MOST, protocol};
use crate::source::language::{
    ActiveTable, Algorithm, GatewayProtocol, HashOn, HashTable, HashWord, PassiveTable, UpstreamTable,
    UpstreamTargetTable,
};
use crate::source::values::Duration;
use crate::source::{List, Spanned};

impl Refused {
    pub fn upstream(&mut self, table: &UpstreamTable, endpoint: &Endpoint<'_>) {
        let protocol = protocol(endpoint);
        if let Some(verify) = table.verify_tls.as_ref().filter(|verify| verify.value)
            && protocol != GatewayProtocol::Https
        {
            self.problem(
                verify.span,
                format!("a service that speaks `{}` has no certificate to verify here", protocol.as_str()),
                "only for `https`",
                "write `protocol = \"https\"`, or remove `verify_tls`",
            );
        }
        self.hashing(table);
        self.within(table.threshold.as_ref(), 0, 100);
        for target in table.targets.iter().flat_map(|targets| &targets.value) {
            self.target(target);
        }
        if let Some(host) = &table.host_header
            && !is_host(host.split(':').next().unwrap_or_default(), false)
        {
            self.no(host.span, &host.value, "a host name");
        }
        if let Some(active) = &table.active {
            self.active(active, protocol);
        }
        let passive = table.passive.as_ref().and_then(|setting| Some((setting.span, setting.on()?)));
        if let Some((span, passive)) = passive {
            self.passive(passive);
            let asks = table.active.as_ref().is_some_and(|active| active.r#type.is_some());
            if protocol.is_grpc() && !asks {
                self.problem(
                    span,
                    "a gRPC service is not asked whether it is well, so nothing would bring it back",
                    "would take a target out for good",
                    "remove `passive`, or let the gateway ask by HTTP/1: `active = { type = \"http\" }`",
                );
            }
        }
    }

    fn target(&mut self, target: &Spanned<UpstreamTargetTable>) {
        let is_elsewhere = target.host.is_some() || target.port.is_some();
        let is_whole = target.host.is_some() && target.port.is_some();
        if target.unread.is_empty() && (target.service.is_some() == is_elsewhere || is_elsewhere && !is_whole)
        {
            self.problem(
                target.span,
                "a target is a service of the stack, or a host and a port elsewhere",
                "one of the two",
                "write `{ service = \"…\" }` or `{ host = \"…\", port = 8080 }`",
            );
        }
        self.within(target.port.as_ref(), 1, u16::MAX);
        if let Some(host) = target.host.as_ref().filter(|host| host.parse::<std::net::Ipv4Addr>().is_err())
            && !is_host(host, false)
        {
            self.no(host.span, &host.value, "a host name or an IPv4 address");
        }
    }

    fn hashing(&mut self, table: &UpstreamTable) {
        let hashes = table.algorithm() == Algorithm::ConsistentHashing;
        match (&table.algorithm, &table.hash_on) {
            (Some(algorithm), None) if hashes && !table.unread.contains(&"hash_on") => self.problem(
                algorithm.span,
                "`consistent-hashing` needs to know what stays together",
                "by what?",
                "say what requests are told apart by: `hash_on = \"ip\"` or `hash_on = { header = \"…\" }`",
            ),
            (_, Some(hash_on)) if !hashes => self.problem(
                hash_on.span,
                format!("`{}` does not look at `hash_on`", table.algorithm().as_str()),
                "only for `consistent-hashing`",
                "write `algorithm = \"consistent-hashing\"`, or remove `hash_on`",
            ),
            _ => {}
        }
        for hash in [&table.hash_on, &table.hash_fallback].into_iter().flatten() {
            if let HashOn::Table(HashTable { header: Some(header), .. }) = &hash.value {
                self.header(header, header.span);
            }
            if let HashOn::Table(HashTable { cookie: Some(cookie), .. }) = &hash.value {
                self.header(cookie, cookie.span);
            }
        }
        let Some(fallback) = &table.hash_fallback else { return };
        let problem = match &table.hash_on {
            None => Some("`hash_fallback` holds where `hash_on` does not, and there is none"),
            Some(hash_on) => match (&hash_on.value, &fallback.value) {
                (HashOn::Table(HashTable { cookie: Some(_), .. }), _) => Some(
                    "the gateway sets the cookie where it is missing, so nothing is left for `hash_fallback`",
                ),
                (first, second) if same(first, second) => Some("`hash_fallback` is the same as `hash_on`"),
                _ => None,
            },
        };
        if let Some(problem) = problem {
            self.problem(
                fallback.span,
                problem,
                "never used",
                "remove `hash_fallback`, or let it be something else",
            );
        }
    }

    fn active(&mut self, table: &Spanned<ActiveTable>, protocol: GatewayProtocol) {
        if protocol.is_grpc() && table.r#type.is_none() {
            self.problem(
                table.span,
                "the gateway asks by HTTP/1 alone, and this service speaks gRPC",
                "would ask nothing",
                "say `type = \"http\"` if it answers HTTP/1 at the same port, or remove `active`",
            );
        }
        for counter in [&table.successes, &table.http_failures, &table.tcp_failures, &table.timeouts] {
            self.within(counter.as_ref(), 1, MOST);
        }
        self.within(table.concurrency.as_ref(), 1, u16::MAX);
        for duration in [&table.interval, &table.unhealthy_interval, &table.timeout] {
            self.seconds(duration.as_ref());
        }
        self.statuses(table.healthy_statuses.as_ref());
        self.statuses(table.unhealthy_statuses.as_ref());
        if let Some(path) = &table.path {
            self.path(path);
        }
        for (name, entry) in table.headers.iter().flat_map(|headers| headers.value.iter()) {
            self.header(name, entry.name);
        }
    }

    fn passive(&mut self, table: &PassiveTable) {
        for counter in [&table.successes, &table.http_failures, &table.tcp_failures, &table.timeouts] {
            self.within(counter.as_ref(), 1, MOST);
        }
        self.statuses(table.healthy_statuses.as_ref());
        self.statuses(table.unhealthy_statuses.as_ref());
    }

    fn seconds(&mut self, duration: Option<&Spanned<Duration>>) {
        if let Some(duration) = duration
            && !(1..=65_535).contains(&duration.seconds())
        {
            self.no(duration.span, duration.value, "a duration from `1s` to `18h`");
        }
    }

    fn statuses(&mut self, statuses: Option<&Spanned<List<u16>>>) {
        if let Some(none) = statuses.filter(|statuses| statuses.is_empty()) {
            self.problem(
                none.span,
                "no status would count",
                "an empty list",
                "name a status, or remove this key",
            );
        }
        for status in statuses.into_iter().flat_map(|statuses| &statuses.value) {
            self.within(Some(status), 100, 999);
        }
    }
}

fn same(first: &HashOn, second: &HashOn) -> bool {
    let text = |name: &Option<Spanned<String>>| name.as_ref().map(|name| name.value.clone());
    match (first, second) {
        (HashOn::Word(first), HashOn::Word(second)) => HashWord::as_str(*first) == second.as_str(),
        (HashOn::Table(first), HashOn::Table(second)) => {
            text(&first.header) == text(&second.header)
                && text(&first.query) == text(&second.query)
                && text(&first.capture) == text(&second.capture)
                && text(&first.cookie) == text(&second.cookie)
        }
        _ => false,
    }
}
