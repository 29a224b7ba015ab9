//! Whatever a manifest, a target or a link says: nothing outside the project is written or deleted.

use std::fs;
use std::path::Path;

use stackgen::plan::{FILE_NAME, Journal, Manifest, Record, local};

use crate::yard::{VICTIM, Yard};

/// The most that a user can allow.
const BUILD: &[&str] = &["build", "--yes", "--force"];

/// A project whose manifest claims this path, as if stackgen had left the victim there.
fn claiming(path: &str) -> Yard {
    let yard = Yard::new();
    let mut manifest = Manifest::empty();
    manifest.files.insert(path.into(), Record::of(VICTIM.as_bytes(), false));
    yard.write(&format!("generated/{FILE_NAME}"), manifest.to_text());
    yard
}

#[test]
fn a_manifest_that_claims_a_path_outside_is_refused_and_names_it() {
    for path in [
        "../outside/victim",
        "generated/../../outside/victim",
        "./../outside/victim",
        "..",
        "/etc/x",
        ".git/config",
        "generated//victim",
    ] {
        claiming(path).refuses(BUILD, path);
    }
    claiming("..\\outside\\victim").refuses(BUILD, "has a backslash");
    claiming("C:/x").refuses(BUILD, "`C:/x` has a colon");
}

#[test]
fn a_manifest_or_a_journal_that_claims_what_the_stack_is_read_from_is_refused() {
    let yard = Yard::new();
    let mut claims = Manifest::empty();
    let stack = yard.read("stack.toml");
    claims.files.insert("stack.toml".into(), Record::of(stack.as_bytes(), false));
    yard.write(&format!("generated/{FILE_NAME}"), claims.to_text());
    yard.refuses(BUILD, "it names `stack.toml`, which the stack is read from");
    assert_eq!(yard.read("stack.toml"), stack);

    let yard = Yard::new();
    let journal =
        Journal { temporary: ".stackgen-0.tmp".to_owned(), before: claims, after: Manifest::empty() };
    yard.write(local::JOURNAL, journal.to_text());
    yard.refuses(BUILD, "it names `stack.toml`, which the stack is read from");
}

#[test]
fn a_manifest_that_claims_a_file_of_the_users_is_refused_in_whatever_case() {
    let target = "description = \"Our own\"\nfiles = [{ template = \"own.j2\", path = \"own\", format = \"markdown\" }]\n";
    for (path, claimed, why) in [
        ("templates/own/own.j2", "templates/own/own.j2", "which the stack is read from"),
        ("templates/own/target.toml", "templates/own/target.toml", "which the stack is read from"),
        ("templates/own/target.toml", "Templates/own/TARGET.toml", "which the stack is read from"),
        (".env", ".env", "where your secrets are"),
        (".env", ".ENV", "where your secrets are"),
    ] {
        let yard = claiming(claimed);
        yard.write("templates/own/own.j2", VICTIM);
        yard.write("templates/own/target.toml", target);
        yard.write(path, VICTIM);
        if path.ends_with("target.toml") {
            yard.write(path, target);
        }
        yard.refuses(BUILD, &format!("it names `{claimed}`, {why}"));
        assert!(yard.path(path).exists());
    }
}

#[test]
fn a_journal_that_claims_a_path_outside_is_refused_and_one_behind_a_link_deletes_nothing() {
    let mut claims = Manifest::empty();
    let victim = Record::of(VICTIM.as_bytes(), false);
    claims.files.insert("../outside/victim".into(), victim.clone());
    let journal = |before: &Manifest, after: &Manifest| Journal {
        temporary: ".stackgen-0.tmp".to_owned(),
        before: before.clone(),
        after: after.clone(),
    };
    for journal in [journal(&claims, &Manifest::empty()), journal(&Manifest::empty(), &claims)] {
        let yard = Yard::new();
        yard.write(local::JOURNAL, journal.to_text());
        yard.refuses(BUILD, "the path `../outside/victim` climbs");
    }
    let mut behind = Manifest::empty();
    behind.files.insert("generated/link/victim".into(), victim);
    let yard = Yard::new();
    fs::write(yard.outside(".stackgen-0.tmp"), VICTIM).unwrap();
    yard.link("generated/link", "../../outside");
    yard.write(local::JOURNAL, journal(&behind, &behind).to_text());
    yard.run(BUILD).exits(0);
}

#[test]
fn every_command_that_reads_a_hostile_manifest_refuses_it() {
    let yard = claiming("../outside/victim");
    let absolute = Yard::new();
    let victim = absolute.outside("victim");
    let text = claiming(victim.to_str().unwrap()).read(&format!("generated/{FILE_NAME}"));
    absolute.write(&format!("generated/{FILE_NAME}"), text);
    for arguments in [BUILD, &["check"], &["diff"], &["build", "--yes", "--adopt", "../outside/victim"]] {
        yard.refuses(arguments, "../outside/victim");
        absolute.refuses(arguments, victim.to_str().unwrap());
    }
}

#[test]
fn a_record_behind_a_link_deletes_nothing_and_no_folder_there() {
    for (link, target, claimed) in [
        ("generated/link", "../../outside", "generated/link/victim"),
        ("generated/link", "../../outside", "generated/link/deep/victim"),
        ("generated/link", "../../outside/empty", "generated/link/gone"),
        ("generated/link", "../../outside/victim", "generated/link"),
        ("generated/link", "/dev/null", "generated/link"),
    ] {
        let yard = claiming(claimed);
        yard.link(link, target);
        yard.run(BUILD).exits(0);
        assert!(yard.path(link).is_symlink(), "the link to {target} is not stackgen's");
        assert!(!yard.read("generated/.stackgen.json").contains(claimed), "{claimed} is still claimed");
    }
}

#[test]
fn an_output_folder_that_is_no_plain_path_of_the_project_is_refused() {
    for out in
        ["../outside", "/etc/stackgen", "a/../../outside", "..\\\\outside", "C:/outside", ".git/hooks", "."]
    {
        let yard = Yard::with(&format!("[targets.docs]\nout = \"{out}\"\n"));
        yard.refuses(BUILD, "error[path-escape]");
        yard.refuses(&["check"], out);
    }
}

#[test]
fn an_output_folder_that_is_a_link_or_lies_behind_one_is_refused() {
    for (out, target) in [
        ("link", "../outside"),
        ("link", "../outside/empty"),
        ("link", "../outside/victim"),
        ("link", "../outside/nothing"),
        ("link", "/dev/null"),
        ("link", "api"),
        ("link/deep", "../outside"),
        ("link/new", "../outside"),
    ] {
        let yard = Yard::with(&format!("[targets.docs]\nout = \"{out}\"\n"));
        yard.link("link", target);
        yard.refuses(BUILD, &format!("`{out}/STACK.md` lies behind the link `link`"));
    }
}

#[test]
fn a_target_cannot_make_a_file_outside() {
    for (folder, path, words) in [
        ("../../outside", "x", "give one of the targets another `out`"),
        ("/etc", "stackgen-x", "the output path `/etc/stackgen-x` is absolute"),
        ("evil", "../../../outside/x", "`../../../outside/x` cannot be the path of an output: write one"),
        ("evil", "/etc/stackgen-x", "`/etc/stackgen-x` cannot be the path of an output: write one"),
        ("evil", "..\\\\x", "`..\\x` cannot be the path of an output: write one"),
        ("evil", "../../.git/hooks/pre-commit", "cannot be the path of an output: write one"),
        ("../.git", "config", "the output path `generated/../.git/config` climbs"),
    ] {
        let yard = Yard::with("[targets.evil]\nenabled = true\n");
        let files = format!("[[files]]\ntemplate = \"x.j2\"\npath = \"{path}\"\nformat = \"markdown\"\n");
        yard.write(
            "templates/evil/target.toml",
            format!("description = \"evil\"\nfolder = \"{folder}\"\n\n{files}"),
        );
        yard.write("templates/evil/x.j2", "evil\n");
        let system = Path::new("/etc/stackgen-x");
        assert!(!system.exists());
        yard.run(BUILD).exits(2).says(words);
        for written in [system, &yard.path("generated"), &yard.path(".git")] {
            assert!(!written.exists(), "{} was written: {words}", written.display());
        }
    }
}

#[test]
fn a_link_in_place_of_an_output_or_of_a_folder_of_outputs_is_refused() {
    for (link, target, words) in [
        ("generated", "../outside", "behind the link `generated`"),
        ("generated", "../outside/nothing", "behind the link `generated`"),
        ("generated", "../outside/victim", "behind the link `generated`"),
        ("generated/docs", "../../outside", "behind the link `generated/docs`"),
        ("generated/docs/STACK.md", "../../../outside/victim", "`generated/docs/STACK.md` is a link"),
        ("generated/docs/STACK.md", "../../../outside/new", "`generated/docs/STACK.md` is a link"),
        ("generated/docs/STACK.md", "/dev/null", "`generated/docs/STACK.md` is a link"),
        ("generated/docs/STACK.md", "STACK.md", "`generated/docs/STACK.md` is a link"),
        ("generated/.stackgen.json", "../../outside/new.json", "`generated/.stackgen.json` is a link"),
        ("generated/.stackgen.json", "/dev/zero", "`generated/.stackgen.json`"),
    ] {
        let yard = Yard::new();
        yard.link(link, target);
        yard.refuses(BUILD, words);
    }
}

#[test]
fn outputs_that_were_moved_outside_and_linked_to_are_neither_updated_nor_deleted_there() {
    for folder in ["generated", "generated/docs", "generated/scripts"] {
        let yard = Yard::with("[environments.production.services.api]\nreplicas = 2\n").built();
        let moved = yard.outside("moved");
        fs::rename(yard.path(folder), &moved).unwrap();
        yard.link(folder, &moved);
        let stack = yard.read("stack.toml");
        let smaller = stack.split("[environments").next().unwrap().replace("8001", "8009");
        yard.write("stack.toml", smaller);
        yard.refuses(BUILD, &format!("behind the link `{folder}`"));
    }
}

#[test]
fn a_link_in_place_of_the_state_is_named_and_not_followed() {
    for (link, target) in [
        (".stackgen", "../outside"),
        (".stackgen", "../outside/empty"),
        (".stackgen", "../outside/nothing"),
        (".stackgen", "../outside/victim"),
        (".stackgen/lock", "../../outside/victim"),
        (".stackgen/lock", "../../outside/nothing"),
        (".stackgen/journal.json", "../../outside/nothing"),
        (".stackgen/journal.json", "../../outside/victim"),
        (".stackgen/recorded", "../../outside/empty"),
        (".stackgen/recorded", "../../outside/nothing"),
    ] {
        let yard = Yard::new();
        yard.link(link, target);
        yard.run(BUILD).exits(2).says(&format!("`{link}`")).says("help: ");
        yard.run(&["check"]);
        assert!(yard.path(link).is_symlink(), "{link} was replaced");
    }
}

#[test]
fn a_link_in_place_of_a_file_that_stackgen_makes_for_itself_alone_is_not_followed() {
    for (link, target) in [
        (".stackgen/.gitignore", "../../outside/nothing"),
        (".stackgen/.gitignore", "../../outside/victim"),
        (".stackgen/journal.json.tmp", "../../outside/nothing"),
        (".stackgen/journal.json.tmp", "../../outside/victim"),
    ] {
        let yard = Yard::new();
        yard.link(link, target);
        yard.run(BUILD).exits(0);
    }
}
