//! Short messages in the corner. The caller says when they go; nothing here moves or keeps time.

use egui::{Align, Area, Context, CornerRadius, Frame, Id, Label, Layout, Margin, Order, RichText, Stroke, vec2};

use crate::{
    ui::{
        action::Action,
        icons,
        kit::{self, Tone},
        theme::{self, Palette, RADIUS_BUBBLE, Room, SPACE, TAB_ROW, TOP_BAR},
    },
    words::text,
};

/// One message.
#[derive(Clone, Debug)]
pub struct Toast {
    /// Its number, for taking it away.
    pub id: u64,
    /// How it is meant.
    pub tone: Tone,
    /// One or two sentences.
    pub text: String,
    /// What can be done about it: the words of a button, and what it asks for.
    pub offer: Option<(&'static str, Action)>,
}

/// The widest that words run before they wrap.
const MOST: f32 = 420.0;
/// For the icon and the button beside the words.
const ROOM: f32 = 62.0;
/// Around the words of a button, and before it.
const OFFER: f32 = 34.0;

/// Draws the messages under the tabs, in the middle, where they cover neither the send box nor the names; above any
/// dialog.
pub fn show<'a>(ctx: &Context, toasts: impl Iterator<Item = &'a Toast>, actions: &mut Vec<Action>) {
    let palette = Palette::of(ctx);
    let mut toasts = toasts.peekable();
    if toasts.peek().is_none() {
        return;
    }
    // In a low window over the bar instead, which is missed less than what is read below it.
    let top = if Room::of(ctx) == Room::Low { 0.0 } else { TOP_BAR + TAB_ROW + SPACE };
    Area::new(Id::unique("toasts"))
        .order(Order::Tooltip)
        .anchor(egui::Align2::CENTER_TOP, vec2(0.0, top))
        .interactable(true)
        .show(ctx, |ui| {
            ui.with_layout(Layout::top_down(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.y = SPACE;
                for toast in toasts {
                    one(ui, toast, palette, actions);
                }
            });
        });
}

fn one(ui: &mut egui::Ui, toast: &Toast, palette: &Palette, actions: &mut Vec<Action>) {
    let (icon, color) = match toast.tone {
        Tone::Info => (icons::INFO_FILL, palette.accent),
        Tone::Good => (icons::CHECK_CIRCLE_FILL, palette.good),
        Tone::Warning => (icons::WARNING_FILL, palette.warning),
        Tone::Bad => (icons::WARNING_CIRCLE_FILL, palette.bad),
    };
    Frame::new()
        .fill(palette.raised)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(RADIUS_BUBBLE))
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin { left: 12, right: 6, top: 6, bottom: 6 })
        .show(ui, |ui| {
            // As wide as the words, because the column would give it all its width.
            let words = ui.painter().layout(toast.text.clone(), theme::body(), palette.text, MOST).size();
            let offer = toast.offer.as_ref().map_or(0.0, |(words, _)| {
                let words = ui.painter().layout_no_wrap((*words).to_owned(), theme::body(), palette.text).size();
                words.x.ceil() + OFFER
            });
            let size = vec2(words.x.ceil() + ROOM + offer, words.y.max(theme::CONTROL));
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                ui.label(RichText::new(icon).color(color));
                ui.scope(|ui| {
                    ui.set_max_width(words.x.ceil() + 1.0);
                    let words = RichText::new(&toast.text).font(theme::body()).color(palette.text);
                    let response = ui.add(Label::new(words).wrap());
                    // Read out when it appears, without taking the keyboard.
                    ui.ctx().accesskit_node_builder(response.id, |node| {
                        node.set_live(egui::accesskit::Live::Polite);
                    });
                });
                if let Some((words, action)) = &toast.offer
                    && kit::quiet_button(ui, None, words).clicked()
                {
                    actions.push(action.clone());
                }
                if kit::icon_button(ui, icons::X, text!("Dismiss")).clicked() {
                    actions.push(Action::DismissToast(toast.id));
                }
            });
        });
}
