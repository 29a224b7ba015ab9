//! Paths of outputs, and the ways between them. Lexical: the disk is never asked.

use camino::{Utf8Component, Utf8Path};

/// The path of an output with its `{{ name }}` placeholders replaced.
///
/// What a name stands for becomes part of one path component, so it is held to letters, digits, `.`, `_` and `-`, and the
/// result must stay inside the output folder. `{{ folder.path }}` is a folder of the user's, with whatever its name holds.
///
/// # Errors
/// A sentence that says what is wrong with the path.
pub fn expand(written: &str, names: &[(&str, &str)]) -> Result<String, String> {
    let mut path = String::new();
    // The same with a plain word for each folder of the user's.
    let mut plain = String::new();
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("{{") {
        let (inner, tail) =
            after.split_once("}}").ok_or_else(|| format!("`{written}` has a `{{{{` without its `}}}}`"))?;
        let name = inner.trim();
        let (_, value) =
            names.iter().find(|(known, _)| *known == name).ok_or_else(|| unknown(name, names))?;
        path.push_str(before);
        if name == "folder.path" {
            // A whole stretch of components between two `/`, which stays inside whatever folder it is laid under.
            if !is_inside(value)
                || !matches!(path.chars().next_back(), None | Some('/'))
                || !tail.starts_with('/')
            {
                return Err(format!("`{written}` cannot hold `{value}`: write `{{{{ folder.path }}}}/NAME`"));
            }
            plain.push_str(before);
            plain.push_str("folder");
        } else {
            plain.push_str(before);
            plain.push_str(value);
        }
        path.push_str(value);
        rest = tail;
    }
    path.push_str(rest);
    plain.push_str(rest);
    if is_plain(&plain) {
        Ok(path)
    } else {
        Err(format!("`{path}` cannot be the path of an output: {PLAIN}"))
    }
}

fn unknown(name: &str, names: &[(&str, &str)]) -> String {
    let known: Vec<&str> = names.iter().map(|(known, _)| *known).collect();
    if known.is_empty() {
        format!("`{name}` has no value here: only a file with `for_each` may have `{{{{ … }}}}` in its path")
    } else {
        format!("`{name}` has no value here: a path may hold `{{{{ {} }}}}`", known.join(" }}` or `{{ "))
    }
}

/// What an output's path has to be.
const PLAIN: &str =
    "write one below the target's folder, of letters, digits, `.`, `_` and `-` with `/` between";

/// Relative, of plain characters only, and no component is empty, `.` or `..`.
fn is_plain(path: &str) -> bool {
    let plain = |component: &str| {
        !matches!(component, "" | "." | "..")
            && component
                .chars()
                .all(|found| found.is_ascii_alphanumeric() || matches!(found, '.' | '_' | '-'))
    };
    path.split('/').all(plain)
}

/// Relative, and below where it starts.
fn is_inside(path: &str) -> bool {
    !path.contains(['\\', ':'])
        && !path.chars().any(char::is_control)
        && path.split('/').all(|component| !matches!(component, "" | "." | ".."))
}

/// The way from one folder to a path, both given from the project's root: `../../services/api`, `.` for the folder itself.
#[must_use]
pub fn relative(path: &str, from: &str) -> String {
    let path = components(path);
    let from = components(from);
    let shared = path.iter().zip(&from).take_while(|(left, right)| left == right).count();
    let up = std::iter::repeat_n("..", from.len() - shared);
    let steps: Vec<&str> = up.chain(path[shared..].iter().copied()).collect();
    if steps.is_empty() { ".".to_owned() } else { steps.join("/") }
}

/// A folder from the project's root, with `.` for the root itself.
#[must_use]
pub fn or_root(folder: &str) -> String {
    if folder.is_empty() { ".".to_owned() } else { folder.to_owned() }
}

fn components(path: &str) -> Vec<&str> {
    Utf8Path::new(path)
        .components()
        .filter(|component| !matches!(component, Utf8Component::CurDir))
        .map(|component| component.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{expand, relative};

    #[test]
    fn a_path_takes_the_name_of_what_it_is_made_for() {
        let names = [("service.name", "identity-db")];
        assert_eq!(expand("{{ service.name }}.Dockerfile", &names).unwrap(), "identity-db.Dockerfile");
        assert_eq!(expand("a/{{service.name}}/b", &names).unwrap(), "a/identity-db/b");
    }

    #[test]
    fn a_path_that_leaves_its_folder_is_refused() {
        for written in ["../x", "/etc/passwd", "a//b", "a/./b", "", "a/..", "a\\b", "a b", "C:x"] {
            assert!(expand(written, &[]).is_err(), "{written}");
        }
        assert!(expand("{{ agent.name }}.md", &[("agent.name", "../../etc/x")]).is_err());
    }

    #[test]
    fn a_folder_of_the_users_is_taken_as_it_is_called_and_stays_inside() {
        let expand = |written, folder| expand(written, &[("folder.path", folder)]);
        assert_eq!(
            expand("{{ folder.path }}/AGENTS.md", "my apps/größe").unwrap(),
            "my apps/größe/AGENTS.md"
        );
        for folder in ["..", "a/../..", "/etc", "C:x", "a\\b", "", "a\n"] {
            assert!(expand("{{ folder.path }}/AGENTS.md", folder).is_err(), "{folder}");
        }
        assert!(expand("x{{ folder.path }}/AGENTS.md", "a").is_err());
        assert!(expand("{{ folder.path }}.md", "a").is_err());
    }

    #[test]
    fn an_unknown_name_in_a_path_is_said() {
        let problem = expand("{{ agent.nam }}.md", &[("agent.name", "x")]).unwrap_err();
        assert_eq!(problem, "`agent.nam` has no value here: a path may hold `{{ agent.name }}`");
    }

    #[test]
    fn the_way_between_two_folders_is_lexical_and_never_empty() {
        for (path, from, way) in [
            ("services/api", "generated", "../services/api"),
            ("generated", "generated", "."),
            (".", "generated/docs", "../.."),
            ("services/api", ".", "services/api"),
            (".", ".", "."),
            ("generated/kong", "generated", "kong"),
            ("generated", "generated/docs", ".."),
        ] {
            assert_eq!(relative(path, from), way, "{path} from {from}");
        }
    }
}
