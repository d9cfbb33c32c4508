//! A page of HTML as a person reads it: text, links, and a place for each picture. Nothing is asked for before a click.

use std::sync::Arc;

use egui::{Label, Link, Rect, RichText, Role, ScrollArea, Sense, Ui, UiBuilder, Vec2, WidgetInfo, vec2};

use super::{
    html::{Block, Html, Piece, Style},
    input::{HttpInput, PagePicture},
};
use crate::{
    journal::Object,
    ui::{
        action::Action,
        icons, kit,
        theme::{self, CONTROL_TOOL, Palette, SPACE, SPACE_SMALL},
        views::shared::{paint, thumbnail, wording},
    },
    words::text,
};

/// The place of a picture, and the line below it.
const PICTURE: Vec2 = vec2(148.0, 104.0);
const LINE: f32 = 18.0;
/// What stands free around both.
const AROUND: Vec2 = vec2(8.0, 6.0);
/// Pictures that one click asks for.
pub(in crate::ui::views) const MOST: usize = 200;

/// What was made of a page, and how high each of its blocks is.
#[derive(Debug, Default)]
pub(super) struct PageView {
    html: Html,
    /// At this width; blocks that were not drawn yet have none.
    heights: (f32, Vec<Option<f32>>),
}

impl PageView {
    pub(super) fn new(html: Html) -> Self {
        Self { html, heights: Default::default() }
    }

    /// Whether there is anything to be seen.
    pub(super) fn is_empty(&self) -> bool {
        self.html.blocks.is_empty()
    }

    /// Draws into all the room there is.
    pub(super) fn show(&mut self, ui: &mut Ui, input: &HttpInput<'_>, actions: &mut Vec<Action>) {
        self.head(ui, input, actions);
        let scroll = ScrollArea::vertical().id_salt("page").auto_shrink(false);
        scroll.show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(0.0, SPACE_SMALL);
            let width = ui.available_width();
            if (self.heights.0 - width).abs() > 0.5 {
                self.heights = (width, vec![None; self.html.blocks.len()]);
            }
            let (clip, below) = (ui.clip_rect(), ui.clip_rect().bottom() + 4.0 * ui.clip_rect().height());
            for (index, (block, height)) in self.html.blocks.iter().zip(&mut self.heights.1).enumerate() {
                let top = ui.cursor().top();
                match *height {
                    Some(height) if top > clip.bottom() || top + height < clip.top() => {
                        ui.allocate_space(vec2(width, height));
                    }
                    // What is far below is measured when somebody comes near.
                    None if top > below => {
                        ui.allocate_space(vec2(width, LINE));
                    }
                    _ => {
                        ui.push_id(index, |ui| draw(ui, block, input, actions));
                        *height = Some((ui.cursor().top() - top - SPACE_SMALL).max(0.0));
                    }
                }
            }
            if self.html.is_cut {
                let words = text!("The page goes on: all of it is under Raw and Hex");
                ui.label(RichText::new(words).color(Palette::of(ui).muted));
            }
        });
    }

    fn head(&self, ui: &mut Ui, input: &HttpInput<'_>, actions: &mut Vec<Action>) {
        let pictures = self.html.pictures();
        let missing: Vec<String> = pictures
            .iter()
            .filter(|src| matches!((input.picture_of)(src), PagePicture::NotAsked))
            .take(MOST)
            .map(|src| (*src).to_owned())
            .collect();
        if self.html.title.is_empty() && missing.is_empty() {
            return;
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = CONTROL_TOOL;
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if !missing.is_empty() {
                    let words = match missing.len() {
                        1 => text!("Load 1 picture").to_owned(),
                        count => text!("Load {count} pictures", count = count),
                    };
                    let tip = text!("A request for each; nothing is loaded before a click");
                    if ui.add(kit::Button::raised(icons::IMAGE, &words).tooltip(tip)).clicked() {
                        actions.push(Action::LoadPictures(missing));
                    }
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let title = wording::escape(self.html.title.as_bytes(), 200);
                    ui.add(Label::new(RichText::new(title).font(theme::body_semibold())).truncate());
                });
            });
        });
        ui.add_space(SPACE_SMALL);
    }
}

fn draw(ui: &mut Ui, block: &Block, input: &HttpInput<'_>, actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    let font = match block.style {
        Style::Heading => theme::card_title(),
        Style::Preformatted => theme::mono(),
        Style::Plain | Style::Item => theme::body(),
    };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, SPACE_SMALL);
        if block.style == Style::Item {
            ui.label(RichText::new(" •  ").color(palette.muted));
        }
        for piece in &block.pieces {
            match piece {
                Piece::Text(words) => {
                    let words: String = words.chars().map(wording::visible_or_space).collect();
                    ui.add(Label::new(RichText::new(words).font(font.clone()).color(palette.text)).selectable(true));
                }
                Piece::Link { words, href } => {
                    let words: String = words.chars().map(wording::visible_or_space).collect();
                    let shown = RichText::new(words).font(font.clone()).color(palette.accent_words);
                    let response = ui.add(Link::new(shown)).on_hover_text(wording::escape(href.as_bytes(), 200));
                    if response.clicked() {
                        actions.push(Action::FollowLink(href.clone()));
                    }
                }
                Piece::Picture { src, words, href } => picture(ui, (src, words, href.as_deref()), input, actions),
            }
        }
    });
}

/// The place of one picture with its words below it.
fn picture(
    ui: &mut Ui,
    (src, words, href): (&str, &str, Option<&str>),
    input: &HttpInput<'_>,
    actions: &mut Vec<Action>,
) {
    let palette = Palette::of(ui);
    let has_line = href.is_some() || !words.is_empty();
    let size = PICTURE + vec2(0.0, if has_line { LINE } else { 0.0 });
    // Not a frame, which would begin in the row where the last one ended, however little room that has.
    let (whole, room) = ui.allocate_exact_size(size + AROUND, Sense::hover());
    let rect = Rect::from_min_size(whole.min + vec2(0.0, 2.0), size);
    let place = Rect::from_min_size(rect.min, PICTURE);
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(room.id));
    let ui = &mut child;
    match (input.picture_of)(src) {
        PagePicture::Here(object) => here(ui, &object, place, input, actions),
        PagePicture::NotAsked => {
            let name = wording::escape(src.as_bytes(), 120);
            let spoken = text!("Load the picture {name}", name = name);
            if empty(ui, place, &spoken, (icons::IMAGE, &name, Sense::click())) {
                actions.push(Action::LoadPictures(vec![src.to_owned()]));
            }
        }
        PagePicture::Coming => {
            empty(ui, place, text!("Loading…"), (icons::IMAGE, text!("Loading…"), Sense::hover()));
        }
        PagePicture::Failed(why) => {
            // Once more, by a click.
            if empty(ui, place, &why, (icons::IMAGE_BROKEN, &why, Sense::click())) {
                actions.push(Action::LoadPictures(vec![src.to_owned()]));
            }
        }
    }
    if has_line {
        let line = Rect::from_min_max(place.left_bottom(), rect.max);
        let words = if words.is_empty() { href.unwrap_or_default() } else { words };
        let words = wording::escape(words.as_bytes(), 120);
        let sense = if href.is_some() { Sense::click() } else { Sense::hover() };
        let response = ui.interact(line, ui.scope_id().with(("line", src)), sense);
        let role = if href.is_some() { Role::Link } else { Role::Label };
        response.widget_info(|| WidgetInfo::labeled(role, ui.is_enabled(), &words));
        let color = if href.is_some() { palette.accent_words } else { palette.muted };
        let galley = paint::elided(ui, &words, theme::small(), color, line.width());
        paint::put(ui.painter(), galley, line.left(), line.center().y);
        if let Some(href) = href {
            if response.hovered() || response.has_focus() {
                ui.set_cursor_icon(egui::CursorIcon::PointingHand);
                ui.painter().hline(line.x_range(), line.bottom() - 2.0, egui::Stroke::new(1.0, color));
            }
            if response.on_hover_text(wording::escape(href.as_bytes(), 200)).clicked() {
                actions.push(Action::FollowLink(href.to_owned()));
            }
        }
    }
}

fn here(ui: &Ui, object: &Arc<Object>, place: Rect, input: &HttpInput<'_>, actions: &mut Vec<Action>) {
    if thumbnail::show(ui, object, place, input.pictures) {
        actions.push(Action::Enlarge(object.id));
    }
}

/// A place without pixels; true when it was clicked.
fn empty(ui: &mut Ui, place: Rect, spoken: &str, (icon, words, sense): (&str, &str, Sense)) -> bool {
    let palette = Palette::of(ui);
    let acts = sense.senses_click();
    let response = ui.interact(place, ui.scope_id().with(("place", words)), sense);
    let role = if acts { Role::Button } else { Role::Label };
    response.widget_info(|| WidgetInfo::labeled(role, ui.is_enabled(), spoken));
    let fill = if acts && response.hovered() { palette.hover } else { palette.sunken };
    ui.painter().rect(
        place,
        theme::RADIUS,
        fill,
        egui::Stroke::new(1.0, if response.has_focus() { palette.accent } else { palette.line }),
        egui::StrokeKind::Inside,
    );
    paint::icon(ui.painter(), icon, place.center() - vec2(0.0, SPACE), 24.0, palette.muted);
    let galley = paint::elided(ui, words, theme::small(), palette.muted, place.width() - 12.0);
    let left = place.center().x - galley.size().x / 2.0;
    paint::put(ui.painter(), galley, left, place.bottom() - 16.0);
    if acts && response.hovered() {
        ui.set_cursor_icon(egui::CursorIcon::PointingHand);
    }
    response.clicked()
}
