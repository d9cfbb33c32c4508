//! What can be done with a row of the ladder, and what it says under the pointer.

use egui::Ui;

use super::model::{Kind, Step};
use crate::{
    journal::{Connection, Part, Seq},
    model::State,
    ui::{action::Action, icons, kit, views::shared::bytes_menu},
    words::{clock_micros, text},
};

/// What can be done with a call.
pub(super) fn show(ui: &mut Ui, seq: Seq, connection: &Connection, actions: &mut Vec<Action>) {
    let open = matches!(connection.state(), State::Established | State::CloseWait);
    if let Some(part) = connection.journal().with_row(seq, |row| Part::of(&row)).flatten() {
        bytes_menu::rows(ui, &part, (false, open), actions);
        return;
    }
    if kit::menu_item(ui, icons::ROWS, text!("Show in the journal"), "").clicked() {
        actions.push(Action::ShowRecord(seq));
    }
    bytes_menu::before(ui, seq, actions);
}

/// What a row says and does, under the pointer.
pub(super) fn tip(step: &Step) -> Option<String> {
    let time = match step.kind {
        // Its words may be cut.
        Kind::Mark { .. } => format!("{}\n{}", step.note, step.call),
        _ => clock_micros(step.nanos?),
    };
    let what = match step.kind {
        Kind::Fold { open: true, .. } => text!("Fold these calls"),
        Kind::Fold { .. } => text!("Show each of these calls"),
        _ if step.seq.is_some() => text!("Show the record in the journal"),
        _ => return Some(time),
    };
    let note = if step.note.is_empty() || matches!(step.kind, Kind::Mark { .. }) {
        String::new()
    } else {
        format!("\n{}", step.note)
    };
    Some(format!("{time}{note}\n{what}"))
}
