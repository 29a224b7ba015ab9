//! An editor that does what it is told.

use std::fs;
use std::io::{BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// Longer than any answer takes, on a machine that is busy with much else.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Editor {
    /// Removed with the editor.
    _temporary: TempDir,
    pub root: Utf8PathBuf,
    server: Child,
    input: Option<ChildStdin>,
    incoming: Receiver<Json>,
    /// What has come in while something else was waited for.
    waiting: Vec<Json>,
    next_id: i64,
}

impl Editor {
    /// An editor in a project of these files, past the greeting.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let mut editor = Self::ungreeted(files);
        let capabilities = json!({
            "textDocument": { "completion": { "completionItem": { "snippetSupport": false } } },
        });
        let greeting = json!({ "processId": null, "rootUri": null, "capabilities": capabilities });
        let answer = editor.request("initialize", greeting);
        assert_eq!(answer["result"]["capabilities"]["hoverProvider"], true, "{answer}");
        editor.notify("initialized", json!({}));
        editor
    }

    pub fn ungreeted(files: &[(&str, &str)]) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(temporary.path()).unwrap().canonicalize_utf8().unwrap();
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let mut server = Command::new(env!("CARGO_BIN_EXE_stackgen"))
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, incoming) = channel();
        let mut output = BufReader::new(server.stdout.take().unwrap());
        thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let input = server.stdin.take();
        Self { _temporary: temporary, root, server, input, incoming, waiting: Vec::new(), next_id: 0 }
    }

    pub fn uri(&self, path: &str) -> String {
        format!("file://{}/{path}", self.root)
    }

    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        // Who has ended already reads no more, which is for the test to see elsewhere.
        let _ = input.write_all(bytes).and_then(|()| input.flush());
    }

    pub fn send(&mut self, message: &Json) {
        let body = message.to_string();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub fn notify(&mut self, method: &str, params: Json) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    pub fn ask(&mut self, method: &str, params: Json) -> i64 {
        self.next_id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params }));
        self.next_id
    }

    /// The whole answer to a request.
    pub fn request(&mut self, method: &str, params: Json) -> Json {
        let id = self.ask(method, params);
        self.wait_for(|message| message["id"] == id && message.get("method").is_none())
    }

    /// The next message of some sort, those that came before it included.
    pub fn wait_for(&mut self, is_wanted: impl Fn(&Json) -> bool) -> Json {
        if let Some(at) = self.waiting.iter().position(&is_wanted) {
            return self.waiting.remove(at);
        }
        loop {
            let message = self.incoming.recv_timeout(PATIENCE).expect("an answer");
            if is_wanted(&message) {
                return message;
            }
            self.waiting.push(message);
        }
    }

    pub fn open(&mut self, path: &str, text: &str) {
        let uri = self.uri(path);
        let document = json!({ "uri": uri, "languageId": "toml", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Opens a file as it is on the disk.
    pub fn open_file(&mut self, path: &str) {
        let text = fs::read_to_string(self.root.join(path)).unwrap();
        self.open(path, &text);
    }

    /// Puts another text into an open file.
    pub fn write(&mut self, path: &str, version: i64, text: &str) {
        let document = json!({ "uri": self.uri(path), "version": version });
        let changes = json!([{ "text": text }]);
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// What is shown in a file once it is that version: rule, line and the first line of the message.
    pub fn shown(&mut self, path: &str, version: impl Into<Json>) -> Vec<(String, u64, String)> {
        self.diagnostics(path, version.into())
            .into_iter()
            .map(|found| {
                let message = found["message"].as_str().unwrap();
                (
                    found["code"].as_str().unwrap().to_owned(),
                    found["range"]["start"]["line"].as_u64().unwrap(),
                    message.lines().next().unwrap().to_owned(),
                )
            })
            .collect()
    }

    pub fn diagnostics(&mut self, path: &str, version: Json) -> Vec<Json> {
        let uri = self.uri(path);
        let told = self.wait_for(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri.as_str()
                && message["params"].get("version").cloned().unwrap_or_default() == version
        });
        told["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// A question about the place of the `|` in a text that is written into the file, without the `|`.
    pub fn at_mark(&mut self, method: &str, path: &str, version: i64, marked: &str) -> Json {
        let (text, position) = unmarked(marked);
        self.write(path, version, &text);
        let params = json!({ "textDocument": { "uri": self.uri(path) }, "position": position });
        let answer = self.request(method, params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    /// What the server has had of processors so far; nothing where the system does not tell.
    pub fn processor_time(&self) -> Option<Duration> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.server.id())).ok()?;
        // proc(5): behind the name, the twelfth and thirteenth are in hundredths of a second.
        let (_, rest) = text.rsplit_once(") ")?;
        let ticks = rest.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok());
        Some(Duration::from_millis(ticks.sum::<u64>() * 10))
    }

    pub fn exit_status(mut self) -> (ExitStatus, String) {
        drop(self.input.take());
        let mut error = String::new();
        self.server.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        (self.server.wait().unwrap(), error)
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The text without its mark, and the mark's position.
pub fn unmarked(marked: &str) -> (String, Json) {
    let at = marked.find('|').expect("a mark");
    let before = &marked[..at];
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
    (marked.replacen('|', "", 1), json!({ "line": line, "character": column }))
}

/// A text after the edits of one file.
pub fn edited(text: &str, edits: &Json) -> String {
    let offset = |position: &Json| {
        let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let mut units = position["character"].as_u64().unwrap();
        let mut at = start;
        for found in text[start..].chars() {
            if units == 0 {
                break;
            }
            units -= found.len_utf16() as u64;
            at += found.len_utf8();
        }
        at
    };
    let mut changes: Vec<(usize, usize, &str)> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (offset(&range["start"]), offset(&range["end"]), edit["newText"].as_str().unwrap())
        })
        .collect();
    changes.sort_unstable();
    let mut edited = text.to_owned();
    for (start, end, replacement) in changes.into_iter().rev() {
        edited.replace_range(start..end, replacement);
    }
    edited
}

/// The next message that the server has written; it writes nothing else.
fn read(output: &mut impl std::io::BufRead) -> Option<Json> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        assert!(line.ends_with("\r\n"), "{line:?}");
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", number)) => length = number.parse().ok(),
            None if line == "\r\n" => break,
            other => panic!("{other:?}"),
        }
    }
    let mut body = vec![0; length.expect("a length")];
    output.read_exact(&mut body).ok()?;
    let message: Json = serde_json::from_slice(&body).unwrap();
    assert_eq!(message["jsonrpc"], "2.0");
    Some(message)
}
