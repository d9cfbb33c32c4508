//! The list of sessions at the left: listeners with their connections, and clients. Only the rows in sight are asked
//! for and drawn, so ten thousand connections cost no more than twenty.

mod address;
mod find;
mod folded;
mod note;
mod strokes;

use std::net::IpAddr;

use egui::{Color32, CornerRadius, Id, Rect, Response, Role, ScrollArea, Sense, Ui, UiBuilder, Vec2, pos2, vec2};

use address::{least, port_alone};
pub use find::find;
use find::reveals;
use note::{Note, right_end};
use strokes::{TITLE, icon, put, put_address};

use crate::{
    model::{ConnectionId, SessionId, Snippet},
    ui::{
        action::{Action, Selection},
        command::copy_as,
        icons,
        kit::{self, Step},
        theme::{self, Palette, RADIUS, SPACE, SPACE_LARGE},
    },
    words::{counted, text},
};

/// A visitor's connections stand so far to the right of the visitor.
const WITHIN: f32 = 16.0;

/// Rows that a page goes by.
const PAGE: u64 = 10;

/// The parts of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What waits for others.
    Listeners,
    /// What reaches others.
    Clients,
}

impl Group {
    /// Every part, from the top.
    pub const ALL: [Self; 2] = [Self::Listeners, Self::Clients];
}

/// What one row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKey {
    /// A caption.
    Heading(Group),
    /// A listener or a client.
    Session(SessionId),
    /// A connection of the listener above.
    Connection(ConnectionId),
    /// A connection of the visitor above.
    Within(ConnectionId),
    /// All connections of one address to the site above; `open` while they are listed below.
    Visitor {
        /// Which site.
        session: SessionId,
        /// `None` for what has none.
        address: Option<IpAddr>,
        /// Connections that live.
        live: u32,
        /// Connections that have ended.
        ended: u32,
        /// They stand below this row.
        open: bool,
    },
    /// How many more visitors of the site above have gone; `open` while they are listed below.
    Left {
        /// Which site.
        session: SessionId,
        /// How many.
        count: u64,
        /// They stand below this row.
        open: bool,
    },
    /// How many more connections of the listener above have ended; `open` while they are listed below.
    Ended {
        /// Whose.
        session: SessionId,
        /// How many, with those that are listed nowhere any more.
        count: u64,
        /// They stand below this row.
        open: bool,
    },
    /// How many of these are not listed.
    Dropped(u64),
    /// Nothing in the list at all.
    Nothing,
    /// Nothing of what is looked for.
    NotFound,
}

impl RowKey {
    fn height(self) -> f32 {
        match self {
            Self::Heading(_) => 36.0,
            Self::Session(_) => 30.0,
            Self::Connection(_)
            | Self::Within(_)
            | Self::Visitor { .. }
            | Self::Left { .. }
            | Self::Ended { .. }
            | Self::Dropped(_) => 26.0,
            Self::Nothing | Self::NotFound => 44.0,
        }
    }

    fn selection(self) -> Option<Selection> {
        match self {
            Self::Session(session) => Some(Selection::Session(session)),
            Self::Connection(connection) | Self::Within(connection) => Some(Selection::Connection(connection)),
            Self::Heading(_)
            | Self::Visitor { .. }
            | Self::Left { .. }
            | Self::Ended { .. }
            | Self::Dropped(_)
            | Self::Nothing
            | Self::NotFound => None,
        }
    }
}

/// The rows in order with where each begins, made anew when a session or connection comes or goes.
#[derive(Clone, Debug, Default)]
pub struct RowList {
    rows: Vec<RowKey>,
    tops: Vec<f32>,
    height: f32,
}

impl RowList {
    /// Lays the rows out below each other.
    #[must_use]
    pub fn new(rows: Vec<RowKey>) -> Self {
        let mut height = 0.0;
        let tops = rows
            .iter()
            .map(|row| {
                let top = height;
                height += row.height();
                top
            })
            .collect();
        Self { rows, tops, height }
    }

    /// The rows, top to bottom.
    #[must_use]
    pub fn rows(&self) -> &[RowKey] {
        &self.rows
    }

    /// What a step of the keys leads to from `selection`.
    fn neighbour(&self, selection: Selection, step: Step) -> Option<Selection> {
        let choices: Vec<Selection> = self.rows.iter().filter_map(|row| row.selection()).collect();
        let at = choices.iter().position(|choice| *choice == selection).map(|at| at as u64);
        let rows = kit::Rows { count: choices.len() as u64, columns: 1, page: PAGE };
        let next = usize::try_from(step.from(at, rows, 0)?).ok()?;
        choices.get(next).copied().filter(|next| *next != selection)
    }
}

/// How a session or connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// On its way.
    Starting,
    /// Running, established.
    Good,
    /// One side has closed, or something is in the way: the peer does not read or answer, the adapter has no link.
    Half,
    /// Failed.
    Bad,
    /// Over.
    Over,
}

/// What a row shows; asked for when the row is in sight.
#[derive(Clone, Debug)]
pub struct RowView {
    /// State dot, and whether the row is dimmed.
    pub health: Health,
    /// `Echo`, or empty where the address says it all.
    pub title: String,
    /// `:8000`, `127.0.0.1:51234`.
    pub address: String,
    /// At the right: number of connections, how it ended.
    pub note: String,
    /// Records that came since it was last looked at.
    pub unread: u64,
    /// Under the pointer: the whole story.
    pub tooltip: String,
    /// What the context menu offers.
    pub actions: Vec<(RowAction, Action)>,
}

/// The actions of the context menu; texts and icons belong to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowAction {
    /// Stop a listener.
    Stop,
    /// Disconnect a client.
    Disconnect,
    /// Send FIN.
    HalfClose,
    /// Close in order.
    Close,
    /// Send RST.
    Reset,
    /// Copy both names.
    Copy,
    /// Copy the address of a listener.
    CopyAddress,
    /// Copy it as a program.
    CopyAs(Snippet),
    /// Start again.
    Again,
    /// Give it a name.
    Rename,
    /// Let other PCs reach a listener.
    LetIn,
    /// Let this PC alone reach it.
    HereOnly,
    /// Take out of the list.
    Remove,
}

impl RowAction {
    fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Stop => (icons::STOP, text!("Stop")),
            Self::Disconnect => (icons::X_CIRCLE, text!("Disconnect")),
            Self::HalfClose => (icons::ARROW_LINE_RIGHT, text!("Half-close (FIN)")),
            Self::Close => (icons::X_CIRCLE, text!("Close")),
            Self::Reset => (icons::LIGHTNING, text!("Reset (RST)")),
            Self::Copy => (icons::COPY, text!("Copy names")),
            Self::CopyAddress => (icons::COPY, text!("Copy address")),
            Self::CopyAs(kind) => (icons::CODE, copy_as(kind)),
            Self::Rename => (icons::PENCIL_SIMPLE, text!("Rename…")),
            Self::LetIn => (icons::WIFI_HIGH, text!("Let other PCs in")),
            Self::HereOnly => (icons::LOCK, text!("This PC only")),
            Self::Again => (icons::ARROW_CLOCKWISE, text!("Start again")),
            Self::Remove => (icons::TRASH, text!("Remove")),
        }
    }
}

/// Draws the list. `describe` is called for the rows in sight only; `None` leaves the row empty.
pub fn show(
    ui: &mut Ui,
    list: &RowList,
    selection: Selection,
    describe: &dyn Fn(RowKey) -> Option<RowView>,
    asked: &mut Vec<Action>,
) {
    ui.spacing_mut().item_spacing = Vec2::ZERO;
    ScrollArea::vertical().id_salt("sessions").auto_shrink([false, false]).show_viewport(ui, |ui, viewport| {
        let width = ui.available_width();
        let origin = ui.min_rect().min;
        ui.set_min_size(vec2(width, list.height + SPACE));
        let next = ui.data_mut(|data| data.remove_temp::<Selection>(reveals()));
        let at = next.and_then(|next| list.rows.iter().position(|row| row.selection() == Some(next)));
        if let Some((row, top)) = at.and_then(|at| list.rows.get(at).zip(list.tops.get(at))) {
            find::reveal(ui, Rect::from_min_size(origin + vec2(0.0, *top), vec2(width, row.height())));
        }
        let first = list.tops.partition_point(|top| *top <= viewport.top()).saturating_sub(1);
        for (row, top) in list.rows.iter().zip(&list.tops).skip(first) {
            if *top > viewport.bottom() {
                break;
            }
            let rect = Rect::from_min_size(origin + vec2(0.0, *top), vec2(width, row.height()));
            match *row {
                RowKey::Heading(group) => heading(ui, rect, group),
                RowKey::Nothing => nothing(ui, rect, text!("Nothing yet. What you start appears here.")),
                RowKey::NotFound => nothing(ui, rect, text!("No session and no peer is called so.")),
                RowKey::Ended { session, count, open } => {
                    if folded::ended(ui, rect, session, count, open).clicked() {
                        asked.push(Action::ShowEnded(session, !open));
                    }
                }
                RowKey::Left { session, count, open } => {
                    if folded::left(ui, rect, session, count, open).clicked() {
                        asked.push(Action::ShowEnded(session, !open));
                    }
                }
                RowKey::Visitor { session, address, live, ended, open } => {
                    let who = describe(*row).map(|view| (view.title, view.address)).unwrap_or_default();
                    let id = Id::unique(("visitor", session, address));
                    if folded::visitor(ui, rect, (id, &who.0, &who.1), (live, ended), open).clicked() {
                        asked.push(Action::ShowVisitor(session, address, !open));
                    }
                }
                RowKey::Dropped(count) => folded::dropped(ui, rect, count),
                RowKey::Session(_) | RowKey::Connection(_) | RowKey::Within(_) => {
                    if let (Some(view), Some(own)) = (describe(*row), row.selection()) {
                        let response = draw(ui, rect, *row, &view, own == selection);
                        respond(&response, list, own, view, asked);
                    }
                }
            }
        }
    });
}

fn respond(response: &Response, list: &RowList, own: Selection, view: RowView, asked: &mut Vec<Action>) {
    if response.clicked() {
        asked.push(Action::Select(own));
        // So that the arrow keys go on from here.
        response.request_focus();
    }
    let keys = kit::list_keys(response, false);
    for step in keys.steps {
        if let Some(next) = list.neighbour(own, step) {
            asked.push(Action::Select(next));
            // A row that is not drawn loses the keyboard: it comes into view first.
            response.ctx.data_mut(|data| data.insert_temp(reveals(), next));
            response.ctx.memory_mut(|memory| memory.request_focus(row_id(next)));
        }
    }
    let asked_menu =
        kit::MenuAsked { clicked: response.secondary_clicked(), by_key: keys.menu.then_some(response.rect) };
    let _ = kit::context_menu_of(response, asked_menu, response.id, |ui| {
        for (entry, action) in view.actions {
            let (icon, words) = entry.look();
            if entry == RowAction::Remove {
                kit::menu_separator(ui);
            }
            if kit::menu_item(ui, icon, words, "").clicked() {
                asked.push(action);
            }
        }
    });
}

fn row_id(selection: Selection) -> Id {
    Id::unique(("session row", selection))
}

fn heading(ui: &mut Ui, rect: Rect, group: Group) {
    let words = match group {
        Group::Listeners => text!("Listeners"),
        Group::Clients => text!("Clients"),
    };
    let inner = Rect::from_min_max(pos2(rect.left() + SPACE_LARGE, rect.bottom() - 24.0), rect.max);
    ui.scope_builder(UiBuilder::new().max_rect(inner), |ui| {
        let color = Palette::of(ui).muted;
        let response = ui.label(egui::RichText::new(words).font(theme::caption()).color(color));
        kit::is_heading(&response);
    });
}

fn nothing(ui: &mut Ui, rect: Rect, words: &str) {
    let inner = rect.shrink2(vec2(SPACE_LARGE, 2.0));
    ui.scope_builder(UiBuilder::new().max_rect(inner), |ui| {
        let color = Palette::of(ui).muted;
        ui.label(egui::RichText::new(words).color(color));
    });
}

fn draw(ui: &mut Ui, rect: Rect, key: RowKey, view: &RowView, chosen: bool) -> Response {
    let palette = Palette::of(ui);
    let id = key.selection().map_or_else(|| ui.next_auto_id(), row_id);
    let response = ui.interact(rect.shrink2(vec2(SPACE, 0.0)), id, Sense::click());
    let name = spoken(view);
    kit::is_one_of(&response, Role::ListItem, true, chosen, &name);
    let pill = rect.shrink2(vec2(SPACE, 1.0));
    let fill = match (chosen, response.hovered()) {
        (true, _) => palette.accent_tint,
        (false, true) => palette.hover,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(pill, CornerRadius::same(RADIUS), fill);
    if response.has_focus() {
        let width = if chosen { 1.0 } else { theme::FOCUS_RING };
        let ring = egui::Stroke::new(width, palette.accent);
        ui.painter().rect_stroke(pill, CornerRadius::same(RADIUS), ring, egui::StrokeKind::Inside);
    }
    let over = view.health == Health::Over;
    let (strong, soft) = if over { (palette.muted, palette.muted) } else { (palette.text, palette.muted) };
    let y = rect.center().y;
    let mut x = rect.left() + SPACE_LARGE;
    let note = note(view, palette);
    let cut;
    if let RowKey::Connection(_) | RowKey::Within(_) = key {
        x += if matches!(key, RowKey::Within(_)) { WITHIN } else { 0.0 };
        icon(ui, icons::ARROW_ELBOW_DOWN_RIGHT, pos2(x + 28.0, y - 1.0), if over { palette.faint } else { soft });
        x += 44.0;
        let right;
        (right, cut) = right_end(ui, rect, &note, x + least(ui, &view.address));
        let color = match view.health {
            Health::Half => palette.warning_words,
            Health::Bad => palette.bad_words,
            Health::Starting | Health::Good | Health::Over => strong,
        };
        put_address(ui, &view.address, color, x, y, right);
    } else {
        dot(ui, pos2(x + 4.0, y), view.health, palette);
        x += 16.0;
        let right;
        if view.title.is_empty() {
            icon(ui, icons::ARROW_RIGHT, pos2(x + 7.0, y), strong);
            x += 20.0;
            (right, cut) = right_end(ui, rect, &note, x + least(ui, &view.address));
            put_address(ui, &view.address, strong, x, y, right);
        } else {
            // The title gives way before the port, but before some of it is gone the host and the note do.
            let font = if over { theme::body() } else { theme::body_semibold() };
            let whole = ui.painter().layout_no_wrap(view.title.clone(), font.clone(), strong).size().x;
            let title = whole.min(TITLE);
            let port = port_alone(ui, &view.address);
            (right, cut) = right_end(ui, rect, &note, x + title + port + 2.0 * SPACE);
            let address = least(ui, &view.address);
            let address = if x + title + SPACE + address > right { port } else { address };
            let end = put(ui, &view.title, font, strong, x, y, right - address - SPACE);
            put_address(ui, &view.address, soft, end + SPACE, y, right);
        }
    }
    let tooltip = if cut { format!("{}\n{}", view.tooltip, view.note) } else { view.tooltip.clone() };
    if tooltip.is_empty() { response } else { response.on_hover_text(tooltip.trim()) }
}

fn note<'a>(view: &'a RowView, palette: &Palette) -> Note<'a> {
    let (color, sign) = match view.health {
        Health::Bad => (palette.bad_words, icons::WARNING_CIRCLE),
        Health::Half => (palette.warning_words, icons::WARNING_CIRCLE),
        Health::Over => (palette.muted, icons::X_CIRCLE),
        Health::Starting | Health::Good => (palette.muted, ""),
    };
    Note { words: &view.note, color, sign, unread: view.unread }
}

fn spoken(view: &RowView) -> String {
    let state = match view.health {
        Health::Starting => text!("starting"),
        Health::Good | Health::Half | Health::Bad | Health::Over => "",
    };
    let unread = if view.unread > 0 { counted!("{n} new", n = view.unread) } else { String::new() };
    [view.title.as_str(), &view.address, state, &view.note, &unread]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The state dot: a disc for what runs or failed, a ring for what is on its way or over.
fn dot(ui: &Ui, center: egui::Pos2, health: Health, palette: &Palette) {
    let color = match health {
        Health::Good => palette.good,
        Health::Half | Health::Starting => palette.warning,
        Health::Bad => palette.bad,
        Health::Over => palette.faint,
    };
    if matches!(health, Health::Over | Health::Starting) {
        ui.painter().circle_stroke(center, 3.4, egui::Stroke::new(1.2, color));
    } else {
        ui.painter().circle_filled(center, 4.0, color);
    }
}
