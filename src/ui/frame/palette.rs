//! The command palette: every command by name, filtered as one types.

use egui::{Key, Modifiers, ScrollArea, Ui};

use crate::{
    ui::{
        action::Action,
        command::UiCommand,
        icons,
        kit::{self, TextField},
        theme::{self, Palette, SPACE, SPACE_LARGE},
    },
    words::text,
};

/// The palette while it is open.
#[derive(Clone, Debug, Default)]
pub struct PalettePage {
    /// What is typed.
    pub wanted: String,
    chosen: usize,
    /// The arrows moved the choice since something was typed.
    walks: bool,
    focused: bool,
}

/// The commands whose text or explanation holds every word that was typed, better matches first.
#[must_use]
pub fn matching(wanted: &str, enabled: &dyn Fn(UiCommand) -> bool) -> Vec<UiCommand> {
    let words: Vec<String> = wanted.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(bool, UiCommand)> = UiCommand::all()
        .filter(|command| enabled(*command))
        .filter_map(|command| {
            let entry = command.entry();
            let text = entry.text.to_lowercase();
            let all = format!("{text} {}", entry.tooltip.to_lowercase());
            let begins = words.first().is_none_or(|word| text.starts_with(word.as_str()));
            words.iter().all(|word| all.contains(word.as_str())).then_some((!begins, command))
        })
        .collect();
    found.sort_by_key(|(later, _)| *later);
    found.into_iter().map(|(_, command)| command).collect()
}

/// Draws the palette; pushes the command that was taken.
pub fn show(ui: &mut Ui, page: &mut PalettePage, enabled: &dyn Fn(UiCommand) -> bool, actions: &mut Vec<Action>) {
    let keys = ui.input_mut(|input| {
        let down = input.consume_key(Modifiers::NONE, Key::ArrowDown);
        let up = input.consume_key(Modifiers::NONE, Key::ArrowUp);
        isize::from(down) - isize::from(up)
    });
    let enter = ui.input(|input| input.key_pressed(Key::Enter));
    let name = text!("Find a command");
    let width = ui.available_width() - SPACE;
    let field = TextField::new(name, &mut page.wanted).hint(name).icon(icons::COMMAND).width(width);
    let response = ui.add(field);
    if !page.focused {
        response.request_focus();
        page.focused = true;
    }
    if response.changed() {
        (page.chosen, page.walks) = (0, false);
    }
    page.walks |= keys != 0;
    let found = matching(&page.wanted, enabled);
    page.chosen = page.chosen.saturating_add_signed(keys).min(found.len().saturating_sub(1));
    if let Some(command) = found.get(page.chosen).filter(|_| enter) {
        actions.push(Action::CloseDialog);
        actions.push(Action::Run(*command));
    }
    ui.add_space(SPACE);
    if found.is_empty() {
        let color = Palette::of(ui).muted;
        ui.label(egui::RichText::new(text!("No command of that name")).color(color));
    }
    // It ends within a small window, too.
    let height = (ui.ctx().content_rect().bottom() - ui.cursor().top() - 3.0 * SPACE_LARGE).clamp(60.0, 360.0);
    ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        // Beside the scroll bar, not under it.
        ui.set_width(ui.available_width() - SPACE);
        ui.with_layout(egui::Layout::top_down_justified(egui::Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, command) in found.iter().enumerate() {
                let chosen = index == page.chosen;
                let row = row(ui, *command, chosen);
                if chosen && keys != 0 {
                    row.scroll_to_me(None);
                }
                if chosen && page.walks {
                    // The keyboard stays in the field; a screen reader reads the row.
                    ui.ctx().accesskit_node_builder(response.id, |node| {
                        node.set_active_descendant(row.id.accesskit_id());
                    });
                }
                if row.clicked() {
                    actions.push(Action::CloseDialog);
                    actions.push(Action::Run(*command));
                }
            }
        });
    });
}

fn row(ui: &mut Ui, command: UiCommand, chosen: bool) -> egui::Response {
    let entry = command.entry();
    let under = ui.painter().add(egui::Shape::Noop);
    let response = kit::menu_item(ui, entry.icon, entry.text, &command.keys_text());
    if chosen {
        let tint = Palette::of(ui).accent_tint;
        let shape = egui::Shape::rect_filled(response.rect, theme::RADIUS - 2, tint);
        ui.painter().set(under, shape);
    }
    response.on_hover_text(entry.tooltip)
}
