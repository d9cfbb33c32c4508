//! The centre: the row of tabs and the chosen view.

use egui::{CentralPanel, Context, Frame, Margin, Panel, Ui};

use super::{
    rows,
    state::{Phase, Plan},
    window::Window,
};
use crate::{
    journal::Kinds,
    model::State as Stand,
    ui::{
        form, icons,
        intent::{Intent, Tab},
        kit,
        tabs::{self, TabsData},
        theme::{Palette, TAB_ROW},
        views::{
            ViewIntent,
            conversation::{self, ConversationInput, Waiting},
            journal::JournalInput,
            table::RowSource,
        },
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

    fn view(&mut self, ui: &mut Ui, intents: &mut Vec<Intent>) {
        let mut asked = Vec::new();
        match self.state.tab {
            Tab::Conversation => self.conversation(ui, &mut asked),
            Tab::Journal => {
                let rows = self.search.matches().map_or(RowSource::All, RowSource::Matches);
                let input = JournalInput {
                    journal: self.engine.journal(),
                    objects: self.engine.objects(),
                    rows,
                    searching: self.search.is_running(),
                    pictures: &self.pictures,
                };
                self.views.journal.show(ui, &input, &mut asked);
            }
            Tab::Pictures | Tab::Http => {
                ui.add_space(120.0);
                kit::empty_state(ui, icons::TRAY, text!("Pictures"), text!("Nothing here yet"));
            }
        }
        intents.extend(asked.into_iter().map(|intent| Intent::View(Box::new(intent))));
    }

    fn conversation(&mut self, ui: &mut Ui, asked: &mut Vec<ViewIntent>) {
        if let Some(connection) = self.state.chosen() {
            let input = ConversationInput {
                connection,
                journal: self.engine.journal(),
                objects: self.engine.objects(),
                pictures: &self.pictures,
            };
            self.views.conversation.show(ui, &input, asked);
            return;
        }
        let Some(session) = self.state.chosen_session().and_then(|id| self.state.sessions.get(&id)) else { return };
        let address = rows::address(session);
        if let Plan::Listen(config) = &session.plan {
            let title = text!("{title} on {address}", title = rows::title(&config.recipe), address = address);
            let waiting = Waiting {
                title: &title,
                address: &self.reachable(session),
                connections: session.connections.len(),
                stopped: session.phase == Phase::Over,
            };
            conversation::waiting(ui, &waiting, asked);
            return;
        }
        ui.add_space((ui.available_height() / 3.0).floor());
        match (&session.failure, session.phase) {
            (Some(failure), _) => {
                let hint = format!("{} · {}", form::capitalised(&failure.hint), failure.code());
                let title = format!("{}: {}", failure.address, failure.message);
                kit::empty_state(ui, icons::LINK_BREAK, &title, hint.trim_start_matches(" · "));
            }
            (None, Phase::Starting) => {
                let hint = text!("It is given up when nothing answers in time.");
                kit::empty_state(ui, icons::PLUGS, &text!("Connecting to {address}", address = address), hint);
            }
            (None, _) => {
                kit::empty_state(ui, icons::PLUGS, &address, text!("There is no connection any more."));
            }
        };
    }

    /// What another program has to connect to: this PC's own address where a listener takes all of them.
    fn reachable(&self, session: &super::state::Session) -> String {
        let local = session.local.inet().filter(|local| local.ip().is_unspecified());
        match (local, &self.best_address) {
            (Some(local), Some(best)) if best.contains(':') => format!("[{best}]:{}", local.port()),
            (Some(local), Some(best)) => format!("{best}:{}", local.port()),
            _ => rows::address(session),
        }
    }

    /// Shows the records that hold what was typed.
    pub(super) fn find(&mut self, ctx: &Context, words: &str) {
        if self.state.chosen_session().is_some() {
            self.state.tab = Tab::Journal;
        }
        let mut asked = Vec::new();
        self.views.journal.set_filter(Kinds::All, words, &mut asked);
        for intent in asked {
            self.perform(ctx, intent);
        }
    }

    pub(super) fn send_typed(&mut self) {}

    pub(super) fn save_chosen(&mut self) {}

    pub(super) fn can_save(&self) -> bool {
        false
    }
}
