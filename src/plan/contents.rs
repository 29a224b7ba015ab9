//! What a file holds, compared the way that survives a checkout: line ends and modes do not count.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use crate::source::limits::OUTPUT_SIZE;

/// A file above this many bytes is none of stackgen's: it is not read whole, and never written over.
pub const SIZE_LIMIT: u64 = OUTPUT_SIZE.bytes();

/// One side of a change: the bytes of a file, and whether it may be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub contents: Vec<u8>,
    pub executable: bool,
}

/// The SHA-256 of the contents with LF line ends, as 64 lower-case hex digits.
///
/// For a file that stackgen has written that is what `sha256sum` says, too.
#[must_use]
pub fn digest(contents: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    Sha256::digest(with_lf(contents))
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}

/// Whether two contents differ in nothing but their line ends.
#[must_use]
pub fn same(left: &[u8], right: &[u8]) -> bool {
    left == right || with_lf(left) == with_lf(right)
}

/// The contents with every CRLF turned to LF, which is what a checkout with `core.autocrlf` has changed.
pub(super) fn with_lf(contents: &[u8]) -> Cow<'_, [u8]> {
    if !contents.contains(&b'\r') {
        return Cow::Borrowed(contents);
    }
    let mut normal = Vec::with_capacity(contents.len());
    for line in contents.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(text) => {
                normal.extend_from_slice(text);
                normal.push(b'\n');
            }
            None => normal.extend_from_slice(line),
        }
    }
    Cow::Owned(normal)
}

#[cfg(test)]
mod tests {
    use super::{digest, same};

    #[test]
    fn line_ends_of_a_checkout_do_not_count() {
        assert!(same(b"a\r\nb\r\n", b"a\nb\n"));
        assert!(same(b"a\r\nb\n", b"a\nb\r\n"));
        assert_eq!(digest(b"a\r\nb\r\n"), digest(b"a\nb\n"));
    }

    #[test]
    fn everything_else_counts() {
        assert!(!same(b"a\rb\n", b"a\nb\n"), "a lone carriage return is no line end");
        assert!(!same(b"a\n", b"a"));
        assert!(!same(b"a\n\n", b"a\n"));
        assert_ne!(digest(b"a\r"), digest(b"a"));
    }

    #[test]
    fn the_digest_is_what_sha256sum_prints() {
        assert_eq!(digest(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
