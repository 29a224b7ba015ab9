//! Between any two stacks, whatever was edited by hand in between: no edited byte is lost, and the patch is the build.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use stackgen::plan::diff::patch;
use stackgen::plan::{Manifest, Plan, Record};
use stackgen::render::Output;
use stackgen::source::Disk;

use crate::project::{Project, output, script};
use crate::snapshot::{Entry, Snapshot, What, assert_same, snapshot};
use crate::{cases, git};

/// Outputs by path: their contents, and whether they may be run.
type Stack = BTreeMap<&'static str, (String, bool)>;

/// Paths that share folders, and some of which are in the way of others.
const PATHS: &[&str] = &[
    "a",
    "a/x",
    "a/b/y",
    "b",
    "b/x",
    "b/.dot",
    "c d/x y",
    "dürüm/日本.md",
    "generated/m",
    "generated/n/m",
    "z.sh",
];

const MANIFEST: &str = "generated/.stackgen.json";

fn contents() -> impl Strategy<Value = String> {
    let chosen =
        select(vec!["", "x", "x\n", "one\ntwo\n", "one\r\ntwo\r\n", "é\n", "lone\rreturn", "\n\n", "\r\n"]);
    prop_oneof![chosen.prop_map(str::to_owned), "[ab é\r\n]{0,20}"]
}

/// A stack in which no output is another one's folder.
fn stack() -> impl Strategy<Value = Stack> {
    btree_map(select(PATHS), (contents(), any::<bool>()), 0..8).prop_map(|mut stack| {
        let wanted: Vec<&str> = stack.keys().copied().collect();
        let is_below = |path: &str| wanted.iter().any(|above| path.starts_with(&format!("{above}/")));
        stack.retain(|path, _| !is_below(path));
        stack
    })
}

/// Something that a user does to a file. Files are counted through, so that every number means one.
#[derive(Debug, Clone)]
enum Edit {
    Change(Index, String),
    Append(Index, String),
    Delete(Index),
    Mode(Index, bool),
    Crlf(Index),
    /// A new file where the next stack may want one.
    Foreign(Index, String),
    /// A new file where none is ever wanted.
    Own(Index, String),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    prop_oneof![
        (at(), contents()).prop_map(|(at, text)| Edit::Change(at, text)),
        (at(), contents()).prop_map(|(at, text)| Edit::Append(at, text)),
        at().prop_map(Edit::Delete),
        (at(), any::<bool>()).prop_map(|(at, may_run)| Edit::Mode(at, may_run)),
        at().prop_map(Edit::Crlf),
        (at(), contents()).prop_map(|(at, text)| Edit::Foreign(at, text)),
        (at(), contents()).prop_map(|(at, text)| Edit::Own(at, text)),
    ]
}

impl Edit {
    /// Does it, unless a folder or a file is in the way of the user, too.
    fn make(&self, project: &Project, old: &Stack) {
        let of_old = |at: &Index| {
            let paths: Vec<_> =
                old.keys().map(|path| project.root.join(path)).filter(|path| path.is_file()).collect();
            (!paths.is_empty()).then(|| paths[at.index(paths.len())].clone())
        };
        match self {
            Self::Change(at, text) => of_old(at).into_iter().for_each(|path| fs::write(path, text).unwrap()),
            Self::Append(at, text) => of_old(at).into_iter().for_each(|path| {
                fs::File::options().append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
            }),
            Self::Delete(at) => of_old(at).into_iter().for_each(|path| fs::remove_file(path).unwrap()),
            Self::Mode(at, may_run) => of_old(at).into_iter().for_each(|path| {
                let mode = if *may_run { 0o755 } else { 0o644 };
                fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            }),
            Self::Crlf(at) => of_old(at).into_iter().for_each(|path| {
                let text = fs::read_to_string(&path).unwrap();
                fs::write(path, normal(&text).replace('\n', "\r\n")).unwrap();
            }),
            Self::Foreign(at, text) => create(project, PATHS[at.index(PATHS.len())].into(), text),
            Self::Own(at, text) => {
                let folder = Utf8Path::new(PATHS[at.index(PATHS.len())]).parent().unwrap();
                create(project, &folder.join("own"), text);
            }
        }
    }
}

/// Writes a new file, where the user can.
fn create(project: &Project, path: &Utf8Path, text: &str) {
    let is_file = |folder: &Utf8Path| project.root.join(folder).is_file();
    if !project.root.join(path).exists() && !path.ancestors().any(is_file) {
        project.write(path.as_str(), text);
    }
}

/// A text as it counts: line ends of a checkout are none of it.
fn normal(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn outputs(stack: &Stack) -> Vec<Output> {
    let made = |(path, (text, may_run)): (&&str, &(String, bool))| {
        if *may_run { script(path, text) } else { output(path, text) }
    };
    stack.iter().map(made).collect()
}

/// Every file of a project but stackgen's own: its text, and all that is known of it.
fn files(project: &Project) -> BTreeMap<Utf8PathBuf, (String, Entry)> {
    everything(project)
        .into_iter()
        .filter_map(|(path, entry)| {
            let What::File(bytes) = &entry.what else { return None };
            let text = String::from_utf8(bytes.clone()).unwrap();
            let path = Utf8PathBuf::from_path_buf(path).unwrap();
            (path != MANIFEST).then_some((path, (text, entry)))
        })
        .collect()
}

fn everything(project: &Project) -> Snapshot {
    let mut found = snapshot(project.root.as_std_path(), |path| path == Path::new(".stackgen"));
    // The state's folder comes into the project's own, whose time tells nothing, therefore.
    found.remove(Path::new(""));
    found
}

/// A project that was built from a stack and edited.
fn edited(old: &Stack, edits: &[Edit]) -> Project {
    let project = Project::new();
    project.build(&outputs(old));
    for edit in edits {
        edit.make(&project, old);
    }
    project
}

/// Builds a stack over what an older one and the user have left, and holds every file against what may have become of it.
fn build_and_judge(project: &Project, old: &Stack, new: &Stack, force: bool) -> Result<(), TestCaseError> {
    let before = files(project);
    let all = everything(project);
    let mut plan = project.plan(&outputs(new));
    if force {
        plan.force();
    }
    if !plan.obstacles().is_empty() {
        prop_assert!(project.apply(&plan).is_err());
        assert_same(&all, &everything(project), "a blocked plan");
        return Ok(());
    }
    project.apply(&plan).unwrap();
    let after = files(project);
    for (path, (text, entry)) in &before {
        let now = after.get(path);
        let is = |wanted: &str| now.is_some_and(|(found, _)| normal(found) == normal(wanted));
        let is_untouched = || now.is_some_and(|(_, found)| found == entry);
        let wanted = new.get(path.as_str()).map(|(text, _)| text);
        let as_wanted = wanted.is_some_and(|wanted| normal(wanted) == normal(text));
        match old.get(path.as_str()) {
            None => prop_assert!(is_untouched(), "{path} of somebody else has changed"),
            Some((left, _)) if normal(left) == normal(text) => match wanted {
                Some(wanted) => prop_assert!(is(wanted), "{path} is not as wanted"),
                None => prop_assert!(now.is_none(), "{path} is not wanted, and there"),
            },
            Some(_) if as_wanted => prop_assert!(is(text), "{path} was as wanted already"),
            Some(_) if force => {
                let copy = after.get(&Utf8PathBuf::from(format!("{path}.orig")));
                prop_assert!(copy.is_some_and(|(copy, _)| copy == text), "{path}: the edit is lost");
            }
            Some(_) => prop_assert!(is_untouched(), "{path}: the edit is lost"),
        }
    }
    for (path, (wanted, _)) in new.iter().filter(|(path, _)| !before.contains_key(Utf8Path::new(path))) {
        prop_assert_eq!(after.get(Utf8Path::new(path)).map(|(text, _)| text), Some(wanted), "{}", path);
    }
    let leftovers = after.keys().filter(|path| path.extension() == Some("tmp")).count();
    prop_assert_eq!(leftovers, 0);
    manifest_is_true(project, &plan, new)?;
    let built = everything(project);
    let again = project.plan(&outputs(new));
    prop_assert_eq!(again.writes().count(), 0, "a second build would write: {}", again.summary());
    project.apply(&again).unwrap();
    assert_same(&built, &everything(project), "a second build");
    Ok(())
}

/// What is no conflict is recorded as it lies on the disk, and of foreign files nothing is claimed.
fn manifest_is_true(project: &Project, plan: &Plan, stack: &Stack) -> Result<(), TestCaseError> {
    let manifest = Manifest::load(&Disk::new(project.root.clone()), Utf8Path::new("generated")).unwrap();
    let conflicts: Vec<_> = plan.conflicts().map(|change| change.path.as_path()).collect();
    for (path, (text, may_run)) in stack {
        let path = Utf8Path::new(path);
        if !conflicts.contains(&path) {
            let on_disk = fs::read(project.root.join(path)).unwrap();
            prop_assert_eq!(manifest.files.get(path), Some(&Record::of(text.as_bytes(), *may_run)));
            prop_assert_eq!(manifest.files.get(path), Some(&Record::of(&on_disk, *may_run)));
        }
    }
    let claimed_alone =
        |path: &&Utf8PathBuf| !stack.contains_key(path.as_str()) && !conflicts.contains(&path.as_path());
    prop_assert_eq!(manifest.files.keys().find(claimed_alone), None);
    Ok(())
}

/// Files with their contents and whether they may be run, as far as a patch can tell: of a file whose mode the user has
/// changed, it cannot.
fn tree(project: &Project, edits: &[Edit]) -> BTreeMap<Utf8PathBuf, (String, bool)> {
    let knows_modes = !edits.iter().any(|edit| matches!(edit, Edit::Mode(..)));
    let seen = |(path, (text, entry)): (Utf8PathBuf, (String, Entry))| {
        (path, (text, knows_modes && entry.mode & 0o100 != 0))
    };
    let mut files: BTreeMap<_, _> = files(project).into_iter().map(seen).collect();
    let manifest = fs::read_to_string(project.root.join(MANIFEST)).unwrap();
    files.insert(MANIFEST.into(), (manifest, false));
    files
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn no_edited_byte_is_lost_between_two_stacks(
        old in stack(), new in stack(), edits in vec(edit(), 0..6), force in any::<bool>()
    ) {
        build_and_judge(&edited(&old, &edits), &old, &new, force)?;
    }

    #[test]
    fn no_edited_byte_is_lost_on_the_way_there_and_back(
        old in stack(), new in stack(), edits in vec(edit(), 0..4), later in vec(edit(), 0..3)
    ) {
        let project = edited(&old, &edits);
        build_and_judge(&project, &old, &new, false)?;
        let recorded = Manifest::load(&Disk::new(project.root.clone()), Utf8Path::new("generated")).unwrap();
        // What stackgen owns now: an edited file still as it was left by the old stack.
        let owned: Stack = PATHS
            .iter()
            .filter_map(|path| {
                let record = recorded.files.get(Utf8Path::new(path))?;
                let left = |stack: &Stack| stack.get(path).cloned().filter(|(text, _)| Record::of(text.as_bytes(), false).sha256 == record.sha256);
                Some((*path, left(&new).or_else(|| left(&old))?))
            })
            .collect();
        for edit in &later {
            edit.make(&project, &owned);
        }
        build_and_judge(&project, &owned, &old, false)?;
    }

    #[test]
    fn there_and_back_without_an_edit_is_where_it_began(old in stack(), new in stack()) {
        let project = edited(&old, &[]);
        let began = tree(&project, &[]);
        project.build(&outputs(&new));
        project.build(&outputs(&old));
        prop_assert_eq!(tree(&project, &[]), began);
    }

    #[test]
    fn the_patch_applied_by_git_is_the_build(old in stack(), new in stack(), edits in vec(edit(), 0..5)) {
        let [built, patched] = [edited(&old, &edits), edited(&old, &edits)];
        let plan = patched.plan(&outputs(&new));
        if plan.obstacles().is_empty() {
            let patch = patch(&plan, Utf8Path::new(""));
            if !patch.is_empty() {
                prop_assert_eq!(git::apply(&patched.root, &patch), Ok(()));
            }
            built.build(&outputs(&new));
            prop_assert_eq!(tree(&patched, &edits), tree(&built, &edits), "{}", patch);
        }
    }
}
