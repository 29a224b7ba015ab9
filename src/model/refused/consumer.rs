//! Consumers, certificates and plugins of the gateway's own that Kong would refuse.

use std::collections::BTreeMap;

use super::{Refused, is_host};
use crate::diagnostics::Diagnostic;
use crate::source::language::{GatewayTable, TlsTable};
use crate::source::{Span, Spanned};

/// The name under which Kong shows a certificate for all names that no other has.
const EVERY_NAME: &str = "*";

impl Refused {
    pub fn gateway(&mut self, table: &GatewayTable) {
        self.consumers(table);
        if let Some(tls) = &table.tls {
            self.certificates(tls);
        }
        self.plugins(table.plugins.as_ref());
        let counts = table.metrics.as_ref().filter(|metrics| metrics.on().is_some());
        let plugins = table.plugins.iter().flat_map(|plugins| &plugins.value);
        let prometheus =
            plugins.filter_map(|plugin| plugin.name.as_ref()).find(|name| name.value == "prometheus");
        if let (Some(_), Some(plugin)) = (counts, prometheus) {
            self.problem(
                plugin.span,
                "`metrics` makes the plugin `prometheus` already",
                "the gateway takes one of a name",
                "say it with `metrics` alone, or remove `metrics` and keep the plugin",
            );
        }
    }

    /// The gateway finds a consumer by what he shows, so no two may show the same.
    fn consumers(&mut self, table: &GatewayTable) {
        let mut keys = Once::default();
        let mut secrets = Once::default();
        for (_, entry) in table.consumers.iter().flat_map(|consumers| consumers.value.iter()) {
            if let Some(key) = entry.value.jwt.as_ref().and_then(|jwt| jwt.key.as_ref()) {
                self.once(
                    &mut keys,
                    key,
                    "two credentials have the key",
                    "give each consumer a `key` of its own",
                );
            }
            for secret in entry.value.key_auth.iter().flat_map(|secrets| &secrets.value.0) {
                self.once(
                    &mut secrets,
                    secret,
                    "two credentials are the secret",
                    "give each a secret of its own",
                );
            }
            let mut groups = Once::default();
            for group in entry.value.groups.iter().flat_map(|groups| &groups.value) {
                self.once(&mut groups, group, "a consumer is twice in the group", "keep one of the two");
            }
        }
    }

    fn certificates(&mut self, table: &TlsTable) {
        let mut names = Once::default();
        for certificate in table.certificates.iter().flat_map(|certificates| &certificates.value) {
            let snis = certificate.snis.iter().flat_map(|snis| &snis.value);
            let snis: Vec<_> = snis.cloned().collect();
            for sni in snis.iter().filter(|sni| sni.value != EVERY_NAME && !is_host(sni, true)) {
                self.no(sni.span, &sni.value, "a host name, with `*` at most as its first or last label");
            }
            let for_all = [Spanned::new(EVERY_NAME.to_owned(), certificate.span)];
            for sni in if snis.is_empty() { &for_all[..] } else { &snis } {
                self.once(
                    &mut names,
                    sni,
                    "two certificates are for",
                    "say in `snis` which names each is for",
                );
            }
        }
    }

    fn once(&mut self, seen: &mut Once, name: &Spanned<String>, problem: &str, help: &str) {
        if let Some(first) = seen.places.insert(name.value.clone(), name.span) {
            self.found.push(
                Diagnostic::error("invalid-value", format!("{problem} `{}`", name.value))
                    .at(name.span, "said again here")
                    .and_at(first, "first said here")
                    .help(help),
            );
        }
    }
}

/// What may be there once, and where it was seen.
#[derive(Default)]
struct Once {
    places: BTreeMap<String, Span>,
}
