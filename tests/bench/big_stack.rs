//! Writes a large stack into a folder: `cargo run --release --example big-stack -- SERVICES [FOLDER]`.

#![expect(clippy::print_stdout, reason = "this is a command of its own")]
#![expect(clippy::disallowed_methods, reason = "it writes a project, like a person would")]

mod stack;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

const USAGE: &str = "usage: big-stack SERVICES [FOLDER]";

fn main() -> ExitCode {
    match run(&env::args().skip(1).collect::<Vec<_>>()) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            println!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<String, String> {
    let (services, folder) = match arguments {
        [services] => (services, Path::new("target").join("big-stack").join(services)),
        [services, folder] => (services, PathBuf::from(folder)),
        _ => return Err(USAGE.to_owned()),
    };
    let services = services
        .parse()
        .ok()
        .filter(|services| (1..=stack::MOST_SERVICES).contains(services))
        .ok_or_else(|| format!("SERVICES is a number from 1 to {}\n{USAGE}", stack::MOST_SERVICES))?;
    let files = stack::files(services);
    write(&folder, &files).map_err(|error| format!("cannot write `{}`: {error}", folder.display()))?;
    let bytes: usize = files.values().map(String::len).sum();
    Ok(format!("{services} services, {} files of {bytes} bytes in {}", files.len(), folder.display()))
}

/// Only into a folder that is new, or that an earlier run has made.
fn write(folder: &Path, files: &stack::Files) -> io::Result<()> {
    let was_ours =
        fs::read_to_string(folder.join("stack.toml")).is_ok_and(|text| text.starts_with(stack::MARK));
    if folder.exists() && !was_ours {
        return Err(io::Error::other("there is something else"));
    }
    // What is left of a larger stack would be part of this one.
    if was_ours {
        fs::remove_dir_all(folder.join("hubs"))?;
    }
    for (path, text) in files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}
