//! A request, and its path as Kong's router sees it.

/// How a request comes to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// What the gateway chooses a route by.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub scheme: Scheme,
    /// The `Host` header, with its port where it has one.
    pub host: Option<String>,
    /// The path and the query, as they are sent.
    pub target: String,
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// The host without its port. Where what stands behind the colon is no number, it is no port.
    #[must_use]
    pub fn host_name(&self) -> Option<&str> {
        let host = self.host.as_deref()?;
        Some(match host.split_once(':') {
            Some((name, port)) if !port.is_empty() && port.bytes().all(|found| found.is_ascii_digit()) => {
                name
            }
            _ => host,
        })
    }

    /// Whether it calls a gRPC method.
    #[must_use]
    pub fn is_grpc(&self) -> bool {
        let mut headers = self.headers.iter();
        headers.any(|(name, value)| {
            name.eq_ignore_ascii_case("content-type") && value.starts_with("application/grpc")
        })
    }

    /// The query, behind its `?`; none where there is none.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.split().1
    }

    /// The path that routes are held against. None where no route takes it: what it encodes is no text, or a `%` encodes nothing, or
    /// it leads above the root, which the gateway refuses before it asks for a route.
    #[must_use]
    pub fn path(&self) -> Option<String> {
        let path = self.split().0.as_bytes();
        let is_encoded = |at: usize| path.get(at + 1..at + 3).and_then(hexadecimal).is_some();
        if (0..path.len()).any(|at| path[at] == b'%' && !is_encoded(at))
            || leads_above_the_root(&decoded(path))
        {
            return None;
        }
        String::from_utf8(normalized(path)).ok()
    }

    /// The path and the query. A `?` in the first place introduces no query.
    fn split(&self) -> (&str, Option<&str>) {
        let behind = self.target.char_indices().nth(1).map_or(self.target.len(), |(at, _)| at);
        match self.target[behind..].find('?') {
            Some(at) => (&self.target[..behind + at], Some(&self.target[behind + at + 1..])),
            None => (&self.target, None),
        }
    }
}

/// A path without what only seems to differ: what needs no encoding is decoded, `.` and `..` are followed, and several slashes
/// are one (Kong 3.9, `normalize` in `kong/tools/uri.lua`).
fn normalized(path: &[u8]) -> Vec<u8> {
    let decoded = decoded(path);
    let mut segments: Vec<&[u8]> = Vec::new();
    let mut parts = decoded.split(|found| *found == b'/').peekable();
    let rooted = decoded.first() == Some(&b'/');
    let mut trailing = false;
    while let Some(part) = parts.next() {
        let last = parts.peek().is_none();
        match part {
            b"" | b"." => trailing = last,
            b".." => {
                segments.pop();
                trailing = last;
            }
            _ => segments.push(part),
        }
    }
    let mut path = segments.join(&b'/');
    if rooted {
        path.insert(0, b'/');
    }
    if trailing && !segments.is_empty() {
        path.push(b'/');
    }
    path
}

fn leads_above_the_root(path: &[u8]) -> bool {
    let mut depth = 0_usize;
    path.split(|found| *found == b'/').any(|segment| {
        let above = segment == b".." && depth == 0;
        depth = match segment {
            b"" | b"." => depth,
            b".." => depth.saturating_sub(1),
            _ => depth + 1,
        };
        above
    })
}

/// Decodes what is written as `%41`, unless the character means something in a URL: that stays, in upper case.
fn decoded(path: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(path.len());
    let mut at = 0;
    while let Some(found) = path.get(at) {
        let code = path.get(at + 1..at + 3).filter(|_| *found == b'%').and_then(hexadecimal);
        match code {
            Some(code) if b"!*'();:@&=+$,/?%#[]".contains(&code) => {
                decoded.extend(path[at..at + 3].to_ascii_uppercase());
            }
            Some(code) => decoded.push(code),
            None => decoded.push(*found),
        }
        at += if code.is_some() { 3 } else { 1 };
    }
    decoded
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
    u8::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::{Request, Scheme};

    fn request(target: &str, host: &str) -> Request {
        let (method, host) = ("GET".to_owned(), Some(host.to_owned()));
        Request { method, scheme: Scheme::Http, host, target: target.to_owned(), headers: Vec::new() }
    }

    #[test]
    fn what_only_seems_to_differ_is_one_path() {
        for (sent, seen) in [
            ("/", "/"),
            ("/a//b", "/a/b"),
            ("/a/./b", "/a/b"),
            ("/a/../b", "/b"),
            ("/a/..", "/"),
            ("/a/.", "/a/"),
            ("/a/b/", "/a/b/"),
            ("/a/b/..", "/a/"),
            ("/%61/%2e%2E/b", "/b"),
            ("/a%2fb%3F", "/a%2Fb%3F"),
            ("/a%20b%c3%a9", "/a bé"),
            ("/a?b=/../c", "/a"),
        ] {
            assert_eq!(request(sent, "h").path().as_deref(), Some(seen), "{sent}");
        }
        for refused in ["/%ff", "/a%zz", "/a%4", "/..", "/a/../../b"] {
            assert_eq!(request(refused, "h").path(), None, "{refused}");
        }
        assert_eq!(request("/a?b?c", "h").query(), Some("b?c"));
    }

    #[test]
    fn a_port_is_no_part_of_the_host() {
        for (sent, seen) in [("a.b:80", "a.b"), ("a.b", "a.b"), ("a.b:", "a.b:"), ("[::1]:80", "[::1]:80")] {
            assert_eq!(request("/", sent).host_name(), Some(seen));
        }
    }
}
