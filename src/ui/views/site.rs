//! What an HTTP listener shows and takes, while it runs: its address, what visitors may do, what is on its way, and its
//! table of routes.

mod routes;

use std::path::PathBuf;

use egui::{ScrollArea, Ui};

use crate::{
    journal::Journal,
    model::{Serving, SessionId, Site, Uploads},
    ui::{
        action::{Action, Pick},
        icons,
        kit::{self, Button},
        theme::{SPACE, SPACE_LARGE, SPACE_SMALL},
        views::{
            http::requests::Requests,
            shared::{
                access::{self, Access},
                moving::{self, Moving},
            },
        },
    },
    words::text,
};
use routes::RouteTable;

/// The widest that a page of forms is read well.
const WIDTH: f32 = 820.0;
/// What the limit of uploads is counted in.
const MEGABYTE: u64 = 1_000_000;

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub struct SiteInput<'a> {
    /// Which listener.
    pub session: SessionId,
    /// What a browser opens.
    pub url: &'a str,
    /// Who can reach it, and by which addresses.
    pub access: &'a Access,
    /// What it shows.
    pub site: &'a Site,
    /// What visitors may do.
    pub serving: &'a Serving,
    /// What programs bring along that send something.
    pub token: Option<&'a str>,
    /// What is on its way.
    pub moving: &'a [Moving],
    /// What was asked for is in it.
    pub journal: &'a Journal,
}

/// What a person does to it.
#[derive(Debug, Default)]
pub struct SitePanel {
    session: SessionId,
    uploads: bool,
    folder: String,
    /// The most bytes of one upload, in megabytes, as it is typed.
    limit: String,
    table: RouteTable,
    requests: Requests,
}

impl SitePanel {
    /// A folder was chosen for uploads.
    pub fn set_folder(&mut self, folder: String) {
        self.folder = folder;
        self.uploads = true;
    }

    /// The folder for uploads as it is typed.
    #[must_use]
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// Draws it, and pushes what is to change.
    pub fn show(&mut self, ui: &mut Ui, input: &SiteInput<'_>, actions: &mut Vec<Action>) {
        if self.session != input.session {
            self.session = input.session;
            self.uploads = input.serving.uploads.is_some();
            let limit = input.serving.uploads.as_ref().map_or(Uploads::default().limit, |uploads| uploads.limit);
            self.limit = megabytes(limit);
            if let Some(uploads) = &input.serving.uploads {
                self.folder = uploads.folder.to_string_lossy().into_owned();
            } else if let (Site::Folder(folder), true) = (input.site, self.folder.is_empty()) {
                self.folder = folder.to_string_lossy().into_owned();
            }
            self.table = RouteTable::of(input.site);
        }
        let mut serving = input.serving.clone();
        let mut shown = None;
        ScrollArea::vertical().id_salt("site").auto_shrink(false).show(ui, |ui| {
            let side = ((ui.available_width() - WIDTH) / 2.0).max(SPACE_LARGE);
            let width = ui.available_width() - 2.0 * side;
            ui.add_space(SPACE_LARGE);
            ui.horizontal_top(|ui| {
                ui.add_space(side);
                ui.vertical(|ui| {
                    ui.set_width(width);
                    address(ui, input, actions);
                    ui.add_space(SPACE_LARGE);
                    self.permissions(ui, input, &mut serving, actions);
                    if !input.moving.is_empty() {
                        ui.add_space(SPACE_LARGE);
                        transfers(ui, input.moving);
                    }
                    if let Site::Routes(_) = input.site {
                        ui.add_space(SPACE_LARGE);
                        if let Some(routes) = self.table.show(ui) {
                            shown = Some(Site::Routes(routes)).filter(|routes| routes != input.site);
                        }
                    }
                    ui.add_space(SPACE_LARGE);
                    kit::card(ui, |ui| {
                        ui.set_width(ui.available_width());
                        self.requests.show(ui, input.session, input.journal, actions);
                    });
                    ui.add_space(SPACE_LARGE);
                });
            });
        });
        if serving != *input.serving || shown.is_some() {
            let site = shown.unwrap_or_else(|| input.site.clone());
            actions.push(Action::Serve { session: input.session, site, serving });
        }
    }

    /// The limit in bytes, when it is a sensible number; `now` as long as it was not changed here.
    fn limit(&self, now: u64) -> Option<u64> {
        if self.limit.trim() == megabytes(now) {
            return Some(now);
        }
        let megabytes = self.limit.trim().parse::<u64>().ok()?;
        (1..=1_000_000).contains(&megabytes).then_some(megabytes * MEGABYTE)
    }

    fn permissions(&mut self, ui: &mut Ui, input: &SiteInput<'_>, serving: &mut Serving, actions: &mut Vec<Action>) {
        kit::card(ui, |ui| {
            ui.set_width(ui.available_width());
            kit::section_title(ui, text!("Visitors may"));
            ui.add_space(SPACE);
            let mut typing = false;
            let now = input.serving.uploads.as_ref().map_or(Uploads::default().limit, |uploads| uploads.limit);
            kit::checkbox(ui, &mut self.uploads, text!("Put files into a folder of this PC"));
            if self.uploads {
                ui.add_space(SPACE_SMALL);
                ui.horizontal(|ui| {
                    let button = 96.0;
                    let width = ui.available_width() - button - SPACE;
                    let name = text!("Folder for uploads");
                    let field = kit::TextField::new(name, &mut self.folder).hint(name).mono(true).width(width);
                    typing = ui.add(field).has_focus();
                    if ui.add(Button::raised(icons::FOLDER_OPEN, text!("Browse")).min_width(button)).clicked() {
                        actions.push(Action::Choose(Pick::UploadFolder));
                    }
                });
                if self.folder.trim().is_empty() {
                    ui.add_space(SPACE_SMALL);
                    kit::field_message(ui, text!("Choose the folder first: nothing is taken without one"));
                }
                ui.add_space(SPACE_SMALL);
                ui.horizontal(|ui| {
                    ui.label(text!("At most"));
                    let name = text!("Megabytes of one upload");
                    let wrong = self.limit(now).is_none();
                    let field = kit::TextField::new(name, &mut self.limit).mono(true).width(96.0).error(wrong);
                    typing |= ui.add(field).has_focus();
                    ui.label(text!("MB each. Nothing is overwritten."));
                });
                if self.limit(now).is_none() {
                    kit::field_message(ui, text!("A whole number of megabytes, 1 to 1 000 000"));
                }
            }
            ui.add_space(SPACE);
            kit::checkbox(ui, &mut serving.board, text!("Exchange text and pictures with this window"));
            ui.add_space(SPACE);
            kit::checkbox(ui, &mut serving.close_each, text!("Close each connection after one answer"));
            if matches!(input.site, Site::Folder(_)) {
                ui.add_space(SPACE);
                kit::checkbox(ui, &mut serving.listing, text!("Show the list even where there is an index.html"));
            }
            ui.add_space(SPACE);
            kit::checkbox(ui, &mut serving.any_host, text!("Answer to any host name"))
                .on_hover_text(text!("Not only to this PC's addresses and names of the local network. A web page from elsewhere may read the site then"));
            let folder = PathBuf::from(self.folder.trim());
            let wanted = self.uploads && !folder.as_os_str().is_empty();
            match self.limit(now) {
                _ if !wanted => serving.uploads = None,
                Some(limit) if !typing => serving.uploads = Some(Uploads { folder, limit }),
                _ => {}
            }
            if let Some(token) = input.token.filter(|_| input.serving.takes()) {
                ui.add_space(SPACE);
                let header = format!("X-Socketlab-Token: {token}");
                if kit::copy_card(ui, text!("Header for programs that send"), &header, text!("Copy the header"))
                    .clicked()
                {
                    actions.push(Action::Copy(header));
                }
            }
        });
    }
}

fn megabytes(bytes: u64) -> String {
    (bytes / MEGABYTE).max(1).to_string()
}

fn transfers(ui: &mut Ui, moving: &[Moving]) {
    kit::card(ui, |ui| {
        ui.set_width(ui.available_width());
        kit::section_title(ui, text!("On its way"));
        ui.add_space(SPACE);
        moving::rows(ui, moving);
    });
}

fn address(ui: &mut Ui, input: &SiteInput<'_>, actions: &mut Vec<Action>) {
    kit::card(ui, |ui| {
        ui.set_width(ui.available_width());
        access::show(ui, input.access, actions);
        ui.add_space(SPACE);
        if kit::button(ui, icons::ARROW_SQUARE_OUT, text!("Open in the browser")).clicked() {
            ui.open_url(egui::OpenUrl::new_tab(input.url));
        }
    });
}
