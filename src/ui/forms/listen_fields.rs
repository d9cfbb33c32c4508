//! How the form of a listener is drawn, on the start page and in its dialog alike.

use egui::{Align, Layout, Ui};

use crate::{
    model::Encoding,
    ui::{
        action::{Action, Dialog, Pick},
        forms::{
            dialog_form,
            listen_form::{BindChoice, Callers, ListenData, ListenForm, ResponderKind},
        },
        icons,
        kit::{
            self, Button, Select, TextField,
            form::{self, Carrier, Family, FieldErrors, PORT},
        },
        theme::{COLUMN, CONTROL_MAIN, SPACE, SPACE_SMALL},
    },
    words::text,
};

/// Draws the form and pushes what the person asks for.
pub fn show(ui: &mut Ui, form: &mut ListenForm, data: ListenData<'_>, actions: &mut Vec<Action>) {
    let errors = form.config().err().unwrap_or_default();
    let mut free = None;
    form::fields(ui, "fields of a listener", data.room, |ui| {
        fields(ui, form, data, &errors, actions);
        if let Some(failure) = data.failure {
            form::failure(ui, failure);
            free = form::other_port(ui, failure);
        }
    });
    ui.add_space(SPACE * 2.0);
    let mut start = buttons(ui, form, data, actions);
    start |= form::was_entered(ui) && data.starting.is_none();
    let faulty = form.answer == ResponderKind::Dialog && data.faults.iter().any(|fault| !fault.is_empty());
    if let Some(free) = free {
        form.port = free.to_string();
        start = true;
    }
    if start
        && !faulty
        && data.running.is_none()
        && let Some(config) = form.try_config()
    {
        actions.push(Action::Listen(Box::new(config)));
    }
}

fn fields(ui: &mut Ui, form: &mut ListenForm, data: ListenData<'_>, errors: &FieldErrors, actions: &mut Vec<Action>) {
    transport(ui, form);
    form::row_gap(ui);
    if form.carrier.has_path() {
        path(ui, form, errors);
    } else {
        address_row(ui, form, data, errors);
    }
    form::row_gap(ui);
    answer_row(ui, form);
    if data.brief && form.answer.is_long() {
        form::row_gap(ui);
        let words =
            if form.answer == ResponderKind::Page { text!("Edit the page…") } else { text!("Edit the rules…") };
        if ui.add(Button::raised(icons::PENCIL_SIMPLE, words)).clicked() {
            actions.push(Action::Open(Dialog::Listen));
        }
    } else {
        details(ui, form, data, errors, actions);
    }
    let more = form.more && !data.brief;
    if form.answer.is_written() && (more || form.encoding != Encoding::default()) {
        encoding(ui, form, errors);
    }
    if more {
        self::more(ui, form, errors);
    }
}

/// What carries the bytes, before all else.
fn transport(ui: &mut Ui, form: &mut ListenForm) {
    let mut family = form.carrier.family();
    if kit::segmented(ui, text!("Transport"), &mut family, &Family::choices()).changed() {
        form.carrier = family.into();
    }
}

/// Where a Unix socket is, and of which kind.
fn path(ui: &mut Ui, form: &mut ListenForm, errors: &FieldErrors) {
    let kind = 148.0;
    let wide = ui.available_width() - kind - form::GAP;
    form::columns(ui, |ui| {
        form::column(ui, wide, |ui| {
            form::text(ui, "path", text!("Path"), "/tmp/socketlab.sock", &mut form.path, errors);
        });
        form::column(ui, kind, |ui| {
            let label = text!("Kind of socket");
            let kinds = Carrier::at_a_path();
            kit::field(ui, label, None, |ui| ui.add(Select::new(label, &mut form.carrier, &kinds).width(kind)));
        });
    });
}

/// Who may connect, and the port.
fn address_row(ui: &mut Ui, form: &mut ListenForm, data: ListenData<'_>, errors: &FieldErrors) {
    let wide = ui.available_width() - PORT - form::GAP;
    let mut choices = bind_choices(data.addresses, &form.bind, form.other_address);
    choices.push((None, text!("Another address…").to_owned()));
    form::columns(ui, |ui| {
        form::column(ui, wide, |ui| {
            let label = text!("Who may connect");
            let mut chosen = (!form.other_address).then(|| form.bind.clone());
            let taken = kit::field(ui, label, None, |ui| ui.add(Select::new(label, &mut chosen, &choices).width(wide)));
            if taken.changed() {
                form.other_address = chosen.is_none();
                form.bind = chosen.unwrap_or_default();
            }
        });
        form::column(ui, PORT, |ui| {
            let label = text!("Port");
            let wrong = errors.of("port").is_some();
            let response = kit::field(ui, label, None, |ui| {
                ui.add(TextField::new(label, &mut form.port).mono(true).error(wrong).width(PORT).selects_all())
            })
            .on_hover_text(text!("0 takes a free one"));
            if data.focus {
                response.request_focus();
            }
            form::note_enter(ui, &response);
        });
    });
    if let Some(error) = errors.of("port") {
        ui.add_space(SPACE_SMALL);
        ui.with_layout(Layout::top_down(Align::Max), |ui| kit::field_message(ui, error));
    }
    if form.other_address {
        form::row_gap(ui);
        let hint = text!("an address or a name of this PC");
        form::text(ui, "bind", text!("Address to bind"), hint, &mut form.bind, errors);
    }
}

fn bind_choices(addresses: &[BindChoice], chosen: &str, other: bool) -> Vec<(Option<String>, String)> {
    let mut choices = vec![("127.0.0.1".to_owned(), text!("This PC only · 127.0.0.1").to_owned())];
    choices.extend(addresses.iter().map(|choice| (choice.address.clone(), choice.label.clone())));
    choices.push(("::".to_owned(), text!("Everybody · all addresses").to_owned()));
    choices.push(("0.0.0.0".to_owned(), text!("Everybody by IPv4 · 0.0.0.0").to_owned()));
    choices.push(("::1".to_owned(), text!("This PC only by IPv6 · ::1").to_owned()));
    if !other && !choices.iter().any(|(address, _)| address == chosen) {
        // A name is looked up when it is bound; `*` is every address.
        choices.push(match chosen {
            "*" => (chosen.to_owned(), text!("Everybody · *").to_owned()),
            name if name.parse::<std::net::IpAddr>().is_err() => (chosen.to_owned(), chosen.to_owned()),
            _ => (chosen.to_owned(), text!("{address} · not on this PC now", address = chosen)),
        });
    }
    choices.into_iter().map(|(address, words)| (Some(address), words)).collect()
}

fn answer_row(ui: &mut Ui, form: &mut ListenForm) {
    let label = text!("Answer with");
    let width = ui.available_width();
    let mut options = ResponderKind::choices();
    if form.carrier.is_datagram() {
        options.retain(|(answer, _)| !answer.needs_stream());
        if form.answer.needs_stream() {
            form.answer = ResponderKind::default();
        }
    }
    kit::field(ui, label, None, |ui| ui.add(Select::new(label, &mut form.answer, &options).width(width)));
}

/// The fields that only some answers have.
fn details(ui: &mut Ui, form: &mut ListenForm, data: ListenData<'_>, errors: &FieldErrors, actions: &mut Vec<Action>) {
    match form.answer {
        ResponderKind::Reply => {
            form::row_gap(ui);
            let wide = ui.available_width() - PORT - 2.0 * form::GAP;
            form::columns(ui, |ui| {
                form::column(ui, wide, |ui| {
                    form::text(ui, "reply", text!("Reply"), text!("What is answered"), &mut form.reply, errors)
                });
                form::column(ui, PORT + form::GAP, |ui| close_after(ui, form, errors));
            });
            if (form.more || form.reply_options.fields) && !data.brief {
                let words = text!("Fields such as {example}", example = "{counter}");
                kit::checkbox(ui, &mut form.reply_options.fields, &words);
            }
        }
        ResponderKind::Picture => {
            form::row_gap(ui);
            let hint = text!("none: a page of text");
            let picture = &mut form.picture;
            path_row(ui, "picture", text!("Picture"), hint, picture, errors, Pick::ListenPicture, actions);
            if form.more && !data.brief {
                form::row_gap(ui);
                form::text(ui, "at", text!("Path of the picture"), "/picture", &mut form.at, errors);
            }
        }
        ResponderKind::Folder | ResponderKind::SizedFile => {
            form::row_gap(ui);
            let hint = text!("Its files are shown, nothing outside it");
            path_row(ui, "folder", text!("Folder"), hint, &mut form.folder, errors, Pick::ListenFolder, actions);
        }
        ResponderKind::Dialog => dialog_form::show(ui, &mut form.dialog, data.faults, actions),
        ResponderKind::Page => page(ui, form, errors, actions),
        ResponderKind::Plain(_) | ResponderKind::Nobody | ResponderKind::Routes => {}
    }
}

fn close_after(ui: &mut Ui, form: &mut ListenForm, errors: &FieldErrors) -> egui::Response {
    form::text(ui, "close_after", text!("Close after"), text!("answers"), &mut form.close_after, errors)
}

fn encoding(ui: &mut Ui, form: &mut ListenForm, errors: &FieldErrors) {
    form::row_gap(ui);
    let label = text!("Encoding of the answer");
    let options = Encoding::ALL.map(|encoding| (encoding, encoding.name()));
    let width = (ui.available_width() - form::GAP) / 2.0;
    kit::field(ui, label, errors.of("encoding"), |ui| {
        ui.add(Select::new(label, &mut form.encoding, &options).width(width))
    });
}

/// What a raw page is made of.
fn page(ui: &mut Ui, form: &mut ListenForm, errors: &FieldErrors, actions: &mut Vec<Action>) {
    form::row_gap(ui);
    let label = text!("The answer to every request");
    kit::field(ui, label, None, |ui| kit::text_area(ui, label, &mut form.page, "", false, (6, 10)));
    ui.add_space(SPACE_SMALL);
    kit::checkbox(ui, &mut form.crlf, text!("Lines end with CRLF, as HTTP says; LF alone without"));
    form::row_gap(ui);
    let hint = text!("none");
    form::text(ui, "insert", text!("A path that answers with a file"), hint, &mut form.insert, errors);
    if !form.insert.trim().is_empty() {
        form::row_gap(ui);
        let hint = text!("its bytes, after the head");
        path_row(ui, "picture", text!("File"), hint, &mut form.picture, errors, Pick::PageFile, actions);
        form::row_gap(ui);
        let label = text!("Head before the file");
        let hint = "HTTP/1.1 200 OK";
        kit::field(ui, label, None, |ui| kit::text_area(ui, label, &mut form.head, hint, false, (3, 6)));
    }
}

#[expect(clippy::too_many_arguments, reason = "one row of a form; a struct for two calls would say the same twice")]
fn path_row(
    ui: &mut Ui,
    name: &'static str,
    label: &str,
    hint: &str,
    value: &mut String,
    errors: &FieldErrors,
    pick: Pick,
    actions: &mut Vec<Action>,
) {
    let button = COLUMN;
    let wide = ui.available_width() - button - form::GAP;
    form::columns(ui, |ui| {
        form::column(ui, wide, |ui| form::text(ui, name, label, hint, value, errors));
        form::column(ui, button, |ui| {
            // As high as the label beside it, so that the button stands in line with the field.
            kit::field_label(ui, " ");
            if ui.add(Button::raised(icons::FOLDER_OPEN, text!("Browse")).min_width(button)).clicked() {
                actions.push(Action::Choose(pick));
            }
        });
    });
}

/// The rarer options, two beside each other.
#[expect(clippy::too_many_lines, reason = "a field after the other, as they stand in the form")]
fn more(ui: &mut Ui, form: &mut ListenForm, errors: &FieldErrors) {
    let half = (ui.available_width() - form::GAP) / 2.0;
    let http = form.answer.is_http();
    let row = |ui: &mut Ui, left: &mut dyn FnMut(&mut Ui), right: &mut dyn FnMut(&mut Ui)| {
        form::row_gap(ui);
        form::columns(ui, |ui| {
            form::column(ui, half, left);
            form::column(ui, half, right);
        });
    };
    if !form.carrier.is_datagram() {
        row(
            ui,
            &mut |ui| {
                let options = [
                    (Callers::Each, text!("Each at once")),
                    (Callers::One, text!("One after the other")),
                    (Callers::Limit, text!("At most so many")),
                ];
                let label = text!("Accept");
                kit::field(ui, label, None, |ui| ui.add(Select::new(label, &mut form.callers, &options).width(half)));
            },
            &mut |ui| {
                form::text(ui, "backlog", text!("Backlog"), "1024", &mut form.backlog, errors);
            },
        );
    }
    if form.carrier == Carrier::Udp {
        row(
            ui,
            &mut |ui| {
                form::text(ui, "groups", text!("Multicast groups"), "239.1.2.3, ff02::fb", &mut form.groups, errors);
            },
            &mut |ui| {
                let hint = text!("every adapter");
                form::text(ui, "adapter", text!("Adapter for groups"), hint, &mut form.adapter, errors);
            },
        );
    }
    if form.callers == Callers::Limit && !form.carrier.is_datagram() {
        form::row_gap(ui);
        form::column(ui, half, |ui| form::text(ui, "limit", text!("Callers at once"), "4", &mut form.limit, errors));
    }
    let usual_size = form::usual_size(form.carrier.is_datagram());
    row(
        ui,
        &mut |ui| {
            form::text(ui, "idle", text!("Idle time-out, seconds"), text!("never"), &mut form.idle, errors);
        },
        &mut |ui| {
            if !http {
                let label = text!("Receive size, bytes");
                form::text(ui, "recv_size", label, usual_size, &mut form.recv_size, errors);
            }
        },
    );
    if !form.carrier.has_path() {
        let groups = form.carrier == Carrier::Udp;
        row(
            ui,
            &mut |ui| {
                let hint = text!("the system's");
                form::text(ui, "ttl", text!("TTL, routers to pass"), hint, &mut form.ttl, errors);
            },
            &mut |ui| {
                if groups {
                    let label = text!("TTL to groups");
                    let hint = text!("1: this network");
                    form::text(ui, "multicast_ttl", label, hint, &mut form.multicast_ttl, errors);
                }
            },
        );
    }
    row(
        ui,
        &mut |ui| {
            let hint = text!("the system's");
            form::text(ui, "recv_buffer", text!("Receive buffer, bytes"), hint, &mut form.recv_buffer, errors);
        },
        &mut |ui| {
            let hint = text!("the system's");
            form::text(ui, "send_buffer", text!("Send buffer, bytes"), hint, &mut form.send_buffer, errors);
        },
    );
    let counts = form.answer.counts() && form.answer != ResponderKind::Reply;
    if !form.carrier.is_datagram() {
        row(
            ui,
            &mut |ui| {
                let label = text!("Stop after so many clients");
                form::text(ui, "stop_after", label, text!("never"), &mut form.stop_after, errors);
            },
            &mut |ui| {
                let label = text!("Pause before accept, seconds");
                form::text(ui, "accept_delay", label, text!("none"), &mut form.accept_delay, errors);
            },
        );
    }
    if counts {
        form::row_gap(ui);
        form::column(ui, half, |ui| close_after(ui, form, errors));
    }
    ui.add_space(SPACE_SMALL);
    switches(ui, form);
}

/// What is on or off for every accepted socket.
fn switches(ui: &mut Ui, form: &mut ListenForm) {
    match form.carrier {
        Carrier::Tcp => {
            kit::checkbox(ui, &mut form.nodelay, text!("Send small pieces at once (TCP_NODELAY)"));
            kit::checkbox(ui, &mut form.keepalive, text!("Probe idle connections (SO_KEEPALIVE)"));
        }
        Carrier::Udp => {
            kit::checkbox(ui, &mut form.broadcast, text!("Allow broadcast (SO_BROADCAST)"));
        }
        Carrier::Unix | Carrier::UnixDatagram | Carrier::UnixSeqpacket => {}
    }
    if !form.carrier.has_path() {
        kit::checkbox(ui, &mut form.fallback, text!("Take a free port when this one is refused"));
    }
    if !form.carrier.is_datagram() {
        kit::checkbox(ui, &mut form.keep_half_open, text!("Stay open when the peer half-closes"));
    }
}

/// The main button, which stops what it started, and the way to the rarer options. True when a start was asked for.
fn buttons(ui: &mut Ui, form: &mut ListenForm, data: ListenData<'_>, actions: &mut Vec<Action>) -> bool {
    let mut start = false;
    ui.horizontal(|ui| {
        if let Some(session) = data.running {
            if ui.add(Button::raised(icons::STOP, text!("Stop")).height(CONTROL_MAIN)).clicked() {
                actions.push(Action::Stop(session));
            }
        } else if let Some(session) = data.starting {
            if form::cancel(ui, text!("Starting…")) {
                actions.push(Action::Stop(session));
            }
        } else {
            let words = match form.carrier {
                Carrier::Unix | Carrier::UnixDatagram | Carrier::UnixSeqpacket => text!("Listen").to_owned(),
                Carrier::Tcp | Carrier::Udp if form.port.trim() == "0" => text!("Listen on a free port").to_owned(),
                Carrier::Tcp | Carrier::Udp => text!("Listen on :{port}", port = form.port.trim()),
            };
            start = ui.add(Button::primary(None, &words).height(CONTROL_MAIN)).clicked();
        }
        let rare = form.has_rare();
        if form::more_button(ui, &mut form.more, data.brief, rare) {
            actions.push(Action::Open(Dialog::Listen));
        }
    });
    start
}
