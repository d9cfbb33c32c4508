//! Who can reach a listener: this PC alone, with the button that lets others in, or its addresses by adapter, each as a code
//! that a phone reads.

use std::sync::Arc;

use egui::{Align, Color32, Id, Label, Layout, Rect, Response, RichText, Sense, Ui, WidgetInfo, vec2};

use crate::{
    model::{Qr, SessionId},
    ui::{
        action::Action,
        icons,
        kit::{self, Button},
        theme::{self, CODE, Palette, SPACE, SPACE_LARGE, SPACE_SMALL},
    },
    words::text,
};

/// Below this the code stands under the addresses.
const BESIDE: f32 = 400.0;
/// Addresses that are listed; a PC with more has them in the form.
const MOST: usize = 8;

/// One way to a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// `LAN eth0`; empty where it is not known.
    pub adapter: String,
    /// What another PC, or a browser, is told: `192.168.1.17:8000`, `http://192.168.1.17:8000/`.
    pub address: String,
}

/// Who can reach a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Which listener.
    pub session: SessionId,
    /// It stands on loopback.
    pub here_only: bool,
    /// It can stand elsewhere while it runs.
    pub can_move: bool,
    /// Its peers have no connection that could stay.
    pub datagrams: bool,
    /// The ways to it, the best one first; on loopback the one for programs of this PC.
    pub ways: Vec<Way>,
}

/// Draws it, as wide as the place is.
pub fn show(ui: &mut Ui, access: &Access, actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    if access.here_only {
        for way in access.ways.iter().take(1) {
            copied(ui, text!("Address on this PC"), &way.address, actions);
        }
        ui.add_space(SPACE);
        sentence(ui, text!("Only programs on this PC can reach it."));
        if access.can_move {
            ui.add_space(SPACE);
            if kit::primary_button(ui, icons::WIFI_HIGH, text!("Let other PCs in")).clicked() {
                actions.push(Action::Rebind(access.session, "*".to_owned()));
            }
            ui.add_space(SPACE_SMALL);
            muted(ui, consequence(access.datagrams));
        }
        return;
    }
    let [first, ..] = access.ways.as_slice() else {
        sentence(ui, text!("Other PCs may reach it, but this PC has no address in a network now."));
        return back(ui, access, actions);
    };
    let id = Id::unique(("chosen way", access.session));
    let chosen = ui.data(|data| data.get_temp::<String>(id)).filter(|chosen| {
        // The one that was chosen may have gone with its adapter.
        access.ways.iter().any(|way| way.address == *chosen)
    });
    let chosen = chosen.unwrap_or_else(|| first.address.clone());
    let beside = ui.available_width() >= BESIDE;
    ui.horizontal_top(|ui| {
        let width = if beside { ui.available_width() - CODE - SPACE_LARGE } else { ui.available_width() };
        ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(width);
            let words = RichText::new(text!("Other PCs connect to")).font(theme::label()).color(palette.muted);
            ui.label(words);
            ui.add_space(SPACE_SMALL);
            for way in access.ways.iter().take(MOST) {
                if row(ui, way, access.ways.len() > 1 && way.address == chosen, actions) {
                    ui.data_mut(|data| data.insert_temp(id, way.address.clone()));
                }
            }
            ui.add_space(SPACE_SMALL);
            muted(ui, text!("If nobody gets through, look at the firewall of this PC."));
        });
        if beside {
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| code(ui, &chosen));
        }
    });
    if !beside {
        ui.add_space(SPACE);
        code(ui, &chosen);
    }
    back(ui, access, actions);
}

/// The way back to this PC alone.
fn back(ui: &mut Ui, access: &Access, actions: &mut Vec<Action>) {
    if !access.can_move {
        return;
    }
    ui.add_space(SPACE);
    if ui.add(Button::raised(icons::LOCK, text!("This PC only"))).on_hover_text(consequence(access.datagrams)).clicked()
    {
        actions.push(Action::Rebind(access.session, "127.0.0.1".to_owned()));
    }
}

fn consequence(datagrams: bool) -> &'static str {
    if datagrams {
        text!("The port stays the same; peers are met anew with their next datagram.")
    } else {
        text!("The port stays the same, and who is connected stays connected.")
    }
}

/// An address with its adapter and a button to copy it; true when it was chosen for the code.
fn row(ui: &mut Ui, way: &Way, chosen: bool, actions: &mut Vec<Action>) -> bool {
    let palette = Palette::of(ui);
    let mut taken = false;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let copy = text!("Copy {address}", address = way.address);
            if kit::icon_button(ui, icons::COPY, &copy).clicked() {
                actions.push(Action::Copy(way.address.clone()));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                taken = ui.add(Button::quiet(None, &way.address).mono().on(chosen)).clicked();
                let adapter = RichText::new(&way.adapter).font(theme::label()).color(palette.muted);
                ui.add(Label::new(adapter).truncate());
            });
        });
    });
    taken
}

/// The card with one address and the button that copies it.
fn copied(ui: &mut Ui, label: &str, address: &str, actions: &mut Vec<Action>) {
    if kit::copy_card(ui, label, address, text!("Copy the address")).clicked() {
        actions.push(Action::Copy(address.to_owned()));
    }
}

fn sentence(ui: &mut Ui, words: &str) {
    let color = Palette::of(ui).text;
    ui.add(Label::new(RichText::new(words).color(color)).wrap());
}

fn muted(ui: &mut Ui, words: &str) {
    let color = Palette::of(ui).muted;
    ui.add(Label::new(RichText::new(words).color(color)).wrap());
}

/// The code of an address, dark on light in either theme, because cameras want it so; nothing where it is too long for one.
fn code(ui: &mut Ui, address: &str) {
    let id = Id::unique(("code", address));
    let kept = ui.data(|data| data.get_temp::<Arc<Option<Qr>>>(id));
    let code = kept.unwrap_or_else(|| {
        let code = Arc::new(Qr::of(address));
        ui.data_mut(|data| data.insert_temp(id, Arc::clone(&code)));
        code
    });
    if let Some(code) = code.as_ref() {
        draw(ui, code, address);
    }
}

fn draw(ui: &mut Ui, code: &Qr, address: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(CODE, CODE), Sense::hover());
    let side = code.side() + 2 * Qr::QUIET;
    let scale = ui.ctx().pixels_per_point();
    // Whole pixels, so that no square is blurred.
    let square = ((CODE * scale / side as f32).floor() / scale).max(1.0 / scale);
    ui.painter().rect_filled(rect, 6.0, Color32::WHITE);
    let offset = (CODE - square * side as f32) / 2.0 + square * Qr::QUIET as f32;
    let origin = rect.min + vec2(offset, offset);
    for row in 0..code.side() {
        for column in (0..code.side()).filter(|column| code.is_dark(row, *column)) {
            let corner = origin + vec2(column as f32, row as f32) * square;
            let dark = Rect::from_min_size(corner, vec2(square, square));
            ui.painter().rect_filled(dark, 0.0, Color32::BLACK);
        }
    }
    let name = text!("QR code of {url}", url = address);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &name));
    response.on_hover_text(name)
}
