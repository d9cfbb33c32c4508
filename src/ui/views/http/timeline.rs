//! How long each step of a request took: bars with numbers.

use egui::{Align2, CornerRadius, Rect, RichText, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::{
    model::{Page, Timeline},
    ui::{
        kit,
        theme::{self, Palette, SPACE, TABLE_ROW},
        views::shared::wording,
    },
    words::{span, text},
};

const LABEL: f32 = 170.0;
const NUMBER: f32 = 96.0;

/// Draws the steps of the last request, and the redirects before it.
pub(super) fn show(ui: &mut Ui, page: &Page) {
    ScrollArea::vertical().id_salt("http timeline").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for hop in &page.hops {
            let location = if hop.location.is_empty() { text!("once more, with a digest") } else { &hop.location };
            let value = format!("{} → {} · {}", hop.start_line, location, nanos(hop.micros));
            let asked = wording::escape(hop.asked.as_bytes(), 200);
            kit::key_value(ui, 320.0, &asked, wording::escape(value.as_bytes(), 400));
        }
        if !page.hops.is_empty() {
            ui.add_space(SPACE);
        }
        let whole = page.micros.max(1);
        let mut before = 0;
        for (name, at, color) in steps(ui, &page.timeline) {
            let Some(at) = at else { continue };
            bar(ui, name, (before.min(at), at), whole, color);
            before = before.max(at);
        }
        ui.add_space(SPACE);
        let muted = Palette::of(ui).muted;
        let words = text!("{span} in all, from the look-up to the last byte", span = nanos(page.micros));
        ui.label(RichText::new(words).color(muted));
    });
}

fn steps(ui: &Ui, timeline: &Timeline) -> [(&'static str, Option<u64>, egui::Color32); 5] {
    let palette = Palette::of(ui);
    [
        (text!("Name look-up"), timeline.resolved, palette.muted),
        (text!("Connect"), timeline.connected, palette.warning),
        (text!("Send the request"), timeline.sent, palette.outbound),
        (text!("Wait for the first byte"), timeline.first, palette.accent),
        (text!("Receive the rest"), timeline.last, palette.inbound),
    ]
}

fn nanos(micros: u64) -> String {
    span(micros.saturating_mul(1000))
}

fn bar(ui: &mut Ui, name: &str, (from, to): (u64, u64), whole: u64, color: egui::Color32) {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), TABLE_ROW), Sense::hover());
    let took = nanos(to - from);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, format!("{name} {took}")));
    let painter = ui.painter();
    painter.text(rect.left_center(), Align2::LEFT_CENTER, name, theme::body(), palette.muted);
    let right = pos2(rect.left() + LABEL + NUMBER - 12.0, rect.center().y);
    painter.text(right, Align2::RIGHT_CENTER, &took, theme::mono(), palette.text);
    let left = rect.left() + LABEL + NUMBER;
    let width = (rect.right() - SPACE - left).max(1.0);
    let x = |at: u64| left + width * (at as f32 / whole as f32).min(1.0);
    let rail = Rect::from_min_max(pos2(left, rect.center().y - 5.0), pos2(left + width, rect.center().y + 5.0));
    painter.rect_filled(rail, CornerRadius::same(2), palette.sunken);
    let mut part = rail;
    part.set_left(x(from).min(rail.right() - 2.0));
    part.set_right(x(to).max(part.left() + 2.0));
    painter.rect_filled(part, CornerRadius::same(2), color);
    response.on_hover_text(text!("after {span}", span = nanos(to)));
}
