//! A project of a user who may not do everything: tests that run as root start stackgen as somebody else.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::session::{Ran, Session};
use crate::snapshot::{What, snapshot};

/// The user and group without privileges.
const NOBODY: u32 = 65534;

/// The files of a folder by path: what is in each, and its mode.
pub type Files = BTreeMap<PathBuf, (Vec<u8>, u32)>;

pub struct Tenant {
    session: Session,
    is_root: bool,
}

impl Tenant {
    pub fn new(stack: &str) -> Self {
        let session = Session::new().file("project/stack.toml", stack).file("project/api/main.py", "");
        let is_root = fs::metadata(session.path("")).unwrap().uid() == 0;
        let (binary, here) = (Path::new(env!("CARGO_BIN_EXE_stackgen")), session.path("stackgen"));
        // The build's own folder need not be one that everybody may enter.
        if fs::hard_link(binary, &here).is_err() {
            fs::copy(binary, &here).unwrap();
        }
        fs::set_permissions(session.path(""), Permissions::from_mode(0o755)).unwrap();
        let tenant = Self { session, is_root };
        tenant.hand_over();
        tenant
    }

    /// Makes everything in the project the tenant's own.
    fn hand_over(&self) {
        if self.is_root {
            for path in snapshot(&self.path(""), |_| false).keys() {
                std::os::unix::fs::lchown(self.path("").join(path), Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
    }

    /// A path of the project.
    pub fn path(&self, path: &str) -> PathBuf {
        self.session.path("project").join(path)
    }

    pub fn write(&self, path: &str, contents: &str) {
        self.session.write(&format!("project/{path}"), contents);
        self.hand_over();
    }

    pub fn allow(&self, path: &str, mode: u32) {
        fs::set_permissions(self.path(path), Permissions::from_mode(mode)).unwrap();
    }

    /// Gives a path to another user, where there is one.
    pub fn take_away(&self, path: &str) {
        if self.is_root {
            chown(self.path(path), Some(0), Some(0)).unwrap();
        }
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(self.session.path("stackgen"));
        command.args(arguments).current_dir(self.path(""));
        if self.is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        Ran::of(&mut command)
    }

    /// What was generated.
    pub fn generated(&self) -> Files {
        let all = snapshot(&self.path(""), |path| path == Path::new(".stackgen"));
        let files = all.into_iter().filter_map(|(path, entry)| match entry.what {
            What::File(contents) => Some((path, (contents, entry.mode))),
            _ => None,
        });
        files.filter(|(path, _)| path.starts_with("generated")).collect()
    }

    /// Files that a build uses while it writes.
    pub fn leftovers(&self) -> Vec<PathBuf> {
        let all = snapshot(&self.path(""), |_| false).into_keys();
        all.filter(|path| path.extension().is_some_and(|end| end == "tmp")).collect()
    }
}
