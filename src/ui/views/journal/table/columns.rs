//! The columns of the journal table: where they are, and one row painted into them.

use std::{fmt, ops::Range, sync::Arc};

use egui::{Color32, Painter, Rect, Ui, pos2};

use crate::{
    journal::{Block, Column, Filter, Row, Seq},
    model::{By, Direction, Encoding, Encodings, Name},
    ui::{
        icons,
        theme::{self, Palette},
        views::shared::{
            paint,
            reading::{self, Past},
            scroll::BAR,
            wording,
        },
    },
    words::{clock_micros, exact_size, grouped, text},
};

const MARGIN: f32 = 10.0;
/// Places of what was found that are marked in one cell.
const MARKS: usize = 40;
const GAP: f32 = 20.0;
/// `192.168.1.40:59020`: what the name columns begin with.
const SHORT_NAME: usize = 17;
/// `[2001:db8:85a3:8d3:1319:8a2e:370:7348]:65535` and a little more: the most that a name may take.
const LONG_NAME: usize = 47;
const LONGEST_EVENT: f32 = 11.0;
const LEAST_CONTENT: f32 = 260.0;
/// The same where there is hardly any room: times to the second, and names of which the port stays.
const TIGHT_GAP: f32 = 12.0;
const TIGHT_NAME: usize = 11;
/// With less than this the content says nothing; our own name, which the detail has as well, is left out for it.
const NARROW_CONTENT: f32 = 110.0;

/// Characters that the names need; grows with what was seen, so that columns do not jump to and fro.
#[derive(Clone, Copy, Debug)]
pub(super) struct Widths {
    local: usize,
    peer: usize,
    bytes: usize,
}

impl Default for Widths {
    fn default() -> Self {
        Self { local: SHORT_NAME, peer: SHORT_NAME, bytes: 6 }
    }
}

pub(super) struct Columns {
    char: f32,
    time: f32,
    arrow: f32,
    event: f32,
    /// Left out in a narrow window.
    local: Option<f32>,
    peer: f32,
    /// Left edge of the numbers of bytes.
    count: f32,
    bytes: f32,
    content: f32,
    right: f32,
    /// Times are to the second.
    tight: bool,
}

/// What the payloads of rows are read with.
pub(super) struct Texts<'a> {
    pub(super) past: Past<'a>,
    pub(super) encodings: &'a Encodings,
    pub(super) filter: &'a Filter,
}

impl Texts<'_> {
    /// The beginning of a payload; where what was found is further on, the text around it.
    fn line(&self, row: &Row<'_>, fits: usize) -> String {
        let encoding = self.encodings.of(row.head.session);
        let start = reading::line(encoding, &self.past.open(row, encoding), row.payload, fits);
        let first = self.filter.marks_in(row.payload, 1).first().map(|range| range.start);
        let Some(at) = first.filter(|_| self.filter.marks(Column::Content, &start, 1).is_empty()) else { return start };
        let mut from = at.saturating_sub(fits / 4);
        while encoding == Encoding::Utf8 && row.payload.get(from).is_some_and(|byte| byte & 0xc0 == 0x80) && from < at {
            from += 1;
        }
        let rest = row.payload.get(from..).unwrap_or_default();
        format!("…{}", reading::line(encoding, &[], rest, fits))
    }
}

/// A row as a screen reader says it; made only when one listens.
pub(super) struct Spoken<'a> {
    row: &'a Row<'a>,
    content: String,
}

impl fmt::Display for Spoken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Row { head, names, .. } = self.row;
        write!(f, "{} {} {} {}", clock_micros(head.nanos), head.event.word(), names.local, names.peer)?;
        if head.event.direction().is_some() {
            write!(f, " {}", exact_size(u64::from(head.length)))?;
        }
        write!(f, " {}", self.content)
    }
}

impl Columns {
    pub(super) fn new(ui: &Ui, body: Rect, widths: &mut Widths, rows: &[(Seq, Arc<Block>)]) -> Self {
        for row in rows.iter().filter_map(|(seq, block)| block.row(*seq)) {
            let length = |name: &Name| name.to_string().chars().count().min(LONG_NAME);
            widths.local = widths.local.max(length(&row.names.local));
            widths.peer = widths.peer.max(length(&row.names.peer));
            if row.head.event.direction().is_some() {
                widths.bytes = widths.bytes.max(grouped(u64::from(row.head.length)).chars().count());
            }
        }
        let char = ui.fonts_mut(|fonts| fonts.glyph_width(&theme::mono(), '0'));
        let time = body.left() + MARGIN;
        let bytes_width = widths.bytes as f32 * char;
        let right = body.right() - BAR;
        let all = 16.0 + LONGEST_EVENT + SHORT_NAME as f32;
        let tight = right - time - 44.0 - all * char - bytes_width - 3.0 * GAP < NARROW_CONTENT;
        if tight {
            return Self::tight(char, time, right, widths);
        }
        let arrow = time + 16.0 * char + 22.0;
        let event = arrow + 22.0;
        let local = event + LONGEST_EVENT * char + GAP;
        // A narrow window takes from the names, the longer one first, at most down to what an IPv4 name needs.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "characters of one line")]
        let room = ((right - local - bytes_width - 3.0 * GAP - LEAST_CONTENT) / char).max(0.0) as usize;
        let peer_chars = widths.peer.min(SHORT_NAME.max(room / 2).max(room.saturating_sub(widths.local)));
        let local_chars = widths.local.min(SHORT_NAME.max(room.saturating_sub(peer_chars)));
        let names = 2.0 * SHORT_NAME as f32 * char;
        let has_local = right - local - names - bytes_width - 3.0 * GAP >= NARROW_CONTENT;
        let peer = if has_local { local + local_chars as f32 * char + GAP } else { local };
        let count = peer + peer_chars as f32 * char + GAP;
        let bytes = count + bytes_width;
        let local = has_local.then_some(local);
        Self { char, time, arrow, event, local, peer, count, bytes, content: bytes + GAP, right, tight }
    }

    /// As little room as the columns need, for a small window or one that is magnified.
    fn tight(char: f32, time: f32, right: f32, widths: &Widths) -> Self {
        let arrow = time + 8.0 * char + 14.0;
        let event = arrow + 18.0;
        let peer = event + LONGEST_EVENT * char + TIGHT_GAP;
        let count = peer + widths.peer.min(TIGHT_NAME) as f32 * char + TIGHT_GAP;
        let bytes = count + widths.bytes as f32 * char;
        let content = bytes + TIGHT_GAP;
        Self { char, time, arrow, event, local: None, peer, count, bytes, content, right, tight: true }
    }

    pub(super) fn header(&self, ui: &Ui, rect: Rect) {
        let palette = Palette::of(ui);
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        painter.rect_filled(rect, 0.0, palette.panel);
        paint::underline(ui, rect);
        let put = |text: &str, left: f32| {
            let galley = paint::line(&painter, text, theme::caption(), palette.muted);
            paint::put(&painter, galley, left, rect.center().y);
        };
        put(text!("Time"), self.time);
        put(text!("Event"), self.event);
        if let Some(left) = self.local {
            put(text!("Local name"), left);
        }
        put(text!("Peer name"), self.peer);
        put(text!("Content"), self.content);
        let galley = paint::line(&painter, text!("Bytes"), theme::caption(), palette.muted);
        let left = self.bytes - galley.size().x;
        paint::put(&painter, galley, left, rect.center().y);
    }

    /// Paints one row.
    pub(super) fn row<'a>(
        &self,
        ui: &Ui,
        painter: &Painter,
        rect: Rect,
        row: &'a Row<'a>,
        texts: &Texts<'_>,
    ) -> Spoken<'a> {
        let palette = Palette::of(ui);
        let event = row.head.event;
        let y = rect.center().y;
        let mono = |text: String, left: f32, color: Color32, marks: &[Range<usize>]| {
            paint::marked(painter, text, (left, y), color, marks, palette);
        };
        let time = clock_micros(row.head.nanos);
        let shown = if self.tight { time.split('.').next().unwrap_or_default() } else { &time };
        mono(shown.to_owned(), self.time, palette.muted, &[]);
        let direction = event.direction().or_else(|| match row.detail().by {
            Some(By::Peer) => Some(Direction::Inbound),
            Some(By::Local) => Some(Direction::Outbound),
            Some(By::System | By::Network) | None => None,
        });
        let trouble = event.is_trouble();
        let (arrow, color) = match direction {
            _ if trouble => (icons::WARNING_CIRCLE, palette.bad),
            Some(Direction::Inbound) => (icons::ARROW_LEFT, palette.inbound),
            Some(Direction::Outbound) => (icons::ARROW_RIGHT, palette.outbound),
            None => ("", palette.muted),
        };
        paint::icon(painter, arrow, pos2(self.arrow, y), 13.0, color);
        let marks = texts.filter.marks(Column::Event, event.word(), MARKS);
        mono(event.word().to_owned(), self.event, if trouble { palette.bad_words } else { palette.text }, &marks);
        if let Some(left) = self.local {
            self.name(painter, (&row.names.local, Column::Local), (left, self.peer), y, (palette, texts.filter));
        }
        self.name(painter, (&row.names.peer, Column::Peer), (self.peer, self.count), y, (palette, texts.filter));
        if event.direction().is_some() {
            let galley = paint::line(painter, grouped(u64::from(row.head.length)), theme::mono(), palette.text);
            let left = self.bytes - galley.size().x;
            paint::put(painter, galley, left, y);
        }
        let room = self.right - self.content;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "characters of one line")]
        let fits = (room / self.char).clamp(0.0, 400.0) as usize + 1;
        let content = if event.direction().is_some() { texts.line(row, fits) } else { wording::sentence(row) };
        let clip = Rect::from_min_max(pos2(self.content, rect.top()), pos2(self.right, rect.bottom()));
        let color = if event.direction().is_some() { palette.text } else { palette.muted };
        let marks =
            if event.direction().is_some() { texts.filter.marks(Column::Content, &content, MARKS) } else { Vec::new() };
        let inside = painter.with_clip_rect(clip.intersect(painter.clip_rect()));
        paint::marked(&inside, content.clone(), (self.content, y), color, &marks, palette);
        let hairline = egui::Stroke::new(1.0 / ui.pixels_per_point(), palette.line);
        painter.hline(rect.x_range(), painter.round_to_pixel_center(rect.bottom() - 0.5), hairline);
        Spoken { row, content }
    }

    /// A name, cut in the middle where its column is too narrow: the port matters most.
    fn name(
        &self,
        painter: &Painter,
        (name, column): (&Name, Column),
        (left, right): (f32, f32),
        y: f32,
        (palette, filter): (&Palette, &Filter),
    ) {
        let mut shown = name.to_string();
        let gap = if self.tight { TIGHT_GAP } else { GAP };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "characters of one line")]
        let fits = ((right - left - gap * 0.5) / self.char).max(4.0) as usize;
        let length = shown.chars().count();
        if length > fits {
            let tail = (fits / 2).max(7).min(fits - 1);
            let head: String = shown.chars().take(fits - 1 - tail).collect();
            let tail: String = shown.chars().skip(length - tail).collect();
            shown = format!("{head}…{tail}");
        }
        let color = if shown.is_empty() { palette.muted } else { palette.text };
        if shown.is_empty() {
            shown.push('–');
        }
        let marks = filter.marks(column, &shown, MARKS);
        paint::marked(painter, shown, (left, y), color, &marks, palette);
    }
}
