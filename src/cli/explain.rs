//! `stackgen explain`: what a rule means, and how to mend what it finds.

use clap::Args;

use super::Exit;
use super::columns::columns;
use super::output::print;
use crate::checks::{RULES, Rule, rule};
use crate::source::{nearest, quoted_list};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen explain                   every rule in a sentence
  stackgen explain port-collision    one rule's page")]
pub struct ExplainArgs {
    /// The rule's name, as a finding shows it in brackets; without one, all rules are listed
    rule: Option<String>,
}

pub fn run(args: &ExplainArgs) -> anyhow::Result<Exit> {
    print(&explain(args.rule.as_deref())?)?;
    Ok(Exit::Done)
}

/// A name that no rule has.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("there is no rule `{name}`\nhelp: {help}")]
pub struct UnknownRule {
    name: String,
    help: String,
}

/// The page of a rule, or the list of all.
///
/// # Errors
/// Where no rule has the name.
pub fn explain(name: Option<&str>) -> Result<String, UnknownRule> {
    let Some(name) = name else {
        return Ok(list(RULES));
    };
    rule(name).map(|rule| rule.page.to_owned()).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> UnknownRule {
    let near = near(name);
    let help = if near.is_empty() {
        "`stackgen explain` lists all rules".to_owned()
    } else {
        format!("did you mean {}?", quoted_list(near))
    };
    UnknownRule { name: name.to_owned(), help }
}

/// The rule whose name is written nearly so, and those that share a word with it.
fn near(name: &str) -> Vec<&'static str> {
    let typo = nearest(name, RULES.iter().map(|rule| rule.name));
    let words: Vec<&str> = name.split(['-', '_', ' ']).filter(|word| word.len() > 2).collect();
    let shares_word = |rule: &&str| rule.split('-').any(|word| words.contains(&word));
    let others = RULES.iter().map(|rule| rule.name).filter(|rule| Some(*rule) != typo).filter(shares_word);
    typo.into_iter().chain(others).collect()
}

fn list(rules: &[&Rule]) -> String {
    let rows: Vec<[String; 3]> = rules
        .iter()
        .map(|rule| [rule.name.to_owned(), rule.severity.as_str().to_owned(), summary(rule.page)])
        .collect();
    columns(["RULE", "SEVERITY", "WHAT IT FINDS"], &rows)
}

/// The first paragraph below the page's heading, in one line.
fn summary(page: &str) -> String {
    let body = page.lines().skip_while(|line| line.starts_with('#') || line.trim().is_empty());
    let paragraph: Vec<&str> = body.take_while(|line| !line.trim().is_empty()).map(str::trim).collect();
    paragraph.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{explain, list, summary};
    use crate::checks::RULES;

    #[test]
    fn a_rule_prints_its_page() {
        assert!(explain(Some("port-collision")).unwrap().starts_with("# port-collision\n"));
    }

    #[test]
    fn an_unknown_rule_is_answered_with_what_was_meant() {
        let typo = explain(Some("port-colision")).unwrap_err().to_string();
        assert!(typo.contains("did you mean `port-collision`"), "{typo}");
        let word = explain(Some("port")).unwrap_err().to_string();
        assert!(word.contains("`port-collision`") && word.contains("`port-reserved`"), "{word}");
        let neither = explain(Some("zzz")).unwrap_err().to_string();
        assert!(neither.contains("lists all rules"), "{neither}");
    }

    #[test]
    fn the_list_holds_every_rule_once() {
        let list = list(RULES);
        assert_eq!(list.lines().count(), RULES.len() + 1);
        assert!(list.lines().any(|line| line.starts_with("port-collision")), "{list}");
    }

    #[test]
    fn the_summary_is_the_first_paragraph() {
        assert_eq!(summary("# a\n\nOne\ntwo.\n\nThree.\n"), "One two.");
    }
}
