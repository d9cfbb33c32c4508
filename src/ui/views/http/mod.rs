//! Ask a server for a page and look at the answer: as it is meant, as headers, as it came, as bytes, over time.

mod answer;
mod charset;
mod html;
mod input;
mod page;
mod readable;
mod request;
pub mod requests;
pub mod status;
mod timeline;

use std::{collections::VecDeque, path::PathBuf};

use egui::{
    Align, Event, Frame, Id, Key, Layout, Margin, Modifiers, Panel, Rect, RichText, ScrollArea, Ui, UiBuilder,
    ViewportCommand, vec2,
};

use crate::{
    model::{Arrival, FetchConfig, Large, Page, Snippet},
    ui::{
        action::Action,
        command::copy_as,
        icons, kit,
        theme::{self, CONTROL_MAIN, Palette, SPACE, SPACE_LARGE, room::ROOM_FOR_FORM},
        views::{inspector::failure_notice, shared::wording},
    },
    words::{exact_size, size, text},
};
use answer::AnswerView;
pub use answer::Form;
use input::file_name;
pub use input::{HttpInput, PagePicture};
use request::RequestForm;

/// Requests that can be called up again.
const HISTORY: usize = 50;
/// Characters of a URL in their list.
const SHORT: usize = 48;
/// Passes; the clipboard is read between two frames, and a frame may have two passes.
const PASTE_COMES_WITHIN: u64 = 4;
/// Below this width the URL has the room of the words beside it.
const SHORT_BAR: f32 = 520.0;
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];

/// What a person typed, and how they look at the answer.
#[derive(Debug, Default)]
pub struct Http {
    /// The URL field; the caller may fill it from the last run or a lab.
    pub url: String,
    form: RequestForm,
    answer: AnswerView,
    /// Newest first.
    history: VecDeque<FetchConfig>,
    /// Where a large body would be saved.
    save_to: String,
    /// The pass in which the menu asked for what is on the clipboard; it comes with one of the next.
    asked_to_paste: Option<u64>,
}

impl Http {
    /// What of an answer is shown.
    pub fn form(&mut self) -> &mut Form {
        &mut self.answer.form
    }

    /// Puts a request into the form.
    pub fn load(&mut self, config: &FetchConfig) {
        self.url.clone_from(&config.url);
        self.form = RequestForm::of(config, &self.form);
    }

    /// The request that is typed.
    #[must_use]
    pub fn config(&self) -> FetchConfig {
        self.form.config(self.url.trim())
    }

    /// Takes the file that a person chose for the body of the request.
    pub fn set_file(&mut self, path: &std::path::Path) {
        self.form.set_file(path);
    }

    /// Takes the place that a person chose for a large body.
    pub fn set_save_to(&mut self, path: &std::path::Path) {
        self.save_to = path.to_string_lossy().into_owned();
    }

    /// Draws the view into all the room there is.
    pub fn show(&mut self, ui: &mut Ui, input: &HttpInput<'_>, actions: &mut Vec<Action>) {
        let palette = Palette::of(ui);
        let tools = Frame::new().fill(palette.panel).inner_margin(Margin { left: 12, right: 12, top: 10, bottom: 8 });
        let has_room = ui.available_height() >= ROOM_FOR_FORM;
        Panel::top(ui.scope_id().with("http tools")).frame(tools).show(ui, |ui| {
            self.url_bar(ui, input, actions);
            ui.add_space(SPACE);
            self.form.show(ui, has_room, actions);
        });
        let area = ui.available_rect_before_wrap();
        match (input.page, input.failure) {
            (Some(page), _) if matches!(page.arrival, Arrival::Asking | Arrival::Full) => {
                self.question(ui, page, input.objects.budget(), actions);
            }
            (Some(page), None) => self.answer.show(ui, page, input, actions),
            (_, Some(failure)) if !input.loading => {
                let rect = area.shrink(SPACE_LARGE);
                ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| failure_notice(ui, failure));
            }
            _ if input.loading => centred(ui, 160.0, |ui| {
                kit::empty_state(ui, icons::GLOBE, text!("Waiting for the answer"), &self.url);
            }),
            _ => centred(ui, 220.0, |ui| {
                let hint = text!(
                    "Write a URL above and press Enter, or paste a curl command into it. What any server answers is shown, sound or not."
                );
                kit::empty_state(ui, icons::GLOBE, text!("No answer yet"), hint);
            }),
        }
    }

    fn url_bar(&mut self, ui: &mut Ui, input: &HttpInput<'_>, actions: &mut Vec<Action>) {
        ui.spacing_mut().interact_size.y = CONTROL_MAIN;
        let field_id = Id::unique("url");
        self.take_curl(ui, field_id, actions);
        let short = ui.available_width() < SHORT_BAR;
        ui.horizontal(|ui| {
            let mut methods: Vec<(String, &str)> = METHODS.iter().map(|word| ((*word).to_owned(), *word)).collect();
            let own = self.form.method.clone();
            if !METHODS.contains(&own.as_str()) {
                methods.push((own.clone(), &own));
            }
            ui.add(
                kit::Select::new(text!("Method"), &mut self.form.method, &methods)
                    .width(if short { 88.0 } else { 104.0 })
                    .mono(),
            );
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let more = kit::icon_button(ui, icons::DOTS_THREE_VERTICAL, text!("Copy as, paste"));
                kit::popup_menu(&more, |ui| self.more(ui, actions));
                let before = ui.add_enabled_ui(!self.history.is_empty(), |ui| {
                    kit::icon_button(ui, icons::CLOCK, text!("Requests sent so far"))
                });
                kit::popup_menu(&before.inner, |ui| self.sent(ui));
                let ready = !self.url.trim().is_empty();
                let pressed = if input.loading {
                    let stop = kit::Button::raised(icons::STOP, text!("Stop")).short(short);
                    let stop = if short { stop } else { stop.min_width(92.0) };
                    if ui.add(stop).clicked() {
                        actions.push(Action::StopFetch);
                    }
                    false
                } else {
                    let send = kit::Button::primary(icons::PAPER_PLANE_RIGHT_FILL, text!("Send")).short(short);
                    let send = if short { send } else { send.min_width(92.0) };
                    ui.add_enabled_ui(ready, |ui| ui.add(send)).inner.clicked()
                };
                let field = kit::TextField::new(text!("URL"), &mut self.url)
                    .hint("http://127.0.0.1:8080/")
                    .mono(true)
                    .id(field_id);
                let field = ui.add(if short { field } else { field.icon(icons::GLOBE) });
                let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                let anywhere = ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Enter));
                if ready && !input.loading && (pressed || entered || anywhere) {
                    self.send(actions);
                }
            });
        });
    }

    fn send(&mut self, actions: &mut Vec<Action>) {
        // A curl command that was typed, or pasted in pieces, does what pasting it does.
        if is_curl(&self.url) {
            actions.push(Action::PasteCurl(self.url.clone()));
            return;
        }
        let config = self.config();
        self.remember(&config);
        actions.push(Action::FetchHere(config));
    }

    /// Puts a request that is sent now among those that can be called up again.
    pub fn remember(&mut self, config: &FetchConfig) {
        self.history.retain(|old| old != config);
        self.history.push_front(config.clone());
        self.history.truncate(HISTORY);
        self.save_to.clear();
    }

    /// A curl command that is pasted into the URL field fills the form instead, and whatever the menu has asked for.
    fn take_curl(&mut self, ui: &Ui, field: Id, actions: &mut Vec<Action>) {
        let now = ui.ctx().cumulative_pass_nr();
        let asked = self.asked_to_paste.is_some_and(|then| now - then <= PASTE_COMES_WITHIN);
        if !asked && !ui.memory(|memory| memory.has_focus(field)) {
            return;
        }
        ui.input_mut(|input| {
            input.events.retain(|event| match event {
                Event::Paste(pasted) if asked || is_curl(pasted) => {
                    self.asked_to_paste = None;
                    actions.push(Action::PasteCurl(pasted.clone()));
                    false
                }
                _ => true,
            });
        });
    }

    fn more(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        ui.set_min_width(260.0);
        for kind in Snippet::REQUEST {
            if kit::menu_item(ui, icons::CODE, copy_as(kind), "").clicked() {
                actions.push(Action::CopyRequest(kind, Box::new(self.config())));
            }
        }
        kit::menu_separator(ui);
        if kit::menu_item(ui, icons::CLIPBOARD, text!("Paste a curl command"), "").clicked() {
            // Not by way of the field: a menu that closes gives the keyboard back to its button.
            self.asked_to_paste = Some(ui.ctx().cumulative_pass_nr());
            ui.ctx().send_viewport_cmd(ViewportCommand::RequestPaste);
            ui.ctx().request_repaint();
        }
    }

    /// The requests that were sent, newest first; one that is chosen fills the form.
    fn sent(&mut self, ui: &mut Ui) {
        ui.set_min_width(380.0);
        let mut chosen = None;
        ScrollArea::vertical().max_height(320.0).min_scrolled_height(320.0).show(ui, |ui| {
            for config in &self.history {
                let url = config.url.trim_start_matches("http://");
                let short: String = url.chars().take(SHORT).collect();
                let end = if short.len() < url.len() { "…" } else { "" };
                if kit::menu_item(ui, icons::CLOCK, &format!("{}  {short}{end}", config.method), "").clicked() {
                    chosen = Some(config.clone());
                }
            }
        });
        kit::menu_separator(ui);
        if kit::menu_item(ui, icons::TRASH, text!("Forget them"), "").clicked() {
            self.history.clear();
        }
        if let Some(config) = chosen {
            self.load(&config);
        }
    }

    /// A large body: take it, save it, leave it.
    fn question(&mut self, ui: &mut Ui, page: &Page, most: usize, actions: &mut Vec<Action>) {
        if self.save_to.is_empty() {
            self.save_to = file_name(&page.url);
            if let Some(home) = std::env::home_dir() {
                self.save_to = home.join(&self.save_to).to_string_lossy().into_owned();
            }
        }
        let is_full = page.arrival == Arrival::Full;
        centred(ui, 210.0, |ui| {
            kit::card(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = SPACE;
                let words = match page.promised() {
                    Some(length) => text!("The body has {size}", size = exact_size(length)),
                    None => text!("The body has more than {size}", size = exact_size(page.length)),
                };
                ui.label(RichText::new(words).font(theme::card_title()));
                let hint = if is_full {
                    text!("Memory is full with what came; the rest fits only into a file").to_owned()
                } else {
                    let limit = size(most as u64);
                    text!("Up to {limit} can be looked at here; a file has room for all", limit = limit)
                };
                ui.label(RichText::new(hint).color(Palette::of(ui).muted));
                for remark in &page.remarks {
                    kit::notice(ui, kit::Tone::Warning, &wording::escape(remark.to_string().as_bytes(), 400));
                }
                ui.horizontal(|ui| {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        if kit::icon_button(ui, icons::FOLDER_OPEN, text!("Choose where to save")).clicked() {
                            actions.push(Action::ChooseSavePlace(file_name(&page.url)));
                        }
                        ui.add(kit::TextField::new(text!("Save to"), &mut self.save_to).mono(true));
                    });
                });
                ui.horizontal(|ui| {
                    let possible = !self.save_to.trim().is_empty();
                    let save = ui.add_enabled_ui(possible, |ui| {
                        kit::primary_button(ui, icons::DOWNLOAD_SIMPLE, text!("Save to file")).clicked()
                    });
                    if save.inner {
                        actions.push(Action::Decide(Large::Save(PathBuf::from(self.save_to.trim()))));
                    }
                    if !is_full && kit::button(ui, icons::PLAY, text!("Continue")).clicked() {
                        actions.push(Action::Decide(Large::Continue));
                    }
                    if kit::danger_button(ui, icons::STOP, text!("Stop")).clicked() {
                        actions.push(Action::Decide(Large::Stop));
                    }
                });
            });
        });
    }
}

/// Whether these words are a curl command.
fn is_curl(words: &str) -> bool {
    let words = words.trim_start().trim_start_matches("$ ").strip_prefix("curl");
    words.is_some_and(|rest| rest.starts_with(char::is_whitespace) || rest.starts_with(".exe "))
}

fn centred(ui: &mut Ui, height: f32, content: impl FnOnce(&mut Ui)) {
    let area = ui.available_rect_before_wrap();
    let size = vec2((area.width() - 2.0 * SPACE_LARGE).min(480.0), height.min(area.height()));
    let rect = Rect::from_center_size(area.center(), size);
    ui.scope_builder(UiBuilder::new().max_rect(rect), content);
}
