//! The measures of a ladder's rows, which the view, its lines and the saved picture have in common.

use crate::ui::views::ladder::model::{Kind, Step};

/// Characters of a note below the end that may need a second line.
const LONG: usize = 80;

/// Half-width letters of a mark's words that stand on one line where there is little room.
const MARK: usize = 38;
/// The height of a line of them.
const MARK_LINE: f32 = 17.0;

/// Lines that the words of a mark may take.
pub(super) fn mark_lines(step: &Step) -> usize {
    let wide = |char: char| if char < '\u{2e80}' { 1 } else { 2 };
    step.call.chars().map(wide).sum::<usize>().div_ceil(MARK).max(1)
}

/// The height of a row in points at plain spacing.
pub(super) fn height(step: &Step) -> f32 {
    match (step.kind, &step.wire) {
        (Kind::Data | Kind::Fold { open: false, .. }, _) => 44.0,
        (Kind::End, _) if step.note.chars().count() > LONG => 92.0,
        (Kind::End, _) => 72.0,
        (Kind::Mark { .. }, _) => 14.0 + MARK_LINE * mark_lines(step) as f32,
        (Kind::Gap, _) => 40.0,
        (Kind::Call, Some(_)) if step.call.is_empty() => 21.0,
        (Kind::Fold { .. }, _) | (Kind::Call, Some(_)) => 30.0,
        (Kind::Call, None) => 22.0,
    }
}

/// Where an arrow leaves and arrives within a row of `height`.
pub(super) fn slope(step: &Step, height: f32) -> (f32, f32) {
    let fall = match step.kind {
        Kind::Data | Kind::Fold { .. } => height * 0.36,
        _ => height.min(30.0) * 0.5,
    };
    let below = (height - fall) * 0.72;
    (below, below + fall)
}
