//! Who visits a site: one row an address, which opens to its connections.

use std::net::IpAddr;

use egui::{RichText, Role, Ui, WidgetInfo};

use crate::{
    model::{ConnectionId, SessionId},
    ui::{
        action::{Action, Selection},
        icons,
        kit::{self, Button},
        theme::{self, Palette, SPACE, SPACE_LARGE},
    },
    words::{counted, grouped, text},
};

/// The connections of one address.
#[derive(Clone, Debug)]
pub struct VisitorFacts {
    /// `None` for one whose end has no address.
    pub address: Option<IpAddr>,
    /// `Anna (10.0.0.2)`.
    pub name: String,
    /// Connections that live.
    pub live: usize,
    /// Some of them with the names of their other ends, while they are named.
    pub named: Vec<(ConnectionId, String)>,
    /// How many have ended.
    pub ended: usize,
    /// Its connections are named.
    pub open: bool,
}

/// The rows; nothing where nobody is here.
pub(super) fn rows(ui: &mut Ui, session: SessionId, visitors: &[VisitorFacts], actions: &mut Vec<Action>) {
    if visitors.is_empty() {
        return;
    }
    ui.add_space(SPACE / 2.0);
    kit::section_title(ui, text!("Visitors"));
    ui.add_space(2.0);
    for visitor in visitors {
        ui.push_id(("visitor", visitor.address), |ui| row(ui, session, visitor, actions));
    }
}

fn row(ui: &mut Ui, session: SessionId, visitor: &VisitorFacts, actions: &mut Vec<Action>) {
    let sign = if visitor.open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
    let words = format!("{} · {}", visitor.name, grouped(visitor.live as u64));
    let response = ui.add(Button::quiet(sign, &words));
    response.widget_info(|| WidgetInfo::selected(Role::DisclosureTriangle, true, visitor.open, &words));
    if response.clicked() {
        actions.push(Action::ShowVisitor(session, visitor.address, !visitor.open));
    }
    if !visitor.open {
        return;
    }
    ui.indent("connections", |ui| {
        for (connection, name) in &visitor.named {
            if ui.add(Button::quiet(icons::ARROW_ELBOW_DOWN_RIGHT, name)).clicked() {
                actions.push(Action::Select(Selection::Connection(*connection)));
            }
        }
        let more = visitor.live.saturating_sub(visitor.named.len()) as u64;
        if more > 0 {
            muted(ui, counted!("{n} more in the list", n = more));
        }
        if visitor.ended > 0 {
            muted(ui, counted!("{n} ended", n = visitor.ended as u64));
        }
    });
}

fn muted(ui: &mut Ui, words: String) {
    let color = Palette::of(ui).muted;
    ui.horizontal(|ui| {
        // Below the words of the buttons above.
        ui.add_space(SPACE_LARGE * 2.0);
        ui.label(RichText::new(words).font(theme::label()).color(color));
    });
}
