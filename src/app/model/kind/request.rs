//! A request of HTTP: it asks for a page, and ends when that has come.

use super::{asked::Kind, kept::put};
use crate::{
    engine::Command,
    model::{Encoding, FetchConfig, Name, Script, SessionFile, SessionId, Snippet},
    snippet::{self, Impossible},
    ui::{
        action::{Dialog, Tab},
        frame::sessions::Group,
    },
    words::text,
};

impl Kind for FetchConfig {
    fn word(&self) -> &'static str {
        "request"
    }

    fn group(&self) -> Group {
        Group::Clients
    }

    fn form(&self) -> Dialog {
        Dialog::Connect
    }

    fn tab(&self) -> Tab {
        Tab::Http
    }

    fn name(&self) -> String {
        text!("HTTP client").to_owned()
    }

    fn address(&self) -> String {
        self.url.trim_start_matches("http://").to_owned()
    }

    fn command(&self, session: SessionId) -> Command {
        Command::Fetch { session, config: self.clone(), feed: None }
    }

    fn is_http(&self) -> bool {
        true
    }

    fn takes_messages(&self) -> bool {
        false
    }

    fn programs(&self) -> &'static [Snippet] {
        &Snippet::REQUEST
    }

    fn program(&self, snippet: Snippet, _: &Name, _: &dyn Fn() -> Vec<Vec<u8>>) -> Result<String, Impossible> {
        snippet::request(snippet, self)
    }

    fn keep(&self, file: &mut SessionFile, before: &SessionFile, name: &str, _: Encoding, _: &Script) {
        put(&mut file.requests, &before.requests, name, self);
    }
}
