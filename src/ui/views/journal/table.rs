//! The journal as a table of any length: only rows on the screen are read, laid out and painted.
//!
//! Owns where the person stands (by record number, so that eviction moves nothing), whether the newest row is
//! followed, and which record is chosen. Must not own records, nor look for matches: the caller gives the numbers.

mod columns;

use std::sync::Arc;

use egui::{Id, Rect, Response, Role, Sense, Ui, pos2};

use crate::{
    journal::{Block, Filter, Journal, Seq, Stats},
    model::Encodings,
    ui::{
        kit::{self, Step},
        theme::{Palette, TABLE_ROW},
        views::shared::{
            reading::Past,
            scroll::{BAR, RowScroll},
        },
    },
    words::text,
};
use columns::{Columns, Texts, Widths};

const HEADER: f32 = 31.0;

/// Which records the table shows.
#[derive(Clone, Copy, Debug)]
pub enum RowSource<'a> {
    /// All that the journal holds.
    All,
    /// These, ascending. Numbers of records that were evicted meanwhile may be among them.
    Matches(&'a [Seq]),
}

/// The rows of one frame, counted from 0 without those that are gone.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    first: Seq,
    next: Seq,
    matches: Option<&'a [Seq]>,
}

impl<'a> Listing<'a> {
    /// The rows of `source` that the journal still has.
    #[must_use]
    pub fn new(source: RowSource<'a>, stats: &Stats) -> Self {
        let matches = match source {
            RowSource::All => None,
            RowSource::Matches(list) => list.get(list.partition_point(|seq| *seq < stats.first)..),
        };
        Self { first: stats.first, next: stats.next, matches }
    }

    /// How many rows.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.matches.map_or(self.next - self.first, |list| list.len() as u64)
    }

    /// The record in row `index`.
    #[must_use]
    pub fn seq(&self, index: u64) -> Option<Seq> {
        match self.matches {
            None => Some(self.first + index).filter(|seq| *seq < self.next),
            Some(list) => list.get(usize::try_from(index).ok()?).copied(),
        }
    }

    /// The row of record `seq`, or of the next one that is there.
    #[must_use]
    pub fn index(&self, seq: Seq) -> u64 {
        match self.matches {
            None => seq.clamp(self.first, self.next) - self.first,
            Some(list) => list.partition_point(|other| *other < seq) as u64,
        }
    }
}

/// The table's own state.
#[derive(Debug)]
pub struct Table {
    scroll: RowScroll,
    /// The record at the upper edge.
    top: Seq,
    follow: bool,
    selected: Option<Seq>,
    widths: Widths,
    due: Due,
    /// The chosen record is to be read.
    opened: bool,
}

/// What was asked for and is done once, when the table is drawn next.
#[derive(Debug, Default)]
struct Due {
    /// The chosen record is brought into view.
    reveal: bool,
    /// The menu of the chosen record was asked for.
    menu: kit::MenuAsked,
    /// The same by a key; its row is not drawn yet.
    menu_by_key: bool,
    /// The table takes the keyboard.
    focus: bool,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            scroll: RowScroll::new(TABLE_ROW),
            top: 0,
            follow: true,
            selected: None,
            widths: Widths::default(),
            due: Due::default(),
            opened: false,
        }
    }
}

/// Where a table stands, to be put there again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TablePlace {
    selected: Option<Seq>,
    top: Seq,
    follow: bool,
}

impl Table {
    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> TablePlace {
        TablePlace { selected: self.selected, top: self.top, follow: self.follow }
    }

    /// Puts it where it stood, without taking the keyboard.
    pub fn put(&mut self, place: TablePlace) {
        if !place.follow {
            self.set_top(place.top);
        }
        self.follow = place.follow;
        self.selected = place.selected;
    }

    /// The chosen record.
    #[must_use]
    pub fn selected(&self) -> Option<Seq> {
        self.selected
    }

    /// Chooses a record and brings it into view.
    pub fn select(&mut self, seq: Seq) {
        self.choose(seq);
        self.due.focus = true;
    }

    /// Chooses a record and brings it into view; the keyboard stays where it is.
    pub fn choose(&mut self, seq: Seq) {
        self.selected = Some(seq);
        self.follow = false;
        self.due.reveal = true;
    }

    /// How the menu of the chosen record was asked for, if it was.
    pub fn take_menu(&mut self) -> kit::MenuAsked {
        std::mem::take(&mut self.due.menu)
    }

    /// Whether Enter was pressed on the chosen record.
    pub fn take_opened(&mut self) -> bool {
        std::mem::take(&mut self.opened)
    }

    /// Chooses no record.
    pub fn clear_selection(&mut self) {
        self.selected = None;
    }

    /// Whether the newest row is kept in view.
    #[must_use]
    pub fn follows(&self) -> bool {
        self.follow
    }

    /// Follows the newest row, or stays where it is.
    pub fn set_follow(&mut self, follow: bool) {
        self.follow = follow;
    }

    /// Puts a record at the upper edge, exactly, as far as there are rows below it to fill the view.
    pub fn set_top(&mut self, seq: Seq) {
        self.follow = false;
        self.top = seq;
        self.scroll.set_top(0, 0.0);
    }

    /// The record at the upper edge and how many points of its row are above the edge.
    #[must_use]
    pub fn top(&self) -> (Seq, f32) {
        (self.top, self.scroll.top().1)
    }

    /// Draws the table into all the room there is, with what `filter` found marked; the response is changed when another
    /// record was chosen.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        journal: &Journal,
        source: RowSource<'_>,
        (encodings, filter): (&Encodings, &Filter),
    ) -> Response {
        let stats = journal.stats();
        let list = Listing::new(source, &stats);
        let whole = ui.available_rect_before_wrap();
        let body = Rect::from_min_max(pos2(whole.left(), whole.top() + HEADER), whole.max);
        let id = ui.scope_id().with("journal table");
        let mut response = ui.interact(body, id, Sense::click());
        ui.advance_cursor_after_rect(whole);
        kit::is_list(ui, &response, Role::ListBox, list.count(), text!("Journal"));
        if std::mem::take(&mut self.due.focus) {
            response.request_focus();
        }

        self.settle(&list, body.height());
        let before = self.selected;
        self.take_input(ui, &response, &list, body);
        self.scroll.clamp(list.count(), body.height());
        self.top = list.seq(self.scroll.top().0).unwrap_or(stats.first);

        let blocks = self.read(journal, &list, body.height());
        let columns = Columns::new(ui, body, &mut self.widths, &blocks);
        columns.header(ui, Rect::from_min_max(whole.min, pos2(whole.right(), body.top())));
        let texts = Texts { past: Past::new(journal, &blocks), encodings, filter };
        self.rows(ui, (&response, &list), body, (&columns, &texts), &blocks);
        if self.scroll.bar(ui, id.with("bar"), body, list.count(), text!("Scroll the journal")) {
            self.follow = self.scroll.is_at_end(list.count(), body.height());
            self.top = list.seq(self.scroll.top().0).unwrap_or(stats.first);
        }
        if self.selected.is_none_or(|seq| blocks.iter().all(|(shown, _)| *shown != seq)) {
            kit::list_ring(ui, &response, None);
        }
        if self.selected != before {
            response.mark_changed();
        }
        response
    }

    /// Finds the place again after rows came and went.
    fn settle(&mut self, list: &Listing<'_>, height: f32) {
        if self.follow {
            self.scroll.to_end(list.count(), height);
            return;
        }
        let shift = self.scroll.top().1;
        let index = list.index(self.top);
        let shift = if list.seq(index) == Some(self.top) { shift } else { 0.0 };
        self.scroll.set_top(index, shift);
        if std::mem::take(&mut self.due.reveal)
            && let Some(selected) = self.selected
        {
            let index = list.index(selected);
            let (first, _) = self.scroll.top();
            let far = index < first || (index - first) as f32 * TABLE_ROW > height * 2.0;
            if far {
                self.scroll.set_top(index, 0.0);
                self.scroll.by(-height / 3.0);
            }
            self.scroll.reveal(index, height);
        }
        self.scroll.clamp(list.count(), height);
    }

    fn take_input(&mut self, ui: &Ui, response: &Response, list: &Listing<'_>, body: Rect) {
        let height = body.height();
        let mut by = 0.0;
        if ui.rect_contains_pointer(body) {
            by = ui.input_mut(|input| -std::mem::take(&mut input.smooth_scroll_delta.y));
        }
        let keys = kit::list_keys(response, false);
        for step in keys.steps {
            // Pages go by as well while no record is chosen: to choose one opens it.
            let turns = self.selected.is_none();
            let page = (height - TABLE_ROW).max(TABLE_ROW);
            match step {
                Step::PageUp if turns => by -= page,
                Step::PageDown if turns => by += page,
                Step::First if turns => {
                    self.follow = false;
                    self.scroll.set_top(0, 0.0);
                }
                Step::Last if turns => {
                    self.follow = true;
                    self.scroll.to_end(list.count(), height);
                }
                _ => self.step(list, height, step),
            }
        }
        if let Some(seq) = self.selected.filter(|_| keys.menu || keys.open) {
            self.scroll.reveal(list.index(seq), height);
            (self.due.menu_by_key, self.opened) = (keys.menu, keys.open);
        }
        if by != 0.0 {
            self.scroll.by(by);
            self.scroll.clamp(list.count(), height);
            // Up lets go; down to the very end takes hold again.
            self.follow = by > 0.0 && self.scroll.is_at_end(list.count(), height);
        }
    }

    /// Chooses another row; with none chosen, the one at the upper edge.
    fn step(&mut self, list: &Listing<'_>, height: f32, step: Step) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows that fit on a screen")]
        let rows = kit::Rows { count: list.count(), columns: 1, page: (height / TABLE_ROW) as u64 };
        let at = self.selected.map(|seq| list.index(seq));
        let index = step.from(at, rows, self.scroll.top().0);
        if let Some((index, seq)) = index.and_then(|index| Some((index, list.seq(index)?))) {
            self.selected = Some(seq);
            // The last one is followed from then on.
            self.follow = step == Step::Last;
            self.scroll.reveal(index, height);
        }
    }

    /// The rows in view, each with the block that holds it.
    fn read(&self, journal: &Journal, list: &Listing<'_>, height: f32) -> Vec<(Seq, Arc<Block>)> {
        let (first, shift) = self.scroll.top();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows that fit on a screen")]
        let rows = ((height + shift) / TABLE_ROW).ceil() as u64;
        let mut found: Vec<(Seq, Arc<Block>)> = Vec::new();
        for seq in (first..first + rows).map_while(|index| list.seq(index)) {
            let known = found.last().map(|(_, block)| block).filter(|block| seq < block.end());
            match known.cloned().or_else(|| journal.block(seq)) {
                Some(block) => found.push((seq, block)),
                None => break,
            }
        }
        found
    }

    fn rows(
        &mut self,
        ui: &Ui,
        (table, list): (&Response, &Listing<'_>),
        body: Rect,
        (columns, texts): (&Columns, &Texts<'_>),
        blocks: &[(Seq, Arc<Block>)],
    ) {
        let palette = Palette::of(ui);
        let painter = ui.painter().with_clip_rect(body.intersect(ui.clip_rect()));
        let mut top = body.top() - self.scroll.top().1;
        for (seq, block) in blocks {
            let rect = Rect::from_min_max(pos2(body.left(), top), pos2(body.right(), top + TABLE_ROW));
            top += TABLE_ROW;
            let Some(row) = block.row(*seq) else { continue };
            let touch = Rect::from_min_max(rect.min, pos2(rect.right() - BAR, rect.bottom())).intersect(body);
            let response = ui.interact(touch, row_id(table.id, *seq), Sense::CLICK);
            if response.clicked() || response.secondary_clicked() {
                self.due.menu.clicked = response.secondary_clicked();
                self.selected = Some(*seq);
                // What a person reads must not run away, nor jump when the detail opens below.
                self.follow = false;
                self.due.reveal = true;
                table.request_focus();
            }
            let chosen = self.selected == Some(*seq);
            let fill = match (chosen, response.hovered()) {
                (true, _) => palette.accent_tint,
                (false, true) => palette.hover,
                (false, false) => egui::Color32::TRANSPARENT,
            };
            painter.rect_filled(rect, 0.0, fill);
            let spoken = columns.row(ui, &painter, rect, &row, texts);
            kit::is_row(&response, Role::ListBoxOption, list.index(*seq), chosen, spoken);
            if chosen {
                kit::is_at(table, response.id);
                kit::list_ring(ui, table, Some(rect));
                self.due.menu.by_key = std::mem::take(&mut self.due.menu_by_key).then_some(rect);
            }
        }
    }
}

/// The node of a record's row; the same record keeps it while rows move.
fn row_id(table: Id, seq: Seq) -> Id {
    table.with(seq)
}
