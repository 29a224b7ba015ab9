//! Who can reach whom: a network for each set of data services with the same users, and one that the others share.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use indexmap::IndexMap;

use super::stack::{Network, Service};
use crate::diagnostics::Diagnostic;
use crate::source::Spanned;
use crate::source::language::Placement;

/// The network of all services that hold no data.
pub const EDGE: &str = "edge";

/// How many networks Docker's default address pools hold, less one for its own bridge: 15 of 172.16.0.0/12 and 16 of
/// 192.168.0.0/16 (moby, libnetwork/ipamutils).
const ENGINE_NETWORKS: usize = 30;

/// The smallest subnet that is cut: 14 addresses, of which the engine keeps one.
const LONGEST_PREFIX: u32 = 28;

/// The networks of a stack: none where nothing runs in a container.
pub fn networks(services: &IndexMap<String, Service>) -> Vec<Network> {
    let in_container =
        |name: &str| services.get(name).is_some_and(|found| found.placement == Placement::Container);
    let mut edge: BTreeSet<&str> = BTreeSet::new();
    let mut groups: IndexMap<Vec<&str>, Vec<&str>> = IndexMap::new();
    for service in services.values().filter(|service| in_container(&service.name)) {
        if service.role.is_data() {
            let users =
                service.needed_by.iter().map(String::as_str).filter(|name| in_container(name)).collect();
            groups.entry(users).or_default().push(&service.name);
        } else {
            edge.insert(&service.name);
        }
        // Whoever needs a service that holds no data meets it where those are.
        if service
            .needs
            .iter()
            .any(|need| services.get(need.service.as_str()).is_some_and(|other| !other.role.is_data()))
        {
            edge.insert(&service.name);
        }
    }
    // Sorted by position, not sought among all services: there are about as many networks as services.
    let in_order = |members: BTreeSet<&str>| -> Vec<String> {
        let positions: BTreeSet<usize> =
            members.into_iter().filter_map(|name| services.get_index_of(name)).collect();
        positions.into_iter().filter_map(|at| Some(services.get_index(at)?.0.clone())).collect()
    };
    let mut networks: Vec<Network> = groups
        .into_iter()
        .map(|(users, data)| {
            let name = match users.as_slice() {
                [user] => format!("{user}-data"),
                _ => format!("{}-clients", data[0]),
            };
            Network { name, members: in_order(users.into_iter().chain(data).collect()), subnet: None }
        })
        .collect();
    if !edge.is_empty() {
        networks.push(Network { name: EDGE.to_owned(), members: in_order(edge), subnet: None });
    }
    networks.sort_by(|left, right| left.name.cmp(&right.name));
    networks
}

/// Gives each network a subnet of its own where the engine's pools would not last.
pub fn assign_subnets(
    networks: &mut [Network],
    pool: Option<&Spanned<String>>,
    stack: &Spanned<String>,
) -> Option<Diagnostic> {
    let Some(pool) = pool else {
        return (networks.len() > ENGINE_NETWORKS).then(|| no_pool(networks.len(), stack));
    };
    let Some((base, prefix)) = parse_pool(pool) else {
        return Some(
            Diagnostic::error("invalid-value", format!("`{}` is not a range of IPv4 addresses", pool.value))
                .at(pool.span, "expected a range such as `\"10.200.0.0/16\"`"),
        );
    };
    let largest = networks.iter().map(|network| network.members.len()).max().unwrap_or(0);
    // The network's own address, its broadcast address and the engine's gateway come on top.
    let needed = u32::try_from(largest + 3).unwrap_or(u32::MAX).next_power_of_two().ilog2();
    let subnet_prefix = LONGEST_PREFIX.min(32 - needed);
    let room = if subnet_prefix < prefix { 0 } else { 1_u64 << (subnet_prefix - prefix) };
    if (networks.len() as u64) > room {
        return Some(pool_too_small(pool, networks.len(), subnet_prefix));
    }
    for (index, network) in (0_u32..).zip(networks.iter_mut()) {
        let address = Ipv4Addr::from_bits(base + (index << (32 - subnet_prefix)));
        network.subnet = Some(format!("{address}/{subnet_prefix}"));
    }
    None
}

fn parse_pool(text: &str) -> Option<(u32, u32)> {
    let (address, prefix) = text.split_once('/')?;
    let prefix: u32 = prefix.parse().ok().filter(|prefix| (8..=30).contains(prefix))?;
    let address = address.parse::<Ipv4Addr>().ok()?.to_bits();
    let mask = u32::MAX << (32 - prefix);
    (address & !mask == 0).then_some((address, prefix))
}

fn no_pool(count: usize, stack: &Spanned<String>) -> Diagnostic {
    Diagnostic::error("too-many-networks", format!("this stack needs {count} networks, and Docker has addresses for {ENGINE_NETWORKS}"))
        .at(stack.span, "this stack")
        .note("each set of databases and caches with the same users has a network of its own, so that nobody else reaches it")
        .help("give the stack a range of addresses that nothing else uses: `subnet_pool = \"10.200.0.0/16\"` under `[stack]`")
}

fn pool_too_small(pool: &Spanned<String>, count: usize, prefix: u32) -> Diagnostic {
    Diagnostic::error(
        "too-many-networks",
        format!("`{}` does not hold {count} networks of the size /{prefix}", pool.value),
    )
    .at(pool.span, "too small")
    .help("give a larger range, such as `\"10.0.0.0/8\"`")
}
