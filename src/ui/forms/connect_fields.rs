//! How the form of a client is drawn, on the start page and in its dialog alike.

use egui::{Align, Layout, Ui};

use crate::{
    ui::{
        action::{Action, Dialog},
        forms::{
            connect_form::{ConnectData, ConnectForm, Reach, Speak},
            script_form,
        },
        icons,
        kit::{
            self, Button, Select, TextField,
            form::{self, Carrier, Family, FieldErrors, PORT},
        },
        theme::{CONTROL, CONTROL_MAIN, SPACE, SPACE_SMALL},
    },
    words::text,
};

/// Draws the form and pushes what the person asks for.
pub fn show(ui: &mut Ui, form: &mut ConnectForm, data: ConnectData<'_>, actions: &mut Vec<Action>) {
    let errors = form.reach().err().unwrap_or_default();
    form::fields(ui, "fields of a client", data.room, |ui| {
        fields(ui, form, data, &errors, actions);
        if let Some(failure) = data.failure {
            form::failure(ui, failure);
        }
    });
    ui.add_space(SPACE * 2.0);
    let mut start = buttons(ui, form, data, actions);
    start |= form::was_entered(ui) && data.starting.is_none();
    if start {
        match form.try_reach() {
            Some(Reach::Raw(config)) => actions.push(Action::Connect(Box::new(config), form.script.value())),
            Some(Reach::Http(config)) => actions.push(Action::Fetch(Box::new(config))),
            None => {}
        }
    }
}

fn fields(ui: &mut Ui, form: &mut ConnectForm, data: ConnectData<'_>, errors: &FieldErrors, actions: &mut Vec<Action>) {
    let is_url = form.is_url();
    if is_url {
        form.speak = Speak::Http;
    }
    transport(ui, form);
    form::row_gap(ui);
    if form.speak.has_path() {
        path(ui, form, data, errors, actions);
    } else {
        address_row(ui, form, data, errors, actions);
    }
    if form.speak == Speak::Http {
        http_row(ui, form, is_url, errors);
    } else if !form.speak.has_path() {
        form::row_gap(ui);
        let hint = text!("the system chooses");
        form::text(ui, "source", text!("Own address and port"), hint, &mut form.source, errors);
    }
    let more = form.more && !data.brief;
    if more {
        self::more(ui, form, errors);
    }
    if form.speak != Speak::Http && (more || form.script.acts() && !data.brief) {
        script_form::show(ui, &mut form.script, errors);
    }
}

/// What carries the bytes, before all else; HTTP is a choice beside the carriers, because it asks for other fields.
fn transport(ui: &mut Ui, form: &mut ConnectForm) {
    let carriers = Family::choices().into_iter().map(|(family, words)| (Speak::from(Carrier::from(family)), words));
    let choices: Vec<_> = carriers.chain([(Speak::Http, text!("HTTP"))]).collect();
    let mut shown = if form.speak.has_path() { Speak::Unix } else { form.speak };
    if kit::segmented(ui, text!("Transport"), &mut shown, &choices).changed() {
        if form.is_url() {
            form.take_url_apart();
        }
        form.speak = shown;
    }
}

/// Where a Unix socket is, and of which kind.
fn path(ui: &mut Ui, form: &mut ConnectForm, data: ConnectData<'_>, errors: &FieldErrors, actions: &mut Vec<Action>) {
    let kind = 148.0;
    let wide = ui.available_width() - kind - form::GAP;
    form::columns(ui, |ui| {
        form::column(ui, wide, |ui| {
            let label = text!("Path");
            let wrong = errors.of("path").is_some();
            let room = wide - recent_room(data);
            let response = kit::field(ui, label, errors.of("path"), |ui| {
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = SPACE_SMALL;
                    let field = TextField::new(label, &mut form.path).hint("/tmp/socketlab.sock").selects_all();
                    let response = ui.add(field.mono(true).error(wrong).width(room));
                    recent(ui, form, data, actions);
                    response
                })
                .inner
            });
            form::note_enter(ui, &response);
        });
        form::column(ui, kind, |ui| {
            let label = text!("Kind of socket");
            let kinds = Carrier::at_a_path().into_iter().map(|(kind, words)| (Speak::from(kind), words));
            let kinds: Vec<_> = kinds.collect();
            kit::field(ui, label, None, |ui| ui.add(Select::new(label, &mut form.speak, &kinds).width(kind)));
        });
    });
}

fn address_row(
    ui: &mut Ui,
    form: &mut ConnectForm,
    data: ConnectData<'_>,
    errors: &FieldErrors,
    actions: &mut Vec<Action>,
) {
    let is_url = form.is_url();
    let all = ui.available_width();
    let wide = if is_url { all } else { all - PORT - form::GAP };
    form::columns(ui, |ui| {
        let host = form::column(ui, wide, |ui| {
            let label = text!("Host or URL");
            let wrong = errors.of("host").is_some();
            let room = wide - recent_room(data);
            kit::field(ui, label, None, |ui| {
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = SPACE_SMALL;
                    let field = TextField::new(label, &mut form.host).hint(text!("name, address or http://…"));
                    let response = ui.add(field.mono(true).error(wrong).width(room).selects_all());
                    recent(ui, form, data, actions);
                    response
                })
                .inner
            })
        });
        if data.focus {
            host.request_focus();
        }
        if host.lost_focus() {
            form.split_pasted();
        }
        form::note_enter(ui, &host);
        if !is_url {
            form::column(ui, PORT, |ui| {
                let label = text!("Port");
                let wrong = errors.of("port").is_some();
                let port = kit::field(ui, label, None, |ui| {
                    ui.add(TextField::new(label, &mut form.port).mono(true).error(wrong).width(PORT).selects_all())
                });
                form::note_enter(ui, &port);
            });
        }
    });
    if let Some(error) = errors.of("host") {
        ui.add_space(SPACE_SMALL);
        kit::field_message(ui, error);
    } else if let Some(error) = errors.of("port") {
        ui.add_space(SPACE_SMALL);
        ui.with_layout(Layout::top_down(Align::Max), |ui| kit::field_message(ui, error));
    }
}

/// The width that the list of those who were called takes beside a field.
fn recent_room(data: ConnectData<'_>) -> f32 {
    if data.recent.is_empty() { 0.0 } else { CONTROL + SPACE_SMALL }
}

/// The list of those who were called last, which fills the fields.
fn recent(ui: &mut Ui, form: &mut ConnectForm, data: ConnectData<'_>, actions: &mut Vec<Action>) {
    if data.recent.is_empty() {
        return;
    }
    let button = ui.add(Button::icon(icons::CLOCK, text!("Called before")));
    kit::popup_menu(&button, |ui| {
        for called in data.recent {
            if kit::menu_item(ui, icons::PLUGS, &called.place(), called.word()).clicked() {
                form.call(called);
            }
        }
        kit::menu_separator(ui);
        if kit::menu_item(ui, icons::TRASH, text!("Forget these"), "").clicked() {
            actions.push(Action::ForgetHosts);
        }
    });
}

fn http_row(ui: &mut Ui, form: &mut ConnectForm, is_url: bool, errors: &FieldErrors) {
    form::row_gap(ui);
    let method = 104.0;
    let wide = ui.available_width() - method - form::GAP;
    form::columns(ui, |ui| {
        form::column(ui, method, |ui| {
            let label = text!("Method");
            let options = ["GET", "HEAD", "OPTIONS", "DELETE"].map(|word| (word.to_owned(), word));
            kit::field(ui, label, None, |ui| ui.add(Select::new(label, &mut form.method, &options).width(method)));
        });
        if !is_url {
            form::column(ui, wide, |ui| {
                form::text(ui, "resource", text!("Path and query"), "/", &mut form.resource, errors);
            });
        }
    });
}

fn more(ui: &mut Ui, form: &mut ConnectForm, errors: &FieldErrors) {
    let half = (ui.available_width() - form::GAP) / 2.0;
    let raw = form.speak != Speak::Http;
    let row = |ui: &mut Ui, left: &mut dyn FnMut(&mut Ui), right: &mut dyn FnMut(&mut Ui)| {
        form::row_gap(ui);
        form::columns(ui, |ui| {
            form::column(ui, half, left);
            form::column(ui, half, right);
        });
    };
    row(
        ui,
        &mut |ui| {
            form::text(ui, "timeout", text!("Connect time-out, seconds"), "10", &mut form.timeout, errors);
        },
        &mut |ui| {
            if raw {
                form::text(ui, "idle", text!("Idle time-out, seconds"), text!("never"), &mut form.idle, errors);
            }
        },
    );
    if !raw {
        return;
    }
    let (datagrams, at_a_path) = (form.speak.carrier().is_datagram(), form.speak.has_path());
    row(
        ui,
        &mut |ui| {
            let usual = form::usual_size(datagrams);
            form::text(ui, "recv_size", text!("Receive size, bytes"), usual, &mut form.recv_size, errors);
        },
        &mut |ui| {
            if !at_a_path {
                let hint = text!("the system's");
                form::text(ui, "ttl", text!("TTL, routers to pass"), hint, &mut form.ttl, errors);
            }
        },
    );
    if form.speak == Speak::Udp {
        row(
            ui,
            &mut |ui| {
                let hint = text!("the system chooses");
                form::text(ui, "adapter", text!("Adapter for groups"), hint, &mut form.adapter, errors);
            },
            &mut |ui| {
                let hint = text!("1: this network");
                form::text(ui, "multicast_ttl", text!("TTL to groups"), hint, &mut form.multicast_ttl, errors);
            },
        );
    }
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
    // Below each other where words are long and the place is narrow.
    ui.horizontal_wrapped(|ui| {
        if let Some(session) = data.starting {
            if form::cancel(ui, text!("Connecting…")) {
                actions.push(Action::Stop(session));
            }
        } else {
            let words = match (form.speak, data.running) {
                (Speak::Http, _) => text!("Get"),
                (Speak::Udp | Speak::UnixDatagram, _) => text!("Open"),
                (_, Some(_)) => text!("Connect again"),
                _ => text!("Connect"),
            };
            start = ui.add(Button::primary(None, words).height(CONTROL_MAIN)).clicked();
        }
        // Several clients of one listener are a usual experiment, so connecting stays possible.
        if let Some(session) = data.running
            && ui.add(Button::raised(icons::STOP, text!("Disconnect")).height(CONTROL_MAIN)).clicked()
        {
            actions.push(Action::Stop(session));
        }
        let rare = form.has_rare();
        if form::more_button(ui, &mut form.more, data.brief, rare) {
            actions.push(Action::Open(Dialog::Connect));
        }
    });
    start
}
