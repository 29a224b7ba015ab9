//! Messages of the protocol as bytes: a header that says how long each is, and its JSON.
//!
//! `lsp-server` reads them too, but ends at the first that is no JSON, and makes room for whatever length a header claims.

use std::io::{self, BufRead, Read as _};

use lsp_server::Message;

/// The longest header line, and the longest message, in bytes. A stack of 10,000 services takes about 5 MB.
const LONGEST_LINE: u64 = 4096;
const LONGEST_MESSAGE: u64 = 256 * 1024 * 1024;

/// What was read.
#[derive(Debug)]
pub enum Incoming {
    Message(Message),
    /// A whole message that is none of the protocol, and why; what follows it can be read.
    Unreadable(String),
}

/// The next message; nothing at the end.
///
/// # Errors
/// Where nobody can tell any more where the next message starts: a header that is none, or an end amid a message.
pub fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = read_header(input)? else { return Ok(None) };
    let mut body = Vec::new();
    input.take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        return Err(invalid("the input ended amid a message"));
    }
    Ok(Some(match serde_json::from_slice(&body) {
        Ok(message) => Incoming::Message(message),
        Err(error) => Incoming::Unreadable(format!("not a message of the protocol: {error}")),
    }))
}

/// The length of the message that follows.
fn read_header(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    let mut is_first = true;
    loop {
        let mut line = Vec::new();
        input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() && is_first {
            return Ok(None);
        }
        is_first = false;
        let line = std::str::from_utf8(&line).map_err(|_| invalid("a header is not text"))?;
        let Some(line) = line.strip_suffix('\n') else {
            return Err(invalid("a header has no end"));
        };
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            return match length {
                Some(length) if length <= LONGEST_MESSAGE => Ok(Some(length)),
                Some(_) => Err(invalid("a message is longer than any that is taken")),
                None => Err(invalid("a header does not say how long its message is")),
            };
        }
        let Some((name, value)) = line.split_once(':') else {
            return Err(invalid("a header line has no colon"));
        };
        if name.trim().eq_ignore_ascii_case("Content-Length") {
            let number = value.trim().parse().map_err(|_| invalid("a message's length is no number"))?;
            length = Some(number);
        }
    }
}

fn invalid(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

#[cfg(test)]
mod tests {
    use super::{Incoming, read};

    fn all(mut bytes: &[u8]) -> (usize, usize, Option<String>) {
        let (mut messages, mut unreadable) = (0, 0);
        loop {
            match read(&mut bytes) {
                Ok(None) => return (messages, unreadable, None),
                Ok(Some(Incoming::Message(_))) => messages += 1,
                Ok(Some(Incoming::Unreadable(_))) => unreadable += 1,
                Err(error) => return (messages, unreadable, Some(error.to_string())),
            }
        }
    }

    #[test]
    fn what_is_no_message_does_not_end_the_reading() {
        let message = r#"{"jsonrpc":"2.0","method":"exit"}"#;
        let frame = |body: &str| format!("content-length:{}\r\nContent-Type: x\r\n\r\n{body}", body.len());
        let text = format!("{}{}{}{}", frame(message), frame("{"), frame("[1]"), frame(message));
        assert_eq!(all(text.as_bytes()), (2, 2, None));
    }

    #[test]
    fn where_messages_cannot_be_told_apart_the_reading_ends() {
        for (bytes, problem) in [
            (&b"Content-Length: 9\r\n\r\n{}"[..], "the input ended amid a message"),
            (b"Content-Length: 99999999999999999999\r\n\r\n", "a message's length is no number"),
            (b"Content-Length: 9999999999999999999\r\n\r\n", "a message is longer than any that is taken"),
            (b"Content-Length: -1\r\n\r\n", "a message's length is no number"),
            (b"\xff\xfe\r\n\r\n", "a header is not text"),
            (b"X: y\r\n\r\n", "a header does not say how long its message is"),
            (b"hello\r\n\r\n", "a header line has no colon"),
            (b"Content-Length: 3", "a header has no end"),
        ] {
            assert_eq!(all(bytes), (0, 0, Some(problem.to_owned())));
        }
        assert_eq!(all(&vec![b'x'; 100_000]).2.as_deref(), Some("a header has no end"));
    }
}
