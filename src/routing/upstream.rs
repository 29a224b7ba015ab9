//! The path that the gateway asks a service for.

/// The path that the upstream is asked for, encoded as it is sent: `path` is that of the request as routes are held against it, and
/// `stripped` the part that the route matched, where the route takes it off. `base` is the path of the service itself, `/` for none.
///
/// As Kong 3.9 joins them (`get_upstream_uri_v0` in `kong/router/utils.lua`, with `path_handling` v0).
#[must_use]
pub fn upstream_path(base: &str, path: &str, stripped: Option<&str>) -> String {
    let joined = match stripped {
        Some(stripped) => joined_with_rest(base, path, rest(path, stripped.len())),
        None if base.ends_with('/') => format!("{base}{}", path.strip_prefix('/').unwrap_or(path)),
        None if path == "/" => base.to_owned(),
        None => format!("{base}{path}"),
    };
    encoded(&joined)
}

/// What is left behind the stripped part. Kong cuts by its length, even where an expression matched further back.
fn rest(path: &str, length: usize) -> &str {
    let rest = path.get(path.floor_char_boundary(length)..).unwrap_or_default();
    match rest {
        "." | ".." => "",
        _ => rest.strip_prefix("../").or_else(|| rest.strip_prefix("./")).unwrap_or(rest),
    }
}

fn joined_with_rest(base: &str, path: &str, rest: &str) -> String {
    let (root, rest_of_root) = (base.trim_end_matches('/'), rest.strip_prefix('/').unwrap_or(rest));
    match (rest.is_empty(), base) {
        (true, "/") => "/".to_owned(),
        (true, _) if path.len() > 1 && path.ends_with('/') => format!("{root}/"),
        (true, _) => root.to_owned(),
        (false, _) => format!("{root}/{rest_of_root}"),
    }
}

fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&'()*+,/:;=?@[]-_.~%".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::upstream_path;

    #[test]
    fn a_path_is_kept_unless_its_route_takes_the_matched_part_off() {
        for (base, path, stripped, asked) in [
            ("/", "/api/users", None, "/api/users"),
            ("/", "/api/users", Some("/api"), "/users"),
            ("/", "/api/users", Some("/api/"), "/users"),
            ("/", "/api", Some("/api"), "/"),
            ("/", "/api/", Some("/api"), "/"),
            ("/", "/apis", Some("/api"), "/s"),
            ("/", "/a b/é", Some("/"), "/a%20b/%C3%A9"),
            ("/", "/api", Some("/"), "/api"),
            ("/v1", "/", None, "/v1"),
            ("/v1", "/x", None, "/v1/x"),
            ("/v1/", "/x", None, "/v1/x"),
            ("/v1", "/api", Some("/api"), "/v1"),
            ("/v1", "/api/", Some("/api/"), "/v1/"),
            ("/v1/", "/api", Some("/api"), "/v1"),
            ("/v1/", "/api/x", Some("/api"), "/v1/x"),
            ("/v1", "/api/x", Some("/api/"), "/v1/x"),
        ] {
            assert_eq!(upstream_path(base, path, stripped), asked, "{base} {path} {stripped:?}");
        }
    }
}
