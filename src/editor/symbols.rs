//! The outline of a file: its tables, and in each its keys.

use std::ops::Range;

use gen_lsp_types as lsp;

use super::scan::{Key, Scan, Step, key_path};
use super::text::Text;

/// Every header of a text with the keys below it; keys above the first header stand on their own.
#[must_use]
pub fn symbols(text: &Text) -> Vec<lsp::DocumentSymbol> {
    let scan = Scan::of(text.as_str());
    let first = scan.headers.first().map_or(text.as_str().len(), |header| header.range.start);
    let mut symbols = entries(&scan, text, &(0..first), &[]);
    for (index, header) in scan.headers.iter().enumerate() {
        let next = scan.headers.get(index + 1).map_or(text.as_str().len(), |next| next.range.start);
        let body = text.as_str()[header.range.start..next].trim_end().len();
        let whole = header.range.start..(header.range.start + body).max(header.range.end);
        let name = key_path(&header.path).join(".");
        let named = |key: &str| named_by(&scan, text, &header.path, key);
        symbols.push(lsp::DocumentSymbol::new(
            if name.is_empty() { "[]".to_owned() } else { name },
            named("kind").or_else(|| named("path")).or_else(|| named("name")),
            sort_of(&header.path),
            None,
            None,
            text.range(whole.clone()),
            text.range(header.range.clone()),
            Some(entries(&scan, text, &whole, &header.path)),
        ));
    }
    symbols
}

/// The keys of a table within a range.
fn entries(scan: &Scan, text: &Text, range: &Range<usize>, table: &[Step]) -> Vec<lsp::DocumentSymbol> {
    let keys = scan.keys.iter().filter(|key| !key.in_header && range.contains(&key.range.start));
    let own = keys.filter(|key| key.path.len() == table.len() + 1 && key.path.starts_with(table));
    own.map(|key| entry(text, key)).collect()
}

fn entry(text: &Text, key: &Key) -> lsp::DocumentSymbol {
    let range = text.range(key.range.clone());
    let name = key_path(&key.path).last().map(ToString::to_string).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| "\"\"".to_owned());
    lsp::DocumentSymbol::new(name, None, lsp::SymbolKind::Property, None, None, range, range, None)
}

/// The string that a key of a table is.
fn named_by(scan: &Scan, text: &Text, table: &[Step], key: &str) -> Option<String> {
    let value = scan.values.iter().find(|value| match value.path.split_last() {
        Some((Step::Key(name), above)) => name == key && above == table,
        _ => false,
    })?;
    Some(text.as_str()[value.range.clone()].trim_matches(['"', '\'']).to_owned())
}

fn sort_of(path: &[Step]) -> lsp::SymbolKind {
    match key_path(path).as_slice() {
        ["services", _] => lsp::SymbolKind::Class,
        ["agents", _] => lsp::SymbolKind::Interface,
        ["secrets", _] => lsp::SymbolKind::Constant,
        ["environments", _] => lsp::SymbolKind::Module,
        _ => lsp::SymbolKind::Namespace,
    }
}

#[cfg(test)]
mod tests {
    use super::symbols;
    use crate::editor::text::Text;

    #[test]
    fn each_header_holds_the_keys_below_it() {
        let text = "top = 1\n[services.a]\nkind = \"react\"\nenv = { X = 1 }\n\n[[services.a.routes]]\npath = \"/\"\n";
        let found = symbols(&Text::new(text.to_owned()));
        let shown: Vec<(String, usize, Option<String>)> = found
            .into_iter()
            .map(|symbol| (symbol.name, symbol.children.map_or(0, |children| children.len()), symbol.detail))
            .collect();
        assert_eq!(
            shown,
            [
                ("top".to_owned(), 0, None),
                ("services.a".to_owned(), 2, Some("react".to_owned())),
                ("services.a.routes".to_owned(), 1, Some("/".to_owned())),
            ]
        );
    }
}
