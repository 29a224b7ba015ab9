//! Arguments in, exit code out.

fn main() -> std::process::ExitCode {
    stackgen::cli::main()
}
