//! The journal view: the row of tools, the table, and the chosen record below it.

pub mod detail;
pub mod table;

use egui::{Align, Frame, Id, Layout, Margin, Panel, Rect, RichText, Ui, UiBuilder, vec2};

use crate::{
    journal::{Filter, FilterError, Journal, Kinds, Objects, Part, Seq},
    model::{ConnectionId, Encoding, Encodings},
    ui::{
        action::Action,
        icons, kit,
        theme::{self, CONTROL_TOOL, Palette, SPACE},
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

/// What a person did to the journal view.
#[derive(Debug, Default)]
pub struct JournalView {
    table: Table,
    kinds: Kinds,
    filter: String,
    error: Option<FilterError>,
    /// What the typed text is looked for in besides UTF-8.
    encodings: Vec<Encoding>,
    /// The record below the table.
    pub detail: Detail,
    focus_filter: bool,
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

    /// Sets the filter as if it had been typed.
    pub fn set_filter(&mut self, kinds: Kinds, filter: &str, actions: &mut Vec<Action>) {
        self.kinds = kinds;
        filter.clone_into(&mut self.filter);
        self.parse(actions);
    }

    /// Chooses a record and brings it into view; a filter that hides it is taken away.
    pub fn reveal(&mut self, seq: Seq, rows: RowSource<'_>, actions: &mut Vec<Action>) {
        if let RowSource::Matches(list) = rows
            && list.binary_search(&seq).is_err()
        {
            self.set_filter(Kinds::All, "", actions);
        }
        self.table.select(seq);
    }

    /// Draws the view into all the room there is.
    pub fn show(&mut self, ui: &mut Ui, input: &JournalInput<'_>, actions: &mut Vec<Action>) {
        let palette = Palette::of(ui);
        let tools = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(12, 9));
        Panel::top(ui.scope_id().with("journal tools")).frame(tools).show(ui, |ui| self.tools(ui, input, actions));

        let encodings = input.encodings.in_use();
        if self.encodings != encodings {
            self.encodings = encodings;
            if !self.filter.is_empty() {
                self.parse(actions);
            }
        }
        self.detail.set(input.journal, self.table.selected(), input.encodings, input.recv_size);
        if self.detail.is_open() {
            let frame = Frame::new().fill(palette.panel).inner_margin(Margin { left: 14, right: 8, top: 8, bottom: 6 });
            let closed = Panel::bottom(ui.scope_id().with("journal detail"))
                .resizable(true)
                .default_size(150.0)
                .size_range(96.0..=ui.available_height() * 0.7)
                .frame(frame)
                .show(ui, |ui| self.detail.show(ui, input.objects, input.pictures, actions));
            if closed.inner {
                self.table.clear_selection();
            }
        }
        ui.painter().rect_filled(ui.available_rect_before_wrap(), 0.0, palette.background);
        let area = ui.available_rect_before_wrap();
        let table = self.table.show(ui, input.journal, input.rows, input.encodings);
        self.menu(&table, input.journal, actions);
        if !input.searching && Listing::new(input.rows, &input.journal.stats()).count() == 0 {
            nothing(ui, area, input.rows, input.journal.stats().next);
        }
    }

    /// The menu of the chosen record.
    fn menu(&mut self, table: &egui::Response, journal: &Journal, actions: &mut Vec<Action>) {
        let asked = self.table.take_menu();
        let Some(seq) = self.table.selected() else { return };
        kit::context_menu_of(table, asked, |ui| match journal.with_row(seq, |row| Part::of(&row)).flatten() {
            Some(part) => bytes_menu::rows(ui, &part, (true, true), actions),
            None => bytes_menu::before(ui, seq, actions),
        });
    }

    fn tools(&mut self, ui: &mut Ui, input: &JournalInput<'_>, actions: &mut Vec<Action>) {
        let palette = Palette::of(ui);
        let stats = input.journal.stats();
        let mut changed = false;
        ui.spacing_mut().interact_size.y = CONTROL_TOOL;
        ui.horizontal(|ui| {
            let (inbound, outbound) =
                (format!("{} {}", icons::ARROW_LEFT, text!("In")), format!("{} {}", icons::ARROW_RIGHT, text!("Out")));
            let options = [
                (Kinds::All, text!("All")),
                (Kinds::In, inbound.as_str()),
                (Kinds::Out, outbound.as_str()),
                (Kinds::Events, text!("Events")),
            ];
            changed |= kit::segmented(ui, text!("Kind of records"), &mut self.kinds, &options).changed();
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let follow = kit::Button::raised(icons::ARROW_DOWN, text!("Follow"))
                    .on(self.table.follows())
                    .tooltip(text!("Keep the newest record in view"));
                if ui.add(follow).clicked() {
                    self.table.set_follow(!self.table.follows());
                }
                let shown = Listing::new(input.rows, &stats).count();
                let mut count = text!("{shown} of {all}", shown = grouped(shown), all = grouped(stats.len()));
                if input.searching {
                    count.push_str(" · ");
                    count.push_str(text!("searching…"));
                }
                let color = palette.muted;
                ui.label(RichText::new(count).font(theme::body()).color(color));
                ui.add_space(SPACE / 2.0);
                changed |= self.field(ui);
            });
        });
        if let Some(error) = &self.error {
            kit::field_message(ui, &what_is_wrong(error));
        }
        if changed {
            self.parse(actions);
        }
    }

    fn field(&mut self, ui: &mut Ui) -> bool {
        let id = Id::unique("journal filter");
        let mut changed = false;
        if !self.filter.is_empty() && kit::icon_button(ui, icons::X, text!("Clear the filter")).clicked() {
            self.filter.clear();
            changed = true;
        }
        let field = kit::TextField::new(text!("Filter"), &mut self.filter)
            .hint("peer:127.0.0.1 length>16 \"JFIF\"")
            .icon(icons::FUNNEL)
            .mono(true)
            .error(self.error.is_some())
            .id(id);
        let response = ui.add(field);
        if std::mem::take(&mut self.focus_filter) {
            response.request_focus();
        }
        changed | response.changed()
    }

    fn parse(&mut self, actions: &mut Vec<Action>) {
        match Filter::parse_in(self.kinds, &self.filter, &self.encodings) {
            Ok(filter) => {
                self.error = None;
                actions.push(Action::Filter(filter));
            }
            Err(error) => self.error = Some(error),
        }
    }
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
