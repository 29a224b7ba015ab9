//! Asking the machine: who listens, which containers run. Everything here can be missing, and is asked for with a limit to its time.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::net::IpAddr;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use camino::Utf8PathBuf;

use crate::live::{
    Container, DOCKER_PS_FORMAT, Listener, Process, containers, listeners_of_lsof, overlap, sockets,
};
use crate::source::values::Protocol;

/// How long a program may take to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// Why a program gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// There is no such program.
    Missing,
    /// It failed, and said this.
    Failed(String),
    /// It took too long.
    Stuck,
}

/// What a program prints, if it succeeds.
pub fn ask(program: &str, arguments: &[&str]) -> Result<String, NoAnswer> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|_| NoAnswer::Missing)?;
    let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let (mut said, mut complaint) = (Vec::new(), Vec::new());
        let _ = stdout.as_mut().map(|pipe| pipe.read_to_end(&mut said));
        let _ = stderr.as_mut().map(|pipe| pipe.read_to_end(&mut complaint));
        let _ = sender.send((said, complaint));
    });
    let answer = receiver.recv_timeout(LIMIT);
    if answer.is_err() {
        // It may have ended just now.
        let _ = child.kill();
    }
    let status = child.wait();
    let Ok((said, complaint)) = answer else { return Err(NoAnswer::Stuck) };
    if status.is_ok_and(|status| status.success()) {
        return Ok(String::from_utf8_lossy(&said).into_owned());
    }
    let complaint = String::from_utf8_lossy(&complaint);
    Err(NoAnswer::Failed(complaint.lines().next().unwrap_or_default().trim().to_owned()))
}

/// Who holds the ports of this machine.
pub struct Machine {
    pub listeners: Vec<Listener>,
    /// The containers that run; why they are not known, where no engine answers.
    pub containers: Result<Vec<Container>, NoAnswer>,
}

/// Who holds a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    Container(Container),
    /// A process; nothing more where this user may not see which.
    Process(Option<Process>),
}

impl Machine {
    pub fn look() -> Self {
        let running = ask("docker", &["ps", "--no-trunc", "--format", DOCKER_PS_FORMAT]);
        Self { listeners: listeners(), containers: running.map(|text| containers(&text)) }
    }

    /// Who holds a port. A container comes before the process that stands in for it on the host.
    pub fn holder(&self, address: IpAddr, port: u16, protocol: Protocol) -> Option<Holder> {
        let meets = |(other, number, way): &(IpAddr, u16, Protocol)| {
            *number == port && *way == protocol && overlap(*other, address)
        };
        let container =
            self.containers.iter().flatten().find(|container| container.published.iter().any(meets));
        if let Some(container) = container {
            return Some(Holder::Container(container.clone()));
        }
        let listening: Vec<&Listener> = self
            .listeners
            .iter()
            .filter(|found| meets(&(found.address, found.port, found.protocol)))
            .collect();
        let known = listening.iter().find(|found| found.process.is_some()).or(listening.first())?;
        Some(Holder::Process(known.process.clone()))
    }
}

/// Who listens: from `/proc` where there is one, else from `lsof`.
fn listeners() -> Vec<Listener> {
    let files = [
        ("/proc/net/tcp", Protocol::Tcp),
        ("/proc/net/tcp6", Protocol::Tcp),
        ("/proc/net/udp", Protocol::Udp),
        ("/proc/net/udp6", Protocol::Udp),
    ];
    if fs::metadata(files[0].0).is_err() {
        let output = ask("lsof", &["-nP", "-iTCP", "-sTCP:LISTEN", "-iUDP", "-F", "pcPn"]);
        return output.map(|text| listeners_of_lsof(&text)).unwrap_or_default();
    }
    let texts = files.iter().filter_map(|(path, protocol)| Some((fs::read_to_string(path).ok()?, *protocol)));
    let found: Vec<_> = texts.flat_map(|(text, protocol)| sockets(&text, protocol)).collect();
    let owners = owners();
    found
        .into_iter()
        .map(|socket| Listener {
            address: socket.address.to_canonical(),
            port: socket.port,
            protocol: socket.protocol,
            process: owners.get(&socket.inode).cloned(),
        })
        .collect()
}

/// The process that holds each socket, of those that this user may see.
fn owners() -> BTreeMap<u64, Process> {
    let mut owners = BTreeMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        for link in fs::read_dir(entry.path().join("fd")).into_iter().flatten().flatten() {
            let Ok(target) = fs::read_link(link.path()) else { continue };
            let inode = target
                .to_str()
                .and_then(|name| name.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok());
            if let Some(inode) = inode {
                owners.entry(inode).or_insert_with(|| process(id));
            }
        }
    }
    owners
}

fn process(id: u32) -> Process {
    let name = fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default().trim().to_owned();
    let folder = fs::read_link(format!("/proc/{id}/cwd")).ok();
    Process { id, name, folder: folder.and_then(|path| Utf8PathBuf::from_path_buf(path).ok()) }
}
