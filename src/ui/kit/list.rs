//! Lists whose rows are painted: their keys, their menus, and what a screen reader is told of them.
//!
//! The list has the keyboard and its rows have none: Tab takes one step past a million rows, and a row that scrolls out of
//! view takes no keyboard with it. The row that the keys are on is the active descendant of the list, which is what a
//! screen reader reads. Only rows in view have nodes.

use std::fmt::Display;

use egui::{EventFilter, Id, Key, Modifiers, Rect, Response, Role, Stroke, StrokeKind, Ui};

use crate::ui::theme::{FOCUS_RING, Palette, RADIUS};

/// Where a key leads from a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The row above.
    Up,
    /// The row below.
    Down,
    /// The cell before; only in a grid.
    Left,
    /// The cell behind; only in a grid.
    Right,
    /// As far up as there are rows in view.
    PageUp,
    /// As far down.
    PageDown,
    /// The first row.
    First,
    /// The last row.
    Last,
}

/// How rows stand.
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    /// How many there are.
    pub count: u64,
    /// How many stand side by side; 1 in a list.
    pub columns: u64,
    /// How many are wholly in view.
    pub page: u64,
}

impl Step {
    /// Which row it leads to; from no row, to `start`, which is one in view. `None` where there is no row.
    #[must_use]
    pub fn from(self, at: Option<u64>, rows: Rows, start: u64) -> Option<u64> {
        let last = rows.count.checked_sub(1)?;
        // A line stays in sight, to read on from.
        let page = rows.page.saturating_sub(rows.columns).max(rows.columns);
        let to = match (self, at) {
            (Self::First, _) => 0,
            (Self::Last, _) => last,
            (_, None) => start,
            (Self::Up, Some(at)) => at.checked_sub(rows.columns).unwrap_or(at),
            (Self::Down, Some(at)) if at + rows.columns > last && at / rows.columns == last / rows.columns => at,
            (Self::Down, Some(at)) => at + rows.columns,
            (Self::Left, Some(at)) => at.saturating_sub(1),
            (Self::Right, Some(at)) => at + 1,
            (Self::PageUp, Some(at)) => at.checked_sub(page).unwrap_or(at % rows.columns),
            (Self::PageDown, Some(at)) if at + page > last => last - last.saturating_sub(at) % rows.columns,
            (Self::PageDown, Some(at)) => at + page,
        };
        Some(to.min(last))
    }
}

/// What the keys asked of a list in this frame.
#[derive(Clone, Debug, Default)]
pub struct ListKeys {
    /// The steps, in the order they were pressed.
    pub steps: Vec<Step>,
    /// The row is to be opened.
    pub open: bool,
    /// The menu of the row is asked for.
    pub menu: bool,
}

const STEPS: [(Key, Step); 6] = [
    (Key::ArrowUp, Step::Up),
    (Key::ArrowDown, Step::Down),
    (Key::PageUp, Step::PageUp),
    (Key::PageDown, Step::PageDown),
    (Key::Home, Step::First),
    (Key::End, Step::Last),
];
const ASIDE: [(Key, Step); 2] = [(Key::ArrowLeft, Step::Left), (Key::ArrowRight, Step::Right)];

/// Takes the keys of a list from the input while it has the keyboard; `grid`: left and right are steps as well. Escape
/// leaves the list, as it leaves any control.
#[must_use]
pub fn list_keys(list: &Response, grid: bool) -> ListKeys {
    let mut keys = ListKeys::default();
    // Not `has_focus`, which is false where the system gives no window the keyboard.
    if !list.ctx.memory(|memory| memory.has_focus(list.id)) {
        return keys;
    }
    let filter = EventFilter { vertical_arrows: true, horizontal_arrows: grid, ..EventFilter::default() };
    list.ctx.memory_mut(|memory| memory.set_focus_lock_filter(list.id, filter));
    let aside = ASIDE.iter().filter(|_| grid);
    list.ctx.input_mut(|input| {
        input.events.retain(|event| {
            let egui::Event::Key { key, pressed: true, modifiers, .. } = event else { return true };
            if *modifiers != Modifiers::NONE {
                return true;
            }
            let step = STEPS.iter().chain(aside.clone()).find(|(other, _)| other == key);
            keys.steps.extend(step.map(|(_, step)| *step));
            step.is_none()
        });
        keys.open = input.consume_key(Modifiers::NONE, Key::Enter);
    });
    keys.menu = asks_for_menu(list);
    keys
}

/// Whether the menu of what has the keyboard was asked for by a key: the menu key, or Shift+F10.
pub(super) fn asks_for_menu(response: &Response) -> bool {
    response.ctx.memory(|memory| memory.has_focus(response.id))
        && response.ctx.input_mut(|input| {
            input.consume_key(Modifiers::SHIFT, Key::F10) || input.consume_key(Modifiers::NONE, Key::Menu)
        })
}

/// Names a list, and says how many rows it has, however few of them are drawn. The rows belong to the same `ui`.
pub fn is_list(ui: &Ui, list: &Response, role: Role, count: u64, name: &str) {
    list.widget_info(|| egui::WidgetInfo::labeled(role, ui.is_enabled(), name));
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_size_of_set(count));
}

/// Names row `index` of a list, as a person would read it out.
pub fn is_row(row: &Response, role: Role, index: u64, chosen: bool, name: impl Display) {
    super::is_one_of(row, role, row.enabled(), chosen, name);
    let index = usize::try_from(index).unwrap_or(usize::MAX);
    row.ctx.accesskit_node_builder(row.id, |node| node.set_position_in_set(index));
}

/// The keys are on this row: a screen reader reads it while the list has the keyboard.
pub fn is_at(list: &Response, row: Id) {
    list.ctx.accesskit_node_builder(list.id, |node| node.set_active_descendant(row.accesskit_id()));
}

/// The ring around the row that the keys are on, while the list has the keyboard; around the list where there is none.
pub fn list_ring(ui: &Ui, list: &Response, row: Option<Rect>) {
    if !ui.memory(|memory| memory.has_focus(list.id)) {
        return;
    }
    let color = Palette::of(ui).accent;
    let (rect, width, corner) = match row {
        Some(row) => (row.intersect(list.rect), FOCUS_RING, RADIUS),
        None => (list.rect, 1.0, 0),
    };
    ui.painter().rect_stroke(rect, corner, Stroke::new(width, color), StrokeKind::Inside);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(steps: &[Step], at: Option<u64>, rows: Rows) -> Vec<Option<u64>> {
        let mut now = at;
        steps
            .iter()
            .map(|step| {
                now = step.from(now, rows, 7);
                now
            })
            .collect()
    }

    #[test]
    fn steps_stay_among_the_rows() {
        let rows = Rows { count: 100, columns: 1, page: 10 };
        let up = [Step::Up, Step::First, Step::Up, Step::PageUp];
        assert_eq!(walk(&up, None, rows), [Some(7), Some(0), Some(0), Some(0)]);
        let down = [Step::PageDown, Step::PageDown, Step::Last, Step::Down, Step::PageDown];
        assert_eq!(walk(&down, Some(3), rows), [Some(12), Some(21), Some(99), Some(99), Some(99)]);
        assert_eq!(walk(&down, None, Rows { count: 0, ..rows }), [None; 5]);
        let low = Rows { page: 1, ..rows };
        assert_eq!(walk(&[Step::PageDown, Step::PageUp], Some(3), low), [Some(4), Some(3)]);
    }

    #[test]
    fn in_a_grid_up_and_down_keep_the_column_where_there_is_one() {
        let grid = Rows { count: 11, columns: 4, page: 8 };
        let walked = walk(&[Step::Down, Step::Down, Step::Up, Step::Up, Step::Up], Some(3), grid);
        assert_eq!(walked, [Some(7), Some(10), Some(6), Some(2), Some(2)], "the last row is shorter");
        assert_eq!(walk(&[Step::Left, Step::Left], Some(1), grid), [Some(0), Some(0)]);
        assert_eq!(walk(&[Step::Right, Step::Right], Some(9), grid), [Some(10), Some(10)]);
        assert_eq!(walk(&[Step::Down], Some(9), grid), [Some(9)], "already in the last row");
        assert_eq!(walk(&[Step::PageDown, Step::PageDown, Step::PageUp], Some(1), grid), [Some(5), Some(9), Some(5)]);
        assert_eq!(walk(&[Step::PageUp, Step::PageUp], Some(7), grid), [Some(3), Some(3)], "in the column");
        assert_eq!(walk(&[Step::PageDown, Step::PageDown], Some(3), grid), [Some(7), Some(7)], "as far as that goes");
    }
}
