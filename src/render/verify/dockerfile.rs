//! Dockerfiles, as far as their instructions go.

use super::Finding;

/// The instructions of the Dockerfile reference.
const INSTRUCTIONS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

pub fn check(text: &str) -> Result<(), Finding> {
    let mut first = true;
    let mut continued = false;
    let mut takes_documents = false;
    let mut documents: Vec<String> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        if let Some(delimiter) = documents.first() {
            if trimmed == delimiter {
                documents.remove(0);
            }
            continue;
        }
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if !continued {
            let word = trimmed.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
            if !INSTRUCTIONS.contains(&word.as_str()) {
                return Err(Finding::new(at + 1, format!("`{word}` is no instruction of a Dockerfile")));
            }
            if first && !matches!(word.as_str(), "FROM" | "ARG") {
                return Err(Finding::new(at + 1, "the first instruction must be `FROM`, or `ARG` before it"));
            }
            first = false;
            takes_documents = matches!(word.as_str(), "RUN" | "COPY" | "ADD");
        }
        continued = trimmed.ends_with('\\');
        if takes_documents {
            documents = here_documents(trimmed);
        }
    }
    match (first, documents.first()) {
        (true, _) => Err(Finding::new(None, "there is no instruction in it")),
        (_, Some(delimiter)) => {
            Err(Finding::new(None, format!("the here-document `{delimiter}` never ends")))
        }
        _ => Ok(()),
    }
}

/// The delimiters of the here-documents that a line begins, outside its quotes.
fn here_documents(line: &str) -> Vec<String> {
    line.match_indices("<<")
        .filter(|(at, _)| {
            ['"', '\''].iter().all(|quote| line[..*at].matches(*quote).count().is_multiple_of(2))
        })
        .map(|(at, _)| {
            let rest = line[at + 2..].trim_start_matches('-').trim_start_matches(['"', '\'']);
            rest.chars()
                .take_while(|found| found.is_ascii_alphanumeric() || *found == '_')
                .collect::<String>()
        })
        .filter(|delimiter| !delimiter.is_empty())
        .collect()
}
