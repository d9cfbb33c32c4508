//! Parts of the send box: the Send button, the repetition's popover, the row of a transfer.

use std::time::Duration;

use egui::{Align, Layout, Popup, PopupCloseBehavior, RichText, Ui};
use serde::{Deserialize, Serialize};

use crate::{
    model::TransferId,
    ui::{
        action::{Action, Pace},
        icons, kit,
        theme::{self, CONTROL_MAIN, CONTROL_TOOL, Palette, SPACE},
    },
    words::{grouped, size, text},
};

/// The width of Repeat… with its word.
const REPEAT: f32 = 92.0;
/// The same with the choice of a checksum beside it.
const REPEAT_AND_CHECKSUM: f32 = 240.0;

/// A file on its way out.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// Which one.
    pub id: TransferId,
    /// File name and receiver, as shown.
    pub name: String,
    /// Bytes sent so far.
    pub sent: u64,
    /// Bytes in all.
    pub total: u64,
}

/// The one main button; greyed out with the reason on hover when nothing can be sent.
pub(super) fn send_button(ui: &mut Ui, enabled: bool, width: f32, reason: Option<&str>) -> bool {
    ui.add_enabled_ui(enabled, |ui| {
        let button = kit::Button::primary(icons::PAPER_PLANE_RIGHT_FILL, text!("Send"))
            .height(CONTROL_MAIN + 2.0)
            .min_width(width);
        let response = ui.add(button);
        match reason {
            Some(reason) => response.on_disabled_hover_text(reason).clicked(),
            None => response.clicked(),
        }
    })
    .inner
}

/// What was typed into the popover of Repeat…. Kept between runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Repeat {
    interval: String,
    jitter: String,
    count: String,
}

impl Default for Repeat {
    fn default() -> Self {
        Self { interval: "1000".to_owned(), jitter: "0".to_owned(), count: "10".to_owned() }
    }
}

impl Repeat {
    /// The button and, when it is open, the popover; gives pause and count when it is to begin.
    pub(super) fn show(&mut self, ui: &mut Ui, ready: bool) -> Option<Pace> {
        let button = if ui.available_width() < REPEAT_AND_CHECKSUM {
            kit::Button::icon(icons::REPEAT, text!("Repeat…"))
        } else {
            kit::Button::quiet(icons::REPEAT, text!("Repeat…"))
        };
        let button = ui.add(button);
        let mut begin = None;
        Popup::from_toggle_button_response(&button)
            .gap(4.0)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ui.set_width(224.0);
                egui::Frame::new().inner_margin(egui::Margin::same(8)).show(ui, |ui| {
                    begin = self.form(ui, ready);
                });
                if begin.is_some() {
                    ui.close();
                }
            });
        begin
    }

    fn form(&mut self, ui: &mut Ui, ready: bool) -> Option<Pace> {
        let palette = Palette::of(ui);
        ui.spacing_mut().interact_size.y = theme::CONTROL;
        let title = text!("Send the same again and again");
        ui.label(RichText::new(title).font(theme::body_semibold()).color(palette.text));
        let pace = self.pace(ui);
        if !ready {
            let note = text!("Type what to send first");
            ui.label(RichText::new(note).font(theme::label()).color(palette.muted));
        }
        ui.add_space(SPACE / 2.0);
        let start = ui.add_enabled_ui(ready && pace.is_some(), |ui| {
            kit::primary_button(ui, icons::PLAY_FILL, text!("Start")).clicked()
        });
        pace.filter(|_| start.inner)
    }

    /// The fields, and what they mean when they make sense.
    pub(super) fn pace(&mut self, ui: &mut Ui) -> Option<Pace> {
        const DAY: u64 = 86_400_000;
        let interval = self.interval.trim().parse::<u64>().ok().filter(|millis| (1..=DAY).contains(millis));
        let jitter = self.jitter.trim().parse::<u64>().ok().filter(|millis| *millis <= DAY);
        let count = match self.count.trim() {
            "" => Some(None),
            count => count.parse::<u32>().ok().filter(|count| *count > 0).map(Some),
        };
        let error = interval.is_none().then_some(text!("from 1 to 86 400 000"));
        kit::field(ui, text!("Every … milliseconds"), error, |ui| {
            ui.add(kit::TextField::new("", &mut self.interval).mono(true).error(error.is_some()))
        });
        let error = jitter.is_none().then_some(text!("from 0 to 86 400 000"));
        kit::field(ui, text!("And up to … milliseconds at random"), error, |ui| {
            ui.add(kit::TextField::new("", &mut self.jitter).mono(true).error(error.is_some()))
        });
        let error = count.is_none().then_some(text!("a number from 1, or nothing"));
        kit::field(ui, text!("How often"), error, |ui| {
            let hint = text!("until stopped");
            ui.add(kit::TextField::new("", &mut self.count).hint(hint).mono(true).error(error.is_some()))
        });
        let (interval, jitter) = (Duration::from_millis(interval?), Duration::from_millis(jitter?));
        Some(Pace { interval, jitter, count: count? })
    }
}

/// The button that ends a repetition, with the rounds so far; true when it was pressed.
pub(super) fn stop_repeating(ui: &mut Ui, count: u64) -> bool {
    let count = grouped(count);
    let name = text!("Stop repeating · {count} sent so far", count = count);
    // Cut off in a narrow window it would say neither.
    let label = if ui.available_width() < REPEAT { count } else { text!("Stop · {count}", count = count) };
    ui.add(kit::Button::danger(icons::STOP, &label).name(&name).tooltip(&name)).clicked()
}

/// A row for a file on its way: name, bar, bytes, cancel.
pub(super) fn transfer(ui: &mut Ui, transfer: &Transfer, actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = CONTROL_TOOL - 2.0;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let cancel = text!("Cancel sending {name}", name = transfer.name);
            if kit::icon_button(ui, icons::X, &cancel).clicked() {
                actions.push(Action::Cancel(transfer.id));
            }
            ui.label(RichText::new(moved(transfer)).font(theme::label()).color(palette.muted));
            #[expect(clippy::cast_possible_truncation, reason = "a fraction")]
            let fraction = (transfer.total > 0).then(|| (transfer.sent as f64 / transfer.total as f64) as f32);
            let name = text!("Sending {name}", name = transfer.name);
            kit::progress(ui, fraction, 180.0, &name);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.label(RichText::new(icons::UPLOAD_SIMPLE).color(palette.outbound));
                let name = RichText::new(&transfer.name).font(theme::body()).color(palette.text);
                ui.add(egui::Label::new(name).truncate());
            });
        });
    });
}

/// Bytes moved of bytes in all, for a row of progress.
fn moved(transfer: &Transfer) -> String {
    text!("{sent} of {total}", sent = size(transfer.sent), total = size(transfer.total))
}
