//! The secrets of the old stack: their names go into the stack, their values into `.env` alone.

use indexmap::IndexMap;

use super::interpolate::{Piece, Variables, interpolated, pieces};
use crate::checks::is_secret_name;

/// Every secret by name, and the variables of the old `.env` that held one under another name.
#[derive(Debug, Default)]
pub struct Secrets {
    values: IndexMap<String, Option<String>>,
    renamed: IndexMap<String, String>,
    /// What `.env` has already.
    taken: Variables,
    /// Texts of the old files that give a secret away, whether the stack still has it or not.
    written_out: Vec<String>,
}

impl Secrets {
    /// None yet; what `.env` says stays as it is.
    #[must_use]
    pub fn beside(taken: &Variables) -> Self {
        Self { taken: taken.clone(), ..Self::default() }
    }

    /// A secret of that name and value. Where another value has the name, it is called after its service.
    pub fn named(&mut self, name: &str, service: &str, value: Option<String>) -> String {
        let name = name.to_ascii_uppercase().replace(|found: char| !found.is_ascii_alphanumeric(), "_");
        let own = format!("{}_{name}", crate::model::environment_prefix(service));
        for candidate in [name, own.clone(), format!("{own}_2")] {
            let is_another = |known: &String| value.as_ref().is_some_and(|value| value != known);
            if self.taken.get(&candidate).is_some_and(is_another) {
                continue;
            }
            match self.values.get(&candidate) {
                Some(known) if *known == value => return candidate,
                Some(None) if value.is_none() => return candidate,
                None => {
                    self.values.insert(candidate.clone(), value);
                    return candidate;
                }
                Some(_) => {}
            }
        }
        own
    }

    /// A secret that has its name already, and whose value is not known.
    pub fn known(&mut self, name: &str) -> String {
        self.values.entry(name.to_owned()).or_insert(None);
        name.to_owned()
    }

    /// A secret that a kind names.
    pub fn of_kind(&mut self, name: &str, raw: &str, variables: &Variables) {
        let mut value = Some(interpolated(raw, variables, &mut |_| {})).filter(|value| !value.is_empty());
        if let [Piece::Variable(reference)] = pieces(raw).as_slice() {
            self.renamed.insert(reference.name.clone(), name.to_owned());
            if !variables.contains_key(&reference.name) && reference.argument.is_empty() {
                value = None;
            }
        }
        self.values.insert(name.to_owned(), value);
    }

    /// The secret that a variable of the old `.env` is, if it is one.
    pub fn of_variable(
        &mut self,
        reference: &super::interpolate::Reference,
        is_secret: bool,
        variables: &Variables,
    ) -> Option<String> {
        if let Some(name) = self.renamed.get(&reference.name) {
            return Some(name.clone());
        }
        if !is_secret && !is_secret_name(&reference.name) {
            return None;
        }
        let value = variables.get(&reference.name).filter(|value| !value.is_empty()).cloned().or_else(|| {
            let default = matches!(reference.operator.as_str(), ":-" | "-") && !reference.argument.is_empty();
            default.then(|| interpolated(&reference.argument, variables, &mut |_| {}))
        });
        self.values.entry(reference.name.clone()).or_insert(value);
        Some(reference.name.clone())
    }

    /// The secret that has this value.
    #[must_use]
    pub fn with_value(&self, value: &str) -> Option<String> {
        self.values.iter().find(|(_, known)| known.as_deref() == Some(value)).map(|(name, _)| name.clone())
    }

    /// A text of the old files gives a secret away: nothing that is printed may repeat it.
    pub fn strike_out(&mut self, text: String) {
        self.written_out.push(text);
    }

    /// Every text that nothing printed may repeat, the longest first.
    #[must_use]
    pub fn struck_out(&self) -> Vec<String> {
        let mut texts: Vec<String> =
            self.values.values().flatten().chain(&self.written_out).cloned().collect();
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        texts
    }

    /// The names and the values that are known.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }
}
