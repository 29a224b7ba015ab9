//! What a plan says of every way in which a wanted file and the disk can stand to each other.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use stackgen::plan::{
    Change, Edit, FILE_NAME, Manifest, Obstacle, Owned, Plan, Record, SIZE_LIMIT, State, plan, sight,
    ways_out,
};
use stackgen::render::Output;
use stackgen::source::{EntryKind, Memory, World};

fn output(path: &str, contents: &str) -> Output {
    Output { path: path.into(), contents: contents.to_owned(), ..Output::default() }
}

fn recorded(files: &[(&str, &str)]) -> Manifest {
    let mut manifest = Manifest::empty();
    for (path, contents) in files {
        manifest.files.insert((*path).into(), Record::of(contents.as_bytes(), false));
    }
    manifest
}

fn world(manifest: &Manifest) -> Memory {
    Memory::default().with(format!("generated/{FILE_NAME}"), manifest.to_text())
}

fn planned(world: &Memory, outputs: &[Output], manifest: &Manifest) -> Plan {
    let owned = Owned { manifest: manifest.clone(), interrupted: None, remembered: None, claim: None };
    plan(world, outputs.to_vec(), owned, Utf8Path::new("generated"))
}

/// A disk on which case does not count: a file answers to its name in any case, and is listed by the one that it has.
struct CaseFree {
    disk: Memory,
    paths: Vec<&'static str>,
}

impl CaseFree {
    fn new(files: &[(&'static str, &str)]) -> Self {
        let disk = files.iter().fold(Memory::default(), |disk, (path, contents)| disk.with(*path, *contents));
        Self { disk, paths: files.iter().map(|(path, _)| *path).collect() }
    }

    /// The path as the disk has it.
    fn real(&self, path: &Utf8Path) -> Utf8PathBuf {
        let wanted = path.as_str().to_lowercase();
        let above = self.paths.iter().flat_map(|path| Utf8Path::new(path).ancestors());
        let mut same = above.filter(|known| known.as_str().to_lowercase() == wanted);
        same.next().unwrap_or(path).to_owned()
    }
}

impl World for CaseFree {
    fn read(&self, path: &Utf8Path, limit: u64) -> io::Result<Vec<u8>> {
        self.disk.read(&self.real(path), limit)
    }

    fn entry(&self, path: &Utf8Path) -> Option<EntryKind> {
        self.disk.entry(&self.real(path))
    }

    fn list(&self, folder: &Utf8Path) -> Vec<(String, EntryKind)> {
        self.disk.list(&self.real(folder))
    }
}

fn change<'a>(plan: &'a Plan, path: &str) -> &'a Change {
    plan.changes().find(|change| change.path == path).unwrap_or_else(|| panic!("nothing planned for {path}"))
}

fn state<'a>(plan: &'a Plan, path: &str) -> &'a State {
    &change(plan, path).state
}

/// The records that the build would leave.
fn records(plan: &Plan) -> Manifest {
    Manifest::parse(&plan.manifest().after.as_ref().unwrap().contents).unwrap()
}

#[test]
fn a_wanted_file_that_is_absent_is_created() {
    let manifest = Manifest::empty();
    let plan = planned(&Memory::default(), &[output("generated/a", "new\n")], &manifest);
    assert_eq!(*state(&plan, "generated/a"), State::Create);
    assert_eq!(plan.manifest().state, State::Create);
    assert_eq!(records(&plan), recorded(&[("generated/a", "new\n")]));
    assert_eq!(plan.summary(), "2 to create");
}

#[test]
fn a_recorded_file_that_somebody_deleted_is_created_again() {
    let manifest = recorded(&[("a", "old\n")]);
    let plan = planned(&world(&manifest), &[output("a", "old\n")], &manifest);
    assert_eq!(*state(&plan, "a"), State::Create);
    assert_eq!(plan.manifest().state, State::Unchanged);
}

#[test]
fn a_file_as_recorded_that_is_wanted_differently_is_updated() {
    let manifest = recorded(&[("a", "old\n")]);
    let plan = planned(&world(&manifest).with("a", "old\n"), &[output("a", "new\n")], &manifest);
    assert_eq!(*state(&plan, "a"), State::Update);
    assert_eq!(plan.manifest().state, State::Update);
    assert_eq!(records(&plan), recorded(&[("a", "new\n")]));
}

#[test]
fn a_file_with_the_wanted_bytes_is_unchanged() {
    let manifest = recorded(&[("a", "same\n")]);
    let plan = planned(&world(&manifest).with("a", "same\n"), &[output("a", "same\n")], &manifest);
    assert_eq!(*state(&plan, "a"), State::Unchanged);
    assert!(plan.is_current());
    assert_eq!(plan.summary(), "nothing to do: 2 unchanged");
}

#[test]
fn a_recorded_file_that_is_no_longer_wanted_is_deleted_if_it_is_unedited() {
    let manifest = recorded(&[("a", "old\n")]);
    let plan = planned(&world(&manifest).with("a", "old\n"), &[], &manifest);
    assert_eq!(*state(&plan, "a"), State::Stale);
    assert!(!plan.is_current(), "a file that would be deleted is drift");
    assert_eq!(records(&plan), Manifest::empty());
    assert_eq!(plan.summary(), "1 to update, 1 to delete");
}

#[test]
fn an_edited_file_that_is_no_longer_wanted_is_kept_with_its_record() {
    let manifest = recorded(&[("a", "old\n")]);
    let plan = planned(&world(&manifest).with("a", "mine\n"), &[], &manifest);
    assert_eq!(*state(&plan, "a"), State::Edited(Edit::Stale));
    assert_eq!(records(&plan), manifest);
    assert_eq!(plan.writes().count(), 0);
    assert!(!plan.is_current());
}

#[test]
fn a_stale_record_of_a_file_that_is_gone_leaves_the_manifest() {
    let manifest = recorded(&[("a", "old\n")]);
    let plan = planned(&world(&manifest), &[], &manifest);
    assert_eq!(plan.changes().count(), 1, "only the manifest changes");
    assert_eq!(records(&plan), Manifest::empty());
    assert!(!plan.is_current(), "a manifest that claims what is gone is drift");
}

#[test]
fn an_edited_file_that_is_wanted_differently_is_kept_with_its_record() {
    let manifest = recorded(&[("a", "old\n")]);
    for wanted in ["old\n", "new\n"] {
        let plan = planned(&world(&manifest).with("a", "mine\n"), &[output("a", wanted)], &manifest);
        assert_eq!(*state(&plan, "a"), State::Edited(Edit::Wanted));
        assert_eq!(records(&plan), manifest);
        assert_eq!(plan.summary(), "1 edited by hand, 1 unchanged");
    }
}

#[test]
fn a_file_that_was_edited_into_what_is_wanted_is_unchanged() {
    let manifest = recorded(&[("a", "old\n")]);
    let plan = planned(&world(&manifest).with("a", "new\n"), &[output("a", "new\n")], &manifest);
    assert_eq!(*state(&plan, "a"), State::Unchanged);
    assert_eq!(records(&plan), recorded(&[("a", "new\n")]));
}

#[test]
fn a_wanted_file_that_stackgen_has_not_written_is_foreign_and_gets_no_record() {
    let manifest = Manifest::empty();
    let plan = planned(&world(&manifest).with("a", "theirs\n"), &[output("a", "new\n")], &manifest);
    assert_eq!(*state(&plan, "a"), State::Foreign);
    assert_eq!(records(&plan), manifest);
    assert_eq!(plan.conflicts().count(), 1);
    assert_eq!(plan.summary(), "1 not stackgen's, 1 unchanged");
}

#[test]
fn a_foreign_file_with_the_wanted_bytes_is_recorded_and_not_touched() {
    let manifest = Manifest::empty();
    let plan = planned(&world(&manifest).with("a", "new\r\n"), &[output("a", "new\n")], &manifest);
    assert_eq!(*state(&plan, "a"), State::Unchanged);
    assert_eq!(records(&plan), recorded(&[("a", "new\n")]));
}

#[test]
fn line_ends_that_a_checkout_changed_are_no_edit_and_no_drift() {
    let manifest = recorded(&[("a", "one\ntwo\n"), ("gone", "x\n")]);
    let disk = Memory::default()
        .with("generated/.stackgen.json", manifest.to_text().replace('\n', "\r\n"))
        .with("a", "one\r\ntwo\r\n")
        .with("gone", "x\r\n");
    let all = planned(&disk, &[output("a", "one\ntwo\n"), output("gone", "x\n")], &manifest);
    assert!(all.is_current(), "{}", all.summary());
    let changed = planned(&disk, &[output("a", "three\n")], &manifest);
    assert_eq!(*state(&changed, "a"), State::Update);
    assert_eq!(*state(&changed, "gone"), State::Stale);
}

#[test]
fn a_mode_is_updated_when_the_stack_asks_for_another_one() {
    let manifest = recorded(&[("a", "x\n")]);
    let disk = world(&manifest).with("a", "x\n");
    let plan = planned(&disk, &[Output { executable: true, ..output("a", "x\n") }], &manifest);
    assert_eq!(*state(&plan, "a"), State::Update);
    assert!(records(&plan).files[Utf8Path::new("a")].executable);
}

#[test]
fn a_manifest_that_another_version_wrote_is_named_but_is_no_drift_by_itself() {
    let mut manifest = recorded(&[("a", "x\n")]);
    manifest.stackgen = "99.0.0".parse().unwrap();
    let disk = world(&manifest).with("a", "x\n");
    let same = planned(&disk, &[output("a", "x\n")], &manifest);
    assert!(same.is_current());
    let (theirs, ours) = same.version_differs.clone().unwrap();
    assert_eq!(
        (theirs.to_string().as_str(), ours.to_string().as_str()),
        ("99.0.0", env!("CARGO_PKG_VERSION"))
    );

    let changed = planned(&disk, &[output("a", "y\n")], &manifest);
    assert!(changed.version_differs.is_some());
    assert_eq!(records(&changed).stackgen, ours, "who changes the records signs them");
    assert_eq!(planned(&Memory::default(), &[], &Manifest::empty()).version_differs, None);
}

#[test]
fn a_manifest_that_was_reformatted_is_drift() {
    let manifest = recorded(&[("a", "x\n")]);
    let disk = Memory::default()
        .with("generated/.stackgen.json", manifest.to_text().replace("  ", "\t"))
        .with("a", "x\n");
    let plan = planned(&disk, &[output("a", "x\n")], &manifest);
    assert_eq!(plan.manifest().state, State::Update);
}

#[test]
fn force_overwrites_edits_and_adoption_takes_over_what_it_names_both_with_a_copy() {
    let manifest = recorded(&[("edited", "old\n"), ("stale", "old\n")]);
    let disk = world(&manifest)
        .with("edited", "mine\n")
        .with("stale", "mine\n")
        .with("foreign", "theirs\n")
        .with("other", "theirs\n");
    let outputs = [output("edited", "new\n"), output("foreign", "new\n"), output("other", "new\n")];
    let mut plan = planned(&disk, &outputs, &manifest);
    assert_eq!(plan.writes().count(), 0);

    plan.force();
    assert_eq!(*state(&plan, "edited"), State::Update);
    assert_eq!(*state(&plan, "stale"), State::Stale);
    assert_eq!(*state(&plan, "foreign"), State::Foreign, "force is no adoption");

    plan.adopt(Utf8Path::new("foreign")).unwrap();
    assert_eq!(*state(&plan, "foreign"), State::Update);
    assert_eq!(*state(&plan, "other"), State::Foreign);
    for path in ["edited", "stale", "foreign"] {
        assert!(change(&plan, path).keep_copy, "{path} is overwritten without a copy");
    }
    assert_eq!(records(&plan), recorded(&[("edited", "new\n"), ("foreign", "new\n")]));
    assert_eq!(plan.summary(), "3 to update, 1 to delete, 1 not stackgen's");
}

#[test]
fn only_an_output_can_be_adopted() {
    let mut plan = planned(&Memory::default().with("x", "x"), &[output("a", "a\n")], &Manifest::empty());
    assert!(plan.adopt(Utf8Path::new("x")).is_err());
    assert!(plan.adopt(Utf8Path::new("a")).is_ok());
    assert_eq!(*state(&plan, "a"), State::Create);
}

#[test]
fn a_narrowed_plan_leaves_the_rest_alone_with_its_records() {
    let manifest = recorded(&[("base/a", "old\n"), ("env/a", "old\n"), ("env/b", "old\n")]);
    let disk = world(&manifest).with("base/a", "old\n").with("env/a", "old\n").with("env/b", "old\n");
    let mut plan = planned(&disk, &[output("base/a", "new\n"), output("env/a", "new\n")], &manifest);
    plan.narrow(|path| path.starts_with("env"));
    let paths: Vec<_> = plan.changes().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["env/a", "env/b", "generated/.stackgen.json"]);
    assert_eq!(records(&plan), recorded(&[("base/a", "old\n"), ("env/a", "new\n")]));
}

#[test]
fn what_cannot_be_written_blocks_the_plan_and_is_named_all_at_once() {
    let disk = Memory::default().with("folder/x", "x").with("file", "x");
    let outputs = [
        output("folder", "a"),
        output("file/below", "a"),
        output("../outside", "a"),
        output("/etc/passwd", "a"),
        output("twice", "a"),
        output("twice", "b"),
        output("twice/below", "b"),
        output("generated/.stackgen.json", "{}"),
        output("fine", "a"),
    ];
    let plan = planned(&disk, &outputs, &Manifest::empty());
    assert_eq!(*state(&plan, "folder"), State::Blocked(Obstacle::Folder));
    assert_eq!(*state(&plan, "file/below"), State::Blocked(Obstacle::NotAFolder("file".into())));
    assert_eq!(*state(&plan, "twice"), State::Blocked(Obstacle::WantedTwice));
    assert_eq!(*state(&plan, "twice/below"), State::Blocked(Obstacle::BelowOutput("twice".into())));
    assert!(matches!(state(&plan, "../outside"), State::Blocked(Obstacle::Unfit(_))));
    assert_eq!(*state(&plan, "fine"), State::Create);
    let obstacles = plan.obstacles();
    assert_eq!(obstacles.len(), 7, "{obstacles:#?}");
    assert!(obstacles.iter().all(|found| !found.help.is_empty()));
}

#[test]
fn a_manifest_never_makes_stackgen_the_owner_of_itself_or_of_what_is_no_text() {
    let mut manifest = recorded(&[]);
    manifest.files.insert("logo.png".into(), Record::of(b"\x89PNG\xff", false));
    let own = "generated/.stackgen.json";
    manifest.files.insert(own.into(), Record::of(b"x", false));
    let disk = world(&manifest).with("logo.png", b"\x89PNG\xff".to_vec());
    let plan = planned(&disk, &[], &manifest);
    assert_eq!(*state(&plan, "logo.png"), State::Edited(Edit::Stale));
    assert_eq!(*state(&plan, own), State::Update);
    assert!(!records(&plan).files.contains_key(Utf8Path::new(own)));
}

#[test]
fn a_file_makes_way_for_a_folder_and_a_folder_for_a_file() {
    let manifest = recorded(&[("a", "x\n"), ("b/c/d", "x\n")]);
    let disk = world(&manifest).with("a", "x\n").with("b/c/d", "x\n");
    let outputs = [output("a/b", "y\n"), output("b", "y\n")];
    let plan = planned(&disk, &outputs, &manifest);
    assert_eq!(*state(&plan, "a/b"), State::Create);
    assert_eq!(*state(&plan, "b"), State::Create);

    let plan = planned(&disk.with("b/mine", "mine\n"), &outputs, &manifest);
    assert_eq!(*state(&plan, "b"), State::Blocked(Obstacle::Folder));
}

#[test]
fn a_recalled_text_counts_only_if_it_is_the_recorded_one() {
    let manifest = recorded(&[("a", "old\n")]);
    let mut plan = planned(&world(&manifest).with("a", "mine\n"), &[output("a", "new\n")], &manifest);
    let recalled = |plan: &Plan| change(plan, "a").recorded.clone();
    plan.recall(|_, _| Some(b"another\n".to_vec()));
    assert_eq!(recalled(&plan), None);
    plan.recall(|_, _| Some(b"old\r\n".to_vec()));
    assert_eq!(recalled(&plan), Some(b"old\r\n".to_vec()));
    let mut asked = 0;
    plan.recall(|_, _| {
        asked += 1;
        None
    });
    assert_eq!(asked, 0, "it is at hand");
}

#[test]
fn the_mode_that_the_stack_asks_for_is_shown_with_an_edit() {
    let manifest = recorded(&[("a", "old\n")]);
    let script = Output { executable: true, ..output("a", "old\n") };
    let plan = planned(&world(&manifest).with("a", "mine\n"), &[script], &manifest);
    let difference = sight(change(&plan, "a")).unwrap().difference;
    assert_eq!(
        difference,
        "old mode 100644\nnew mode 100755\n--- a (recorded: as stackgen left it)\n+++ a (on disk: edited by hand)\n\
         @@ -1 +1 @@\n-old\n+mine\n"
    );
}

#[test]
fn only_what_is_kept_is_a_conflict_to_be_seen() {
    let manifest = recorded(&[("a", "old\n"), ("b", "old\n")]);
    let world = world(&manifest).with("a", "old\n").with("b", "old\n");
    let plan = planned(&world, &[output("a", "new\n"), output("c", "new\n")], &manifest);
    assert!(plan.changes().all(|change| sight(change).is_none()));
}

#[test]
fn a_file_on_the_disk_that_is_too_large_is_named_and_left_alone() {
    let manifest = recorded(&[("stale", "old\n"), ("wanted", "old\n")]);
    let large = " ".repeat(usize::try_from(SIZE_LIMIT).unwrap() + 1);
    let world = world(&manifest).with("stale", large.as_str()).with("wanted", large.as_str());
    let plan = planned(&world, &[output("wanted", "new\n")], &manifest);
    for path in ["stale", "wanted"] {
        assert_eq!(*state(&plan, path), State::Blocked(Obstacle::TooLarge));
    }
    assert!(Manifest::parse(large.as_bytes()).is_err());
}

#[test]
fn what_to_do_about_a_foreign_file_can_be_typed_as_it_is_shown() {
    let world = Memory::default().with("-a b", "theirs\n").with("c", "theirs\n");
    let plan = planned(&world, &[output("-a b", "ours\n"), output("c", "ours\n")], &Manifest::empty());
    let ways: Vec<String> = ways_out(plan.conflicts()).into_iter().collect();
    assert!(ways[0].contains("--adopt='-a b'") && ways[1].contains("--adopt c"), "{ways:?}");
    assert!(plan.clone().adopt(Utf8Path::new("d")).unwrap_err().help().contains("`c`"));
    let none = planned(&Memory::default(), &[output("a", "a\n")], &Manifest::empty());
    assert!(none.clone().adopt(Utf8Path::new("d")).unwrap_err().help().contains("without `--adopt`"));
}

#[test]
fn an_output_whose_case_alone_has_changed_is_not_deleted_where_case_does_not_count() {
    let manifest = recorded(&[("Docs/A.md", "old\n"), ("Docs/B.md", "same\n"), ("Docs/C.md", "left\n")]);
    let disk = CaseFree::new(&[("Docs/A.md", "old\n"), ("Docs/B.md", "same\n"), ("Docs/C.md", "mine\n")]);
    let outputs = [output("docs/A.md", "new\n"), output("docs/B.md", "same\n"), output("docs/c.md", "new\n")];
    let owned = Owned { manifest: manifest.clone(), interrupted: None, remembered: None, claim: None };
    let plan = plan(&disk, outputs.to_vec(), owned, Utf8Path::new("generated"));
    assert_eq!(*state(&plan, "docs/A.md"), State::Update);
    assert_eq!(*state(&plan, "docs/B.md"), State::Unchanged);
    assert_eq!(*state(&plan, "docs/c.md"), State::Edited(Edit::Wanted));
    assert_eq!(plan.changes().count(), 4, "{}", plan.summary());
    // Where case counts, they are other files.
    let disk = Memory::default().with("Docs/A.md", "old\n").with("Docs/B.md", "same\n");
    let plan = planned(&disk.with("docs/B.md", "same\n"), &outputs, &manifest);
    assert_eq!([state(&plan, "Docs/A.md"), state(&plan, "Docs/B.md")], [&State::Stale, &State::Stale]);
    assert_eq!([state(&plan, "docs/A.md"), state(&plan, "docs/B.md")], [&State::Create, &State::Unchanged]);
}
