//! Linux: `/proc/net/tcp`, `udp`, and the same with a 6.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::source::values::Protocol;

/// A socket that listens, and the number under which a process holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Socket {
    pub address: IpAddr,
    pub port: u16,
    pub protocol: Protocol,
    pub inode: u64,
}

/// The sockets of one of the files that wait for others. Lines that say nothing of the kind are passed over.
#[must_use]
pub fn sockets(text: &str, protocol: Protocol) -> Vec<Socket> {
    // The states of `include/net/tcp_states.h`: TCP_LISTEN, and TCP_CLOSE, which is that of a bound UDP socket.
    let waiting = match protocol {
        Protocol::Tcp => "0A",
        Protocol::Udp => "07",
    };
    let line = |line: &str| {
        let mut words = line.split_whitespace().skip(1);
        let (address, port) = words.next()?.split_once(':')?;
        let state = words.nth(1)?;
        let inode = words.nth(5)?.parse().ok()?;
        let port = u16::from_str_radix(port, 16).ok().filter(|port| *port > 0)?;
        (state == waiting).then_some(Socket { address: parse(address)?, port, protocol, inode })
    };
    text.lines().filter_map(line).collect()
}

/// An address in the machine's own byte order, in words of 32 bits.
fn parse(hex: &str) -> Option<IpAddr> {
    let mut bytes = Vec::new();
    for at in (0..hex.len()).step_by(8) {
        let word = u32::from_str_radix(hex.get(at..at + 8)?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    match bytes.len() {
        4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?).into()),
        16 => Some(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).into()),
        _ => None,
    }
}

#[cfg(all(test, target_endian = "little"))]
mod tests {
    use super::sockets;
    use crate::source::values::Protocol;

    const TCP: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31337 1 0000000000000000 100 0 0 10 0
   1: 00000000:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0000000000000000 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C0DE 01 00000000:00000000 00:00000000 00000000  1000        0 9 1 0000000000000000 20 4 30 10 -1
";
    const TCP6: &str = "\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0000000000000000 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:1F92 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 78 1 0000000000000000 100 0 0 10 0
";

    fn shown(text: &str) -> Vec<String> {
        let shown = |socket: &super::Socket| {
            format!("{} {} {}", socket.address.to_canonical(), socket.port, socket.inode)
        };
        sockets(text, Protocol::Tcp).iter().map(shown).collect()
    }

    #[test]
    fn who_listens_is_found_and_who_is_connected_is_not() {
        assert_eq!(shown(TCP), ["127.0.0.1 8080 31337", "0.0.0.0 5432 4242"]);
        assert_eq!(shown(TCP6), ["::1 8081 77", "127.0.0.1 8082 78"]);
    }

    #[test]
    fn what_is_no_such_file_has_no_sockets() {
        assert!(sockets("a: b c d e f g h i\n0: zz:1 x 0A a b c d e 1\n", Protocol::Tcp).is_empty());
    }
}
