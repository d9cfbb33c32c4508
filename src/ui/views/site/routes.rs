//! The table of routes of an HTTP listener, edited while it answers.

use std::path::PathBuf;

use egui::{Sense, Ui, UiBuilder, vec2};

use crate::{
    model::{Route, RouteBody, Site},
    ui::{
        icons,
        kit::{self, Button, Select, TextField, form::capitalised},
        theme::{SPACE, SPACE_LARGE, SPACE_SMALL},
    },
    words::text,
};

/// Routes that the window edits; a longer table comes from a file.
const ROUTES: usize = 200;

/// Widths of the columns but for the path, which takes the rest, and of the two buttons behind them.
const METHOD: f32 = 92.0;
const STATUS: f32 = 64.0;
const DELAY: f32 = 76.0;
const ANSWER: f32 = 84.0;
const BUTTONS: f32 = 2.0 * 28.0;
/// Height of a column's name.
const CAPTION: f32 = 16.0;

/// What is typed.
#[derive(Clone, Debug, Default)]
pub(super) struct RouteTable {
    rows: Vec<Row>,
    /// Rows went or changed places.
    moved: bool,
}

/// A row, and what was made of it when it was changed last: answers may be long, and nothing is made of them in every frame.
#[derive(Clone, Debug, Default)]
struct Row {
    draft: Draft,
    checked: Option<(Draft, Result<Route, Vec<Fault>>)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Draft {
    method: String,
    path: String,
    status: String,
    delay: String,
    headers: String,
    body: String,
    kind: Kind,
}

/// What a route answers with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Text,
    File,
    Echo,
}

impl RouteTable {
    /// The table of a site; empty for one that has none.
    #[must_use]
    pub(super) fn of(site: &Site) -> Self {
        let Site::Routes(routes) = site else { return Self::default() };
        Self { rows: routes.iter().map(Row::of).collect(), moved: false }
    }

    /// Draws it; gives the routes when they changed and all of them make sense.
    pub(super) fn show(&mut self, ui: &mut Ui) -> Option<Vec<Route>> {
        let mut remove = None;
        let mut raise = None;
        let mut changed = std::mem::take(&mut self.moved);
        for row in &mut self.rows {
            changed |= row.check();
        }
        let faulty = self.rows.iter().any(|row| row.route().is_none());
        let routes = changed.then(|| self.rows.iter().map(|row| row.route().cloned()).collect()).flatten();
        kit::card(ui, |ui| {
            ui.set_width(ui.available_width());
            kit::section_title(ui, text!("Routes: the first that fits answers, * is anything"));
            if !self.rows.is_empty() {
                ui.add_space(SPACE);
                captions(ui);
            }
            for (place, row) in self.rows.iter_mut().enumerate() {
                ui.add_space(if place == 0 { SPACE_SMALL } else { SPACE_LARGE });
                ui.push_id(place, |ui| {
                    match row.draft.show(ui, place, row.checked.as_ref().and_then(|(_, route)| route.as_ref().err())) {
                        Some(Act::Remove) => remove = Some(place),
                        Some(Act::Raise) => raise = Some(place),
                        None => {}
                    }
                });
            }
            if faulty {
                ui.add_space(SPACE_LARGE);
                kit::notice(
                    ui,
                    kit::Tone::Warning,
                    text!("The routes from before go on answering until every field here makes sense."),
                );
            }
            ui.add_space(SPACE_LARGE);
            let add = ui.add_enabled(self.rows.len() < ROUTES, Button::raised(icons::PLUS, text!("Add a route")));
            if add.clicked() {
                self.rows.push(Row::of(&Route { path: "/new".to_owned(), ..Route::default() }));
            }
        });
        if let Some(place) = remove {
            self.rows.remove(place);
            self.moved = true;
            ui.ctx().request_repaint();
            return None;
        }
        if let Some(place) = raise.filter(|place| *place > 0) {
            self.rows.swap(place, place - 1);
            self.moved = true;
            ui.ctx().request_repaint();
            return None;
        }
        routes
    }
}

/// The names of the columns, above the first row.
fn captions(ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE_SMALL;
        let path = path_width(ui.available_width() - METHOD - SPACE_SMALL);
        for (words, width) in [
            (text!("Method"), METHOD),
            (text!("Path"), path),
            (text!("Status"), STATUS),
            (text!("Delay, ms"), DELAY),
            (text!("Answer"), ANSWER),
        ] {
            let (rect, _) = ui.allocate_exact_size(vec2(width, CAPTION), Sense::hover());
            kit::field_label(&mut ui.new_child(UiBuilder::new().max_rect(rect)), words);
        }
    });
}

/// What is left for the path of a row, its method aside.
fn path_width(room: f32) -> f32 {
    (room - STATUS - DELAY - ANSWER - BUTTONS - 5.0 * SPACE_SMALL).max(80.0)
}

/// The fields of a route, in the order in which they stand.
const FIELDS: [&str; 5] = ["method", "path", "status", "delay_ms", "headers"];

/// A field that makes no sense, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fault {
    field: &'static str,
    message: String,
}

impl Fault {
    fn new(field: &'static str, message: &str) -> Self {
        Self { field, message: message.to_owned() }
    }
}

enum Act {
    Remove,
    Raise,
}

impl Row {
    fn of(route: &Route) -> Self {
        Self { draft: Draft::of(route), checked: None }
    }

    /// Makes a route of it where it changed; true when it did.
    fn check(&mut self) -> bool {
        if self.checked.as_ref().is_some_and(|(of, _)| *of == self.draft) {
            return false;
        }
        self.checked = Some((self.draft.clone(), self.draft.route()));
        true
    }

    /// The route that is meant, when it makes sense.
    fn route(&self) -> Option<&Route> {
        self.checked.as_ref().and_then(|(_, route)| route.as_ref().ok())
    }
}

impl Draft {
    fn of(route: &Route) -> Self {
        let (kind, body) = match &route.answer {
            RouteBody::Text(text) => (Kind::Text, text.clone()),
            RouteBody::File(path) => (Kind::File, path.to_string_lossy().into_owned()),
            RouteBody::Echo => (Kind::Echo, String::new()),
        };
        let headers: Vec<_> = route.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        Self {
            method: route.method.clone(),
            path: route.path.clone(),
            status: route.status.to_string(),
            delay: route.delay_ms.to_string(),
            headers: headers.join("\n"),
            body,
            kind,
        }
    }

    /// The route that is meant, or every field that makes no sense and why.
    fn route(&self) -> Result<Route, Vec<Fault>> {
        let mut faults = Vec::new();
        // What was refused here is not said once more below: the default makes sense.
        let fresh = Route::default();
        let mut headers = Vec::new();
        for line in self.headers.lines().filter(|line| !line.trim().is_empty()) {
            match line.split_once(':') {
                Some((name, value)) => headers.push((name.trim().to_owned(), value.trim().to_owned())),
                None => faults.push(Fault::new("headers", text!("write each header as Name: value on one line"))),
            }
        }
        let status = self.status.trim().parse().unwrap_or_else(|_| {
            faults.push(Fault::new("status", text!("use a status from 200 to 599")));
            fresh.status
        });
        let delay = self.delay.trim();
        let delay_ms = if delay.is_empty() { Ok(0) } else { delay.parse() };
        let delay_ms = delay_ms.unwrap_or_else(|_| {
            faults.push(Fault::new("delay_ms", text!("wait 60000 ms at most")));
            0
        });
        let route = Route {
            method: self.method.trim().to_owned(),
            path: self.path.trim().to_owned(),
            status,
            headers,
            answer: match self.kind {
                Kind::Text => RouteBody::Text(self.body.clone()),
                Kind::File => RouteBody::File(PathBuf::from(self.body.trim())),
                Kind::Echo => RouteBody::Echo,
            },
            delay_ms,
        };
        faults.extend(route.faults().iter().map(|error| Fault::new(error.field, &error.message.to_string())));
        // As the fields stand, and each sentence once.
        let order = |fault: &Fault| FIELDS.iter().position(|field| *field == fault.field);
        faults.sort_by_key(order);
        faults.dedup();
        if faults.is_empty() { Ok(route) } else { Err(faults) }
    }

    fn show(&mut self, ui: &mut Ui, place: usize, faults: Option<&Vec<Fault>>) -> Option<Act> {
        let faults = faults.map_or(&[] as &[Fault], Vec::as_slice);
        let wrong = |field| faults.iter().any(|fault| fault.field == field);
        let mut act = None;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE_SMALL;
            let methods: Vec<(String, String)> = {
                let mut methods: Vec<String> =
                    ["GET", "POST", "PUT", "PATCH", "DELETE", "*"].map(str::to_owned).to_vec();
                if !methods.contains(&self.method) {
                    methods.push(self.method.clone());
                }
                methods.into_iter().map(|method| (method.clone(), method)).collect()
            };
            ui.add(Select::new(text!("Method"), &mut self.method, &methods).width(METHOD));
            let kinds = [(Kind::Text, text!("Text")), (Kind::File, text!("File")), (Kind::Echo, text!("Request"))];
            let width = path_width(ui.available_width());
            ui.add(TextField::new(text!("Path"), &mut self.path).mono(true).error(wrong("path")).width(width));
            let status =
                TextField::new(text!("Status"), &mut self.status).mono(true).error(wrong("status")).width(STATUS);
            ui.add(status).on_hover_text(text!("Status"));
            let delay = TextField::new(text!("Delay in milliseconds"), &mut self.delay).mono(true).width(DELAY);
            ui.add(delay.error(wrong("delay_ms"))).on_hover_text(text!("Delay in milliseconds"));
            ui.add(Select::new(text!("Answer"), &mut self.kind, &kinds).width(ANSWER));
            let up = Button::icon(icons::ARROW_UP, text!("Move up"));
            if ui.add_enabled(place > 0, up).clicked() {
                act = Some(Act::Raise);
            }
            if ui.add(Button::icon(icons::TRASH, text!("Remove"))).clicked() {
                act = Some(Act::Remove);
            }
        });
        ui.add_space(SPACE_SMALL);
        match self.kind {
            Kind::File => {
                let hint = text!("Path of the file");
                ui.add(TextField::new(hint, &mut self.body).hint(hint).mono(true));
            }
            Kind::Text => {
                let name = text!("Text of the answer");
                kit::text_area(ui, name, &mut self.body, name, false, (2, 10));
            }
            Kind::Echo => {
                kit::field_label(ui, text!("Answers with the request: its head and its body."));
            }
        }
        ui.add_space(SPACE_SMALL);
        let name = text!("Headers, one Name: value a line");
        kit::text_area(ui, name, &mut self.headers, name, wrong("headers"), (1, 6));
        for fault in faults {
            ui.add_space(SPACE / 2.0);
            kit::field_message(ui, &capitalised(&fault.message));
        }
        act
    }
}
