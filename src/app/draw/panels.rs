//! Where everything is in the window: the bars, the list of sessions, the centre, what lies over it.

use egui::{Align2, Area, Color32, Frame, Id, Margin, Modal, Order, Panel, RichText, Stroke, Ui, Vec2, vec2};

use super::{
    super::model::{
        Overlay, layout,
        state::{Phase, Plan},
    },
    Draw, rows,
};
use crate::{
    memory::Part,
    model::SessionId,
    ui::{
        action::{Action, Dialog},
        dialogs::{about, ask, help, labs, name_page, offer, path_page, settings},
        forms::{
            connect_form::{self, ConnectData, Reach},
            listen_form::{self, ListenData, ResponderKind},
            reach_form,
        },
        frame::{
            palette, sessions,
            status_bar::{self, StatusData},
            toast,
            top_bar::{self, TopBarData},
        },
        icons, kit,
        theme::{
            self, CONTROL_MAIN, Palette, Room, SIDE_PANEL, STATUS_BAR, TOP_BAR,
            room::{LEAST_SESSIONS, PAGE_BESIDE_SESSIONS},
        },
        views::start::{self, StartData},
    },
    words::text,
};

/// Between a dialog and the edge of the window.
const EDGE: f32 = 12.0;
/// What a dialog's own margins and border take of its width.
const DIALOG_MARGINS: f32 = 30.0;
/// What of a window's height no dialog's content has: heading, margins, and the gaps to the edges.
const DIALOG_AROUND: f32 = 84.0;
impl Draw<'_> {
    /// Draws the whole window; what the person asks for is added to `actions`. True when a dialog was closed.
    pub(in crate::app) fn panels(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) -> bool {
        let palette = Palette::of(ui);
        let listen = self.model.listen.failure.is_some().then(|| self.model.settings.listen.clone());
        let connect = self.model.connect.failure.is_some().then(|| self.model.settings.connect.clone());
        let bar = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(12, 0));
        Panel::top("top bar").exact_size(TOP_BAR).resizable(false).frame(bar).show(ui, |ui| {
            let open = self.model.overlay.as_ref().map(Overlay::dialog);
            let labs = &self.model.labs.entries;
            let recent = self.model.settings.recent.list();
            let sessions = !(self.model.settings.open.sessions && self.model.fits.sessions);
            let data = TopBarData { sessions, theme: self.model.settings.preferences.theme, open, labs, recent };
            top_bar::show(ui, data, &mut self.model.find, actions);
        });
        // In so low a window what is read and written needs the room more than the figures.
        if Room::of(ui.ctx()) > Room::Low {
            Panel::bottom("status bar").exact_size(STATUS_BAR).resizable(false).frame(bar).show(ui, |ui| {
                status_bar::show(ui, &self.status(), actions);
            });
        }
        // Zoomed in, a small window has no room for a wide list beside the centre.
        let width = ui.available_width();
        self.model.fits.sessions = width >= LEAST_SESSIONS + PAGE_BESIDE_SESSIONS;
        if self.model.settings.open.sessions && self.model.fits.sessions {
            let side = Frame::new().fill(palette.panel);
            let most = (width - PAGE_BESIDE_SESSIONS).clamp(LEAST_SESSIONS, 480.0);
            // A width of its own, so that zooming in and out again gives the old one back.
            let narrow = most < SIDE_PANEL;
            let id = format!("sessions {} {narrow}", self.model.panels);
            let panel = Panel::left(id.as_str())
                .resizable(true)
                .default_size(layout::chosen(self.model.settings.window.sessions, SIDE_PANEL).min(most))
                .size_range(LEAST_SESSIONS..=most)
                .frame(side)
                .show(ui, |ui| self.sessions(ui, actions));
            layout::name_edge(ui, &id);
            if !narrow {
                self.model.settings.window.sessions = panel.response.rect.width().round();
            }
        }
        if self.model.labs.open.is_some() {
            self.lab_page(ui, actions);
        } else if self.model.shows_first_page() {
            self.first_page(ui, actions);
        } else {
            self.inspector(ui, actions);
            self.centre(ui, actions);
        }
        let closed = self.overlays(ui, actions);
        if ui.ctx().input(|input| !input.raw.hovered_files.is_empty()) {
            drop_hint(ui, self.model.drops_open());
        }
        if let Some(lightbox) = &mut self.model.views.lightbox {
            let mut asked = Vec::new();
            lightbox.show(ui, &self.model.objects, self.pictures, &mut asked);
            actions.extend(asked);
        }
        toast::show(ui.ctx(), self.model.state.toasts(), actions);
        // Why the last start failed is true of what was typed then.
        if listen.is_some_and(|tried| tried != self.model.settings.listen) {
            self.model.listen.failure = None;
        }
        if connect.is_some_and(|tried| tried != self.model.settings.connect) {
            self.model.connect.failure = None;
        }
        closed
    }

    fn sessions(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        if std::mem::take(&mut self.model.state.rows_are_old)
            || self.model.state.rows_show != self.model.state.selection
        {
            self.model.state.rows = rows::list(&self.model.state);
            self.model.state.rows_show = self.model.state.selection;
        }
        // Comes with the first session, so that no peer that comes or goes moves the list.
        if !self.model.state.sessions.is_empty() || !self.model.state.find.is_empty() {
            self.model.state.rows_are_old |= sessions::find(ui, &mut self.model.state.find);
        }
        let state = &self.model.state;
        sessions::show(ui, &state.rows, state.selection, &|key| rows::describe(state, key), actions);
    }

    fn first_page(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let (listening, connected) = (self.same_listener(), self.same_client());
        let faults = self.model.faults.of(&self.model.settings.listen, ui.ctx());
        egui::CentralPanel::no_frame().show(ui, |ui| {
            let ran = self.model.last_time.as_ref();
            let ran = ran.map_or(0, |file| file.listeners.len() + file.clients.len() + file.requests.len());
            let mut data = StartData {
                last_time: ran,
                listen: &mut self.model.settings.listen,
                listen_data: ListenData {
                    addresses: &self.model.addresses.choices,
                    failure: self.model.listen.failure.as_ref(),
                    running: listening,
                    starting: self.model.listen.pending,
                    faults,
                    focus: false,
                    brief: true,
                    room: None,
                },
                connect: &mut self.model.settings.connect,
                connect_data: ConnectData {
                    failure: self.model.connect.failure.as_ref(),
                    running: connected,
                    starting: self.model.connect.pending,
                    focus: false,
                    recent: &self.model.settings.called,
                    brief: true,
                    room: None,
                },
            };
            start::show(ui, &mut self.model.start_page, &mut data, actions);
        });
    }

    /// The running listener with exactly the values of the form.
    fn same_listener(&self) -> Option<SessionId> {
        let wanted = self.model.settings.listen.config().ok()?;
        self.running(|plan| plan.listen() == Some(&wanted))
    }

    /// The connected client with exactly the values of the form.
    fn same_client(&self) -> Option<SessionId> {
        let Ok(Reach::Raw(wanted)) = self.model.settings.connect.reach() else { return None };
        self.running(|plan| plan.connect() == Some(&wanted))
    }

    fn running(&self, same: impl Fn(&Plan) -> bool) -> Option<SessionId> {
        let mut sessions = self.model.state.sessions.iter();
        sessions.find(|(_, entry)| entry.phase == Phase::Running && same(&entry.plan)).map(|(id, _)| *id)
    }

    fn status(&self) -> StatusData {
        let stats = self.model.journal.stats();
        let (received, sent) = self.model.state.traffic();
        let sessions = self.model.state.sessions.values();
        let transfer = self.model.state.transfers.iter().next();
        StatusData {
            listeners: sessions.clone().filter(|entry| entry.is_listener() && entry.phase == Phase::Running).count(),
            connections: sessions.map(|entry| entry.live).sum(),
            sent,
            received,
            records: stats.len(),
            memory: (self.model.memory.used() as u64, self.model.memory.total() as u64),
            parts: Part::ALL.map(|part| self.model.memory.used_for(part) as u64),
            evicted: stats.evicted,
            stalls: stats.stalls,
            address: self.model.addresses.best.clone(),
            zoom: self.model.settings.preferences.zoom,
            transfer: transfer.map(|(id, entry)| (*id, entry.sent, entry.total, self.model.state.transfers.len() - 1)),
        }
    }

    /// Draws what lies over the window; true when it was closed.
    fn overlays(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) -> bool {
        let Some(mut overlay) = self.model.overlay.take() else { return false };
        let room = ui.ctx().content_rect().size();
        let dialog = overlay.dialog();
        let id = Id::unique(("dialog", dialog));
        let (anchor, offset, width) = match dialog {
            Dialog::Listen if self.model.settings.listen.answer == ResponderKind::Dialog => {
                (Align2::LEFT_TOP, vec2(12.0, TOP_BAR + 4.0), theme::DIALOG_XL)
            }
            Dialog::Listen => (Align2::LEFT_TOP, vec2(12.0, TOP_BAR + 4.0), theme::DIALOG_S),
            Dialog::Connect => {
                (Align2::LEFT_TOP, vec2(top_bar::connect_left(ui.ctx()), TOP_BAR + 4.0), theme::DIALOG_S)
            }
            Dialog::Sessions => (Align2::LEFT_TOP, vec2(12.0, TOP_BAR + 4.0), SIDE_PANEL + 40.0),
            Dialog::Details => (Align2::RIGHT_TOP, vec2(-12.0, TOP_BAR + 4.0), theme::INSPECTOR),
            Dialog::Attempts => (Align2::CENTER_CENTER, Vec2::ZERO, theme::DIALOG_S),
            Dialog::Settings => (Align2::RIGHT_TOP, vec2(-12.0, TOP_BAR + 4.0), theme::DIALOG_S),
            Dialog::Palette => (Align2::CENTER_TOP, vec2(0.0, TOP_BAR + 24.0), theme::DIALOG_M),
            Dialog::Offer | Dialog::Path | Dialog::Ask | Dialog::Name => {
                (Align2::CENTER_CENTER, Vec2::ZERO, theme::DIALOG_M)
            }
            Dialog::Help | Dialog::About | Dialog::Labs => (Align2::CENTER_CENTER, Vec2::ZERO, theme::DIALOG_L),
        };
        let width = width.min(room.x - 2.0 * EDGE - DIALOG_MARGINS);
        // A dialog that hangs below its button stays in the window.
        let offset = vec2(offset.x.min((room.x - width - DIALOG_MARGINS - EDGE).max(0.0)), offset.y);
        let area = Area::new(id).order(Order::Foreground).anchor(anchor, offset).default_size(room);
        let palette = Palette::of(ui);
        let frame = Frame::popup(ui.style())
            .fill(palette.raised)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(theme::RADIUS_CARD)
            .inner_margin(Margin { left: 18, right: 10, top: 14, bottom: 14 });
        let response =
            Modal::new(id).area(area).frame(frame).backdrop_color(Color32::TRANSPARENT).show(ui.ctx(), |ui| {
                ui.set_width(width);
                // Not the size that it had when it was shown last.
                ui.set_max_height(room.y);
                let closed = heading(ui, dialog, self.model.labs.editing.is_some());
                let height = (room.y - TOP_BAR - DIALOG_AROUND).max(96.0);
                if matches!(dialog, Dialog::Details | Dialog::Sessions) {
                    // They scroll by themselves, in all the height there is.
                    let size = vec2(ui.available_width(), height);
                    let below = egui::Layout::top_down(egui::Align::Min);
                    ui.allocate_ui_with_layout(size, below, |ui| {
                        ui.set_min_size(size);
                        self.overlay_content(ui, &mut overlay, height, actions);
                    });
                } else if dialog == Dialog::Palette {
                    self.overlay_content(ui, &mut overlay, height, actions);
                } else if matches!(dialog, Dialog::Listen | Dialog::Connect | Dialog::Offer) {
                    let fields = (height - CONTROL_MAIN - 3.0 * theme::SPACE).max(64.0);
                    self.overlay_content(ui, &mut overlay, fields, actions);
                } else {
                    egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
                        // The bar of a long form has a place of its own, beside the fields.
                        ui.set_width(ui.available_width() - theme::SPACE);
                        self.overlay_content(ui, &mut overlay, height, actions);
                        kit::scroll_by_keys(ui, height);
                    });
                }
                closed
            });
        let closed = response.inner || response.should_close();
        if !closed {
            self.model.overlay = Some(overlay);
        }
        closed
    }

    /// `room`: the height that a form's fields have above its buttons.
    fn overlay_content(&mut self, ui: &mut Ui, overlay: &mut Overlay, room: f32, actions: &mut Vec<Action>) {
        match overlay {
            Overlay::Listen { fresh } => {
                let running = self.same_listener();
                let faults = self.model.faults.of(&self.model.settings.listen, ui.ctx());
                let data = ListenData {
                    addresses: &self.model.addresses.choices,
                    failure: self.model.listen.failure.as_ref(),
                    running,
                    starting: self.model.listen.pending,
                    faults,
                    focus: std::mem::take(fresh),
                    brief: false,
                    room: Some(room),
                };
                listen_form::show(ui, &mut self.model.settings.listen, data, actions);
            }
            Overlay::Connect { fresh } => {
                let running = self.same_client();
                let data = ConnectData {
                    failure: self.model.connect.failure.as_ref(),
                    running,
                    starting: self.model.connect.pending,
                    focus: std::mem::take(fresh),
                    recent: &self.model.settings.called,
                    brief: false,
                    room: Some(room),
                };
                connect_form::show(ui, &mut self.model.settings.connect, data, actions);
            }
            Overlay::Settings(page) => settings::show(ui, page, &self.model.settings.preferences, actions),
            Overlay::Palette(page) => palette::show(ui, page, &|command| self.model.is_enabled(command), actions),
            Overlay::Help(page) => help::show(ui, page, &self.model.labs.entries, actions),
            Overlay::About(page) => about::show(ui, page, actions),
            Overlay::Offer(offer) => offer::show(ui, offer, room, actions),
            Overlay::Path(page) => path_page::show(ui, page, actions),
            Overlay::Ask(question) => ask::show(ui, question, actions),
            Overlay::Attempts(form) => reach_form::show(ui, form, actions),
            Overlay::Name(page) => name_page::show(ui, page, actions),
            Overlay::Details => self.details(ui, actions),
            Overlay::Sessions => self.sessions(ui, actions),
            Overlay::Labs => labs::browse(ui, &self.model.labs.entries, actions),
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
        Dialog::Ask => text!("Others are still connected"),
        Dialog::Palette => text!("Commands"),
        Dialog::Name => text!("Name of the session"),
        Dialog::Details => text!("Details"),
        Dialog::Sessions => text!("Sessions"),
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
