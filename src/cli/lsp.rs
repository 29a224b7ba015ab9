//! `stackgen lsp`: the Language Server Protocol over standard input and output.

use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf, absolute_utf8};
use clap::Args;
use lsp_server::{ErrorCode, Message, RequestId, Response};

use super::{Exit, Global, Project};
use crate::editor::{Incoming, Server, Worlds, read};
use crate::source::{Disk, World};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen lsp   what an editor's settings name as the server's command

Editors start it; docs/editor.md says how each is told to. It looks at the stack that an open file belongs to, or at that of `--file` alone.

Exit codes:
  0  the editor said goodbye
  1  it left without a word
  2  what came in was not the protocol")]
pub struct LspArgs {
    /// Taken from the editors that pass it; there is no other way
    #[arg(long)]
    stdio: bool,
}

/// How long the editor must be quiet before its text is read again, and the longest that it is waited for.
const QUIET: Duration = Duration::from_millis(8);
const LONGEST_QUIET: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_millis(400);

/// Messages read and not handled yet. A text that waits here is held twice, so only so many.
const QUEUED: usize = 64;

pub fn run(global: &Global, _: &LspArgs) -> anyhow::Result<Exit> {
    let worlds: Worlds = Box::new(|root: &Utf8Path| Box::new(Disk::new(root.to_owned())) as Box<dyn World>);
    let mut conversation = Conversation {
        server: Server::new(worlds, only(global)?),
        queue: VecDeque::new(),
        stale_since: None,
        quiet: QUIET,
    };
    let ended = conversation.run(&incoming());
    match (ended, conversation.server.ended()) {
        (Err(error), _) => Err(error).context("the conversation with the editor broke off"),
        (Ok(()), Some(true)) => Ok(Exit::Done),
        // What the protocol asks for where nobody said goodbye.
        (Ok(()), _) => Ok(Exit::NotWritten),
    }
}

/// The stack of `--file`, by its absolute folder.
fn only(global: &Global) -> anyhow::Result<Option<(Utf8PathBuf, Utf8PathBuf)>> {
    let Some(file) = &global.file else { return Ok(None) };
    let project = Project::find(Some(file))?;
    let root = absolute_utf8(&project.root).with_context(|| format!("`{}` cannot be found", project.root))?;
    Ok(Some((root, project.file)))
}

/// Everything that comes in, read beside the work on it.
fn incoming() -> Receiver<io::Result<Incoming>> {
    let (sender, receiver) = sync_channel(QUEUED);
    thread::spawn(move || {
        let mut input = io::stdin().lock();
        while let Some(read) = read(&mut input).transpose() {
            let is_last = read.is_err();
            if sender.send(read).is_err() || is_last {
                break;
            }
        }
    });
    receiver
}

struct Conversation {
    server: Server,
    queue: VecDeque<Message>,
    /// When the first change came that was not read again since.
    stale_since: Option<Instant>,
    /// As long as the last reading took, so that a large stack is not read at each key.
    quiet: Duration,
}

impl Conversation {
    fn run(&mut self, incoming: &Receiver<io::Result<Incoming>>) -> io::Result<()> {
        while self.server.ended().is_none() {
            if self.queue.is_empty() {
                match self.wait(incoming) {
                    Ok(read) => self.take(read?)?,
                    Err(RecvTimeoutError::Timeout) => self.refresh()?,
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            while self.queue.len() < QUEUED
                && let Ok(read) = incoming.try_recv()
            {
                // What came before the end is answered first.
                match read {
                    Ok(read) => self.take(read)?,
                    Err(error) => {
                        self.answer_all()?;
                        return Err(error);
                    }
                }
            }
            self.answer_next()?;
        }
        Ok(())
    }

    fn answer_all(&mut self) -> io::Result<()> {
        while !self.queue.is_empty() {
            self.answer_next()?;
        }
        Ok(())
    }

    fn answer_next(&mut self) -> io::Result<()> {
        let Some(message) = self.queue.pop_front() else { return Ok(()) };
        let answers = match cancelled(&message, &self.queue) {
            Some(id) => vec![refused(id)],
            None => self.server.handle(message),
        };
        send(&answers)?;
        self.note_staleness();
        Ok(())
    }

    fn take(&mut self, read: Incoming) -> io::Result<()> {
        match read {
            Incoming::Message(message) => self.queue.push_back(message),
            Incoming::Unreadable(problem) => send_unreadable(&problem)?,
        }
        Ok(())
    }

    /// The next message; or a timeout, once the editor has been quiet for long enough after a change.
    fn wait(
        &self,
        incoming: &Receiver<io::Result<Incoming>>,
    ) -> Result<io::Result<Incoming>, RecvTimeoutError> {
        let Some(since) = self.stale_since else {
            return incoming.recv().map_err(|_| RecvTimeoutError::Disconnected);
        };
        let left = LONGEST_WAIT.saturating_sub(since.elapsed());
        incoming.recv_timeout(self.quiet.min(left))
    }

    fn refresh(&mut self) -> io::Result<()> {
        let start = now();
        let messages = self.server.refresh();
        self.quiet = start.elapsed().clamp(QUIET, LONGEST_QUIET);
        self.note_staleness();
        send(&messages)
    }

    fn note_staleness(&mut self) {
        self.stale_since = match (self.server.is_stale(), self.stale_since) {
            (false, _) => None,
            (true, since) => since.or_else(|| Some(now())),
        };
    }
}

#[expect(clippy::disallowed_methods, reason = "how long an editor is quiet is a matter of the clock")]
fn now() -> Instant {
    Instant::now()
}

/// The request, if a message behind it takes it back.
fn cancelled(message: &Message, behind: &VecDeque<Message>) -> Option<RequestId> {
    let Message::Request(request) = message else { return None };
    let takes_back = |message: &Message| match message {
        Message::Notification(found) if found.method == "$/cancelRequest" => {
            let id = found.params.get("id").cloned().unwrap_or_default();
            serde_json::from_value::<RequestId>(id).is_ok_and(|id| id == request.id)
        }
        _ => false,
    };
    behind.iter().any(takes_back).then(|| request.id.clone())
}

fn refused(id: RequestId) -> Message {
    Message::Response(Response::new_err(
        id,
        ErrorCode::RequestCanceled as i32,
        "the request was taken back".to_owned(),
    ))
}

fn send(messages: &[Message]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    messages.iter().try_for_each(|message| message.write(&mut output))
}

/// JSON-RPC answers what it cannot read without saying to what: no `Response` has such an id.
fn send_unreadable(problem: &str) -> io::Result<()> {
    let error = serde_json::json!({ "code": ErrorCode::ParseError as i32, "message": problem });
    let body = serde_json::json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string();
    let mut output = io::stdout().lock();
    write!(output, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    output.flush()
}
