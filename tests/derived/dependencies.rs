//! Each crate that Cargo.toml names has its reason in docs/dependencies.md, and each reason its crate.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use toml::de::DeTable;

/// The tables of Cargo.toml, and the heading under which each is explained.
const TABLES: [(&str, &str); 2] =
    [("dependencies", "## In the binary"), ("dev-dependencies", "## In the tests")];

#[test]
fn each_direct_dependency_has_a_row_that_says_why_and_each_row_a_dependency() {
    let manifest = read("Cargo.toml");
    let manifest = DeTable::parse(&manifest).unwrap().into_inner();
    let page = read("docs/dependencies.md");
    for (table, heading) in TABLES {
        let named: BTreeSet<&str> = manifest[table]
            .get_ref()
            .as_table()
            .unwrap()
            .keys()
            .map(|name| name.get_ref().as_ref())
            .collect();
        let rows: Vec<(&str, &str)> = rows(&page, heading).collect();
        let explained: BTreeSet<&str> = rows.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            explained, named,
            "rows under `{heading}` of docs/dependencies.md, and [{table}] of Cargo.toml"
        );
        assert_eq!(rows.len(), named.len(), "a crate has two rows under `{heading}`");
        for (name, why) in rows {
            assert!(
                why.split_whitespace().count() > 2,
                "docs/dependencies.md does not say why `{name}` is there"
            );
        }
    }
}

/// The rows of the first table after a heading: the name in backticks, and the reason.
fn rows<'a>(page: &'a str, heading: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let (_, after) = page.split_once(heading).unwrap_or_else(|| panic!("there is no `{heading}`"));
    let lines = after.trim_start().lines().take_while(|line| line.starts_with('|'));
    lines.filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | "))
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}
