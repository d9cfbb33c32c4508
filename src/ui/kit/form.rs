//! What the forms share: reading fields, columns, and how a failed start is shown in place.

use std::{path::PathBuf, str::FromStr, time::Duration};

use egui::{Align, Id, Layout, Rect, Response, RichText, Ui, vec2};
use serde::{Deserialize, Serialize};

use crate::{
    model::{Failure, RecvSize, Transport, halfwidth},
    ui::{
        icons,
        kit::{self, TextField},
        theme::{self, CONTROL_MAIN, Palette, SPACE, SPACE_SMALL},
    },
    words::text,
};

pub use crate::ui::theme::{GAP, PORT};

/// What carries the bytes, as it is chosen first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A stream over IP.
    Tcp,
    /// Datagrams over IP.
    Udp,
    /// A path of this machine.
    Unix,
}

impl Family {
    /// Those that this system has, with their words.
    #[must_use]
    pub fn choices() -> Vec<(Self, &'static str)> {
        let mut choices = vec![(Self::Tcp, text!("TCP")), (Self::Udp, text!("UDP"))];
        if cfg!(unix) {
            choices.push((Self::Unix, text!("Unix")));
        }
        choices
    }
}

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

    /// What it is chosen by first.
    #[must_use]
    pub fn family(self) -> Family {
        match self {
            Self::Tcp => Family::Tcp,
            Self::Udp => Family::Udp,
            Self::Unix | Self::UnixDatagram | Self::UnixSeqpacket => Family::Unix,
        }
    }

    /// The transport that it is; only those at a path use the `path` that was typed.
    #[must_use]
    pub fn transport(self, path: &str) -> Transport {
        let path = || PathBuf::from(path.trim());
        match self {
            Self::Tcp => Transport::Tcp,
            Self::Udp => Transport::Udp,
            Self::Unix => Transport::Unix(path()),
            Self::UnixDatagram => Transport::UnixDatagram(path()),
            Self::UnixSeqpacket => Transport::UnixSeqpacket(path()),
        }
    }

    /// The kinds of socket at a path, with their words.
    #[must_use]
    pub fn at_a_path() -> Vec<(Self, &'static str)> {
        let mut kinds = vec![(Self::Unix, text!("Stream")), (Self::UnixDatagram, text!("Datagrams"))];
        if cfg!(target_os = "linux") {
            kinds.push((Self::UnixSeqpacket, text!("Records (seqpacket)")));
        }
        kinds
    }
}

impl From<Family> for Carrier {
    fn from(family: Family) -> Self {
        match family {
            Family::Tcp => Self::Tcp,
            Family::Udp => Self::Udp,
            Family::Unix => Self::Unix,
        }
    }
}

impl From<&Transport> for Carrier {
    fn from(transport: &Transport) -> Self {
        match transport {
            Transport::Tcp => Self::Tcp,
            Transport::Udp => Self::Udp,
            Transport::Unix(_) => Self::Unix,
            Transport::UnixDatagram(_) => Self::UnixDatagram,
            Transport::UnixSeqpacket(_) => Self::UnixSeqpacket,
        }
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
    let response = kit::field(ui, label, error, |ui| {
        ui.add(TextField::new(label, value).hint(hint).mono(true).error(error.is_some()).width(width))
    });
    note_enter(ui, &response);
    response
}

fn enter() -> Id {
    Id::unique("Enter in a form")
}

/// Remembers that Enter was pressed in a field, for the form around it.
pub fn note_enter(ui: &Ui, response: &Response) {
    if entered(ui, response) {
        ui.data_mut(|data| data.insert_temp(enter(), true));
    }
}

/// True when Enter was pressed in one of the fields drawn since this was asked last.
#[must_use]
pub fn was_entered(ui: &Ui) -> bool {
    ui.data_mut(|data| data.remove_temp::<bool>(enter())).is_some()
}

/// The fields of the form of that name, which scroll where they have only so much `room`, above what is always in view.
pub fn fields(ui: &mut Ui, name: &str, room: Option<f32>, content: impl FnOnce(&mut Ui)) {
    let Some(room) = room else { return content(ui) };
    let area = egui::ScrollArea::vertical().id_salt(name).max_height(room).auto_shrink([false, true]);
    area.show(ui, |ui| {
        // The bar of a long form has a place of its own, beside the fields.
        ui.set_width(ui.available_width() - SPACE);
        content(ui);
        kit::scroll_by_keys(ui, room);
    });
}

/// True when Enter was pressed in a field that had the keyboard.
#[must_use]
pub fn entered(ui: &Ui, response: &Response) -> bool {
    response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
}

/// What stands in place of the main button while what it asked for is under way; true when that is given up.
pub fn cancel(ui: &mut Ui, words: &str) -> bool {
    ui.add_enabled(false, kit::Button::primary(None, words).height(CONTROL_MAIN));
    ui.add(kit::Button::raised(icons::X, text!("Cancel")).height(CONTROL_MAIN)).clicked()
}

/// The way to the rarer options; true when they are in a dialog, and that is to be opened.
pub fn more_button(ui: &mut Ui, more: &mut bool, brief: bool, set: bool) -> bool {
    let words = match (brief, set, *more) {
        (false, _, true) => text!("Fewer options"),
        (true, true, _) => text!("More options, some set…"),
        _ => text!("More options…"),
    };
    let clicked = ui.add(kit::Button::quiet(None, words).height(CONTROL_MAIN)).clicked();
    if clicked {
        *more = brief || !*more;
    }
    clicked && brief
}

/// The gap between two rows of a form.
pub fn row_gap(ui: &mut Ui) {
    ui.add_space(SPACE - 1.0);
}

/// Why what was asked for did not come to be, in the place where it was asked for.
pub fn failure(ui: &mut Ui, failure: &Failure) {
    let palette = Palette::of(ui);
    ui.add_space(SPACE);
    let top = ui.cursor().min;
    // The code first: what follows may begin with the name of a program, which keeps its small letter.
    let title = format!("{} · {}", failure.code(), failure.message());
    kit::notice(ui, kit::Tone::Bad, &title);
    let hint = failure.hint();
    if !hint.is_empty() {
        ui.add_space(SPACE_SMALL);
        let hint = RichText::new(capitalised(&hint)).font(theme::label()).color(palette.muted);
        ui.add(egui::Label::new(hint).wrap());
    }
    // A new one is scrolled to, where the fields scroll.
    let seen = Id::unique("failure in a form");
    if ui.data(|data| data.get_temp::<String>(seen)).as_ref() != Some(&title) {
        ui.scroll_to_rect(Rect::from_min_max(top, ui.min_rect().max), None);
        ui.data_mut(|data| data.insert_temp(seen, title));
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
