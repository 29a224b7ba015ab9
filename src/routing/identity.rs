//! The ids that Kong gives to what a declarative config names: they decide where nothing else does.
//!
//! Kong derives an id from the name, as a UUID of version 5 (RFC 9562, section 5.5) in a namespace of its own for each sort of
//! entity (Kong 3.9, `kong/db/schema/others/declarative_config.lua`).

/// An id, which Kong compares byte by byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 16]);

/// Of the namespaces of all sorts of entities.
const ENTITIES: Id = Id(0xfd02_801f_0957_4a15_a55a_c8d9_606f_30b5_u128.to_be_bytes());
/// Of the parts into which Kong takes a route whose paths do not rank alike (`kong/router/transform.lua`).
const PARTS: Id = Id(0x7f14_5bf9_0dce_4f91_98eb_debb_ce4b_9f6b_u128.to_be_bytes());

impl Id {
    /// The id of the route of this name.
    #[must_use]
    pub fn of_route(name: &str) -> Self {
        Self::within(Self::within(ENTITIES, b"routes"), name.as_bytes())
    }

    /// The id of a part of a route, counted from 1.
    #[must_use]
    pub fn of_part(self, number: usize) -> Self {
        Self::within(PARTS, format!("{self}#{number}").as_bytes())
    }

    fn within(namespace: Self, name: &[u8]) -> Self {
        let digest = sha1(&[&namespace.0[..], name].concat());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        bytes[6] = bytes[6] & 0x0f | 0x50;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let separator = if matches!(index, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(formatter, "{separator}{byte:02x}")?;
        }
        Ok(())
    }
}

/// SHA-1 (RFC 3174): what version 5 of the UUIDs is made of, and no protection of anything here.
fn sha1(message: &[u8]) -> [u8; 20] {
    let mut state = [0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize((padded.len() + 8).next_multiple_of(64), 0);
    let end = padded.len() - 8;
    padded[end..].copy_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        mix(&mut state, block);
    }
    let mut digest = [0; 20];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

#[expect(clippy::many_single_char_names, reason = "the names of the standard")]
fn mix(state: &mut [u32; 5], block: &[u8]) {
    let mut words = [0_u32; 80];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    for at in 16..80 {
        words[at] = (words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16]).rotate_left(1);
    }
    let [mut a, mut b, mut c, mut d, mut e] = *state;
    for (at, word) in words.into_iter().enumerate() {
        let (chosen, constant) = match at / 20 {
            0 => (b & c | !b & d, 0x5a82_7999),
            1 => (b ^ c ^ d, 0x6ed9_eba1),
            2 => (b & c | b & d | c & d, 0x8f1b_bcdc),
            _ => (b ^ c ^ d, 0xca62_c1d6_u32),
        };
        let next = a.rotate_left(5).wrapping_add(chosen).wrapping_add(e).wrapping_add(constant);
        (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next.wrapping_add(word));
    }
    for (word, mixed) in state.iter_mut().zip([a, b, c, d, e]) {
        *word = word.wrapping_add(mixed);
    }
}

#[cfg(test)]
mod tests {
    use super::{Id, sha1};

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    #[test]
    fn a_digest_is_that_of_the_standard() {
        assert_eq!(hex(&sha1(b"")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert_eq!(hex(&sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        let long = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(hex(&sha1(long)), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
        assert_eq!(hex(&sha1(&[b'a'; 64])), "0098ba824b5c16427bd7a1122a5a442a25ec644d");
        assert_eq!(hex(&sha1(&[b'a'; 63])), "03f09f5b158a7a8cdad920bddc29b81c18a551f5");
    }

    #[test]
    fn a_route_has_the_id_that_kong_gives_to_its_name() {
        // Of Python's uuid.uuid5, in the same namespaces.
        let id = Id::of_route("api-1");
        assert_eq!(id.to_string(), "3a9f8da6-9f0a-540e-9701-6500b51007a9");
        assert_eq!(id.of_part(2).to_string(), "3817d6d5-d6ee-5253-9067-f3928850514c");
    }
}
