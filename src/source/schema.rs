//! The JSON Schemas of `stack.toml`, of a kind's file and of a target's file, written from the declarations of their tables.
//!
//! They are made for editors as much as for validators. Taplo, which most TOML editors run, decides two things here: it
//! validates by draft 7 rules whatever `$schema` says, under which nothing may stand beside a `$ref` (hence `allOf` around
//! each); and it refuses a relative `$id`, while an absolute one would need a host that answers (hence none).

use std::collections::BTreeSet;

use serde_json::{Map as JsonMap, Value as Json, json};

use super::definitions::{
    ChoiceDefinition, Definition, Definitions, KeyDefinition, TableDefinition, patch_name, reference,
    referred,
};
use super::language::{
    GatewayTable, KindTable, OF_ENVIRONMENTS, OF_THE_BASE, StackFile, StackTable, TargetTable,
};
use super::shape::Shape;
use super::table::Table;

/// The JSON Schema of `stack.toml`, and of the fragments that it includes.
#[must_use]
pub fn stack_schema() -> Json {
    let mut schemas = Schemas::of::<StackFile>();
    schemas.let_kinds_extend();
    schemas.let_fragments_be();
    schemas.document(StackFile::NAME, "stack.toml")
}

/// The JSON Schema of a kind's file, `templates/kinds/NAME.toml`.
#[must_use]
pub fn kind_schema() -> Json {
    let mut schemas = Schemas::of::<KindTable>();
    schemas.let_kinds_extend();
    schemas.document(KindTable::NAME, "A stackgen kind")
}

/// The JSON Schema of a target's file, `templates/NAME/target.toml`.
#[must_use]
pub fn target_schema() -> Json {
    Schemas::of::<TargetTable>().document(TargetTable::NAME, "A stackgen target")
}

/// What the names of tables end in of which an environment may say less than the base.
const OWN: &str = "OfEnvironment";

/// The schema of each table by its name, and of a patch over each.
struct Schemas {
    by_name: JsonMap<String, Json>,
}

impl Schemas {
    /// The schemas of a table and of all that it speaks of.
    fn of<T: Shape>() -> Self {
        let mut definitions = Definitions::default();
        T::schema(&mut definitions);
        let mut by_name = JsonMap::new();
        for (name, table) in definitions.tables() {
            by_name.insert(name.to_owned(), table_schema(table, &definitions));
        }
        for (name, _) in definitions.tables() {
            by_name.insert(patch_name(name), patch_schema(&by_name[name], &definitions));
        }
        let mut schemas = Self { by_name };
        schemas.let_the_base_alone_say(OF_THE_BASE);
        schemas.let_environments_alone_say(OF_ENVIRONMENTS);
        schemas
    }

    /// Takes keys out of the patch over a stack's file that an environment is.
    fn let_the_base_alone_say(&mut self, keys: &[&[&str]]) {
        for path in keys {
            if let Some((key, above)) = path.split_last() {
                let table =
                    above.iter().fold(patch_name(StackFile::NAME), |table, name| self.own(&table, name));
                if let Some(properties) = properties_of(&mut self.by_name, &table) {
                    properties.shift_remove(*key);
                }
            }
        }
    }

    /// Takes keys out of a stack's file that only the patches over it have.
    fn let_environments_alone_say(&mut self, keys: &[&str]) {
        if let Some(properties) = properties_of(&mut self.by_name, StackFile::NAME) {
            properties.retain(|name, _| !keys.contains(&name.as_str()));
        }
    }

    /// Gives a table's key a definition of its own in place of the one that others refer to as well. The definition's name; `*`
    /// stands for the entries of the key before it, which have it already.
    fn own(&mut self, table: &str, key: &str) -> String {
        let shared = properties_of(&mut self.by_name, table).and_then(|properties| properties.get_mut(key));
        let Some(place) = shared.and_then(reference_in) else {
            return table.to_owned();
        };
        let name = referred(place).unwrap_or_default().to_owned();
        if name.ends_with(OWN) {
            return name;
        }
        let own = format!("{}{OWN}", name.trim_end_matches("Patch"));
        *place = reference(&own);
        let copy = self.by_name[&name].clone();
        self.by_name.insert(own.clone(), copy);
        own
    }

    /// A kind that extends another may leave out what the other says.
    fn let_kinds_extend(&mut self) {
        let alone = format!("{}Alone", KindTable::NAME);
        let mut schema = self.by_name[&patch_name(KindTable::NAME)].clone();
        schema["if"] = json!({ "required": ["extends"] });
        schema["else"] = reference(&alone);
        if let Some(complete) = self.by_name.insert(KindTable::NAME.to_owned(), schema) {
            self.by_name.insert(alone, complete);
        }
    }

    /// An included file has no `[stack]` of its own but for `include`, and may add to a `[gateway]` that another declares. A file
    /// is taken for one where its `[stack]` says nothing else.
    fn let_fragments_be(&mut self) {
        let fragment = format!("{}Fragment", GatewayTable::NAME);
        let mut gateway = self.by_name[GatewayTable::NAME].clone();
        without_required(&mut gateway);
        self.by_name.insert(fragment.clone(), gateway);

        let whole = self.by_name[StackFile::NAME].clone();
        let part = &mut self.by_name[StackFile::NAME];
        without_required(part);
        for (key, name) in [("stack", patch_name(StackTable::NAME)), ("gateway", fragment)] {
            part["properties"][key]["allOf"] = json!([reference(&name)]);
        }
        part["if"] = json!({ "properties": { "stack": { "propertyNames": { "const": "include" } } } });
        part["else"] = json!({
            "required": whole["required"],
            "properties": {
                "stack": reference(StackTable::NAME),
                "gateway": reference(GatewayTable::NAME),
            },
        });
    }

    /// The schema of that name as a document of its own, with the definitions that it uses.
    fn document(self, root: &str, title: &str) -> Json {
        let mut document = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": title,
        });
        let mut used = BTreeSet::new();
        self.collect_used(&self.by_name[root], &mut used);
        let definitions = self.by_name.iter().filter(|(name, _)| used.contains(name.as_str()));
        let definitions: JsonMap<String, Json> =
            definitions.map(|(name, schema)| (name.clone(), schema.clone())).collect();
        if let (Json::Object(document), Json::Object(schema)) = (&mut document, &self.by_name[root]) {
            document.extend(schema.clone());
            document.insert("$defs".to_owned(), definitions.into());
        }
        document
    }

    fn collect_used<'a>(&'a self, schema: &'a Json, used: &mut BTreeSet<&'a str>) {
        match schema {
            Json::Object(object) => {
                if let Some(name) = referred(schema)
                    && used.insert(name)
                {
                    self.collect_used(&self.by_name[name], used);
                }
                object.values().for_each(|inner| self.collect_used(inner, used));
            }
            Json::Array(items) => items.iter().for_each(|inner| self.collect_used(inner, used)),
            _ => {}
        }
    }
}

fn properties_of<'a>(
    schemas: &'a mut JsonMap<String, Json>,
    name: &str,
) -> Option<&'a mut JsonMap<String, Json>> {
    schemas.get_mut(name)?.get_mut("properties")?.as_object_mut()
}

/// Where a schema refers to a definition: beside a description, or for each entry.
fn reference_in(schema: &mut Json) -> Option<&mut Json> {
    let pointer = ["/allOf/0", "/additionalProperties"]
        .into_iter()
        .find(|pointer| schema.pointer(pointer).is_some())?;
    schema.pointer_mut(pointer)
}

fn without_required(schema: &mut Json) {
    if let Json::Object(object) = schema {
        object.shift_remove("required");
    }
}

fn table_schema(table: &TableDefinition, definitions: &Definitions) -> Json {
    let properties: JsonMap<String, Json> =
        table.keys.iter().map(|key| (key.name.to_owned(), property(key, definitions))).collect();
    let required: Vec<&str> = table.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut schema = json!({
        "type": "object",
        "description": table.doc,
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn property(key: &KeyDefinition, definitions: &Definitions) -> Json {
    let mut property = json!({ "description": key.doc });
    if let Some(default) = &key.default {
        property["default"] = default.clone();
    }
    let mut schema = key.schema.clone();
    write_out_choices(&mut schema, definitions);
    match (&mut property, schema) {
        (Json::Object(property), Json::Object(inline)) if !inline.contains_key("$ref") => {
            property.extend(inline);
        }
        (_, schema) => property["allOf"] = json!([schema]),
    }
    property
}

/// Puts the words of choices where they are referred to, so that an editor shows them beside the key's own description.
fn write_out_choices(schema: &mut Json, definitions: &Definitions) {
    if let Some(Definition::Choice(choice)) = referred(schema).and_then(|name| definitions.get(name)) {
        *schema = choice_schema(choice);
    }
    for (_, inner) in inner_schemas(schema) {
        write_out_choices(inner, definitions);
    }
}

fn choice_schema(choice: &ChoiceDefinition) -> Json {
    let (words, docs): (Vec<&str>, Vec<&str>) =
        choice.words.iter().map(|(word, doc)| (*word, doc.as_str())).unzip();
    // What each word means: Taplo's own keyword, which validators pass over.
    json!({ "enum": words, "x-taplo": { "docs": { "enumValues": docs } } })
}

/// A table's schema without required keys, at any depth but in lists: a patch replaces a list whole.
fn patch_schema(complete: &Json, definitions: &Definitions) -> Json {
    let mut patch = complete.clone();
    without_required(&mut patch);
    refer_to_patches(&mut patch, definitions);
    patch
}

fn refer_to_patches(schema: &mut Json, definitions: &Definitions) {
    let patched =
        referred(schema).filter(|name| requires(name, definitions, &mut BTreeSet::new())).map(patch_name);
    if let Some(patched) = patched {
        *schema = reference(&patched);
    }
    for (keyword, inner) in inner_schemas(schema) {
        if keyword != "items" {
            refer_to_patches(inner, definitions);
        }
    }
}

/// Whether a table has required keys, itself or in a table below it: else a patch over it is a table like any other.
fn requires<'a>(name: &'a str, definitions: &'a Definitions, seen: &mut BTreeSet<&'a str>) -> bool {
    let Some(Definition::Table(table)) = definitions.get(name) else {
        return false;
    };
    let mut below = Vec::new();
    table.keys.iter().for_each(|key| collect_merged(&key.schema, &mut below));
    seen.insert(name)
        && (table.keys.iter().any(|key| key.required)
            || below.into_iter().any(|inner| requires(inner, definitions, seen)))
}

/// The tables that a shape's schema speaks of and that a patch merges into: not those in lists.
fn collect_merged<'a>(schema: &'a Json, found: &mut Vec<&'a str>) {
    found.extend(referred(schema));
    let named = schema.get("additionalProperties").into_iter();
    let either = schema.get("anyOf").and_then(Json::as_array).into_iter().flatten();
    named.chain(either).for_each(|inner| collect_merged(inner, found));
}

/// The schemas directly within a schema, each with the keyword that it stands under.
fn inner_schemas(schema: &mut Json) -> Vec<(&str, &mut Json)> {
    let mut found = Vec::new();
    for (keyword, value) in schema.as_object_mut().into_iter().flatten() {
        let keyword = keyword.as_str();
        match (keyword, value) {
            ("properties", Json::Object(properties)) => {
                found.extend(properties.values_mut().map(|inner| (keyword, inner)));
            }
            ("anyOf" | "allOf", Json::Array(schemas)) => {
                found.extend(schemas.iter_mut().map(|inner| (keyword, inner)));
            }
            ("items" | "additionalProperties", inner) => found.push((keyword, inner)),
            _ => {}
        }
    }
    found
}
