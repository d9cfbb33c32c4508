//! The inspector at the right: the facts of what is chosen, and asking the kernel for its own.

use std::time::Duration;

use egui::{Frame, Margin, Panel, Ui};

use super::{
    super::model::{
        layout, naming,
        state::{Phase, Session},
        visitors,
    },
    Draw,
};
use crate::{
    ui::{
        action::Action,
        theme::{INSPECTOR, Palette, room::PAGE_BESIDE_INSPECTOR},
        views::inspector::{ConnectionFacts, SessionFacts, VisitorFacts},
    },
    words::text,
};

/// The kernel is asked no more often than this, and only while something moves.
const ASK: Duration = Duration::from_millis(500);
/// Visitors that are shown, those that came last; all are in the list of sessions.
const VISITORS: usize = 30;
/// Characters of a visitor's name: the address behind it has room.
const NAME: usize = 12;
/// Connections of one visitor that are named.
const NAMED: usize = 30;

impl Draw<'_> {
    /// Draws the inspector, where there is something to inspect and room for it.
    pub(super) fn inspector(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        self.model.fits.inspector = ui.available_width() >= INSPECTOR + PAGE_BESIDE_INSPECTOR;
        if !self.model.settings.open.inspector || !self.model.fits.inspector || !self.has_details() {
            return;
        }
        let frame =
            Frame::new().fill(Palette::of(ui).panel).inner_margin(Margin { left: 14, right: 8, top: 8, bottom: 0 });
        let most = (ui.available_width() - PAGE_BESIDE_INSPECTOR).min(520.0);
        let mut asked = Vec::new();
        self.ask_kernel(&mut asked);
        let width = layout::chosen(self.model.settings.window.inspector, INSPECTOR);
        let id = format!("inspector {}", self.model.panels);
        let panel = Panel::right(id.as_str())
            .resizable(true)
            .default_size(width)
            .size_range(220.0..=most.max(221.0))
            .frame(frame)
            .show(ui, |ui| self.facts(ui, &mut asked));
        layout::name_edge(ui, &id);
        self.model.settings.window.inspector = panel.response.rect.width().round();
        actions.extend(asked);
    }

    /// The same as a sheet over the window, where there is no room beside the page.
    pub(super) fn details(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let mut asked = Vec::new();
        self.ask_kernel(&mut asked);
        self.facts(ui, &mut asked);
        actions.extend(asked);
    }

    /// Whether there are facts to show. A client without a connection has nothing that its page does not say.
    pub(super) fn has_details(&self) -> bool {
        if !self.model.state.view().entry().inspector {
            return false;
        }
        let session = self.model.state.chosen_session().and_then(|id| self.model.state.sessions.get(&id));
        self.model.state.chosen().is_some() || session.is_some_and(Session::is_listener)
    }

    fn facts(&mut self, ui: &mut Ui, asked: &mut Vec<Action>) {
        let Some(id) = self.model.state.chosen_session() else { return };
        let Some(session) = self.model.state.sessions.get(&id) else { return };
        let kind = session.plan.kind();
        let (name, options) = (kind.name(), kind.options());
        if let Some(connection) = self.model.state.chosen() {
            let title = text!("Connection {id} · {name}", id = connection.id(), name = name);
            // What TCP can do means nothing to a socket at a path.
            let options = options.filter(|_| !connection.identity().socket.is_unix());
            let facts = ConnectionFacts::of(connection, &title, options);
            self.model.views.inspector.connection(ui, &facts, asked);
            return;
        }
        let Some(config) = kind.facts() else { return };
        // Where nobody is connected, and for a site, the page in the middle says it.
        let access = self.model.access(id, session).filter(|_| !session.is_http() && !session.connections.is_empty());
        let site = session.is_site();
        let visitors = if site { self.model.visitors.look(&self.model.state, id) } else { &[] };
        let visitors: Vec<VisitorFacts> = visitors
            .iter()
            .filter(|visitor| !visitor.live.is_empty())
            .rev()
            .take(VISITORS)
            .map(|visitor| VisitorFacts {
                address: visitor.address,
                name: called(visitors::who(&self.model.state, id, visitor.address)),
                live: visitor.live.len(),
                named: if session.open_visitors.contains(&visitor.address) {
                    let known = visitor.live.iter().filter_map(|id| self.model.state.connections.get(id));
                    known.take(NAMED).map(|known| (known.shared.id(), naming::peer(known))).collect()
                } else {
                    Vec::new()
                },
                ended: visitor.ended.len(),
                open: session.open_visitors.contains(&visitor.address),
            })
            .collect();
        let facts = SessionFacts {
            session: id,
            visitors: &visitors,
            title: &name,
            config,
            local: Some(&session.local).filter(|name| !name.is_unnamed()),
            access: access.as_ref(),
            running: session.phase != Phase::Over,
            presence: session.presence,
            failure: session.failure.as_ref(),
            descriptor: session.descriptor,
            connections: session.live,
            served: session.connections.len() as u64 + session.dropped,
        };
        self.model.views.inspector.session(ui, &facts, asked);
    }

    /// Asks the kernel about the chosen connection when a frame is drawn anyway, and looks at the answer once.
    fn ask_kernel(&self, asked: &mut Vec<Action>) {
        let Some(connection) = self.model.state.chosen().filter(|connection| !connection.state().is_over()) else {
            return;
        };
        let id = connection.id();
        let due = self.model.inspected.is_none_or(|(of, when)| of != id || when.elapsed() > ASK);
        if due && connection.identity().socket.is_tcp() {
            asked.push(Action::Inspect(id));
        }
    }
}

/// `Anna (10.0.0.2)`; of a long name the beginning.
fn called((mut name, address): (String, String)) -> String {
    if let Some((end, _)) = name.char_indices().nth(NAME) {
        name.replace_range(end.., "…");
    }
    if name.is_empty() { address } else { format!("{name} ({address})") }
}
