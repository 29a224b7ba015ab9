//! Policies that Kong would refuse.

use std::net::IpAddr;

use super::Refused;
use crate::source::Spanned;
use crate::source::language::{
    Auth, Claim, GroupsTable, IpTable, JwtTable, KeyAuthTable, LimitBy, PolicyTable,
};

/// The longest that Kong's jwt plugin lets a token live.
const YEAR: u64 = 31_536_000;

impl Refused {
    /// What one place says of policies, whatever others say.
    pub fn policies(&mut self, table: Option<&PolicyTable>) {
        let Some(table) = table else { return };
        self.auth(table);
        if let Some(jwt) = &table.jwt {
            self.jwt(jwt);
        }
        if let Some(key_auth) = &table.key_auth {
            self.key_auth(key_auth);
        }
        if let Some((groups, span)) =
            table.groups.as_ref().and_then(|groups| Some((groups.on()?, groups.span)))
        {
            self.groups(&Spanned::new(groups, span));
        }
        if let Some((ip, span)) = table.ip.as_ref().and_then(|ip| Some((ip.on()?, ip.span))) {
            self.addresses(&Spanned::new(ip, span));
        }
        self.limit_by(table);
        self.within(table.retries.as_ref(), 0, 32_767);
        if let Some(header) = table.correlation_id.as_ref().and_then(|setting| setting.on()?.header.as_ref())
        {
            self.header(header, header.span);
        }
        if let Some(request) = table.request.as_ref().and_then(|request| request.on()) {
            self.request(request);
        }
        if let Some(response) = table.response.as_ref().and_then(|response| response.on()) {
            self.response(response);
        }
        self.protocols(table);
        self.plugins(table.plugins.as_ref());
    }

    fn auth(&mut self, table: &PolicyTable) {
        let ways = table.auth.iter().flat_map(|auth| &auth.value.0);
        let ways: Vec<_> = ways.collect();
        if ways.len() > 1
            && let Some(none) = ways.iter().find(|way| way.value == Auth::None)
        {
            self.problem(
                none.span,
                "`none` opens a route, and another way in closes it",
                "one or the other",
                "write `auth = \"none\"` alone, or remove it from the list",
            );
        }
    }

    fn jwt(&mut self, table: &JwtTable) {
        let Some(expiration) = &table.max_expiration else { return };
        if !(1..=YEAR).contains(&expiration.seconds()) {
            self.no(expiration.span, expiration.value, "a duration from `1s` to `365d`");
        }
        let without_exp =
            |claims: &&Spanned<Vec<Spanned<Claim>>>| !claims.iter().any(|claim| claim.value == Claim::Exp);
        if let Some(claims) = table.claims.as_ref().filter(without_exp) {
            self.problem(
                claims.span,
                "`max_expiration` holds only where `exp` is looked at",
                "without `exp`",
                "add `\"exp\"`, or remove `max_expiration`",
            );
        }
    }

    fn key_auth(&mut self, table: &Spanned<KeyAuthTable>) {
        for name in table.names.iter().flat_map(|names| &names.value) {
            self.header(name, name.span);
        }
        if !(table.header() || table.query() || table.body()) {
            self.problem(
                table.span,
                "a key could be shown nowhere",
                "neither header nor query nor body",
                "let one of them be `true`",
            );
        }
    }

    fn groups(&mut self, table: &Spanned<&GroupsTable>) {
        let count =
            |list: &Option<Spanned<Vec<Spanned<String>>>>| list.as_ref().is_some_and(|list| !list.is_empty());
        if table.unread.is_empty() && count(&table.allow) == count(&table.deny) {
            self.problem(
                table.span,
                "groups are either let in or kept out",
                "one of `allow` and `deny`",
                "keep one of the two lists, or write `groups = false` for none",
            );
        }
    }

    fn addresses(&mut self, table: &Spanned<&IpTable>) {
        let addresses = [&table.allow, &table.deny].into_iter().flatten().flat_map(|list| &list.value);
        let addresses: Vec<_> = addresses.collect();
        if addresses.is_empty() && table.unread.is_empty() {
            self.problem(
                table.span,
                "no address is let in or kept out",
                "both lists are empty",
                "name an address, or write `ip = false`",
            );
        }
        for address in addresses.into_iter().filter(|address| !is_range(address)) {
            self.no(address.span, &address.value, "an address, or a range such as `10.0.0.0/8`");
        }
    }

    fn limit_by(&mut self, table: &PolicyTable) {
        if let Some(LimitBy::Table(by)) = table.limit_by.as_ref().map(|setting| &setting.value) {
            if let Some(header) = &by.header {
                self.header(header, header.span);
            }
            if let Some(path) = &by.path {
                self.path(path);
            }
        }
    }

    fn protocols(&mut self, table: &PolicyTable) {
        let Some(protocols) = &table.protocols else { return };
        let first = protocols.first().map(|protocol| protocol.value.is_grpc());
        if let Some(other) = protocols.iter().find(|protocol| Some(protocol.value.is_grpc()) != first) {
            self.problem(
                other.span,
                "a route speaks HTTP or gRPC, not both",
                "of the other sort",
                "make a route for each of the two",
            );
        }
    }
}

fn is_range(text: &str) -> bool {
    let (address, prefix) = text.split_once('/').unwrap_or((text, "0"));
    let most = match address.parse() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    prefix.bytes().all(|found| found.is_ascii_digit())
        && prefix.parse().is_ok_and(|prefix: u8| prefix <= most)
}
