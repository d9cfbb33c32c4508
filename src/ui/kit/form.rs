//! What the forms share: reading fields, columns, and how a failed start is shown in place.

use std::{str::FromStr, time::Duration};

use egui::{Align, Layout, Response, RichText, Ui, vec2};
use serde::{Deserialize, Serialize};

use crate::{
    model::{Failure, RecvSize, halfwidth},
    ui::{
        kit::{self, TextField},
        theme::{self, Palette, SPACE, SPACE_SMALL},
    },
    words::text,
};

/// Room between two columns of a form.
pub const GAP: f32 = 10.0;
/// Width of a column for a port.
pub const PORT: f32 = 96.0;

/// What a form's bytes travel in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Carrier {
    /// A stream over IP.
    #[default]
    Tcp,
    /// Datagrams over IP.
    Udp,
    /// A stream at a path of this machine.
    Unix,
    /// Datagrams at a path of this machine.
    UnixDatagram,
    /// Records in a stream at a path of this machine.
    UnixSeqpacket,
}

impl Carrier {
    /// True where a path stands for address and port.
    #[must_use]
    pub fn has_path(self) -> bool {
        matches!(self, Self::Unix | Self::UnixDatagram | Self::UnixSeqpacket)
    }

    /// True where messages travel one by one.
    #[must_use]
    pub fn is_datagram(self) -> bool {
        matches!(self, Self::Udp | Self::UnixDatagram)
    }
}

/// A receive size as its field shows it: empty where nobody chose one.
#[must_use]
pub fn size(size: RecvSize) -> String {
    if size.is_chosen() { size.to_string() } else { String::new() }
}

/// What stands in the empty field of a receive size.
#[must_use]
pub fn usual_size(datagram: bool) -> &'static str {
    if datagram { text!("the whole datagram") } else { text!("1024, more in a flood") }
}

/// What is wrong in a form, by field. Filled while its values are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(&'static str, String)>);

impl FieldErrors {
    /// True when nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with the field of that name.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, error)| error.as_str())
    }

    /// Remembers what is wrong with a field.
    pub fn add(&mut self, field: &'static str, error: impl Into<String>) {
        self.0.push((field, error.into()));
    }

    /// The number in a field, or `fallback` together with an error.
    pub fn number<T: FromStr + PartialOrd + Copy + std::fmt::Display>(
        &mut self,
        field: &'static str,
        value: &str,
        (low, high): (T, T),
        fallback: T,
    ) -> T {
        match halfwidth(value).trim().parse::<T>() {
            Ok(number) if number >= low && number <= high => number,
            _ => {
                self.add(field, text!("A number from {low} to {high}", low = low, high = high));
                fallback
            }
        }
    }

    /// The receive size in a field that is empty where nobody chose one.
    pub fn size(&mut self, field: &'static str, value: &str) -> RecvSize {
        let chosen = self.optional(field, value, (1, RecvSize::MAX));
        chosen.and_then(|size| RecvSize::try_from(size).ok()).unwrap_or_default()
    }

    /// The number in a field that may be empty.
    pub fn optional<T: FromStr + PartialOrd + Copy + std::fmt::Display>(
        &mut self,
        field: &'static str,
        value: &str,
        range: (T, T),
    ) -> Option<T> {
        if value.trim().is_empty() { None } else { Some(self.number(field, value, range, range.0)) }
    }

    /// The seconds in a field that may be empty, with fractions.
    pub fn seconds(&mut self, field: &'static str, value: &str) -> Option<Duration> {
        if value.trim().is_empty() {
            return None;
        }
        let seconds = value.trim().parse::<f64>().ok().filter(|seconds| (0.001..=86_400.0 * 365.0).contains(seconds));
        if seconds.is_none() {
            self.add(field, text!("Seconds, such as 30 or 0.5"));
        }
        seconds.map(Duration::from_secs_f64)
    }
}

/// A part of a form with a fixed width, from top to bottom.
pub fn column<R>(ui: &mut Ui, width: f32, content: impl FnOnce(&mut Ui) -> R) -> R {
    ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
        ui.set_width(width);
        content(ui)
    })
    .inner
}

/// Columns beside each other that start at the same height.
pub fn columns<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        ui.horizontal_top(content).inner
    })
    .inner
}

/// A labelled line of text with its error under it.
pub fn text(
    ui: &mut Ui,
    name: &'static str,
    label: &str,
    hint: &str,
    value: &mut String,
    errors: &FieldErrors,
) -> Response {
    let error = errors.of(name);
    let width = ui.available_width();
    kit::field(ui, label, error, |ui| {
        ui.add(TextField::new(label, value).hint(hint).mono(true).error(error.is_some()).width(width))
    })
}

/// True when Enter was pressed in a field that had the keyboard.
#[must_use]
pub fn entered(ui: &Ui, response: &Response) -> bool {
    response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
}

/// The gap between two rows of a form.
pub fn row_gap(ui: &mut Ui) {
    ui.add_space(SPACE - 1.0);
}

/// Why what was asked for did not come to be, in the place where it was asked for.
pub fn failure(ui: &mut Ui, failure: &Failure) {
    let palette = Palette::of(ui);
    ui.add_space(SPACE);
    // The code first: what follows may begin with the name of a program, which keeps its small letter.
    let title = format!("{} · {}", failure.code(), failure.message());
    kit::notice(ui, kit::Tone::Bad, &title);
    let hint = failure.hint();
    if !hint.is_empty() {
        ui.add_space(SPACE_SMALL);
        let hint = RichText::new(capitalised(&hint)).font(theme::label()).color(palette.muted);
        ui.add(egui::Label::new(hint).wrap());
    }
}

/// The button for the port that a failure says is free; gives that port when it was pressed.
pub fn other_port(ui: &mut Ui, failure: &Failure) -> Option<u16> {
    let free = failure.free_port?;
    ui.add_space(SPACE_SMALL);
    let words = text!("Use port {port}", port = free);
    kit::button(ui, None, &words).clicked().then_some(free)
}

/// A sentence's first letter as a capital.
#[must_use]
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outside_their_range_are_errors() {
        let mut errors = FieldErrors::default();
        assert_eq!(errors.number::<u16>("port", "70000", (0, u16::MAX), 0), 0);
        assert_eq!(errors.of("port"), Some("A number from 0 to 65535"));
        assert_eq!(errors.optional::<u32>("backlog", "", (1, 10)), None);
        assert_eq!(errors.size("recv_size", ""), RecvSize::default());
        assert_eq!(errors.size("recv_size", "1024"), RecvSize::exactly_usual());
        assert_eq!(errors.of("recv_size"), None);
        errors.size("recv_size", "0");
        assert!(errors.of("recv_size").is_some());
        assert_eq!(errors.seconds("idle", "0.5"), Some(Duration::from_millis(500)));
        assert!(errors.seconds("idle", "soon").is_none());
    }
}
