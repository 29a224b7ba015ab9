//! The value of a variable: its secrets by name, its references to other services, and passwords that stand in it.

use super::Converter;
use crate::checks::{is_secret_name, sign_of};
use crate::diagnostics::Diagnostic;
use crate::import::interpolate::{Piece, Reference, has_variables, interpolated, pieces};
use crate::import::needs::{host_places, hosts};
use crate::import::service::Old;
use crate::import::toml::Toml;
use crate::import::wording::{password_in_url, secret_value};
use crate::source::Span;

/// A value whose secrets are references, and whose other variables are worked in.
#[derive(Default)]
struct Resolved {
    text: String,
    has_secret: bool,
    has_other: bool,
}

impl Converter<'_> {
    /// A variable's value in the language; nothing where only Compose's own words can say it.
    pub(super) fn value(&mut self, old: &Old, name: &str, raw: &str, must_be_native: bool) -> Option<Toml> {
        let found = pieces(raw);
        if !found.iter().any(|piece| matches!(piece, Piece::Variable(_))) {
            let text = interpolated(raw, self.variables, &mut |_| {});
            return Some(self.literal(old, name, &text));
        }
        if let [Piece::Variable(reference)] = found.as_slice()
            && is_secret_name(name)
            && let Some(secret) = self.secrets.of_variable(reference, true, self.variables)
        {
            return Some(secret_value(&secret));
        }
        let Resolved { text, has_secret, has_other } = self.resolved(&found);
        if !has_secret && !must_be_native {
            return None;
        }
        if has_other {
            let why = "a variable in it that is no secret is worked in";
            self.because(old, &format!("environment.{name}"), why);
        }
        let whole = text.strip_prefix("{{ secrets.").and_then(|rest| rest.strip_suffix(" }}"));
        if let ([Piece::Variable(_)], Some(secret)) = (found.as_slice(), whole) {
            return Some(secret_value(secret));
        }
        Some(Toml::Text(self.with_redis_password(old, name, &text)))
    }

    fn resolved(&mut self, found: &[Piece]) -> Resolved {
        let mut resolved = Resolved::default();
        for piece in found {
            let reference = match piece {
                Piece::Literal(literal) => {
                    resolved.text.push_str(literal);
                    continue;
                }
                Piece::Variable(reference) => reference,
            };
            let is_secret = ends_before_password(&resolved.text);
            if let Some(secret) = self.secrets.of_variable(reference, is_secret, self.variables) {
                resolved.has_secret = true;
                resolved.text.push_str(&format!("{{{{ secrets.{secret} }}}}"));
            } else {
                resolved.has_other = true;
                let Reference { name, operator, argument } = reference;
                let written = format!("${{{name}{operator}{argument}}}");
                resolved.text.push_str(&interpolated(&written, self.variables, &mut |_| {}));
            }
        }
        resolved
    }

    /// A value without variables.
    fn literal(&mut self, old: &Old, name: &str, text: &str) -> Toml {
        if text.contains("{{") {
            return Toml::Table(vec![("literal".to_owned(), Toml::text(text))]);
        }
        if sign_of(name, text).is_some() {
            return self.secret_literal(old, name, text);
        }
        if let Some(reference) = self.url_of_service(text) {
            return Toml::Text(reference);
        }
        let text = self.with_redis_password(old, name, text);
        // A number is written as one, if nothing of it would be lost.
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Toml::Whole(number),
            _ => Toml::Text(text),
        }
    }

    /// A secret that was written out: the whole value, or the password within a URL.
    fn secret_literal(&mut self, old: &Old, name: &str, text: &str) -> Toml {
        let Some((start, password, end)) = password_in_url(text) else {
            return secret_value(&self.secret(old, name, text));
        };
        let base = name.trim_end_matches("_URL").trim_end_matches("_URI").trim_end_matches("_DSN");
        let secret = self.secret(old, &format!("{base}_PASSWORD"), password);
        Toml::Text(format!("{start}{{{{ secrets.{secret} }}}}{end}"))
    }

    /// The secret of that value, else a new one of that name.
    fn secret(&mut self, old: &Old, name: &str, value: &str) -> String {
        let known = self.secrets.with_value(value);
        known.unwrap_or_else(|| self.secrets.named(name, &old.new, Some(value.to_owned())))
    }

    /// The URL of another service, whose port is said there alone.
    fn url_of_service(&self, text: &str) -> Option<String> {
        self.bare?.services.iter().find_map(|(name, service)| {
            let scheme =
                service.scheme.as_ref().filter(|scheme| matches!(scheme.as_str(), "http" | "https"))?;
            let port = service.ports.first()?.container;
            let rest = text.strip_prefix(&format!("{scheme}://{name}:{port}"))?;
            let is_whole = rest.is_empty() || rest.starts_with('/');
            is_whole.then(|| format!("{{{{ services.{name}.url }}}}{rest}"))
        })
    }

    /// The value with references where it names services that this one needs: a service that is renamed is renamed there as well.
    pub(super) fn with_hosts(&self, old: &Old, variable: &str, value: Toml) -> Toml {
        let Toml::Text(text) = &value else { return value };
        let needs = self.needs.get(&old.new).map(Vec::as_slice).unwrap_or_default();
        // One that it answers to besides, such as its `hostname`, would become another.
        let is_own = |host: &str| self.services.iter().any(|other| other.new == host && other.was == host);
        let mut written = text.clone();
        for place in host_places(variable, text).into_iter().rev() {
            let host = &text[place.clone()];
            if needs.iter().any(|need| need == host) && is_own(host) {
                written.replace_range(place, &format!("{{{{ services.{host}.host }}}}"));
            }
        }
        Toml::Text(written)
    }

    /// The URL of a redis that had no password, with the one that it has now.
    fn with_redis_password(&mut self, old: &Old, name: &str, text: &str) -> String {
        let Some(rest) = text
            .strip_prefix("redis://")
            .filter(|rest| !rest.split('/').next().unwrap_or_default().contains('@'))
        else {
            return text.to_owned();
        };
        let hosts = hosts(name, text);
        let cache = self.services.iter().find(|other| hosts.iter().any(|host| other.is_host(host)));
        let gains_password =
            |cache: &&Old| self.recognised.get(&cache.new).is_some_and(|found| found.gains_password);
        let Some(cache) = cache.filter(gains_password) else { return text.to_owned() };
        let secret = format!("{}_PASSWORD", crate::model::environment_prefix(&cache.new));
        let why = format!("`{}` has a password now, which stands in it", cache.new);
        self.because(old, &format!("environment.{name}"), why);
        let slash = if rest.contains('/') { "" } else { "/0" };
        format!("redis://:{{{{ secrets.{secret} }}}}@{rest}{slash}")
    }

    /// Finds a password that stands in the Compose file.
    pub(super) fn find_password(&mut self, old: &Old, name: &str, raw: &str, span: Span) {
        let written_out = written_out(name, raw);
        if !written_out.is_empty() {
            let message = format!("`{name}` of `{}` is a secret, written out in the Compose file", old.was);
            self.findings.push(
                Diagnostic::error("inline-secret", message)
                    .at(span, "in the history of the repository for ever")
                    .help("the imported stack names it, and its value stands in `.env` alone: change it where it is in use"),
            );
        }
        for text in written_out {
            self.secrets.strike_out(text);
        }
    }
}

/// Whether what follows in a URL is its password.
fn ends_before_password(text: &str) -> bool {
    text.rsplit_once("://").is_some_and(|(_, rest)| rest.contains(':') && !rest.contains(['@', '/']))
}

/// The secrets that a value holds, be it as a variable's default.
fn written_out(name: &str, raw: &str) -> Vec<String> {
    let password = password_in_url(raw).map(|(_, password, _)| password.to_owned());
    if !has_variables(raw) {
        return sign_of(name, raw).map(|_| password.unwrap_or_else(|| raw.to_owned())).into_iter().collect();
    }
    let secret_default = |piece: Piece| match piece {
        Piece::Variable(Reference { name: variable, operator, argument }) => {
            let is_secret = matches!(operator.as_str(), ":-" | "-")
                && !argument.is_empty()
                && (sign_of(name, &argument).is_some() || sign_of(&variable, &argument).is_some());
            is_secret.then_some(argument)
        }
        Piece::Literal(_) => None,
    };
    let defaults = pieces(raw).into_iter().filter_map(secret_default);
    defaults.chain(password.filter(|password| !password.contains('$'))).collect()
}
