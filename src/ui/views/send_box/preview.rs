//! The line below the box: how many bytes leave, which, and what of them was not typed; or why none do.

use egui::{Label, Response, RichText, TextFormat, Ui, text::LayoutJob};

use super::draft::{CONVERTIBLE, Note, Ready};
use crate::{
    model::compose::{ComposeError, Options, Piece, Span},
    ui::{
        icons,
        theme::{self, Palette, SPACE},
    },
    words::{exact_size, grouped, size, text},
};

/// The most bytes that are shown, however wide the window is.
const MOST: usize = 256;
/// Characters that stand before the bytes, at most.
const BEFORE: usize = 14;

/// Draws it in the room that is left; `count`: how many get it.
pub(super) fn show(
    ui: &mut Ui,
    ready: Result<&Ready, &ComposeError>,
    (options, count): (Options, usize),
    note: Option<&Note>,
) {
    let palette = Palette::of(ui);
    if let Some(note) = note {
        let words = note.words();
        let label = RichText::new(&words).font(theme::label()).color(palette.text);
        ui.add(Label::new(label).truncate()).on_hover_text(words);
        return;
    }
    match ready {
        Err(error) => {
            let words = error.to_string();
            let label = RichText::new(format!("{} {words}", icons::WARNING_CIRCLE));
            let label = Label::new(label.font(theme::label()).color(palette.bad_words)).truncate();
            ui.add(label).on_hover_text(words);
        }
        // The checksum of nothing is not sent.
        Ok(ready) if ready.is_nothing(options) => {
            ui.label(RichText::new(exact_size(0)).font(theme::label()).color(palette.muted));
        }
        Ok(ready) => {
            bytes(ui, ready, (options, count));
        }
    }
}

impl Note {
    fn words(&self) -> String {
        match self {
            Self::Kept(error) => text!("Not converted, and kept in the other mode: {error}", error = error),
            Self::TooLong => text!(
                "Not converted, and kept in the other mode: it is longer than {size}",
                size = size(CONVERTIBLE as u64)
            ),
            Self::Escaped => text!("Escapes are on now: some bytes are no text").to_owned(),
        }
    }
}

fn bytes(ui: &mut Ui, ready: &Ready, (options, count): (Options, usize)) -> Response {
    let palette = Palette::of(ui);
    let each = if count > 1 { text!("to each of {n}", n = grouped(count as u64)) } else { String::new() };
    let char = ui.fonts_mut(|fonts| fonts.glyph_width(&theme::mono(), '0'));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small number of characters, none below 0"
    )]
    let room = ((ui.available_width() - SPACE) / char).max(0.0) as usize;
    let room = (room.saturating_sub(BEFORE + each.chars().count()) / 3).min(MOST);
    let all = ready.composed.bytes.len();
    let format = |font, color| TextFormat { valign: egui::Align::Center, ..TextFormat::simple(font, color) };
    let mut job = LayoutJob::default();
    job.append(&exact_size(all as u64), 0.0, format(theme::label(), palette.muted));
    if !each.is_empty() {
        job.append(" ", 0.0, format(theme::label(), palette.muted));
        job.append(&each, 0.0, format(theme::label(), palette.muted));
    }
    if ready.is_dump {
        job.append(" ", 0.0, format(theme::label(), palette.muted));
        job.append(text!("from a dump"), 0.0, format(theme::label(), palette.muted));
    }
    let plain = format(theme::mono(), palette.text);
    let added = TextFormat { background: palette.accent_tint, ..format(theme::mono(), palette.accent_words) };
    let mut put = |text: &str, format: &TextFormat| {
        job.append(" ", 0.0, plain.clone());
        job.append(text, 0.0, format.clone());
    };
    let bytes_of = |span: &Span| digits(ready.composed.bytes.get(span.start..span.end).unwrap_or_default());
    let (head, tail) = parts(ready, room);
    for span in &head {
        put(&bytes_of(span), if span.piece == Piece::Typed { &plain } else { &added });
    }
    if let Some(tail) = tail {
        put("…", &plain);
        for span in &tail {
            put(&bytes_of(span), &added);
        }
    }
    job.wrap.max_rows = 1;
    job.break_on_newline = false;
    ui.add(Label::new(job).truncate()).on_hover_ui(|ui| explain(ui, ready, options))
}

/// What is shown of the beginning, and of the end where not all of it fits: what was put there.
fn parts(ready: &Ready, room: usize) -> (Vec<Span>, Option<Vec<Span>>) {
    let composed = &ready.composed;
    let all = composed.bytes.len();
    if all <= room {
        return (composed.pieces(0..all), None);
    }
    let tail = composed.pieces(composed.body..all);
    let tail: Vec<Span> = tail.into_iter().filter(|span| span.piece != Piece::Typed).collect();
    let ending: usize = tail.iter().map(|span| span.end - span.start).sum();
    let head = room.saturating_sub(ending + 1).min(composed.body);
    (composed.pieces(0..head), Some(tail))
}

/// Two digits a byte with a space between them.
fn digits(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(" ")
}

/// What each of the bytes that were not typed is; the first ones.
fn explain(ui: &mut Ui, ready: &Ready, options: Options) {
    const ROWS: usize = 6;
    ui.label(text!("These bytes are sent"));
    if ready.is_dump {
        ui.label(text!("It was read as a dump: offsets and text are not sent"));
    }
    let added =
        ready.composed.spans.iter().filter(|span| span.piece != Piece::LineEnd || span.start >= ready.composed.body);
    for span in added.take(ROWS) {
        let bytes = ready.composed.bytes.get(span.start..span.end).unwrap_or_default();
        let bytes = digits(bytes.get(..bytes.len().min(16)).unwrap_or_default());
        let words = match span.piece {
            Piece::Field => text!("Field {bytes}", bytes = bytes),
            Piece::Checksum => text!("Checksum {bytes}, {kind}", bytes = bytes, kind = options.checksum.name()),
            _ => text!("Line end {bytes}", bytes = bytes),
        };
        ui.label(RichText::new(words).font(theme::label()));
    }
}
