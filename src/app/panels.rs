//! Where everything is in the window: the bars, the list of sessions, the centre, what lies over it.

use egui::{Align2, Area, Color32, Frame, Id, Margin, Modal, Order, Panel, RichText, Stroke, Ui, Vec2, vec2};

use super::{
    layout, rows,
    state::{Phase, Plan},
    window::{Overlay, Window},
};
use crate::{
    model::SessionId,
    ui::{
        about,
        connect_form::{self, ConnectData, Reach},
        help, icons,
        intent::{Dialog, Intent, Tab},
        kit, labs,
        listen_form::{self, ListenData, ResponderKind},
        offer, palette, path_page, reach_form, sessions, settings,
        start::{self, StartData},
        status_bar::{self, StatusData},
        theme::{self, Palette, SIDE_PANEL, STATUS_BAR, TOP_BAR},
        toast,
        top_bar::{self, TopBarData},
    },
    words::text,
};

/// What the list of sessions leaves to the rest of the window, at least.
const CENTRE: f32 = 460.0;

impl Window {
    /// Draws the whole window; what the person asks for is added to `intents`.
    pub(super) fn panels(&mut self, ui: &mut Ui, intents: &mut Vec<Intent>) {
        let palette = Palette::of(ui);
        let listen = self.listen.failure.is_some().then(|| self.settings.listen.clone());
        let connect = self.connect.failure.is_some().then(|| self.settings.connect.clone());
        let bar = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(12, 0));
        Panel::top("top bar").exact_size(TOP_BAR).resizable(false).frame(bar).show(ui, |ui| {
            let open = self.overlay.as_ref().map(Overlay::dialog);
            let labs = &self.labs.entries;
            let recent = self.settings.recent.list();
            let data = TopBarData { theme: self.settings.preferences.theme, open, labs, recent };
            top_bar::show(ui, data, &mut self.find, intents);
        });
        Panel::bottom("status bar").exact_size(STATUS_BAR).resizable(false).frame(bar).show(ui, |ui| {
            status_bar::show(ui, &self.status(), intents);
        });
        // Zoomed in, a small window has no room for a wide list beside the centre.
        let width = ui.available_width();
        if self.settings.sessions_open && width > 420.0 {
            let side = Frame::new().fill(palette.panel);
            let most = (width - CENTRE).clamp(150.0, 480.0);
            // A width of its own, so that zooming in and out again gives the old one back.
            let id = if most < SIDE_PANEL { "sessions, narrow" } else { "sessions" };
            let panel = Panel::left(id)
                .resizable(true)
                .default_size(layout::chosen(self.settings.window.sessions, SIDE_PANEL).min(most))
                .size_range(140.0..=most)
                .frame(side)
                .show(ui, |ui| self.sessions(ui, intents));
            layout::name_edge(ui, id);
            if id == "sessions" {
                self.settings.window.sessions = panel.response.rect.width().round();
            }
        }
        if self.labs.open.is_some() {
            self.lab_page(ui, intents);
        } else if self.shows_first_page() {
            self.first_page(ui, intents);
        } else {
            self.inspector(ui, intents);
            self.centre(ui, intents);
        }
        self.overlays(ui, intents);
        if ui.ctx().input(|input| !input.raw.hovered_files.is_empty()) {
            drop_hint(ui, self.drops_open());
        }
        if let Some(lightbox) = &mut self.views.lightbox {
            let mut asked = Vec::new();
            lightbox.show(ui, self.engine.objects(), &self.pictures, &mut asked);
            intents.extend(asked.into_iter().map(|intent| Intent::View(Box::new(intent))));
        }
        toast::show(ui.ctx(), self.state.toasts(), intents);
        // Why the last start failed is true of what was typed then.
        if listen.is_some_and(|tried| tried != self.settings.listen) {
            self.listen.failure = None;
        }
        if connect.is_some_and(|tried| tried != self.settings.connect) {
            self.connect.failure = None;
        }
    }

    pub(super) fn shows_first_page(&self) -> bool {
        self.labs.open.is_none() && self.state.chosen_session().is_none() && self.state.tab == Tab::Conversation
    }

    fn sessions(&mut self, ui: &mut Ui, intents: &mut Vec<Intent>) {
        if std::mem::take(&mut self.state.rows_are_old) || self.state.rows_show != self.state.selection {
            self.state.rows = rows::list(&self.state);
            self.state.rows_show = self.state.selection;
        }
        let state = &self.state;
        sessions::show(ui, &state.rows, state.selection, &|key| rows::describe(state, key), intents);
    }

    fn first_page(&mut self, ui: &mut Ui, intents: &mut Vec<Intent>) {
        let (listening, connected) = (self.same_listener(), self.same_client());
        let faults = self.faults.of(&self.settings.listen, ui.ctx());
        egui::CentralPanel::no_frame().show(ui, |ui| {
            let mut data = StartData {
                listen: &mut self.settings.listen,
                listen_data: ListenData {
                    addresses: &self.addresses,
                    failure: self.listen.failure.as_ref(),
                    running: listening,
                    starting: self.listen.pending.is_some(),
                    faults,
                    focus: false,
                },
                connect: &mut self.settings.connect,
                connect_data: ConnectData {
                    failure: self.connect.failure.as_ref(),
                    running: connected,
                    starting: self.connect.pending.is_some(),
                    focus: false,
                },
            };
            start::show(ui, &mut self.start_page, &mut data, intents);
        });
    }

    /// The running listener with exactly the values of the form.
    fn same_listener(&self) -> Option<SessionId> {
        let wanted = self.settings.listen.config().ok()?;
        self.running(|plan| matches!(plan, Plan::Listen(config) if **config == wanted))
    }

    /// The connected client with exactly the values of the form.
    fn same_client(&self) -> Option<SessionId> {
        let Ok(Reach::Raw(wanted)) = self.settings.connect.reach() else { return None };
        self.running(|plan| matches!(plan, Plan::Connect(config) if **config == wanted))
    }

    fn running(&self, same: impl Fn(&Plan) -> bool) -> Option<SessionId> {
        let mut sessions = self.state.sessions.iter();
        sessions.find(|(_, entry)| entry.phase == Phase::Running && same(&entry.plan)).map(|(id, _)| *id)
    }

    fn status(&self) -> StatusData {
        let stats = self.engine.journal().stats();
        let (received, sent) = self.state.traffic();
        let sessions = self.state.sessions.values();
        let transfer = self.state.transfers.iter().next();
        StatusData {
            listeners: sessions.clone().filter(|entry| entry.is_listener() && entry.phase == Phase::Running).count(),
            connections: sessions.map(|entry| entry.live).sum(),
            sent,
            received,
            records: stats.len(),
            memory: (self.engine.memory().used() as u64, self.engine.memory().total() as u64),
            evicted: stats.evicted,
            stalls: stats.stalls,
            address: self.best_address.clone(),
            zoom: self.settings.preferences.zoom,
            transfer: transfer.map(|(id, entry)| (*id, entry.sent, entry.total, self.state.transfers.len() - 1)),
        }
    }

    fn overlays(&mut self, ui: &mut Ui, intents: &mut Vec<Intent>) {
        let Some(mut overlay) = self.overlay.take() else { return };
        let room = ui.ctx().content_rect().size();
        let dialog = overlay.dialog();
        let id = Id::unique(("dialog", dialog));
        let (anchor, offset, width) = match dialog {
            Dialog::Listen if self.settings.listen.answer == ResponderKind::Dialog => {
                (Align2::LEFT_TOP, vec2(12.0, TOP_BAR + 4.0), 760.0)
            }
            Dialog::Listen => (Align2::LEFT_TOP, vec2(12.0, TOP_BAR + 4.0), 384.0),
            Dialog::Connect => (Align2::LEFT_TOP, vec2(top_bar::connect_left(ui.ctx()), TOP_BAR + 4.0), 384.0),
            Dialog::Attempts => (Align2::CENTER_CENTER, Vec2::ZERO, 420.0),
            Dialog::Settings => (Align2::RIGHT_TOP, vec2(-12.0, TOP_BAR + 4.0), 400.0),
            Dialog::Palette => (Align2::CENTER_TOP, vec2(0.0, TOP_BAR + 24.0), 480.0),
            Dialog::Offer | Dialog::Path => (Align2::CENTER_CENTER, Vec2::ZERO, 480.0),
            Dialog::Help | Dialog::About | Dialog::Labs => (Align2::CENTER_CENTER, Vec2::ZERO, 640.0),
        };
        let offset = if room.x < width + 2.0 * offset.x.abs() + 40.0 { vec2(0.0, offset.y) } else { offset };
        let area = Area::new(id).order(Order::Foreground).anchor(anchor, offset).default_size(room);
        let palette = Palette::of(ui);
        let frame = Frame::popup(ui.style())
            .fill(palette.raised)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(theme::RADIUS_CARD)
            .inner_margin(Margin { left: 18, right: 10, top: 14, bottom: 18 });
        let response =
            Modal::new(id).area(area).frame(frame).backdrop_color(Color32::TRANSPARENT).show(ui.ctx(), |ui| {
                ui.set_width(width.min(room.x - 64.0));
                // Not the size that it had when it was shown last.
                ui.set_max_height(room.y);
                let closed = heading(ui, dialog, self.labs.editing.is_some());
                let height = (room.y - TOP_BAR - STATUS_BAR - 88.0).max(120.0);
                if dialog == Dialog::Palette {
                    self.overlay_content(ui, &mut overlay, intents);
                } else {
                    egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
                        // The bar of a long form has a place of its own, beside the fields.
                        ui.set_width(ui.available_width() - theme::SPACE);
                        self.overlay_content(ui, &mut overlay, intents);
                        kit::scroll_by_keys(ui, height);
                    });
                }
                closed
            });
        if response.inner || response.should_close() {
            self.focus_back = self.focus_below.map(|id| (id, 2));
            ui.ctx().request_repaint();
        } else {
            self.overlay = Some(overlay);
        }
    }

    fn overlay_content(&mut self, ui: &mut Ui, overlay: &mut Overlay, intents: &mut Vec<Intent>) {
        match overlay {
            Overlay::Listen { fresh } => {
                let running = self.same_listener();
                let faults = self.faults.of(&self.settings.listen, ui.ctx());
                let data = ListenData {
                    addresses: &self.addresses,
                    failure: self.listen.failure.as_ref(),
                    running,
                    starting: self.listen.pending.is_some(),
                    faults,
                    focus: std::mem::take(fresh),
                };
                listen_form::show(ui, &mut self.settings.listen, data, intents);
            }
            Overlay::Connect { fresh } => {
                let running = self.same_client();
                let data = ConnectData {
                    failure: self.connect.failure.as_ref(),
                    running,
                    starting: self.connect.pending.is_some(),
                    focus: std::mem::take(fresh),
                };
                connect_form::show(ui, &mut self.settings.connect, data, intents);
            }
            Overlay::Settings(page) => settings::show(ui, page, &self.settings.preferences, intents),
            Overlay::Palette(page) => palette::show(ui, page, &|command| self.is_enabled(command), intents),
            Overlay::Help(page) => help::show(ui, page, &self.labs.entries, intents),
            Overlay::About(page) => about::show(ui, page, intents),
            Overlay::Offer(offer) => offer::show(ui, offer, intents),
            Overlay::Path(page) => path_page::show(ui, page, intents),
            Overlay::Attempts(form) => reach_form::show(ui, form, intents),
            Overlay::Labs => labs::browse(ui, &self.labs.entries, intents),
        }
    }
}

/// The title of a dialog with its button to close; true when that was pressed.
fn heading(ui: &mut Ui, dialog: Dialog, edits: bool) -> bool {
    let words = match dialog {
        Dialog::Listen if edits => text!("Edit the listener"),
        Dialog::Connect if edits => text!("Edit the client"),
        Dialog::Listen => text!("Listen"),
        Dialog::Connect => text!("Connect"),
        Dialog::Settings => text!("Settings"),
        Dialog::Help => text!("Help"),
        Dialog::About => text!("About Socketlab"),
        Dialog::Offer => text!("Open"),
        Dialog::Path => text!("Path of a file or folder"),
        Dialog::Labs => text!("Labs"),
        Dialog::Attempts => text!("Edit the client"),
        Dialog::Palette => text!("Commands"),
    };
    kit::is_group(ui, egui::accesskit::Role::Dialog, words);
    if dialog == Dialog::Palette {
        return false;
    }
    let closed = ui
        .horizontal(|ui| {
            let color = Palette::of(ui).text;
            let response = ui.label(RichText::new(words).font(theme::card_title()).color(color));
            kit::is_heading(&response);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                kit::icon_button(ui, icons::X, text!("Close this")).clicked()
            })
            .inner
        })
        .inner;
    ui.add_space(theme::SPACE_SMALL);
    closed
}

/// What happens to the file that is held over the window.
fn drop_hint(ui: &Ui, opens: bool) {
    let palette = Palette::of(ui);
    let area = ui.ctx().content_rect().shrink(6.0);
    let painter = ui.ctx().layer_painter(egui::LayerId::new(Order::Foreground, Id::unique("drop hint")));
    let color = palette.accent;
    let words = if opens { text!("Drop it to open it") } else { text!("Drop it into the send box") };
    painter.rect_stroke(area, theme::RADIUS_CARD, Stroke::new(theme::FOCUS_RING, color), egui::StrokeKind::Inside);
    let galley = painter.layout_no_wrap(words.to_owned(), theme::card_title(), color);
    let plate = egui::Rect::from_center_size(area.center(), galley.size() + vec2(48.0, 28.0));
    painter.rect(plate, theme::RADIUS_CARD, palette.raised, Stroke::new(1.0, color), egui::StrokeKind::Inside);
    painter.galley(plate.center() - galley.size() / 2.0, galley, color);
}
