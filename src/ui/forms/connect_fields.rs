//! How the form of a client is drawn, on the start page and in its dialog alike.

use egui::{Align, Layout, Ui};

use crate::{
    ui::{
        action::Action,
        forms::{
            connect_form::{ConnectData, ConnectForm, Reach, Speak},
            script_form,
        },
        icons,
        kit::{
            self, Button, Select, TextField,
            form::{self, FieldErrors, PORT},
        },
        theme::{CONTROL_MAIN, SPACE, SPACE_SMALL},
    },
    words::text,
};

/// Draws the form and pushes what the person asks for.
pub fn show(ui: &mut Ui, form: &mut ConnectForm, data: ConnectData<'_>, actions: &mut Vec<Action>) {
    let errors = form.reach().err().unwrap_or_default();
    let is_url = form.host.contains("://");
    let mut start = if form.speak.has_path() {
        let response = form::text(ui, "path", text!("Path"), "/tmp/socketlab.sock", &mut form.path, &errors);
        form::entered(ui, &response)
    } else {
        address_row(ui, form, is_url, data.focus, &errors)
    };
    form::row_gap(ui);
    let mut options = vec![(Speak::Tcp, text!("Raw TCP")), (Speak::Udp, text!("Raw UDP"))];
    if cfg!(unix) {
        options.push((Speak::Unix, text!("Raw Unix stream")));
        options.push((Speak::UnixDatagram, text!("Raw Unix datagrams")));
    }
    if cfg!(target_os = "linux") {
        options.push((Speak::UnixSeqpacket, text!("Raw Unix records (seqpacket)")));
    }
    options.push((Speak::Http, text!("HTTP: get a page or a picture")));
    let label = text!("Speak");
    let width = ui.available_width();
    if is_url {
        form.speak = Speak::Http;
    }
    kit::field(ui, label, None, |ui| ui.add(Select::new(label, &mut form.speak, &options).width(width)));
    if form.speak == Speak::Http {
        start |= http_row(ui, form, is_url, &errors);
    }
    if form.more {
        more(ui, form, &errors);
    }
    if form.speak != Speak::Http && (form.more || form.script.acts()) {
        script_form::show(ui, &mut form.script, &errors);
    }
    ui.add_space(SPACE * 2.0);
    start |= buttons(ui, form, data, actions);
    if start {
        match form.try_reach() {
            Some(Reach::Raw(config)) => actions.push(Action::Connect(Box::new(config), form.script.value())),
            Some(Reach::Http(config)) => actions.push(Action::Fetch(Box::new(config))),
            None => {}
        }
    }
    if let Some(failure) = data.failure {
        form::failure(ui, failure);
    }
}

fn address_row(ui: &mut Ui, form: &mut ConnectForm, is_url: bool, focus: bool, errors: &FieldErrors) -> bool {
    let all = ui.available_width();
    let wide = if is_url { all } else { all - PORT - form::GAP };
    let entered = form::columns(ui, |ui| {
        let host = form::column(ui, wide, |ui| {
            let label = text!("Host or URL");
            let wrong = errors.of("host").is_some();
            kit::field(ui, label, None, |ui| {
                let field = TextField::new(label, &mut form.host).hint(text!("name, address or http://…"));
                ui.add(field.mono(true).error(wrong).width(wide))
            })
        });
        if focus {
            host.request_focus();
        }
        if host.lost_focus() {
            form.split_pasted();
        }
        let mut entered = form::entered(ui, &host);
        if !is_url {
            form::column(ui, PORT, |ui| {
                let label = text!("Port");
                let wrong = errors.of("port").is_some();
                let port = kit::field(ui, label, None, |ui| {
                    ui.add(TextField::new(label, &mut form.port).mono(true).error(wrong).width(PORT))
                });
                entered |= form::entered(ui, &port);
            });
        }
        entered
    });
    if let Some(error) = errors.of("host") {
        ui.add_space(SPACE_SMALL);
        kit::field_message(ui, error);
    } else if let Some(error) = errors.of("port") {
        ui.add_space(SPACE_SMALL);
        ui.with_layout(Layout::top_down(Align::Max), |ui| kit::field_message(ui, error));
    }
    entered
}

fn http_row(ui: &mut Ui, form: &mut ConnectForm, is_url: bool, errors: &FieldErrors) -> bool {
    form::row_gap(ui);
    let method = 104.0;
    let wide = ui.available_width() - method - form::GAP;
    form::columns(ui, |ui| {
        form::column(ui, method, |ui| {
            let label = text!("Method");
            let options = ["GET", "HEAD", "OPTIONS", "DELETE"].map(|word| (word.to_owned(), word));
            kit::field(ui, label, None, |ui| ui.add(Select::new(label, &mut form.method, &options).width(method)));
        });
        if is_url {
            return false;
        }
        let path = form::column(ui, wide, |ui| {
            form::text(ui, "resource", text!("Path and query"), "/", &mut form.resource, errors)
        });
        form::entered(ui, &path)
    })
}

fn more(ui: &mut Ui, form: &mut ConnectForm, errors: &FieldErrors) {
    let half = (ui.available_width() - form::GAP) / 2.0;
    let raw = form.speak != Speak::Http;
    form::row_gap(ui);
    form::columns(ui, |ui| {
        form::column(ui, half, |ui| {
            form::text(ui, "timeout", text!("Connect time-out, seconds"), "10", &mut form.timeout, errors);
        });
        if raw {
            form::column(ui, half, |ui| {
                form::text(ui, "idle", text!("Idle time-out, seconds"), text!("never"), &mut form.idle, errors);
            });
        }
    });
    if !raw {
        return;
    }
    form::row_gap(ui);
    form::columns(ui, |ui| {
        form::column(ui, half, |ui| {
            let usual = form::usual_size(form.speak.is_datagram());
            form::text(ui, "recv_size", text!("Receive size, bytes"), usual, &mut form.recv_size, errors);
        });
        if !form.speak.has_path() {
            form::column(ui, half, |ui| {
                let hint = text!("the system chooses");
                form::text(ui, "source", text!("Source address and port"), hint, &mut form.source, errors);
            });
        }
    });
    ui.add_space(SPACE_SMALL);
    if form.speak == Speak::Tcp {
        kit::checkbox(ui, &mut form.nodelay, text!("Send small pieces at once (TCP_NODELAY)"));
        kit::checkbox(ui, &mut form.keepalive, text!("Probe an idle connection (SO_KEEPALIVE)"));
    }
    if form.speak == Speak::Udp {
        kit::checkbox(ui, &mut form.broadcast, text!("Allow broadcast (SO_BROADCAST)"));
    }
    if matches!(form.speak, Speak::Tcp | Speak::Unix | Speak::UnixSeqpacket) {
        kit::checkbox(ui, &mut form.keep_half_open, text!("Stay open when the peer half-closes"));
    }
}

fn buttons(ui: &mut Ui, form: &mut ConnectForm, data: ConnectData<'_>, actions: &mut Vec<Action>) -> bool {
    let mut start = false;
    ui.horizontal(|ui| {
        let words = match (form.speak, data.starting, data.running) {
            (_, true, _) => text!("Connecting…"),
            (Speak::Http, ..) => text!("Get"),
            (Speak::Udp | Speak::UnixDatagram, ..) => text!("Open"),
            (_, _, Some(_)) => text!("Connect again"),
            _ => text!("Connect"),
        };
        let button = Button::primary(None, words).height(CONTROL_MAIN);
        start = ui.add_enabled(!data.starting, button).clicked();
        // Several clients of one listener are a usual experiment, so connecting stays possible.
        if let Some(session) = data.running
            && ui.add(Button::raised(icons::STOP, text!("Disconnect")).height(CONTROL_MAIN)).clicked()
        {
            actions.push(Action::Stop(session));
        }
        let words = if form.more { text!("Fewer options") } else { text!("More options…") };
        if ui.add(Button::quiet(None, words).height(CONTROL_MAIN)).clicked() {
            form.more = !form.more;
        }
    });
    start
}
