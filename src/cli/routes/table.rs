//! The whole table, for people and for programs.

use serde_json::{Value as Json, json};

use super::policies::policies;
use crate::cli::compiled::one_by_one;
use crate::model::Stack;
use crate::routing::{Routed, Routing, Row};

/// The tables as an array of rows, that of the base first.
#[must_use]
pub fn json(stacks: &[Stack]) -> String {
    let rows: Vec<Json> = stacks.iter().flat_map(rows_of).collect();
    format!("{:#}\n", Json::Array(rows))
}

fn rows_of(stack: &Stack) -> Vec<Json> {
    let Some(routing) = Routing::of(stack) else { return Vec::new() };
    let rows = routing.table.rows().iter().enumerate();
    rows.map(|(index, row)| row_json(stack, &routing, index, row)).collect()
}

/// One row. `order` counts from 1.
pub fn row_json(stack: &Stack, routing: &Routing<'_>, index: usize, row: &Row) -> Json {
    let route = routing.routes[row.route];
    let headers: serde_json::Map<String, Json> = match route {
        Routed::Service(route) => route
            .headers
            .iter()
            .map(|(name, values)| (name.clone(), values.iter().map(|value| value.value.clone()).collect()))
            .collect(),
        Routed::Health(_) => serde_json::Map::new(),
    };
    let (strip_path, preserve_host, priority) = match route {
        Routed::Service(route) => (route.strip_path, route.preserve_host, route.priority),
        Routed::Health(_) => (false, false, 0),
    };
    json!({
        "environment": stack.environment.as_ref().map(|name| name.value.clone()),
        "order": index + 1,
        "name": route.name(),
        "methods": row.methods,
        "hosts": row.hosts.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "headers": headers,
        "paths": row.paths.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "priority": priority,
        "protocols": route.protocols(),
        "strip_path": strip_path,
        "preserve_host": preserve_host,
        "policies": policies(route),
        "service": route.service(),
        "upstream": upstream_name(stack, route),
    })
}

pub fn upstream_name<'a>(stack: &'a Stack, route: Routed<'a>) -> Option<&'a str> {
    Some(&stack.services.get(route.service()?)?.upstream.as_ref()?.name)
}

/// The tables, one an environment. One that shows nothing new is not shown twice.
#[must_use]
pub fn text(stacks: &[Stack], width: usize) -> String {
    one_by_one(stacks, |stack| table(stack, width))
}

fn table(stack: &Stack, width: usize) -> String {
    let Some(routing) = Routing::of(stack) else {
        return "the stack has no gateway\n".to_owned();
    };
    let rows: Vec<Vec<String>> =
        routing.table.rows().iter().enumerate().map(|(index, row)| cells(&routing, index, row)).collect();
    let mut text =
        laid_out(&["#", "METHODS", "HOSTS AND HEADERS", "PATH", "SERVICE", "POLICIES"], &rows, width);
    let everywhere: Vec<&str> = routing.gateway.plugins.iter().map(|plugin| plugin.name.as_str()).collect();
    if !everywhere.is_empty() {
        text.push_str(&format!("\nevery request: {}\n", everywhere.join(", ")));
    }
    text
}

fn cells(routing: &Routing<'_>, index: usize, row: &Row) -> Vec<String> {
    let route = routing.routes[row.route];
    let list = |words: Vec<String>| words.join(" ");
    // A policy of several words stays on one line.
    let whole = |policy: String| policy.replace(' ', TIED);
    vec![
        (index + 1).to_string(),
        if row.methods.is_empty() { "all".to_owned() } else { list(row.methods.clone()) },
        list(
            row.hosts
                .iter()
                .map(ToString::to_string)
                .chain(
                    row.headers.iter().map(|header| {
                        format!("{}={}", header.name.replace('_', "-"), header.values.join("|"))
                    }),
                )
                .collect(),
        ),
        list(row.paths.iter().map(ToString::to_string).collect()),
        route.service().unwrap_or("(itself)").to_owned(),
        policies(route).into_iter().map(whole).collect::<Vec<_>>().join(", "),
    ]
}

/// A space at which no line is broken.
const TIED: &str = "\u{a0}";

/// Columns without those that are empty, each line at most as wide as asked: what does not fit is broken at its spaces, and where
/// that is not enough, within its policies as well.
fn laid_out(headings: &[&str], rows: &[Vec<String>], width: usize) -> String {
    let heading: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    let mut rows: Vec<Vec<String>> = [&heading].into_iter().chain(rows).cloned().collect();
    let used: Vec<usize> =
        (0..headings.len()).filter(|column| rows[1..].iter().any(|row| !row[*column].is_empty())).collect();
    let most = width.saturating_sub(2 * used.len().saturating_sub(1));
    let widths = widths(&rows, &used, most).unwrap_or_else(|| {
        rows.iter_mut().flatten().for_each(|cell| *cell = cell.replace(TIED, " "));
        // Words that are wider still stand out.
        self::widths(&rows, &used, most).unwrap_or_else(|| widest_words(&rows, &used))
    });
    rows.iter().map(|row| lines(row, &used, &widths)).collect()
}

/// How wide each column is where all of them fit; none where their longest words alone do not.
fn widths(rows: &[Vec<String>], used: &[usize], most: usize) -> Option<Vec<usize>> {
    let whole = |column: &usize| rows.iter().map(|row| row[*column].chars().count()).max().unwrap_or(0);
    let mut widths: Vec<usize> = used.iter().map(whole).collect();
    let words = widest_words(rows, used);
    while widths.iter().sum::<usize>() > most {
        // From the widest that is wider than its longest word.
        let (widest, _) = widths.iter_mut().zip(&words).filter(|(width, word)| **width > **word).max()?;
        *widest -= 1;
    }
    Some(widths)
}

fn widest_words(rows: &[Vec<String>], used: &[usize]) -> Vec<usize> {
    let words = |column: &usize| {
        let words = rows.iter().flat_map(|row| row[*column].split(' '));
        words.map(|word| word.chars().count()).max().unwrap_or(0)
    };
    used.iter().map(words).collect()
}

fn lines(row: &[String], used: &[usize], widths: &[usize]) -> String {
    let cells: Vec<Vec<String>> =
        used.iter().zip(widths).map(|(column, width)| broken(&row[*column], *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let line = |index: usize| {
        let part = |(cell, width): (&Vec<String>, &usize)| {
            format!("{:width$}", cell.get(index).map_or("", String::as_str))
        };
        let parts: Vec<String> = cells.iter().zip(widths).map(part).collect();
        format!("{}\n", parts.join("  ").replace(TIED, " ").trim_end())
    };
    (0..height).map(line).collect()
}

/// The lines of a cell. A word that is wider than its column stands on a line of its own, whole.
fn broken(cell: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in cell.split(' ') {
        match lines.last_mut().filter(|line| line.chars().count() + 1 + word.chars().count() <= width) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}
