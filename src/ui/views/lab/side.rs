//! The card of one side: its settings in words, its address, how it stands, and the buttons.

use egui::{Align, Color32, Label, Layout, Margin, RichText, Ui, vec2};

use crate::{
    model::Errno,
    ui::{
        action::{Action, LabAction, Pick},
        icons,
        kit::{
            self, Button, Select, TextField,
            form::{self, GAP, PORT},
        },
        theme::{self, Palette, Room, SPACE, SPACE_SMALL},
        views::lab::{LabNeed, LabPage, LabSide, Place, SideData, Stand},
    },
    words::text,
};

const PADDING: i8 = 14;
const BROWSE: f32 = 96.0;
/// Width of how a side stands, beside its buttons.
const STAND: f32 = 340.0;

pub(super) fn card(
    ui: &mut Ui,
    width: f32,
    page: &mut LabPage,
    (side, data): (LabSide, &SideData),
    actions: &mut Vec<Action>,
) {
    kit::card_frame(ui).inner_margin(Margin::same(PADDING)).show(ui, |ui| {
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.set_width(width - 2.0 * f32::from(PADDING) - 2.0);
            ui.spacing_mut().item_spacing = vec2(SPACE, SPACE_SMALL);
            heading(ui, side, data);
            let palette = Palette::of(ui);
            let facts = RichText::new(data.facts.join(" · ")).color(palette.muted);
            ui.add(Label::new(facts).selectable(true).wrap());
            ui.add_space(SPACE_SMALL);
            let entered = fields(ui, page, side, data, actions);
            ui.add_space(SPACE_SMALL);
            buttons(ui, page, (side, data), (entered, false), actions);
            if !data.remark.is_empty() {
                ui.add_space(SPACE_SMALL);
                kit::notice(ui, kit::Tone::Info, &data.remark);
            }
            if let Some((words, session)) = &data.blocker {
                ui.add_space(SPACE_SMALL);
                kit::notice(ui, kit::Tone::Warning, words);
                ui.add_space(SPACE_SMALL);
                if ui.add(Button::raised(icons::STOP, text!("Stop that one"))).clicked() {
                    actions.push(Action::Stop(*session));
                }
            }
            if let Some(failure) = &data.failure {
                // What holds the port is said above already.
                if data.blocker.is_none() || !failure.is(Errno::EADDRINUSE) {
                    form::failure(ui, failure);
                }
                if side == LabSide::Listener
                    && let Some(free) = form::other_port(ui, failure)
                {
                    page.listen_port = free.to_string();
                    let both = page.both;
                    actions.push(Action::Lab(if both { LabAction::StartBoth } else { LabAction::StartListener }));
                }
            }
        });
    });
}

/// A side in one row: how it stands, and its buttons where there is room beside that.
pub(super) fn row(ui: &mut Ui, page: &mut LabPage, (side, data): (LabSide, &SideData), actions: &mut Vec<Action>) {
    if Room::of(ui.ctx()) < Room::Full {
        return;
    }
    ui.horizontal(|ui| {
        ui.set_min_height(theme::CONTROL);
        let left = (ui.available_width() / 2.0).min(STAND);
        ui.allocate_ui(vec2(left, theme::CONTROL), |ui| {
            ui.set_min_width(left);
            ui.set_max_width(left);
            heading(ui, side, data);
        });
        buttons(ui, page, (side, data), (false, true), actions);
    });
}

fn heading(ui: &mut Ui, side: LabSide, data: &SideData) {
    let palette = Palette::of(ui);
    let (icon, title) = match side {
        LabSide::Listener => (icons::BROADCAST, text!("Listener")),
        LabSide::Client => (icons::PLUGS, text!("Client")),
    };
    ui.horizontal(|ui| {
        ui.set_min_height(22.0);
        ui.spacing_mut().interact_size.y = 22.0;
        ui.label(RichText::new(icon).font(theme::body()).color(palette.text));
        let response = ui.label(RichText::new(title).font(theme::card_title()).color(palette.text));
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_role(egui::accesskit::Role::Heading));
        let (color, filled, words): (Color32, bool, &str) = match &data.stand {
            Stand::Idle if data.failure.is_some() => (palette.bad, true, text!("failed")),
            Stand::Idle => return,
            Stand::Starting => (palette.warning, true, text!("starting…")),
            Stand::Running(words) => (palette.good, true, words),
            Stand::Over(words) if data.failure.is_some() => (palette.bad, true, words),
            Stand::Over(words) => (palette.faint, false, words),
        };
        ui.add_space(SPACE_SMALL);
        // The words beside it say the same.
        kit::status_dot(ui, color, filled, "");
        let words = RichText::new(words).color(palette.muted);
        ui.add(Label::new(words).selectable(true).truncate());
    });
}

/// The address, and what only the user can choose. True when Enter was pressed in one of them.
fn fields(ui: &mut Ui, page: &mut LabPage, side: LabSide, data: &SideData, actions: &mut Vec<Action>) -> bool {
    let wrong = page.wrong(side, data);
    let all = ui.available_width();
    let mut entered = false;
    match data.place {
        Place::Port => {
            let (label, port_label) = match side {
                LabSide::Listener => (text!("Address"), text!("Port")),
                LabSide::Client => (text!("Host"), text!("Port")),
            };
            form::columns(ui, |ui| {
                let (host, port) = match side {
                    LabSide::Listener => (&mut page.bind, &mut page.listen_port),
                    LabSide::Client => (&mut page.host, &mut page.call_port),
                };
                let wide = all - PORT - GAP;
                for (label, value, width) in [(label, host, wide), (port_label, port, PORT)] {
                    form::column(ui, width, |ui| {
                        let field = TextField::new(label, value).mono(true).error(wrong.is_some()).width(width);
                        let response = kit::field(ui, label, None, |ui| ui.add(field));
                        entered |= form::entered(ui, &response);
                    });
                }
            });
        }
        Place::Path => {
            let label = text!("Path");
            let field = TextField::new(label, &mut page.path).mono(true).error(wrong.is_some()).width(all);
            let response = kit::field(ui, label, None, |ui| ui.add(field));
            entered |= form::entered(ui, &response);
        }
        Place::Protocol => protocol(ui, page),
        Place::Nowhere => {}
    }
    if let Some(wrong) = wrong {
        kit::field_message(ui, wrong);
    }
    if let Some(need) = data.need {
        entered |= choice(ui, page, need, actions);
    }
    entered
}

/// The third argument of `socket`, by the numbers of IANA that systems know.
fn protocol(ui: &mut Ui, page: &mut LabPage) {
    let mut options = vec![(0, text!("0 · the system chooses"))];
    options.extend([(1, "1 · ICMP"), (6, "6 · TCP"), (17, "17 · UDP"), (58, "58 · ICMPv6"), (132, "132 · SCTP")]);
    let label = text!("Protocol");
    let width = ui.available_width();
    kit::field(ui, label, None, |ui| ui.add(Select::new(label, &mut page.protocol, &options).width(width)));
}

/// The field for a picture or folder, with its Browse button.
fn choice(ui: &mut Ui, page: &mut LabPage, need: LabNeed, actions: &mut Vec<Action>) -> bool {
    let (label, hint, pick) = match need {
        LabNeed::Picture => (text!("Picture"), text!("empty: the built-in picture"), Pick::LabPicture),
        LabNeed::Folder => (text!("Folder"), text!("empty: a built-in folder"), Pick::LabFolder),
    };
    let wrong = Some(page.refused.clone()).filter(|refused| !refused.is_empty());
    let wide = ui.available_width() - BROWSE - GAP;
    let before = page.file.clone();
    form::row_gap(ui);
    let entered = form::columns(ui, |ui| {
        let response = form::column(ui, wide, |ui| {
            let field = TextField::new(label, &mut page.file).hint(hint).mono(true).error(wrong.is_some());
            kit::field(ui, label, None, |ui| ui.add(field.width(wide)))
        });
        form::column(ui, BROWSE, |ui| {
            // As high as the label beside it, so that the button stands in line with the field.
            kit::field_label(ui, " ");
            if ui.add(Button::raised(icons::FOLDER_OPEN, text!("Browse")).min_width(BROWSE)).clicked() {
                actions.push(Action::Choose(pick));
            }
        });
        form::entered(ui, &response)
    });
    if let Some(wrong) = wrong {
        kit::field_message(ui, &wrong);
    }
    if page.file != before {
        page.refused.clear();
    }
    entered
}

fn buttons(
    ui: &mut Ui,
    page: &mut LabPage,
    (side, data): (LabSide, &SideData),
    (entered, brief): (bool, bool),
    actions: &mut Vec<Action>,
) {
    let running = data.is_busy();
    let (start, stop) = match side {
        LabSide::Listener => (text!("Start listener"), text!("Stop listener")),
        LabSide::Client => (text!("Start client"), text!("Stop client")),
    };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE, SPACE_SMALL);
        if running {
            if ui.add(Button::raised(icons::STOP, stop)).clicked() {
                match (side, data.running) {
                    (LabSide::Listener, Some(session)) => actions.push(Action::Stop(session)),
                    (LabSide::Listener, None) => {}
                    (LabSide::Client, _) => actions.push(Action::Lab(LabAction::StopClient)),
                }
            }
        } else {
            let clicked = ui.add(Button::raised(icons::PLAY, start)).clicked();
            if clicked || entered {
                page.tried = true;
                if page.is_ready(side, data) {
                    (page.tried, page.both) = (false, false);
                    actions.push(Action::Lab(match side {
                        LabSide::Listener => LabAction::StartListener,
                        LabSide::Client => LabAction::StartClient,
                    }));
                }
            }
        }
        if data.one_more && ui.add(Button::quiet(icons::PLUS, text!("One more client"))).clicked() {
            actions.push(Action::Lab(LabAction::OneMore));
        }
        if brief {
            return;
        }
        if data.here_only
            && let Some(session) = data.running
        {
            let button = Button::quiet(icons::WIFI_HIGH, text!("Let other PCs in"));
            if ui.add(button).on_hover_text(text!("Only programs on this PC can reach it.")).clicked() {
                actions.push(Action::Rebind(session, "*".to_owned()));
            }
        }
        let name = match side {
            LabSide::Listener => text!("Edit the listener…"),
            LabSide::Client => text!("Edit the client…"),
        };
        let edit = Button::quiet(icons::SLIDERS_HORIZONTAL, text!("Edit…")).name(name);
        if data.can_edit && !running && ui.add(edit).clicked() {
            actions.push(Action::Lab(match side {
                LabSide::Listener => LabAction::EditListener,
                LabSide::Client => LabAction::EditClient,
            }));
        }
        links(ui, data, actions);
    });
}

/// Names that choose what is shown below.
fn links(ui: &mut Ui, data: &SideData, actions: &mut Vec<Action>) {
    for (selection, words, chosen) in &data.links {
        if ui.add(Button::quiet(None, words).mono().on(*chosen)).clicked() {
            actions.push(Action::Lab(LabAction::Show(*selection)));
        }
    }
}
