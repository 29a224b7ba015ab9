//! What the language declares for a place: the tables, keys and words that the schemas are written from, found by the path of keys.

use serde_json::Value as Json;

use super::scan::Step;
use crate::source::language::{KindTable, OF_ENVIRONMENTS, OF_THE_BASE, StackFile, TargetTable};
use crate::source::{
    ChoiceDefinition, Definition, Definitions, KeyDefinition, Shape, TableDefinition, referred,
};

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// `stack.toml`, or a fragment of one.
    Stack,
    /// `templates/kinds/NAME.toml`.
    Kind,
    /// `templates/NAME/target.toml`.
    Target,
}

/// The declarations of every table of the language.
pub struct Language {
    definitions: Definitions,
    stack: Json,
    kind: Json,
    target: Json,
}

impl Default for Language {
    fn default() -> Self {
        let mut definitions = Definitions::default();
        let stack = StackFile::schema(&mut definitions);
        let kind = KindTable::schema(&mut definitions);
        let target = TargetTable::schema(&mut definitions);
        Self { definitions, stack, kind, target }
    }
}

/// A form that the value at a place may have.
#[derive(Debug, Clone, Copy)]
pub enum Form<'l> {
    Table(&'l TableDefinition),
    Choice(&'l ChoiceDefinition),
    /// Any other schema: of a scalar, of a list, or of a table whose keys are names.
    Other(&'l Json),
}

impl Language {
    /// Every form that the value at a path may have.
    #[must_use]
    pub fn forms(&self, grammar: Grammar, path: &[Step]) -> Vec<Form<'_>> {
        let root = match grammar {
            Grammar::Stack => &self.stack,
            Grammar::Kind => &self.kind,
            Grammar::Target => &self.target,
        };
        let mut forms = Vec::new();
        self.walk(root, path, &mut forms);
        forms
    }

    /// The declaration of the key that a path ends in.
    #[must_use]
    pub fn key(&self, grammar: Grammar, path: &[Step]) -> Option<&KeyDefinition> {
        let (Step::Key(name), table) = path.split_last()? else { return None };
        self.keys(grammar, table).into_iter().find(|key| key.name == name)
    }

    /// The declaration of the key whose value, or an item of whose value, stands at a path.
    #[must_use]
    pub fn key_of_value(&self, grammar: Grammar, path: &[Step]) -> Option<&KeyDefinition> {
        let end = path.iter().rposition(|step| matches!(step, Step::Key(_)))?;
        self.key(grammar, &path[..=end])
    }

    /// The keys that a table may have.
    #[must_use]
    pub fn keys(&self, grammar: Grammar, table: &[Step]) -> Vec<&KeyDefinition> {
        let tables = self.forms(grammar, table).into_iter().filter_map(|form| match form {
            Form::Table(definition) => Some(definition),
            _ => None,
        });
        let keys = tables.flat_map(|definition| &definition.keys);
        keys.filter(|key| grammar != Grammar::Stack || may_say(table, key.name)).collect()
    }

    /// The schemas of the forms that a key's value may have, references followed.
    #[must_use]
    pub fn forms_of<'l>(&'l self, schema: &'l Json) -> Vec<Form<'l>> {
        let mut forms = Vec::new();
        self.walk(schema, &[], &mut forms);
        forms
    }

    fn walk<'l>(&'l self, schema: &'l Json, path: &[Step], forms: &mut Vec<Form<'l>>) {
        if let Some(name) = referred(schema) {
            match self.definition(name) {
                Some(Definition::Table(table)) => self.walk_table(table, path, forms),
                Some(Definition::Choice(choice)) if path.is_empty() => forms.push(Form::Choice(choice)),
                _ => {}
            }
        } else if let Some(either) = schema.get("anyOf").and_then(Json::as_array) {
            for schema in either {
                self.walk(schema, path, forms);
            }
        } else {
            let (inner, rest) = match path {
                [] => {
                    forms.push(Form::Other(schema));
                    return;
                }
                [Step::Item(_), rest @ ..] => (schema.get("items"), rest),
                // Of a list of tables that its header leads into without saying which item.
                [Step::Key(_), ..] if schema.get("items").is_some() => (schema.get("items"), path),
                [Step::Key(_), rest @ ..] => (schema.get("additionalProperties"), rest),
            };
            if let Some(inner) = inner {
                self.walk(inner, rest, forms);
            }
        }
    }

    fn walk_table<'l>(&'l self, table: &'l TableDefinition, path: &[Step], forms: &mut Vec<Form<'l>>) {
        match path {
            [] => forms.push(Form::Table(table)),
            [Step::Key(name), rest @ ..] => {
                if let Some(key) = table.keys.iter().find(|key| key.name == name) {
                    self.walk(&key.schema, rest, forms);
                }
            }
            [Step::Item(_), ..] => {}
        }
    }

    /// A definition; the patch over a table has the keys of the table.
    fn definition(&self, name: &str) -> Option<&Definition> {
        self.definitions.get(name).or_else(|| self.definitions.get(name.strip_suffix("Patch")?))
    }
}

/// Whether the base or the environment in which a table lies can have the key.
fn may_say(table: &[Step], key: &str) -> bool {
    let is_of_environments = table.is_empty() && OF_ENVIRONMENTS.contains(&key);
    !is_of_environments && !is_of_the_base(table, key)
}

/// Whether a table lies in an environment that cannot have the key.
fn is_of_the_base(table: &[Step], key: &str) -> bool {
    let [Step::Key(first), Step::Key(_), patch @ ..] = table else { return false };
    first == "environments"
        && OF_THE_BASE.iter().any(|path| {
            path.split_last().is_some_and(|(last, above)| {
                *last == key
                    && above.len() == patch.len()
                    && above
                        .iter()
                        .zip(patch)
                        .all(|(name, step)| matches!(step, Step::Key(key) if *name == "*" || name == key))
            })
        })
}

#[cfg(test)]
mod tests {
    use super::{Form, Grammar, Language};
    use crate::editor::scan::Step;

    fn keys_to(names: &[&str]) -> Vec<Step> {
        names.iter().map(|name| Step::Key((*name).to_owned())).collect()
    }

    fn names(language: &Language, path: &[Step]) -> Vec<&'static str> {
        language.keys(Grammar::Stack, path).into_iter().map(|key| key.name).collect()
    }

    #[test]
    fn the_keys_of_a_table_are_found_by_the_path_to_it() {
        let language = Language::default();
        assert!(names(&language, &[]).contains(&"services"));
        assert!(names(&language, &keys_to(&["services", "any"])).contains(&"needs"));
        let mut route = keys_to(&["services", "any", "routes"]);
        route.push(Step::Item(3));
        assert!(names(&language, &route).contains(&"strip_path"));
        let mut need = keys_to(&["services", "any", "needs"]);
        need.push(Step::Item(0));
        assert_eq!(names(&language, &need), ["service", "as"]);
        assert_eq!(names(&language, &keys_to(&["services", "any", "health"]))[..2], ["http", "cmd"]);
        assert_eq!(names(&language, &keys_to(&["no", "such"])), [""; 0]);
    }

    #[test]
    fn an_environment_has_the_keys_of_the_stack_but_for_those_of_the_base_alone() {
        let language = Language::default();
        let patch = names(&language, &keys_to(&["environments", "live"]));
        assert!(patch.contains(&"services") && !patch.contains(&"environments"));
        let stack = names(&language, &keys_to(&["environments", "live", "stack"]));
        assert!(stack.contains(&"description") && !stack.contains(&"include"));
        let service = names(&language, &keys_to(&["environments", "live", "services", "any"]));
        assert!(service.contains(&"replicas"));
        assert!(patch.contains(&"without") && !names(&language, &[]).contains(&"without"));
    }

    #[test]
    fn a_value_knows_the_words_that_it_may_be() {
        let language = Language::default();
        let forms = language.forms(Grammar::Stack, &keys_to(&["services", "any", "restart"]));
        let [Form::Choice(choice)] = forms.as_slice() else { panic!("{forms:?}") };
        assert_eq!(choice.words[0].0, "unless-stopped");
    }
}
