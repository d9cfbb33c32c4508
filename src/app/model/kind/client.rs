//! A raw client: it reaches one other, and a person says what goes over it.

use super::{
    asked::Kind,
    kept::put,
    place::{carrier, place},
};
use crate::{
    engine::Command,
    model::{ConnectConfig, Encoding, Name, SavedClient, Script, SessionFile, SessionId, Snippet, SocketOptions},
    snippet::{self, Impossible},
    ui::{action::Dialog, frame::sessions::Group, views::inspector::SessionConfig},
    words::text,
};

impl Kind for ConnectConfig {
    fn word(&self) -> &'static str {
        "client"
    }

    fn group(&self) -> Group {
        Group::Clients
    }

    fn form(&self) -> Dialog {
        Dialog::Connect
    }

    fn name(&self) -> String {
        text!("client").to_owned()
    }

    fn address(&self) -> String {
        place(&self.transport, &self.host, self.port)
    }

    fn command(&self, session: SessionId) -> Command {
        Command::Connect { session, config: self.clone(), feed: None }
    }

    fn carrier(&self) -> &'static str {
        carrier(&self.transport)
    }

    fn is_datagram(&self) -> bool {
        self.transport.is_datagram()
    }

    fn options(&self) -> Option<&SocketOptions> {
        Some(&self.options)
    }

    fn facts(&self) -> Option<SessionConfig<'_>> {
        Some(SessionConfig::Connect(self))
    }

    fn programs(&self) -> &'static [Snippet] {
        &Snippet::RAW
    }

    fn program(&self, snippet: Snippet, _: &Name, sent: &dyn Fn() -> Vec<Vec<u8>>) -> Result<String, Impossible> {
        snippet::session(snippet, snippet::Session::Client(self, &sent()))
    }

    fn keep(&self, file: &mut SessionFile, before: &SessionFile, name: &str, encoding: Encoding, script: &Script) {
        let client = SavedClient { config: self.clone(), encoding, script: script.clone() };
        put(&mut file.clients, &before.clients, name, &client);
    }
}
