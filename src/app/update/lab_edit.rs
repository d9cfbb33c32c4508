//! Editing what a lab's two sides are, in the ordinary forms.

use std::path::PathBuf;

use super::super::model::{Model, Overlay, state::Plan};
use crate::{
    lessons::LabClient,
    model::{ConnectConfig, Recipe, Site},
    ui::{
        action::Dialog,
        forms::{reach_form::ReachForm, script_form::ScriptForm},
        kit::form::FieldErrors,
        views::lab::LabSide,
    },
};

impl Model {
    pub(super) fn edit_lab(&mut self, listener: bool) {
        let Some(bench) = self.labs.bench() else { return };
        let (config, client) = (bench.listen_config(), bench.client());
        self.put_forms_back();
        let own = (self.settings.listen.clone(), self.settings.connect.clone());
        if listener {
            let Some(config) = config else { return };
            self.settings.listen.load(&config);
            self.listen.failure = None;
            self.open(Dialog::Listen);
            (self.labs.editing, self.labs.aside) = (Some(LabSide::Listener), Some(own));
            return;
        }
        match client {
            Some(LabClient::Raw { config, script }) => {
                self.settings.connect.load(&config);
                self.settings.connect.script = ScriptForm::new(&script, None);
            }
            Some(LabClient::Crowd { config, script, count }) => {
                self.settings.connect.load(&config);
                self.settings.connect.script = ScriptForm::new(&script, Some(count));
            }
            Some(LabClient::SizedFile(config)) => self.settings.connect.load(&config),
            Some(LabClient::Fetch(requests)) => {
                let Some(first) = requests.first() else { return };
                self.settings.connect.load_request(first);
            }
            Some(LabClient::Reach(attempts)) => {
                let form = ReachForm::new(attempts.iter().map(|attempt| (attempt.title, &attempt.config)));
                self.open(Dialog::Attempts);
                self.overlay = Some(Overlay::Attempts(form));
                return;
            }
            Some(LabClient::Families) | None => return,
        }
        self.connect.failure = None;
        self.open(Dialog::Connect);
        (self.labs.editing, self.labs.aside) = (Some(LabSide::Client), Some(own));
    }

    /// Gives the forms their own values again once the one that a lab had filled is closed.
    pub(super) fn after_editing(&mut self) {
        let dialog = self.overlay.as_ref().map(Overlay::dialog);
        if self.labs.editing.is_none() || !matches!(dialog, Some(Dialog::Listen | Dialog::Connect)) {
            self.labs.editing = None;
            self.put_forms_back();
        }
    }

    fn put_forms_back(&mut self) {
        if let Some((listen, connect)) = self.labs.aside.take() {
            (self.settings.listen, self.settings.connect) = (listen, connect);
        }
    }

    /// Takes over what was started from a form that the open lab had filled; false when the form was not about a lab.
    pub(super) fn edited(&mut self, plan: &Plan) -> bool {
        let dialog = self.overlay.as_ref().map(Overlay::dialog);
        let wanted = plan.kind().form();
        let side = if plan.kind().is_listener() { LabSide::Listener } else { LabSide::Client };
        if self.labs.editing != Some(side) || dialog != Some(wanted) {
            return false;
        }
        let typed = self.settings.connect.script.clone();
        let Some(bench) = self.labs.bench() else { return false };
        match (plan, &mut bench.lab.client) {
            (Plan::Listen(config), _) => {
                if let Some(path) = served(&config.recipe) {
                    bench.page.file = path.to_string_lossy().into_owned();
                }
                bench.lab.listener = Some((**config).clone());
            }
            (Plan::Connect(new), Some(LabClient::Raw { config, script })) => {
                config.clone_from(new);
                *script = typed.value();
            }
            (Plan::Connect(new), Some(LabClient::Crowd { config, script, count })) => {
                config.clone_from(new);
                *script = typed.value();
                *count = typed.crowd(&mut FieldErrors::default()).unwrap_or(*count);
            }
            (Plan::Connect(new), Some(LabClient::SizedFile(config))) => config.clone_from(new),
            // The other requests go to the same host as the first one.
            (Plan::Fetch(new), Some(LabClient::Fetch(requests))) => match requests.first_mut() {
                Some(first) => first.clone_from(new),
                None => requests.push((**new).clone()),
            },
            _ => return false,
        }
        bench.fill();
        self.overlay = None;
        self.labs.editing = None;
        if side == LabSide::Listener {
            self.start_lab_listener(false);
        } else {
            self.start_lab_client();
        }
        true
    }

    /// Takes over the attempts of the open lab, and makes them.
    pub(super) fn edited_attempts(&mut self, configs: Vec<ConnectConfig>) {
        let Some(bench) = self.labs.bench() else { return };
        let Some(LabClient::Reach(attempts)) = &mut bench.lab.client else { return };
        for (attempt, config) in attempts.iter_mut().zip(configs) {
            attempt.config = config;
        }
        bench.fill();
        self.overlay = None;
        self.start_lab_client();
    }
}

/// The picture or folder that a listener's answer has in it.
fn served(recipe: &Recipe) -> Option<PathBuf> {
    match recipe {
        Recipe::Http(Site::Folder(path) | Site::Embedded { picture: path, .. }) => Some(path.clone()),
        Recipe::SizedFile { folder } => Some(folder.clone()),
        Recipe::Page(page) => page.insert.as_ref().map(|insert| insert.file.clone()),
        _ => None,
    }
}
