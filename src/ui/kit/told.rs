//! What a screen reader is told beyond what egui tells it.

use std::fmt::Display;

use egui::{Response, Ui, WidgetInfo, accesskit::Role};

/// A label is the heading of what follows. Its words are its name: only of a label they would be read as its value.
pub fn is_heading(response: &Response) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Heading);
        if let Some(words) = node.value().map(str::to_owned) {
            node.set_label(words);
            node.clear_value();
        }
    });
}

/// One of several of which one is chosen: a tab, a row. To egui, whatever is chosen has a check mark.
pub fn is_one_of(response: &Response, role: Role, enabled: bool, chosen: bool, name: impl Display) {
    response.widget_info(|| WidgetInfo::labeled(role, enabled, name.to_string()));
    response.ctx.accesskit_node_builder(response.id, |node| node.set_selected(chosen));
}

/// What this part of the window is, under its name.
pub fn is_group(ui: &Ui, role: Role, name: &str) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_role(role);
        node.set_label(name);
        if role == Role::Dialog {
            node.set_modal();
        }
    });
}
