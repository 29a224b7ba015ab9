//! Public keys in PEM (RFC 7468), as far as it takes to see that a file holds one, and of which sort.

use crate::diagnostics::Diagnostic;
use crate::source::language::JwtAlgorithm;
use crate::source::values::ProjectPath;
use crate::source::{Spanned, World};

/// The largest file that is taken for a key, in bytes: one of 16384 bits in PEM has a fifth of that.
const LIMIT: u64 = 16 * 1024;

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// The algorithm identifiers of RFC 3279 (section 2.3.1) and RFC 5480 (section 2.1.1) in DER, and the curve P-256.
const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const ELLIPTIC: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// What sort of key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    Rsa,
    /// On the curve P-256.
    P256,
    Other,
}

impl KeyKind {
    /// Whether such a key verifies signatures of this algorithm.
    pub fn verifies(self, algorithm: JwtAlgorithm) -> bool {
        match algorithm {
            JwtAlgorithm::Rs256 => self == Self::Rsa,
            JwtAlgorithm::Es256 => self == Self::P256,
            JwtAlgorithm::Hs256 | JwtAlgorithm::Hs384 | JwtAlgorithm::Hs512 => false,
        }
    }

    pub fn mismatch(self, algorithm: JwtAlgorithm, file: &Spanned<ProjectPath>) -> Box<Diagnostic> {
        let word = algorithm.as_str();
        let needed = if algorithm == JwtAlgorithm::Rs256 { "an RSA key" } else { "a key on the curve P-256" };
        let found = match self {
            Self::Rsa => "an RSA key",
            Self::P256 => "a key on the curve P-256",
            Self::Other => "a key of another sort",
        };
        Box::new(
            Diagnostic::error(
                "invalid-value",
                format!("`{}` does not verify what `{word}` signs", file.from_root),
            )
            .at(file.span, format!("holds {found}"))
            .help(format!("name the file of {needed}, or another `algorithm`")),
        )
    }
}

/// A public key's text, with one line break behind it.
///
/// # Errors
/// What is wrong with the path or with the file; a private key is refused by name.
pub fn read(file: &Spanned<ProjectPath>, world: &dyn World) -> Result<String, Box<Diagnostic>> {
    let path = &file.from_root;
    if file.escapes() {
        return Err(Box::new(
            Diagnostic::error("path-escape", format!("`{}` leads out of the project", file.written))
                .at(file.span, "outside the project")
                .help("move the key into the project, and write a path to there"),
        ));
    }
    let unreadable =
        |problem: String| Box::new(Diagnostic::error("unreadable-file", problem).at(file.span, "named here"));
    let bytes = world.read(path, LIMIT).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => unreadable(format!("there is no file `{path}`")),
        std::io::ErrorKind::IsADirectory => unreadable(format!("`{path}` is a folder, not a file")),
        _ => unreadable(format!("`{path}` cannot be read: {error}")),
    })?;
    let text = String::from_utf8(bytes).unwrap_or_default().replace("\r\n", "\n");
    let text = text.trim();
    if text.contains("PRIVATE KEY-----") {
        return Err(private(file));
    }
    let is_one = text.starts_with(BEGIN) && text.ends_with(END) && text.matches("-----BEGIN").count() == 1;
    if is_one {
        Ok(format!("{text}\n"))
    } else {
        Err(no_key(file, "does not begin and end as a public key in PEM"))
    }
}

/// The sort of a key that [`read`] has read.
///
/// # Errors
/// What is between its first and last line is no key.
pub fn kind_of(pem: &str, file: &Spanned<ProjectPath>) -> Result<KeyKind, Box<Diagnostic>> {
    let body = pem.trim().trim_start_matches(BEGIN).trim_end_matches(END);
    let der = base64(body).filter(|der| is_whole(der));
    let der = der.ok_or_else(|| no_key(file, "holds no key between its first and its last line"))?;
    let has = |identifier: &[u8]| der.windows(identifier.len()).take(32).any(|found| found == identifier);
    Ok(match () {
        () if has(RSA) => KeyKind::Rsa,
        () if has(ELLIPTIC) && has(P256) => KeyKind::P256,
        () => KeyKind::Other,
    })
}

/// Whether it is one sequence in DER, of the length that it says (X.690, section 8.1.3).
fn is_whole(der: &[u8]) -> bool {
    let &[0x30, first, ref rest @ ..] = der else { return false };
    if first < 0x80 {
        return rest.len() == usize::from(first);
    }
    let count = usize::from(first & 0x7f);
    if !(1..=4).contains(&count) || rest.len() < count {
        return false;
    }
    let (length, content) = rest.split_at(count);
    content.len() == length.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte))
}

/// Base64 (RFC 4648, section 4), line breaks and spaces aside.
fn base64(text: &str) -> Option<Vec<u8>> {
    let symbols: Vec<u8> = text.bytes().filter(|found| !found.is_ascii_whitespace()).collect();
    if symbols.is_empty() || symbols.len() % 4 != 0 {
        return None;
    }
    let padding = symbols.iter().rev().take_while(|found| **found == b'=').count();
    let data = symbols.get(..symbols.len() - padding).filter(|_| padding <= 2)?;
    let mut bytes = Vec::with_capacity(symbols.len() / 4 * 3);
    for group in data.chunks(4) {
        let mut bits = 0_u32;
        for at in 0..4 {
            bits = (bits << 6) | group.get(at).map_or(Some(0), |symbol| sextet(*symbol))?;
        }
        bytes.extend(&bits.to_be_bytes()[1..group.len()]);
    }
    Some(bytes)
}

fn sextet(symbol: u8) -> Option<u32> {
    Some(u32::from(match symbol {
        b'A'..=b'Z' => symbol - b'A',
        b'a'..=b'z' => symbol - b'a' + 26,
        b'0'..=b'9' => symbol - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

fn private(file: &Spanned<ProjectPath>) -> Box<Diagnostic> {
    let path = &file.from_root;
    Box::new(
        Diagnostic::error(
            "invalid-value",
            format!("`{path}` is a private key, and whoever has it signs tokens"),
        )
        .at(file.span, "expected the file of a public key")
        .note("the gateway verifies with the public half, which becomes part of its config")
        .help(format!("write the public half into a file of its own: `openssl pkey -in {path} -pubout`"))
        .help("keep the private key out of the project, and make a new one if this one was ever committed"),
    )
}

fn no_key(file: &Spanned<ProjectPath>, problem: &str) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::error("invalid-value", format!("`{}` {problem}", file.from_root))
            .at(file.span, "expected the file of a public key")
            .help("`openssl pkey -in KEY -pubout` writes one, `openssl x509 -in CERTIFICATE -noout -pubkey` as well"),
    )
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::{BEGIN, END, KeyKind, base64, kind_of, read};
    use crate::source::values::ProjectPath;
    use crate::source::{FileId, Memory, Span, Spanned};

    const P256: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9\n\
                        q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==";

    fn file() -> Spanned<ProjectPath> {
        Spanned::new(ProjectPath::new("web.pem", Utf8Path::new("")), Span::new(FileId::default(), 0..0))
    }

    fn kind(text: &str) -> Result<KeyKind, String> {
        let world = Memory::default().with("web.pem", text);
        let pem = read(&file(), &world).map_err(|found| found.message.clone())?;
        kind_of(&pem, &file()).map_err(|found| found.message.clone())
    }

    #[test]
    fn a_public_key_is_known_by_its_sort() {
        assert_eq!(kind(&format!("{BEGIN}\r\n{P256}\r\n{END}\r\n")), Ok(KeyKind::P256));
        let rsa = "MBIwDQYJKoZIhvcNAQEBBQADAgAw";
        assert!(kind(&format!("{BEGIN}\n{rsa}\n{END}\n")).is_err(), "longer than it says");
        let rsa = "MBMwDQYJKoZIhvcNAQEBBQADAgAw";
        assert!(kind(&format!("{BEGIN}\n{rsa}\n{END}\n")).is_ok_and(|kind| kind == KeyKind::Rsa));
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        let private = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assert!(kind(private).unwrap_err().contains("is a private key"));
        for text in ["", "key", BEGIN, &format!("{BEGIN}\n!\n{END}"), &format!("{BEGIN}\n{END}")] {
            assert!(kind(text).is_err(), "{text}");
        }
    }

    #[test]
    fn base64_is_read_as_others_write_it() {
        for (text, bytes) in [("Zg==", &b"f"[..]), ("Zm8=", b"fo"), ("Zm9v", b"foo"), ("Zm9v\nYg==", b"foob")]
        {
            assert_eq!(base64(text).as_deref(), Some(bytes));
        }
        for text in ["", "Zg", "Zg=", "====", "Z?==", "=Zm9"] {
            assert_eq!(base64(text), None, "{text}");
        }
    }
}
