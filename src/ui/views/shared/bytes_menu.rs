//! What can be done with bytes that went by, wherever they are shown: the same rows under a bubble and under a record.

use egui::Ui;

use crate::{
    journal::{Part, Seq},
    model::Direction,
    ui::{
        action::{Action, CopyForm},
        icons, kit,
        tab::Tab,
    },
    words::text,
};

/// The rows. `in_journal`: the menu stands in the journal already; `open`: the connection can be sent to.
pub(in crate::ui::views) fn rows(
    ui: &mut Ui,
    part: &Part,
    (in_journal, open): (bool, bool),
    actions: &mut Vec<Action>,
) {
    let mut ask = |ui: &mut Ui, icon: &'static str, words: &str, action: &dyn Fn() -> Action| {
        if kit::menu_item(ui, icon, words, "").clicked() {
            actions.push(action());
        }
    };
    for (icon, words, form) in [
        (icons::TEXT_AA, text!("Copy the text"), CopyForm::Text),
        (icons::BINARY, text!("Copy as hex"), CopyForm::Hex),
        (icons::COPY, text!("Copy with escapes"), CopyForm::Escaped),
        (icons::CODE, text!("Copy as C array"), CopyForm::CArray),
    ] {
        ask(ui, icon, words, &|| Action::CopyPart(part.clone(), form));
    }
    ask(ui, icons::FLOPPY_DISK, text!("Save the bytes…"), &|| Action::SavePart(part.clone()));
    if open {
        let again = match part.direction {
            Direction::Outbound => text!("Send again"),
            Direction::Inbound => text!("Send it back"),
        };
        ask(ui, icons::PAPER_PLANE_RIGHT, again, &|| Action::SendPart(part.clone()));
    }
    kit::menu_separator(ui);
    let seq = part.records.0;
    if !in_journal {
        ask(ui, icons::ROWS, text!("Show in the journal"), &|| Action::ShowRecord(seq));
    }
    for (tab, words) in [(Tab::Ladder, text!("Show in the ladder")), (Tab::Stream, text!("Show in the stream"))] {
        ask(ui, tab.entry().icon, words, &|| Action::ShowIn(tab, part.clone()));
    }
    before(ui, seq, actions);
}

/// The row for what came before a record, of any kind.
pub(in crate::ui::views) fn before(ui: &mut Ui, seq: Seq, actions: &mut Vec<Action>) {
    if kit::menu_item(ui, icons::CLOCK, text!("What came before"), "").clicked() {
        actions.push(Action::ShowBefore(seq));
    }
}
