//! A listener: others come to it.

use super::{
    asked::Kind,
    kept::put,
    place::{carrier, place},
};
use crate::{
    engine::Command,
    model::{Encoding, ListenConfig, Name, Recipe, Script, SessionFile, SessionId, Site, Snippet, SocketOptions},
    respond,
    snippet::{self, Impossible},
    ui::{action::Dialog, frame::sessions::Group, views::inspector::SessionConfig},
    words::text,
};

impl Kind for ListenConfig {
    fn word(&self) -> &'static str {
        "listener"
    }

    fn group(&self) -> Group {
        Group::Listeners
    }

    fn form(&self) -> Dialog {
        Dialog::Listen
    }

    fn title(&self) -> String {
        title(&self.recipe)
    }

    fn name(&self) -> String {
        title(&self.recipe)
    }

    fn address(&self) -> String {
        place(&self.transport, &self.bind, self.port)
    }

    fn command(&self, session: SessionId) -> Command {
        Command::Listen { session, config: self.clone() }
    }

    fn is_listener(&self) -> bool {
        true
    }

    fn is_http(&self) -> bool {
        matches!(self.recipe, Recipe::Http(_))
    }

    fn carrier(&self) -> &'static str {
        carrier(&self.transport)
    }

    fn is_datagram(&self) -> bool {
        self.transport.is_datagram()
    }

    fn board(&self) -> Option<bool> {
        Kind::is_http(self).then_some(self.serving.board)
    }

    fn encoding(&self) -> Option<Encoding> {
        // It is read as it answers.
        self.recipe.is_written().then_some(self.encoding)
    }

    fn options(&self) -> Option<&SocketOptions> {
        Some(&self.options)
    }

    fn facts(&self) -> Option<SessionConfig<'_>> {
        Some(SessionConfig::Listen(self))
    }

    fn programs(&self) -> &'static [Snippet] {
        if Kind::is_http(self) { &[] } else { &Snippet::RAW }
    }

    fn program(&self, snippet: Snippet, local: &Name, _: &dyn Fn() -> Vec<Vec<u8>>) -> Result<String, Impossible> {
        let port = local.inet().map_or(self.port, |local| local.port());
        snippet::session(snippet, snippet::Session::Listener(&Self { port, ..self.clone() }))
    }

    fn take_any_port(&mut self) {
        self.fallback = true;
    }

    fn keep(&self, file: &mut SessionFile, before: &SessionFile, name: &str, encoding: Encoding, _: &Script) {
        let encoding = if self.recipe.is_written() { self.encoding } else { encoding };
        put(&mut file.listeners, &before.listeners, name, &Self { encoding, ..self.clone() });
    }
}

/// What a listener is called, by what it answers.
pub(in crate::app) fn title(recipe: &Recipe) -> String {
    match recipe {
        Recipe::Http(Site::Routes(_)) => text!("Routes").to_owned(),
        Recipe::Http(Site::Embedded { .. }) => text!("Page with a picture").to_owned(),
        Recipe::Http(Site::Picture(path) | Site::Folder(path)) => path
            .file_name()
            .map_or_else(|| path.to_string_lossy().into_owned(), |name| name.to_string_lossy().into_owned()),
        other => respond::info(other).map_or_else(|| other.id().to_owned(), |info| (info.title)().to_owned()),
    }
}
