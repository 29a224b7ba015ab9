//! `plugin-config`: a plugin with a setting that it does not have, or without one that it needs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::plugin_facts::{Setting, Sort, facts, plugins};
use super::{Check, Findings, Rule, Subject, literal};
use crate::diagnostics::{Diagnostic, Help, Severity};
use crate::model::Plugin;
use crate::source::{Sources, nearest, quoted_list};

pub static RULE: Rule = Rule {
    name: "plugin-config",
    severity: Severity::Error,
    settable: true,
    page: include_str!("../../docs/rules/plugin-config.md"),
    check: Check::Stack(check),
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for plugin in plugins(subject.stack) {
        let Some(settings) = facts().plugins.get(&*plugin.name) else { continue };
        let mut look = Look { plugin, sources: subject.sources, findings };
        look.at_record("", settings, &plugin.config);
    }
}

/// One plugin, looked at from its outermost settings inwards.
struct Look<'a, 'b> {
    plugin: &'a Plugin,
    sources: &'a Sources,
    findings: &'b mut Findings,
}

impl Look<'_, '_> {
    /// `path` is where the record stands in the configuration, with a dot behind it; empty for the configuration itself.
    fn at_record(&mut self, path: &str, settings: &BTreeMap<String, Setting>, config: &Json) {
        for (name, value) in config.as_object().into_iter().flatten() {
            match settings.get(name) {
                Some(setting) => self.at_value(&format!("{path}{name}"), setting, value),
                None => self.unknown(path, name, settings),
            }
        }
        let known = || settings.keys().map(String::as_str);
        let misspelt: BTreeSet<&str> = config
            .as_object()
            .into_iter()
            .flat_map(|config| config.keys())
            .filter(|name| !settings.contains_key(*name))
            .filter_map(|name| nearest(name, known()))
            .collect();
        for (name, setting) in settings {
            if setting.required && config.get(name).is_none() && !misspelt.contains(name.as_str()) {
                self.missing(&format!("{path}{name}"), setting);
            }
        }
    }

    fn at_value(&mut self, path: &str, setting: &Setting, value: &Json) {
        if !is_of(setting.sort, value) {
            return self.report(
                path,
                format!("is {}, and has to be {}", said(value), setting.sort.article()),
                format!("write {}, such as `{}`", setting.sort.article(), setting.sort.example()),
            );
        }
        if !setting.one_of.is_empty() && !setting.one_of.contains(value) {
            let values: Vec<String> = setting.one_of.iter().map(plain).collect();
            let near = nearest(&plain(value), values.iter().map(String::as_str)).map(ToOwned::to_owned);
            let known = quoted_list(values.iter().map(String::as_str));
            let help = near.map_or(format!("it takes {known}"), |near| format!("did you mean `{near}`?"));
            return self.report(path, format!("is `{}`, which it does not take", plain(value)), help);
        }
        if let (Some((least, most)), Some(number)) = (setting.between, value.as_f64())
            && !(least..=most).contains(&number)
        {
            let help = format!("write a number from {least} to {most}");
            return self.report(path, format!("is {number}, which is out of range"), help);
        }
        if let (Some(of), Some(elements)) = (&setting.of, value.as_array()) {
            for (index, element) in elements.iter().enumerate() {
                self.at_value(&format!("{path}[{index}]"), of, element);
            }
        }
        if let Some(fields) = &setting.fields {
            self.at_record(&format!("{path}."), fields, value);
        }
    }

    fn unknown(&mut self, path: &str, name: &str, settings: &BTreeMap<String, Setting>) {
        let known = settings.keys().map(String::as_str);
        let plugin = &*self.plugin.name;
        let place =
            self.plugin.place_of(path.split('.').next().filter(|top| !top.is_empty()).unwrap_or(name));
        let mut diagnostic =
            Diagnostic::error(RULE.name, format!("the plugin `{plugin}` has no setting `{path}{name}`"))
                .at(place, "no such setting");
        let near = nearest(name, known.clone());
        let message = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if settings.is_empty() => "it has no settings here".to_owned(),
            None => format!("it has {}", quoted_list(known)),
        };
        // Only the place of a setting of the first level is known.
        let edit = near
            .filter(|_| path.is_empty())
            .and_then(|near| literal::rename(self.sources, place, name, near));
        diagnostic.help.push(Help { message, edits: edit.into_iter().collect() });
        self.findings.push(diagnostic);
    }

    fn missing(&mut self, path: &str, setting: &Setting) {
        let plugin = &*self.plugin.name;
        let name = path.rsplit('.').next().unwrap_or(path);
        self.findings.push(
            Diagnostic::error(RULE.name, format!("the plugin `{plugin}` needs the setting `{path}`"))
                .at(self.plugin.name.span, "has no default for it")
                .help(format!("add it to the plugin's `config`: `{name} = {}`", setting.sort.example())),
        );
    }

    fn report(&mut self, path: &str, problem: String, help: String) {
        let top = path.split(['.', '[']).next().unwrap_or(path);
        let plugin = &*self.plugin.name;
        let diagnostic = Diagnostic::error(RULE.name, format!("`{path}` of the plugin `{plugin}` {problem}"))
            .at(self.plugin.place_of(top), "Kong refuses this");
        self.findings.push(diagnostic.help(help));
    }
}

fn is_of(sort: Sort, value: &Json) -> bool {
    match sort {
        Sort::String => value.is_string(),
        Sort::Integer => value.is_i64() || value.is_u64(),
        Sort::Number => value.is_number(),
        Sort::Boolean => value.is_boolean(),
        Sort::Array => value.is_array(),
        Sort::Map | Sort::Record => value.is_object(),
    }
}

impl Sort {
    fn article(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "`true` or `false`",
            Self::Array => "an array",
            Self::Map | Self::Record => "a table",
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::String => "\"…\"",
            Self::Integer | Self::Number => "1",
            Self::Boolean => "true",
            Self::Array => "[\"…\"]",
            Self::Map | Self::Record => "{ … }",
        }
    }
}

fn said(value: &Json) -> String {
    match value {
        Json::String(_) => "a string".to_owned(),
        Json::Array(_) => "an array".to_owned(),
        Json::Object(_) => "a table".to_owned(),
        other => format!("`{other}`"),
    }
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}
