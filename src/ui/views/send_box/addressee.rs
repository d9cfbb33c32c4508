//! Whom the send box sends to: one, some or all of a listener's peers, and the button that says and changes it.
//!
//! A peer that goes leaves the choice, and one that comes later is in "All" and in no choice of some. What was chosen never
//! becomes somebody else: where the last one has gone, it is for nobody until a person chooses again.

use std::sync::Arc;

use egui::{Id, Popup, PopupCloseBehavior, RectAlign, RichText, Ui};

use crate::{
    model::{ConnectionId, Target},
    ui::{
        kit,
        theme::{self, CONTROL, Palette},
        views::shared::{
            peer_list::{self, Search},
            peers::Peers,
        },
    },
    words::{grouped, text},
};

/// Whom one can send to from here.
#[derive(Clone, Copy, Debug, Default)]
pub enum Reach<'a> {
    /// Nobody.
    #[default]
    Nobody,
    /// Nobody else: a client's connection, one peer of a listener, a board.
    One(&'a Target, &'a str),
    /// The peers of a listener: all, or some of them.
    Peers(&'a dyn Peers),
}

impl Reach<'_> {
    /// True when there is nobody.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        matches!(self, Self::Nobody)
    }
}

/// Whom a draft is for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum To {
    /// Everybody who is there when it is sent.
    #[default]
    All,
    /// The only one there is to send to, by name.
    One(Target, String),
    /// These of a listener's peers, in the order of their numbers; and who left last.
    Some(Arc<[ConnectionId]>, String),
}

impl To {
    /// A person chose some of several.
    pub(super) fn is_some(&self) -> bool {
        matches!(self, Self::Some(..))
    }

    /// `free`: nothing is typed, so that the one who is there now may be taken for the one before.
    pub(super) fn target(&mut self, reach: Reach<'_>, free: bool) -> Option<Target> {
        match reach {
            Reach::Nobody => None,
            Reach::One(to, name) => {
                if let Self::One(chosen, _) = self
                    && chosen != to
                    && !free
                {
                    return None;
                }
                if !matches!(self, Self::One(chosen, named) if chosen == to && named == name) {
                    *self = Self::One(to.clone(), name.to_owned());
                }
                Some(to.clone())
            }
            Reach::Peers(peers) => match self {
                Self::Some(chosen, _) => match chosen[..] {
                    [] => None,
                    [one] => Some(Target::Connection(one)),
                    _ => Some(Target::Peers(peers.session(), Arc::clone(chosen))),
                },
                Self::All | Self::One(..) => {
                    *self = Self::All;
                    Some(Target::Session(peers.session()))
                }
            },
        }
    }

    /// How many get it.
    pub(super) fn count(&self, reach: Reach<'_>) -> usize {
        match (self, reach) {
            (_, Reach::Nobody) => 0,
            (_, Reach::One(..)) => 1,
            (Self::Some(chosen, _), Reach::Peers(_)) => chosen.len(),
            (_, Reach::Peers(peers)) => peers.live(),
        }
    }

    /// Who it was for and is not there any more, where nobody else is chosen.
    pub(super) fn gone(&self, reach: Reach<'_>) -> Option<&str> {
        match (self, reach) {
            (Self::One(chosen, name), Reach::One(to, _)) if chosen != to => Some(name),
            (Self::Some(chosen, name), Reach::Peers(_)) if chosen.is_empty() => Some(name),
            _ => None,
        }
    }

    /// A peer has gone.
    pub(super) fn left(&mut self, peer: ConnectionId, name: impl Fn() -> String) {
        if let Self::Some(chosen, last) = self
            && let Ok(at) = chosen.binary_search(&peer)
        {
            let (before, after) = chosen.split_at(at);
            *chosen = before.iter().chain(after.iter().skip(1)).copied().collect();
            *last = name();
        }
    }

    fn has(&self, peer: ConnectionId) -> bool {
        matches!(self, Self::Some(chosen, _) if chosen.binary_search(&peer).is_ok())
    }

    /// Takes a peer in or out; out of "All" it becomes the only one.
    pub(super) fn toggle(&mut self, peer: ConnectionId) {
        let mut chosen = match self {
            Self::Some(chosen, _) => chosen.to_vec(),
            Self::All | Self::One(..) => Vec::new(),
        };
        match chosen.binary_search(&peer) {
            Ok(at) => drop(chosen.remove(at)),
            Err(at) => chosen.insert(at, peer),
        }
        *self = Self::Some(chosen.into(), String::new());
    }

    /// What the button says.
    pub(super) fn label(&self, reach: Reach<'_>) -> String {
        match (self, reach) {
            (_, Reach::Nobody) => String::new(),
            (_, Reach::One(_, name)) => match self.gone(reach) {
                Some(gone) => text!("{name}, gone", name = gone),
                None => name.to_owned(),
            },
            (Self::Some(chosen, last), Reach::Peers(peers)) => match chosen[..] {
                [] if last.is_empty() => text!("nobody").to_owned(),
                [] => text!("{name}, gone", name = last),
                [one] => peers.name(one).unwrap_or_else(|| format!("#{one}")),
                _ => text!("{n} of {all}", n = grouped(chosen.len() as u64), all = grouped(peers.live() as u64)),
            },
            (_, Reach::Peers(peers)) => text!("All {n}", n = grouped(peers.live() as u64)),
        }
    }
}

/// "to", and whom; where there are several to choose from, a button with the list of them.
pub(super) fn show(ui: &mut Ui, to: &mut To, search: &mut Search, reach: Reach<'_>) {
    let palette = Palette::of(ui);
    ui.label(RichText::new(text!("to")).font(theme::body()).color(palette.muted));
    let label = to.label(reach);
    let Reach::Peers(peers) = reach else {
        let name = text!("Send to {name}", name = label);
        if to.gone(reach).is_some() {
            // Nobody is taken for somebody else without a click.
            let button = kit::Button::raised(None, &label).mono().name(&name);
            if ui.add(button.tooltip(text!("Send to the one who is there now"))).clicked() {
                *to = To::default();
            }
            return;
        }
        let shown = RichText::new(&label).font(theme::mono()).color(palette.text);
        ui.add(egui::Label::new(shown).truncate());
        return;
    };
    let name = text!("Send to {name}", name = label);
    let button = ui.add(kit::Button::raised(None, &label).caret().name(&name));
    // The box is at the lower edge of the window.
    Popup::from_toggle_button_response(&button)
        // Its own name: a long name of a peer moves the button into a row of its own, which gives it another.
        .id(Id::unique("addressee"))
        .align(RectAlign::TOP_START)
        .gap(4.0)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(peer_list::WIDTH);
            egui::Frame::new().inner_margin(egui::Margin::same(8)).show(ui, |ui| choice(ui, to, search, peers));
        });
}

fn choice(ui: &mut Ui, to: &mut To, search: &mut Search, peers: &dyn Peers) {
    ui.spacing_mut().interact_size.y = CONTROL;
    let mut all = !to.is_some();
    let label = text!("All {n}, and who comes later", n = grouped(peers.live() as u64));
    if kit::checkbox(ui, &mut all, &label).clicked() {
        *to = if all { To::All } else { To::Some(Arc::default(), String::new()) };
    }
    if let Some(peer) = peer_list::show(ui, search, peers, false, |peer| to.has(peer)) {
        to.toggle(peer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::SessionId, ui::views::shared::peers::List};

    const SESSION: SessionId = SessionId(1);

    fn ids(numbers: &[u32]) -> Vec<ConnectionId> {
        numbers.iter().copied().map(ConnectionId).collect()
    }

    #[test]
    fn some_are_those_who_were_chosen_and_nobody_who_comes_later() {
        let mut list = List::new(SESSION, &[1, 2, 3]);
        let mut to = To::default();
        assert_eq!(to.target(Reach::Peers(&list), true), Some(Target::Session(SESSION)));
        assert_eq!(to.label(Reach::Peers(&list)), "All 3");
        to.toggle(ConnectionId(3));
        assert_eq!(to.target(Reach::Peers(&list), false), Some(Target::Connection(ConnectionId(3))));
        to.toggle(ConnectionId(1));
        list.come(4);
        let both = Target::Peers(SESSION, ids(&[1, 3]).into());
        assert_eq!(to.target(Reach::Peers(&list), false), Some(both));
        assert_eq!((to.label(Reach::Peers(&list)).as_str(), to.count(Reach::Peers(&list))), ("2 of 4", 2));
    }

    #[test]
    fn who_goes_leaves_the_choice_and_the_last_one_leaves_nobody() {
        let list = List::new(SESSION, &[1, 2, 3]);
        let mut to = To::default();
        to.toggle(ConnectionId(1));
        to.toggle(ConnectionId(2));
        to.left(ConnectionId(1), || "first".to_owned());
        to.left(ConnectionId(3), || "third".to_owned());
        assert_eq!(to.target(Reach::Peers(&list), false), Some(Target::Connection(ConnectionId(2))));
        to.left(ConnectionId(2), || "second".to_owned());
        for free in [false, true] {
            assert_eq!(to.target(Reach::Peers(&list), free), None, "also with an empty box: it was not for all");
        }
        assert_eq!(to.label(Reach::Peers(&list)), "second, gone");
        to.toggle(ConnectionId(3));
        assert_eq!(to.target(Reach::Peers(&list), false), Some(Target::Connection(ConnectionId(3))));
    }
}
