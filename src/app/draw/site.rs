//! The panel of the HTTP listener that is chosen.

use egui::Ui;

use super::Draw;
use crate::{
    model::{Direction, Recipe},
    ui::{
        action::Action,
        views::site::{Moving, SiteInput},
    },
};

impl Draw<'_> {
    /// Draws the panel of the chosen HTTP listener.
    pub(super) fn site(&mut self, ui: &mut Ui, asked: &mut Vec<Action>) {
        let Some(id) = self.model.state.chosen_session() else { return };
        let Some(session) = self.model.state.sessions.get(&id) else { return };
        let Some(config) = session.plan.listen() else { return };
        let Recipe::Http(site) = &config.recipe else { return };
        let Some(access) = self.model.access(id, session) else { return };
        let url = format!("http://{}/", self.model.reachable(session));
        let moving: Vec<Moving> = session
            .connections
            .iter()
            .filter_map(|connection| {
                let shared = &self.model.state.connections.get(connection)?.shared;
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
            access: &access,
            site,
            serving: &config.serving,
            token: session.token.as_deref(),
            moving: &moving,
            journal: &self.model.journal,
            said: &session.said,
        };
        self.model.views.site.show(ui, &input, asked);
    }
}
