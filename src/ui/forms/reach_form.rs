//! Several attempts to connect, edited side by side.

use std::time::Duration;

use egui::Ui;

use crate::{
    model::ConnectConfig,
    ui::{
        action::Action,
        icons,
        kit::{
            self, Button, TextField,
            form::{self, FieldErrors, PORT},
        },
        theme::CONTROL_MAIN,
    },
    words::text,
};

/// One attempt as it is typed.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptForm {
    /// What it is there to show.
    pub title: String,
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: String,
    /// What no field shows.
    config: ConnectConfig,
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReachForm {
    /// In the order in which they are shown.
    pub attempts: Vec<AttemptForm>,
    /// Seconds until each is given up.
    pub timeout: String,
}

impl ReachForm {
    /// The form with these attempts.
    pub fn new<'a>(attempts: impl Iterator<Item = (&'a str, &'a ConnectConfig)>) -> Self {
        let attempts: Vec<AttemptForm> = attempts
            .map(|(title, config)| AttemptForm {
                title: title.to_owned(),
                host: config.host.clone(),
                port: config.port.to_string(),
                config: config.clone(),
            })
            .collect();
        let first = attempts.first().map(|attempt| attempt.config.connect_timeout.as_secs_f64().to_string());
        Self { timeout: first.unwrap_or_default(), attempts }
    }

    /// What is typed, or `None` when something makes no sense.
    #[must_use]
    pub fn value(&self) -> Option<Vec<ConnectConfig>> {
        let connect_timeout = self.timeout()?;
        let config = |attempt: &AttemptForm| {
            let host = Some(attempt.host.trim()).filter(|host| !host.is_empty())?;
            let port = attempt.port()?;
            Some(ConnectConfig { host: host.to_owned(), port, connect_timeout, ..attempt.config.clone() })
        };
        self.attempts.iter().map(config).collect()
    }

    fn timeout(&self) -> Option<Duration> {
        FieldErrors::default().seconds("timeout", &self.timeout)
    }
}

impl AttemptForm {
    fn port(&self) -> Option<u16> {
        self.port.trim().parse().ok().filter(|port| *port != 0)
    }
}

/// Draws the form and pushes what the person asks for.
pub fn show(ui: &mut Ui, form: &mut ReachForm, actions: &mut Vec<Action>) {
    let mut start = false;
    for (number, attempt) in form.attempts.iter_mut().enumerate() {
        if number > 0 {
            form::row_gap(ui);
        }
        kit::field_label(ui, &form::capitalised(&attempt.title));
        let wide = ui.available_width() - PORT - form::GAP;
        let (no_host, no_port) = (attempt.host.trim().is_empty(), attempt.port().is_none());
        form::columns(ui, |ui| {
            form::column(ui, wide, |ui| {
                let name = text!("Host for {title}", title = attempt.title);
                let field = TextField::new(&name, &mut attempt.host).mono(true).error(no_host).width(wide);
                let response = ui.add(field);
                start |= form::entered(ui, &response);
            });
            form::column(ui, PORT, |ui| {
                let name = text!("Port for {title}", title = attempt.title);
                let field = TextField::new(&name, &mut attempt.port).mono(true).error(no_port).width(PORT);
                let response = ui.add(field);
                start |= form::entered(ui, &response);
            });
        });
        if no_host {
            kit::field_message(ui, text!("A name or an address, such as 127.0.0.1"));
        } else if no_port {
            kit::field_message(ui, text!("A number from 1 to 65535"));
        }
    }
    form::row_gap(ui);
    let mut errors = FieldErrors::default();
    if form.timeout().is_none() {
        errors.add("timeout", text!("Seconds, such as 30 or 0.5"));
    }
    let timeout = form::text(ui, "timeout", text!("Given up after, seconds"), "3", &mut form.timeout, &errors);
    start |= form::entered(ui, &timeout);
    ui.add_space(2.0 * crate::ui::theme::SPACE);
    let button = Button::primary(icons::PLAY, text!("Try these")).height(CONTROL_MAIN);
    start |= ui.add(button).clicked();
    if start && let Some(configs) = form.value() {
        actions.push(Action::LabAttempts(configs));
    }
}
