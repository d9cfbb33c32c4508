//! JSON as a tree that can be folded: virtual, so that the work of a frame is that of the rows on the screen.

pub mod tree;

use egui::{Color32, Event, EventFilter, Key, Painter, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2};

use crate::{
    ui::{
        action::Action,
        icons, kit,
        theme::{self, Palette},
        views::shared::{
            paint,
            scroll::{BAR, RowScroll},
            wording,
        },
    },
    words::{exact_size, grouped, text},
};
use tree::{Cut, Kind, Node, Tree};

const ROW: f32 = 20.0;
const STEP: f32 = 16.0;
/// Deeper rows stand no further to the right; how deep they are is said in front of them.
const DEEPEST: u32 = 24;
/// Characters of a value that are shown.
const SHOWN: usize = 400;
/// With so many values only the outermost are unfolded at first.
const MANY: usize = 2000;
/// The most bytes of a value that are copied.
const COPIED: usize = 4 << 20;

/// A document, what of it is folded, and where the person stands in it. Keeps no bytes: they are handed in.
#[derive(Debug)]
pub struct JsonTree {
    tree: Tree,
    folded: Vec<bool>,
    /// The nodes that are not inside a folded one.
    rows: Vec<usize>,
    chosen: usize,
    scroll: RowScroll,
}

impl JsonTree {
    /// Reads a document; `None` where the bytes are none.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let tree = tree::read(bytes)?;
        let many = tree.nodes.len() > MANY;
        let folded = tree.nodes.iter().map(|node| many && node.depth > 0 && node.is_container()).collect();
        let mut view = Self { tree, folded, rows: Vec::new(), chosen: 0, scroll: RowScroll::new(ROW) };
        view.lay_out();
        Some(view)
    }

    /// Whether it is sound, as far as it was read.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        !matches!(self.tree.cut, Some(Cut::Fault(_)))
    }

    /// Why not all of the document is here, in a sentence; `length` is how long it is.
    #[must_use]
    pub fn note(&self, length: u64) -> Option<String> {
        Some(match self.tree.cut? {
            Cut::Limit(at) => text!(
                "The first {part} of {whole} as a tree: {n} values; all bytes are under Hex",
                part = exact_size(at as u64),
                whole = exact_size(length),
                n = grouped(self.tree.nodes.len() as u64)
            ),
            Cut::Fault(at) => text!("From byte {at} on this is not JSON", at = grouped(at as u64)),
        })
    }

    fn lay_out(&mut self) {
        self.rows.clear();
        let mut at = 0;
        while let Some(node) = self.tree.nodes.get(at) {
            self.rows.push(at);
            at = if self.folded.get(at) == Some(&true) { node.end } else { at + 1 };
        }
    }

    /// Folds every container in another one, or unfolds all.
    fn fold_all(&mut self, fold: bool) {
        for (node, folded) in self.tree.nodes.iter().zip(&mut self.folded) {
            *folded = fold && node.depth > 0 && node.is_container();
        }
        while self.folded_parent(self.chosen).is_some_and(|parent| {
            self.chosen = parent;
            true
        }) {}
        self.lay_out();
    }

    fn folded_parent(&self, index: usize) -> Option<usize> {
        let mut at = self.tree.nodes.get(index)?.parent;
        let mut outermost = None;
        while let Some(parent) = at {
            if self.folded.get(parent) == Some(&true) {
                outermost = Some(parent);
            }
            at = self.tree.nodes.get(parent)?.parent;
        }
        outermost
    }

    fn toggle(&mut self, index: usize) {
        if let (Some(node), Some(folded)) = (self.tree.nodes.get(index), self.folded.get_mut(index))
            && node.is_container()
        {
            *folded = !*folded;
            self.lay_out();
        }
    }

    /// The buttons that fold and unfold all.
    pub fn tools(&mut self, ui: &mut Ui) {
        if kit::icon_button(ui, icons::CARET_DOWN, text!("Unfold all")).clicked() {
            self.fold_all(false);
        }
        if kit::icon_button(ui, icons::CARET_UP, text!("Fold all")).clicked() {
            self.fold_all(true);
        }
    }

    /// Draws into all the room there is.
    pub fn show(&mut self, ui: &mut Ui, bytes: &[u8], actions: &mut Vec<Action>) -> Response {
        let area = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(area);
        let id = ui.scope_id().with("json");
        let response = ui.interact(area, id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::List, ui.is_enabled(), text!("JSON")));
        self.keys(ui, &response, area, bytes, actions);
        if ui.rect_contains_pointer(area) {
            self.scroll.by(ui.input_mut(|input| -std::mem::take(&mut input.smooth_scroll_delta.y)));
        }
        let count = self.rows.len() as u64;
        self.scroll.clamp(count, area.height());
        let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
        let (first, shift) = self.scroll.top();
        let mut top = area.top() - shift;
        let mut clicked = None;
        for index in self.rows.iter().skip(usize::try_from(first).unwrap_or(usize::MAX)) {
            if top > area.bottom() {
                break;
            }
            let rect = Rect::from_min_max(pos2(area.left(), top), pos2(area.right() - BAR, top + ROW));
            top += ROW;
            if self.row(ui, &painter, (id, rect.intersect(area), rect), *index, bytes, actions) {
                clicked = Some(*index);
            }
        }
        if let Some(index) = clicked {
            response.request_focus();
            self.chosen = index;
            self.toggle(index);
        }
        self.scroll.bar(ui, id.with("bar"), area, count, text!("Scroll the tree"));
        response
    }

    /// One value; true when it was clicked.
    fn row(
        &self,
        ui: &Ui,
        painter: &Painter,
        (id, touch, rect): (egui::Id, Rect, Rect),
        index: usize,
        bytes: &[u8],
        actions: &mut Vec<Action>,
    ) -> bool {
        let palette = Palette::of(ui);
        let Some(node) = self.tree.nodes.get(index) else { return false };
        let folded = self.folded.get(index) == Some(&true);
        let response = ui.interact(touch, id.with(index), Sense::click());
        let key = node.key.clone().map(|key| string(bytes.get(key).unwrap_or_default()));
        let (words, color) = said(node, folded, bytes, palette);
        response.widget_info(|| {
            let name = key.as_ref().map_or_else(|| words.clone(), |key| format!("{key}: {words}"));
            WidgetInfo::labeled(Role::ListItem, ui.is_enabled(), name)
        });
        let fill = match (self.chosen == index, response.hovered()) {
            (true, _) => palette.accent_tint,
            (false, true) => palette.hover,
            (false, false) => Color32::TRANSPARENT,
        };
        painter.rect_filled(rect, 0.0, fill);
        let y = rect.center().y;
        let mut x = rect.left() + 4.0 + node.depth.min(DEEPEST) as f32 * STEP;
        if node.depth > DEEPEST {
            let deep = paint::line(painter, grouped(u64::from(node.depth)), theme::small(), palette.muted);
            let width = deep.size().x;
            paint::put(painter, deep, x, y);
            x += width + 6.0;
        }
        if node.is_container() && node.children > 0 {
            let icon = if folded { icons::CARET_RIGHT } else { icons::CARET_DOWN };
            paint::icon(painter, icon, pos2(x + 6.0, y), 12.0, palette.muted);
        }
        x += STEP;
        if let Some(key) = key {
            let galley = paint::line(painter, format!("{key}: "), theme::mono(), palette.muted);
            let width = galley.size().x;
            paint::put(painter, galley, x, y);
            x += width;
        }
        let room = (rect.right() - x - 4.0).max(20.0);
        paint::put(painter, paint::elided(ui, &words, theme::mono(), color, room), x, y);
        kit::context_menu(&response, |ui| {
            if kit::menu_item(ui, icons::COPY, text!("Copy the value"), "").clicked() {
                actions.push(copy(node, bytes));
            }
            if kit::menu_item(ui, icons::CODE, text!("Copy its path"), "").clicked() {
                actions.push(Action::Copy(self.path(index, bytes)));
            }
        });
        response.clicked()
    }

    /// `$.a[2]["odd name"]`.
    fn path(&self, index: usize, bytes: &[u8]) -> String {
        let mut parts = Vec::new();
        let mut at = index;
        while let Some(node) = self.tree.nodes.get(at) {
            let Some(parent) = node.parent else { break };
            parts.push(if let Some(key) = &node.key {
                let name = whole_string(bytes.get(key.clone()).unwrap_or_default());
                let is_plain = name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
                    && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
                if is_plain { format!(".{name}") } else { format!("[{}]", serde_json::Value::from(name)) }
            } else {
                let mut before = 0;
                let mut sibling = parent + 1;
                while let Some(node) = self.tree.nodes.get(sibling).filter(|_| sibling < at) {
                    before += 1;
                    sibling = node.end;
                }
                format!("[{before}]")
            });
            at = parent;
        }
        parts.push("$".to_owned());
        parts.reverse();
        parts.concat()
    }

    fn keys(&mut self, ui: &Ui, response: &Response, area: Rect, bytes: &[u8], actions: &mut Vec<Action>) {
        if !ui.memory(|memory| memory.has_focus(response.id)) {
            return;
        }
        let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let events: Vec<Event> = ui.input(|input| input.events.clone());
        for event in events {
            let at = self.rows.partition_point(|row| *row < self.chosen);
            let go = |by: isize| self.rows.get(at.saturating_add_signed(by)).or(self.rows.last()).copied();
            let folded = self.folded.get(self.chosen) == Some(&true);
            let node = self.tree.nodes.get(self.chosen);
            match event {
                Event::Copy => actions.extend(node.map(|node| copy(node, bytes))),
                Event::Key { key, pressed: true, .. } => {
                    let next = match key {
                        Key::ArrowUp => go(-1),
                        Key::Home => self.rows.first().copied(),
                        Key::End => self.rows.last().copied(),
                        Key::ArrowRight if folded => {
                            self.toggle(self.chosen);
                            None
                        }
                        Key::ArrowDown | Key::ArrowRight => go(1),
                        Key::ArrowLeft if !folded && node.is_some_and(|node| node.children > 0) => {
                            self.toggle(self.chosen);
                            None
                        }
                        Key::ArrowLeft => node.and_then(|node| node.parent),
                        Key::Enter | Key::Space => {
                            self.toggle(self.chosen);
                            None
                        }
                        _ => None,
                    };
                    if let Some(next) = next {
                        self.chosen = next;
                        let row = self.rows.partition_point(|row| *row < next) as u64;
                        self.scroll.reveal(row, area.height());
                    }
                }
                _ => {}
            }
        }
    }
}

/// A value for the clipboard: of a string what it says, of the rest what stands there.
fn copy(node: &Node, bytes: &[u8]) -> Action {
    let value = bytes.get(node.value.clone()).unwrap_or_default();
    if value.len() > COPIED {
        return Action::Complain(text!("Too much for the clipboard: save the bytes to a file").to_owned());
    }
    Action::Copy(match node.kind {
        Kind::String => whole_string(value),
        _ => String::from_utf8_lossy(value).into_owned(),
    })
}

/// What a string says, in one harmless line.
fn string(quoted: &[u8]) -> String {
    // A part of it could end within an escape; a long one is shown as it stands there.
    if quoted.len() > 4 * SHOWN {
        return wording::escape(quoted.get(1..).unwrap_or_default(), SHOWN) + "…";
    }
    wording::escape(whole_string(quoted).as_bytes(), SHOWN)
}

fn whole_string(quoted: &[u8]) -> String {
    serde_json::from_slice(quoted).unwrap_or_else(|_| {
        let inside = quoted.strip_prefix(b"\"").unwrap_or(quoted);
        String::from_utf8_lossy(inside.strip_suffix(b"\"").unwrap_or(inside)).into_owned()
    })
}

/// A value in one line, and its colour.
fn said(node: &Node, folded: bool, bytes: &[u8], palette: &Palette) -> (String, Color32) {
    let count = grouped(u64::from(node.children));
    let value = bytes.get(node.value.clone()).unwrap_or_default();
    match node.kind {
        Kind::Object if node.children == 0 => ("{}".to_owned(), palette.text),
        Kind::Array if node.children == 0 => ("[]".to_owned(), palette.text),
        Kind::Object if folded => (format!("{{…}} {count}"), palette.muted),
        Kind::Array if folded => (format!("[…] {count}"), palette.muted),
        Kind::Object => (format!("{{}} {count}"), palette.muted),
        Kind::Array => (format!("[] {count}"), palette.muted),
        Kind::String => (format!("\"{}\"", string(value)), palette.inbound_words),
        Kind::Number => (wording::escape(value, SHOWN), palette.accent_words),
        Kind::Word => (wording::escape(value, SHOWN), palette.outbound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_values_are_copied_as_another_program_reads_them() {
        let bytes = r#"{"a":[0,{"odd name":"\u4f60\n"}]}"#.as_bytes();
        let view = JsonTree::read(bytes).unwrap();
        assert_eq!(view.path(4, bytes), "$.a[1][\"odd name\"]");
        assert_eq!(copy(&view.tree.nodes[4], bytes), Action::Copy("你\n".to_owned()));
        assert_eq!(copy(&view.tree.nodes[3], bytes), Action::Copy(r#"{"odd name":"\u4f60\n"}"#.to_owned()));
        assert_eq!(string(br#""\u4f60\n""#), "你·");
    }

    #[test]
    fn folding_takes_rows_away_and_brings_them_back() {
        let bytes = br#"{"a":[1,2],"b":{"c":[]}}"#;
        let mut view = JsonTree::read(bytes).unwrap();
        assert_eq!(view.rows, [0, 1, 2, 3, 4, 5]);
        view.toggle(1);
        assert_eq!(view.rows, [0, 1, 4, 5]);
        view.chosen = 5;
        view.fold_all(true);
        assert_eq!((view.rows.as_slice(), view.chosen), (&[0, 1, 4][..], 4));
        view.fold_all(false);
        assert_eq!(view.rows.len(), 6);
    }
}
