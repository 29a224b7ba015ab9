//! What the gateway does with a request once a route has taken it.

use super::{Request, Scheme};

/// Whether a route passes on what it has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// To its service, if its policies let it.
    PassedOn,
    /// The gateway refuses it with this status, and no other route is asked.
    Refused(u16),
}

/// What a route that speaks these protocols does with a request that it has taken (Kong 3.9, `kong/runloop/handler.lua`). A route for
/// http alone takes https as well.
#[must_use]
pub fn answer(protocols: &[impl AsRef<str>], request: &Request) -> Answer {
    let speaks = |protocol: &str| protocols.iter().any(|known| known.as_ref() == protocol);
    if request.scheme == Scheme::Http && speaks("https") && !speaks("http") {
        return Answer::Refused(426);
    }
    if (speaks("grpc") || speaks("grpcs")) && !request.is_grpc() {
        return Answer::Refused(415);
    }
    Answer::PassedOn
}
