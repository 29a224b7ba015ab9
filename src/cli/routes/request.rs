//! The request that a person asks about.

use clap::Args;

use crate::model::Stack;
use crate::routing::{Request, Scheme};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen routes match GET /api/v1/users/7
  stackgen routes match POST https://shop.example.com/orders?draft=1
  stackgen routes match GET /feed --host api.example.com --header 'X-Version: 2'
  stackgen routes match GET / --env production --format json")]
pub struct MatchArgs {
    /// The method, such as GET
    method: String,
    /// The path with its query, or a whole URL
    target: String,
    /// The host that the client asks for; without it, localhost and the gateway's port
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// A header of the request; may be said more than once
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// How the client speaks to the gateway; without it, as the URL says, or http
    #[arg(long, value_name = "SCHEME", value_parser = ["http", "https"])]
    scheme: Option<String>,
}

impl MatchArgs {
    /// The request, or what is wrong with what was asked.
    pub fn request(&self, stack: &Stack) -> anyhow::Result<Request> {
        let (of_url, authority, target) = self.parts()?;
        let scheme = match self.scheme.as_deref().or(of_url) {
            Some("https") => Scheme::Https,
            _ => Scheme::Http,
        };
        Ok(Request {
            method: self.method.to_ascii_uppercase(),
            scheme,
            host: self.host.clone().or(authority).or_else(|| Some(own_host(stack, scheme))),
            target,
            headers: self
                .headers
                .iter()
                .map(|header| parsed_header(header))
                .collect::<anyhow::Result<_>>()?,
        })
    }

    /// Of a URL its scheme, its host and the rest; of a path the rest alone.
    fn parts(&self) -> anyhow::Result<(Option<&str>, Option<String>, String)> {
        if self.target.starts_with('/') {
            return Ok((None, None, without_fragment(&self.target)));
        }
        let (scheme, rest) = self
            .target
            .split_once("://")
            .filter(|(scheme, _)| matches!(*scheme, "http" | "https"))
            .ok_or_else(|| {
                anyhow::anyhow!(
                    "`{}` is neither a path that begins with `/` nor a URL of http or https",
                    self.target
                )
            })?;
        let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(at);
        anyhow::ensure!(!authority.is_empty(), "`{}` names no host", self.target);
        let rest = without_fragment(rest);
        let target = if rest.starts_with('/') { rest } else { format!("/{rest}") };
        Ok((Some(scheme), Some(authority.to_owned()), target))
    }
}

/// What a browser sends: it keeps the fragment to itself.
fn without_fragment(target: &str) -> String {
    target.split('#').next().unwrap_or_default().to_owned()
}

fn parsed_header(header: &str) -> anyhow::Result<(String, String)> {
    let parts = header.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    parts
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| anyhow::anyhow!("`{header}` is no header: write `--header 'NAME: VALUE'`"))
}

/// Where the gateway is reached on the developer's machine.
fn own_host(stack: &Stack, scheme: Scheme) -> String {
    let gateway = stack.gateway.as_ref();
    let of_tls = gateway.and_then(|gateway| gateway.tls.as_ref()).map(|tls| tls.published.port);
    let service = gateway.and_then(|gateway| stack.services.get(&gateway.service));
    let proxy = service.and_then(|service| service.ports.first()?.published).map(|published| published.port);
    match if scheme == Scheme::Https { of_tls } else { proxy } {
        Some(port) => format!("localhost:{port}"),
        None => "localhost".to_owned(),
    }
}
