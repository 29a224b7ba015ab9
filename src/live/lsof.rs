//! macOS and the BSDs: what `lsof -nP -F pcPn` says of network files.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Listener, Process};
use crate::source::values::Protocol;

/// Who listens, by the output of `lsof -nP -iTCP -sTCP:LISTEN -iUDP -F pcPn`: one field a line, told by its first letter.
#[must_use]
pub fn listeners_of_lsof(text: &str) -> Vec<Listener> {
    let mut listeners = Vec::new();
    let mut process: Option<Process> = None;
    let mut protocol = None;
    for line in text.lines() {
        let Some((letter, value)) = line.split_at_checked(1) else { continue };
        match letter {
            "p" => {
                process = value.parse().ok().map(|id| Process { id, name: String::new(), folder: None });
            }
            "c" => {
                if let Some(process) = &mut process {
                    value.clone_into(&mut process.name);
                }
            }
            "P" => protocol = Protocol::from_word(&value.to_ascii_lowercase()),
            "n" => {
                if let (Some(protocol), Some((address, port))) = (protocol, place(value)) {
                    listeners.push(Listener { address, port, protocol, process: process.clone() });
                }
            }
            _ => {}
        }
    }
    listeners
}

/// `127.0.0.1:80`, `[::1]:80`, `*:80`; what has an arrow in it is a connection.
fn place(name: &str) -> Option<(IpAddr, u16)> {
    if name.contains("->") {
        return None;
    }
    let (address, port) = name.rsplit_once(':')?;
    let address = match address {
        "*" => Ipv4Addr::UNSPECIFIED.into(),
        other => match other.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
            Some(inner) => inner.parse::<Ipv6Addr>().ok()?.into(),
            None => other.parse::<Ipv4Addr>().ok()?.into(),
        },
    };
    Some((address, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::listeners_of_lsof;

    const OUTPUT: &str = "\
p501
cpostgres
f5
PTCP
n127.0.0.1:5432
f6
PTCP
n[::1]:5432
p777
cnode
f20
PTCP
n*:3000
f21
PUDP
n10.0.0.2:5353->10.0.0.3:5353
f22
PUDP
n*:*
";

    #[test]
    fn each_listener_is_that_of_the_process_above_it() {
        let shown: Vec<String> = listeners_of_lsof(OUTPUT)
            .into_iter()
            .map(|found| {
                let process = found.process.unwrap();
                format!("{} {} {} {}", found.address, found.port, process.id, process.name)
            })
            .collect();
        assert_eq!(shown, ["127.0.0.1 5432 501 postgres", "::1 5432 501 postgres", "0.0.0.0 3000 777 node"]);
    }
}
