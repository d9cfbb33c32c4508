//! The HTTP listener that is chosen: what its panel shows, and what it tells.

use egui::Ui;

use super::{
    state::{Plan, SAID},
    window::Window,
};
use crate::{
    engine::Command,
    model::{ConnectionId, Direction, Recipe, Serving, SessionId, Site, SiteNews},
    ui::{
        kit::Tone,
        site_panel::{Moving, SiteInput},
        views::ViewIntent,
    },
    words::{size, text},
};

impl Window {
    /// Draws the panel of the chosen HTTP listener.
    pub(super) fn site(&mut self, ui: &mut Ui, asked: &mut Vec<ViewIntent>) {
        let Some(id) = self.state.chosen_session() else { return };
        let Some(session) = self.state.sessions.get(&id) else { return };
        let Plan::Listen(config) = &session.plan else { return };
        let Recipe::Http(site) = &config.recipe else { return };
        let url = format!("http://{}/", self.reachable(session));
        let moving: Vec<Moving> = session
            .connections
            .iter()
            .filter_map(|connection| {
                let shared = &self.state.connections.get(connection)?.shared;
                let (exchange, moved) = shared.exchange()?;
                Some(Moving {
                    peer: shared.identity().names.peer.to_string(),
                    name: exchange.name,
                    inbound: exchange.direction == Direction::Inbound,
                    moved,
                    total: exchange.total,
                })
            })
            .take(20)
            .collect();
        let input = SiteInput {
            session: id,
            url: &url,
            here_only: session.local.inet().is_none_or(|local| local.ip().is_loopback()),
            site,
            serving: &config.serving,
            token: session.token.as_deref(),
            moving: &moving,
            journal: self.engine.journal(),
            said: &session.said,
        };
        if let Some(pick) = self.views.site.show(ui, &input, asked) {
            self.choose(pick);
        }
    }

    /// Lets a running listener show something else, also after it was started again.
    pub(super) fn serve(&mut self, session: SessionId, site: Site, serving: Serving) {
        let Some(entry) = self.state.sessions.get_mut(&session) else { return };
        let Plan::Listen(config) = &mut entry.plan else { return };
        config.recipe = Recipe::Http(site.clone());
        config.serving = serving.clone();
        self.state.rows_are_old = true;
        self.command(Command::Serve { session, site, serving });
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
                let words = text!("Saved {path} · {size}", path = path.display(), size = size(length));
                self.state.say(Tone::Good, words);
            }
            SiteNews::Said { connection, text: words, picture } => {
                let who = who(connection);
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
