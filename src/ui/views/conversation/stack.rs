//! Where a list of items of different heights stands: by the item at the upper edge, so that nothing below or above
//! needs to be measured to keep it still.

use egui::{Id, Rect, Ui, pos2, vec2};

use crate::{
    ui::{icons, kit, theme, views::shared::scroll},
    words::text,
};

/// A guess for items that were never in view; only the scroll bar depends on it.
const GUESS: f32 = 64.0;

/// The position: item `anchor` begins `offset` points above the upper edge.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stack {
    pub(super) anchor: usize,
    pub(super) offset: f32,
    /// The newest item is kept in view.
    pub(super) stick: bool,
}

impl Default for Stack {
    fn default() -> Self {
        Self { anchor: 0, offset: 0.0, stick: true }
    }
}

impl Stack {
    /// Moves down by `by` points and keeps within the items; `height` measures one.
    pub(super) fn settle(&mut self, by: f32, count: usize, view: f32, mut height: impl FnMut(usize) -> f32) {
        if by < 0.0 {
            self.stick = false;
        }
        let end = Self::end(count, view, &mut height);
        if self.stick {
            (self.anchor, self.offset) = end;
            return;
        }
        self.anchor = self.anchor.min(count.saturating_sub(1));
        self.offset += by;
        while self.offset < 0.0 && self.anchor > 0 {
            self.anchor -= 1;
            self.offset += height(self.anchor);
        }
        while self.anchor + 1 < count {
            let first = height(self.anchor);
            if self.offset < first {
                break;
            }
            self.offset -= first;
            self.anchor += 1;
        }
        self.offset = self.offset.max(0.0);
        if (self.anchor, self.offset) >= end {
            (self.anchor, self.offset) = end;
            self.stick = by >= 0.0;
        }
    }

    /// The way back to the newest item, over the lower edge of `area`.
    pub(super) fn jump(&mut self, ui: &mut Ui, area: Rect) {
        let size = vec2(200.0, theme::CONTROL);
        let rect = Rect::from_center_size(pos2(area.center().x, area.bottom() - 26.0), size);
        let button = kit::Button::raised(icons::ARROW_DOWN, text!("Jump to the newest"));
        if ui.put(rect, button).clicked() {
            self.stick = true;
        }
    }

    /// Moves as little as needed to have item `index` in view; the last one is followed from then on.
    pub(super) fn reveal(&mut self, index: usize, count: usize, view: f32, mut height: impl FnMut(usize) -> f32) {
        if index + 1 == count {
            self.stick = true;
            (self.anchor, self.offset) = Self::end(count, view, &mut height);
        } else if index <= self.anchor {
            (self.stick, self.anchor, self.offset) = (false, index, 0.0);
        } else {
            let bottom: f32 = (self.anchor..=index).map(&mut height).sum();
            let below = bottom - self.offset - view;
            if below > 0.0 {
                self.settle(below, count, view, height);
            }
            self.stick = false;
        }
    }

    /// The bar beside the items, which moves them while a person holds it; `heights` as far as they are known.
    pub(super) fn bar(&mut self, ui: &Ui, id: Id, area: Rect, heights: &[Option<f32>]) {
        let guess = |height: &Option<f32>| height.unwrap_or(GUESS);
        let total: f32 = heights.iter().map(guess).sum();
        let room = total - area.height();
        let before: f32 = heights.iter().take(self.anchor).map(guess).sum();
        let fraction = f64::from((before + self.offset) / room.max(1.0));
        let portion = f64::from(area.height() / total.max(1.0));
        let fraction = if self.stick { 1.0 } else { fraction };
        let bar = scroll::bar(ui, id, area, portion, fraction, text!("Scroll the conversation"));
        let Some(wanted) = bar else { return };
        #[expect(clippy::cast_possible_truncation, reason = "a place in a list of a few thousand items")]
        let mut left = wanted as f32 * room.max(0.0);
        self.stick = wanted > 0.999;
        ui.ctx().request_repaint();
        for (index, height) in heights.iter().map(guess).enumerate() {
            self.anchor = index;
            self.offset = left;
            if left < height {
                break;
            }
            left -= height;
        }
    }

    /// The position that shows the last item at the lower edge.
    fn end(count: usize, view: f32, height: &mut impl FnMut(usize) -> f32) -> (usize, f32) {
        let mut total = 0.0;
        for index in (0..count).rev() {
            total += height(index);
            if total >= view {
                return (index, total - view);
            }
        }
        (0, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sticks_to_the_end_until_moved_up() {
        let mut stack = Stack::default();
        stack.settle(0.0, 10, 100.0, |_| 30.0);
        assert_eq!((stack.anchor, stack.offset), (6, 20.0));
        stack.settle(-50.0, 10, 100.0, |_| 30.0);
        assert_eq!((stack.anchor, stack.offset, stack.stick), (5, 0.0, false));
        // More items come; it stays.
        stack.settle(0.0, 20, 100.0, |_| 30.0);
        assert_eq!((stack.anchor, stack.offset), (5, 0.0));
        stack.settle(1e5, 20, 100.0, |_| 30.0);
        assert!(stack.stick);
        stack.settle(-1e5, 20, 100.0, |_| 30.0);
        assert_eq!((stack.anchor, stack.offset), (0, 0.0));
    }

    #[test]
    fn few_items_begin_at_the_top() {
        let mut stack = Stack::default();
        stack.settle(0.0, 2, 100.0, |_| 30.0);
        assert_eq!((stack.anchor, stack.offset, stack.stick), (0, 0.0, true));
    }
}
