//! A field for a path, where the system has no file dialog.

use egui::{Label, RichText, Ui};

use crate::{
    ui::{
        action::{Action, PathFor, Pick},
        icons,
        kit::{self, TextField, form},
        theme::{Palette, SPACE},
    },
    words::text,
};

/// The page while it is open.
#[derive(Clone, Debug)]
pub struct PathPage {
    /// What it is for.
    pub wanted: PathFor,
    /// What is typed.
    pub path: String,
    /// The keyboard goes into the field.
    pub fresh: bool,
}

/// Draws the page; its button pushes [`Action::Path`].
pub fn show(ui: &mut Ui, page: &mut PathPage, actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    let saving = !matches!(page.wanted, PathFor::Pick(_));
    let folder = matches!(
        page.wanted,
        PathFor::Pick(Pick::ListenFolder | Pick::ServeFolder | Pick::UploadFolder | Pick::LabFolder)
    );
    let words = if saving {
        text!("This system shows no file dialog (it has neither xdg-desktop-portal nor zenity). Type where to save it.")
    } else if folder {
        text!(
            "This system shows no file dialog (it has neither xdg-desktop-portal nor zenity). Type the path of the folder instead."
        )
    } else {
        text!(
            "This system shows no file dialog (it has neither xdg-desktop-portal nor zenity). Type the path instead, or drop the file on the window."
        )
    };
    let hint = if folder { "/home/me/pictures" } else { "/home/me/picture.png" };
    ui.add(Label::new(RichText::new(words).color(palette.muted)).wrap());
    ui.add_space(SPACE);
    let field =
        kit::field(ui, text!("Path"), None, |ui| ui.add(TextField::new("", &mut page.path).hint(hint).mono(true)));
    if std::mem::take(&mut page.fresh) {
        field.request_focus();
    }
    ui.add_space(SPACE);
    let ready = !page.path.trim().is_empty();
    let pressed = ui
        .add_enabled_ui(ready, |ui| {
            let (icon, words) =
                if saving { (icons::FLOPPY_DISK, text!("Save")) } else { (icons::CHECK, text!("Use this path")) };
            kit::primary_button(ui, icon, words).clicked()
        })
        .inner;
    if ready && (pressed || form::entered(ui, &field)) {
        actions.push(Action::Path(page.wanted.clone(), page.path.trim().into()));
    }
}
