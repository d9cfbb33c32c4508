//! The request below the URL: headers, body, options.

use std::{path::PathBuf, time::Duration};

use egui::{Align, Layout, ScrollArea, TextEdit, Ui, vec2};

use crate::{
    model::{FetchConfig, Part, Proxy, RequestBody},
    ui::{
        action::{Action, Pick},
        icons, kit,
        theme::{self, CONTROL_TOOL, SPACE, SPACE_SMALL},
    },
    words::text,
};

const NAME: f32 = 220.0;
/// Height of a labelled field.
const FIELD: f32 = 46.0;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Headers,
    Body,
    Options,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Empty,
    Text,
    File,
    Form,
    Parts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Way {
    #[default]
    Environment,
    Direct,
    Named,
}

type Fields = Vec<(String, String)>;

/// What is typed, as it is typed.
#[derive(Clone, Debug)]
pub(super) struct RequestForm {
    pub(super) method: String,
    place: Place,
    /// Unfolded or folded by a person; until then it is folded where there is little room below it.
    open: Option<bool>,
    headers: Fields,
    kind: Kind,
    text: String,
    /// `Content-Type` of the text; empty for the usual one.
    content: String,
    file: String,
    form: Fields,
    /// A value that begins with `@` names a file.
    parts: Fields,
    follows: bool,
    decompress: bool,
    connect: String,
    first: String,
    idle: String,
    whole: String,
    way: Way,
    proxy: String,
    /// What the form does not show is kept as it was.
    rest: FetchConfig,
}

impl Default for RequestForm {
    fn default() -> Self {
        let config = FetchConfig { decompress: true, ..FetchConfig::default() };
        Self::fill(&config)
    }
}

impl RequestForm {
    /// The form that gives this request, folded and unfolded as the one before.
    pub(super) fn of(config: &FetchConfig, before: &Self) -> Self {
        let place = if config.body == RequestBody::Empty { before.place } else { Place::Body };
        Self { place, open: before.open, ..Self::fill(config) }
    }

    fn fill(config: &FetchConfig) -> Self {
        let seconds = |limit: Duration| limit.as_secs_f64().to_string();
        let mut form = Self {
            method: config.method.clone(),
            place: Place::Headers,
            open: None,
            headers: config.headers.clone(),
            kind: Kind::Empty,
            text: String::new(),
            content: String::new(),
            file: String::new(),
            form: Vec::new(),
            parts: Vec::new(),
            follows: config.redirects > 0,
            decompress: config.decompress,
            connect: seconds(config.connect_timeout),
            first: seconds(config.first_byte_timeout),
            idle: seconds(config.idle_timeout),
            whole: config.whole_timeout.map(seconds).unwrap_or_default(),
            way: Way::Environment,
            proxy: String::new(),
            rest: config.clone(),
        };
        match &config.body {
            RequestBody::Empty => {}
            RequestBody::Text(words) => (form.kind, form.text) = (Kind::Text, words.clone()),
            RequestBody::File(path) => {
                (form.kind, form.file) = (Kind::File, path.to_string_lossy().into_owned());
            }
            RequestBody::Form(fields) => (form.kind, form.form) = (Kind::Form, fields.clone()),
            RequestBody::Parts(parts) => {
                form.kind = Kind::Parts;
                form.parts = parts.iter().map(|part| (part.name.clone(), part.written())).collect();
            }
        }
        match &config.proxy {
            Proxy::Environment => {}
            Proxy::Direct => form.way = Way::Direct,
            Proxy::Url(url) => (form.way, form.proxy) = (Way::Named, url.clone()),
        }
        form
    }

    /// The request as it is typed; a time that cannot be read is the usual one.
    pub(super) fn config(&self, url: &str) -> FetchConfig {
        let usual = FetchConfig::default();
        let mut headers = named(&self.headers);
        let has_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if self.kind == Kind::Text && !self.content.is_empty() && !has_type {
            headers.push(("Content-Type".into(), self.content.clone()));
        }
        FetchConfig {
            url: url.to_owned(),
            method: self.method.clone(),
            headers,
            body: match self.kind {
                Kind::Empty => RequestBody::Empty,
                Kind::Text => RequestBody::Text(self.text.clone()),
                Kind::File => RequestBody::File(PathBuf::from(self.file.trim())),
                Kind::Form => RequestBody::Form(named(&self.form)),
                Kind::Parts => RequestBody::Parts(
                    named(&self.parts).into_iter().map(|(name, value)| Part::typed(name, &value)).collect(),
                ),
            },
            connect_timeout: seconds(&self.connect).unwrap_or(usual.connect_timeout),
            first_byte_timeout: seconds(&self.first).unwrap_or(usual.first_byte_timeout),
            idle_timeout: seconds(&self.idle).unwrap_or(usual.idle_timeout),
            whole_timeout: seconds(&self.whole),
            redirects: match (self.follows, self.rest.redirects) {
                (false, _) => 0,
                (true, 0) => FetchConfig::REDIRECTS,
                (true, limit) => limit,
            },
            decompress: self.decompress,
            proxy: match self.way {
                Way::Environment => Proxy::Environment,
                Way::Direct => Proxy::Direct,
                Way::Named => Proxy::Url(self.proxy.trim().to_owned()),
            },
            output: None,
            max: self.rest.max,
            path_as_is: self.rest.path_as_is,
            digest: self.rest.digest,
            only_success: self.rest.only_success,
            after: None,
        }
    }

    pub(super) fn set_file(&mut self, path: &std::path::Path) {
        let path = path.to_string_lossy().into_owned();
        if self.kind == Kind::Parts {
            self.parts.push(("file".into(), format!("@{path}")));
        } else {
            (self.kind, self.file) = (Kind::File, path);
        }
    }

    /// `has_room`: below it the answer can be read as well.
    pub(super) fn show(&mut self, ui: &mut Ui, has_room: bool, actions: &mut Vec<Action>) {
        ui.spacing_mut().interact_size.y = CONTROL_TOOL;
        let is_narrow = ui.available_width() < super::input::NARROW;
        let mut open = self.open.unwrap_or(has_room);
        let kinds = [
            (Kind::Empty, text!("None")),
            (Kind::Text, text!("Text")),
            (Kind::File, text!("File")),
            (Kind::Form, text!("Form")),
            (Kind::Parts, text!("Multipart")),
        ];
        ui.horizontal(|ui| {
            let headers = match named(&self.headers).len() {
                0 => text!("Own headers").to_owned(),
                count => text!("Own headers · {count}", count = count),
            };
            let kind = kinds.iter().find(|(kind, _)| *kind == self.kind).map_or("", |(_, name)| name);
            let body = match self.kind {
                Kind::Empty => text!("Body").to_owned(),
                _ => text!("Body · {kind}", kind = kind),
            };
            let before = self.place;
            let places =
                [(Place::Headers, headers.as_str()), (Place::Body, body.as_str()), (Place::Options, text!("Options"))];
            kit::segmented(ui, text!("Parts of the request"), &mut self.place, &places);
            if self.place != before {
                (open, self.open) = (true, Some(true));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let (icon, name) = if open {
                    (icons::CARET_UP, text!("Fold the request"))
                } else {
                    (icons::CARET_DOWN, text!("Unfold the request"))
                };
                if kit::icon_button(ui, icon, name).clicked() {
                    open = !open;
                    self.open = Some(open);
                }
                if open && self.place == Place::Body && !is_narrow {
                    self.kinds(ui, &kinds);
                }
            });
        });
        if !open {
            return;
        }
        ui.add_space(SPACE_SMALL);
        if self.place == Place::Body && is_narrow {
            self.kinds(ui, &kinds);
            ui.add_space(SPACE_SMALL);
        }
        match self.place {
            Place::Headers => fields(ui, "headers", &mut self.headers, (text!("Header"), text!("Value"))),
            Place::Body => self.body(ui, actions),
            Place::Options => self.options(ui),
        }
    }

    fn kinds(&mut self, ui: &mut Ui, kinds: &[(Kind, &str)]) {
        if kit::segmented(ui, text!("Kind of body"), &mut self.kind, kinds).changed() {
            match (self.kind, self.method.as_str()) {
                (Kind::Empty, "POST") => self.method = "GET".into(),
                (Kind::Text | Kind::File | Kind::Form | Kind::Parts, "GET") => self.method = "POST".into(),
                _ => {}
            }
        }
    }

    fn body(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        match self.kind {
            Kind::Empty => {
                let color = theme::Palette::of(ui).muted;
                ui.label(egui::RichText::new(text!("The request has no body")).color(color));
            }
            Kind::Text => {
                let types = [
                    (String::new(), "text/plain"),
                    ("application/json".to_owned(), "application/json"),
                    ("application/xml".to_owned(), "application/xml"),
                    ("text/html; charset=utf-8".to_owned(), "text/html"),
                    ("application/x-www-form-urlencoded".to_owned(), "x-www-form-urlencoded"),
                ];
                ui.add(kit::Select::new(text!("Type of the text"), &mut self.content, &types).width(220.0).mono());
                let scroll = ScrollArea::vertical().id_salt("request text").max_height(140.0);
                scroll.min_scrolled_height(140.0).show(ui, |ui| {
                    let edit = TextEdit::multiline(&mut self.text)
                        .font(theme::mono())
                        .desired_rows(4)
                        .desired_width(f32::INFINITY)
                        .code_editor();
                    ui.add(edit).accessible_name(text!("Text of the body"));
                });
            }
            Kind::File => {
                ui.horizontal(|ui| {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        if kit::button(ui, icons::FOLDER_OPEN, text!("Choose…")).clicked() {
                            actions.push(Action::Choose(Pick::RequestFile));
                        }
                        let field = kit::TextField::new(text!("File to send"), &mut self.file);
                        ui.add(field.mono(true).hint("/path/to/file"));
                    });
                });
            }
            Kind::Form => fields(ui, "form", &mut self.form, (text!("Field"), text!("Value"))),
            Kind::Parts => {
                fields(ui, "parts", &mut self.parts, (text!("Field"), text!("Value, or @ and the path of a file")));
                if kit::quiet_button(ui, icons::PAPERCLIP, text!("Add a file…")).clicked() {
                    actions.push(Action::Choose(Pick::RequestFile));
                }
            }
        }
    }

    fn options(&mut self, ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            kit::checkbox(ui, &mut self.follows, text!("Follow redirects"));
            ui.add_space(SPACE);
            kit::checkbox(ui, &mut self.decompress, text!("Ask for a compressed body and decompress it"));
            ui.add_space(SPACE);
            kit::checkbox(ui, &mut self.rest.path_as_is, text!("Send the path as it is typed"));
        });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE;
            for (label, value, hint) in [
                (text!("Connect within, s"), &mut self.connect, "10"),
                (text!("First byte within, s"), &mut self.first, "60"),
                (text!("Silence at most, s"), &mut self.idle, "60"),
                (text!("All within, s"), &mut self.whole, text!("no limit")),
            ] {
                let wrong = !value.trim().is_empty() && seconds(value).is_none();
                column(ui, 124.0, |ui| {
                    kit::field(ui, label, wrong.then_some(text!("a number above 0")), |ui| {
                        ui.add(kit::TextField::new(label, value).hint(hint).width(124.0).error(wrong))
                    });
                });
            }
            let ways = [
                (Way::Environment, text!("From the environment")),
                (Way::Direct, text!("None")),
                (Way::Named, text!("This one")),
            ];
            column(ui, 204.0, |ui| {
                kit::field(ui, text!("Proxy"), None, |ui| {
                    ui.add(kit::Select::new(text!("Proxy"), &mut self.way, &ways).width(204.0))
                });
            });
            if self.way == Way::Named {
                column(ui, 280.0, |ui| {
                    kit::field(ui, text!("Proxy URL"), None, |ui| {
                        let field = kit::TextField::new(text!("Proxy URL"), &mut self.proxy);
                        ui.add(field.hint("http://127.0.0.1:3128").mono(true).width(280.0))
                    });
                });
            }
        });
    }
}

/// A field of that width that goes to the next line where there is no room for it.
fn column(ui: &mut Ui, width: f32, content: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, FIELD), Layout::top_down(Align::Min), content);
}

fn seconds(text: &str) -> Option<Duration> {
    let seconds = text.trim().parse::<f64>().ok().filter(|seconds| *seconds > 0.0)?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// The rows that have a name.
fn named(fields: &[(String, String)]) -> Fields {
    let trimmed = fields.iter().map(|(name, value)| (name.trim().to_owned(), value.clone()));
    trimmed.filter(|(name, _)| !name.is_empty()).collect()
}

/// Rows of name and value, with an empty one at the end.
fn fields(ui: &mut Ui, salt: &str, rows: &mut Fields, (name, value): (&str, &str)) {
    if rows.last().is_none_or(|(name, value)| !name.is_empty() || !value.is_empty()) {
        rows.push(Default::default());
    }
    let last = rows.len() - 1;
    let width = NAME.min(0.4 * ui.available_width());
    let mut gone = None;
    let scroll = ScrollArea::vertical().id_salt(salt).max_height(132.0).min_scrolled_height(132.0);
    scroll.auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = SPACE_SMALL;
        for (index, (key, content)) in rows.iter_mut().enumerate() {
            ui.horizontal(|ui| {
                let number = index + 1;
                let key_name = format!("{name} {number}");
                ui.add(kit::TextField::new(&key_name, key).hint(name).mono(true).width(width));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    // The bar of a long list has a place of its own.
                    ui.add_space(SPACE);
                    let remove = text!("Remove {name}", name = key_name);
                    if ui.add_enabled_ui(index < last, |ui| kit::icon_button(ui, icons::X, &remove)).inner.clicked() {
                        gone = Some(index);
                    }
                    let value_name = format!("{value} {number}");
                    ui.add(kit::TextField::new(&value_name, content).hint(value).mono(true));
                });
            });
        }
    });
    if let Some(index) = gone {
        rows.remove(index);
    }
}
