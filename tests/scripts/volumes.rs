//! Volumes whose names `compose_extra` says: known to every script by the name that they have on the engine.

use std::fs;

use crate::machine::{Machine, STACK, said};

/// As an import leaves it: a volume of another name, one of somebody else's, and what stands in Compose's own words alone.
const VOLUMES: &str = r#"
[services.files]
kind = "container"
image = "example/files:1"
compose_extra = { volumes = ["uploads:/x", "shared:/y", "varied:/z:ro"] }

[compose_extra.volumes.db-data]
name = "bookshop_books"

[compose_extra.volumes.uploads]

[compose_extra.volumes.shared]
external = true

[compose_extra.volumes.varied]
name = "of_${WHOM:-me}"
"#;

const ON_THE_ENGINE: &str = "bookshop_books\nof_you\nshared\nshop_db-data\nshop_uploads";

fn run(machine: &Machine, script: &str, arguments: &[&str]) -> String {
    let output = machine.command(script, arguments).env("DOCKER_VOLUMES", ON_THE_ENGINE).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

fn removed(machine: &Machine) -> Vec<String> {
    machine.told().into_iter().filter_map(|told| Some(told.strip_prefix("volume rm ")?.to_owned())).collect()
}

#[test]
fn no_volume_that_the_compose_file_declares_is_called_left_over() {
    let machine = Machine::new(&format!("{STACK}{VOLUMES}"));
    let said = run(&machine, "cleanup-services.sh", &["--yes"]);
    assert!(said.ends_with("no service uses these any more:\nshop_db-data\n"), "{said}");
    fs::write(machine.env_file(), "DB_PASSWORD='x'\nMAIL_KEY=y").unwrap();
    let said = run(&machine, "start-all-services.sh", &[]);
    let (_, left) = said
        .split_once("no service uses them any more (cleanup-services.sh --volumes removes them):\n")
        .unwrap();
    assert!(left.starts_with("shop_db-data\n\n"), "{said}");
}

#[test]
fn a_volume_of_somebody_elses_is_never_removed() {
    let machine = Machine::new(&format!("{STACK}{VOLUMES}"));
    let said = run(&machine, "cleanup-services.sh", &["--yes", "--volumes"]);
    assert!(said.contains("bookshop_books, with its data"), "{said}");
    assert!(said.contains("shop_db-data, which no service uses any more"), "{said}");
    assert!(!said.contains("- shared"), "{said}");
    assert_eq!(removed(&machine), ["bookshop_books", "of_you", "shop_db-data", "shop_uploads"]);
}

#[test]
fn of_an_external_volume_with_a_variable_in_its_name_all_that_it_may_be_is_left() {
    let volumes = VOLUMES.replace("name = \"of_", "external = true\nname = \"of_");
    let machine = Machine::new(&format!("{STACK}{volumes}"));
    run(&machine, "cleanup-services.sh", &["--yes", "--volumes"]);
    assert_eq!(removed(&machine), ["bookshop_books", "shop_db-data", "shop_uploads"]);
}

#[test]
fn a_container_of_a_service_that_was_renamed_never_writes_beside_the_new_one() {
    let machine = Machine::new(&format!("{STACK}{VOLUMES}"));
    fs::write(machine.env_file(), "DB_PASSWORD='x'\nMAIL_KEY=y").unwrap();
    let running = "running c0de shop-db-1 -db\nrunning beef shop-olddb-1 -olddb";
    let output =
        machine.command("start-all-services.sh", &[]).env("DOCKER_RUNNING", running).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let told = machine.told();
    let at = |what: &str| told.iter().position(|told| told.contains(what));
    assert!(at("stop beef").is_some() && at("stop beef") < at(" up "), "{told:?}");
    assert_eq!(at("stop c0de"), None);
}

#[test]
fn a_service_that_writes_to_a_volume_in_composes_own_words_is_not_run_twice() {
    let machine = Machine::new(&format!("{STACK}{VOLUMES}"));
    fs::write(machine.env_file(), "DB_PASSWORD='x'\nMAIL_KEY=y").unwrap();
    let output = machine.run("update-service.sh", &["files"]);
    assert!(!output.status.success());
    assert!(said(&output).contains("two of it would write to the same data"), "{}", said(&output));
}
