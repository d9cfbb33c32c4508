//! Above the messages of a listener: whose they are as chips, and a line for peers that do not acknowledge what was sent.
//!
//! A chip filters what is shown; to whom one sends is the send box's business. Neither row scrolls what is read.

use std::collections::BTreeSet;

use egui::{
    Align, CornerRadius, Frame, Layout, Margin, Panel, Popup, PopupCloseBehavior, Rect, Response, Role, Sense, Stroke,
    Ui, UiBuilder, pos2, vec2,
};

use super::{
    look::{self, Look},
    whose::Whole,
};
use crate::{
    journal::{Connection, Seq},
    model::{ConnectionId, Health},
    ui::{
        action::Action,
        icons, kit,
        theme::{self, CONTROL_TOOL, Palette, SPACE, SPACE_SMALL},
        views::shared::{
            paint,
            peer_list::{self, Search},
        },
    },
    words::{counted, grouped, size, text},
};

/// Rows of chips.
const ROWS: usize = 2;
/// What the chip for all others takes.
const OTHERS: f32 = 76.0;
/// Between chips.
const GAP: f32 = 6.0;
/// What the choices of how messages are shown take.
const CHOICES: f32 = 224.0;
/// A peer's name is cut where it is wider.
const NAME: f32 = 200.0;
/// Side of a peer's dot.
pub(super) const DOT: f32 = 8.0;
/// Seconds between two looks at all peers.
const LOOK: f64 = 0.25;

/// What a person searches for among the peers, and who was found not to acknowledge.
#[derive(Debug, Default)]
pub(super) struct Head {
    search: Search,
    /// Which of them do not acknowledge, as of which record and when.
    ailing: Vec<ConnectionId>,
    looked: Option<(Seq, f64)>,
}

impl Head {
    /// The chips, in as many rows as they need, up to two; at the right of the first how messages are shown.
    /// `calls`: what is one message is a choice.
    pub(super) fn chips(
        &mut self,
        ui: &mut Ui,
        whole: Whole<'_>,
        (look, calls): (&mut Look, bool),
        actions: &mut Vec<Action>,
    ) {
        let frame = Frame::new().fill(Palette::of(ui).panel).inner_margin(Margin::symmetric(12, 6));
        Panel::top(ui.scope_id().with("peers")).resizable(false).frame(frame).show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(GAP, GAP);
            ui.spacing_mut().interact_size.y = CONTROL_TOOL;
            let whole_row = ui.available_width();
            let (rows, others) = fit(ui, whole, (whole_row - CHOICES, whole_row));
            let count = rows.len();
            let height = count as f32 * (CONTROL_TOOL + GAP) - GAP;
            let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
            let right = Rect::from_min_max(pos2(area.right() - CHOICES, area.top()), area.max);
            let right = right.with_max_y(area.top() + CONTROL_TOOL);
            let layout = Layout::right_to_left(Align::Center);
            let builder = UiBuilder::new().max_rect(right).layout(layout).id_salt("choices");
            ui.scope_builder(builder, |ui| {
                ui.spacing_mut().item_spacing.x = SPACE_SMALL;
                look::choices(ui, look, calls);
            });
            for (at, chips) in rows.iter().enumerate() {
                let top = area.top() + at as f32 * (CONTROL_TOOL + GAP);
                // Below the choices the whole width is free.
                let end = if at == 0 { right.left() } else { area.right() };
                let place = Rect::from_min_max(pos2(area.left(), top), pos2(end, top + CONTROL_TOOL));
                let layout = Layout::left_to_right(Align::Center);
                let builder = UiBuilder::new().max_rect(place).layout(layout).id_salt(("chips", at));
                ui.scope_builder(builder, |ui| {
                    row(ui, whole, chips, actions);
                    if at + 1 == count && others > 0 {
                        self.others(ui, whole, others, actions);
                    }
                });
            }
        });
    }

    /// The chip for those that have no room, with all of them in a list.
    fn others(&mut self, ui: &mut Ui, whole: Whole<'_>, count: usize, actions: &mut Vec<Action>) {
        let label = text!("+ {n}", n = grouped(count as u64));
        let name = counted!("{n} more peers", n = count as u64);
        let button = ui.add(kit::Button::raised(None, &label).name(&name).height(CONTROL_TOOL));
        Popup::from_toggle_button_response(&button)
            .gap(4.0)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ui.set_width(peer_list::WIDTH);
                Frame::new().inner_margin(Margin::same(8)).show(ui, |ui| {
                    let has = |peer| whole.only.contains(&peer);
                    if let Some(peer) = peer_list::show(ui, &mut self.search, whole.peers, true, has) {
                        actions.push(Action::ShowOnly(whole.peers.session(), filtered(whole.only, Some(peer), true)));
                    }
                });
            });
    }

    /// The line for those that do not acknowledge; nothing while all do.
    pub(super) fn health(&mut self, ui: &mut Ui, whole: Whole<'_>, newest: Seq, actions: &mut Vec<Action>) {
        self.look(ui, whole, newest);
        let peers = whole.peers;
        let words = match self.ailing[..] {
            [] => return,
            [one] => {
                let Some(connection) = peers.connection(one) else { return };
                ailment(&peers.name(one).unwrap_or_default(), connection)
            }
            _ => text!("{n} peers have not acknowledged", n = grouped(self.ailing.len() as u64)),
        };
        if strip(ui, &words) {
            let ailing = self.ailing.iter().copied().collect();
            actions.push(Action::ShowOnly(peers.session(), ailing));
        }
    }

    /// Looks at all peers again when there are new records, four times a second at most.
    fn look(&mut self, ui: &Ui, whole: Whole<'_>, newest: Seq) {
        let now = ui.input(|input| input.time);
        let due = match self.looked {
            Some((seq, _)) if seq == newest && self.ailing.is_empty() => false,
            Some((_, then)) if now - then < LOOK => {
                ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(LOOK));
                false
            }
            _ => true,
        };
        if due {
            self.looked = Some((newest, now));
            self.ailing.clear();
            whole.peers.each(&mut |peer, live| {
                let ails = |connection: &Connection| connection.health() != Health::Fine;
                if live && whole.peers.connection(peer).is_some_and(ails) {
                    self.ailing.push(peer);
                }
                true
            });
        }
        if !self.ailing.is_empty() {
            ui.ctx().request_repaint_after_secs(1.0);
        }
    }
}

/// A peer and its name; the first chip is all of them.
type Chip = (Option<ConnectionId>, String);

/// One row of chips.
fn row(ui: &mut Ui, whole: Whole<'_>, chips: &[Chip], actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    for (peer, name) in chips {
        let chosen = peer.map_or(whole.only.is_empty(), |peer| whole.only.contains(&peer));
        let color = peer.map(|peer| palette.peer(whole.peers.place(peer)));
        if chip(ui, name, color, chosen).clicked() {
            let more = ui.input(|input| input.modifiers.command);
            actions.push(Action::ShowOnly(whole.peers.session(), filtered(whole.only, *peer, more)));
        }
    }
}

/// What fits into two rows of chips, and how many peers are left. Only what fits is measured, however many there are.
fn fit(ui: &Ui, whole: Whole<'_>, (first, further): (f32, f32)) -> (Vec<Vec<Chip>>, usize) {
    let all = text!("All {n}", n = grouped(whole.peers.live() as u64));
    let mut left = first - width(ui, &all, false);
    let mut rows: Vec<Vec<Chip>> = vec![vec![(None, all)]];
    let mut shown = 0;
    whole.peers.each(&mut |peer, live| {
        if !live && !whole.only.contains(&peer) {
            return true;
        }
        let name = whole.peers.name(peer).unwrap_or_else(|| format!("#{peer}"));
        let wanted = width(ui, &name, true) + GAP;
        let last = rows.len() == ROWS;
        if wanted > left - if last { OTHERS } else { 0.0 } {
            if last {
                return false;
            }
            left = further;
            rows.push(Vec::new());
        }
        left -= wanted;
        shown += usize::from(live);
        if let Some(row) = rows.last_mut() {
            row.push((Some(peer), name));
        }
        true
    });
    (rows, whole.peers.live().saturating_sub(shown))
}

/// What is shown after a click on a chip: that peer alone, or with `more` those before with it or without it.
fn filtered(only: &BTreeSet<ConnectionId>, peer: Option<ConnectionId>, more: bool) -> BTreeSet<ConnectionId> {
    let Some(peer) = peer else { return BTreeSet::new() };
    if more {
        let mut only = only.clone();
        if !only.remove(&peer) {
            only.insert(peer);
        }
        return only;
    }
    if only.len() == 1 && only.contains(&peer) { BTreeSet::new() } else { BTreeSet::from([peer]) }
}

/// What is the matter with a peer that does not acknowledge.
pub(super) fn ailment(name: &str, connection: &Connection) -> String {
    let seconds = grouped(connection.health_lasts().as_secs());
    let waiting = size(connection.kernel().map_or(0, |kernel| kernel.outstanding));
    match connection.health() {
        Health::NotReading => {
            text!("{name} does not read: {size} wait for {n} s", name = name, size = waiting, n = seconds)
        }
        Health::Fine | Health::Unacknowledged => {
            text!("{name} has not acknowledged {size} for {n} s", name = name, size = waiting, n = seconds)
        }
    }
}

/// One line on a warning's tint with a button at its end; true when that was pressed.
fn strip(ui: &mut Ui, words: &str) -> bool {
    let palette = Palette::of(ui);
    let frame = Frame::new().fill(palette.warning_tint).inner_margin(Margin::symmetric(12, 4));
    Panel::top(ui.scope_id().with("not acknowledged"))
        .resizable(false)
        .frame(frame)
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().interact_size.y = CONTROL_TOOL;
                kit::sign(ui, icons::WARNING, palette.warning, text!("Warning"));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let show = kit::Button::quiet(None, text!("Show")).name(text!("Show only those peers"));
                    let clicked = ui.add(show).clicked();
                    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                        let words = egui::RichText::new(words).font(theme::body()).color(palette.text);
                        ui.add(egui::Label::new(words).truncate());
                    });
                    clicked
                })
                .inner
            })
            .inner
        })
        .inner
}

fn width(ui: &Ui, name: &str, dot: bool) -> f32 {
    let galley = paint::named(ui, name, &theme::body_medium(), egui::Color32::PLACEHOLDER, NAME);
    galley.size().x.ceil() + 3.0 * SPACE + if dot { DOT + SPACE } else { 0.0 }
}

/// One chip: a peer's dot and name, or a name alone.
fn chip(ui: &mut Ui, name: &str, color: Option<egui::Color32>, chosen: bool) -> Response {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width(ui, name, color.is_some()), CONTROL_TOOL), Sense::click());
    kit::is_one_of(&response, Role::Button, ui.is_enabled(), chosen, name);
    let (fill, words, line) = if chosen {
        (palette.accent_tint, palette.accent_words, palette.accent)
    } else if response.hovered() {
        (palette.hover, palette.text, palette.line_strong)
    } else {
        (palette.panel, palette.text, palette.line)
    };
    let round = CornerRadius::from(CONTROL_TOOL / 2.0);
    ui.painter().rect(rect, round, fill, Stroke::new(1.0, line), egui::StrokeKind::Inside);
    let galley = paint::named(ui, name, &theme::body_medium(), words, NAME);
    let mut left = rect.left() + 1.5 * SPACE;
    if let Some(color) = color {
        ui.painter().circle_filled(pos2(left + DOT / 2.0, rect.center().y), DOT / 2.0, color);
        left += DOT + SPACE;
    }
    let cut = galley.text() != name;
    paint::put(ui.painter(), galley, left, rect.center().y);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, round, Stroke::new(theme::FOCUS_RING, palette.accent), egui::StrokeKind::Inside);
    }
    let hint = text!("Click shows this alone, Ctrl+click adds it");
    response.on_hover_text(if cut { format!("{name}\n{hint}") } else { hint.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_filters_and_with_ctrl_adds() {
        let [one, two] = [1, 2].map(ConnectionId);
        let set = |peers: &[ConnectionId]| peers.iter().copied().collect::<BTreeSet<_>>();
        for (before, clicked, more, after) in [
            (set(&[]), Some(one), false, set(&[one])),
            (set(&[one]), Some(two), false, set(&[two])),
            (set(&[one]), Some(two), true, set(&[one, two])),
            (set(&[one, two]), Some(one), true, set(&[two])),
            (set(&[one, two]), Some(one), false, set(&[one])),
            (set(&[one]), Some(one), false, set(&[])),
            (set(&[one, two]), None, false, set(&[])),
        ] {
            assert_eq!(filtered(&before, clicked, more), after);
        }
    }
}
