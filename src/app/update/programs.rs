//! Sessions and requests as programs, curl commands as requests, and what happens with a large body.

use std::sync::Arc;

use super::super::model::{Effect, Model};
use crate::{
    engine::Command,
    model::{Arrival, ConnectionId, Event, FetchConfig, Large, SessionId, Snippet},
    snippet::{self, Impossible, curl},
    ui::kit::Tone,
    words::text,
};

/// Records that are looked through for what a client sent, and bytes of it that fit into a program.
const LOOK: usize = 10_000;
const SENT: usize = 64 << 10;

impl Model {
    /// Puts a session on the clipboard as a program.
    pub(super) fn copy_as(&mut self, id: SessionId, kind: Snippet) {
        let Some(session) = self.state.sessions.get(&id) else { return };
        let newest = session.connections.last();
        let sent = || newest.map_or_else(Vec::new, |connection| self.sent(*connection));
        let program = session.plan.kind().program(kind, &session.local, &sent);
        self.copy_program(kind, program);
    }

    /// Puts a request on the clipboard as a program.
    pub(super) fn copy_request(&mut self, kind: Snippet, config: &FetchConfig) {
        self.copy_program(kind, snippet::request(kind, config));
    }

    fn copy_program(&mut self, kind: Snippet, program: Result<String, Impossible>) {
        match program {
            Ok(program) => {
                self.effect(Effect::CopyText(program));
                self.state.say(Tone::Good, text!("Copied as {kind}; it runs as it stands", kind = kind.name()));
            }
            Err(why) => self.state.say(Tone::Warning, why.to_string()),
        }
    }

    /// What went out over a connection, oldest first.
    fn sent(&self, id: ConnectionId) -> Vec<Vec<u8>> {
        let Some(known) = self.state.connections.get(&id) else { return Vec::new() };
        let journal = &self.journal;
        let (mut messages, mut size) = (Vec::new(), 0);
        let mut next = Some(known.shared.last()).filter(|seq| *seq > 0);
        for _ in 0..LOOK {
            let Some(seq) = next else { break };
            let row = journal.with_row(seq, |row| {
                let payload = (row.head.event == Event::Send).then(|| row.payload.to_vec());
                (payload, row.previous())
            });
            let Some((payload, previous)) = row else { break };
            if let Some(payload) = payload {
                size += payload.len();
                if size > SENT {
                    break;
                }
                messages.push(payload);
            }
            next = previous;
        }
        messages.reverse();
        messages
    }

    /// Fills the form of a request from a curl command, and says what could not be taken over.
    pub(super) fn paste_curl(&mut self, command: &str) {
        match curl::parse(command) {
            Ok(mut pasted) => {
                self.views.http.load(&pasted.config);
                if pasted.config.output.is_some() {
                    pasted.notes.push(text!("the body is shown here; save it from there").to_owned());
                }
                if pasted.notes.is_empty() {
                    self.state.say(Tone::Good, text!("The form is filled from the curl command"));
                } else {
                    self.state.say(Tone::Warning, pasted.notes.join("\n"));
                }
            }
            Err(why) => self.state.say(Tone::Warning, why.to_string()),
        }
    }

    /// Tells the chosen fetch what to do with a large body.
    pub(super) fn decide(&mut self, large: Large) {
        let Some(session) = self.state.chosen_session() else { return };
        if let Some(page) = self.state.sessions.get_mut(&session).and_then(|entry| entry.page.as_mut()) {
            Arc::make_mut(page).arrival = Arrival::Coming;
        }
        self.command(Command::Decide { session, large });
    }
}
