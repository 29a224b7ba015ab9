//! Kong's consumers: who may come in, and with which secrets.

use super::{Reader, one_or_several};
use crate::diagnostics::Diagnostic;
use crate::import::fidelity::Fate;
use crate::import::node::Node;
use crate::import::secrets::Secrets;
use crate::import::service::label;
use crate::import::toml::{Part, Toml};
use crate::source::Span;

/// Whom stackgen's own files let in where one of several ways in will do, so as to stop there whoever has none.
const ANONYMOUS: &str = "gateway.anonymous";

impl Reader<'_> {
    /// The consumers, and one for tokens that nobody could sign. Plugins were read before.
    pub(super) fn consumers(&mut self, secrets: &mut Secrets) -> Vec<Part> {
        let mut nodes = self.list("consumers");
        nodes.retain(|node| node.text_at("username").as_deref() != Some(ANONYMOUS));
        let has_jwt = nodes.iter().any(|node| !node.items_at("jwt_secrets").is_empty());
        let mut parts: Vec<Part> = nodes.into_iter().map(|node| self.consumer(node, secrets)).collect();
        if let Some(span) = self.needs_jwt.filter(|_| !has_jwt) {
            parts.push(self.consumer_for_tokens(span, secrets));
        }
        parts
    }

    fn consumer(&mut self, node: &Node, secrets: &mut Secrets) -> Part {
        let name = node.text_at("username").or_else(|| node.text_at("custom_id")).unwrap_or_default();
        let mut part = Part::new(&["gateway", "consumers", &label(&name)]);
        if let Some(credential) = node.items_at("jwt_secrets").first() {
            part.say("jwt", self.jwt(credential, &name, secrets));
        }
        let keys = node.items_at("keyauth_credentials").into_iter();
        let keys: Vec<String> = keys.map(|credential| self.key(credential, &name, secrets)).collect();
        part.say("key_auth", one_or_several(&keys));
        let groups = node.items_at("acls").into_iter().filter_map(|acl| acl.text_at("group"));
        part.say("groups", Toml::texts(groups));
        self.line(format!("consumers.{name}"), Fate::Carried, "");
        part
    }

    /// The key that a consumer's tokens name, and the secret that signs them.
    fn jwt(&mut self, credential: &Node, consumer: &str, secrets: &mut Secrets) -> Toml {
        let key = credential.text_at("key").unwrap_or_else(|| consumer.to_owned());
        let mut entries = vec![("key".to_owned(), Toml::text(key))];
        if let Some(algorithm) = credential.text_at("algorithm").filter(|algorithm| algorithm != "HS256") {
            entries.push(("algorithm".to_owned(), Toml::text(algorithm)));
        }
        let value = credential.text_at("secret");
        let secret = if let Some(secret) = value.as_deref().and_then(placeholder) {
            secrets.known(secret)
        } else {
            if let Some(secret) = credential.get("secret") {
                self.find_secret(&format!("the key that signs the tokens of `{consumer}`"), secret.span);
            }
            let known = value.as_deref().and_then(|value| secrets.with_value(value));
            known.unwrap_or_else(|| secrets.named("JWT_SECRET", consumer, value))
        };
        entries.push(("secret".to_owned(), Toml::text(secret)));
        Toml::Table(entries)
    }

    /// The secret that a consumer's key is.
    fn key(&mut self, credential: &Node, consumer: &str, secrets: &mut Secrets) -> String {
        let value = credential.text_at("key");
        if let Some(secret) = value.as_deref().and_then(placeholder) {
            return secrets.known(secret);
        }
        if let Some(key) = credential.get("key") {
            self.find_secret(&format!("a key of `{consumer}`"), key.span);
        }
        secrets.named(&format!("{consumer}_API_KEY"), consumer, value)
    }

    /// A consumer for routes that ask for a token, where no consumer could sign one.
    fn consumer_for_tokens(&mut self, asked: Span, secrets: &Secrets) -> Part {
        let message = "routes ask for a token, and no consumer has a key to sign one with";
        let help = "the imported stack has a consumer for them, with a key that has to be told to who signs";
        self.made.findings.push(
            Diagnostic::error("jwt-without-consumer", message)
                .at(asked, "every request is refused")
                .help(help),
        );
        let mut part = Part::new(&["gateway", "consumers", "web"]);
        part.comments.push("Nobody could sign a token that the gateway takes: this consumer is new. Tell its key to who signs them.".to_owned());
        // What an application signs with already, by its usual names.
        let secret = ["JWT_SECRET", "JWT_SECRET_KEY", "SECRET_KEY"]
            .into_iter()
            .find(|name| secrets.iter().any(|(known, _)| known == *name))
            .unwrap_or("JWT_SECRET");
        let entries = [("key", "web"), ("secret", secret)];
        let entries = entries.map(|(key, value)| (key.to_owned(), Toml::text(value)));
        part.say("jwt", Toml::Table(entries.into()));
        self.line("consumers.web", Fate::Added, "routes ask for a token, and nobody could sign one");
        part
    }

    /// Finds a secret that stands in the config.
    fn find_secret(&mut self, what: &str, span: Span) {
        self.made.findings.push(
            Diagnostic::error("inline-secret", format!("{what} is written out in the gateway's config"))
                .at(span, "in the history of the repository for ever")
                .help("the imported stack names it, and its value stands in `.env` alone: change it where it is in use"),
        );
    }
}

/// The name of the secret that stackgen has left the place of: its value is put in when the gateway starts.
fn placeholder(text: &str) -> Option<&str> {
    text.strip_prefix("@stackgen-secret:")?.strip_suffix('@')
}
