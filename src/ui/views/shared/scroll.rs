//! Where a list stands: a position that stays exact at any number of rows, and the bar beside it.
//!
//! A position is whole 1/64 points in 64 bits. One `f32` for the height of all rows loses whole points past about
//! 900 000 rows (emilk/egui#1391); here only what is on the screen becomes `f32`.

use egui::{CornerRadius, Id, Key, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::Palette;

const UNITS: f32 = 64.0;
/// Width of the place where the bar can be taken hold of.
pub const BAR: f32 = 12.0;
const THUMB: f32 = 6.0;
const SHORTEST: f32 = 28.0;

/// The position in a list of rows of one height.
#[derive(Clone, Copy, Debug)]
pub struct RowScroll {
    position: i64,
    row: i64,
}

fn units(points: f32) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "points of a screen, bounded by the clamp")]
    let units = (points.clamp(-1e9, 1e9) * UNITS).round() as i64;
    units
}

impl RowScroll {
    /// At the first row; `row` is the height of each in points.
    #[must_use]
    pub fn new(row: f32) -> Self {
        Self { position: 0, row: units(row).max(1) }
    }

    /// Puts row `index` at the top, moved up by `shift` points.
    pub fn set_top(&mut self, index: u64, shift: f32) {
        self.position = i64::try_from(index).unwrap_or(i64::MAX / self.row).saturating_mul(self.row) + units(shift);
    }

    /// The row at the top and how many points of it are above the edge.
    #[must_use]
    pub fn top(&self) -> (u64, f32) {
        let index = u64::try_from(self.position / self.row).unwrap_or(0);
        (index, (self.position % self.row) as f32 / UNITS)
    }

    /// Moves down by `points`, up when they are negative.
    pub fn by(&mut self, points: f32) {
        self.position += units(points);
    }

    /// Moves as a key says: by a row, by a page of a view of this height, to an end. Other keys move nothing.
    pub fn key(&mut self, key: Key, height: f32) {
        let page = (units(height) - self.row).max(self.row);
        match key {
            Key::ArrowUp => self.position -= self.row,
            Key::ArrowDown => self.position += self.row,
            Key::PageUp => self.position -= page,
            Key::PageDown => self.position += page,
            Key::Home => self.position = 0,
            Key::End => self.position = i64::MAX / 2,
            _ => {}
        }
    }

    /// The largest position at which the last of `count` rows is still at the lower edge.
    fn max(&self, count: u64, height: f32) -> i64 {
        let whole = i64::try_from(count).unwrap_or(i64::MAX / self.row).saturating_mul(self.row);
        (whole - units(height)).max(0)
    }

    /// Keeps the position between first and last row.
    pub fn clamp(&mut self, count: u64, height: f32) {
        self.position = self.position.clamp(0, self.max(count, height));
    }

    /// Shows the last row at the lower edge.
    pub fn to_end(&mut self, count: u64, height: f32) {
        self.position = self.max(count, height);
    }

    /// True when the last row is wholly in view.
    #[must_use]
    pub fn is_at_end(&self, count: u64, height: f32) -> bool {
        self.position >= self.max(count, height)
    }

    /// Moves as little as needed to have row `index` wholly in view.
    pub fn reveal(&mut self, index: u64, height: f32) {
        let top = i64::try_from(index).unwrap_or(0).saturating_mul(self.row);
        let lowest = top + self.row - units(height);
        if self.position > top {
            self.position = top;
        } else if self.position < lowest {
            self.position = lowest.min(top);
        }
    }

    /// The bar beside the rows, painted after them; gives true while a person holds it.
    pub fn bar(&mut self, ui: &Ui, id: Id, track: Rect, count: u64, name: &str) -> bool {
        let max = self.max(count, track.height());
        if max == 0 {
            return false;
        }
        let portion = f64::from(track.height()) / (f64::from(track.height()) + max as f64 / f64::from(UNITS));
        let fraction = self.position as f64 / max as f64;
        let Some(wanted) = bar(ui, id, track, portion, fraction, name) else { return false };
        #[expect(clippy::cast_possible_truncation, reason = "a fraction of an i64")]
        let position = (wanted * max as f64).round() as i64;
        if position != self.position {
            self.position = position;
            // The rows of this frame are painted already.
            ui.ctx().request_repaint();
        }
        true
    }
}

/// A scroll bar along the right edge of `track`. `portion` of the whole is in view, `fraction` of the way is done;
/// gives the new fraction while a person drags the thumb or presses beside it.
#[must_use]
pub fn bar(ui: &Ui, id: Id, track: Rect, portion: f64, fraction: f64, name: &str) -> Option<f64> {
    if portion >= 1.0 || track.height() < 2.0 * SHORTEST {
        return None;
    }
    let palette = Palette::of(ui);
    let track = Rect::from_min_max(pos2(track.right() - BAR, track.top() + 2.0), track.max - vec2(0.0, 2.0));
    #[expect(clippy::cast_possible_truncation, reason = "a part of the screen")]
    let length = ((portion * f64::from(track.height())) as f32).max(SHORTEST);
    let room = track.height() - length;
    #[expect(clippy::cast_possible_truncation, reason = "a part of the screen")]
    let place = |fraction: f64| track.top() + room * fraction.clamp(0.0, 1.0) as f32;

    let response = ui.interact(track, id, Sense::DRAG | Sense::CLICK);
    let mut wanted = None;
    if let Some(pointer) = response.interact_pointer_pos() {
        let key = id.with("grab");
        if ui.data(|data| data.get_temp::<f32>(key)).is_none() {
            let top = place(fraction);
            let inside = (top..=top + length).contains(&pointer.y);
            ui.data_mut(|data| data.insert_temp(key, if inside { pointer.y - top } else { length / 2.0 }));
        }
        let grab = ui.data(|data| data.get_temp::<f32>(key)).unwrap_or(length / 2.0);
        wanted = Some(f64::from((pointer.y - grab - track.top()) / room.max(1.0)).clamp(0.0, 1.0));
    }
    if !response.is_pointer_button_down_on() {
        ui.data_mut(|data| data.remove::<f32>(id.with("grab")));
    }
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ScrollBar, ui.is_enabled(), name);
        info.value = Some((fraction * 100.0).round());
        info
    });

    let top = place(wanted.unwrap_or(fraction));
    let thumb = Rect::from_min_size(pos2(track.right() - THUMB - 2.0, top), vec2(THUMB, length));
    let strength = if response.is_pointer_button_down_on() {
        0.55
    } else if response.hovered() {
        0.42
    } else {
        0.22
    };
    ui.painter().rect_filled(thumb, CornerRadius::same(3), palette.text.gamma_multiply(strength));
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_far_down_is_placed_exactly() {
        let mut scroll = RowScroll::new(25.0);
        for index in [0, 1, 999_999, 1_999_999, 50_000_000_000] {
            scroll.set_top(index, 7.25);
            assert_eq!(scroll.top(), (index, 7.25));
        }
        scroll.set_top(1_999_999, 0.0);
        scroll.by(-0.25);
        assert_eq!(scroll.top(), (1_999_998, 24.75));
    }

    #[test]
    fn the_end_shows_the_last_row_at_the_lower_edge() {
        let mut scroll = RowScroll::new(25.0);
        scroll.to_end(2_000_000, 610.0);
        assert_eq!(scroll.top(), (1_999_975, 15.0));
        assert!(scroll.is_at_end(2_000_000, 610.0));
        scroll.by(-1.0);
        assert!(!scroll.is_at_end(2_000_000, 610.0));
        scroll.by(1e6);
        scroll.clamp(2_000_000, 610.0);
        assert_eq!(scroll.top(), (1_999_975, 15.0));
        scroll.clamp(3, 610.0);
        assert_eq!(scroll.top(), (0, 0.0));
    }

    #[test]
    fn keys_move_by_rows_and_pages_and_the_last_of_several_counts() {
        let mut scroll = RowScroll::new(25.0);
        let mut press = |keys: &[Key]| {
            for key in keys {
                scroll.key(*key, 250.0);
            }
            scroll.clamp(2_000_000, 250.0);
            scroll.top()
        };
        assert_eq!(press(&[Key::ArrowDown, Key::PageDown, Key::Enter]), (10, 0.0));
        assert_eq!(press(&[Key::ArrowUp, Key::PageUp]), (0, 0.0));
        assert_eq!(press(&[Key::Home, Key::End]), (1_999_990, 0.0));
        assert_eq!(press(&[Key::End, Key::End, Key::ArrowUp]), (1_999_990, 0.0));
        assert_eq!(press(&[Key::End, Key::Home, Key::ArrowDown]), (1, 0.0));
    }

    #[test]
    fn revealing_moves_no_more_than_needed() {
        let mut scroll = RowScroll::new(25.0);
        scroll.set_top(100, 0.0);
        scroll.reveal(105, 250.0);
        assert_eq!(scroll.top(), (100, 0.0));
        scroll.reveal(110, 250.0);
        assert_eq!(scroll.top(), (101, 0.0));
        scroll.reveal(50, 250.0);
        assert_eq!(scroll.top(), (50, 0.0));
    }
}
