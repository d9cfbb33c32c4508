//! The journal view: the row of tools, the table, and the chosen record below it.

pub mod detail;
pub mod table;

use std::{ops::Range, time::Duration};

use egui::{
    Align, Frame, Id, Key, Label, Layout, Margin, Modifiers, Panel, Rect, RichText, Stroke, StrokeKind, Ui, UiBuilder,
    vec2,
};

use crate::{
    journal::{Filter, FilterError, Journal, Kinds, Objects, Part, Seq},
    model::{ConnectionId, Encoding, Encodings, SessionId},
    ui::{
        action::Action,
        command::UiCommand,
        icons, kit,
        theme::{self, CONTROL_TOOL, Palette, SPACE, SPACE_SMALL},
        views::{
            journal::{
                detail::Detail,
                table::{Listing, RowSource, Table},
            },
            shared::{bytes_menu, picture::PictureSource},
        },
    },
    words::{grouped, text},
};

/// With less room than this the tools are without words.
const NARROW: f32 = 760.0;
/// With less room than this the field has no count in it.
const NOTED: f32 = 240.0;
/// Below this width of the tools the filter stands in a second row.
const TIGHT: f32 = 400.0;
/// Rows above what was found when the records around it are shown.
const ABOVE: Seq = 6;
/// A pause of the person who types, in seconds, after which the filter is looked for.
const PAUSE: f64 = 0.15;

/// What the view reads in one frame.
#[derive(Clone, Copy)]
pub struct JournalInput<'a> {
    /// The records.
    pub journal: &'a Journal,
    /// Pictures among them.
    pub objects: &'a Objects,
    /// Which of the records the last [`Action::Filter`] takes.
    pub rows: RowSource<'a>,
    /// The search for them still runs.
    pub searching: bool,
    /// What is chosen in the list of sessions, for the switch that shows only that.
    pub chosen: (Option<SessionId>, Option<ConnectionId>),
    /// How much the `recv` of a record could return, where that is known.
    pub recv_size: &'a dyn Fn(ConnectionId, Seq) -> Option<usize>,
    /// What each session's text is read as.
    pub encodings: &'a Encodings,
    /// Where pictures come from.
    pub pictures: &'a dyn PictureSource,
}

impl std::fmt::Debug for JournalInput<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JournalInput").field("rows", &self.rows).finish_non_exhaustive()
    }
}

/// Whose records are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    #[default]
    All,
    /// Those of the session that is chosen.
    Session,
    /// Those of the connection that is chosen.
    Connection,
}

/// What a person did to the journal view.
#[derive(Debug, Default)]
pub struct JournalView {
    table: Table,
    kinds: Kinds,
    scope: Scope,
    /// What was chosen when the filter was read last.
    chosen: (Option<SessionId>, Option<ConnectionId>),
    filter: String,
    /// When the text was changed, until the pause after it is over.
    typed: Option<f64>,
    /// What makes no sense in the text, and where that is. The rows stay those of the last text that did.
    fault: Option<(Range<usize>, FilterError)>,
    /// The last filter that made sense.
    read: Filter,
    /// What does not fit the filter is shown as well, with what does marked in it.
    with_rest: bool,
    /// What the typed text is looked for in besides UTF-8.
    encodings: Vec<Encoding>,
    /// The record below the table.
    pub detail: Detail,
    focus_filter: bool,
    /// Where the filter field begins.
    field_left: f32,
}

impl JournalView {
    /// The table, for commands that scroll or choose.
    pub fn table(&mut self) -> &mut Table {
        &mut self.table
    }

    /// Moves the keyboard into the filter field.
    pub fn focus_filter(&mut self) {
        self.focus_filter = true;
    }

    /// The text in the filter field.
    #[must_use]
    pub fn filter_text(&self) -> &str {
        &self.filter
    }

    /// Sets the filter as if it had been typed, and looks for it at once.
    pub fn set_filter(&mut self, kinds: Kinds, filter: &str, actions: &mut Vec<Action>) {
        self.kinds = kinds;
        filter.clone_into(&mut self.filter);
        self.parse(actions);
    }

    /// Shows everybody's records, without a filter.
    pub fn show_all(&mut self, actions: &mut Vec<Action>) {
        self.scope = Scope::All;
        self.set_filter(Kinds::All, "", actions);
    }

    /// Takes over what is typed elsewhere; it is looked for after a pause.
    pub fn type_filter(&mut self, filter: &str) {
        self.kinds = Kinds::All;
        filter.clone_into(&mut self.filter);
        self.typed = Some(f64::NEG_INFINITY);
    }

    /// Chooses a record and brings it into view; a filter that hides it is taken away.
    pub fn reveal(&mut self, seq: Seq, rows: RowSource<'_>, actions: &mut Vec<Action>) {
        if let RowSource::Matches(list) = rows
            && list.binary_search(&seq).is_err()
            && !self.with_rest
        {
            self.show_all(actions);
        }
        self.table.select(seq);
    }

    /// Chooses the next or the one before of what was found, from the first again after the last; `first` is the oldest
    /// record that is kept. The keyboard stays where it is.
    pub fn step(&mut self, found: &[Seq], first: Seq, forward: bool) {
        let found = found.get(found.partition_point(|seq| *seq < first)..).unwrap_or_default();
        let from = self.table.selected().unwrap_or_else(|| self.table.top().0);
        let is_chosen = self.table.selected().is_some();
        let next = if forward {
            let at = found.partition_point(|seq| if is_chosen { *seq <= from } else { *seq < from });
            found.get(at).or(found.first())
        } else {
            let at = found.partition_point(|seq| *seq < from);
            at.checked_sub(1).and_then(|at| found.get(at)).or(found.last())
        };
        if let Some(seq) = next {
            self.table.choose(*seq);
        }
    }

    /// Draws the view into all the room there is.
    pub fn show(&mut self, ui: &mut Ui, input: &JournalInput<'_>, actions: &mut Vec<Action>) {
        let palette = Palette::of(ui);
        let tools = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(12, 9));
        let panel = Panel::top(ui.scope_id().with("journal tools")).frame(tools);
        panel.show(ui, |ui| self.tools(ui, input, actions));
        self.take_over(ui, input, actions);
        self.detail.set(input.journal, self.table.selected(), input.encodings, input.recv_size);
        self.detail.mark(&self.read);
        if self.detail.is_open() {
            let frame = Frame::new().fill(palette.panel).inner_margin(Margin { left: 14, right: 8, top: 8, bottom: 6 });
            let closed = Panel::bottom(ui.scope_id().with("journal detail"))
                .resizable(true)
                .default_size(192.0)
                .size_range(96.0..=ui.available_height() * 0.7)
                .frame(frame)
                .show(ui, |ui| self.detail.show(ui, input.objects, input.pictures, actions));
            if closed.inner {
                self.table.clear_selection();
            }
        }
        ui.painter().rect_filled(ui.available_rect_before_wrap(), 0.0, palette.background);
        let area = ui.available_rect_before_wrap();
        let rows = if self.with_rest { RowSource::All } else { input.rows };
        let table = self.table.show(ui, input.journal, rows, (input.encodings, &self.read));
        if self.table.take_opened() {
            self.detail.focus();
            ui.ctx().request_repaint();
        }
        self.menu(&table, input.journal, actions);
        if !input.searching && Listing::new(rows, &input.journal.stats()).count() == 0 {
            nothing(ui, area, rows, input.journal.stats().next);
        }
        if let Some((_, error)) = &self.fault {
            complaint(ui, area, self.field_left, &what_is_wrong(error));
        }
    }

    /// Looks for another filter where the pause after typing is over, or something else is chosen now.
    fn take_over(&mut self, ui: &Ui, input: &JournalInput<'_>, actions: &mut Vec<Action>) {
        let encodings = input.encodings.in_use();
        let read_anew = self.encodings != encodings && !self.filter.is_empty();
        self.encodings = encodings;
        let before = std::mem::replace(&mut self.chosen, input.chosen);
        let moved = match self.scope {
            Scope::All => false,
            Scope::Session => before.0 != self.chosen.0,
            Scope::Connection => before.1 != self.chosen.1,
        };
        let now = ui.input(|input| input.time);
        let paused = match &mut self.typed {
            // It was typed in the bar, before this frame.
            Some(since) if *since == f64::NEG_INFINITY => {
                *since = now;
                Some(PAUSE)
            }
            Some(since) => Some(*since + PAUSE - now),
            None => None,
        };
        match paused {
            Some(left) if left > 0.0 => ui.ctx().request_repaint_after(Duration::from_secs_f64(left)),
            Some(_) => {
                self.parse(actions);
                // The tools were drawn before: what is wrong is marked in them at once.
                ui.ctx().request_repaint();
            }
            None => {}
        }
        if moved || read_anew {
            self.parse(actions);
        }
    }

    /// The menu of the chosen record.
    fn menu(&mut self, table: &egui::Response, journal: &Journal, actions: &mut Vec<Action>) {
        let asked = self.table.take_menu();
        let Some(seq) = self.table.selected() else { return };
        kit::context_menu_of(table, asked, table.id, |ui| {
            match journal.with_row(seq, |row| Part::of(&row)).flatten() {
                Some(part) => bytes_menu::rows(ui, &part, (true, true), actions),
                None => bytes_menu::before(ui, seq, actions),
            }
        });
    }

    fn tools(&mut self, ui: &mut Ui, input: &JournalInput<'_>, actions: &mut Vec<Action>) {
        ui.spacing_mut().interact_size.y = CONTROL_TOOL;
        let is_narrow = ui.available_width() < NARROW;
        let is_tight = ui.available_width() < TIGHT;
        let mut changed = false;
        ui.horizontal(|ui| {
            let (inbound, outbound) =
                (format!("{} {}", icons::ARROW_LEFT, text!("In")), format!("{} {}", icons::ARROW_RIGHT, text!("Out")));
            let options = [
                (Kinds::All, text!("All")),
                (Kinds::In, inbound.as_str()),
                (Kinds::Out, outbound.as_str()),
                (Kinds::Events, text!("Events")),
            ];
            changed |= kit::choice(ui, text!("Kind of records"), &mut self.kinds, &options, is_narrow).changed();
            changed |= self.scopes(ui, input);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let follow = kit::Button::raised(icons::ARROW_DOWN, text!("Follow")).short(is_narrow);
                let follow = follow.on(self.table.follows()).tooltip(text!("Keep the newest record in view"));
                if ui.add(follow).clicked() {
                    self.table.set_follow(!self.table.follows());
                }
                if !is_tight {
                    self.steps(ui, input, actions);
                    changed |= self.field(ui, input, actions);
                }
            });
        });
        if is_tight {
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    self.steps(ui, input, actions);
                    changed |= self.field(ui, input, actions);
                });
            });
        }
        if changed {
            self.parse(actions);
        }
    }

    /// The switch between everybody's records and those of what is chosen.
    fn scopes(&mut self, ui: &mut Ui, input: &JournalInput<'_>) -> bool {
        let mut options = vec![(Scope::All, text!("Everything"))];
        if input.chosen.0.is_some() || self.scope == Scope::Session {
            options.push((Scope::Session, text!("This session")));
        }
        if input.chosen.1.is_some() || self.scope == Scope::Connection {
            options.push((Scope::Connection, text!("This connection")));
        }
        let is_offered = options.len() > 1;
        let select = kit::Select::new(text!("Whose records"), &mut self.scope, &options);
        let tip = text!("All records, or only those of what is chosen at the left");
        ui.add_enabled_ui(is_offered, |ui| ui.add(select).on_hover_text(tip).changed()).inner
    }

    /// What steps through what was found, from right to left. It is always there: nothing changes its width while one types.
    fn steps(&mut self, ui: &mut Ui, input: &JournalInput<'_>, actions: &mut Vec<Action>) {
        ui.spacing_mut().item_spacing.x = SPACE_SMALL;
        let any = matches!(input.rows, RowSource::Matches(list) if !list.is_empty());
        let mut step = |ui: &mut Ui, icon, command: UiCommand| {
            let tip = command.tooltip();
            let button = kit::Button::icon(icon, command.entry().text).tooltip(&tip);
            if ui.add_enabled(any, button).clicked() {
                actions.push(Action::Run(command));
            }
        };
        step(ui, icons::CARET_DOWN, UiCommand::FindNext);
        step(ui, icons::CARET_UP, UiCommand::FindPrevious);
        let rest = kit::Button::icon(icons::ROWS, text!("Show the records around what was found"));
        if ui.add_enabled(!self.read.takes_all(), rest.on(self.with_rest)).clicked() {
            self.with_rest = !self.with_rest;
            if let Some(seq) = self.table.selected() {
                if self.with_rest {
                    self.table.set_top(seq.saturating_sub(ABOVE));
                }
                self.table.choose(seq);
            }
        }
    }

    fn field(&mut self, ui: &mut Ui, input: &JournalInput<'_>, actions: &mut Vec<Action>) -> bool {
        let id = Id::unique("journal filter");
        let mut changed = false;
        let clear = kit::Button::icon(icons::X, text!("Clear the filter"));
        if ui.add_enabled(!self.filter.is_empty(), clear).clicked() {
            self.filter.clear();
            changed = true;
        }
        let (note, widest) = self.count(input);
        let mut field = kit::TextField::new(text!("Filter"), &mut self.filter)
            .hint("peer:127.0.0.1 length>16 \"JFIF\"")
            .icon(icons::FUNNEL)
            .mono(true)
            .error(self.fault.is_some())
            .wave(self.fault.as_ref().map(|(part, _)| part.clone()))
            .id(id);
        if ui.available_width() > NOTED {
            field = field.note(&note, &widest);
        }
        // Enter goes to what was found, and leaves the keyboard here.
        let held = ui.memory(|memory| memory.has_focus(id));
        let enter = |modifiers| ui.input_mut(|input| held && input.consume_key(modifiers, Key::Enter));
        let (back, on) = (enter(Modifiers::SHIFT), enter(Modifiers::NONE));
        let response = ui.add(field);
        if std::mem::take(&mut self.focus_filter) {
            response.request_focus();
        }
        self.field_left = response.rect.left();
        if response.changed() {
            self.typed = Some(ui.input(|input| input.time));
        }
        if on || back {
            if self.typed.is_some() {
                self.parse(actions);
            } else {
                actions.push(Action::Run(if back { UiCommand::FindPrevious } else { UiCommand::FindNext }));
            }
        }
        changed
    }

    /// How many records fit, or which of them is chosen; and the widest that this can become.
    fn count(&self, input: &JournalInput<'_>) -> (String, String) {
        let stats = input.journal.stats();
        let of = |part: u64, all: u64| text!("{shown} of {all}", shown = grouped(part), all = grouped(all));
        let found = Listing::new(input.rows, &stats);
        let widest = of(stats.len(), stats.len());
        let chosen = self.table.selected().filter(|_| matches!(input.rows, RowSource::Matches(_)));
        let place = chosen.map(|seq| found.index(seq)).filter(|index| found.seq(*index) == chosen);
        let note = match place {
            _ if input.searching => text!("searching…").to_owned(),
            Some(index) => of(index + 1, found.count()),
            None => of(found.count(), stats.len()),
        };
        (note, widest)
    }

    fn parse(&mut self, actions: &mut Vec<Action>) {
        self.typed = None;
        match Filter::parse_in(self.kinds, &self.filter, &self.encodings) {
            Ok(mut filter) => {
                match self.scope {
                    Scope::All => {}
                    // With nothing chosen there is nothing to show: none has this number.
                    Scope::Session => filter.session = Some(self.chosen.0.unwrap_or(SessionId(u32::MAX))),
                    Scope::Connection => filter.connection = Some(self.chosen.1.unwrap_or(ConnectionId(u32::MAX))),
                }
                self.fault = None;
                if self.read != filter {
                    self.read = filter.clone();
                    actions.push(Action::Filter(filter));
                }
            }
            Err(error) => self.fault = Filter::fault(&self.filter).map(|part| (part, error)),
        }
    }
}

/// One sentence below the field, over the head of the table: the rows stay where they are.
fn complaint(ui: &mut Ui, area: Rect, left: f32, words: &str) {
    let palette = Palette::of(ui);
    let width = (area.width() - 24.0).min(600.0);
    let left = left.min(area.right() - 12.0 - width).max(area.left() + 12.0);
    let rect = Rect::from_min_size(egui::pos2(left, area.top() + 2.0), vec2(width, CONTROL_TOOL));
    ui.painter().rect(rect, theme::RADIUS, palette.raised, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    ui.scope_builder(UiBuilder::new().max_rect(rect.shrink2(vec2(SPACE, 4.0))), |ui| {
        let words = RichText::new(format!("{} {words}", icons::WARNING_CIRCLE)).font(theme::body());
        ui.add(Label::new(words.color(palette.bad_words)).truncate());
    });
}

fn what_is_wrong(error: &FilterError) -> String {
    match error {
        FilterError::Length(number) => {
            text!("“{number}” is not a length; write for example length>16", number = number)
        }
        FilterError::Key(key) => text!(
            "“{key}:” is not known; use peer: local: event: length> length< length=, or text in quotes",
            key = key
        ),
    }
}

/// Says why the table is empty, and what to do about it.
fn nothing(ui: &mut Ui, area: Rect, rows: RowSource<'_>, next: Seq) {
    let rect = Rect::from_center_size(area.center(), vec2(area.width().min(420.0), 140.0));
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| match rows {
        RowSource::All => {
            let hint = text!("Every call of a socket is written down here: listen, or connect.");
            let title = if next > 1 { text!("No record is kept any more") } else { text!("No record yet") };
            kit::empty_state(ui, icons::ROWS, title, hint);
        }
        RowSource::Matches(_) => {
            let hint = text!("Ask for less in the filter, or clear it to see every record.");
            kit::empty_state(ui, icons::FUNNEL, text!("No record fits the filter"), hint);
        }
    });
}
