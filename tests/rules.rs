//! The pages of `docs/rules/` are the rules' tests: every example gives exactly the diagnostics shown under it, and every mended one
//! none. `STACKGEN_BLESS=1 cargo test --test rules` writes what the examples give now into the pages.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "the switch that blesses, and the pages that it writes")]

mod page;

use std::fs;
use std::path::{Path, PathBuf};

use camino::Utf8Path;
use page::{Case, Page, SECTIONS};
use stackgen::checks::{Check, RULES, Rule};
use stackgen::diagnostics::{Style, human};

#[test]
fn every_example_gives_exactly_the_diagnostics_shown_and_every_mended_one_none() {
    let bless = std::env::var_os("STACKGEN_BLESS").is_some();
    let mut faults = Vec::new();
    for rule in RULES {
        let page = Page::parse(rule.page);
        let mut blessed = rule.page.to_owned();
        // From the last to the first, so that the places of those before stay right.
        for case in page.cases.iter().rev() {
            let found = diagnostics(case);
            match &case.shown {
                Some(shown) if bless => blessed.replace_range(shown.clone(), &found),
                shown => {
                    let expected = shown.clone().map_or("", |shown| &rule.page[shown]);
                    if found != expected {
                        faults.push(format!("{}, line {}:\n{found}", rule.name, case.line));
                    }
                }
            }
        }
        if bless {
            fs::write(path(rule), blessed).unwrap();
        }
    }
    assert!(faults.is_empty(), "these examples give other diagnostics:\n\n{}", faults.join("\n"));
}

#[test]
fn every_rule_has_a_page_with_the_fixed_sections_and_every_page_a_rule() {
    let mut pages: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    let expected: Vec<String> = RULES.iter().map(|rule| format!("{}.md", rule.name)).collect();
    assert_eq!(pages, expected, "the pages, and the rules in alphabetical order");
    for rule in RULES {
        let page = Page::parse(rule.page);
        assert_eq!(page.title, rule.name);
        assert_ne!(page.summary, "", "{}", rule.name);
        let with_settings = [&SECTIONS[..], &["Settings"]].concat();
        let expected = if rule.settable { &with_settings[..] } else { &SECTIONS[..] };
        let found: Vec<&str> = page.sections.iter().map(String::as_str).collect();
        assert!(found == expected || found == SECTIONS, "{}: {found:?}", rule.name);
    }
}

#[test]
fn every_page_shows_the_rule_that_it_is_about() {
    for rule in RULES {
        let page = Page::parse(rule.page);
        let mark = format!("[{}]: ", rule.name);
        let shows = page
            .cases
            .iter()
            .filter_map(|case| case.shown.clone())
            .any(|shown| rule.page[shown].contains(&mark));
        // What only a damaged disk can show is told in prose.
        let told = matches!(rule.check, Check::Stage) && page.cases.iter().all(|case| case.shown.is_none());
        assert!(shows || told, "{}", rule.name);
    }
}

#[test]
fn every_rule_that_the_code_raises_is_a_rule() {
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    for raised in raised(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        assert!(names.contains(&raised.as_str()), "`{raised}` is raised and has no page");
    }
}

/// What an example gives, as a person reads it.
fn diagnostics(case: &Case) -> String {
    let compilation = stackgen::compile(&case.world, Utf8Path::new("stack.toml"), None);
    human(&compilation.report, &compilation.sources, Style::Plain)
}

/// The names that the source gives to `Diagnostic::error` as they stand. What unit tests raise is no rule.
fn raised(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(raised(&path));
        } else if !path
            .components()
            .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "samples.rs")))
            && path.extension().is_some_and(|extension| extension == "rs")
        {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let calls = code.split("Diagnostic::error(").skip(1);
            names.extend(
                calls.filter_map(|call| {
                    Some(call.trim_start().strip_prefix('"')?.split('"').next()?.to_owned())
                }),
            );
        }
    }
    names
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules")
}

fn path(rule: &Rule) -> PathBuf {
    folder().join(format!("{}.md", rule.name))
}
