//! The newest requests that a listener answered: when, from whom, what, with which status, how much and how long.

use std::collections::VecDeque;

use egui::{Color32, CursorIcon, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::{
    journal::{Journal, Row, Seq},
    model::{Answered, Event, SessionId},
    ui::{
        action::Action,
        kit::{self, Tone},
        theme::{self, Palette, SPACE, SPACE_SMALL, TABLE_ROW},
        views::{
            http::status,
            shared::{paint, wording},
        },
    },
    words::{clock, size, span, text},
};

/// Requests that are shown.
const SHOWN: usize = 100;
/// Records that are read for one frame, so that a flood does not slow it.
const READ: u64 = 20_000;
/// Widths of the columns but for the target, which takes the rest.
const TIME: f32 = 76.0;
const STATUS: f32 = 44.0;
const BYTES: f32 = 84.0;
const SPAN: f32 = 72.0;
const PEER: f32 = 150.0;
/// Below this width there is no column for the peer.
const WIDE: f32 = 560.0;

/// What was read of the journal, so that each record is read once.
#[derive(Debug, Default)]
pub struct Requests {
    session: SessionId,
    next: Seq,
    lines: VecDeque<Line>,
}

#[derive(Debug)]
struct Line {
    seq: Seq,
    nanos: u64,
    peer: String,
    http: Answered,
    bytes: u64,
    broken: bool,
    micros: u64,
}

impl Line {
    fn of(row: &Row<'_>) -> Option<Self> {
        let detail = row.detail();
        Some(Self {
            seq: row.seq,
            nanos: row.head.nanos,
            peer: row.names.peer.to_string(),
            http: detail.http?,
            bytes: detail.sent.unwrap_or(0),
            broken: detail.total.is_some(),
            micros: detail.micros.unwrap_or(0),
        })
    }

    fn status(&self) -> String {
        format!("{} {}", self.http.status, self.http.reason)
    }

    fn asked(&self) -> String {
        if self.http.method.is_empty() {
            return text!("a request that could not be read").to_owned();
        }
        format!("{} {}", self.http.method, wording::escape(self.http.target.as_bytes(), self.http.target.len()))
    }
}

impl Requests {
    /// Draws the newest first; a click on one shows its record.
    pub fn show(&mut self, ui: &mut Ui, session: SessionId, journal: &Journal, actions: &mut Vec<Action>) {
        self.read(session, journal);
        kit::section_title(ui, text!("Requests"));
        ui.add_space(SPACE_SMALL);
        let palette = Palette::of(ui);
        if self.lines.is_empty() {
            let hint = text!("None yet. Open the address in a browser, and each one appears here.");
            ui.label(egui::RichText::new(hint).color(palette.muted));
            return;
        }
        for line in self.lines.iter().rev() {
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), TABLE_ROW), Sense::click());
            if response.clicked() {
                actions.push(Action::ShowRecord(line.seq));
            }
            if ui.is_rect_visible(rect) {
                paint_line(ui, rect, line, response.hovered() || response.has_focus());
            }
            let name = format!("{}, {}, {}", line.asked(), line.status(), line.peer);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            let hint = text!("Show it in the journal");
            response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(format!("{name}\n{hint}"));
        }
    }

    fn read(&mut self, session: SessionId, journal: &Journal) {
        if self.session != session {
            *self = Self { session, ..Self::default() };
        }
        let stats = journal.stats();
        // What is evicted cannot be shown in the journal any more.
        let gone = self.lines.partition_point(|line| line.seq < stats.first);
        self.lines.drain(..gone);
        self.next = self.next.max(stats.first).max(stats.next.saturating_sub(READ));
        while self.next < stats.next {
            let Some(block) = journal.block(self.next) else { break };
            let news = block.rows().filter(|row| row.seq >= self.next);
            let answered = news.filter(|row| row.head.session == session && row.head.event == Event::Answered);
            self.lines.extend(answered.filter_map(|row| Line::of(&row)));
            self.next = block.end().max(self.next + 1);
        }
        self.lines.drain(..self.lines.len().saturating_sub(SHOWN));
    }
}

fn paint_line(ui: &Ui, rect: Rect, line: &Line, marked: bool) {
    let palette = Palette::of(ui);
    let painter = ui.painter();
    if marked {
        painter.rect_filled(rect.expand2(vec2(SPACE_SMALL, 0.0)), theme::RADIUS, palette.hover);
    }
    let y = rect.center().y;
    let put = |text: &str, left: f32, width: f32, color: Color32| {
        paint::put(painter, paint::elided(ui, text, theme::mono(), color, width - SPACE), left, y);
    };
    let put_right = |text: String, right: f32, color: Color32| {
        let galley = paint::line(painter, text, theme::mono(), color);
        let left = right - galley.size().x;
        paint::put(painter, galley, left, y);
    };
    // To the second; the journal has the rest.
    put(clock(line.nanos).split('.').next().unwrap_or_default(), rect.left(), TIME, palette.muted);
    let mut right = rect.right();
    if rect.width() >= WIDE {
        put(&line.peer, right - PEER + SPACE, PEER, palette.muted);
        right -= PEER;
    }
    if line.micros > 0 {
        put_right(span(line.micros.saturating_mul(1000)), right - SPACE, palette.muted);
    }
    right -= SPAN;
    let bytes = if line.broken { format!("{}…", size(line.bytes)) } else { size(line.bytes) };
    put_right(bytes, right - SPACE, if line.broken { palette.bad_words } else { palette.text });
    right -= BYTES;
    put(&line.http.status.to_string(), right - STATUS + SPACE, STATUS, status_color(palette, line.http.status));
    right -= STATUS;
    let left = rect.left() + TIME;
    put(&line.asked(), left, right - left, palette.text);
    let bottom = painter.round_to_pixel_center(rect.bottom());
    painter.line_segment(
        [pos2(rect.left(), bottom), pos2(rect.right(), bottom)],
        egui::Stroke::new(1.0 / ui.pixels_per_point(), palette.line),
    );
}

fn status_color(palette: &Palette, status: u16) -> Color32 {
    match status::tone(status, true) {
        Tone::Good => palette.good_words,
        Tone::Info => palette.muted,
        Tone::Warning | Tone::Bad => palette.warning_words,
    }
}

#[cfg(test)]
mod tests {
    use std::io::IoSlice;

    use super::*;
    use crate::{
        journal::{Budget, Entry},
        model::{ConnectionId, Detail, Name, Names},
    };

    fn answer(journal: &Journal, session: u32, event: Event, status: u16) {
        let http = Answered { method: "GET".to_owned(), status, ..Answered::default() };
        let json = serde_json::to_vec(&Detail { http: Some(http), ..Detail::default() }).unwrap_or_default();
        journal.append(&Entry {
            event,
            session: SessionId(session),
            connection: ConnectionId(1),
            names: &Names { local: Name::Unnamed, peer: Name::Unnamed },
            length: json.len(),
            payload: &[IoSlice::new(&json)],
            keep: json.len(),
            previous: 0,
        });
    }

    #[test]
    fn the_newest_of_one_listener_are_kept_and_each_is_read_once() {
        let journal = Journal::new(Budget::default());
        let mut requests = Requests::default();
        for status in 0..150 {
            answer(&journal, 1, Event::Answered, status);
            answer(&journal, 2, Event::Answered, 999);
            answer(&journal, 1, Event::Accepted, 998);
            if status % 7 == 0 {
                requests.read(SessionId(1), &journal);
            }
        }
        requests.read(SessionId(1), &journal);
        requests.read(SessionId(1), &journal);
        let shown: Vec<u16> = requests.lines.iter().map(|line| line.http.status).collect();
        assert_eq!(shown, (50..150).collect::<Vec<_>>());
        requests.read(SessionId(2), &journal);
        assert!(requests.lines.len() == SHOWN && requests.lines.iter().all(|line| line.http.status == 999));
        journal.clear();
        answer(&journal, 2, Event::Answered, 200);
        requests.read(SessionId(2), &journal);
        assert_eq!(requests.lines.iter().map(|line| line.http.status).collect::<Vec<_>>(), [200]);
    }
}
