//! The centre: the row of tabs and the chosen view.

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::{
    state::{Phase, Plan},
    window::Window,
};
use crate::{
    model::State as Stand,
    ui::{
        icons,
        intent::{Intent, Tab},
        kit,
        tabs::{self, TabsData},
        theme::{Palette, TAB_ROW},
    },
    words::text,
};

impl Window {
    /// Draws the tabs and the view of what is chosen.
    pub(super) fn centre(&mut self, ui: &mut Ui, intents: &mut Vec<Intent>) {
        let palette = Palette::of(ui);
        let row = Frame::new().fill(palette.panel).inner_margin(Margin { left: 12, right: 12, top: 0, bottom: 0 });
        Panel::top("tabs").exact_size(TAB_ROW).resizable(false).frame(row).show(ui, |ui| {
            tabs::show(ui, self.tabs(), intents);
        });
        let page = Frame::new().fill(palette.background);
        CentralPanel::no_frame().frame(page).show(ui, |ui| self.view(ui, intents));
    }

    fn tabs(&self) -> TabsData {
        let id = self.state.chosen_session();
        let session = id.and_then(|id| self.state.sessions.get(&id));
        let live = self.state.chosen().filter(|connection| !connection.state().is_over());
        TabsData {
            chosen: self.state.tab,
            http: session.is_some_and(super::state::Session::is_http),
            connection: live.map(|connection| {
                let open = matches!(connection.state(), Stand::Established | Stand::CloseWait);
                (connection.id(), open)
            }),
            listener: id.filter(|_| {
                live.is_none()
                    && session.is_some_and(|entry| {
                        entry.phase != Phase::Over && matches!(entry.plan, Plan::Listen(_))
                    })
            }),
            again: id.filter(|_| session.is_some_and(|entry| entry.phase == Phase::Over)),
        }
    }

    fn view(&mut self, ui: &mut Ui, _intents: &mut Vec<Intent>) {
        ui.add_space(120.0);
        let words = match self.state.tab {
            Tab::Conversation => text!("Conversation"),
            Tab::Journal => text!("Journal"),
            Tab::Pictures => text!("Pictures"),
            Tab::Http => text!("HTTP"),
        };
        kit::empty_state(ui, icons::TRAY, words, text!("Nothing here yet"));
    }

    pub(super) fn find(&mut self, _words: &str) {
        self.state.tab = Tab::Journal;
    }

    pub(super) fn send_typed(&mut self) {}

    pub(super) fn save_chosen(&mut self) {}

    pub(super) fn can_save(&self) -> bool {
        false
    }
}
