//! Ask a server for a page and look at the answer: as it is meant, as headers, as it came, as bytes.

use std::sync::Arc;

use egui::{Align, Frame, Id, Key, Label, Layout, Margin, Panel, Rect, RichText, ScrollArea, Ui, UiBuilder, vec2};

use super::{PictureSource, ViewIntent, hex::HexView, inspector::failure_notice, thumbnail, wording};
use crate::{
    journal::{Object, Objects},
    model::{ConnectionId, Direction, Failure, FetchConfig, ObjectId, Page},
    ui::{
        icons, kit,
        theme::{self, CONTROL_TOOL, Palette, SPACE, SPACE_LARGE},
    },
    words::{exact_size, span, text},
};

const TEXT_LIMIT: usize = 32 << 10;
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Form {
    #[default]
    Preview,
    Headers,
    Raw,
    Hex,
}

/// What the view reads in one frame.
#[derive(Clone, Copy)]
pub struct HttpInput<'a> {
    /// The newest answer.
    pub page: Option<&'a Arc<Page>>,
    /// An answer is awaited.
    pub loading: bool,
    /// Why there is none.
    pub failure: Option<&'a Failure>,
    /// Pictures, to preview a body that is one.
    pub objects: &'a Objects,
    /// Where their pixels come from.
    pub pictures: &'a dyn PictureSource,
}

impl std::fmt::Debug for HttpInput<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpInput").field("loading", &self.loading).finish_non_exhaustive()
    }
}

/// What a person typed, and how they look at the answer.
#[derive(Debug)]
pub struct Http {
    method: String,
    /// The URL field; the caller may fill it from the last run or a lab.
    pub url: String,
    form: Form,
    hex: HexView,
    shown: Shown,
}

/// What was made of the answer, once for each.
#[derive(Debug, Default)]
struct Shown {
    connection: ConnectionId,
    micros: u64,
    newest: ObjectId,
    picture: Option<Arc<Object>>,
    text: Option<String>,
    raw: String,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            method: "GET".to_owned(),
            url: String::new(),
            form: Form::Preview,
            hex: HexView::default(),
            shown: Shown::default(),
        }
    }
}

impl Http {
    /// Draws the view into all the room there is.
    pub fn show(&mut self, ui: &mut Ui, input: &HttpInput<'_>, intents: &mut Vec<ViewIntent>) {
        let palette = Palette::of(ui);
        let tools = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(12, 8));
        Panel::top(ui.scope_id().with("http tools")).frame(tools).show(ui, |ui| self.url_bar(ui, input, intents));
        let area = ui.available_rect_before_wrap();
        ui.painter().rect_filled(area, 0.0, palette.background);
        if let Some(page) = input.page {
            self.shown.read(page, input.objects, &mut self.hex);
        }
        match (input.page, input.failure) {
            _ if input.loading => centred(ui, |ui| {
                kit::empty_state(ui, icons::GLOBE, text!("Waiting for the answer"), &self.url);
            }),
            (_, Some(failure)) => {
                let rect = area.shrink(SPACE_LARGE);
                ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| failure_notice(ui, failure));
            }
            (Some(page), None) => self.answer(ui, page, input, intents),
            (None, None) => centred(ui, |ui| {
                let hint = text!("Write a URL above and press Enter. What any server answers is shown, sound or not.");
                kit::empty_state(ui, icons::GLOBE, text!("No answer yet"), hint);
            }),
        }
    }

    fn url_bar(&mut self, ui: &mut Ui, input: &HttpInput<'_>, intents: &mut Vec<ViewIntent>) {
        ui.horizontal(|ui| {
            let methods: Vec<(String, &str)> = METHODS.iter().map(|word| ((*word).to_owned(), *word)).collect();
            ui.add(kit::Select::new(text!("Method"), &mut self.method, &methods).width(100.0).mono());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let ready = !self.url.trim().is_empty() && !input.loading;
                let button = ui
                    .add_enabled_ui(ready, |ui| kit::primary_button(ui, icons::PAPER_PLANE_RIGHT_FILL, text!("Send")))
                    .inner;
                let field = kit::TextField::new(text!("URL"), &mut self.url)
                    .hint("http://127.0.0.1:8080/")
                    .icon(icons::GLOBE)
                    .mono(true)
                    .id(Id::unique("url"));
                let field = ui.add(field);
                let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                if ready && (button.clicked() || entered) {
                    let (url, method) = (self.url.trim().to_owned(), self.method.clone());
                    intents.push(ViewIntent::Fetch(FetchConfig { url, method, ..FetchConfig::default() }));
                }
            });
        });
    }

    fn answer(&mut self, ui: &mut Ui, page: &Page, input: &HttpInput<'_>, intents: &mut Vec<ViewIntent>) {
        let palette = Palette::of(ui);
        let head = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(14, 9));
        Panel::top(ui.scope_id().with("http answer")).frame(head).show(ui, |ui| self.head(ui, page, intents));
        let body =
            Frame::new().fill(palette.background).inner_margin(Margin { left: 14, right: 4, top: 10, bottom: 6 });
        body.show(ui, |ui| match self.form {
            Form::Preview => match &self.shown.picture {
                Some(object) => {
                    let area = ui.available_rect_before_wrap();
                    if thumbnail::show(ui, object, area.shrink(SPACE), input.pictures) {
                        intents.push(ViewIntent::Enlarge(object.id));
                    }
                }
                None => match &self.shown.text {
                    Some(text) => scrolled_text(ui, "http text", text),
                    None => {
                        self.hex.show(ui, &page.body, text!("Bytes of the body"));
                    }
                },
            },
            Form::Headers => headers(ui, page),
            Form::Raw => scrolled_text(ui, "http raw", &self.shown.raw),
            Form::Hex => {
                self.hex.show(ui, &page.body, text!("Bytes of the body"));
            }
        });
    }

    fn head(&mut self, ui: &mut Ui, page: &Page, intents: &mut Vec<ViewIntent>) {
        let palette = Palette::of(ui);
        ui.spacing_mut().interact_size.y = CONTROL_TOOL;
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if kit::icon_button(ui, icons::DOWNLOAD_SIMPLE, text!("Save the body")).clicked() {
                    let name = self.url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
                    let name = name.split(['?', '#', ':']).next().filter(|name| !name.is_empty()).unwrap_or("body");
                    intents.push(ViewIntent::SaveBytes { name: name.to_owned(), bytes: page.body.clone() });
                }
                let forms = [
                    (Form::Preview, text!("Preview")),
                    (Form::Headers, text!("Headers")),
                    (Form::Raw, text!("Raw")),
                    (Form::Hex, text!("Hex")),
                ];
                kit::segmented(ui, text!("Form of the answer"), &mut self.form, &forms);
                ui.add_space(SPACE);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let color = match page.status {
                        200..=299 => palette.good,
                        100..=399 => palette.accent,
                        400..=499 => palette.warning,
                        _ => palette.bad,
                    };
                    let line = if page.start_line.is_empty() { text!("no status line") } else { &page.start_line };
                    let line = RichText::new(wording::escape(line.as_bytes(), 120)).font(theme::name()).color(color);
                    ui.add(Label::new(line).selectable(true));
                    let facts = format!("{} · {}", exact_size(page.length), span(page.micros.saturating_mul(1000)));
                    let facts = RichText::new(facts).font(theme::body()).color(palette.muted);
                    ui.add(Label::new(facts).truncate());
                });
            });
        });
        for remark in &page.remarks {
            kit::notice(ui, kit::Tone::Warning, remark);
        }
    }
}

impl Shown {
    fn read(&mut self, page: &Page, objects: &Objects, hex: &mut HexView) {
        let newest = objects.last();
        let same = self.connection == page.connection && self.micros == page.micros;
        if !same {
            *self = Self { connection: page.connection, micros: page.micros, ..Self::default() };
            *hex = HexView::default();
            self.text = wording::is_text(page.body.get(..TEXT_LIMIT).unwrap_or(&page.body))
                .then(|| wording::escape_lines(&page.body, TEXT_LIMIT));
            self.raw = raw(page);
        }
        if !same || newest != self.newest && self.picture.is_none() {
            self.newest = newest;
            self.picture = objects.of_connection(page.connection).into_iter().rev().find(|object| {
                let content = &object.content;
                content.picture.is_some()
                    && content.direction == Direction::Inbound
                    && page.body.starts_with(content.bytes.get(..64).unwrap_or(&content.bytes))
            });
        }
    }
}

fn raw(page: &Page) -> String {
    let mut out = format!("{}\n\n{}\n", page.request.trim_end(), page.start_line);
    for (name, value) in &page.headers {
        out.extend([name.as_str(), ": ", value.as_str(), "\n"]);
    }
    out.push('\n');
    out.push_str(&wording::escape_lines(&page.body, TEXT_LIMIT / 4));
    wording::escape_lines(out.as_bytes(), TEXT_LIMIT)
}

fn headers(ui: &mut Ui, page: &Page) {
    ScrollArea::vertical().id_salt("http headers").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (name, value) in &page.headers {
            kit::key_value(ui, 220.0, &wording::escape(name.as_bytes(), 80), wording::escape(value.as_bytes(), 2000));
        }
        if page.headers.is_empty() {
            let color = Palette::of(ui).muted;
            ui.label(RichText::new(text!("The answer had no headers")).color(color));
        }
    });
}

fn scrolled_text(ui: &mut Ui, salt: &str, text: &str) {
    ScrollArea::vertical().id_salt(salt).auto_shrink(false).show(ui, |ui| {
        ui.add(Label::new(RichText::new(text).font(theme::mono())).wrap().selectable(true));
    });
}

fn centred(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let area = ui.available_rect_before_wrap();
    let rect = Rect::from_center_size(area.center(), vec2(area.width().min(420.0), 140.0));
    ui.scope_builder(UiBuilder::new().max_rect(rect), content);
}
