//! Files that are kept: what `build`, `check` and `diff` show of them, with the recorded text at hand and without, and the ways out.

use std::fs;

use stackgen::plan::local;

use crate::session::{Ran, Session};

const STACK: &str = r#"[stack]
name = "small"

[services.cache]
kind = "redis"
port = 6380

[services.api]
kind = "fastapi"
path = "api"
port = 8001

[targets.docs]
out = "dürüm und reis"

[environments.staging.services.api]
replicas = 2
"#;

const PAGE: &str = "dürüm und reis/STACK.md";
const DOCKERFILE: &str = "generated/docker/api.Dockerfile";
const STALE: &str = "generated/environments/staging/docker/api.Dockerfile";

/// What both columns of a conflict mean.
const LEGEND: &str = "`- ` `+ ` by hand, ` -` ` +` by the stack, `--` `++` the same by both";

const THREE_WAY: &str = "changed by hand, and wanted differently by the stack:";
const NOT_AT_HAND: &str = "the text that stackgen had written is not at hand";

/// A project that was built on another machine: the texts that stackgen keeps beside the outputs are not here.
fn built() -> Session {
    let session = Session::with_stack(STACK).file("api/main.py", "");
    session.run(&["build", "--yes"]).exits(0);
    forget(&session, local::FOLDER);
    session
}

/// Removes what stackgen keeps on a machine.
fn forget(session: &Session, folder: &str) {
    fs::remove_dir_all(session.path(folder)).unwrap();
}

/// A project whose outputs are committed, in a repository of its own.
fn committed() -> Session {
    let session = built();
    session.git(&["init", "--quiet"]);
    session.commit("the stack");
    session
}

fn replace(session: &Session, path: &str, old: &str, new: &str) {
    let text = session.read(path);
    assert!(text.contains(old), "`{old}` is not in:\n{text}");
    session.write(path, text.replace(old, new));
}

/// The stack asks for another port.
fn want_another_port(session: &Session) {
    replace(session, "stack.toml", "8001", "8009");
}

/// All three commands say the same of the plan, in the same words.
#[track_caller]
fn all_three_say(session: &Session, words: &[&str]) {
    for arguments in [&["build"][..], &["check"], &["diff"]] {
        let mut ran = session.run(arguments).exits(1);
        for words in words {
            ran = ran.says(words);
        }
    }
}

fn shown(ran: &Ran) -> Vec<String> {
    let words = ["nothing was written", "out of date", "help: run `stackgen build`, and commit"];
    let is_of_the_plan = |line: &&str| !words.iter().any(|words| line.starts_with(words));
    ran.stderr().lines().filter(is_of_the_plan).map(str::to_owned).collect()
}

#[test]
fn build_check_and_diff_show_the_same_plan_the_same_way() {
    let session = committed();
    replace(&session, DOCKERFILE, "USER 10001", "USER 1000");
    fs::remove_file(session.path("generated/.env.example")).unwrap();
    want_another_port(&session);
    let [build, check, diff] = ["build", "check", "diff"].map(|command| session.run(&[command]).exits(1));
    assert_eq!(build.stdout(), diff.stdout());
    assert_eq!(check.stdout(), diff.stdout());
    assert_eq!(shown(&build), shown(&diff));
    assert_eq!(shown(&check), shown(&diff));
    let summary = diff.stderr().lines().find(|line| line.contains("unchanged")).unwrap().to_owned();
    assert!(
        summary.starts_with("1 to create, ") && summary.contains(" to update, 1 edited by hand, "),
        "{summary}"
    );
    assert!(summary.ends_with(" unchanged; the file in conflict is kept as it is"), "{summary}");
}

#[test]
fn every_path_that_is_not_unchanged_is_listed_with_its_state() {
    let session = committed();
    replace(&session, PAGE, "# small", "# My small");
    replace(&session, "stack.toml", "8001", "8009");
    let ran = session.run(&["diff"]).exits(1);
    let listed: Vec<_> =
        ran.stderr().lines().take_while(|line| !line.is_empty()).map(str::to_owned).collect();
    assert!(listed.contains(&format!("  edited by hand  {PAGE} (kept)")), "{listed:#?}");
    assert!(listed.contains(&format!("          update  {DOCKERFILE}")), "{listed:#?}");
    assert!(!listed.iter().any(|line| line.contains("redis") || line.contains("unchanged")), "{listed:#?}");
}

#[test]
fn an_edit_that_the_stack_changes_elsewhere_is_shown_in_two_columns() {
    let session = committed();
    replace(&session, DOCKERFILE, "USER 10001", "USER 1000");
    want_another_port(&session);
    let words = format!(
        "
    --- {DOCKERFILE} (recorded: as stackgen left it)
    +++ {DOCKERFILE} (on disk, first column: edited by hand)
    +++ {DOCKERFILE} (wanted, second column: by the stack)
    {LEGEND}
    @@@ "
    );
    all_three_say(
        &session,
        &[
            &format!("{DOCKERFILE}: {THREE_WAY}"),
            &words,
            "\n    - USER 10001\n    + USER 1000\n     -EXPOSE 8001\n     +EXPOSE 8009\n",
            "help: move what was edited by hand into stack.toml or a template, or overwrite it with `stackgen build --force`, which keeps a copy in `*.orig`\n",
        ],
    );
}

#[test]
fn the_diff_in_the_readme_is_what_is_shown() {
    let session = committed();
    replace(&session, DOCKERFILE, "USER 10001", "USER 1000");
    want_another_port(&session);
    let readme = include_str!("../../README.md");
    let start = readme.find(&format!("--- {DOCKERFILE}")).unwrap();
    let (example, _) = readme[start..].split_once("```").unwrap();
    let indented = format!("    {}\n", example.trim_end().replace('\n', "\n    "));
    session.run(&["check"]).exits(1).says(&indented);
}

#[test]
fn an_edit_of_the_line_that_the_stack_changes_too_is_marked_as_such() {
    let session = committed();
    replace(&session, DOCKERFILE, "EXPOSE 8001", "EXPOSE 9999");
    want_another_port(&session);
    all_three_say(
        &session,
        &["@@@ by both at the same place\n", "\n    --EXPOSE 8001\n    + EXPOSE 9999\n     +EXPOSE 8009\n"],
    );
}

#[test]
fn an_edit_of_a_file_that_the_stack_wants_as_it_was_is_shown_alone() {
    let session = built();
    replace(&session, PAGE, "# small", "# My small");
    all_three_say(
        &session,
        &[
            &format!("{PAGE}: the stack has not changed this file; this was changed by hand:"),
            &format!(
                "--- {PAGE} (recorded: as stackgen left it)\n    +++ {PAGE} (on disk: edited by hand)\n    @@ "
            ),
            "\n    +# My ",
        ],
    );
    session.run(&["diff"]).exits(1).never_says(LEGEND);
}

#[test]
fn an_edited_file_that_the_stack_no_longer_wants_is_shown_from_what_was_recorded() {
    let session = committed();
    replace(&session, STALE, "USER 10001", "USER 1000");
    replace(&session, "stack.toml", "[environments.staging.services.api]\nreplicas = 2\n", "");
    all_three_say(
        &session,
        &[
            &format!("edited by hand, no longer wanted  {STALE} (kept)"),
            &format!("{STALE}: the stack no longer wants this file; this was changed by hand:"),
            "\n    -USER 10001\n    +USER 1000\n",
            "help: what was edited by hand and is no longer wanted can be deleted with `stackgen build --force`",
        ],
    );
}

#[test]
fn a_file_that_stackgen_did_not_write_is_named_as_such_with_a_command_to_adopt_it() {
    let session = Session::with_stack(STACK).file("api/main.py", "").file(PAGE, "theirs\n");
    all_three_say(
        &session,
        &[
            &format!("not stackgen's  {PAGE} (kept)"),
            &format!("{PAGE}: stackgen did not write this file, and would write another:"),
            "\n    -theirs\n",
            "1 not stackgen's",
            "`stackgen build --adopt 'dürüm und reis/STACK.md'`",
        ],
    );
    session.run(&["build", "--yes", "--adopt", PAGE]).exits(0).never_says("conflict");
    assert_eq!(session.read(&format!("{PAGE}.orig")), "theirs\n");
}

#[test]
fn an_edit_that_was_committed_is_held_against_the_text_from_before() {
    let session = committed();
    replace(&session, PAGE, "# small", "# My small");
    session.commit("an edit");
    replace(&session, PAGE, "# My ", "# Our ");
    session.commit("another");
    want_another_port(&session);
    all_three_say(&session, &[&format!("{PAGE}: {THREE_WAY}"), LEGEND, "\n    + # Our "]);
}

#[test]
fn a_text_that_was_added_and_not_committed_is_found() {
    let session = built();
    session.git(&["init", "--quiet"]);
    session.git(&["add", "--all"]);
    replace(&session, PAGE, "# small", "# My small");
    want_another_port(&session);
    all_three_say(&session, &[THREE_WAY, "\n    + # My "]);
}

#[test]
fn a_fresh_clone_knows_what_was_recorded() {
    let session = committed();
    replace(&session, PAGE, "# small", "# My small");
    session.commit("an edit");
    let clone = Session::new();
    clone.git(&["clone", "--quiet", session.path("").to_str().unwrap(), "."]);
    want_another_port(&clone);
    all_three_say(&clone, &[THREE_WAY, "\n    + # My "]);
}

#[test]
fn a_partial_clone_fetches_nothing() {
    let session = committed();
    session.git(&["config", "uploadpack.allowFilter", "true"]);
    replace(&session, PAGE, "# small", "# My small");
    session.commit("an edit");
    let origin = format!("file://{}", session.path("").display());
    let clone = Session::new();
    clone.git(&["clone", "--quiet", "--filter=blob:none", &origin, "."]);
    want_another_port(&clone);
    clone.run(&["check"]).exits(1).says(NOT_AT_HAND);
}

#[test]
fn a_text_on_a_merged_branch_is_found() {
    let session = committed();
    session.git(&["switch", "--quiet", "--create", "side"]);
    replace(&session, PAGE, "# small", "# My small");
    session.commit("an edit");
    session.git(&["switch", "--quiet", "main"]);
    want_another_port(&session);
    session.run(&["build", "--yes"]).exits(0);
    forget(&session, local::FOLDER);
    session.commit("another port");
    // Somebody took the edited page and the new manifest: what stackgen has written last lies on one branch only.
    session.git(&["merge", "--quiet", "--no-commit", "--strategy-option=theirs", "side"]);
    session.git(&["checkout", "side", "--", PAGE]);
    session.commit("merged");
    replace(&session, "stack.toml", "8009", "8010");
    all_three_say(&session, &[THREE_WAY, "\n    + # My ", "by both at the same place", "--| 8009/tcp |"]);
}

#[test]
fn a_stack_in_a_sub_folder_of_a_repository_finds_its_own_files() {
    let outer = Session::new().file("generated/docker/api.Dockerfile", "another stack's\n");
    outer.write("deep/er/stack.toml", STACK);
    outer.write("deep/er/api/main.py", "");
    let file = ["--file", "deep/er/stack.toml"];
    outer.run(&["build", "--yes", file[0], file[1]]).exits(0);
    forget(&outer, "deep/er/.stackgen");
    outer.git(&["init", "--quiet"]);
    outer.commit("two stacks");
    replace(&outer, "deep/er/generated/docker/api.Dockerfile", "USER 10001", "USER 1000");
    replace(&outer, "deep/er/stack.toml", "8001", "8009");
    outer
        .run(&["check", file[0], file[1]])
        .exits(1)
        .says(THREE_WAY)
        .says("\n    - USER 10001\n    + USER 1000\n");
}

#[test]
fn a_checkout_with_crlf_shows_the_edit_and_nothing_else() {
    let session = committed();
    let edited = session.read(DOCKERFILE).replace("USER 10001", "USER 1000").replace('\n', "\r\n");
    session.write(DOCKERFILE, edited);
    want_another_port(&session);
    let ran = session.run(&["check"]).exits(1);
    let by_hand = |line: &&str| line.starts_with("    - ") || line.starts_with("    + ");
    let text = ran.stderr();
    let lines: Vec<_> = text.lines().filter(by_hand).collect();
    assert_eq!(lines, ["    - USER 10001", "    + USER 1000"]);
}

#[test]
fn what_this_machine_has_built_is_remembered_without_a_repository() {
    let session = Session::with_stack(STACK).file("api/main.py", "");
    session.run(&["build", "--yes"]).exits(0);
    replace(&session, PAGE, "# small", "# My small");
    want_another_port(&session);
    all_three_say(&session, &[THREE_WAY, "\n    + # My "]);
    // The other files get the new port; what was recorded of the edited one is still at hand.
    session.run(&["build", "--yes"]).exits(1);
    replace(&session, "stack.toml", "8009", "8010");
    all_three_say(&session, &[THREE_WAY, "\n    + # My "]);
}

#[test]
fn a_remembered_text_that_was_tampered_with_is_not_believed() {
    let session = Session::with_stack(STACK).file("api/main.py", "");
    session.run(&["build", "--yes"]).exits(0);
    for entry in fs::read_dir(session.path(local::RECORDED)).unwrap() {
        fs::write(entry.unwrap().path(), "another text\n").unwrap();
    }
    replace(&session, PAGE, "# small", "# My small");
    want_another_port(&session);
    all_three_say(&session, &[NOT_AT_HAND]);
}

#[test]
fn without_the_recorded_text_both_changes_show_as_one_and_that_is_said() {
    let session = built();
    replace(&session, DOCKERFILE, "USER 10001", "USER 1000");
    want_another_port(&session);
    all_three_say(
        &session,
        &[
            &format!("{DOCKERFILE}: {NOT_AT_HAND}, so both changes show as one:"),
            "\n    -USER 1000\n    -EXPOSE 8001\n    +USER 10001\n    +EXPOSE 8009\n",
        ],
    );
    replace(&session, STALE, "USER 10001", "USER 1000");
    replace(&session, "stack.toml", "[environments.staging.services.api]\nreplicas = 2\n", "");
    all_three_say(&session, &[&format!("{STALE}: the stack no longer wants this file; {NOT_AT_HAND}")]);
}

#[test]
fn without_a_git_that_works_nothing_is_said_about_it() {
    let session = committed();
    replace(&session, PAGE, "# small", "# My small");
    want_another_port(&session);
    let nowhere = session.path("api").to_str().unwrap().to_owned();
    session.run_with(&["check"], &[("PATH", &nowhere)]).exits(1).says(NOT_AT_HAND).never_says("git");
    session.write(".git/HEAD", "nonsense");
    session.run(&["check"]).exits(1).says(NOT_AT_HAND).never_says("git");
}

#[test]
fn variables_that_git_sets_for_its_hooks_lead_nowhere_else() {
    let session = committed();
    replace(&session, PAGE, "# small", "# My small");
    want_another_port(&session);
    session
        .run_with(&["check"], &[("GIT_DIR", "elsewhere"), ("GIT_INDEX_FILE", "elsewhere")])
        .exits(1)
        .says(THREE_WAY);
}

#[test]
fn git_is_not_asked_where_nothing_was_edited_or_the_text_is_at_hand() {
    let session = committed();
    session.write("tools/git", "#!/bin/sh\n: >\"$(dirname \"$0\")/was-called\"\n");
    let session = session.executable("tools/git");
    let tools = session.path("tools").to_str().unwrap().to_owned();
    let path = format!("{tools}:{}", std::env::var("PATH").unwrap());
    let environment = [("PATH", path.as_str())];
    replace(&session, DOCKERFILE, "USER 10001", "USER 1000");
    session.run_with(&["check"], &environment).exits(1).says("edited by hand");
    assert!(!session.exists("tools/was-called"));
    want_another_port(&session);
    session.run_with(&["check", "--quiet"], &environment).exits(1);
    assert!(!session.exists("tools/was-called"), "nobody would see it");
    session.run_with(&["check"], &environment).exits(1).says(NOT_AT_HAND);
    assert!(session.exists("tools/was-called"));
}

#[test]
fn settings_of_the_repository_run_nothing() {
    let session = committed();
    let trap = "touch was-run; cat";
    for setting in
        ["core.fsmonitor", "core.pager", "diff.external", "diff.trap.textconv", "filter.trap.smudge"]
    {
        session.git(&["config", setting, trap]);
    }
    session.write(".gitattributes", "* diff=trap filter=trap\n");
    fs::remove_file(session.path("was-run")).ok();
    replace(&session, PAGE, "# small", "# My small");
    want_another_port(&session);
    session.run(&["check"]).exits(1).says(THREE_WAY);
    assert!(!session.exists("was-run"));
}

#[test]
fn a_path_is_never_a_pattern() {
    let session = Session::with_stack(&STACK.replace("dürüm und reis", "[d]*")).file("api/main.py", "");
    session.run(&["build", "--yes"]).exits(0);
    forget(&session, local::FOLDER);
    session.git(&["init", "--quiet"]);
    session.commit("the stack");
    replace(&session, "[d]*/STACK.md", "# small", "# My small");
    session.commit("an edit");
    // As many commits as are looked at, all of a file that the path would match if it were a pattern.
    for at in 0..50 {
        session.write("d/STACK.md", at.to_string());
        session.commit("another file");
    }
    want_another_port(&session);
    all_three_say(&session, &[THREE_WAY, "\n    + # My "]);
}

#[test]
fn quiet_names_what_is_kept_and_says_no_more() {
    let session = committed();
    replace(&session, PAGE, "# small", "# My small");
    for command in ["build", "check", "diff"] {
        let ran = session.run(&[command, "--quiet"]).exits(1);
        assert_eq!(ran.stderr(), format!("  edited by hand  {PAGE} (kept)\n"));
        assert_eq!(ran.stdout(), "");
    }
    want_another_port(&session);
    let ran = session.run(&["build", "--quiet", "--yes"]).exits(1);
    assert_eq!(ran.stderr(), format!("  edited by hand  {PAGE} (kept)\n"));
    session.run(&["build", "--quiet", "--yes", "--force"]).exits(0).never_says(PAGE);
    assert_eq!(session.run(&["check", "--quiet"]).exits(0).stderr(), "");
}

#[test]
fn what_the_user_allows_is_no_conflict_any_more() {
    let session = committed();
    replace(&session, PAGE, "# small", "# My small");
    want_another_port(&session);
    let ran = session.run(&["build", "--force"]).exits(1).never_says("conflict").never_says("edited by hand");
    ran.says(&format!("update  {PAGE}")).prints("-# My ");
}

#[test]
fn programs_read_what_to_do_about_a_conflict() {
    let session = built().file("generated/kong/x", "");
    replace(&session, PAGE, "# small", "# My small");
    for format in ["json", "github", "sarif"] {
        let ran = session.run(&["check", "--format", format]).exits(1);
        ran.says("is not as the stack says: edited by hand").says("stackgen build --force");
    }
}

#[test]
fn a_file_that_is_no_text_is_kept_without_a_difference() {
    let session = committed();
    session.write(PAGE, b"\xff\xfe\0");
    session.run(&["check"]).exits(1).says("is not text, so that the difference cannot be shown");
}

#[test]
fn what_a_file_holds_cannot_steer_the_terminal() {
    let session = committed();
    replace(&session, PAGE, "# ", "# \u{1b}[2J\u{202e}My\r ");
    session.run(&["check"]).exits(1).says("+# ␛[2J�My␍ ").never_says("\u{1b}");
}

#[test]
fn the_two_columns_are_coloured_where_colour_is_wanted() {
    let session = committed();
    replace(&session, DOCKERFILE, "EXPOSE 8001", "EXPOSE 9999");
    want_another_port(&session);
    let ran = session.run(&["check", "--color", "always"]).exits(1);
    ran.says("\u{1b}[1;31m--EXPOSE 8001\u{1b}[0m").says("\u{1b}[32m +EXPOSE 8009\u{1b}[0m");
}

/// The findings of a command, as programs read them.
fn findings(ran: &Ran) -> Vec<serde_json::Value> {
    let report: serde_json::Value = serde_json::from_str(&ran.stderr()).unwrap();
    report["diagnostics"].as_array().unwrap().clone()
}

#[test]
fn programs_are_told_of_the_same_conflicts_by_build_check_and_diff() {
    let session = Session::with_stack(STACK).file("api/main.py", "");
    session.run(&["build", "--yes"]).exits(0);
    session.write("generated/docker-compose.yml", "mine\n");
    session.write("generated/environments/staging/.env.example", "theirs\n");
    session.write("stack.toml", STACK.replace("staging", "live"));
    session.write("generated/environments/live/docker-compose.yml", "not of stackgen\n");
    let expected = [
        ("generated/docker-compose.yml", "edited by hand", "--force"),
        ("generated/environments/live/docker-compose.yml", "stackgen did not write this file", "--adopt"),
        ("generated/environments/staging/.env.example", "edited by hand, no longer wanted", "--force"),
    ];
    for command in ["check", "diff", "build"] {
        let found = findings(&session.run(&[command, "--format", "json"]).exits(1));
        let of = |path: &str| found.iter().find(|found| found["file"] == path).cloned().unwrap_or_default();
        for (path, why, way_out) in expected {
            let found = of(path);
            assert_eq!(found["rule"], "drift", "{command}: {path}");
            assert_eq!(found["severity"], "error");
            assert_eq!(found["message"], format!("`{path}` is not as the stack says: {why}"));
            assert!(found["help"][0]["message"].as_str().unwrap().contains(way_out), "{found}");
        }
        // What a build writes is in the patch, and `check` alone asks for it.
        assert_eq!(found.len() > expected.len(), command == "check", "{command}: {found:?}");
    }
    let place = "file=generated/docker-compose.yml,title=drift::";
    session.run(&["build", "--yes", "--format", "github"]).exits(1).says(place);
    session.run(&["build", "--yes", "--format", "sarif"]).exits(1).says("\"ruleId\": \"drift\"");
    assert_eq!(session.read("generated/docker-compose.yml"), "mine\n");
}

#[test]
fn a_build_names_no_conflict_that_the_user_has_decided() {
    let session = Session::with_stack(STACK).file("api/main.py", "");
    session.run(&["build", "--yes"]).exits(0);
    session.write("generated/docker-compose.yml", "mine\n");
    session.write("stack.toml", STACK.replace("staging", "live"));
    session.write("generated/environments/live/docker-compose.yml", "not of stackgen\n");
    let ran = session.run(&["build", "--yes", "--force", "--format", "json"]).exits(1);
    let found = findings(&ran);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["file"], "generated/environments/live/docker-compose.yml");
    let adopted = "generated/environments/live/docker-compose.yml";
    let ran = session.run(&["build", "--yes", "--adopt", adopted, "--format", "json"]).exits(0);
    assert_eq!(findings(&ran).len(), 0);
}
