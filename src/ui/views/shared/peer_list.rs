//! The list to choose peers from: with a search, and however many there are, only those in view are drawn.

use egui::{Align, Layout, RichText, ScrollArea, Ui, vec2};

use super::peers::Peers;
use crate::{
    model::ConnectionId,
    ui::{
        icons, kit,
        theme::{CONTROL, Palette, SPACE_SMALL},
    },
    words::text,
};

/// Width of the list.
pub(in crate::ui::views) const WIDTH: f32 = 280.0;
/// Height of the list, at most.
const HEIGHT: f32 = 280.0;
/// From so many peers on there is a field to search them.
const SEARCH: usize = 8;

/// The search among the peers, and what it found.
#[derive(Debug, Default)]
pub(in crate::ui::views) struct Search {
    words: String,
    /// For which words, which peers, and whether with those that have ended.
    of: Option<(String, u64, bool)>,
    found: Vec<ConnectionId>,
}

impl Search {
    /// Finds those whose name has what is typed in it; looks again only when something has changed.
    fn find(&mut self, peers: &dyn Peers, ended: bool) {
        let of = (self.words.trim().to_lowercase(), peers.changes(), ended);
        if self.of.as_ref() == Some(&of) {
            return;
        }
        let found = &mut self.found;
        found.clear();
        let named = |peer| of.0.is_empty() || peers.name(peer).is_some_and(|name| name.to_lowercase().contains(&of.0));
        for alive in [true, false] {
            peers.each(&mut |peer, live| {
                if live == alive && (live || ended) && named(peer) {
                    found.push(peer);
                }
                true
            });
        }
        self.of = Some(of);
    }
}

/// Draws the list, those that have `ended` behind the others; gives the one that was clicked.
pub(in crate::ui::views) fn show(
    ui: &mut Ui,
    search: &mut Search,
    peers: &dyn Peers,
    ended: bool,
    is_chosen: impl Fn(ConnectionId) -> bool,
) -> Option<ConnectionId> {
    let (mut clicked, palette) = (None, Palette::of(ui));
    if peers.live() >= SEARCH || ended || !search.words.is_empty() {
        ui.add_space(SPACE_SMALL);
        ui.add(kit::TextField::new(text!("Search the peers"), &mut search.words).icon(icons::MAGNIFYING_GLASS));
    }
    search.find(peers, ended);
    ui.add_space(SPACE_SMALL);
    if search.found.is_empty() {
        let none = search.words.trim().is_empty();
        let words = if none { text!("Nobody is connected yet") } else { text!("No peer has this in its name") };
        ui.label(RichText::new(words).color(palette.muted));
    }
    let found = &search.found;
    let height = (found.len() as f32 * (CONTROL + ui.spacing().item_spacing.y)).min(HEIGHT);
    ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink(false).show_rows(
        ui,
        CONTROL,
        found.len(),
        |ui, rows| {
            for peer in found.get(rows).unwrap_or_default() {
                let mut on = is_chosen(*peer);
                let name = peers.name(*peer).unwrap_or_else(|| format!("#{peer}"));
                ui.push_id(peer, |ui| {
                    // Of its own height: in all that is left the first row would stand in the middle.
                    let row = vec2(ui.available_width(), CONTROL);
                    ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
                        ui.set_min_height(CONTROL);
                        if kit::checkbox(ui, &mut on, &name).clicked() {
                            clicked = Some(*peer);
                        }
                    });
                });
            }
        },
    );
    clicked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::SessionId, ui::views::shared::peers::List};

    #[test]
    fn the_search_finds_among_ten_thousand_and_looks_again_only_when_something_changed() {
        let numbers: Vec<u32> = (1..=10_000).collect();
        let mut list = List::new(SessionId(1), &numbers);
        let mut search = Search::default();
        search.find(&list, false);
        assert_eq!(search.found.len(), 10_000);
        search.words = " PEER 77".to_owned();
        search.find(&list, false);
        assert_eq!(search.found.len(), 111, "77, 770 to 779, 7700 to 7799");
        let asked = list.asked();
        search.find(&list, false);
        assert_eq!(list.asked(), asked);
        list.go(77);
        search.find(&list, false);
        assert_eq!(search.found.len(), 110);
        search.find(&list, true);
        assert_eq!(search.found.last(), Some(&ConnectionId(77)), "what has ended stands behind");
    }
}
