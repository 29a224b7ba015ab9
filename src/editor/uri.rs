//! `file:` URIs and the paths that they stand for (RFC 8089).

use camino::{Utf8Path, Utf8PathBuf};
use gen_lsp_types::Uri;

/// The path of a `file:` URI of this machine; nothing for any other.
#[must_use]
pub fn path_of(uri: &Uri) -> Option<Utf8PathBuf> {
    let rest = uri.0.strip_prefix("file://")?;
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let path = decoded(path)?;
    // `/c:/folder` is `c:/folder` where paths have drives.
    let is_drive = matches!(path.as_bytes(), [b'/', letter, b':', ..] if letter.is_ascii_alphabetic());
    let path = if is_drive { &path[1..] } else { &path };
    (is_drive || path.starts_with('/')).then(|| Utf8PathBuf::from(path))
}

/// The URI of an absolute path.
#[must_use]
pub fn uri_of(path: &Utf8Path) -> Uri {
    let mut uri = String::from("file://");
    if !path.as_str().starts_with('/') {
        uri.push('/');
    }
    for byte in path.as_str().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                uri.push(byte.into())
            }
            b'\\' => uri.push('/'),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    Uri(uri)
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use gen_lsp_types::Uri;

    use super::{path_of, uri_of};

    #[test]
    fn any_path_comes_back_from_its_uri() {
        for path in ["/a/b.toml", "/with space/ä😀%25.toml", "/a#b?c/[x]"] {
            assert_eq!(path_of(&uri_of(Utf8Path::new(path))).as_deref(), Some(Utf8Path::new(path)));
        }
    }

    #[test]
    fn the_forms_of_other_clients_are_understood() {
        let path = |uri: &str| path_of(&Uri(uri.to_owned())).map(camino::Utf8PathBuf::into_string);
        assert_eq!(path("file://localhost/a").as_deref(), Some("/a"));
        assert_eq!(path("file:///c%3A/x").as_deref(), Some("c:/x"));
        for none in ["untitled:Untitled-1", "file://server/x", "file:///%", "file:///%ff", "http://x/y", ""] {
            assert_eq!(path(none), None, "{none}");
        }
    }
}
