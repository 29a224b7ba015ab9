//! Transformations that Kong would refuse, or read otherwise than they are written.

use super::Refused;
use crate::source::language::{RequestParts, RequestTable, ResponseParts, ResponseRenames, ResponseTable};
use crate::source::{Free, List, Named, NamedEntry, Spanned};

impl Refused {
    pub fn request(&mut self, table: &RequestTable) {
        if let Some(names) = &table.remove {
            self.names(names.headers.as_ref(), true);
            self.names(names.query.as_ref(), false);
            self.names(names.body.as_ref(), false);
        }
        for (parts, renames) in [(&table.rename, true), (&table.add, false), (&table.append, false)] {
            if let Some(parts) = parts {
                self.request_parts(parts, renames);
            }
        }
        if let Some(replace) = &table.replace {
            self.request_parts(&replace.parts, false);
        }
    }

    fn request_parts(&mut self, parts: &RequestParts, renames: bool) {
        self.texts(parts.headers.as_ref(), true, renames);
        self.texts(parts.query.as_ref(), false, renames);
        self.texts(parts.body.as_ref(), false, renames);
    }

    pub fn response(&mut self, table: &ResponseTable) {
        if let Some(names) = &table.remove {
            self.names(names.headers.as_ref(), true);
            self.names(names.json.as_ref(), false);
        }
        if let Some(ResponseRenames { headers, json, .. }) = table.rename.as_deref() {
            self.texts(headers.as_ref(), true, true);
            self.texts(json.as_ref(), false, true);
        }
        for parts in [&table.replace, &table.add, &table.append].into_iter().flatten() {
            self.response_parts(parts);
        }
    }

    fn response_parts(&mut self, parts: &ResponseParts) {
        self.texts(parts.headers.as_ref(), true, false);
        for (name, entry) in parts.json.iter().flat_map(|json| json.value.iter()) {
            self.field(name, entry);
        }
    }

    fn field(&mut self, name: &str, entry: &NamedEntry<Free>) {
        self.name(name, entry.name, false);
        if entry.value.0.is_array() || entry.value.0.is_object() {
            self.no(entry.value.span, name, "a string, a number, `true` or `false`");
        }
    }

    fn names(&mut self, names: Option<&Spanned<List<String>>>, are_headers: bool) {
        for name in names.into_iter().flat_map(|names| &names.value) {
            self.name(name, name.span, are_headers);
        }
    }

    fn texts(&mut self, texts: Option<&Spanned<Named<String>>>, are_headers: bool, renames: bool) {
        for (name, entry) in texts.into_iter().flat_map(|texts| texts.value.iter()) {
            self.name(name, entry.name, are_headers);
            let value = &entry.value;
            if renames {
                self.name(value, value.span, are_headers);
            } else if value.is_empty() || value.starts_with(':') {
                // Kong takes all colons behind a name for the one that ends it.
                self.no(value.span, &value.value, "a value that is not empty and does not begin with `:`");
            }
        }
    }

    /// The gateway writes a name and its value with `:` between.
    fn name(&mut self, name: &str, span: crate::source::Span, is_header: bool) {
        if is_header {
            self.header(name, span);
        } else if name.is_empty() || name.contains(':') {
            self.no(span, name, "a name without `:`");
        }
    }
}
