//! What `docker ps` says of the ports that containers hold.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::source::values::Protocol;

/// What `docker ps --format` is to print for [`containers`]: a line of tabs for each container.
pub const DOCKER_PS_FORMAT: &str = "{{.Names}}\t{{.Label \"com.stackgen.stack\"}}\t{{.Label \"com.stackgen.service\"}}\t\
                                    {{.Label \"com.docker.compose.project\"}}\t{{.Label \"com.docker.compose.project.working_dir\"}}\t{{.Ports}}";

/// A container that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    pub name: String,
    /// The stack and the service that stackgen made it for.
    pub stack: Option<String>,
    pub service: Option<String>,
    /// The Compose project, and the folder that it was started from.
    pub project: Option<String>,
    pub folder: Option<String>,
    /// Where the machine offers its ports.
    pub published: Vec<(IpAddr, u16, Protocol)>,
}

/// The containers of `docker ps --format` with [`DOCKER_PS_FORMAT`].
#[must_use]
pub fn containers(text: &str) -> Vec<Container> {
    let container = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, stack, service, project, folder, ports] = fields.as_slice() else { return None };
        let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Some(Container {
            name: (*name).to_owned(),
            stack: said(stack),
            service: said(service),
            project: said(project),
            folder: said(folder),
            published: ports.split(", ").flat_map(published).collect(),
        })
    };
    text.lines().filter_map(container).collect()
}

/// `127.0.0.1:5433->5432/tcp`, `[::]:8000-8002->8000-8002/tcp`, `:::80->80/tcp`; what is not published has no arrow.
fn published(text: &str) -> Vec<(IpAddr, u16, Protocol)> {
    let parsed = || {
        let (outside, inside) = text.split_once("->")?;
        let protocol = Protocol::from_word(inside.rsplit_once('/')?.1)?;
        let (address, ports) = outside.rsplit_once(':')?;
        let address = address.trim_start_matches('[').trim_end_matches(']');
        let address: IpAddr = match address {
            "" => Ipv4Addr::UNSPECIFIED.into(),
            "::" => Ipv6Addr::UNSPECIFIED.into(),
            other => other.parse().ok()?,
        };
        let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
        let (first, last): (u16, u16) = (first.parse().ok()?, last.parse().ok()?);
        Some((first..=last).map(|port| (address, port, protocol)).collect())
    };
    parsed().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::containers;

    const OUTPUT: &str = "shop-db-1\tshop\tdb\tshop\t/home/a/shop\t127.0.0.1:5433->5432/tcp\n\
        web\t\t\t\t\t0.0.0.0:8000-8001->8000-8001/tcp, :::80->80/tcp, [::]:81->81/udp, 9000/tcp\n\
        quiet\t\t\t\t\t\n";

    #[test]
    fn every_published_port_is_found_with_its_container() {
        let found = containers(OUTPUT);
        assert_eq!((found[0].stack.as_deref(), found[0].service.as_deref()), (Some("shop"), Some("db")));
        assert_eq!(found[0].folder.as_deref(), Some("/home/a/shop"));
        let ports = |index: usize| -> Vec<String> {
            let published = found[index].published.iter();
            published
                .map(|(address, port, protocol)| format!("{address} {port} {}", protocol.as_str()))
                .collect()
        };
        assert_eq!(ports(0), ["127.0.0.1 5433 tcp"]);
        assert_eq!(ports(1), ["0.0.0.0 8000 tcp", "0.0.0.0 8001 tcp", ":: 80 tcp", ":: 81 udp"]);
        assert!(found[2].published.is_empty() && found[2].stack.is_none());
    }
}
