//! The panel of the HTTP listener that is chosen, and what its visitors brought.

use egui::Ui;

use super::{
    super::model::{board::Visitors, naming},
    Draw,
};
use crate::{
    model::{Direction, Encoding, Recipe, SessionId},
    ui::{
        action::Action,
        views::{
            conversation::{self, ConversationInput, Posts, Waiting, Whole, Whose},
            shared::{moving::Moving, wording},
            site::SiteInput,
        },
    },
    words::text,
};

/// Transfers that are shown at once.
const MOVING: usize = 20;
/// Characters of a transfer's name.
const NAME: usize = 200;

impl Draw<'_> {
    /// Draws the panel of the chosen HTTP listener.
    pub(super) fn site(&mut self, ui: &mut Ui, asked: &mut Vec<Action>) {
        let Some(id) = self.model.state.chosen_session() else { return };
        let Some(session) = self.model.state.sessions.get(&id) else { return };
        let Some(config) = session.plan.listen() else { return };
        let Recipe::Http(site) = &config.recipe else { return };
        let Some(access) = self.model.access(id, session) else { return };
        let url = format!("http://{}/", self.model.reachable(session));
        let moving = self.moving(id, |_| true);
        let input = SiteInput {
            session: id,
            url: &url,
            access: &access,
            site,
            serving: &config.serving,
            token: session.token.as_deref(),
            moving: &moving,
            journal: &self.model.journal,
        };
        self.model.views.site.show(ui, &input, asked);
    }

    /// Draws what visitors of the chosen HTTP listener brought and what was said to them; how they get there as long as
    /// nothing was.
    pub(super) fn visitors(&mut self, ui: &mut Ui, id: SessionId, asked: &mut Vec<Action>) {
        let Some(session) = self.model.state.sessions.get(&id) else { return };
        // What goes out is asked for, and listed on the page of the site.
        let moving = self.moving(id, |direction| direction == Direction::Inbound);
        if session.posts.is_empty() && moving.is_empty() {
            let address = naming::address(session);
            let title = text!("{title} on {address}", title = naming::title(session), address = address);
            let access = self.model.access(id, session);
            let waiting = Waiting {
                title: &title,
                access: access.as_ref(),
                hint: Some(text!("What visitors write, and the pictures and files that they send, appears here.")),
                path: if session.local.inet().is_none() { &address } else { "" },
                again: None,
            };
            return conversation::waiting(ui, &waiting, asked);
        }
        let peers = Visitors { session: id, board: &session.posts };
        let posts = Posts { held: session.posts.posts(), all: session.posts.all(), moving: &moving };
        let input = ConversationInput {
            whose: Whose::Visitors(Whole { peers: &peers, only: &session.only }, posts),
            journal: &self.model.journal,
            objects: &self.model.objects,
            pictures: self.pictures,
            // A board has no other.
            encoding: Encoding::Utf8,
            keeping: None,
        };
        self.model.views.conversation.show(ui, &input, asked);
    }

    /// What is on its way between a site and its visitors.
    fn moving(&self, id: SessionId, wanted: impl Fn(Direction) -> bool) -> Vec<Moving> {
        let Some(session) = self.model.state.sessions.get(&id) else { return Vec::new() };
        let live = session.connections.iter().filter(|connection| !session.over.contains(*connection));
        live.filter_map(|connection| {
            let shared = &self.model.state.connections.get(connection)?.shared;
            let (exchange, moved) = shared.exchange().filter(|(exchange, _)| wanted(exchange.direction))?;
            Some(Moving {
                peer: shared.identity().names.peer.to_string(),
                name: wording::escape(exchange.name.as_bytes(), NAME),
                inbound: exchange.direction == Direction::Inbound,
                moved,
                total: exchange.total,
            })
        })
        .take(MOVING)
        .collect()
    }
}
