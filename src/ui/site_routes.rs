//! The table of routes of an HTTP listener, edited while it answers.

use std::path::PathBuf;

use egui::{Sense, Ui, UiBuilder, vec2};

use super::{
    form::capitalised,
    icons,
    kit::{self, Button, Select, TextField},
    theme::{SPACE, SPACE_LARGE, SPACE_SMALL},
};
use crate::{
    model::{Route, RouteBody, Site},
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
pub struct RouteTable {
    rows: Vec<Draft>,
}

#[derive(Clone, Debug, Default)]
struct Draft {
    method: String,
    path: String,
    status: String,
    delay: String,
    headers: String,
    body: String,
    is_file: bool,
}

impl RouteTable {
    /// The table of a site; empty for one that has none.
    #[must_use]
    pub fn of(site: &Site) -> Self {
        let Site::Routes(routes) = site else { return Self::default() };
        Self { rows: routes.iter().map(Draft::of).collect() }
    }

    /// Draws it; gives the routes while all of them make sense.
    pub fn show(&mut self, ui: &mut Ui) -> Option<Vec<Route>> {
        let mut routes = Some(Vec::new());
        let mut remove = None;
        let mut raise = None;
        let mut faulty = false;
        kit::card(ui, |ui| {
            ui.set_width(ui.available_width());
            kit::section_title(ui, text!("Routes: the first that fits answers, * is anything"));
            if !self.rows.is_empty() {
                ui.add_space(SPACE);
                captions(ui);
            }
            for (place, draft) in self.rows.iter_mut().enumerate() {
                ui.add_space(if place == 0 { SPACE_SMALL } else { SPACE_LARGE });
                ui.push_id(place, |ui| {
                    let (route, act) = draft.show(ui, place);
                    match act {
                        Some(Act::Remove) => remove = Some(place),
                        Some(Act::Raise) => raise = Some(place),
                        None => {}
                    }
                    faulty |= route.is_none();
                    collect(&mut routes, route);
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
                self.rows.push(Draft::of(&Route { path: "/new".to_owned(), ..Route::default() }));
                routes = None;
            }
        });
        if let Some(place) = remove {
            self.rows.remove(place);
            return None;
        }
        if let Some(place) = raise.filter(|place| *place > 0) {
            self.rows.swap(place, place - 1);
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

enum Act {
    Remove,
    Raise,
}

fn collect(routes: &mut Option<Vec<Route>>, route: Option<Route>) {
    match (routes.as_mut(), route) {
        (Some(list), Some(route)) => list.push(route),
        _ => *routes = None,
    }
}

impl Draft {
    fn of(route: &Route) -> Self {
        let (is_file, body) = match &route.answer {
            RouteBody::Text(text) => (false, text.clone()),
            RouteBody::File(path) => (true, path.to_string_lossy().into_owned()),
        };
        let headers: Vec<_> = route.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        Self {
            method: route.method.clone(),
            path: route.path.clone(),
            status: route.status.to_string(),
            delay: route.delay_ms.to_string(),
            headers: headers.join("\n"),
            body,
            is_file,
        }
    }

    /// The route that is meant, or the field that makes no sense and why.
    fn route(&self) -> Result<Route, (&'static str, String)> {
        let number = |field, words: &str, text: &str| words.trim().parse().map_err(|_| (field, text.to_owned()));
        let mut headers = Vec::new();
        for line in self.headers.lines().filter(|line| !line.trim().is_empty()) {
            let wrong = || ("headers", text!("write each header as Name: value on one line").to_owned());
            let (name, value) = line.split_once(':').ok_or_else(wrong)?;
            headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
        let route = Route {
            method: self.method.trim().to_owned(),
            path: self.path.trim().to_owned(),
            status: u16::try_from(number("status", &self.status, text!("use a status from 200 to 599"))?).unwrap_or(0),
            headers,
            answer: if self.is_file {
                RouteBody::File(PathBuf::from(self.body.trim()))
            } else {
                RouteBody::Text(self.body.clone())
            },
            delay_ms: if self.delay.trim().is_empty() {
                0
            } else {
                number("delay_ms", &self.delay, text!("wait 60000 ms at most"))?
            },
        };
        route.check().map_err(|error| (error.field, error.message.to_string()))?;
        Ok(route)
    }

    fn show(&mut self, ui: &mut Ui, place: usize) -> (Option<Route>, Option<Act>) {
        let checked = self.route();
        let wrong = checked.as_ref().err().map_or("", |(field, _)| field);
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
            let kinds = [(false, text!("Text")), (true, text!("File"))];
            let width = path_width(ui.available_width());
            ui.add(TextField::new(text!("Path"), &mut self.path).mono(true).error(wrong == "path").width(width));
            let status =
                TextField::new(text!("Status"), &mut self.status).mono(true).error(wrong == "status").width(STATUS);
            ui.add(status).on_hover_text(text!("Status"));
            let delay = TextField::new(text!("Delay in milliseconds"), &mut self.delay).mono(true).width(DELAY);
            ui.add(delay.error(wrong == "delay_ms")).on_hover_text(text!("Delay in milliseconds"));
            ui.add(Select::new(text!("Answer"), &mut self.is_file, &kinds).width(ANSWER));
            let up = Button::icon(icons::ARROW_UP, text!("Move up"));
            if ui.add_enabled(place > 0, up).clicked() {
                act = Some(Act::Raise);
            }
            if ui.add(Button::icon(icons::TRASH, text!("Remove"))).clicked() {
                act = Some(Act::Remove);
            }
        });
        ui.add_space(SPACE_SMALL);
        if self.is_file {
            let hint = text!("Path of the file");
            ui.add(TextField::new(hint, &mut self.body).hint(hint).mono(true));
        } else {
            let name = text!("Text of the answer");
            kit::text_area(ui, name, &mut self.body, name, false, (2, 10));
        }
        ui.add_space(SPACE_SMALL);
        let name = text!("Headers, one Name: value a line");
        kit::text_area(ui, name, &mut self.headers, name, wrong == "headers", (1, 6));
        if let Err((_, message)) = &checked {
            ui.add_space(SPACE / 2.0);
            kit::field_message(ui, &capitalised(message));
        }
        (checked.ok(), act)
    }
}
