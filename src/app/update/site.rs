//! What an HTTP listener shows, and what it tells.

use super::super::model::{Model, state::SAID};
use crate::{
    engine::Command,
    model::{ConnectionId, Recipe, Serving, SessionId, Site, SiteNews},
    ui::kit::Tone,
    words::{size, text},
};

impl Model {
    /// Lets a running listener show something else, also after it was started again.
    pub(super) fn serve(&mut self, session: SessionId, site: Site, serving: Serving) {
        let Some(entry) = self.state.sessions.get_mut(&session) else { return };
        let Some(config) = entry.plan.listen_mut() else { return };
        config.recipe = Recipe::Http(site.clone());
        config.serving = serving.clone();
        self.state.rows_are_old = true;
        self.state.changes += 1;
        self.command(Command::Serve { session, site, serving });
    }

    /// Something came to a site that a person will want to look at: a mark in the list, until they do.
    fn is_news(&mut self, session: SessionId) {
        if self.state.chosen_session() != Some(session)
            && let Some(entry) = self.state.sessions.get_mut(&session)
        {
            entry.news += 1;
        }
    }

    /// Takes in what happened at a site.
    pub(super) fn on_site(&mut self, session: SessionId, news: SiteNews) {
        let who = |connection: ConnectionId| match self.state.connections.get(&connection) {
            Some(known) => match known.shared.identity().names.peer.inet() {
                Some(peer) => peer.ip().to_string(),
                None => known.shared.identity().names.peer.to_string(),
            },
            None => text!("this PC").to_owned(),
        };
        match news {
            SiteNews::Token(token) => {
                if let Some(entry) = self.state.sessions.get_mut(&session) {
                    entry.token = Some(token);
                }
            }
            SiteNews::Saved { path, length, .. } => {
                self.is_news(session);
                let words = text!("Saved {path} · {size}", path = path.display(), size = size(length));
                self.state.say(Tone::Good, words);
            }
            SiteNews::Said { connection, text: words, picture } => {
                let who = who(connection);
                self.is_news(session);
                let words = if picture > 0 { text!("a picture of {size}", size = size(picture)) } else { words };
                let Some(entry) = self.state.sessions.get_mut(&session) else { return };
                entry.said.push((who, words));
                if entry.said.len() > SAID {
                    entry.said.remove(0);
                }
            }
        }
    }
}
