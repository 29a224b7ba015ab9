//! The outline of a file: its tables, and in each its keys.

use std::ops::Range;

use gen_lsp_types as lsp;

use super::scan::{Header, Key, Path, Scan, Step, key_path};
use super::text::Text;

/// Every header of a text with the keys below it; keys above the first header stand on their own.
#[must_use]
pub fn symbols(text: &Text) -> Vec<lsp::DocumentSymbol> {
    let scan = Scan::of(text.as_str());
    let first = scan.headers.first().map_or(text.as_str().len(), |header| header.range.start);
    let mut symbols = entries(&scan, text, &(0..first), &Path::default());
    for (index, header) in scan.headers.iter().enumerate() {
        let next = scan.headers.get(index + 1).map_or(text.as_str().len(), |next| next.range.start);
        let body = text.as_str()[header.range.start..next].trim_end().len();
        let whole = header.range.start..(header.range.start + body).max(header.range.end);
        let path = header.path.to_vec();
        let name = key_path(&path).join(".");
        let named = |key: &str| named_by(&scan, text, header, &whole, key);
        symbols.push(lsp::DocumentSymbol::new(
            if name.is_empty() { "[]".to_owned() } else { name },
            named("kind").or_else(|| named("path")).or_else(|| named("name")),
            sort_of(&path),
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
fn entries(scan: &Scan, text: &Text, range: &Range<usize>, table: &Path) -> Vec<lsp::DocumentSymbol> {
    let keys = within(&scan.keys, range, |key| key.range.start).iter().filter(|key| !key.in_header);
    let own = keys.filter(|key| key.path.split_last().is_some_and(|(_, above)| above == table));
    own.map(|key| entry(text, key)).collect()
}

/// Of what is in the order of the text that which begins within a range.
fn within<'a, T>(found: &'a [T], range: &Range<usize>, start: impl Fn(&T) -> usize) -> &'a [T] {
    let first = found.partition_point(|found| start(found) < range.start);
    let end = found.partition_point(|found| start(found) < range.end);
    &found[first..end.max(first)]
}

fn entry(text: &Text, key: &Key) -> lsp::DocumentSymbol {
    let range = text.range(key.range.clone());
    let name = match key.path.split_last() {
        Some((Step::Key(name), _)) if !name.is_empty() => Some(name.clone()),
        _ => None,
    };
    let name = name.unwrap_or_else(|| "\"\"".to_owned());
    lsp::DocumentSymbol::new(name, None, lsp::SymbolKind::Property, None, None, range, range, None)
}

/// The string that a key of a table is, as its part under this header says it.
fn named_by(scan: &Scan, text: &Text, header: &Header, part: &Range<usize>, key: &str) -> Option<String> {
    let values = within(&scan.values, part, |value| value.range.start);
    let value = values.iter().find(|value| match value.path.split_last() {
        Some((Step::Key(name), above)) => name == key && *above == header.path,
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
