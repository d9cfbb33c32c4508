//! A field for the name of a session.

use egui::Ui;

use crate::{
    model::SessionId,
    ui::{
        action::Action,
        kit::{self, TextField, form},
        theme::SPACE,
    },
    words::text,
};

/// The field while it is open.
#[derive(Clone, Debug)]
pub struct NamePage {
    /// Whose name.
    pub session: SessionId,
    /// As it is typed.
    pub name: String,
    /// What it is called by itself, which stands in the empty field.
    pub own: String,
    /// It has just been opened: the keyboard goes into the field.
    pub fresh: bool,
}

/// Draws it.
pub fn show(ui: &mut Ui, page: &mut NamePage, actions: &mut Vec<Action>) {
    let label = text!("Name");
    let field =
        kit::field(ui, label, None, |ui| ui.add(TextField::new(label, &mut page.name).hint(&page.own).selects_all()));
    if std::mem::take(&mut page.fresh) {
        field.request_focus();
    }
    let entered = form::entered(ui, &field);
    ui.add_space(SPACE);
    ui.horizontal(|ui| {
        if kit::primary_button(ui, None, text!("Rename")).clicked() || entered {
            actions.push(Action::Rename(page.session, page.name.clone()));
        }
        if kit::quiet_button(ui, None, text!("Cancel")).clicked() {
            actions.push(Action::CloseDialog);
        }
    });
}
