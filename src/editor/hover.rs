//! What an editor shows of the thing under the pointer.

use super::analysis::Analysis;
use super::describe::{agent, kind, secret, service};
use super::language::{Form, Language};
use super::names::{Named, name_at};
use super::scan::Scan;
use super::text::Text;
use crate::source::{ChoiceDefinition, FileId, KeyDefinition, KnownKind, Sort};
use gen_lsp_types as lsp;

/// What stands at a byte of a file, explained in Markdown.
#[must_use]
pub fn hover(
    analysis: &Analysis,
    language: &Language,
    kinds: &[KnownKind],
    file: FileId,
    offset: usize,
) -> Option<lsp::Hover> {
    let source = analysis.compilation.sources.file(file);
    let grammar = analysis.grammar(&source.path)?;
    if let Some(named) = name_at(analysis, file, offset)
        && let Some(text) = described(analysis, kinds, &named)
    {
        return Some(shown(text, analysis.range(named.name.span)));
    }
    let scan = Scan::of(&source.text);
    let text = Text::new(source.text.clone());
    let touches = |range: &std::ops::Range<usize>| range.start <= offset && offset <= range.end;
    if let Some(key) = scan.keys.iter().find(|key| touches(&key.range)) {
        let declared = language.key(grammar, &key.path.to_vec())?;
        return Some(shown(of_key(language, declared), text.range(key.range.clone())));
    }
    let value = scan.values.iter().find(|value| touches(&value.range))?;
    let word = source.text[value.range.clone()].trim_matches(['"', '\'']);
    let choice = language.forms(grammar, &value.path.to_vec()).into_iter().find_map(|form| match form {
        Form::Choice(choice) => meaning(choice, word),
        _ => None,
    });
    Some(shown(format!("`{word}`: {}", choice?), text.range(value.range.clone())))
}

fn shown(text: String, range: lsp::Range) -> lsp::Hover {
    let contents = lsp::MarkupContent::new(lsp::MarkupKind::Markdown, text);
    lsp::Hover::new(lsp::Contents::MarkupContent(contents), Some(range))
}

fn described(analysis: &Analysis, kinds: &[KnownKind], named: &Named) -> Option<String> {
    let name = named.name.value.as_str();
    let stacks = &analysis.compilation.stacks;
    match named.sort {
        // What only an environment has is shown as it is there.
        Sort::Service => stacks.iter().find_map(|stack| Some(service(stack.services.get(name)?, stack))),
        Sort::Agent => stacks.iter().find_map(|stack| Some(agent(stack.agents.get(name)?, stack))),
        Sort::Secret => stacks.iter().find_map(|stack| Some(secret(name, stack.secrets.get(name)?))),
        Sort::Kind => kinds.iter().find(|found| found.name == name).map(kind),
    }
}

/// A key as the reference page has it.
#[must_use]
pub fn of_key(language: &Language, key: &KeyDefinition) -> String {
    let mut text = format!("`{}`: {}\n\nTakes {}", key.name, key.doc, key.expected);
    if key.required {
        text.push_str("; required");
    }
    if let Some(default) = &key.default {
        text.push_str(&format!("; by default `{default}`"));
    }
    text.push('.');
    for form in language.forms_of(&key.schema) {
        if let Form::Choice(choice) = form {
            text.push('\n');
            for (word, meaning) in &choice.words {
                text.push_str(&format!("\n- `{word}`: {meaning}"));
            }
        }
    }
    text
}

/// What a word of a choice means.
#[must_use]
pub fn meaning<'c>(choice: &'c ChoiceDefinition, word: &str) -> Option<&'c str> {
    choice.words.iter().find(|(known, _)| *known == word).map(|(_, meaning)| meaning.as_str())
}
